"""Record what operation types TensorFlow has, in `ops/proto/tensorflow_types.binpb`: an OpList message.

    python tools/record_types.py      # in an environment that has TensorFlow 1.15, then in one that has TensorFlow 2

Graphs that hold types which are not built here are imported by it. The types of the second run go before those of the
first, whose attributes they have and more.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "ops" / "proto" / "tensorflow_types.binpb"
# what no graph in a file holds: TensorFlow's own tests, and what its runtime puts in for devices
INTERNAL = re.compile(
    r"_*Mkl.*|Xla.*|_Xla.*|.*TPU.*|Risc.*|DTensor.*|Uniform.*|Attr.*|(?!.*Backprop).*(In|Out)put(s|Float.*|Int.*)?|Test.*|.*[<>].*"
)


def main() -> None:
    """Write the file."""
    from tensorflow.core.framework import op_def_pb2

    known: Any = op_def_pb2.OpList()
    if TARGET.exists():
        known.ParseFromString(TARGET.read_bytes())
    types = {op.name: op for op in known.op}
    types.update((op.name, op) for op in registered(op_def_pb2) if len(op.name) > 1 and not INTERNAL.fullmatch(op.name))
    for op in types.values():
        op.ClearField("description")
        op.ClearField("summary")
    result = op_def_pb2.OpList(op=[types[name] for name in sorted(types)])
    TARGET.write_bytes(result.SerializeToString(deterministic=True))
    print(len(types), "types")


def registered(messages: Any) -> list[Any]:
    """The types that this TensorFlow has."""
    from tensorflow.python.framework import op_def_registry

    if hasattr(op_def_registry, "get_registered_ops"):
        return list(op_def_registry.get_registered_ops().values())
    from tensorflow.python.client import pywrap_tf_session

    found = messages.OpList()
    found.ParseFromString(pywrap_tf_session.TF_GetBuffer(pywrap_tf_session.TF_GetAllOpList()))
    return list(found.op)


if __name__ == "__main__":
    main()
