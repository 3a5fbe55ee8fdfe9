"""The wrong calls of `tests/ops/makers/hostile.py` as building takes or refuses them, for TensorFlow and for us.

Printed, one operation type a line, for the recorder, which runs where TensorFlow 1.15.5 is (from the project's folder):

    python -m tests.reference.building [type ...] | .venv-tf1/bin/python tests/reference/record_building.py

What becomes of a call is `"ValueError"`, the class it is refused with, or the static shapes of the outputs:
`[[2, null], null]` for a matrix of unknown columns and a tensor of unknown rank.
"""

from __future__ import annotations

import base64
import json
import sys
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from sessile.ops.building.build import build_operation
from sessile.ops.definition import families
from sessile.ops.definition.opdef import REGISTRY
from sessile.ops.types.dtypes import DType

import sessile as tf
from tests.ops.makers import hostile
from tests.ops.makers.arguments import Call

PATH: Final = Path(__file__).parent / "data" / "building.json"
MOST_BYTES: Final = 40_000  # of a call's arrays

Outcome = str | list[list[int | None] | None]

families.load_all()


def types() -> list[str]:
    """Return the operation types that there are wrong calls of, but those that take references."""
    return sorted(
        name
        for name, op_def in REGISTRY.items()
        if not name.startswith("_") and not any(arg.is_ref for arg in op_def.inputs) and hostile.right_calls(op_def)
    )


def calls(name: str) -> list[Call]:
    """Return the wrong calls of an operation type, in their order."""
    return [call for call in hostile.hostile_calls(name) if _size(call) <= MOST_BYTES]


def checksum(found: list[Call]) -> int:
    """Return a number that tells whether a recording is of these calls."""
    return zlib.crc32("\n".join(call.note for call in found).encode())


def _size(call: Call) -> int:
    return sum(array.nbytes for value in call.inputs for array in (value if isinstance(value, list) else [value]))


def outcome(name: str, call: Call) -> Outcome:
    """Build a call of constants. Returns: the name of the class it is refused with, or the static shapes."""
    with tf.Graph().as_default():
        inputs = [
            [_constant(array) for array in value] if isinstance(value, list) else _constant(value)
            for value in call.inputs
        ]
        try:
            operation = build_operation(REGISTRY[name], *inputs, **dict(call.attrs))
            return [output.shape.as_list() if output.shape.dims is not None else None for output in operation.outputs]
        except Exception as error:  # which one is the question
            return type(error).__name__


def _constant(array: Any) -> Any:
    return tf.constant(array, _dtype(array))


def _dtype(array: Any) -> DType:
    return tf.string if array.dtype == object else tf.as_dtype(array.dtype)


def difference(mine: Outcome, theirs: Outcome) -> str | None:
    """Return how an outcome differs from TensorFlow's; None if it is the same, or tells more of the shapes."""
    if isinstance(mine, str):
        return None if mine == theirs else "class" if isinstance(theirs, str) else "early"
    if isinstance(theirs, str):
        return "later"
    fits = len(mine) == len(theirs) and all(_tells(ours, wanted) for ours, wanted in zip(mine, theirs))
    return None if fits else "shape"


def _tells(mine: list[int | None] | None, theirs: list[int | None] | None) -> bool:
    """Whether a static shape says all that another one does."""
    if theirs is None:
        return True
    return mine is not None and len(mine) == len(theirs) and all(y is None or x == y for x, y in zip(mine, theirs))


def text(name: str) -> str:
    """Return the calls of a type as a line for the recorder."""
    found = calls(name)
    listed = [
        [call.note, [_value(v) for v in call.inputs], {k: _attr(v) for k, v in call.attrs.items()}] for call in found
    ]
    return json.dumps({"type": name, "checksum": checksum(found), "calls": listed})


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [_value(item) for item in value]
    data: Any
    if value.dtype == object:
        data = [
            base64.b64encode(item if isinstance(item, bytes) else str(item).encode()).decode() for item in value.flat
        ]
    else:
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
    return {"dtype": _dtype(value).name, "shape": list(value.shape), "data": data}


def _attr(value: Any) -> Any:
    if isinstance(value, DType):
        return {"type": value.base_dtype.name}
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin1")}
    if isinstance(value, (list, tuple)):
        return [_attr(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


if __name__ == "__main__":
    for each in sys.argv[1:] or types():
        print(text(each))
