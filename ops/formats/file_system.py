"""Files and folders with TensorFlow's functions and errors: `gfile` and `io.gfile`."""

from __future__ import annotations

import errno
import glob as globbing
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

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
    """The sorted paths that match a pattern. Raises: NotFoundError if the folder it begins with does not exist."""
    fixed = os.path.dirname(pattern)
    while globbing.has_magic(fixed):
        fixed = os.path.dirname(fixed)
    if fixed and not os.path.isdir(fixed):
        raise NotFoundError(None, None, f"{fixed}; No such file or directory")
    return sorted(globbing.glob(pattern))


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
