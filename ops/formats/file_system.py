"""Files and folders with TensorFlow's functions and errors: `gfile` and `io.gfile`."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from ..base.errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    OpError,
    PermissionDeniedError,
    ResourceExhaustedError,
    UnknownError,
)

_ERRORS: dict[int, type[OpError]] = {
    errno.ENOENT: NotFoundError,
    errno.EEXIST: AlreadyExistsError,
    errno.ENOTEMPTY: FailedPreconditionError,
    errno.ENOTDIR: FailedPreconditionError,
    errno.EISDIR: FailedPreconditionError,
    errno.EACCES: PermissionDeniedError,
    errno.EPERM: PermissionDeniedError,
    errno.EROFS: PermissionDeniedError,
    errno.ENOSPC: ResourceExhaustedError,
    errno.EINVAL: InvalidArgumentError,
}


def as_op_error(error: OSError, path: Any = None) -> OpError:
    """An error of the system as TensorFlow's error."""
    kind = _ERRORS.get(error.errno or 0, UnknownError)
    return kind(None, None, f"{path if path is not None else error.filename}; {error.strerror}")


@contextmanager
def translated(path: Any) -> Iterator[None]:
    """Raise errors of the system inside as TensorFlow's errors, with `path` in them."""
    try:
        yield
    except OSError as error:
        raise as_op_error(error, path) from None


def _path(path: Any) -> str:
    return os.fsdecode(path)


class FileStatistics(NamedTuple):
    """What `Stat` tells: the length in bytes, the time of the last change in nanoseconds since 1970."""

    length: int
    mtime_nsec: int
    is_directory: bool


def exists(path: Any) -> bool:
    """Whether there is a file or folder of that path."""
    return os.path.exists(_path(path))


def isdir(path: Any) -> bool:
    """Whether there is a folder of that path."""
    return os.path.isdir(_path(path))


def listdir(path: Any) -> list[str]:
    """Return the names in a folder, in no order. Raises: NotFoundError if there is no such folder."""
    if not isdir(path):
        raise NotFoundError(None, None, f"Could not find directory {_path(path)}")
    with translated(path):
        return os.listdir(_path(path))


def mkdir(path: Any) -> None:
    """Make a folder, if it is not there. Raises: NotFoundError if the folder it is to be in does not exist."""
    with translated(path):
        if not isdir(path):
            os.mkdir(_path(path))


def makedirs(path: Any) -> None:
    """Make a folder, and those that it is in."""
    with translated(path):
        os.makedirs(_path(path), exist_ok=True)


def remove(path: Any) -> None:
    """Remove a file. Raises: NotFoundError if there is none, FailedPreconditionError for a folder."""
    if isdir(path):
        raise FailedPreconditionError(None, None, f"{_path(path)}; Is a directory")
    with translated(path):
        os.unlink(_path(path))


def rmtree(path: Any) -> None:
    """Remove a folder and all in it. Raises: NotFoundError if there is none, FailedPreconditionError for a file."""
    if not exists(path):
        raise NotFoundError(None, None, f"{_path(path)} not found")
    if not isdir(path):
        raise FailedPreconditionError(None, None, f"{_path(path)}; Not a directory")
    with translated(path):
        shutil.rmtree(_path(path))


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copy a file. Raises: NotFoundError if there is none, AlreadyExistsError for `dst` unless `overwrite`."""
    _check_free(dst, overwrite)
    with translated(src):
        shutil.copyfile(_path(src), _path(dst))


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Rename a file or folder. Raises: NotFoundError if there is none, AlreadyExistsError unless `overwrite`."""
    _check_free(dst, overwrite)
    with translated(src):
        os.replace(_path(src), _path(dst))


def _check_free(path: Any, overwrite: bool) -> None:
    if not overwrite and exists(path):
        raise AlreadyExistsError(None, None, "file already exists")


def stat(path: Any) -> FileStatistics:
    """Return a file's length and time. Raises: NotFoundError if there is none."""
    with translated(path):
        found = os.stat(_path(path))
    return FileStatistics(found.st_size, found.st_mtime_ns, isdir(path))


def glob(pattern: Any) -> list[str]:
    """Return the paths that match a pattern with `*`, `?` and `[...]`, or one of a list of them.

    Raises: NotFoundError if the folder that a pattern begins with does not exist.
    """
    patterns = [pattern] if isinstance(pattern, (str, bytes)) or hasattr(pattern, "__fspath__") else pattern
    return [path for item in patterns for path in matching(_path(item))]


