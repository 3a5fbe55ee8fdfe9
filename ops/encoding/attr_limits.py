"""What TensorFlow demands of attributes beyond their kind: smallest values and lengths, and the strings allowed."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np

from ..definition.opdef import OpDef

# The smallest value of an integer, or length of a list, by operation type and attribute.
MINIMA: Final = {
    ("AccumulateNV2", "N"): 1,
    ("AddN", "N"): 1,
    ("Assert", "T"): 1,
    ("Concat", "N"): 2,
    ("ConcatV2", "N"): 2,
    ("DepthToSpace", "block_size"): 2,
    ("DynamicPartition", "num_partitions"): 1,
    ("DynamicStitch", "N"): 1,
    ("Einsum", "N"): 1,
    ("IdentityN", "T"): 1,
    ("Pack", "N"): 1,
    ("ParallelConcat", "N"): 1,
    ("ParallelDynamicStitch", "N"): 1,
    ("Print", "U"): 0,
    ("PyFunc", "Tin"): 0,
    ("PyFunc", "Tout"): 0,
    ("PyFuncStateless", "Tin"): 0,
    ("PyFuncStateless", "Tout"): 0,
    ("RefMerge", "N"): 1,
    ("RefSelect", "N"): 1,
    ("ShapeN", "N"): 1,
    ("SpaceToDepth", "block_size"): 2,
    ("SparseConcat", "N"): 2,
    ("SparseSplit", "num_split"): 1,
    ("Split", "num_split"): 1,
    ("SplitV", "num_split"): 1,
    ("Squeeze", "squeeze_dims"): 0,
    ("StringFormat", "T"): 0,
    ("StringToHashBucket", "num_buckets"): 1,
    ("StringToHashBucketFast", "num_buckets"): 1,
    ("StringToHashBucketStrong", "num_buckets"): 1,
    ("TopK", "k"): 0,
    ("Unpack", "num"): 0,
}

_IMAGE_FORMATS: Final = (b"NHWC", b"NCHW", b"NCHW_VECT_C")
_ALIGNMENTS: Final = (b"LEFT_RIGHT", b"RIGHT_LEFT", b"LEFT_LEFT", b"RIGHT_RIGHT")

# The strings that an attribute may have.
CHOICES: Final = {
    ("BiasAdd", "data_format"): (b"NHWC", b"NCHW"),
    ("DepthToSpace", "data_format"): _IMAGE_FORMATS,
    ("MatrixDiagPartV3", "align"): _ALIGNMENTS,
    ("MatrixDiagV3", "align"): _ALIGNMENTS,
    ("MatrixSetDiagV3", "align"): _ALIGNMENTS,
    ("MirrorPad", "mode"): (b"REFLECT", b"SYMMETRIC"),
    ("SpaceToDepth", "data_format"): _IMAGE_FORMATS,
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
        elif len(value) < least:
            raise ValueError(
                f"Attr '{name}' of '{op_def.name}' Op passed list of length {len(value)} less than minimum {least}."
            )


def _check_listed(op_def: OpDef, name: str, types: Any, allowed: Any) -> None:
    wrong = next((dtype for dtype in types if dtype not in allowed), None)
    if wrong is not None:
        names = ", ".join(dtype.name for dtype in allowed)
        raise TypeError(
            f"DataType {wrong.name} for attr '{name}' of '{op_def.name}' Op is not in the list of allowed values: "
            f"{names}"
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
        elif key in MINIMA and attr.kind in ("int", "list(type)"):
            found.append((name, attr.kind, (), MINIMA[key]))
    return tuple(found)
