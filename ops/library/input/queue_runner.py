"""`QueueRunner`: threads that keep queues filled."""

from __future__ import annotations

import threading
import weakref
from typing import Any

from ...base.errors import CancelledError, OutOfRangeError
from ...building.default_graph import add_to_collection, get_default_graph
from ...families.dataflow.queues import QueueBase
from ...graph.defaults import get_default_session
from ...graph.graph_keys import GraphKeys


class QueueRunner:
    """Threads that run enqueue operations until their queue is exhausted or a coordinator stops.

    Args:
      queue: a queue.
      enqueue_ops: operations, one thread each.
      close_op, cancel_op: what closes the queue when there is no more input, and when the threads are to stop; default:
        `queue.close()`, and the same with `cancel_pending_enqueues`.
      queue_closed_exception_types: exceptions that mean that input has ended; default: OutOfRangeError.
      queue_runner_def: a QueueRunnerDef message, instead of all these.
      import_scope: the scope the names in the message were imported into.
    Raises: ValueError for too many or missing arguments, TypeError for exceptions of wrong types.
    """

    def __init__(
        self,
        queue: Any = None,
        enqueue_ops: Any = None,
        close_op: Any = None,
        cancel_op: Any = None,
        queue_closed_exception_types: Any = None,
        queue_runner_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        if queue_runner_def is not None:
            if queue or enqueue_ops:
                raise ValueError("queue_runner_def and queue are mutually exclusive.")
            self._read(queue_runner_def, import_scope)
        else:
            self._set(queue, enqueue_ops, close_op, cancel_op, queue_closed_exception_types)
        self._lock = threading.Lock()
        self._runs_per_session: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._exceptions_raised: list[BaseException] = []

    def _set(self, queue: Any, enqueue_ops: Any, close_op: Any, cancel_op: Any, types: Any) -> None:
        if not queue or not enqueue_ops:
            raise ValueError("Must provide queue and enqueue_ops.")
        types = (OutOfRangeError,) if types is None else types
        if not isinstance(types, tuple) or not types or not all(issubclass(kind, Exception) for kind in types):
            raise TypeError(f"queue_closed_exception_types, if given, must be a tuple of classes of tf.errors: {types}")
        self._queue: Any = queue
        self._enqueue_ops = list(enqueue_ops)
        self._close_op = close_op if close_op is not None else queue.close()
        self._cancel_op = cancel_op if cancel_op is not None else queue.close(cancel_pending_enqueues=True)
        self._types = types

    def _read(self, message: Any, scope: str | None) -> None:
        from ...base import errors

        graph = get_default_graph()

        def find(name: str) -> Any:
            return graph.as_graph_element(f"{scope}/{name}" if scope else name)

        self._queue = find(message.queue_name)
        self._enqueue_ops = [find(name) for name in message.enqueue_op_name]
        self._close_op, self._cancel_op = find(message.close_op_name), find(message.cancel_op_name)
        codes = message.queue_closed_exception_types
        self._types = tuple(errors.exception_type_from_error_code(code) for code in codes) or (OutOfRangeError,)

    @property
    def queue(self) -> Any:
        """The queue."""
        return self._queue

    @property
    def enqueue_ops(self) -> list[Any]:
        """The operations that fill it."""
        return self._enqueue_ops

    @property
    def close_op(self) -> Any:
        """What closes the queue."""
        return self._close_op

    @property
    def cancel_op(self) -> Any:
        """What closes it and cancels who waits."""
        return self._cancel_op

    @property
    def queue_closed_exception_types(self) -> Any:
        """The exceptions that mean that input has ended."""
        return self._types

    @property
    def exceptions_raised(self) -> list[BaseException]:
        """What threads without a coordinator raised."""
        return self._exceptions_raised

    @property
    def name(self) -> str:
        """The name of the queue."""
        return str(self._queue.name)

    def _enqueuer(self, sess: Any, enqueue_op: Any) -> Any:
        """A function of no arguments that runs an enqueue operation."""
        return sess.make_callable(enqueue_op)

    def _run(self, sess: Any, enqueue_op: Any, coord: Any = None) -> None:
        """What a thread does."""
        alone = True
        try:
            enqueue = self._enqueuer(sess, enqueue_op)
            while not (coord and coord.should_stop()):
                try:
                    enqueue()
                except self._types:
                    alone = self._leave(sess) == 0
                    if alone:  # the last thread says that there is no more
                        self._try_to_close(sess)
                    alone = False
                    return
        except Exception as error:
            if coord:
                coord.request_stop(error)
            else:
                with self._lock:
                    self._exceptions_raised.append(error)
                raise
        finally:
            if alone:
                self._leave(sess)

    def _leave(self, sess: Any) -> int:
        with self._lock:
            self._runs_per_session[sess] -= 1
            return self._runs_per_session[sess]

    def _try_to_close(self, sess: Any) -> None:
        try:
            sess.run(self._close_op)
        except (CancelledError, RuntimeError):  # the session is closed: so is the queue
            return

    def _close_on_stop(self, sess: Any, cancel_op: Any, coord: Any) -> None:
        """What the thread does that waits for the coordinator."""
        coord.wait_for_stop()
        try:
            sess.run(cancel_op)
        except Exception:  # the session may be closed by now, and its queues with it
            return

    def create_threads(self, sess: Any, coord: Any = None, daemon: bool = False, start: bool = False) -> list[Any]:
        """Return a thread for each enqueue operation, and with a coordinator one that closes the queue when it stops.

        Args:
          daemon: whether the process may end while they run.
          start: whether to start them.
        Returns: the threads; none if those of this session still run.
        """
        with self._lock:
            if self._runs_per_session.get(sess, 0) > 0:
                return []
            self._runs_per_session[sess] = len(self._enqueue_ops)
            self._exceptions_raised = []
        threads = [
            threading.Thread(target=self._run, args=(sess, op, coord), name=f"QueueRunnerThread-{self.name}-{op.name}")
            for op in self._enqueue_ops
        ]
        if coord:
            name = f"QueueRunnerThread-{self.name}-close_on_stop"
            threads.append(threading.Thread(target=self._close_on_stop, args=(sess, self._cancel_op, coord), name=name))
        for thread in threads:
            thread.daemon = daemon
            if coord:
                coord.register_thread(thread)
            if start:
                thread.start()
        return threads

    def to_proto(self, export_scope: str | None = None) -> Any:
        """Return a QueueRunnerDef message; None if the queue is outside of `export_scope`."""
        from ... import proto

        if export_scope is not None and not self.name.startswith(export_scope):
            return None
        prefix = f"{export_scope}/" if export_scope else ""

        def strip(name: str) -> str:
            return name.removeprefix(prefix)

        return proto.QueueRunnerDef(
            queue_name=strip(self.name), enqueue_op_name=[strip(op.name) for op in self._enqueue_ops],
            close_op_name=strip(self._close_op.name), cancel_op_name=strip(self._cancel_op.name),
            queue_closed_exception_types=[kind.code for kind in self._types],
        )  # fmt: skip

    @staticmethod
    def from_proto(queue_runner_def: Any, import_scope: str | None = None) -> QueueRunner:
        """Return the runner that a QueueRunnerDef message tells of."""
        return QueueRunner(queue_runner_def=queue_runner_def, import_scope=import_scope)


def add_queue_runner(qr: QueueRunner, collection: Any = GraphKeys.QUEUE_RUNNERS) -> None:
    """Add a runner to the collection that `start_queue_runners` starts."""
    add_to_collection(collection, qr)


def start_queue_runners(
    sess: Any = None,
    coord: Any = None,
    daemon: bool = True,
    start: bool = True,
    collection: Any = GraphKeys.QUEUE_RUNNERS,
) -> list[Any]:
    """Start the threads of all collected runners.

    Args:
      sess: the session; default: the default one.
      coord: a Coordinator.
      daemon, start: see `QueueRunner.create_threads`.
    Returns: the threads. Raises: ValueError if there is no session, TypeError for what is none.
    """
    if sess is None:
        sess = get_default_session()
        if sess is None:
            raise ValueError(
                "Cannot start queue runners: No default session is registered. Use `with sess.as_default()` or pass an "
                "explicit session to tf.train.start_queue_runners(sess=sess)"
            )
    threads = []
    if not hasattr(sess, "run") or not hasattr(sess, "graph"):
        raise TypeError(f"sess must be a `tf.Session` object. Given class: {type(sess)}")
    with sess.graph.as_default():
        for runner in get_default_graph().get_collection(collection):
            threads += runner.create_threads(sess, coord=coord, daemon=daemon, start=start)
    return threads


__all__ = ["QueueBase", "QueueRunner", "add_queue_runner", "start_queue_runners"]
