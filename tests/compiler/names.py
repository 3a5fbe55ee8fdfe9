"""The names of operations that these tests build graphs with."""

from __future__ import annotations

from sessile.ops.arithmetic import abs, add, multiply, negative, square, subtract
from sessile.ops.bitwise import bitwise_and
from sessile.ops.cast import cast
from sessile.ops.compare import equal, is_nan, less, logical_and, logical_not
from sessile.ops.constant import constant
from sessile.ops.control import Assert, Print, py_func
from sessile.ops.core import group, identity, placeholder, placeholder_with_default, stop_gradient
from sessile.ops.default_graph import control_dependencies, get_default_graph
from sessile.ops.division import divide, floordiv
from sessile.ops.dtypes import bool_ as bool
from sessile.ops.dtypes import float16, float32, float64, int8, int16, int32, int64, string, uint8
from sessile.ops.indices import unique
from sessile.ops.limits import maximum, minimum
from sessile.ops.linear_algebra import matmul
from sessile.ops.masking import boolean_mask
from sessile.ops.math import exp, rsqrt, sqrt
from sessile.ops.reduce_functions import reduce_all, reduce_max, reduce_mean, reduce_min, reduce_prod, reduce_sum
from sessile.ops.reshaping import expand_dims, reshape, squeeze
from sessile.ops.select import where, where_v2
from sessile.ops.shape_ops import shape, size
from sessile.ops.slicing import strided_slice
from sessile.ops.stacking import concat, stack
from sessile.ops.state import assign, assign_add
from sessile.ops.transposing import transpose
from sessile.ops.trigonometry import tanh
from sessile.ops.variables import Variable
