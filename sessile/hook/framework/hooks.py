"""`tensorflow.python.training.basic_session_run_hooks`: what is behind the public hooks."""

from __future__ import annotations

from typing import Any


class NeverTriggerTimer:
    """A hook's timer by which it never acts; of the class of `SecondOrStepTimer`'s methods."""

    def reset(self) -> None:
        """Begin anew: nothing changes."""

    def should_trigger_for_step(self, step: Any) -> bool:
        """Return False."""
        return False

    def update_last_triggered_step(self, step: Any) -> tuple[None, None]:
        """Return that neither time nor steps have passed since the last time: `(None, None)`."""
        return None, None

    def last_triggered_step(self) -> None:
        """Return None: it never acted."""
