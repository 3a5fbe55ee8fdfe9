"""The operations that Keras is made of, from the families they are in."""

from __future__ import annotations

from ...ops.building.basic_ops import group, identity, no_op, placeholder, stop_gradient
from ...ops.building.constant import constant
from ...ops.building.convert import convert_to_tensor
from ...ops.building.default_graph import control_dependencies, get_default_graph, init_scope, leave_out, name_scope
from ...ops.families.arrays.filling import fill, ones, zeros
from ...ops.families.arrays.padding import pad
from ...ops.families.arrays.rearranging import reverse, tile
from ...ops.families.arrays.reshaping import expand_dims, reshape, squeeze
from ...ops.families.arrays.shape_ops import shape as shape_of
from ...ops.families.arrays.shape_ops import size
from ...ops.families.arrays.splitting import split, unstack
from ...ops.families.arrays.stacking import concat, stack
from ...ops.families.arrays.transposing import transpose
from ...ops.families.control_flow.cond import cond, smart_cond
from ...ops.families.elementwise.arithmetic import abs as absolute
from ...ops.families.elementwise.arithmetic import sign, square
from ...ops.families.elementwise.cast import cast
from ...ops.families.elementwise.compare import (
    equal,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    not_equal,
)
from ...ops.families.elementwise.division import div_no_nan
from ...ops.families.elementwise.exponential import exp, log, sqrt
from ...ops.families.elementwise.exponential import pow as power
from ...ops.families.elementwise.like import ones_like, zeros_like
from ...ops.families.elementwise.rounding import clip_by_value, maximum, minimum
from ...ops.families.elementwise.rounding import round as rounded
from ...ops.families.elementwise.trigonometry import cos, sin, tanh
from ...ops.families.indexing.gathering import gather
from ...ops.families.indexing.positions import one_hot, where
from ...ops.families.linalg.products import matmul
from ...ops.families.nn.bias import bias_add
from ...ops.families.reductions.argmax import argmax, argmin
from ...ops.families.reductions.reductions import (
    reduce_all,
    reduce_any,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_sum,
)
from ...ops.families.state.assignments import assign, assign_add, assign_sub

__all__ = [
    "absolute",
    "argmax",
    "argmin",
    "assign",
    "assign_add",
    "assign_sub",
    "bias_add",
    "cast",
    "clip_by_value",
    "concat",
    "cond",
    "constant",
    "control_dependencies",
    "convert_to_tensor",
    "cos",
    "div_no_nan",
    "equal",
    "exp",
    "expand_dims",
    "fill",
    "gather",
    "get_default_graph",
    "greater",
    "greater_equal",
    "group",
    "identity",
    "init_scope",
    "leave_out",
    "less",
    "less_equal",
    "log",
    "logical_and",
    "logical_not",
    "logical_or",
    "matmul",
    "maximum",
    "minimum",
    "name_scope",
    "no_op",
    "not_equal",
    "one_hot",
    "ones",
    "ones_like",
    "pad",
    "placeholder",
    "power",
    "reduce_all",
    "reduce_any",
    "reduce_logsumexp",
    "reduce_max",
    "reduce_mean",
    "reduce_min",
    "reduce_prod",
    "reduce_sum",
    "reshape",
    "reverse",
    "rounded",
    "shape_of",
    "sign",
    "sin",
    "size",
    "smart_cond",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "stop_gradient",
    "tanh",
    "tile",
    "transpose",
    "unstack",
    "where",
    "zeros",
    "zeros_like",
]
