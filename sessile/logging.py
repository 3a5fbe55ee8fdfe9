"""`sessile.logging`: TensorFlow 1's `tf.logging` over Python's logging, with the logger called "sessile".

While imports of `tensorflow` give this library (`python -m sessile`, `sessile.install()`) the logger is "tensorflow",
as programs ask Python for it. The library's own messages go to the same logger, so `set_verbosity` holds for them too:
with INFO, training loops tell their losses. Messages go to the standard error stream, unless the root logger has a
handler.

>>> logging.set_verbosity(logging.ERROR)
>>> logging.info("not shown")
>>> logging.get_verbosity() == logging.ERROR
True
>>> logging.set_verbosity(logging.WARN)
"""

from __future__ import annotations

import logging as _logging
import sys as _sys
import threading as _threading
from typing import Any, Final

from .ops.base.messages.logger import logger as _logger

DEBUG: Final = _logging.DEBUG
INFO: Final = _logging.INFO
WARN: Final = _logging.WARNING
ERROR: Final = _logging.ERROR
FATAL: Final = _logging.CRITICAL

_lock: Final = _threading.Lock()
_calls: Final[dict[tuple[str, int], int]] = {}  # per line of the user's code, how often it was reached


def _emit(level: int, msg: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Log for the caller of the public function that calls this."""
    _logger().log(level, msg, *args, **{**kwargs, "stacklevel": kwargs.get("stacklevel", 1) + 2})


def _count() -> int:
    """How often the user's line that calls the function that calls this was here, this time included."""
    frame = _sys._getframe(2)
    place = frame.f_code.co_filename, frame.f_lineno
    with _lock:
        count = _calls[place] = _calls.get(place, 0) + 1
    return count


def log(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    """Log `msg % args` at a level: DEBUG, INFO, WARN, ERROR, FATAL or a number; `kwargs` as for Python's logging."""
    _emit(level, msg, args, kwargs)


def vlog(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    """The same as `log`."""
    _emit(level, msg, args, kwargs)


def debug(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Log at level DEBUG."""
    _emit(DEBUG, msg, args, kwargs)


def info(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Log at level INFO."""
    _emit(INFO, msg, args, kwargs)


def warning(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Log at level WARN."""
    _emit(WARN, msg, args, kwargs)


def warn(msg: Any, *args: Any, **kwargs: Any) -> None:
    """The same as `warning`."""
    _emit(WARN, msg, args, kwargs)


def error(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Log at level ERROR."""
    _emit(ERROR, msg, args, kwargs)


def fatal(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Log at level FATAL; the process goes on."""
    _emit(FATAL, msg, args, kwargs)


def log_if(level: int, msg: Any, condition: Any, *args: Any) -> None:
    """Log if `condition` is true."""
    if condition:
        _emit(level, msg, args, {})


def log_first_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """Log the first `n` times that this line of the caller's code is reached."""
    if _count() <= n:
        _emit(level, msg, args, {})


def log_every_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """Log every `n`-th time that this line of the caller's code is reached: the n-th, the 2n-th, ..."""
    if _count() % n == 0:
        _emit(level, msg, args, {})


def get_logger() -> _logging.Logger:
    """Return the logger that all messages go to."""
    found: _logging.Logger = _logger()
    return found


def set_verbosity(v: int | str) -> None:
    """Log from this level upwards: a number or one of Python's names such as "INFO".

    Raises: ValueError for an unknown name, TypeError for what is neither.
    """
    _logger().setLevel(v)


def get_verbosity() -> int:
    """The level from which messages are logged: WARN unless it was set, INFO within `app.run`."""
    level: int = _logger().getEffectiveLevel()
    return level


def flush() -> None:
    """Write out what the handlers of the logger hold back."""
    for handler in _logger().handlers:
        handler.flush()


def TaskLevelStatusMessage(msg: Any) -> None:
    """Log at level ERROR."""
    _emit(ERROR, msg, (), {})
