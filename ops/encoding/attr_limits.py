"""What TensorFlow demands of attributes beyond their kind: smallest values and lengths, and the strings allowed."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np

from ..definition.opdef import OpDef

# The smallest value of an integer, or length of a list: the number, the attributes, the operation types.
_LEAST: Final = (
    (0, "Tin Tout", "EagerPyFunc PyFunc PyFuncStateless"),
    (0, "U", "Print"),
    (0, "squeeze_dims", "Squeeze"),
    (0, "T", "StringFormat"),
    (0, "k", "TopK"),
    (0, "num", "Unpack"),
    (0, "capacity memory_limit", "Stage StageClear StagePeek StageSize Unstage"),
    (
        0,
        "capacity memory_limit",
        "MapClear MapIncompleteSize MapPeek MapSize MapStage MapUnstage MapUnstageNoKey OrderedMapClear "
        "OrderedMapIncompleteSize OrderedMapPeek OrderedMapSize OrderedMapStage OrderedMapUnstage "
        "OrderedMapUnstageNoKey",
    ),
    (0, "shapes", "Barrier FIFOQueueV2 PaddingFIFOQueueV2 PriorityQueueV2 RandomShuffleQueueV2"),
    (0, "component_types", "PriorityQueueV2"),
    (0, "output_types output_shapes", "IteratorFromStringHandleV2"),
    (0, "Nsparse Ndense sparse_types Tdense dense_shapes", "ParseExample"),
    (0, "num_sparse sparse_keys dense_keys sparse_types Tdense dense_shapes", "ParseSingleExample"),
    (0, "N num_buckets sparse_types dense_types", "SparseCross"),
    (0, "shard", "FixedUnigramCandidateSampler"),
    (-1, "vocab_size", "InitializeTableFromTextFileV2"),
    (-2, "key_index value_index", "InitializeTableFromTextFileV2"),
    (
        1,
        "N",
        "AccumulateNV2 AddN DynamicStitch Einsum Merge MergeSummary Pack ParallelConcat ParallelDynamicStitch RefMerge "
        "RefSelect ShapeN StringJoin",
    ),
    (1, "T", "Assert IdentityN Save SaveSlices"),
    (1, "dtypes", "RestoreV2 SaveV2 Stage StagePeek Unstage"),
    (1, "dtypes", "MapPeek MapUnstage MapUnstageNoKey OrderedMapPeek OrderedMapUnstage OrderedMapUnstageNoKey"),
    (1, "fake_dtypes", "MapStage OrderedMapStage"),
    (1, "component_types", "Barrier BarrierTakeMany FIFOQueueV2 PaddingFIFOQueueV2 RandomShuffleQueueV2"),
    (1, "component_types", "QueueDequeueManyV2 QueueDequeueUpToV2 QueueDequeueV2"),
    (1, "Tcomponents", "QueueEnqueueManyV2 QueueEnqueueV2"),
    (1, "output_types output_shapes", "IteratorGetNext IteratorV2"),
    (1, "OUT_TYPE", "DecodeCSV"),
    (1, "beam_width top_paths", "CTCBeamSearchDecoder"),
    (1, "max_outputs", "AudioSummary AudioSummaryV2"),
    (1, "max_images", "ImageSummary"),
    (1, "num_partitions", "DynamicPartition"),
    (1, "num_split", "SparseSplit Split SplitV"),
    (1, "num_buckets", "StringToHashBucket StringToHashBucketFast StringToHashBucketStrong"),
    (
        1,
        "num_true num_sampled",
        "AllCandidateSampler FixedUnigramCandidateSampler LearnedUnigramCandidateSampler LogUniformCandidateSampler "
        "ThreadUnsafeUnigramCandidateSampler UniformCandidateSampler",
    ),
    (
        1,
        "range_max",
        "FixedUnigramCandidateSampler LearnedUnigramCandidateSampler LogUniformCandidateSampler "
        "ThreadUnsafeUnigramCandidateSampler UniformCandidateSampler",
    ),
    (1, "num_shards", "FixedUnigramCandidateSampler"),
    (2, "N", "Concat ConcatOffset ConcatV2 SparseConcat"),
    (2, "block_size", "DepthToSpace SpaceToDepth"),
    (
        4,
        "ksize strides",
        "AvgPool AvgPoolGrad MaxPool MaxPoolGrad MaxPoolGradGrad MaxPoolGradGradWithArgmax MaxPoolGradWithArgmax "
        "MaxPoolWithArgmax",
    ),
    (4, "strides rates", "Dilation2D Dilation2DBackpropFilter Dilation2DBackpropInput ExtractImagePatches"),
    (4, "ksizes", "ExtractImagePatches"),
    (5, "ksize strides", "AvgPool3D AvgPool3DGrad MaxPool3D MaxPool3DGrad MaxPool3DGradGrad"),
    (5, "strides", "Conv3D Conv3DBackpropFilterV2 Conv3DBackpropInputV2 ExtractVolumePatches"),
    (5, "ksizes", "ExtractVolumePatches"),
)
MINIMA: Final = {
    (op_type, attr): least for least, attrs, types in _LEAST for attr in attrs.split() for op_type in types.split()
}

_IMAGE_FORMATS: Final = (b"NHWC", b"NCHW", b"NCHW_VECT_C")
_ALIGNMENTS: Final = (b"LEFT_RIGHT", b"RIGHT_LEFT", b"LEFT_LEFT", b"RIGHT_RIGHT")

# The strings that an attribute may have.
CHOICES: Final = {
    ("BiasAdd", "data_format"): (b"NHWC", b"NCHW"),
    ("BiasAddGrad", "data_format"): (b"NHWC", b"NCHW"),
    ("CropAndResize", "method"): (b"bilinear", b"nearest"),
    ("CropAndResizeGradBoxes", "method"): (b"bilinear",),
    ("CropAndResizeGradImage", "method"): (b"bilinear", b"nearest"),
    ("DepthToSpace", "data_format"): _IMAGE_FORMATS,
    ("MatrixDiagPartV3", "align"): _ALIGNMENTS,
    ("MatrixDiagV3", "align"): _ALIGNMENTS,
    ("MatrixSetDiagV3", "align"): _ALIGNMENTS,
    ("EncodeJpeg", "density_unit"): (b"in", b"cm"),
    ("EncodeJpeg", "format"): (b"", b"grayscale", b"rgb"),
    ("MirrorPad", "mode"): (b"REFLECT", b"SYMMETRIC"),
    ("MirrorPadGrad", "mode"): (b"REFLECT", b"SYMMETRIC"),
    ("SpaceToDepth", "data_format"): _IMAGE_FORMATS,
    ("StringLength", "unit"): (b"BYTE", b"UTF8_CHAR"),
    ("Substr", "unit"): (b"BYTE", b"UTF8_CHAR"),
}


def check_attrs(op_def: OpDef, attrs: dict[str, Any]) -> None:
    """Raises: TypeError for a type, ValueError for a number, a length or a string that an attribute may not be."""
    for name, kind, allowed, least in _limits(op_def):
        value = attrs[name]
        if kind == "type":
            if value not in allowed:
                names = ", ".join(dtype.name for dtype in allowed)
                raise TypeError(
                    f"Value passed to parameter '{name}' of '{op_def.name}' has DataType {value.name} not in list of "
                    f"allowed values: {names}"
                )
        elif kind == "string":
            if value not in allowed:
                names = ", ".join(f'"{choice.decode()}"' for choice in allowed)
                shown = value.decode(errors="replace") if isinstance(value, bytes) else value
                raise ValueError(f"Attr '{name}' of '{op_def.name}' Op passed string '{shown}' not in: {names}.")
        elif kind == "int":
            _check_least(op_def, name, value, least)
        elif allowed:
            _check_listed(op_def, name, value, allowed)
        else:
            _check_length(op_def, name, value, least)


def check_counts(op_def: OpDef, attrs: dict[str, Any]) -> None:
    """Raises: ValueError if a list of inputs, whose number is known, is too short."""
    for name, kind, _, least in _limits(op_def):
        if kind == "int" and name in attrs and any(arg.number_attr == name for arg in op_def.inputs):
            _check_least(op_def, name, attrs[name], least)


def _check_listed(op_def: OpDef, name: str, types: Any, allowed: Any) -> None:
    wrong = next((dtype for dtype in types if dtype not in allowed), None)
    if wrong is not None:
        names = ", ".join(dtype.name for dtype in allowed)
        raise TypeError(
            f"DataType {wrong.name} for attr '{name}' of '{op_def.name}' Op is not in the list of allowed values: "
            f"{names}"
        )


def _check_length(op_def: OpDef, name: str, value: Any, least: int) -> None:
    if not isinstance(value, (list, tuple, np.ndarray)):
        raise TypeError(f"Expected list for attr {name} of '{op_def.name}' Op, not {value!r}.")
    if len(value) < least:
        raise ValueError(
            f"Attr '{name}' of '{op_def.name}' Op passed list of length {len(value)} less than minimum {least}."
        )


def _check_least(op_def: OpDef, name: str, value: Any, least: int) -> None:
    if not isinstance(value, (int, np.integer)):
        raise TypeError(f"Expected int for argument '{name}' of '{op_def.name}' Op, not {value!r}.")
    if value >= least:
        return
    listed = next((arg.name for arg in op_def.inputs if arg.number_attr == name), None)
    if listed is not None:
        raise ValueError(
            f"List argument '{listed}' to '{op_def.name}' Op with length {value} shorter than minimum length {least}."
        )
    raise ValueError(f"Attr '{name}' of '{op_def.name}' Op passed {value} less than minimum {least}.")


@cache
def _limits(op_def: OpDef) -> tuple[tuple[str, str, Any, int], ...]:
    """Per attribute that is limited: its name and kind, the values allowed, the smallest number or length."""
    found: list[tuple[str, str, Any, int]] = []
    for name, attr in op_def.attrs.items():
        key = (op_def.name, name)
        if attr.kind in ("type", "string"):
            allowed = attr.allowed or CHOICES.get(key)
            if allowed:
                found.append((name, attr.kind, allowed, 0))
        elif attr.kind == "list(type)" and attr.allowed:
            found.append((name, attr.kind, attr.allowed, 0))
        if key in MINIMA:
            found.append((name, attr.kind, (), MINIMA[key]))
    return tuple(found)
