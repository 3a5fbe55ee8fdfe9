"""A dataset of strings written as a file of records."""

from __future__ import annotations

from typing import Any

from ....building.build import build_operation
from ....definition.context import KernelContext
from ....definition.opdef import Effects, OpDef
from ....formats.tf_record import TFRecordWriter
from ....types import dtypes
from ....types.array_values import as_bytes
from ..dataset import DatasetBase, tensor_of
from ..runtime import Runtime


def _write_kernel(context: KernelContext, components: list[Any], filename: Any, compression: Any) -> Any:
    dataset = context.op.dataset
    runtime = Runtime(context, dict(zip(dataset._dataset_inputs(), components)))
    with TFRecordWriter(as_bytes(filename.item()).decode(), as_bytes(compression.item()).decode()) as writer:
        for element in dataset._open(runtime):
            writer.write(as_bytes(element[0].item()))
    return ()


WRITE_RECORDS = OpDef(
    name="_DatasetToTFRecord",
    signature="components: list(Tcomponents), filename: string, compression_type: string ->",
    kernel=_write_kernel,
    effects=Effects("file", reads=True, writes=True),
)


def write(dataset: DatasetBase, filename: Any, compression: Any) -> Any:
    """The operation that writes. Raises: TypeError if the elements are no string scalars."""
    if dataset._spec.dtypes != [dtypes.string]:
        raise TypeError(f"`dataset` must produce scalar `DT_STRING` tensors, got {dataset.output_types!r}.")
    op: Any = build_operation(
        WRITE_RECORDS, dataset._dataset_inputs(), tensor_of(filename, dtypes.string, "filename"),
        tensor_of(compression, dtypes.string, "compression_type"), name="DatasetToTFRecord",
    )  # fmt: skip
    op.dataset = dataset
    return op
