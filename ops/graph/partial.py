"""What is known of tensors while the graph is built, or while a plan is specialised: shapes and small values.

A *partial value* is an object array whose entries are ints, bools or `UNKNOWN`; the compiler puts symbolic integers
in their place. Kernels that only compute with small integers (`OpDef.computes_extents`) run on such arrays as they
are, so that `tf.reshape(x, [tf.shape(x)[0], -1])` has a static shape, and a compiled step knows extents without
computing tensors.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..definition.flow import DEAD
from ..definition.kernel_call import is_small, kernel_call, run_on_values
from ..definition.shape_query import UNKNOWN, Unknown, UnknownValueError
from ..types.dtypes import DType
from ..types.tensor_shape import Extents

_LARGEST = 256  # elements; larger values are no shapes
_LARGEST_MADE = 1 << 16  # elements that are computed while a graph is built


def partial_value(tensor: Any, computed: bool = False) -> np.ndarray[Any, Any] | None:
    """Return what is known of a tensor's value while the graph is built, or None. Kept with the tensor.

    Args:
      computed: whether any pure operation of known small inputs is computed. Shape rules ask so, as TensorFlow's do;
        its Python functions decide by less.
    """
    slot = "_computed" if computed else "_partial"
    known: np.ndarray[Any, Any] | None
    try:
        known = getattr(tensor, slot)
    except AttributeError:
        known = _find(tensor, slot)
    return known


def _find(tensor: Any, slot: str) -> np.ndarray[Any, Any] | None:
    if tensor._op.op_def.is_constant:
        setattr(tensor, slot, tensor._op.attrs["value"])
    # Iterative, so that long chains do not exhaust the stack.
    pending = [tensor]
    while pending:
        top = pending[-1]
        missing = [] if hasattr(top, slot) else [t for t in _needed(top, slot) if not hasattr(t, slot)]
        if missing:
            pending += missing
            continue
        pending.pop()
        if not hasattr(top, slot):
            _evaluate(top, slot)
    found: np.ndarray[Any, Any] | None = getattr(tensor, slot)
    return found


def _is_foldable(tensor: Any) -> bool:
    """Whether what is known of the inputs tells something."""
    return tensor._op.op_def.computes_extents and tensor._dtype.kind in "iub"


def _is_computable(op: Any, slot: str) -> bool:
    """Whether known inputs determine the outputs, and these are wanted; not what shapes tell, nor what may be fed."""
    op_def = op.op_def
    if slot != "_computed" or not op_def.is_pure or op_def.tells or op_def.is_placeholder:
        return False
    if op_def.flow == "merge":  # a loop's: the value of its first turn, until the end of the loop is known
        return False
    return op_def.kernel is not None and bool(op._inputs)


def _needed(tensor: Any, slot: str) -> Any:
    return tensor._op._inputs if _is_foldable(tensor) or _is_computable(tensor._op, slot) else ()


def _evaluate(tensor: Any, slot: str) -> None:
    op = tensor._op
    inputs = [getattr(t, slot) for t in op._inputs] if _is_foldable(tensor) else None
    if not is_small([output._extents for output in op._outputs], (), _LARGEST_MADE):
        inputs = None
    results: Any = fold(op.op_def, op.attrs, inputs, [t._extents for t in op._inputs])
    if results is None and _is_computable(op, slot):
        results = _compute(op)
    if results is None:
        setattr(tensor, slot, None)
        return
    for output, result in zip(op._outputs, results):
        setattr(output, slot, result)


def _compute(op: Any) -> list[np.ndarray[Any, Any] | None] | None:
    """Run the kernel of an operation whose inputs are small and known altogether, whatever their types."""
    values = [_known(tensor, tensor._computed) for tensor in op._inputs]
    if any(value is None or value.size > _LARGEST for value in values):
        return None
    if not is_small([output._extents for output in op._outputs], values, _LARGEST_MADE):
        return None
    try:
        return [None if result is DEAD else np.asarray(result) for result in run_on_values(op, values)]
    except Exception:  # it will be raised when a step runs it, if one does
        return None


def fold(
    op_def: Any, attrs: dict[str, Any], inputs: list[Any] | None, shapes: list[Extents]
) -> list[np.ndarray[Any, Any]] | None:
    """Evaluate an operation on partial values; None if nothing is known.

    Args:
      inputs: the partial values of the inputs, or None if they are not wanted.
      shapes: the extents of the inputs.
    """
    if op_def.is_constant:
        return [attrs["value"]]
    if op_def.tells:
        return _fold_shape_of(op_def.tells, shapes)
    joins = any(arg.number_attr for arg in op_def.inputs)  # of the parts of a list some may be unknown
    if inputs is not None and joins and any(v is not None for v in inputs):
        if len(op_def.inputs) == 1:  # `Pack`: its parts have one shape, also `placeholder(int32)` that was given none
            alike = next(v.shape for v in inputs if v is not None)
            shapes = [alike if shape is None else shape for shape in shapes]
        inputs = [_unknowns(shape) if v is None else v for v, shape in zip(inputs, shapes)]
    if inputs is None or not op_def.computes_extents or any(v is None or v.size > _LARGEST for v in inputs):
        return None
    try:
        return run_kernel(op_def, attrs, inputs)
    except (ArithmeticError, ValueError, TypeError, IndexError):
        return None  # not computable from what is known: nothing is known of the result either


def _unknowns(shape: Extents) -> np.ndarray[Any, Any] | None:
    """A part of a list of which nothing is known but how long it is."""
    if shape is None or len(shape) > 1 or None in shape or any(extent > _LARGEST for extent in shape):
        return None
    result = np.empty(tuple(shape), object)
    result[...] = UNKNOWN
    return result


def _fold_shape_of(tells: str, shapes: list[Extents]) -> list[np.ndarray[Any, Any]] | None:
    if any(shape is None for shape in shapes):
        return None
    rows = [_objects([UNKNOWN if extent is None else extent for extent in shape or ()]) for shape in shapes]
    if tells == "rank":
        return [np.array(len(rows[0]))]
    if tells == "size":
        product: Any = 1
        for extent in rows[0]:
            product = product * extent
        return [_objects(product)]
    return rows


def run_kernel(op_def: Any, attrs: dict[str, Any], inputs: list[Any]) -> list[np.ndarray[Any, Any]]:
    """Call the kernel on object arrays, so that its integers may be symbolic."""
    values = [_objects(v) if v.dtype != object else v for v in inputs]
    if op_def.converts:
        return [_cast(values[0], attrs["DstT"])]
    return [_objects(item) for item in kernel_call(op_def, attrs, values)]


def _cast(value: np.ndarray[Any, Any], dtype: DType) -> np.ndarray[Any, Any]:
    """Known numbers as the type has them; symbolic and unknown integers stay."""
    if dtype.kind not in "iub":
        return value
    result: np.ndarray[Any, Any] = _objects([_cast_item(item, dtype) for item in value.flat]).reshape(value.shape)
    return result


def _cast_item(item: Any, dtype: DType) -> Any:
    if not isinstance(item, (int, float, np.number, np.bool_)):
        if dtype.kind == "b":
            raise UnknownValueError
        return item
    if dtype.kind == "b":
        return bool(item)
    bits = dtype.size * 8
    wrapped = int(item) & (1 << bits) - 1
    return wrapped - (1 << bits) if dtype.kind == "i" and wrapped >> bits - 1 else wrapped


def _objects(value: Any) -> np.ndarray[Any, Any]:
    if isinstance(value, np.ndarray) and value.dtype == object:
        return value
    if isinstance(value, np.ndarray):
        return value.astype(object)
    if isinstance(value, list):
        result = np.empty(len(value), object)
        result[:] = value
        return result
    result = np.empty((), object)
    result[()] = value
    return result


def static_value(tensor: Any) -> np.ndarray[Any, Any] | None:
    """Return the value of a tensor if the graph alone determines it, as an array of its type; otherwise None."""
    return _known(tensor, partial_value(tensor))


def _known(tensor: Any, value: np.ndarray[Any, Any] | None) -> np.ndarray[Any, Any] | None:
    if value is None or value.dtype != object or tensor._dtype.kind not in "iub":
        return value
    if any(type(item) is Unknown for item in value.reshape(-1)):
        return None
    return value.astype(tensor._dtype.np_dtype)
