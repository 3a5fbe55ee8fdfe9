"""Record which class of error TensorFlow raises for every wrong use. Run with an interpreter that has it:

    python -m tests.session.errors.record_errors

Runs the cases of `test_wrong_uses.py` and `wrong_uses.py` with TensorFlow in the place of sessile and writes
`error_classes.json`: case -> name of the class, or null if TensorFlow raises nothing. `test_error_table.py` reads it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import types
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "error_classes.json"


class _Anything:
    """Stands for pytest, which is not installed beside TensorFlow: decorators that do nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: lambda function: function


def load() -> tuple[Any, dict[str, Any]]:
    """Import the tables with TensorFlow as `sessile`. Returns: the class of a case's world, and the cases."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    tf = importlib.import_module("tensorflow.compat.v1")
    tf.disable_v2_behavior()
    tf.logging.set_verbosity(tf.logging.FATAL)
    sys.modules["sessile"] = tf
    fake = types.ModuleType("pytest")
    fake.mark = _Anything()  # type: ignore[attr-defined]
    sys.modules.setdefault("pytest", fake)
    first, more = (
        importlib.import_module(f"tests.session.errors.{name}") for name in ("test_wrong_uses", "wrong_uses")
    )
    cases = {f"wrong: {name}": case[0] for name, case in first.WRONG.items()}
    cases |= {f"closed: {name}": case for name, case in first.CLOSED.items()}
    cases |= {name: case[0] for table in (more.BUILDING, more.RUNNING) for name, case in table.items()}
    return first.World, cases


def record(world_class: Any, name: str, use: Any) -> str | None:
    """The name of the class of the error that a case raises."""
    tf = sys.modules["sessile"]
    tf.reset_default_graph()
    world = world_class()
    if name.startswith("closed: "):
        world.sess.run(world.c)
        world.sess.close()
    try:
        use(world)
    except Exception as error:
        return type(error).__name__
    finally:
        tf.reset_default_graph()
    return None


def main() -> None:
    """Record all cases."""
    world_class, cases = load()
    found = {name: record(world_class, name, use) for name, use in cases.items()}
    DATA.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"{len(found)} wrong uses, {sum(error is None for error in found.values())} of them accepted by TensorFlow")


if __name__ == "__main__":
    main()
