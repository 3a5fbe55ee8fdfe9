"""`Supervisor`: a session with threads that save, write summaries and stop together; and `basic_train_loop`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ...ops.base.errors import OutOfRangeError
from ...ops.base.messages.logger import logger
from ...ops.building.default_graph import get_default_graph
from ...ops.families.debugging.summaries import merge_all
from ...ops.families.state.global_step import get_global_step
from ...ops.families.state.variable_lists import (
    global_variables,
    global_variables_initializer,
    report_uninitialized_variables,
)
from ...ops.graph.graph_keys import GraphKeys
from ...ops.library.checkpoint.saver import Saver
from ...ops.library.graphdef.graph_io import write_graph
from ...ops.library.input.coordinator import Coordinator, LooperThread
from ...ops.library.input.queue_runner import start_queue_runners
from ...ops.library.summaries.file_writer import FileWriter
from .hooks import _session_log
from .monitored_session import Scaffold
from .services import start_services
from .session_manager import SessionManager


def _collected(graph: Any, key: str, make: Callable[[], Any]) -> Any:
    """The first of a collection: what an earlier supervisor of the graph made; else what is made, which is added."""
    found = graph.get_collection(key)
    if found:
        return found[0]
    made = make()
    if made is not None and not graph.get_collection(key):  # the global step is there already
        graph.add_to_collection(key, made)
    return made


def _default_saver() -> Saver | None:
    """A saver of all variables; None if there are none."""
    return Saver() if global_variables() or get_default_graph().get_collection(GraphKeys.SAVEABLE_OBJECTS) else None


class Supervisor:
    """Trains with checkpoints and summaries in threads of their own.

    Args:
      graph: the graph, made read-only. ready_op, init_op, local_init_op, summary_op, saver: what is not given is made.
      is_chief: whether this task initializes and saves. logdir: the folder of checkpoints and summaries.
      save_summaries_secs, save_model_secs: how often; 0: never. checkpoint_basename: of the checkpoints.
      global_step: the tensor that counts steps. init_fn: a function of the session, after `init_op`.
      recovery_wait_secs, stop_grace_secs: see `SessionManager` and `Coordinator.join`.
    Raises: ValueError if this task is not the chief and a variable has no device.
    """

    USE_DEFAULT = 0

    def __init__(
        self, graph: Any = None, ready_op: Any = 0, ready_for_local_init_op: Any = 0, is_chief: bool = True,
        init_op: Any = 0, init_feed_dict: Any = None, local_init_op: Any = 0, logdir: str | None = None,
        summary_op: Any = 0, saver: Any = 0, global_step: Any = 0, save_summaries_secs: float = 120,
        save_model_secs: float = 600, recovery_wait_secs: float = 30, stop_grace_secs: float = 120,
        checkpoint_basename: str = "model.ckpt", session_manager: Any = None, summary_writer: Any = 0,
        init_fn: Any = None, local_init_run_options: Any = None,
    ) -> None:  # fmt: skip
        self._graph = graph or get_default_graph()
        self._is_chief, self._logdir = is_chief, logdir
        self._check_devices()
        self._coord = Coordinator()
        self._init_fn, self._stop_grace_secs = init_fn, stop_grace_secs
        with self._graph.as_default():
            make: dict[str, tuple[Any, Any, Callable[[], Any]]] = {
                "ready_op": (ready_op, GraphKeys.READY_OP, report_uninitialized_variables),
                "ready_for_local_init_op": (ready_for_local_init_op, GraphKeys.READY_FOR_LOCAL_INIT_OP, lambda: None),
                "init_op": (init_op, GraphKeys.INIT_OP, global_variables_initializer),
                "local_init_op": (local_init_op, GraphKeys.LOCAL_INIT_OP, Scaffold.default_local_init_op),
                "summary_op": (summary_op, GraphKeys.SUMMARY_OP, merge_all),
                "saver": (saver, GraphKeys.SAVERS, _default_saver),
                "global_step": (global_step, GraphKeys.GLOBAL_STEP, get_global_step),
            }
            made: dict[str, Any] = {}
            for name, (given, key, default) in make.items():
                made[name] = _collected(self._graph, key, default) if isinstance(given, int) else given
        self.init_op, self.ready_op, self.local_init_op = made["init_op"], made["ready_op"], made["local_init_op"]
        self.summary_op, self.saver, self.global_step = made["summary_op"], made["saver"], made["global_step"]
        self.ready_for_local_init_op, self.init_feed_dict = made["ready_for_local_init_op"], init_feed_dict
        self.save_summaries_secs, self.save_model_secs = save_summaries_secs, save_model_secs
        self.save_path = os.path.join(logdir, checkpoint_basename) if logdir else None
        if isinstance(summary_writer, int):
            summary_writer = FileWriter(logdir, graph=self._graph) if is_chief and logdir else None
        self.summary_writer = summary_writer
        self._session_manager = session_manager or SessionManager(
            local_init_op=self.local_init_op, ready_op=self.ready_op, graph=self._graph,
            ready_for_local_init_op=made["ready_for_local_init_op"], recovery_wait_secs=recovery_wait_secs,
        )  # fmt: skip
        self._graph.finalize()

    def _check_devices(self) -> None:
        for op in [] if self._is_chief else self._graph.get_operations():
            if op.type in ("Variable", "VariableV2") and not op.device:
                raise ValueError(f"When using replicas, all Variables must have their device set: {op.node_def}")

    @property
    def session_manager(self) -> SessionManager:
        """What makes sessions."""
        manager: SessionManager = self._session_manager
        return manager

    @property
    def coord(self) -> Coordinator:
        """What stops the threads."""
        return self._coord

    @property
    def is_chief(self) -> bool:
        """Whether this task initializes and saves."""
        return self._is_chief

    def prepare_or_wait_for_session(
        self, master: str = "", config: Any = None, wait_for_checkpoint: bool = False, max_wait_secs: float = 7200,
        start_standard_services: bool = True,
    ) -> Any:  # fmt: skip
        """Return a session that is ready: initialized or restored by the chief, waited for by others."""
        self._coord.clear_stop()
        if self._is_chief:
            session = self._session_manager.prepare_session(
                master, init_op=self.init_op, saver=self.saver, checkpoint_dir=self._logdir, config=config,
                wait_for_checkpoint=wait_for_checkpoint, max_wait_secs=max_wait_secs,
                init_feed_dict=self.init_feed_dict, init_fn=self._init_fn,
            )  # fmt: skip
            if self._logdir:
                write_graph(self._graph, self._logdir, "graph.pbtxt")
            if start_standard_services:
                logger().info("Starting standard services.")
                self.start_standard_services(session)
        else:
            session = self._session_manager.wait_for_session(master, config=config, max_wait_secs=max_wait_secs)
        if session is not None and start_standard_services:
            logger().info("Starting queue runners.")
            self.start_queue_runners(session)
        return session

    def start_standard_services(self, sess: Any) -> list[LooperThread]:
        """Start the threads that write summaries, steps per second and checkpoints."""
        return start_services(self, sess) if self._logdir else []

    def _step(self, sess: Any) -> int | None:
        return None if self.global_step is None else int(sess.run(self.global_step))

    def start_queue_runners(self, sess: Any, queue_runners: Any = None) -> list[Any]:
        """Start the threads of queue runners, by default of the collected ones."""
        if queue_runners is None:
            if not self._graph.get_collection(GraphKeys.QUEUE_RUNNERS):
                return []
            return start_queue_runners(sess, self._coord)
        return [
            t for runner in queue_runners for t in runner.create_threads(sess, self._coord, daemon=True, start=True)
        ]

    def loop(
        self, timer_interval_secs: float | None, target: Any, args: Any = None, kwargs: Any = None
    ) -> LooperThread:
        """Start a thread that calls a function again and again until training stops."""
        return LooperThread.loop(self._coord, timer_interval_secs, target, args, kwargs)

    Loop = loop

    def summary_computed(self, sess: Any, summary: Any, global_step: Any = None) -> None:
        """Write a summary. Raises: RuntimeError if there is no writer."""
        if self.summary_writer is None:
            raise RuntimeError("Writing a summary requires a summary writer.")
        self.summary_writer.add_summary(summary, self._step(sess) if global_step is None else global_step)

    def should_stop(self) -> bool:
        """Whether training is to stop."""
        return self._coord.should_stop()

    def request_stop(self, ex: Any = None) -> None:
        """Stop training."""
        self._coord.request_stop(ex)

    def wait_for_stop(self) -> None:
        """Wait until training stops."""
        self._coord.wait_for_stop()

    def stop_on_exception(self) -> Any:
        """A block whose exceptions stop training."""
        return self._coord.stop_on_exception()

    def stop(self, threads: Any = None, close_summary_writer: bool = True, ignore_live_threads: bool = False) -> None:
        """Stop all threads and close the writer; raises what one of them reported."""
        self._coord.request_stop()
        try:
            self._coord.join(threads, self._stop_grace_secs, ignore_live_threads)
        finally:
            if close_summary_writer and self.summary_writer is not None:
                self.summary_writer.add_session_log(_session_log("STOP"))
                self.summary_writer.close()

    PrepareSession = prepare_or_wait_for_session
    StartStandardServices = start_standard_services
    StartQueueRunners = start_queue_runners
    SummaryComputed = summary_computed
    ShouldStop = should_stop
    RequestStop = request_stop
    WaitForStop = wait_for_stop
    StopOnException = stop_on_exception
    Stop = stop

    @contextmanager
    def managed_session(
        self, master: str = "", config: Any = None, start_standard_services: bool = True,
        close_summary_writer: bool = True,
    ) -> Iterator[Any]:  # fmt: skip
        """A block with a session that is ready; the end of input ends it."""
        session = None
        try:
            session = self.prepare_or_wait_for_session(master, config, start_standard_services=start_standard_services)
            yield session
        except OutOfRangeError as error:
            self.request_stop(error)
        except BaseException as error:
            self.request_stop(error)
        finally:
            try:
                self.stop(close_summary_writer=close_summary_writer)
            finally:
                if session is not None:
                    session.close()


def basic_train_loop(
    supervisor: Supervisor, train_step_fn: Any, args: Any = None, kwargs: Any = None, master: str = ""
) -> None:
    """Call a function of the session again and again until the supervisor stops."""
    named = dict(kwargs or {})
    while not supervisor.should_stop():
        with supervisor.managed_session(master) as session:
            while not supervisor.should_stop():
                train_step_fn(session, *(args or ()), **named)
                time.sleep(0)