def matching(pattern: str) -> list[str]:
    """The sorted paths that match a pattern, hidden files too. A pattern without a folder is one of `./`.

    Raises: NotFoundError if the folder it begins with does not exist.
    """
    folder = os.path.dirname(re.split(r"[*?\[\\]", pattern, maxsplit=1)[0])
    if folder and not os.path.isdir(folder):
        raise NotFoundError(None, None, f"{folder}; No such file or directory")
    parts = pattern[len(folder) :].removeprefix("/").split("/")
    found = [folder or "."]
    for number, part in enumerate(parts):
        fits = re.compile(_expression(part), re.DOTALL).fullmatch
        found = [os.path.join(place, name) for place in found for name in _names(place, part) if fits(name)]
        if number < len(parts) - 1:
            found = [path for path in found if os.path.isdir(path)]
    return sorted(found)


def _names(folder: str, part: str) -> list[str]:
    """The names in a folder that a part of a pattern may match: without wildcards it is one, if it is there."""
    if re.search(r"[*?\[\\]", part):
        try:
            return os.listdir(folder)
        except OSError:  # it may not be listed: nothing in it matches
            return []
    return [part] if part not in ("", ".", "..") and os.path.lexists(os.path.join(folder, part)) else []


_SET: Final = re.compile(r"\[([!^]?)(\]?(?:\[:[a-z]+:\]|\\.|[^\]\\])*)\]", re.DOTALL)
_KINDS: Final = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s",
    "xdigit": "0-9a-fA-F", "punct": r"!-/:-@\[-`{-~", "blank": r" \t", "print": " -~", "graph": "!-~",
    "cntrl": r"\x00-\x1f\x7f",
}  # fmt: skip


def _expression(part: str) -> str:
    """The regular expression of a part of a pattern: that of POSIX, where a backslash takes a character as it is."""
    result, place = "", 0
    while place < len(part):
        sign = part[place]
        found = _SET.match(part, place) if sign == "[" else None
        if found is not None:
            result += _set_expression(*found.groups())
            place = found.end()
            continue
        if sign == "\\" and place + 1 < len(part):
            place += 1
            sign = re.escape(part[place])
        else:
            sign = {"*": ".*", "?": ".", "\\": r"(?!)"}.get(sign, re.escape(sign))
        result += sign
        place += 1
    return result


def _set_expression(negated: str, text: str) -> str:
    """The expression of a set like `[!a-c[:digit:]]`; a range whose ends are the wrong way round has nothing in it."""
    pieces = re.findall(r"\[:([a-z]+):\]|(\\.|.)(?:-(\\.|[^\]]))?", text, re.DOTALL)
    result = ""
    for kind, first, last in pieces:
        low, high = first[-1:], last[-1:]
        if kind:
            result += _KINDS.get(kind, "")
        elif not high or low <= high:
            result += re.escape(low) + (f"-{re.escape(high)}" if high else "")
    return f"[{'^' if negated else ''}{result}]" if result else "." if negated else "(?!)"


def walk(
    top: Any, topdown: bool = True, onerror: Callable[[OpError], Any] | None = None
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield `(folder, names of folders in it, names of files in it)` of a folder and all below; nothing if it is none.

    Args:
      top: the folder.
      topdown: whether a folder comes before those in it.
      onerror: called with errors of listing, which are passed over otherwise.
    """

    def tell(error: OSError) -> None:
        if onerror is not None:
            onerror(as_op_error(error))

    yield from os.walk(_path(top), topdown, tell)


# The names and arguments of `gfile`.


def Exists(filename: Any) -> bool:
    """Whether there is a file or folder of that path."""
    return exists(filename)


def IsDirectory(dirname: Any) -> bool:
    """Whether there is a folder of that path."""
    return isdir(dirname)


def ListDirectory(dirname: Any) -> list[str]:
    """See `listdir`."""
    return listdir(dirname)


def MkDir(dirname: Any) -> None:
    """See `mkdir`."""
    mkdir(dirname)


def MakeDirs(dirname: Any) -> None:
    """See `makedirs`."""
    makedirs(dirname)


def Remove(filename: Any) -> None:
    """See `remove`."""
    remove(filename)


def DeleteRecursively(dirname: Any) -> None:
    """See `rmtree`."""
    rmtree(dirname)


def Copy(oldpath: Any, newpath: Any, overwrite: bool = False) -> None:
    """See `copy`."""
    copy(oldpath, newpath, overwrite)


def Rename(oldname: Any, newname: Any, overwrite: bool = False) -> None:
    """See `rename`."""
    rename(oldname, newname, overwrite)


def Stat(filename: Any) -> FileStatistics:
    """See `stat`."""
    return stat(filename)


def Glob(filename: Any) -> list[str]:
    """See `glob`."""
    return glob(filename)


def Walk(top: Any, in_order: bool = True) -> Iterator[tuple[str, list[str], list[str]]]:
    """See `walk`."""
    return walk(top, in_order)
