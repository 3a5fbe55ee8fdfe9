"""Bars that show how far a loop is."""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np


class Bar:
    """A line of text that is written anew.

    Args:
      target: how many there are, or None; unit: "sample" or "step".
      is_moving: whether the line is written anew; otherwise it is written once, at the end.
    """

    def __init__(self, target: int | None, unit: str = "sample", is_moving: bool = True, width: int = 30) -> None:
        self.target, self.unit, self._moves, self._width = target, unit, is_moving, width
        self._start = time.time()
        self._last = 0.0
        self._written = 0
        self._done = 0
        self._moves_in_place = hasattr(sys.stdout, "isatty") and sys.stdout.isatty()

    def update(self, done: int, values: dict[str, Any] | None = None) -> None:
        """Show that so many are done."""
        self._done = done
        if not self._moves or (self.target is not None and done >= self.target):
            return
        now = time.time()
        if now - self._last < 0.05:
            return
        self._last = now
        each = (now - self._start) / max(done, 1)
        rest = "" if self.target is None else f" - ETA: {_span(each * (self.target - done))}"
        self._write(self._line(done) + rest + _values(values))

    def finish(self, values: dict[str, Any]) -> None:
        """Show that all is done."""
        target = self.target if self.target is not None else self._done
        seconds = time.time() - self._start
        text = f" - {seconds:.0f}s"
        if self._moves:
            each = seconds / max(target, 1)
            pace = f"{each:.0f}s" if each >= 1 else f"{each * 1e3:.0f}ms" if each >= 1e-3 else f"{each * 1e6:.0f}us"
            self._write(f"{self._line(target, whole=True)}{text} {pace}/{self.unit}{_values(values)}")
        else:
            self._write(f"{target}/{target}{text}{_values(values, is_signed=True)}")
        sys.stdout.write("\n")
        sys.stdout.flush()

    def _line(self, done: int, whole: bool = False) -> str:
        if self.target is None and not whole:
            return f"{done:7d}/Unknown"
        target = self.target or done
        digits = len(str(target))
        filled = int(self._width * done / max(target, 1))
        bar = "=" * filled if done >= target else "=" * max(filled - 1, 0) + (">" if filled else "") + "."
        bar = bar[: self._width].ljust(self._width, ".") if done < target else "=" * self._width
        return f"{done:{digits}d}/{target} [{bar}]"

    def _write(self, line: str) -> None:
        sys.stdout.write("\r" if self._moves_in_place or self._moves else "")
        sys.stdout.write(line.ljust(self._written) if self._moves else line)
        self._written = len(line)
        sys.stdout.flush()


def _values(values: dict[str, Any] | None, is_signed: bool = False) -> str:
    """Values as text; in lines for whole epochs those below zero have exponents, as TensorFlow writes them."""
    text = ""
    for name, value in (values or {}).items():
        number = float(np.mean(value))
        size = number if is_signed else abs(number)
        text += f" - {name}: {number:.4f}" if size > 1e-3 else f" - {name}: {number:.4e}"
    return text


def _span(seconds: float) -> str:
    if seconds > 3600:
        return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d}:{int(seconds % 60):02d}"
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}" if seconds > 60 else f"{int(seconds)}s"
