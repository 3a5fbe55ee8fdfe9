"""The operations that parse SequenceExample messages: a context of features, and lists of features.

A feature list is a row per step of a message. Dense ones become `[batch, steps, ...]`, with zeros behind the last step
of a message; sparse ones have an index of three: message, step, place in the step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import check_ranks
from ...types.array_values import as_bytes
from ...types.dtypes import DType, float32, int64, string
from .example_values import _KINDS, _NAMES, Dense, Source, Sparse, _flat, _shown, dense_value, sparse_parts

Array = np.ndarray[Any, Any]
_TYPES = (float32, int64, string)
_TYPED = {
    "Tcontext_dense": _TYPES,
    "context_sparse_types": _TYPES,
    "feature_list_dense_types": _TYPES,
    "feature_list_sparse_types": _TYPES,
}
_SHAPES: dict[str, Any] = {
    "context_dense_shapes": ("list(shape)", ()),
    "feature_list_dense_shapes": ("list(shape)", ()),
}


def _text(value: Any) -> str:
    return as_bytes(value[()] if isinstance(value, np.ndarray) else value).decode()


class _Lists:
    """The feature lists of some messages.

    Args:
      source: the messages.
      key, dtype: of the feature lists.
    Raises: InvalidArgumentError if a step is of another type.
    """

    def __init__(self, source: Source, key: str, dtype: DType) -> None:
        self._source, self._key = source, key
        wanted = _KINDS[dtype]
        self.is_missing: list[bool] = []
        self.steps: list[int] = []
        rows: list[Any] = []
        for index, message in enumerate(source.messages):
            lists = message.feature_lists.feature_list
            self.is_missing.append(key not in lists)
            features = lists[key].feature if key in lists else ()
            self.steps.append(len(features))
            for step, feature in enumerate(features):
                kind = feature.WhichOneof("kind")
                if kind not in (None, wanted):
                    raise InvalidArgumentError(
                        None, None,
                        f"Name: {source.name(index)}, Feature list: {key}, Index: {step}.  Data types don't match. "
                        f"Expected type: {_NAMES[wanted]}  Feature is: {_NAMES[kind]}",
                    )  # fmt: skip
                rows.append(None if kind is None else getattr(feature, wanted))
        self.counts, self.values = _flat(rows, dtype)

    def dense(self, dtype: DType, extents: Sequence[Any], may_miss: bool) -> tuple[Array, Array]:
        """An array `[batch, steps, ...]`, and how many steps each message has."""
        if not may_miss and any(self.is_missing):
            raise InvalidArgumentError(
                None, None,
                f"Name: {self._source.name(self.is_missing.index(True))}, Feature list '{self._key}' is required but "
                "could not be found.  Did you mean to include it in feature_list_dense_missing_assumed_empty or "
                "feature_list_dense_defaults?",
            )  # fmt: skip
        size = math.prod(extents)
        for step, count in enumerate(self.counts if self.counts.count(size) < len(self.counts) else ()):
            if count != size:
                raise InvalidArgumentError(
                    None, None,
                    f"Name: {self._source.name(self._message_of(step))}, Key: {self._key}, Index: {step}.  Number of "
                    f"values != expected.  values size: {count} but output shape: {_shown(extents)}",
                )  # fmt: skip
        lengths = np.array(self.steps, np.int64)
        if len(lengths) == 1:
            return self.values.reshape(1, self.steps[0], *extents), lengths
        longest = int(lengths.max(initial=0))
        result = np.zeros((len(lengths), longest, size), dtype.np_dtype)
        if dtype is string:
            result[...] = b""
        result[np.arange(longest) < lengths[:, None]] = self.values.reshape(len(self.counts), size)
        return result.reshape(len(lengths), longest, *extents), lengths

    def _message_of(self, step: int) -> int:
        return int(np.searchsorted(np.cumsum(self.steps), step, side="right"))

    def sparse(self) -> tuple[Array, Array, Array]:
        """Indices, values and shape of a sparse tensor `[batch, steps, longest]`."""
        counts = np.array(self.counts, np.int64)
        steps = np.array(self.steps, np.int64)
        message = np.repeat(np.arange(len(steps)), steps)
        step = np.arange(len(counts)) - np.repeat(np.cumsum(steps) - steps, steps)
        place = np.arange(len(self.values)) - np.repeat(np.cumsum(counts) - counts, counts)
        indices = np.stack([np.repeat(message, counts), np.repeat(step, counts), place], 1).astype(np.int64)
        shape = np.array([len(steps), steps.max(initial=0), counts.max(initial=0)], np.int64)
        return indices, self.values, shape


def _parse(serialized: Any, names: Any, keys: dict[str, list[str]], defaults: Any, attrs: dict[str, Any]) -> list[Any]:
    """All outputs of a batch, in their order."""
    from ... import proto

    source = Source(serialized, names, proto.SequenceExample, single=False)
    features = [message.context.feature for message in source.messages]
    context = [
        sparse_parts(source, features, Sparse(key, dtype))
        for key, dtype in zip(keys["context_sparse"], attrs["context_sparse_types"])
    ]
    dense = [
        dense_value(source, features, Dense(key, dtype, tuple(shape), default))
        for key, dtype, shape, default in zip(
            keys["context_dense"], attrs["Tcontext_dense"], attrs["context_dense_shapes"], defaults
        )
    ]
    sparse = [
        _Lists(source, key, dtype).sparse()
        for key, dtype in zip(keys["list_sparse"], attrs["feature_list_sparse_types"])
    ]
    lists = [
        _Lists(source, key, dtype).dense(dtype, shape, key in keys["may_miss"])
        for key, dtype, shape in zip(
            keys["list_dense"], attrs["feature_list_dense_types"], attrs["feature_list_dense_shapes"]
        )
    ]
    parts = [*zip(*context)] or [(), (), ()]
    list_parts = [*zip(*sparse)] or [(), (), ()]
    return [*parts, dense, *list_parts, [value for value, _ in lists], [length for _, length in lists]]


def _many_kernel(
    serialized: Array, debug_name: Array, context_dense_defaults: Any, *, context_sparse_keys: Any,
    context_dense_keys: Any, feature_list_sparse_keys: Any, feature_list_dense_keys: Any,
    feature_list_dense_missing_assumed_empty: Any, context_sparse_types: Any, Tcontext_dense: Any,
    feature_list_sparse_types: Any, feature_list_dense_types: Any, context_dense_shapes: Any,
    feature_list_dense_shapes: Any,
) -> tuple[Array, ...]:  # fmt: skip
    if debug_name.size not in (0, serialized.size):
        raise ValueError(f"Expected len(debug_name) == len(serialized): {debug_name.size} vs. {serialized.size}")
    keys = {
        "context_sparse": [*map(_text, context_sparse_keys)],
        "context_dense": [*map(_text, context_dense_keys)],
        "list_sparse": [*map(_text, feature_list_sparse_keys)],
        "list_dense": [*map(_text, feature_list_dense_keys)],
        "may_miss": [*map(_text, feature_list_dense_missing_assumed_empty)],
    }
    attrs = {
        "context_sparse_types": context_sparse_types, "Tcontext_dense": Tcontext_dense,
        "feature_list_sparse_types": feature_list_sparse_types, "feature_list_dense_types": feature_list_dense_types,
        "context_dense_shapes": context_dense_shapes, "feature_list_dense_shapes": feature_list_dense_shapes,
    }  # fmt: skip
    parts = _parse(serialized, debug_name, keys, context_dense_defaults, attrs)
    return tuple(item for part in parts for item in part)


def _single_kernel(
    serialized: Array, missing: Array, context_sparse_keys: Any, context_dense_keys: Any,
    feature_list_sparse_keys: Any, feature_list_dense_keys: Any, context_dense_defaults: Any, debug_name: Array, *,
    context_sparse_types: Any, Tcontext_dense: Any, feature_list_sparse_types: Any, feature_list_dense_types: Any,
    context_dense_shapes: Any, feature_list_dense_shapes: Any,
) -> tuple[Array, ...]:  # fmt: skip
    keys = {
        "context_sparse": [*map(_text, context_sparse_keys)],
        "context_dense": [*map(_text, context_dense_keys)],
        "list_sparse": [*map(_text, feature_list_sparse_keys)],
        "list_dense": [*map(_text, feature_list_dense_keys)],
        "may_miss": [*map(_text, missing.tolist())],
    }
    attrs = {
        "context_sparse_types": context_sparse_types, "Tcontext_dense": Tcontext_dense,
        "feature_list_sparse_types": feature_list_sparse_types, "feature_list_dense_types": feature_list_dense_types,
        "context_dense_shapes": context_dense_shapes, "feature_list_dense_shapes": feature_list_dense_shapes,
    }  # fmt: skip
    name = np.array([debug_name[()]], object) if debug_name.size else np.empty(0, object)
    indices, values, shapes, dense, places, items, sizes, lists, _ = _parse(
        [serialized[()]], name, keys, context_dense_defaults, attrs
    )
    return (
        *(part[:, 1:] for part in indices), *values, *(part[1:] for part in shapes), *(part[0] for part in dense),
        *(part[:, 1:] for part in places), *items, *(part[1:] for part in sizes), *(part[0] for part in lists),
    )  # fmt: skip


def _check(attrs: Any) -> None:
    for types, shapes in (
        ("Tcontext_dense", "context_dense_shapes"), ("feature_list_dense_types", "feature_list_dense_shapes"),
    ):  # fmt: skip
        if len(attrs[types]) != len(attrs[shapes]):
            raise ValueError(f"{len(attrs[shapes])} {shapes} for {len(attrs[types])} dense features")
    for types, count in (
        ("context_sparse_types", "Ncontext_sparse"), ("feature_list_sparse_types", "Nfeature_list_sparse"),
        ("Tcontext_dense", "Ncontext_dense"), ("feature_list_dense_types", "Nfeature_list_dense"),
    ):  # fmt: skip
        if count in attrs and len(attrs[types]) != attrs[count]:
            raise ValueError(f"There are {attrs[count]} keys, but {len(attrs[types])} types for them")


def _shapes(query: Any, batch: tuple[Any, ...]) -> list[Any]:
    attrs = query.attrs
    _check(attrs)
    found: list[Any] = []
    for count, rank in ((attrs["Ncontext_sparse"], 1), (attrs["Nfeature_list_sparse"], 2)):
        width = len(batch) + rank
        parts = [(None, width)] * count + [(None,)] * count + [(width,)] * count
        dense = (
            [(*batch, *shape) for shape in attrs["context_dense_shapes"]]
            if rank == 1
            else [(*batch, None, *shape) for shape in attrs["feature_list_dense_shapes"]]
        )
        found += [*parts, *dense]
    return found


def _many_shape(query: Any) -> list[Any]:
    shape = query.shapes[0]
    if shape is not None and len(shape) != 1:
        raise ValueError(f"Shape must be rank 1 but is rank {len(shape)}")
    batch = (None,) if shape is None else tuple(shape)
    return [*_shapes(query, batch), *[batch] * query.attrs["Nfeature_list_dense"]]


def _single_shape(query: Any) -> list[Any]:
    check_ranks(query, 0, 1)
    return _shapes(query, ())


_OUTPUTS = (
    "context_sparse_indices: Ncontext_sparse * int64, context_sparse_values: list(context_sparse_types), "
    "context_sparse_shapes: Ncontext_sparse * int64, context_dense_values: list(Tcontext_dense), "
    "feature_list_sparse_indices: Nfeature_list_sparse * int64, "
    "feature_list_sparse_values: list(feature_list_sparse_types), "
    "feature_list_sparse_shapes: Nfeature_list_sparse * int64, "
    "feature_list_dense_values: list(feature_list_dense_types)"
)

PARSE_SEQUENCE_EXAMPLE = OpDef(
    name="ParseSequenceExample",
    signature=(
        "serialized: string, debug_name: string, context_dense_defaults: list(Tcontext_dense) -> "
        f"{_OUTPUTS}, feature_list_dense_lengths: Nfeature_list_dense * int64"
    ),
    where=_TYPED,
    attrs={
        "feature_list_dense_missing_assumed_empty": ("list(string)",),
        "context_sparse_keys": ("list(string)",),
        "context_dense_keys": ("list(string)",),
        "feature_list_sparse_keys": ("list(string)",),
        "feature_list_dense_keys": ("list(string)",),
        "Ncontext_sparse": ("int", 0),
        "Nfeature_list_sparse": ("int", 0),
        "Nfeature_list_dense": ("int", 0),
        **_SHAPES,
    },
    shape=_many_shape,
    kernel=_many_kernel,
    gradient=NOT_DIFFERENTIABLE,
)

PARSE_SINGLE_SEQUENCE_EXAMPLE = OpDef(
    name="ParseSingleSequenceExample",
    signature=(
        "serialized: string, feature_list_dense_missing_assumed_empty: string, "
        "context_sparse_keys: Ncontext_sparse * string, context_dense_keys: Ncontext_dense * string, "
        "feature_list_sparse_keys: Nfeature_list_sparse * string, "
        "feature_list_dense_keys: Nfeature_list_dense * string, context_dense_defaults: list(Tcontext_dense), "
        f"debug_name: string -> {_OUTPUTS}"
    ),
    where=_TYPED,
    attrs=_SHAPES,
    shape=_single_shape,
    kernel=_single_kernel,
    gradient=NOT_DIFFERENTIABLE,
)
