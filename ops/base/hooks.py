"""Where Python shows an error that nobody caught, frames of ours are left out. `import sessile` loads this: small."""

from __future__ import annotations

import sys
from typing import Any


def install() -> None:
    """Hook into the main thread's display. Whoever showed errors before still does."""
    shown_by = sys.excepthook

    def show(kind: Any, error: Any, traceback: Any) -> Any:
        from .tracebacks import trim_for_display

        if trim_for_display(error):
            traceback = error.__traceback__
        return shown_by(kind, error, traceback)

    sys.excepthook = show


def install_in_threads() -> None:
    """The same for other threads; called with the first Session, since `threading` takes time to import."""
    import threading

    shown_by = threading.excepthook

    def of_thread(args: Any) -> Any:
        from .tracebacks import trim_for_display

        trim_for_display(args.exc_value)
        return shown_by(args)

    threading.excepthook = of_thread
