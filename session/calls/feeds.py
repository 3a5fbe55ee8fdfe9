"""Feeds: the tensors a step is given, and turning what the user gives into arrays of their types and shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...compiler.program.services import holds_bytes
from ...ops.base.errors import InvalidArgumentError
from ...ops.families.state.handle_ops import check_handle_text, takes_handle
from ...ops.graph.graph import Graph
from ...ops.graph.node import Tensor
from ...ops.types import dtypes
from ...ops.types.array_values import as_bytes, unevenness
from ...ops.types.tensor_shape import format_extents
from ..resources.handles import HandleStore, TensorHandle

Pairs = list[tuple[Tensor, Any]]


def expand_feeds(graph: Graph, feed_dict: Any) -> Pairs:
    """Return `(tensor, value)` for all tensors that a feed dictionary feeds; nested keys are flattened.

    Raises: TypeError if it is no dictionary, or a key is no tensor; ValueError if a tensor may not be fed.
    """
    if not isinstance(feed_dict, Mapping):
        raise TypeError(
            "FlattenDictItems: 'dict' must be a dictionary or collection.Mapping type object, instead of "
            f"'{type(feed_dict).__name__}'. Write feed_dict={{placeholder: value}}."
        )
    pairs: Pairs = []
    for key, value in feed_dict.items():
        for flat_key, flat_value in _flatten(key, value):
            pairs += _expand(graph, flat_key, flat_value)
    return pairs


def _flatten(key: Any, value: Any) -> list[tuple[Any, Any]]:
    """Match a nested tuple of keys with values nested in the same way."""
    if not isinstance(key, (tuple, list)):
        return [(key, value)]
    if isinstance(value, Mapping) or not hasattr(value, "__len__") or len(value) != len(key):
        count = len(value) if hasattr(value, "__len__") else "no"
        raise ValueError(
            f"Could not flatten dictionary. Key had {len(key)} elements, but value had {count} elements. "
            f"Key: {list(key)}, value: {value!r}."
        )
    return [pair for item, part in zip(key, value) for pair in _flatten(item, part)]


def _conversion_of(key: Any, part: str) -> Any:
    from .conversions import conversion_of  # here: few keys are anything but tensors

    return conversion_of(key, part)


def _expand(graph: Graph, key: Any, value: Any) -> Pairs:
    if not isinstance(key, (Tensor, str)):
        function = _conversion_of(key, "feed")
        if function is not None:
            return [(feed_tensor(graph, tensor), part) for tensor, part in function(key, value)]
    return [(feed_tensor(graph, key), value)]


def expand_feed_keys(graph: Graph, keys: Any) -> list[Tensor]:
    """Return the tensors that a list of feed keys stands for. Raises: as `expand_feeds`."""
    tensors: list[Tensor] = []
    for key in keys:
        if isinstance(key, (tuple, list)):
            tensors += expand_feed_keys(graph, key)
            continue
        function = None if isinstance(key, (Tensor, str)) else _conversion_of(key, "feed_keys")
        parts = [key] if function is None else function(key)
        tensors += [feed_tensor(graph, part) for part in parts]
    return tensors


def is_plain_key(key: Any) -> bool:
    """Whether a feed key is fed with its value as it is: no nesting of keys, no type with a conversion of its own."""
    if isinstance(key, (Tensor, str)):
        return True
    return not isinstance(key, (tuple, list)) and _conversion_of(key, "feed") is None


def feed_tensor(graph: Graph, key: Any) -> Tensor:
    """Return the tensor of `graph` that a feed key is, names or stands for. Raises: TypeError, ValueError."""
    try:
        tensor: Tensor = graph.as_graph_element(key, allow_operation=False)
    except (TypeError, ValueError, KeyError) as error:
        reason = error.args[0] if error.args else error
        raise TypeError(f"Cannot interpret feed_dict key as Tensor: {reason}") from None
    if not graph.is_feedable(tensor):
        raise ValueError(f"Tensor {tensor.name} may not be fed.")
    return tensor


class Feed:
    """One fed tensor of a signature: makes arrays of its type and checks their shape."""

    __slots__ = ("_allows", "_extents", "_np_dtype", "_store", "tensor")

    def __init__(self, tensor: Tensor, store: HandleStore) -> None:
        self.tensor = tensor
        self._np_dtype = tensor.dtype.base_dtype.np_dtype
        self._extents = tensor._extents
        self._store = store
        self._allows = _shape_check(tensor._extents)

    @property
    def is_numeric(self) -> bool:
        """Whether it takes no strings, nor handles' names."""
        return self._np_dtype is not _OBJECT

    def array(self, value: Any) -> np.ndarray[Any, Any]:
        """Return `value` as an array for this feed; the very same one if it fits already.

        Raises: TypeError for a tensor or a value that does not fit the type, ValueError for another shape.
        """
        given = value
        if type(value) is not np.ndarray or value.dtype is not self._np_dtype or self._np_dtype is _OBJECT:
            value = self._convert(value)  # None becomes NaN or False, as in TensorFlow
        if not self._allows(value.shape):
            raise ValueError(
                f"Cannot feed value of shape {value.shape!r} for Tensor {self.tensor.name}, "
                f"which has shape {format_extents(self._extents)}{self._origin()}"
                f"{': it is None.' if given is None else ''}"
            )
        return value  # type: ignore[no-any-return]

    def _convert(self, value: Any) -> np.ndarray[Any, Any]:
        if isinstance(value, Tensor):
            raise TypeError(
                "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python scalars, "
                "strings, lists, numpy ndarrays, or TensorHandles. For reference, the tensor object was "
                f"{value} which was passed to the argument `feed_dict` with key {self.tensor}."
            )
        if isinstance(value, TensorHandle):
            return self._from_handle(value)
        if self._np_dtype is _OBJECT:
            return self._strings(value)
        if isinstance(value, int):
            self._check_int(value)
        try:
            if hasattr(value, "__dlpack__") and not hasattr(value, "__array__"):
                value = np.from_dlpack(value)
            with np.errstate(invalid="ignore", over="ignore"):
                return np.asarray(value).astype(self._np_dtype, copy=False)
        except (TypeError, ValueError, OverflowError) as error:
            tensor = self.tensor
            raise type(error)(
                f"Cannot feed a value of type {type(value).__name__} for Tensor {tensor.name}, which takes "
                f"{tensor.dtype.base_dtype.name} of shape {format_extents(self._extents)}{self._origin()}: "
                f"{_reason(value, error)}"
            ) from error

    def _origin(self) -> str:
        """Where the user made the tensor, as the end of a sentence."""
        place = self.tensor.op.created_at
        return f" (created at {place})" if place else ""

    def _check_int(self, value: int) -> None:
        try:
            fits = int(np.asarray(value).astype(self._np_dtype)) == value if self._np_dtype.kind in "iub" else True
        except (OverflowError, TypeError, ValueError):
            fits = False
        if not fits:
            raise self._incompatible(value)

    def _incompatible(self, value: Any) -> TypeError:
        return TypeError(
            f"Type of feed value {value} with type {type(value)} is not compatible with Tensor type "
            f"{self.tensor.dtype.as_numpy_dtype} of {self.tensor.name}{self._origin()}. Try explicitly setting the "
            "type of the feed tensor to a larger type (e.g. int64)."
        )

    def _strings(self, value: Any) -> np.ndarray[Any, Any]:
        if isinstance(value, (str, bytes)):
            result = np.empty((), object)
            result[()] = as_bytes(value)
        else:
            result = np.array(value, object)
            for position in () if holds_bytes(result) else np.ndindex(result.shape):
                try:
                    result[position] = as_bytes(result[position])
                except TypeError:
                    raise self._incompatible(result[position]) from None
        if result.ndim == 0 and hasattr(self.tensor, "_takes_handle"):
            text: bytes = result.item()
            check_handle_text(text.decode(errors="replace"))
        return result

    def _from_handle(self, handle: TensorHandle) -> np.ndarray[Any, Any]:
        """A handle is fed as what it names; as its string to a placeholder that wants the name."""
        if self._np_dtype is _OBJECT and takes_handle(self.tensor):
            result = np.empty((), object)
            result[()] = handle.handle.encode()
            return result
        value: np.ndarray[Any, Any] = self._store.get(handle.handle)
        if handle.dtype is not self.tensor.dtype.base_dtype:
            raise InvalidArgumentError(
                None, None,
                f"Tensor {self.tensor.name} is of type {self.tensor.dtype.base_dtype.name}, but the handle fed to it, "
                f"'{handle.handle}', names a tensor of type {handle.dtype.name}.",
            )  # fmt: skip
        return value


_OBJECT = dtypes.string.np_dtype


def _reason(value: Any, error: Exception) -> str:
    uneven = unevenness(value)
    return f"lists of different lengths are no tensor: {uneven}" if uneven else str(error)


def _shape_check(extents: Any) -> Callable[[tuple[int, ...]], bool]:
    """Return the quickest test whether an array's shape fits static extents."""
    if extents is None:
        return lambda shape: True
    if None not in extents:
        return extents.__eq__  # type: ignore[no-any-return]
    rank = len(extents)
    known = [(axis, extent) for axis, extent in enumerate(extents) if extent is not None]
    if not known:
        return lambda shape: len(shape) == rank
    return lambda shape: len(shape) == rank and all(shape[axis] == extent for axis, extent in known)
