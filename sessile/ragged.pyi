"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.ragged.arrays import boolean_mask as boolean_mask
from sessile.ops.library.ragged.arrays import stack as stack
from sessile.ops.library.ragged.elementwise import map_flat_values as map_flat_values
from sessile.ops.library.ragged.factory import constant as constant
from sessile.ops.library.ragged.factory import constant_value as constant_value
from sessile.ops.library.ragged.factory import placeholder as placeholder
from sessile.ops.library.ragged.factory import ragged_range as range
from sessile.ops.library.ragged.factory import row_splits_to_segment_ids as row_splits_to_segment_ids
from sessile.ops.library.ragged.factory import segment_ids_to_row_splits as segment_ids_to_row_splits
from sessile.ops.library.ragged.factory import stack_dynamic_partitions as stack_dynamic_partitions
from sessile.ops.library.ragged.ragged_tensor import RaggedTensorValue as RaggedTensorValue
