"""`GFile`: a file object with TensorFlow's methods and errors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, Final

from ..base.errors import InvalidArgumentError, PermissionDeniedError
from .file_system import stat, translated

_MODES: Final = ("r", "w", "a", "r+", "w+", "a+")


class GFile:
    """A file. It is opened by the first method that needs it open, and again after `close`.

    Args:
      name: the path.
      mode: `r`, `w`, `a`, `r+`, `w+` or `a+`, and `b` for bytes; otherwise `read` and its like return text (UTF-8).
    Raises: InvalidArgumentError for another mode. Methods raise NotFoundError if there is no such file,
      PermissionDeniedError for writing to a file open for reading and the other way round.
    """

    def __init__(self, name: Any, mode: str = "r") -> None:
        self._name = name
        self._mode = mode
        self._binary = "b" in mode
        plain = mode.replace("b", "")
        if plain not in _MODES:
            raise InvalidArgumentError(None, None, "mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+'")
        self._plain = plain
        self._file: Any = None

    @property
    def name(self) -> Any:
        """The path."""
        return self._name

    @property
    def mode(self) -> str:
        """The mode."""
        return self._mode

    def _open(self, write: bool = False) -> Any:
        if write and self._plain == "r":
            raise PermissionDeniedError(None, None, "File isn't open for writing")
        if not write and self._plain in ("w", "a"):
            raise PermissionDeniedError(None, None, "File isn't open for reading")
        if self._file is None:
            with translated(self._name):
                self._file = open(os.fsdecode(self._name), self._plain + "b")  # noqa: SIM115  `close` closes it
        return self._file

    def _value(self, data: bytes) -> Any:
        return data if self._binary else data.decode()

    def size(self) -> int:
        """The length in bytes."""
        return stat(self._name).length

    def read(self, n: int = -1) -> Any:
        """Return the next `n` bytes, or all that are left, as bytes or as text."""
        with translated(self._name):
            return self._value(self._open().read(n))

    def readline(self) -> Any:
        """Return the next line with its end; empty at the end of the file."""
        with translated(self._name):
            return self._value(self._open().readline())

    def readlines(self) -> list[Any]:
        """Return all lines that are left, with their ends."""
        with translated(self._name):
            return [self._value(line) for line in self._open().readlines()]

    def write(self, file_content: Any) -> None:
        """Write text or bytes. Raises: TypeError for anything else."""
        if not isinstance(file_content, (str, bytes, bytearray)):
            raise TypeError(f"Expected binary or unicode string, got {file_content!r}")
        file = self._open(write=True)
        data = file_content.encode() if isinstance(file_content, str) else bytes(file_content)
        with translated(self._name):
            file.write(data)

    def seek(self, offset: int | None = None, whence: int = 0, position: int | None = None) -> None:
        """Go to a place in the file.

        Args:
          offset: in bytes.
          whence: 0 from the beginning, 1 from here, 2 from the end.
          position: an older name of `offset`.
        Raises: TypeError without a place, InvalidArgumentError for another `whence`.
        """
        if offset is None:
            if position is None:
                raise TypeError("seek(): offset argument required")
            offset = position
        if whence not in (0, 1, 2):
            raise InvalidArgumentError(None, None, f"Invalid whence argument: {whence}. Valid values are 0, 1, or 2.")
        with translated(self._name):
            self._open().seek(offset, whence)

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """The place in the file, in bytes."""
        return int(self._open(write=self._plain in ("w", "a")).tell())

    def flush(self) -> None:
        """Hand what was written to the system."""
        if self._file is not None:
            with translated(self._name):
                self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            with translated(self._name):
                self._file.close()
            self._file = None

    def __enter__(self) -> GFile:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def next(self) -> Any:
        """The next line. Raises: StopIteration at the end."""
        return self.__next__()

    def __del__(self) -> None:
        file = getattr(self, "_file", None)
        if file is not None:
            file.close()


class FastGFile(GFile):
    """The same as `GFile`."""


class Open(GFile):
    """The same as `GFile`, under its name as a function."""
