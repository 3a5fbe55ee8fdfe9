"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.building.static_shape import constant_value_as_shape as constant_value_as_shape
from sessile.ops.building.static_value import get_static_value as constant_value
from sessile.ops.encoding.tensor_proto import make_ndarray as make_ndarray
from sessile.ops.encoding.tensor_proto import make_tensor_proto as make_tensor_proto
