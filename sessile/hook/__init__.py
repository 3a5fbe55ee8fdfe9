"""Programs whose imports say `tensorflow` run with this library: `install()` lets an import hook answer them.

    import sessile
    sessile.install()
    import tensorflow as tf  # this library, under that name: tf.__version__ is "1.15.5"

`python -m sessile script.py` runs a script so, `%load_ext sessile` a notebook. Without them TensorFlow, where it is
installed, stays what it is.
"""

from __future__ import annotations

import sys
from typing import Any

from ..ops.base.messages import logger
from . import children, class_names
from .finder import FINDER, ROOT
from .mirror import Mirror

__all__ = ["ROOT", "install", "is_installed", "load_ipython_extension", "uninstall", "unload_ipython_extension"]


def install() -> None:
    """Let imports of `tensorflow`, and of modules within it, give this library from now on; twice is fine.

    Raises: RuntimeError if the process has imported TensorFlow itself already.
    """
    known = sys.modules.get("tensorflow")
    if known is not None and not isinstance(known, Mirror):
        raise RuntimeError(
            f"TensorFlow is imported already (from {getattr(known, '__file__', None)}): sessile.install() comes before "
            "the first import of tensorflow."
        )
    if FINDER not in sys.meta_path:
        finders: list[Any] = sys.meta_path
        finders.insert(0, FINDER)
    logger.use(ROOT)
    children.follow()


def uninstall() -> None:
    """Let imports of `tensorflow` find TensorFlow again; modules that were imported keep what they have."""
    if FINDER in sys.meta_path:
        finders: list[Any] = sys.meta_path
        finders.remove(FINDER)
    logger.use(logger.OWN_NAME)
    children.leave()
    class_names.hide()
    for name in [name for name, module in sys.modules.items() if isinstance(module, Mirror)]:
        del sys.modules[name]


def is_installed() -> bool:
    """Whether imports of `tensorflow` give this library."""
    return FINDER in sys.meta_path


def load_ipython_extension(ipython: Any) -> None:
    """`%load_ext sessile`: install the hook, and show errors without our frames."""
    from ..ops.base.tracebacks import trimmed

    def show(shell: Any, kind: Any, error: Any, traceback: Any, tb_offset: Any = None) -> None:
        trimmed(error)
        shell.showtraceback((kind, error, error.__traceback__), tb_offset=tb_offset)

    install()
    ipython.set_custom_exc((Exception,), show)


def unload_ipython_extension(ipython: Any) -> None:
    """`%unload_ext sessile`: take the hook back."""
    uninstall()
    ipython.set_custom_exc((), None)
