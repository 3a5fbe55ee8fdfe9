"""Datasets as tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ....building.build import build_operation
from ....definition.context import KernelContext
from ....definition.opdef import Effects, OpDef
from ....definition.shapes import scalar_shape
from ....graph.node import Tensor
from ..api import Dataset
from ..dataset import DatasetBase
from ..runtime import Element, Runtime
from .optional import get_structure, spec_of_description


class DatasetSpec:
    """The description of a dataset.

    Args:
      element_spec: of its elements: TensorSpec and its like in a structure.
      dataset_shape: of a tensor of datasets; scalars are what there is here.
    """

    def __init__(self, element_spec: Any, dataset_shape: Any = ()) -> None:
        self._element_spec = element_spec
        self._dataset_shape = dataset_shape

    @property
    def value_type(self) -> type:
        """Dataset."""
        return Dataset

    @staticmethod
    def from_value(value: DatasetBase) -> DatasetSpec:
        """Return that of a dataset."""
        return DatasetSpec(get_structure(value))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DatasetSpec) and self._element_spec == other._element_spec

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"DatasetSpec({self._element_spec!r}, {self._dataset_shape!r})"


class _Bound:
    """A dataset with the values it is made from."""

    def __init__(self, dataset: DatasetBase, values: dict[Tensor, Any]) -> None:
        self.dataset = dataset
        self.values = values


def _to_variant_kernel(context: KernelContext, components: list[Any]) -> Any:
    dataset = context.op.dataset
    array = np.empty((), object)
    array[()] = _Bound(dataset, dict(zip(dataset._dataset_inputs(), components)))
    return array


TO_VARIANT = OpDef(
    name="_DatasetToVariant",
    signature="components: list(Tcomponents) -> dataset: variant",
    shape=scalar_shape,
    kernel=_to_variant_kernel,
    effects=Effects("iterator", reads=True),
)


def to_variant(dataset: DatasetBase) -> Tensor:
    """Return a dataset as a variant scalar."""
    op: Any = build_operation(TO_VARIANT, dataset._dataset_inputs(), name="DatasetToVariant")
    op.dataset = dataset
    result: Tensor = op.outputs[0]
    return result


def from_variant(variant: Tensor, structure: Any) -> Dataset:
    """Return the dataset that a variant scalar is.

    Args:
      variant: made by `to_variant`.
      structure: of its elements, as `get_structure` has it.
    """

    def open(runtime: Runtime) -> Iterator[Element]:
        bound = runtime.value(variant).item()
        yield from bound.dataset._open(Runtime(runtime.context, bound.values))

    return Dataset(spec_of_description(structure), (), [variant], open)
