"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.hook.framework.files import get_data_files_path as get_data_files_path
from sessile.hook.framework.files import get_path_to_datafile as get_path_to_datafile
from sessile.hook.framework.files import get_root_dir_with_all_resources as get_root_dir_with_all_resources
from sessile.hook.framework.files import load_resource as load_resource
from sessile.hook.framework.files import readahead_file_path as readahead_file_path
