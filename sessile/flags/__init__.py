"""`sessile.flags`, also `sessile.app.flags`: flags of the command line, as TensorFlow 1 has them.

    tf.app.flags.DEFINE_float("rate", 0.1, "the learning rate")
    FLAGS = tf.app.flags.FLAGS
    FLAGS.rate  # reads the command line when a flag is first asked for

TensorFlow's are those of the package absl-py. Where that is installed they are here too, so that a program's flags
and those of its other libraries are the same ones; otherwise a small version of our own has the parts that programs
use.
"""

from __future__ import annotations

from typing import Any

try:
    from . import of_absl as _flags
except ImportError:
    from . import define as _flags  # type: ignore[no-redef]

FLAGS: Any = _flags.FLAGS


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(_flags, name)
    except AttributeError:
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}. With absl-py installed it has all that absl.flags has."
        ) from None


def __dir__() -> list[str]:
    return sorted({"FLAGS", *(name for name in dir(_flags) if not name.startswith("_"))})
