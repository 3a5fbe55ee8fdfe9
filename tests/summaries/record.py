"""Record TensorFlow's summaries of `cases.py`. Run with an interpreter that has TensorFlow, from the project's folder:

python -m tests.summaries.record
"""

from __future__ import annotations

import base64
import importlib
import json
from pathlib import Path

from tests.summaries.cases import CASES

RECORD = Path(__file__).resolve().parent / "fixtures" / "recorded.json"


def main() -> None:
    """Write the record: name to the name of the operation, its type, and the message in base64."""
    tf = importlib.import_module("tensorflow.compat.v1")
    tf.disable_v2_behavior()
    record = {}
    for name, build in CASES.items():
        with tf.Graph().as_default(), tf.Session() as session:
            tensor = build(tf)
            data = session.run(tensor)
            record[name] = [tensor.op.name, tensor.op.type, base64.b64encode(data).decode()]
    RECORD.write_text(json.dumps(record, indent=0) + "\n")


if __name__ == "__main__":
    main()
