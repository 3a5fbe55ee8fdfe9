"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.layers.common import convert_collection_to_dict as convert_collection_to_dict
