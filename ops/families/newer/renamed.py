"""Types of version 2 that are earlier ones with little or nothing changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.variants import variant
from ...definition.opdef import OpDef
from ...types.dtypes import float32
from ..debugging.numerics import CHECK_NUMERICS
from ..images.projective import IMAGE_PROJECTIVE_TRANSFORM, filled_transform, taken, transform_gradient
from ..nn.ctc.loss import CTC_LOSS
from ..reductions.segments import (
    UNSORTED_SEGMENT_MAX,
    UNSORTED_SEGMENT_MIN,
    UNSORTED_SEGMENT_PROD,
    UNSORTED_SEGMENT_SUM,
)
from ..tables.table_ops import HASH_TABLE, MUTABLE_DENSE_HASH_TABLE, MUTABLE_HASH_TABLE, MUTABLE_HASH_TABLE_OF_TENSORS

SEGMENT_SUM_V2 = variant(UNSORTED_SEGMENT_SUM, "SegmentSumV2")
SEGMENT_PROD_V2 = variant(UNSORTED_SEGMENT_PROD, "SegmentProdV2")
SEGMENT_MAX_V2 = variant(UNSORTED_SEGMENT_MAX, "SegmentMaxV2")
SEGMENT_MIN_V2 = variant(UNSORTED_SEGMENT_MIN, "SegmentMinV2")
CHECK_NUMERICS_V2 = variant(CHECK_NUMERICS, "CheckNumericsV2")

_UNNAMED = ("container", "shared_name", "use_node_name_sharing")


def _anonymous(op_def: OpDef, name: str) -> OpDef:
    """A table that has no name: it belongs to its operation alone."""
    return variant(op_def, name, attrs={key: spec for key, spec in op_def.attr_spec.items() if key not in _UNNAMED})


ANONYMOUS_HASH_TABLE = _anonymous(HASH_TABLE, "AnonymousHashTable")
ANONYMOUS_MUTABLE_HASH_TABLE = _anonymous(MUTABLE_HASH_TABLE, "AnonymousMutableHashTable")
ANONYMOUS_MUTABLE_HASH_TABLE_OF_TENSORS = _anonymous(
    MUTABLE_HASH_TABLE_OF_TENSORS, "AnonymousMutableHashTableOfTensors"
)
ANONYMOUS_MUTABLE_DENSE_HASH_TABLE = _anonymous(MUTABLE_DENSE_HASH_TABLE, "AnonymousMutableDenseHashTable")


def _ctc_kernel(
    inputs: Any, labels_indices: Any, labels_values: Any, sequence_length: Any,
    *, preprocess_collapse_repeated: bool, ctc_merge_repeated: bool, ignore_longer_outputs_than_inputs: bool,
) -> Any:  # fmt: skip
    """The blank is the first class, not the last one: classes move round by one and back."""
    loss, gradient = CTC_LOSS.kernel(  # type: ignore[misc]
        np.roll(inputs, -1, axis=-1), labels_indices, labels_values - np.int32(1), sequence_length,
        preprocess_collapse_repeated=preprocess_collapse_repeated, ctc_merge_repeated=ctc_merge_repeated,
        ignore_longer_outputs_than_inputs=ignore_longer_outputs_than_inputs,
    )  # fmt: skip
    return loss, np.roll(gradient, 1, axis=-1)


CTC_LOSS_V2 = variant(
    CTC_LOSS,
    "CTCLossV2",
    signature="inputs: float32, labels_indices: int64, labels_values: int32, sequence_length: int32 -> loss: float32, "
    "gradient: float32",
    where={},
    attrs={key: spec for key, spec in CTC_LOSS.attr_spec.items() if key != "T"},
    kernel=_ctc_kernel,
    routine=(),  # that of `CTC_LOSS` takes the last class for the blank
)


def _transform_kernel(
    images: Any, transforms: Any, output_shape: Any, fill_value: Any, take: Any = taken, *, interpolation: bytes,
    fill_mode: bytes,
) -> Any:  # fmt: skip
    return filled_transform(images, transforms, output_shape, interpolation, fill_mode, fill_value, take)


IMAGE_PROJECTIVE_TRANSFORM_V3 = variant(
    IMAGE_PROJECTIVE_TRANSFORM,
    "ImageProjectiveTransformV3",
    signature="images: dtype, transforms: float32, output_shape: int32, fill_value: float32 -> "
    "transformed_images: dtype",
    attrs={"interpolation": ("string",), "fill_mode": ("string", b"CONSTANT")},
    kernel=_transform_kernel,
    gradient=lambda g, op, dy: [
        *transform_gradient(
            g, op, dy, "ImageProjectiveTransformV3", g.constant(0.0, float32), fill_mode=op.attrs["fill_mode"]
        ),
        None,
    ],
)
