"""Monitored sessions: made ready, stepped with hooks, recovered from preempted servers, closed with care."""

from __future__ import annotations

import contextlib
import inspect
import time
from typing import Any

from ...ops.base import errors
from ...ops.base.messages.logger import logger
from ...ops.building.basic_ops import group
from ...ops.building.default_graph import get_default_graph
from ...ops.families.arrays.stacking import concat
from ...ops.families.debugging.summaries import merge_all
from ...ops.families.state.variable_lists import (
    global_variables_initializer,
    initialize_resources,
    local_resources,
    local_variables_initializer,
    report_uninitialized_resources,
    report_uninitialized_variables,
    shared_resources,
    tables_initializer,
)
from ...ops.graph.graph_keys import GraphKeys
from ...ops.library.checkpoint.saver import Saver
from ...ops.library.input.coordinator import Coordinator
from ...ops.library.input.queue_runner import start_queue_runners
from .hooked_session import HookedSession
from .hooks import CheckpointSaverHook, StepCounterHook, SummarySaverHook
from .session_manager import SessionManager

_PREEMPTION = (errors.AbortedError, errors.UnavailableError)
_PAUSE = 1.0  # seconds until a session is made anew
USE_DEFAULT = object()


class Scaffold:
    """What a monitored session needs of a graph, found or made when it is finalized.

    Args:
      init_op, init_feed_dict, init_fn: what initializes the model.
      ready_op, ready_for_local_init_op: what tells which variables have no values.
      local_init_op: what is run in each new session; summary_op: the summaries; saver: a Saver.
      copy_from_scaffold: a Scaffold that gives what is not given here.
    """

    def __init__(
        self, init_op: Any = None, init_feed_dict: Any = None, init_fn: Any = None, ready_op: Any = None,
        ready_for_local_init_op: Any = None, local_init_op: Any = None, summary_op: Any = None, saver: Any = None,
        copy_from_scaffold: Any = None, local_init_feed_dict: Any = None,
    ) -> None:  # fmt: skip
        other = copy_from_scaffold
        if other is not None and not isinstance(other, Scaffold):
            raise TypeError(f"copy_from_scaffold is not a Scaffold instance: {other}")
        self._init_op: Any = init_op if init_op is not None or other is None else other._init_op
        self._init_feed_dict: Any = init_feed_dict or (other._init_feed_dict if other else None)
        self._user_init_fn: Any = init_fn or (other._user_init_fn if other else None)
        self._ready_op: Any = ready_op if ready_op is not None or other is None else other._ready_op
        self._ready_for_local_init_op = ready_for_local_init_op
        self._local_init_op, self._summary_op = local_init_op, summary_op
        if other is not None:
            for name in ("_ready_for_local_init_op", "_local_init_op", "_summary_op"):
                if getattr(self, name) is None:
                    setattr(self, name, getattr(other, name))
        self._saver: Any = saver or (other._saver if other else None)

    def finalize(self) -> Scaffold:
        """Make what is missing, and the graph read-only."""
        self._init_op = self._found("init_op", self._init_op, GraphKeys.INIT_OP, _default_init_op)
        self._ready_op = self._found("ready_op", self._ready_op, GraphKeys.READY_OP, _default_ready_op)
        self._ready_for_local_init_op = self._found(
            "ready_for_local_init_op", self._ready_for_local_init_op, GraphKeys.READY_FOR_LOCAL_INIT_OP,
            _default_ready_for_local_init_op,
        )  # fmt: skip
        self._local_init_op = self._found(
            "local_init_op", self._local_init_op, GraphKeys.LOCAL_INIT_OP, Scaffold.default_local_init_op
        )
        self._summary_op = self._found("summary_op", self._summary_op, GraphKeys.SUMMARY_OP, merge_all)
        if self._saver is None:
            self._saver = _default_saver()
        if isinstance(self._saver, Saver):
            self._saver.build()  # it may have been deferred
        get_default_graph().finalize()
        logger().info("Graph was finalized.")
        return self

    def _found(self, what: str, given: Any, key: Any, make: Any) -> Any:
        return Scaffold.get_or_default(what, key, make) if given is None else given

    @staticmethod
    def get_or_default(arg_name: str, collection_key: Any, default_constructor: Any) -> Any:
        """Return the only element of a collection, or what the function makes, which is added to it.

        Raises: RuntimeError if there are several.
        """
        elements = get_default_graph().get_collection(collection_key)
        if len(elements) > 1:
            raise RuntimeError(
                f'More than one item in the collection "{collection_key}". Please indicate which one to use by passing '
                f"it to the tf.Scaffold constructor as:  tf.Scaffold({arg_name}=item to use)"
            )
        if elements:
            return elements[0]
        made = default_constructor()
        if made is not None:
            get_default_graph().add_to_collection(collection_key, made)
        return made

    @staticmethod
    def default_local_init_op() -> Any:
        """Initializes local variables and tables."""
        return group(local_variables_initializer(), tables_initializer(), *_made(local_resources()))

    @property
    def init_fn(self) -> Any:
        """A function of the session that initializes the model, or None."""
        function = self._user_init_fn
        return None if function is None else lambda sess: function(self, sess)

    init_op = property(lambda self: self._init_op, doc="What initializes the model.")
    init_feed_dict = property(lambda self: self._init_feed_dict, doc="What is fed to it.")
    ready_op = property(lambda self: self._ready_op, doc="Tells what is not ready.")
    ready_for_local_init_op = property(lambda self: self._ready_for_local_init_op, doc="The same, before that.")
    local_init_op = property(lambda self: self._local_init_op, doc="What is run in each new session.")
    summary_op = property(lambda self: self._summary_op, doc="The summaries.")
    saver = property(lambda self: self._saver, doc="What saves and restores.")


