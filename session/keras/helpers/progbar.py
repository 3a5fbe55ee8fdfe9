"""`Progbar`: a bar of text that programs write themselves."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import numpy as np


class Progbar:
    """A line that shows how far something is, and means of values.

    Args:
      target: how many steps there are; None: not known. width: of the bar.
      verbose: 1, a bar; 2, one line at the end; 0.
      interval: seconds between changes of the line. stateful_metrics: names of values of which the last counts.
      unit_name: what is counted.
    Source: keras.utils of TensorFlow 1.15.
    """

    def __init__(
        self, target: int | None, width: int = 30, verbose: int = 1, interval: float = 0.05,
        stateful_metrics: Any = None, unit_name: str = "step",
    ) -> None:  # fmt: skip
        self.target, self.width, self.verbose, self.interval = target, width, verbose, interval
        self.unit_name = unit_name
        self.stateful_metrics = set(stateful_metrics or ())
        terminal = hasattr(sys.stdout, "isatty") and sys.stdout.isatty()
        self._moves = terminal or os.name == "posix" or "ipykernel" in sys.modules or "PYCHARM_HOSTED" in os.environ
        self._total_width = 0
        self._seen_so_far = 0
        self._values: dict[str, tuple[Any, int]] = {}
        self._start = time.time()
        self._last_update = 0.0

    def update(self, current: int, values: Any = None) -> None:
        """Show that `current` steps are done.

        Args:
          current: how many. values: pairs of a name and a value; their means are shown.
        """
        for name, value in values or []:
            if name in self.stateful_metrics:
                self._values[name] = (value, 1)
                continue
            count = max(current - self._seen_so_far, 1)
            total, steps = self._values.get(name, (0.0, 0))
            self._values[name] = (total + value * count, steps + count)
        self._seen_so_far = current
        now = time.time()
        is_last = self.target is not None and current >= self.target
        if self.verbose == 1:
            if now - self._last_update < self.interval and self.target is not None and not is_last:
                return
            self._write_bar(current, now, is_last)
        elif self.verbose == 2 and is_last:
            seconds = f" - {now - self._start:.0f}s"
            sys.stdout.write(f"{current}/{self.target}{seconds}{self._told()}\n")
            sys.stdout.flush()
        self._last_update = now

    def add(self, n: int, values: Any = None) -> None:
        """Show that `n` more steps are done; see `update`."""
        self.update(self._seen_so_far + n, values)

    def _write_bar(self, current: int, now: float, is_last: bool) -> None:
        before = self._total_width
        sys.stdout.write("\b" * before + "\r" if self._moves else "\n")
        line = self._bar(current)
        self._total_width = len(line)
        line += self._time(current, now) + self._told()
        self._total_width = len(line)
        line += " " * (before - len(line))
        sys.stdout.write(line + ("\n" if is_last else ""))
        sys.stdout.flush()

    def _bar(self, current: int) -> str:
        if self.target is None:
            return f"{current:7d}/Unknown"
        digits = int(np.log10(self.target)) + 1 if self.target > 0 else 1
        filled = int(self.width * current / self.target) if self.target else self.width
        bar = ""
        if filled > 0:
            bar = "=" * (filled - 1) + (">" if current < self.target else "=")
        return f"{current:{digits}d}/{self.target} [{bar}{'.' * (self.width - filled)}]"

    def _time(self, current: int, now: float) -> str:
        each = (now - self._start) / current if current else 0.0
        if self.target is not None and current < self.target:
            rest = int(each * (self.target - current))
            if rest > 3600:
                return f" - ETA: {rest // 3600}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
            return f" - ETA: {rest // 60}:{rest % 60:02d}" if rest > 60 else f" - ETA: {rest}s"
        if each >= 1 or each == 0:
            pace = f"{each:.0f}s"
        else:
            pace = f"{each * 1e3:.0f}ms" if each >= 1e-3 else f"{each * 1e6:.0f}us"
        return f" - {now - self._start:.0f}s {pace}/{self.unit_name}"

    def _told(self) -> str:
        text = ""
        for name, value in self._values.items():
            mean = float(np.mean(value[0] / max(1, value[1])))
            text += f" - {name}: {mean:.4f}" if abs(mean) > 1e-3 else f" - {name}: {mean:.4e}"
        return text
