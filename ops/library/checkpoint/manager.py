"""`tf.train.CheckpointManager`: as many checkpoints of objects in a folder as are to be kept."""

from __future__ import annotations

import os
import time
from typing import Any

from . import management
from .trackable import Checkpoint, _session


class CheckpointManager:
    """Writes numbered checkpoints into a folder and removes old ones.

    Args:
      checkpoint: the `Checkpoint`.
      directory: the folder; it is made if it is not there.
      max_to_keep: how many are kept; None: all.
      keep_checkpoint_every_n_hours: besides, keep one for good for every so many hours.
      checkpoint_name: what the names of files begin with.
    Raises: ValueError for a `max_to_keep` below 1.

    Checkpoints of an earlier process, as the folder's state file has them, are gone on with.
    """

    def __init__(
        self, checkpoint: Checkpoint, directory: Any, max_to_keep: int | None,
        keep_checkpoint_every_n_hours: float | None = None, checkpoint_name: str = "ckpt",
    ) -> None:  # fmt: skip
        if max_to_keep is not None and max_to_keep <= 0:
            raise ValueError(f"Expected a positive integer or `None` for `max_to_keep`, got {max_to_keep}.")
        self._checkpoint = checkpoint
        self._directory = os.fspath(directory)
        self._max_to_keep = max_to_keep
        self._hours = keep_checkpoint_every_n_hours
        self._prefix = os.path.join(self._directory, checkpoint_name)
        self._kept: dict[str, float] = {}
        self._latest: str | None = None
        self._last_for_good = time.time()
        state = management.get_checkpoint_state(self._directory)
        if state is not None:
            self._latest = state.model_checkpoint_path
            paths = list(state.all_model_checkpoint_paths)
            times = list(state.all_model_checkpoint_timestamps)
            if len(times) != len(paths):
                times = [time.time()] * len(paths)
            self._kept = dict(zip(paths, times))
            self._last_for_good = state.last_preserved_timestamp or min(times, default=self._last_for_good)

    @property
    def latest_checkpoint(self) -> str | None:
        """The path of the last checkpoint, for `Checkpoint.restore`; None if there is none."""
        return self._latest

    @property
    def checkpoints(self) -> list[str]:
        """The paths of those that are kept, the oldest first."""
        return list(self._kept)

    def save(self, checkpoint_number: Any = None, session: Any = None) -> str:
        """Write a checkpoint, and remove those that are too many.

        Args:
          checkpoint_number: a number, variable or tensor for its name; default: it counts up.
          session: where the variables are; default: the default session.
        Returns: its path.
        """
        session = _session(session)
        os.makedirs(self._directory, exist_ok=True)
        number = self._checkpoint._next_number(session)
        if checkpoint_number is not None:
            is_number = isinstance(checkpoint_number, int)
            number = checkpoint_number if is_number else int(session.run(checkpoint_number))
        path = self._checkpoint.write(f"{self._prefix}-{number}", session)
        self._kept.pop(path, None)
        self._kept[path] = time.time()
        self._latest = path
        self._record()
        self._sweep()
        self._record()
        return path

    def _sweep(self) -> None:
        """Remove what is too much; one for every so many hours stays, and is no longer counted."""
        while self._max_to_keep is not None and len(self._kept) > self._max_to_keep:
            path, written = next(iter(self._kept.items()))
            del self._kept[path]
            if self._hours is not None and written - self._hours * 3600 >= self._last_for_good:
                self._last_for_good = written
            else:
                management.remove_checkpoint(path)

    def _record(self) -> None:
        management.write_state(
            self._directory, self._latest, self.checkpoints, None, True, list(self._kept.values()), self._last_for_good
        )