def _default_init_op() -> Any:
    return group(global_variables_initializer(), *_made(shared_resources()))


def _made(resources: list[Any]) -> list[Any]:
    """The operations that make resources; none for none."""
    return [initialize_resources(resources)] if resources else []


def _default_ready_op() -> Any:
    missing = report_uninitialized_variables()
    return concat([missing, report_uninitialized_resources()], 0) if shared_resources() + local_resources() else missing


def _default_ready_for_local_init_op() -> Any:
    graph = get_default_graph()
    return report_uninitialized_variables(graph.get_collection(GraphKeys.GLOBAL_VARIABLES))


def _default_saver() -> Any:
    savers = get_default_graph().get_collection(GraphKeys.SAVERS)
    if savers:
        if len(savers) > 1:
            raise RuntimeError(
                "More than one item in collection savers. Please indicate which one to use by passing it to the "
                "constructor."
            )
        return savers[0]
    saver = Saver(sharded=True, allow_empty=True)
    get_default_graph().add_to_collection(GraphKeys.SAVERS, saver)
    return saver


class SessionCreator:
    """A base for what makes sessions."""

    def create_session(self) -> Any:
        """Return a session that is ready."""
        raise NotImplementedError(f"{type(self).__name__} does not say how to create a session.")


class ChiefSessionCreator(SessionCreator):
    """Makes sessions that are restored from a checkpoint, or initialized.

    Args:
      scaffold: a Scaffold; master: the target; config: a ConfigProto.
      checkpoint_dir, checkpoint_filename_with_path: where a checkpoint may be.
    """

    def __init__(
        self, scaffold: Scaffold | None = None, master: str = "", config: Any = None, checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
    ) -> None:  # fmt: skip
        self._scaffold = scaffold or Scaffold()
        self._master, self._config = master, config
        self._dir, self._file = checkpoint_dir, checkpoint_filename_with_path
        self._manager: SessionManager | None = None

    def create_session(self) -> Any:
        """Return a session that is ready."""
        self._scaffold.finalize()
        s = self._scaffold
        if self._manager is None:
            self._manager = SessionManager(
                local_init_op=s.local_init_op, ready_op=s.ready_op, ready_for_local_init_op=s.ready_for_local_init_op,
                graph=get_default_graph(),
            )  # fmt: skip
        return self._manager.prepare_session(
            self._master, saver=s.saver, checkpoint_dir=self._dir, checkpoint_filename_with_path=self._file,
            config=self._config, init_op=s.init_op, init_feed_dict=s.init_feed_dict, init_fn=s.init_fn,
        )  # fmt: skip


class WorkerSessionCreator(SessionCreator):
    """Makes sessions of workers, which wait until the chief has made the model ready."""

    def __init__(
        self, scaffold: Scaffold | None = None, master: str = "", config: Any = None, max_wait_secs: float = 1800
    ) -> None:
        self._scaffold = scaffold or Scaffold()
        self._master, self._config, self._seconds = master, config, max_wait_secs

    def create_session(self) -> Any:
        """Return a session that is ready, once it is."""
        self._scaffold.finalize()
        s = self._scaffold
        manager = SessionManager(
            local_init_op=s.local_init_op, ready_op=s.ready_op, ready_for_local_init_op=s.ready_for_local_init_op,
            graph=get_default_graph(), recovery_wait_secs=1,
        )  # fmt: skip
        return manager.wait_for_session(self._master, config=self._config, max_wait_secs=self._seconds)


