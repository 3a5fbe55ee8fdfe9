"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.examples.reading import ParallelReader as ParallelReader
from sessile.ops.library.contrib.examples.reading import get_data_files as get_data_files
from sessile.ops.library.contrib.examples.reading import parallel_read as parallel_read
from sessile.ops.library.contrib.examples.reading import single_pass_read as single_pass_read
