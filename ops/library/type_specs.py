"""`TypeSpec`: the base of what is said of values that are made of tensors."""

from __future__ import annotations

import abc
from typing import Any

from ..building.tensor_spec import TensorSpec
from ..families.sparse.specs import IndexedSlicesSpec, SparseTensorSpec
from ..graph.node import Tensor
from .ragged.spec import RaggedTensorSpec


class TypeSpec(abc.ABC):
    """What is known of a value; a class of one's own says of what parts it is made. Two are equal if they say the same.

    Such a class has `value_type`, `_serialize` (what tells specs apart), `_component_specs`, `_to_components` of a
    value and `_from_components`.
    """

    __slots__ = ()

    @property
    @abc.abstractmethod
    def value_type(self) -> Any:
        """The class of the values."""

    @abc.abstractmethod
    def _serialize(self) -> tuple[Any, ...]:
        """What tells this spec from others of its class."""

    @property
    @abc.abstractmethod
    def _component_specs(self) -> Any:
        """The specs of the parts."""

    @abc.abstractmethod
    def _to_components(self, value: Any) -> Any:
        """The parts of a value."""

    @abc.abstractmethod
    def _from_components(self, components: Any) -> Any:
        """The value of these parts."""

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a value, or what another spec describes, is described by this one."""
        other = spec_or_value if isinstance(spec_or_value, TypeSpec) else type_spec_from_value(spec_or_value)
        return type(self) is type(other) and self._serialize() == other._serialize()

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._serialize() == other._serialize()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((type(self), self._serialize()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._serialize()}"


class BatchableTypeSpec(TypeSpec):
    """A spec of values that can be put side by side."""

    __slots__ = ()

    @abc.abstractmethod
    def _batch(self, batch_size: Any) -> Any:
        """The spec of `batch_size` such values."""

    @abc.abstractmethod
    def _unbatch(self) -> Any:
        """The spec of one of them."""


for _spec in (TensorSpec, SparseTensorSpec, IndexedSlicesSpec, RaggedTensorSpec):
    TypeSpec.register(_spec)


def type_spec_from_value(value: Any) -> Any:
    """Return the spec of a tensor, or of a value that has one. Raises: TypeError for something else."""
    spec = getattr(value, "_type_spec", None)
    if spec is not None:
        return spec
    if isinstance(value, Tensor):
        return TensorSpec(value.shape, value.dtype)
    raise TypeError(f"Could not build a TypeSpec for {value!r} with type {type(value).__name__}")