class _MonitoredSession:
    """What monitored sessions have in common.

    Args:
      session_creator: makes sessions.
      hooks: SessionRunHooks.
      should_recover: whether a new session is made when a server was lost.
      stop_grace_period_secs: how long threads may take to stop.
    """

    def __init__(
        self, session_creator: Any, hooks: Any, should_recover: bool, stop_grace_period_secs: float = 120
    ) -> None:
        self._graph_was_finalized = get_default_graph().finalized
        self._hooks = list(hooks or [])
        self._grace = stop_grace_period_secs
        self._recovers = should_recover
        self._creator = session_creator or ChiefSessionCreator()
        for hook in self._hooks:
            hook.begin()
        self._sess: Any = None
        self._coord: Any = None
        self._closed = False
        self._create()

    def _create(self) -> None:
        while True:
            try:
                self._sess = self._creator.create_session()
                self._hooked = HookedSession(self._sess, self._hooks)
                self._coord = Coordinator(clean_stop_exception_types=[errors.OutOfRangeError, StopIteration])
                if get_default_graph().get_collection(GraphKeys.QUEUE_RUNNERS):
                    start_queue_runners(sess=self._sess, coord=self._coord)
                for hook in self._hooks:
                    hook.after_create_session(self._sess, self._coord)
                return
            except _PREEMPTION as error:
                if not self._recovers:
                    raise
                logger().warning(
                    "An error was raised while a session was being created; a new session will be created in %g s. "
                    "This may be due to a worker or parameter server that is not there (yet). Error: %s",
                    _PAUSE, error,
                )  # fmt: skip
                time.sleep(_PAUSE)

    @property
    def graph(self) -> Any:
        """The graph."""
        return self._sess.graph if self._sess is not None else None

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """Run one step, with the hooks. Raises: RuntimeError if the session is closed."""
        while True:
            if self._sess is None:
                raise RuntimeError("Run called even after should_stop requested.")
            try:
                return self._run(fetches, feed_dict, options, run_metadata)
            except _PREEMPTION:
                if not self._recovers:
                    raise
                self._close_session()
                self._create()

    def _run(self, fetches: Any, feed_dict: Any, options: Any, run_metadata: Any) -> Any:
        try:
            return self._hooked.run(fetches, feed_dict, options, run_metadata)
        except _PREEMPTION:
            raise
        except Exception as error:
            if self._coord is not None:
                with contextlib.suppress(Exception):
                    self._coord.raise_requested_exception()
            raise error

    def run_step_fn(self, step_fn: Any) -> Any:
        """Run a function of a step context, whose `run_with_hooks` is `run` and whose `session` has no hooks.

        Raises: ValueError if its only argument, besides `self`, is not called `step_context`.
        """
        names = list(inspect.signature(step_fn).parameters)
        if names not in (["step_context"], ["self", "step_context"]):
            raise ValueError(
                "`step_fn` may either have one `step_context` argument, or `self` and `step_context` arguments if it's "
                f"an instance method. Got {names} instead."
            )
        return step_fn(StepContext(self))

    def should_stop(self) -> bool:
        """Whether training is over."""
        if self._sess is None or self._hooked.should_stop():
            return True
        return self._coord is not None and self._coord.should_stop()

    def close(self) -> None:
        """End the hooks and close the session."""
        self._close_internal()

    def _close_internal(self, exception_type: Any = None) -> None:
        try:
            if not exception_type and self._sess is not None:
                for hook in self._hooks:
                    hook.end(self._sess)
        finally:
            self._close_session()
            if not self._graph_was_finalized:
                get_default_graph()._unsafe_unfinalize()

    def _close_session(self) -> None:
        if self._sess is None:
            return
        session, self._sess = self._sess, None
        try:
            if self._coord is not None:
                self._coord.request_stop()
                self._coord.join(stop_grace_period_secs=self._grace, ignore_live_threads=True)
        finally:
            with contextlib.suppress(Exception):
                session.close()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, exception_type: Any, value: Any, traceback: Any) -> bool:
        if exception_type is not None and issubclass(exception_type, (errors.OutOfRangeError, StopIteration)):
            exception_type = None  # the end of input is the end of training
        self._close_internal(exception_type)
        return exception_type is None

    def _is_closed(self) -> bool:
        return self._sess is None

    def _tf_sess(self) -> Any:
        return self._sess


