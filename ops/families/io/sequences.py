"""`parse_sequence_example` and `parse_single_sequence_example`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...building.build import build_operation
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...graph.node import TensorLike
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from ..sparse.sparse_tensor import SparseTensor
from .parsing import FixedLenFeature, FixedLenSequenceFeature, VarLenFeature, _Wanted
from .sequence_ops import PARSE_SEQUENCE_EXAMPLE, PARSE_SINGLE_SEQUENCE_EXAMPLE


class _Features:
    """Features of the context and of the lists, in the order in which the operations take and give them."""

    def __init__(self, context_features: Any, sequence_features: Any) -> None:
        if not context_features and not sequence_features:
            raise ValueError("Missing features.")
        for feature in (context_features or {}).values():
            if not isinstance(feature, (VarLenFeature, FixedLenFeature)):
                raise ValueError(f"Unsupported {type(feature).__name__} {feature}.")
        for feature in (sequence_features or {}).values():
            if not isinstance(feature, (VarLenFeature, FixedLenSequenceFeature)):
                raise ValueError(f"Unsupported {type(feature).__name__} {feature}.")
        self.context = _Wanted(context_features) if context_features else None
        lists = sequence_features or {}
        self.sparse = {k: dtypes.as_dtype(f.dtype) for k, f in sorted(lists.items()) if isinstance(f, VarLenFeature)}
        self.dense = {k: f for k, f in sorted(lists.items()) if isinstance(f, FixedLenSequenceFeature)}
        for key, feature in self.dense.items():
            if feature.default_value is not None:
                raise ValueError(f"Value feature_list_dense_defaults[{key}] must be None")
        self.may_miss = [key for key, feature in self.dense.items() if feature.allow_missing]
        self.sparse_keys = list(self.context.sparse) if self.context else []
        self.dense_keys = list(self.context.dense) if self.context else []

    @property
    def typed(self) -> dict[str, Any]:
        """Attributes of types and shapes."""
        context = self.context
        return {
            "context_sparse_types": list(context.sparse.values()) if context else [],
            "context_dense_shapes": context.shapes() if context else [],
            "feature_list_sparse_types": list(self.sparse.values()),
            "feature_list_dense_types": [dtypes.as_dtype(feature.dtype) for feature in self.dense.values()],
            "feature_list_dense_shapes": [TensorShape(feature.shape).as_list() for feature in self.dense.values()],
        }

    def defaults(self) -> list[Any]:
        """The defaults of the context's dense features."""
        return self.context.defaults() if self.context else []

    def results(self, outputs: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """The outputs by feature: of the context, of the lists, lengths of dense lists."""
        rest = iter(outputs)

        def sparse(keys: Any) -> dict[str, Any]:
            parts = [[next(rest) for _ in keys] for _ in range(3)]
            return {key: SparseTensor(*part) for key, *part in zip(keys, *parts)}

        context = sparse(self.sparse_keys)
        context.update((key, next(rest)) for key in self.dense_keys)
        lists = sparse(list(self.sparse))
        lists.update((key, next(rest)) for key in self.dense)
        return context, lists, {key: next(rest, None) for key in self.dense}


def parse_single_sequence_example(
    serialized: TensorLike, context_features: Mapping[str, Any] | None = None,
    sequence_features: Mapping[str, Any] | None = None, example_name: Any = None, name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:  # fmt: skip
    """Parse one SequenceExample message.

    Args:
      serialized: string scalar, the message.
      context_features: by key, `FixedLenFeature` or `VarLenFeature`.
      sequence_features: by key, `FixedLenSequenceFeature` or `VarLenFeature`.
      example_name: a string for error messages.
      name: a name for the scope of the operations.
    Returns: two dictionaries: tensors of the context, and of the lists, whose first axis are the steps.
    Raises: ValueError without features or for those of other kinds. When run: InvalidArgumentError for what is no
      message, required features that are missing, other types and other numbers of values.
    """
    wanted = _Features(context_features, sequence_features)
    with name_scope(name, "ParseSingleSequenceExample", [serialized, example_name]):
        op = build_operation(
            PARSE_SINGLE_SEQUENCE_EXAMPLE, convert_to_tensor(serialized, dtypes.string, name="serialized"),
            constant(wanted.may_miss, dtypes.string, shape=[len(wanted.may_miss)]), wanted.sparse_keys,
            wanted.dense_keys, list(wanted.sparse), list(wanted.dense), wanted.defaults(),
            convert_to_tensor("" if example_name is None else example_name, dtypes.string),
            Ncontext_sparse=len(wanted.sparse_keys), Ncontext_dense=len(wanted.dense_keys),
            Nfeature_list_sparse=len(wanted.sparse), Nfeature_list_dense=len(wanted.dense), **wanted.typed,
        )  # fmt: skip
    context, lists, _ = wanted.results(op.outputs)
    return context, lists


def parse_sequence_example(
    serialized: TensorLike, context_features: Mapping[str, Any] | None = None,
    sequence_features: Mapping[str, Any] | None = None, example_names: Any = None, name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:  # fmt: skip
    """Parse a batch of SequenceExample messages.

    Args:
      serialized: string vector, the messages.
      example_names: string vector, names for error messages.
      The others, and what is raised, are those of `parse_single_sequence_example`.
    Returns: three dictionaries: tensors of the context; of the lists, `[batch, steps, ...]`, with zeros behind the last
      step of a message; and of dense lists, how many steps each message has.
    """
    wanted = _Features(context_features, sequence_features)
    with name_scope(name, "ParseSequenceExample", [serialized, example_names]):
        names = constant([], dtypes.string, shape=[0]) if example_names is None else example_names
        op = build_operation(
            PARSE_SEQUENCE_EXAMPLE, convert_to_tensor(serialized, dtypes.string, name="serialized"),
            convert_to_tensor(names, dtypes.string, name="names"), wanted.defaults(),
            feature_list_dense_missing_assumed_empty=wanted.may_miss, context_sparse_keys=wanted.sparse_keys,
            context_dense_keys=wanted.dense_keys, feature_list_sparse_keys=list(wanted.sparse),
            feature_list_dense_keys=list(wanted.dense), Ncontext_sparse=len(wanted.sparse_keys),
            Nfeature_list_sparse=len(wanted.sparse), Nfeature_list_dense=len(wanted.dense), **wanted.typed,
        )  # fmt: skip
    return wanted.results(op.outputs)
