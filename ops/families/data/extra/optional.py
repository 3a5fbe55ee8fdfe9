"""Optional elements: what may be there or not, such as the next element of an iterator at its end."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....base import nest
from ....base.errors import InvalidArgumentError, OutOfRangeError
from ....building.build import build, build_operation
from ....building.tensor_spec import TensorSpec
from ....definition.context import KernelContext
from ....definition.opdef import Effects, OpDef
from ....definition.shapes import scalar_shape
from ....graph.node import Tensor
from ....types.tensor_shape import TensorShape, as_extents
from ...sparse.specs import SparseTensorSpec
from ..composites import Ragged, composite_of
from ..dataset import as_structure
from ..iterators import Iterator
from ..runtime import Spec, flat_parts


def _held(parts: Any) -> Any:
    """The arrays of an element, or None, as the value of a variant tensor."""
    array = np.empty((), object)
    array[()] = parts
    return array


def _next_kernel(context: KernelContext, iterator: Any) -> Any:
    try:
        return _held(flat_parts(iterator.next(context)))
    except OutOfRangeError:
        return _held(None)


def _value_kernel(context: KernelContext, optional: Any) -> Any:
    parts = optional.item()
    if parts is None:
        raise InvalidArgumentError(None, context.op, "The given optional does not have a value.")
    return list(parts)


_TYPED = {"output_types": ("list(type)",), "output_shapes": ("list(shape)",)}

GET_NEXT_AS_OPTIONAL = OpDef(
    name="IteratorGetNextAsOptional",
    signature="iterator: resource -> optional: variant",
    attrs=_TYPED,
    shape=scalar_shape,
    kernel=_next_kernel,
    effects=Effects("iterator", reads=True, writes=True),
)
OPTIONAL_FROM_VALUE = OpDef(
    name="OptionalFromValue",
    signature="components: list(Toutput_types) -> optional: variant",
    shape=scalar_shape,
    kernel=lambda context, components: _held(list(components)),
    effects=Effects("optional", reads=True),
)
OPTIONAL_NONE = OpDef(
    name="OptionalNone",
    signature="-> optional: variant",
    shape=scalar_shape,
    kernel=lambda context: _held(None),
    effects=Effects("optional", reads=True),
)
OPTIONAL_HAS_VALUE = OpDef(
    name="OptionalHasValue",
    signature="optional: variant -> has_value: bool",
    shape=scalar_shape,
    kernel=lambda context, optional: np.array(optional.item() is not None),
    effects=Effects("optional", reads=True),
)
OPTIONAL_GET_VALUE = OpDef(
    name="OptionalGetValue",
    signature="optional: variant -> components: list(output_types)",
    attrs={"output_shapes": ("list(shape)",)},
    shape=lambda q: [as_extents(shape) for shape in q.attrs["output_shapes"]],
    kernel=_value_kernel,
    effects=Effects("optional", reads=True),
)


class Optional:
    """An element that may be there or not.

    >>> some = Optional.from_value(tf.constant(42))
    >>> tf.Session().run([some.has_value(), some.get_value()])
    [True, 42]
    """

    def __init__(self, variant: Tensor, spec: Spec) -> None:
        self._variant_tensor = variant
        self._spec = spec

    @staticmethod
    def from_value(value: Any) -> Optional:
        """Return an optional that has a value: a structure of tensors."""
        structure = as_structure(value)
        variant = build(OPTIONAL_FROM_VALUE, nest.flatten(structure, expand_composites=True))
        return Optional(variant, Spec.of_tensors(structure))

    @staticmethod
    def none_from_structure(value_structure: Any) -> Optional:
        """Return an optional that has no value; what it would be is described by TensorSpec and its like."""
        return Optional(build(OPTIONAL_NONE), spec_of_description(value_structure))

    def has_value(self, name: str | None = None) -> Tensor:
        """Return whether there is a value, a bool scalar."""
        result: Tensor = build(OPTIONAL_HAS_VALUE, self._variant_tensor, name=name)
        return result

    def get_value(self, name: str | None = None) -> Any:
        """Return the value. Raises when run: InvalidArgumentError if there is none."""
        parts = self._spec.part_types()
        op = build_operation(
            OPTIONAL_GET_VALUE, self._variant_tensor, name=name or "OptionalGetValue",
            output_types=[dtype for dtype, _ in parts], output_shapes=[as_extents(shape) for _, shape in parts],
        )  # fmt: skip
        return self._spec.pack(self._spec.wrapped(op.outputs))

    @property
    def value_structure(self) -> Any:
        """Types, shapes and classes of the value's components: TensorSpec and its like."""
        return self._spec.description


class OptionalSpec:
    """The description of an optional.

    Args:
      value_structure: of its value: TensorSpec and its like in a structure.
    """

    def __init__(self, value_structure: Any) -> None:
        self._value_structure = value_structure

    @property
    def value_type(self) -> type:
        """Optional."""
        return Optional

    @staticmethod
    def from_value(value: Optional) -> OptionalSpec:
        """Return that of an optional."""
        return OptionalSpec(value.value_structure)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OptionalSpec) and self._value_structure == other._value_structure

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"OptionalSpec({self._value_structure!r})"


def get_next_as_optional(iterator: Iterator) -> Optional:
    """Return the next element of an iterator, without a value at its end: no error is raised there."""
    parts = iterator._spec.part_types()
    variant = build(
        GET_NEXT_AS_OPTIONAL, iterator._iterator_resource, output_types=[dtype for dtype, _ in parts],
        output_shapes=[as_extents(shape) for _, shape in parts],
    )  # fmt: skip
    return Optional(variant, iterator._spec)


def get_structure(dataset_or_iterator: Any) -> Any:
    """Return the description of an element: TensorSpec and its like. Raises: TypeError for something else."""
    spec = getattr(dataset_or_iterator, "_spec", None)
    if not isinstance(spec, Spec):
        raise TypeError(f"`dataset_or_iterator` must be a Dataset or Iterator object, but got {dataset_or_iterator!r}.")
    return spec.description


def TensorStructure(dtype: Any, shape: Any) -> TensorSpec:
    """Return the description of a component that is a tensor."""
    return TensorSpec(shape, dtype)


def SparseTensorStructure(dtype: Any, shape: Any) -> SparseTensorSpec:
    """Return the description of a component that is a SparseTensor."""
    return SparseTensorSpec(shape, dtype)


def RaggedTensorStructure(dtype: Any, shape: Any, ragged_rank: int) -> Any:
    """Return the description of a component that is a RaggedTensor."""
    return Ragged(ragged_rank).spec(dtype, shape)


def spec_of_description(structure: Any) -> Spec:
    """From TensorSpec and its like in a structure to what datasets use."""
    leaves = nest.flatten(structure)
    composites = {number: kind for number, leaf in enumerate(leaves) if (kind := composite_of(leaf)) is not None}
    shapes = [TensorShape(leaf._shape) for leaf in leaves]
    return Spec(structure, [leaf._dtype for leaf in leaves], shapes, None, composites)