class StepContext:
    """What the function of `run_step_fn` is given."""

    def __init__(self, session: _MonitoredSession) -> None:
        self._monitored = session

    @property
    def session(self) -> Any:
        """The session, without hooks."""
        return self._monitored._sess

    def run_with_hooks(self, *args: Any, **kwargs: Any) -> Any:
        """Run one step with the hooks."""
        return self._monitored.run(*args, **kwargs)

    def request_stop(self) -> None:
        """Stop training."""
        raise StopIteration("step_fn has requested the iterations to stop.")


class MonitoredSession(_MonitoredSession):
    """A session with hooks that recovers when a server is lost. See `_MonitoredSession`."""

    def __init__(self, session_creator: Any = None, hooks: Any = None, stop_grace_period_secs: float = 120) -> None:
        super().__init__(session_creator, hooks, should_recover=True, stop_grace_period_secs=stop_grace_period_secs)


class SingularMonitoredSession(_MonitoredSession):
    """A session with hooks that fails when a server is lost.

    Args:
      hooks, scaffold, master, config, checkpoint_dir, checkpoint_filename_with_path: see `ChiefSessionCreator`.
    """

    def __init__(
        self, hooks: Any = None, scaffold: Any = None, master: str = "", config: Any = None,
        checkpoint_dir: str | None = None, stop_grace_period_secs: float = 120,
        checkpoint_filename_with_path: str | None = None,
    ) -> None:  # fmt: skip
        creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir, checkpoint_filename_with_path)
        super().__init__(creator, hooks, should_recover=False, stop_grace_period_secs=stop_grace_period_secs)

    def raw_session(self) -> Any:
        """The session, without hooks."""
        return self._sess


def MonitoredTrainingSession(
    master: str = "", is_chief: bool = True, checkpoint_dir: str | None = None, scaffold: Any = None, hooks: Any = None,
    chief_only_hooks: Any = None, save_checkpoint_secs: Any = USE_DEFAULT, save_summaries_steps: Any = USE_DEFAULT,
    save_summaries_secs: Any = USE_DEFAULT, config: Any = None, stop_grace_period_secs: float = 120,
    log_step_count_steps: int | None = 100, max_wait_secs: float = 7200, save_checkpoint_steps: Any = USE_DEFAULT,
    summary_dir: str | None = None,
) -> MonitoredSession:  # fmt: skip
    """Return a monitored session for training: with checkpoints, summaries and counting of steps.

    Args:
      master: the target. is_chief: whether this task initializes, saves and restores; others wait for it.
      checkpoint_dir: where checkpoints are written and looked for; None: there are none.
      scaffold: a Scaffold. hooks, chief_only_hooks: further hooks.
      save_checkpoint_secs, save_checkpoint_steps: how often; default: every 600 seconds; None: never.
      save_summaries_steps, save_summaries_secs: how often; default: every 100 steps; None: never.
      log_step_count_steps: how often steps are counted. summary_dir: default: `checkpoint_dir`.
      config: a ConfigProto. max_wait_secs: how long others wait for the chief.
    Raises: ValueError if both steps and seconds are given, of checkpoints or summaries.
    """
    summaries = _choice(save_summaries_steps, save_summaries_secs, 100, None)
    checkpoints = _choice(save_checkpoint_steps, save_checkpoint_secs, None, 600)
    scaffold = scaffold or Scaffold()
    if not is_chief:
        creator: Any = WorkerSessionCreator(scaffold, master, config, max_wait_secs)
        return MonitoredSession(creator, hooks, stop_grace_period_secs)
    all_hooks = list(chief_only_hooks or [])
    creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir)
    folder = summary_dir or checkpoint_dir
    if folder:
        if log_step_count_steps and log_step_count_steps > 0:
            all_hooks.append(StepCounterHook(every_n_steps=log_step_count_steps, output_dir=folder))
        if any(summaries):
            all_hooks.append(SummarySaverHook(*summaries, output_dir=folder, scaffold=scaffold))
    if checkpoint_dir and any(checkpoints):
        steps, seconds = checkpoints
        all_hooks.append(CheckpointSaverHook(checkpoint_dir, seconds, steps, scaffold=scaffold))
    return MonitoredSession(creator, [*all_hooks, *(hooks or ())], stop_grace_period_secs)


def _choice(steps: Any, seconds: Any, default_steps: Any, default_seconds: Any) -> tuple[Any, Any]:
    """Steps and seconds; hooks refuse both."""
    if steps is USE_DEFAULT and seconds is USE_DEFAULT:
        return default_steps, default_seconds
    steps, seconds = (None if value is USE_DEFAULT else value for value in (steps, seconds))
    return steps or None, seconds or None
