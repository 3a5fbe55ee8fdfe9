"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.base.nest import assert_same_structure as assert_same_structure
from sessile.ops.base.nest import flatten as flatten
from sessile.ops.base.nest import flatten_dict_items as flatten_dict_items
from sessile.ops.base.nest import is_nested as is_nested
from sessile.ops.base.nest import is_sequence as is_sequence
from sessile.ops.base.nest import map_structure as map_structure
from sessile.ops.base.nest import pack_sequence_as as pack_sequence_as
from sessile.ops.base.nest_shallow import assert_shallow_structure as assert_shallow_structure
from sessile.ops.base.nest_shallow import flatten_up_to as flatten_up_to
from sessile.ops.base.nest_shallow import flatten_with_joined_string_paths as flatten_with_joined_string_paths
from sessile.ops.base.nest_shallow import map_structure_up_to as map_structure_up_to
