"""`convert_to_tensor`: everything that may stand where a tensor is wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..base.late import late
from ..graph.node import Tensor
from ..types import dtypes
from ..types.dtypes import DType
from ..types.tensor_shape import Dimension, TensorShape
from .constant import constant

# (priority, order of registration) -> (types, function); lower priorities are tried first.
_functions: list[tuple[int, int, Any, Callable[..., Any]]] = []
_chosen: dict[type, Callable[..., Any] | None] = {}  # per value type the function that takes it, forgotten on change


def register_tensor_conversion_function(
    base_type: Any, conversion_func: Callable[..., Any], priority: int = 100
) -> None:
    """Let values of your own types stand where tensors are wanted.

    Args:
      base_type: the type, or a tuple of types, whose instances `conversion_func` converts.
      conversion_func: `(value, dtype=None, name=None, as_ref=False) -> Tensor or NotImplemented`.
      priority: functions of a lower priority are tried first.
    Raises: TypeError if `base_type` is no type, or one of Python's or NumPy's numbers and arrays, whose conversion is
      fixed, or the function cannot be called.
    """
    types = base_type if isinstance(base_type, tuple) else (base_type,)
    if not all(isinstance(t, type) for t in types):
        raise TypeError("base_type must be a type or a tuple of types.")
    fixed = [t for t in types if issubclass(t, (int, float, np.generic, np.ndarray))]
    if fixed:
        raise TypeError(
            f"register_tensor_conversion_function: {fixed[0].__name__} is a number or an array, whose conversion is"
            " fixed. Register a class of your own that holds the value."
        )
    if not callable(conversion_func):
        raise TypeError("conversion_func must be callable.")
    _functions.append((priority, len(_functions), base_type, conversion_func))
    _functions.sort(key=lambda row: row[:2])
    _chosen.clear()


def is_tensor(x: Any) -> bool:
    """Whether `x` stands for a value in a graph: a Tensor, a variable, a SparseTensor, IndexedSlices.

    >>> is_tensor(tf.constant(1)), is_tensor(1)
    (True, False)
    """
    if isinstance(x, Tensor) or hasattr(x, "_as_graph_element"):
        return True
    return isinstance(x, (late("indexed_slices").IndexedSlices, late("sparse").SparseTensor))


def convert_to_tensor(
    value: Any,
    dtype: Any = None,
    name: str | None = None,
    preferred_dtype: Any = None,
    dtype_hint: Any = None,
    as_ref: bool = False,
) -> Tensor:
    """Return `value` as a Tensor of the default graph.

    Args:
      value: a Tensor (returned as it is), variable, Python number, string, list (tensors may be nested in it), NumPy
        array, TensorShape, or a value of a type given to `register_tensor_conversion_function`.
      dtype: the type wanted; default: what TensorFlow 1 infers (`1.0` is float32, `1` int32, arrays keep theirs).
      name: a name for the constant that may be made.
      preferred_dtype: a type to try when `dtype` is None; another one is taken if it does not fit.
      dtype_hint: the same as `preferred_dtype`.
      as_ref: whether to return the reference of a variable rather than its value.
    Raises: TypeError, ValueError if that is not possible.
    """
    if dtype is not None and type(dtype) is not DType:
        dtype = dtypes.as_dtype(dtype)
    if isinstance(value, Tensor):
        if dtype is not None and value._dtype.base_dtype is not dtype.base_dtype:
            raise ValueError(
                f"Tensor conversion requested dtype {dtype.name} for Tensor with dtype {value.dtype.name}: {value!r}"
            )
        return value
    hint = preferred_dtype if preferred_dtype is not None else dtype_hint
    if dtype is None and hint is not None:
        try:
            return convert_to_tensor(value, hint, name, as_ref=as_ref)
        except (TypeError, ValueError):
            pass
    kind = type(value)
    function = _chosen.get(kind, _chosen)
    if function is _chosen:
        function = _choose(value)
    if function is not None:
        return _try_registered(value, dtype, name, as_ref)
    made = constant(value, dtype, name=name or "Const")
    if dtype is not None and made._dtype is not dtype.base_dtype:  # a TensorProto has its own type
        raise RuntimeError(
            f"Conversion of a {kind.__name__} returned incompatible dtype: requested = {dtype.base_dtype.name}, "
            f"actual = {made.dtype.name}"
        )
    return made


internal_convert_to_tensor = convert_to_tensor


def _choose(value: Any) -> Callable[..., Any] | None:
    kind = type(value)
    found = next((function for _, _, types, function in _functions if isinstance(value, types)), None)
    _chosen[kind] = found
    return found


def _try_registered(value: Any, dtype: DType | None, name: str | None, as_ref: bool) -> Tensor:
    for _, _, types, function in _functions:
        if not isinstance(value, types):
            continue
        result = function(value, dtype=dtype, name=name, as_ref=as_ref)
        if result is NotImplemented:
            continue
        if not isinstance(result, Tensor):
            raise RuntimeError(f"Conversion function {function!r} for type {types} returned non-Tensor: {result!r}")
        if dtype is not None and not dtype.is_compatible_with(result.dtype):
            raise RuntimeError(
                f"Conversion function {function!r} for type {types} returned incompatible dtype: requested = "
                f"{dtype.name}, actual = {result.dtype.name}"
            )
        return result
    return constant(value, dtype, name=name or "Const")


def convert_n_to_tensor(
    values: Any, dtype: Any = None, name: str | None = None, preferred_dtype: Any = None
) -> list[Tensor]:
    """Convert each of `values`; constants are named `name_0`, `name_1`, ..."""
    names = [None if name is None else f"{name}_{index}" for index, _ in enumerate(values)]
    return [convert_to_tensor(value, dtype, n, preferred_dtype) for value, n in zip(values, names)]


def _pack_lists(value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Any:
    """A list with tensors in it is the stack of its items."""
    found = _first_symbolic(value)
    if found is None:
        return NotImplemented
    return late("stacking").pack_nested(value, dtype or found.dtype.base_dtype, name or "packed")


def _first_symbolic(value: Any) -> Any:
    for item in value:
        if isinstance(item, (list, tuple)):
            found = _first_symbolic(item)
            if found is not None:
                return found
        elif isinstance(item, Tensor) or hasattr(item, "_as_graph_element"):
            return item
    return None


def _from_shape(value: TensorShape, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
    if not value.is_fully_defined():
        raise ValueError(f"Cannot convert a partially known TensorShape {value} to a Tensor.")
    extents = value.as_list()
    if dtype is None:
        dtype = dtypes.int32 if all((extent or 0) < 2**31 for extent in extents) else dtypes.int64
    elif dtype not in dtypes.INDEX:
        raise TypeError(f"Cannot convert a TensorShape to dtype: {dtype.name}")
    return constant(np.array(extents, dtype.np_dtype), name=name or "shape_as_tensor")


def _from_dimension(value: Dimension, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
    if value.value is None:
        raise ValueError(f"Cannot convert an unknown Dimension to a Tensor: {value}")
    return constant(value.value, dtype, name=name or "shape_as_tensor")


def _from_range(value: range, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
    """Python's range is the operation, not its numbers."""
    result: Tensor = late("filling").build_range(value, dtype, name)
    return result


def _from_graph_element(value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Any:
    """Whatever stands for a graph element (a variable) and knows how to become a tensor."""
    if hasattr(value, "_dense_tensor"):
        return value._dense_tensor(dtype=dtype, name=name, as_ref=as_ref)
    return NotImplemented


register_tensor_conversion_function((list, tuple), _pack_lists, 99)
register_tensor_conversion_function(range, _from_range)
register_tensor_conversion_function(TensorShape, _from_shape, 99)
register_tensor_conversion_function(Dimension, _from_dimension, 99)
