"""The handler that a program gets which configures no logging of its own."""

from __future__ import annotations

import logging
import sys
from typing import Literal


class StandardStream(logging.Handler):
    """Writes lines `LEVEL:name:message` to whatever `sys.stderr` is at the moment, as TensorFlow does.

    Nothing is written where a logger above has handlers: a program that calls `logging.basicConfig` sees each line
    once. Loggers below (of what is compiled) say here only what is a warning.

    Args:
      name: of the logger that this handler is for.
      stream: "stderr" or "stdout".
    """

    def __init__(self, name: str, stream: Literal["stderr", "stdout"] = "stderr") -> None:
        super().__init__()
        self._of, self._stream = name, stream
        self.setFormatter(logging.Formatter(logging.BASIC_FORMAT))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        owner = logging.getLogger(self._of)
        is_own = record.name == self._of or record.levelno >= logging.WARNING
        if not is_own or (owner.propagate and owner.parent is not None and owner.parent.hasHandlers()):
            return
        try:
            getattr(sys, self._stream).write(self.format(record) + "\n")
            self.flush()
        except Exception:  # logging must not raise: its own way of reporting
            self.handleError(record)

    def flush(self) -> None:
        """Write out what the stream holds back."""
        stream = getattr(sys, self._stream)
        if stream is not None and not getattr(stream, "closed", False):
            stream.flush()
