"""How many elements datasets have, as far as that can be told without making them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ....building.build import build_operation
from ....definition.context import KernelContext
from ....definition.opdef import Effects, OpDef
from ....definition.shapes import scalar_shape
from ....graph.node import Tensor
from ..dataset import DatasetBase
from ..runtime import Runtime

INFINITE_CARDINALITY: Final = -1
UNKNOWN_CARDINALITY: Final = -2


def _cardinality_kernel(context: KernelContext, components: list[Any]) -> Any:
    dataset = context.op.dataset
    runtime = Runtime(context, dict(zip(dataset._dataset_inputs(), components)))
    return np.array(dataset._size(runtime), np.int64)


CARDINALITY = OpDef(
    name="_DatasetCardinality",
    signature="components: list(Tcomponents) -> cardinality: int64",
    shape=scalar_shape,
    kernel=_cardinality_kernel,
    effects=Effects("iterator", reads=True),
)


def cardinality(dataset: DatasetBase) -> Tensor:
    """Return how many elements a dataset has, an int64 scalar.

    Returns: `INFINITE_CARDINALITY` for one without end, `UNKNOWN_CARDINALITY` where only going through it would tell.

    >>> from sessile.ops.families.data.api import Dataset
    >>> tf.Session().run(cardinality(Dataset.range(10).batch(4)))
    3
    """
    op: Any = build_operation(CARDINALITY, dataset._dataset_inputs(), name="DatasetCardinality")
    op.dataset = dataset
    result: Tensor = op.outputs[0]
    return result
