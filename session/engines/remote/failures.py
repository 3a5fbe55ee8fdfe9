"""Errors on their way from a task to the caller of a step."""

from __future__ import annotations

from typing import Any

from ....ops.base.errors import AbortedError, OpError, UnavailableError, exception_type_from_error_code


class TaskError(Exception):
    """An `OpError` of a task: operations do not travel, so it has the operation's name.

    Args:
      code: of the error's class.
      message: its text.
      op_name: the operation that failed, or None.
    """

    def __init__(self, code: int, message: str, op_name: str | None) -> None:
        super().__init__(code, message, op_name)
        self.code, self.message, self.op_name = code, message, op_name


def packed(error: OpError) -> TaskError:
    """An error of a task's graph as one that travels."""
    return TaskError(error.error_code, error.message, getattr(error.op, "name", None))


def unpacked(failure: TaskError, graph: Any) -> Exception:
    """The error again, with the operation of the caller's graph, which knows the user's line."""
    op = graph._by_name.get(failure.op_name) if graph is not None and failure.op_name else None
    kind: Any = exception_type_from_error_code(failure.code)
    return kind(None, op, failure.message)  # type: ignore[no-any-return]


def lost(session: str) -> TaskError:
    """The error of a step for a session that the task does not know: it has been started anew, or was reset."""
    return packed(
        AbortedError(
            None, None,
            f"Session handle is not found: {session}. Possibly this task has just restarted, or was reset: what it "
            "held is gone. Make a new session and restore a checkpoint; tf.train.MonitoredTrainingSession does.",
        )
    )  # fmt: skip


def unreachable(where: str, reason: str = "") -> OpError:
    """The error of a step whose task is not there."""
    text = f"The task {where} of the cluster cannot be reached: its process has ended, or its machine is gone."
    return UnavailableError(None, None, f"{text} {reason}".rstrip())
