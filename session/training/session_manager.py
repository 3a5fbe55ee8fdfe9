"""`SessionManager`: sessions that are made ready: restored from a checkpoint, or initialized."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from ...ops.base.errors import DeadlineExceededError, FailedPreconditionError
from ...ops.base.messages.logger import logger
from ...ops.building.default_graph import get_default_graph
from ..session import Session


class SessionManager:
    """Makes sessions whose variables have values.

    Args:
      local_init_op: what is run in each new session once the model is there.
      ready_op: a string vector that tells what is not ready yet; empty: all is.
      ready_for_local_init_op: the same, before `local_init_op`.
      graph: the graph; default: the default one.
      recovery_wait_secs: between looks whether somebody else has made the model ready.
    Raises: ValueError for a `ready_for_local_init_op` without a `local_init_op`.
    """

    def __init__(
        self, local_init_op: Any = None, ready_op: Any = None, ready_for_local_init_op: Any = None, graph: Any = None,
        recovery_wait_secs: float = 30, local_init_run_options: Any = None,
    ) -> None:  # fmt: skip
        if ready_for_local_init_op is not None and local_init_op is None:
            raise ValueError(
                "If you pass a ready_for_local_init_op you must also pass a local_init_op , ready_for_local_init_op "
                f"[{ready_for_local_init_op}]"
            )
        self._local_init_op, self._ready_op = local_init_op, ready_op
        self._ready_for_local_init_op = ready_for_local_init_op
        self._graph = graph or get_default_graph()
        self._recovery_wait_secs = recovery_wait_secs

    def prepare_session(
        self, master: str, init_op: Any = None, saver: Any = None, checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None, wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200, config: Any = None, init_feed_dict: Any = None, init_fn: Any = None,
    ) -> Session:  # fmt: skip
        """Return a session that is ready: restored from the latest checkpoint if there is one, else initialized.

        Raises: RuntimeError if it is not ready after that, or nothing says how to initialize it.
        """
        session, restored = self._restore(
            master, saver, checkpoint_dir, checkpoint_filename_with_path, wait_for_checkpoint, max_wait_secs, config
        )
        if not restored:
            if init_op is None and not init_fn and self._local_init_op is None:
                raise RuntimeError("Model is not initialized and no init_op or init_fn or local_init_op was given")
            if init_op is not None:
                session.run(init_op, feed_dict=init_feed_dict)
            if init_fn:
                init_fn(session)
        message = self._run_local_init_op(session)
        made_by = f"Init op: {_named(init_op)}, init fn: {init_fn}"
        if message:
            raise RuntimeError(f"Init operations did not make model ready for local_init.  {made_by}, error: {message}")
        message = self._missing(session, self._ready_op)
        if message:
            raise RuntimeError(
                f"Init operations did not make model ready.  {made_by}, local_init_op: "
                f"{_named(self._local_init_op)}, error: {message}"
            )
        return session

    def recover_session(
        self, master: str, saver: Any = None, checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None, wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200, config: Any = None,
    ) -> tuple[Session, bool]:  # fmt: skip
        """Return a session, restored if there is a checkpoint, and whether it was restored and is ready."""
        session, restored = self._restore(
            master, saver, checkpoint_dir, checkpoint_filename_with_path, wait_for_checkpoint, max_wait_secs, config
        )
        if not restored:
            return session, False
        path = checkpoint_dir or checkpoint_filename_with_path
        message = self._run_local_init_op(session)
        if message:
            logger().info("Restoring model from %s did not make model ready for local init: %s", path, message)
            return session, False
        message = self._missing(session, self._ready_op)
        if message:
            logger().info("Restoring model from %s did not make model ready: %s", path, message)
            return session, False
        logger().info("Restored model from %s", path)
        return session, True

    def wait_for_session(self, master: str, config: Any = None, max_wait_secs: float | None = float("inf")) -> Session:
        """Return a session once somebody else has made the model ready.

        Raises: DeadlineExceededError if that would be after `max_wait_secs`; None: it waits for ever.
        """
        max_wait_secs = float("inf") if max_wait_secs is None else max_wait_secs
        end = time.monotonic() + max_wait_secs
        while True:
            session = Session(master, graph=self._graph, config=config)
            if not self._run_local_init_op(session) and not self._missing(session, self._ready_op):
                return session
            session.close()
            if time.monotonic() + self._recovery_wait_secs > end:
                raise DeadlineExceededError(
                    None, None, f"Session was not ready after waiting {int(max_wait_secs)} secs."
                )
            time.sleep(self._recovery_wait_secs)

    def _restore(
        self, master: str, saver: Any, folder: str | None, path: str | None, waits: bool, seconds: float, config: Any
    ) -> tuple[Session, bool]:
        from ...ops.library.checkpoint.management import get_checkpoint_state

        session = Session(master, graph=self._graph, config=config)
        if folder and path:
            raise ValueError("Can not provide both checkpoint_dir and checkpoint_filename_with_path.")
        if saver is None or not (folder or path):
            return session, False
        if path:
            saver.restore(session, path)
            return session, True
        end = time.monotonic() + seconds
        state = get_checkpoint_state(folder)
        while waits and not (state and state.model_checkpoint_path) and time.monotonic() < end:
            time.sleep(min(self._recovery_wait_secs, 1))
            state = get_checkpoint_state(folder)
        if not (state and state.model_checkpoint_path):
            return session, False
        saver.restore(session, state.model_checkpoint_path)
        saver.recover_last_checkpoints(state.all_model_checkpoint_paths)
        return session, True

    def _run_local_init_op(self, session: Session) -> str:
        """Run `local_init_op` if the model is ready for it. Returns: what is missing, as text; empty if it was run."""
        missing = self._missing(session, self._ready_for_local_init_op)
        if not missing and self._local_init_op is not None:
            logger().info("Running local_init_op.")
            session.run(self._local_init_op)
            logger().info("Done running local_init_op.")
        return missing

    def _missing(self, session: Session, op: Any) -> str:
        """What is not ready, as text; empty if all is."""
        if op is None:
            return ""
        try:
            value = session.run(op)
        except FailedPreconditionError as error:
            if "uninitialized" not in str(error):
                raise
            return str(error)
        if getattr(value, "size", 0) == 0 or value.dtype == np.int32:  # numbers tell nothing, as in TensorFlow
            return ""
        return "Variables not initialized: " + ", ".join(name.decode() for name in value.ravel().tolist())


def _named(what: Any) -> str | None:
    """The name of an operation or a list of them, for messages."""
    if isinstance(what, (list, tuple)):
        return f"[{', '.join(str(_named(part)) for part in what)}]"
    name: str | None = getattr(what, "name", None)
    return name
