"""The hook that saves places of iterators, so that training that goes on does not begin its data anew."""

from __future__ import annotations

from typing import Any

from ...ops.building.default_graph import get_default_graph
from ...ops.library.checkpoint.iterators import IteratorSaveable
from ...ops.library.checkpoint.management import latest_checkpoint
from ...ops.library.checkpoint.saver import Saver
from .hook import SessionRunArgs, SessionRunHook
from .hooks import CheckpointSaverHook

_STATE_FILE = "checkpoint_input"


class _PlaceSaver(Saver):
    """A Saver with a state file of its own: that of the variables' Saver is in the same folder."""

    def save(self, *args: Any, **options: Any) -> str | None:
        """As a Saver does, but for the state file."""
        return super().save(*args, **{"latest_filename": _STATE_FILE, **options})


class _PlaceSaverHook(CheckpointSaverHook):
    """Saves places, not the graph, when the first step is over that began anew, and then as often as it should."""

    def after_create_session(self, session: Any, coord: Any) -> None:
        """The graph is not written: the estimator does that."""

    def save_first(self, session: Any) -> None:
        """Write where the iterators are before the first step."""
        step = int(session.run(self._global_step))
        self._save(session, step)
        self._timer.update_last_triggered_step(step)


class CheckpointInputPipelineHook(SessionRunHook):
    """Saves the places of all iterators of the graph when an estimator saves its variables, and restores them.

    The files `input.ckpt-*` and the state file `checkpoint_input` are in the estimator's folder, beside those of its
    variables: how many elements are read ahead differs between machines, so workers have places of their own. What
    `make_saveable_from_iterator` says of datasets holds here too.

    Args:
      estimator: a `tf.estimator.Estimator`: its folder, and how often it saves.

    >>> hook = tf.data.experimental.CheckpointInputPipelineHook(estimator)  # doctest: +SKIP
    >>> estimator.train(input_fn, steps=100, hooks=[hook])  # doctest: +SKIP
    """

    def __init__(self, estimator: Any) -> None:
        config = estimator.config
        name = "input.ckpt"
        if config.num_worker_replicas > 1:
            name = f"input_{config.task_type}_{config.task_id}.ckpt"
        self._folder = estimator.model_dir
        self._latest_filename = _STATE_FILE
        self._places = _PlaceSaverHook(
            self._folder, config.save_checkpoints_secs, config.save_checkpoints_steps, checkpoint_basename=name
        )
        self._first_run = True

    def begin(self) -> None:
        """Make what saves the iterators. Raises: ValueError if the graph has none."""
        iterators = get_default_graph().get_collection("iterators")
        if not iterators:
            raise ValueError("No variables to save: the graph has no iterators.")
        self._saver = self._places._saver = _PlaceSaver([IteratorSaveable(resource) for resource in iterators])
        self._places.begin()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """The places are of another session."""
        self._first_run = True

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Before the first step go on at the latest place, or save the first one."""
        if self._first_run:
            path = latest_checkpoint(self._folder, self._latest_filename)
            if path:
                self._saver.restore(run_context.session, path)
            else:
                self._places.save_first(run_context.session)
            self._first_run = False
        return self._places.before_run(run_context)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Save the places if it is time."""
        self._places.after_run(run_context, run_values)

    def end(self, session: Any) -> None:
        """Save the last places."""
        self._places.end(session)
