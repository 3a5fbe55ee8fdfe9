"""`SessionRunHook`: what is called around each step of a monitored session."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

SessionRunArgs_ = namedtuple("SessionRunArgs_", "fetches feed_dict options")


class SessionRunArgs(SessionRunArgs_):
    """What a hook wants to have run besides: fetches, feeds, options."""

    __slots__ = ()

    def __new__(cls, fetches: Any, feed_dict: Any = None, options: Any = None) -> SessionRunArgs:
        return super().__new__(cls, fetches, feed_dict, options)


SessionRunValues = namedtuple("SessionRunValues", "results options run_metadata")


class SessionRunContext:
    """The step that is run, as hooks see it.

    Attributes:
      original_args: what the user asked for.
      session: the session.
      stop_requested: whether a hook asked to stop.
    """

    def __init__(self, original_args: SessionRunArgs, session: Any) -> None:
        self._original_args = original_args
        self._session = session
        self._stop_requested = False

    @property
    def original_args(self) -> SessionRunArgs:
        """What the user asked for."""
        return self._original_args

    @property
    def session(self) -> Any:
        """The session."""
        return self._session

    @property
    def stop_requested(self) -> bool:
        """Whether a hook asked to stop."""
        return self._stop_requested

    def request_stop(self) -> None:
        """Have `should_stop` be True after this step."""
        self._stop_requested = True


class SessionRunHook:
    """A base for what is called around the steps of a monitored session."""

    def begin(self) -> None:
        """Called once before the session is made; the graph may be changed."""

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Called when a session was made, also after it was recovered; the graph may not be changed any more."""

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs | None:
        """Called before each step; returns what is to be run besides."""
        return None

    def after_run(self, run_context: SessionRunContext, run_values: Any) -> None:
        """Called after each step that did not fail, with the results of what `before_run` asked for."""

    def end(self, session: Any) -> None:
        """Called at the end, unless a step failed."""
