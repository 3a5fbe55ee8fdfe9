"""The errors of a run: TensorFlow's classes and codes, with the facts of the failure as fields."""

from __future__ import annotations

from typing import Any

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class OpError(Exception):
    """An operation failed while it ran. Base of all errors of this module.

    Args:
      node_def: the failing node as a NodeDef, or None.
      op: the failing Operation, or None when it is not known.
      message: what went wrong.
      error_code: one of the codes above.
    Fields beyond TensorFlow's: `created_at` (file:line where the user made the operation, or None), `fetch` (name
    of the fetch that needed it), `shapes` (tuple of input shapes), each None where it does not apply.
    """

    def __init__(self, node_def: Any, op: Any, message: str, error_code: int = UNKNOWN, *payloads: Any) -> None:
        super().__init__(message)
        self._node_def = node_def
        self._op = op
        self._message = message
        self._error_code = error_code
        self.experimental_payloads: dict[Any, Any] = dict(payloads[0]) if payloads else {}
        self.created_at: str | None = getattr(op, "created_at", None)
        self.fetch: str | None = None
        self.shapes: tuple[Any, ...] | None = None

    @property
    def message(self) -> str:
        """What went wrong."""
        return self._message

    @property
    def op(self) -> Any:
        """The failing Operation, or None."""
        return self._op

    @property
    def error_code(self) -> int:
        """The code of the error's class, as in TensorFlow's `error.Code`."""
        return self._error_code

    @property
    def node_def(self) -> Any:
        """The failing node as a NodeDef message, or None."""
        if self._node_def is None and self._op is not None:
            return self._op.node_def
        return self._node_def

    def __str__(self) -> str:
        lines = [self._message]
        if self.created_at and self.created_at not in self._message:
            lines.append(f"  created at {self.created_at}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[Any, ...]:
        state = {"created_at": self.created_at, "fetch": self.fetch, "shapes": self.shapes}
        if type(self) is OpError:
            return type(self), (None, None, self._message, self._error_code), state
        return type(self), (None, None, self._message), state


def _error_class(name: str, code: int, meaning: str) -> type[OpError]:
    def initialize(self: OpError, node_def: Any, op: Any, message: str, *payloads: Any) -> None:
        OpError.__init__(self, node_def, op, message, code, *payloads)

    initialize.__qualname__ = f"{name}.__init__"
    return type(name, (OpError,), {"__init__": initialize, "__doc__": meaning, "__module__": __name__, "code": code})


CancelledError = _error_class("CancelledError", CANCELLED, "The step was cancelled, by `close` for instance.")
UnknownError = _error_class("UnknownError", UNKNOWN, "An error without a better class.")
InvalidArgumentError = _error_class(
    "InvalidArgumentError", INVALID_ARGUMENT, "An operation got an argument it cannot use."
)
DeadlineExceededError = _error_class("DeadlineExceededError", DEADLINE_EXCEEDED, "The step took longer than allowed.")
NotFoundError = _error_class("NotFoundError", NOT_FOUND, "Something asked for does not exist.")
AlreadyExistsError = _error_class("AlreadyExistsError", ALREADY_EXISTS, "Something to be made exists already.")
PermissionDeniedError = _error_class("PermissionDeniedError", PERMISSION_DENIED, "The caller may not do this.")
UnauthenticatedError = _error_class("UnauthenticatedError", UNAUTHENTICATED, "The caller is not known.")
ResourceExhaustedError = _error_class(
    "ResourceExhaustedError", RESOURCE_EXHAUSTED, "Memory or another resource ran out."
)
FailedPreconditionError = _error_class(
    "FailedPreconditionError", FAILED_PRECONDITION, "The state is not ready, such as a variable without a value."
)
AbortedError = _error_class("AbortedError", ABORTED, "The operation was given up, by a concurrent change for instance.")
OutOfRangeError = _error_class("OutOfRangeError", OUT_OF_RANGE, "Reading went past the end of what there is.")
UnimplementedError = _error_class("UnimplementedError", UNIMPLEMENTED, "This is not built.")
InternalError = _error_class("InternalError", INTERNAL, "An invariant of the library itself does not hold.")
UnavailableError = _error_class("UnavailableError", UNAVAILABLE, "A service cannot be reached now.")
DataLossError = _error_class("DataLossError", DATA_LOSS, "Stored data are damaged or missing.")

_BY_CODE: dict[int, type[OpError]] = {
    cls.code: cls  # type: ignore[attr-defined]
    for cls in (
        CancelledError, UnknownError, InvalidArgumentError, DeadlineExceededError, NotFoundError, AlreadyExistsError,
        PermissionDeniedError, UnauthenticatedError, ResourceExhaustedError, FailedPreconditionError, AbortedError,
        OutOfRangeError, UnimplementedError, InternalError, UnavailableError, DataLossError,
    )
}  # fmt: skip


def exception_type_from_error_code(error_code: int) -> type[OpError]:
    """Return the class of errors with this code. Raises: KeyError if there is none."""
    return _BY_CODE[error_code]


def error_code_from_exception_type(cls: type[OpError]) -> int:
    """Return the code of an error class; UNKNOWN's class answers for those without one."""
    return getattr(cls, "code", UNKNOWN)


class Status:
    """What `raise_exception_on_not_ok_status` watches: a code and a message, OK at first."""

    __slots__ = ("code", "message")

    def __init__(self) -> None:
        self.code = OK
        self.message = ""


class raise_exception_on_not_ok_status:  # noqa: N801  TensorFlow's name
    """A context manager that yields a status and raises the error of its code at the end of the block.

    >>> with raise_exception_on_not_ok_status() as status:
    ...     status.code, status.message = NOT_FOUND, "no such thing"
    Traceback (most recent call last):
    ...
    sessile.ops.base.errors.NotFoundError: no such thing
    """

    def __enter__(self) -> Status:
        self.status = Status()
        return self.status

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None and self.status.code != OK:
            raise exception_type_from_error_code(self.status.code)(None, None, self.status.message)


class OperatorNotAllowedInGraphError(TypeError):
    """A Python construct (truth value, iteration) that needs a tensor's value was applied to a symbolic tensor."""
