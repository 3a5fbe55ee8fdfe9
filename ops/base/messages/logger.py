"""The logger of TensorFlow's own lines ("Restoring parameters from ...") and of `tf.logging`.

It is called "sessile"; while imports of `tensorflow` give this library it is "tensorflow", which programs ask Python
for: `logging.getLogger("tensorflow").setLevel(logging.ERROR)`. Importing `logging` takes 2 ms, so that waits until
somebody logs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

OWN_NAME: Final = "sessile"
_WARNING, _INFO, _NOTSET = 30, 20, 0
_name = OWN_NAME
_prepared: Final[set[str]] = set()  # names whose loggers have got their handler: who takes it away keeps it away


def logger() -> Any:
    """The `logging.Logger` that messages go to now, with a handler that writes to the standard error stream.

    As in TensorFlow, its level is INFO and its stream the standard output where somebody types (`python -i`, IPython),
    unless the root logger has handlers already.
    """
    import logging

    found = logging.getLogger(_name)
    if _name not in _prepared:
        from .handler import StandardStream

        _prepared.add(_name)
        is_interactive = bool(hasattr(sys, "ps1") or sys.flags.interactive) and not logging.getLogger().handlers
        found.addHandler(StandardStream(_name, "stdout" if is_interactive else "stderr"))
        if is_interactive and found.level == _NOTSET:
            found.setLevel(_INFO)
    return found


def use(name: str) -> None:
    """Let messages go to the logger of another name, with the level that the one before had if it has none."""
    global _name
    before, _name = _name, name
    if before != name and before in _prepared:
        import logging

        found = logging.getLogger(name)
        if found.level == _NOTSET:
            found.setLevel(logging.getLogger(before).level)


@contextmanager
def progress_shown() -> Iterator[None]:
    """A block that logs from INFO upwards unless a verbosity was set: `tf.app.run` calls a program's `main` in it."""
    found = logger()
    is_ours = found.level == _NOTSET and found.getEffectiveLevel() == _WARNING
    if is_ours:
        found.setLevel(_INFO)
    try:
        yield
    finally:
        if is_ours and found.level == _INFO:
            found.setLevel(_NOTSET)
