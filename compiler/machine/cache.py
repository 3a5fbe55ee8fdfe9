"""Compiled kernels on disk: a folder of checksummed entries from which any process of the user takes its code.

An entry is the bytes of an object file under a key, the text of everything that shaped it. Nothing here may fail or
return what was not stored: what cannot be written is not cached, and what is damaged, foreign or not private to the
user counts as absent. docs/decisions/kernel-cache.md says why it is built like this.

Environment, read at every use: `SESSILE_CACHE=0` switches the cache off, `SESSILE_CACHE_DIR` names another folder,
`SESSILE_CACHE_SIZE` is its limit in bytes.
"""

from __future__ import annotations

import contextlib
import os
import stat
import struct
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final

try:
    from _blake2 import blake2b  # what hashlib offers, without the milliseconds that loading OpenSSL takes
except ImportError:
    from hashlib import blake2b

FORMAT: Final = "1"
DEFAULT_LIMIT: Final = 256_000_000  # bytes
SUFFIX: Final = ".kernel"
_TEMPORARY: Final = ".tmp"
_ABANDONED: Final = 3600  # seconds after which a temporary file has no writer any more
_USE_STEP: Final = 3600  # seconds: a use is noted no more often, so that most loads write nothing

_MAGIC: Final = b"sessile\n"
_DIGEST: Final = 32  # bytes
_LENGTHS: Final = struct.Struct("<QQ")  # of the key and of the code
_HEAD: Final = len(_MAGIC) + _DIGEST + _LENGTHS.size


class Damaged(Exception):  # noqa: N818 - says what is the matter with the entry
    """The bytes of an entry are not what was written."""


def digest(data: bytes) -> bytes:
    """The checksum of entries; of a key, what names its file."""
    return blake2b(data, digest_size=_DIGEST).digest()


def pack(key: bytes, code: bytes) -> bytes:
    """Return the bytes of an entry: magic word, checksum of all that follows, lengths, key, code."""
    body = _LENGTHS.pack(len(key), len(code)) + key + code
    return _MAGIC + digest(body) + body


def unpack(data: bytes) -> tuple[bytes, bytes]:
    """Return key and code of an entry.

    Raises: Damaged, if a single bit differs from what `pack` returned.
    """
    if len(data) < _HEAD or not data.startswith(_MAGIC):
        raise Damaged("not an entry of this cache")
    body = data[len(_MAGIC) + _DIGEST :]
    if digest(body) != data[len(_MAGIC) : len(_MAGIC) + _DIGEST]:
        raise Damaged("the checksum does not match")
    key_size, code_size = _LENGTHS.unpack_from(body)
    if len(body) != _LENGTHS.size + key_size + code_size:
        raise Damaged("the lengths do not match")
    return body[_LENGTHS.size : _LENGTHS.size + key_size], body[_LENGTHS.size + key_size :]


def file_name(key: bytes) -> str:
    """The name of the file that holds the entry of a key."""
    return digest(key)[:20].hex() + SUFFIX


def is_private(status: os.stat_result) -> bool:
    """Whether nobody but the user (or root, who may do anything) can have written what has this status."""
    if sys.platform == "win32":
        return True  # the folder lies in the user's profile; access lists are not looked into
    return status.st_uid in (os.geteuid(), 0) and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


class Entry:
    """A file of the cache: its `path`, `size` in bytes, and when it was `used` last, in seconds since the epoch."""

    __slots__ = ("path", "size", "used")

    def __init__(self, path: str, size: int, used: float) -> None:
        self.path = path
        self.size = size
        self.used = used

    @property
    def name(self) -> str:
        """The file's name in its folder."""
        return os.path.basename(self.path)

    def read(self) -> tuple[bytes, bytes]:
        """Return key and code.

        Raises: Damaged; OSError if the file cannot be read.
        """
        with open(self.path, "rb") as file:
            key, code = unpack(file.read())
        if file_name(key) != self.name:
            raise Damaged("the name is that of another key")
        return key, code


class KernelCache:
    """The entries below one folder.

    Args:
      root: the folder; entries lie in a folder for their format inside.
      limit: how many bytes the entries may take together; the longest unused go first.
    """

    def __init__(self, root: str, limit: int = DEFAULT_LIMIT) -> None:
        self.root = root
        self.folder = os.path.join(root, FORMAT)
        self.limit = limit
        self._size: int | None = None  # bytes of all entries as far as this process knows; None: not looked yet
        self._complaints: set[str] = set()

    def load(self, key: bytes) -> bytes | None:
        """Return the code stored under a key, or None. Never raises."""
        path = os.path.join(self.folder, file_name(key))
        try:
            if not self._is_usable():
                return None
            stored, code = self._read(path)
        except FileNotFoundError:
            return None
        except (OSError, Damaged) as error:
            self._complain("cannot be read", error)
            return None
        return code if stored == key else None

    def store(self, key: bytes, code: bytes) -> None:
        """Keep code under a key, in place of what was there. Never raises: a failure costs speed only."""
        data = pack(key, code)
        if len(data) > self.limit:
            return
        try:
            self._create()
            if self._is_usable():
                self._write(file_name(key), data)
                self._grow(len(data))
        except OSError as error:
            self._complain("cannot be written", error)

    def refusal(self) -> str | None:
        """Why the folder is not used although it exists, or None."""
        for folder in (self.root, self.folder):
            try:
                status = os.stat(folder)
            except FileNotFoundError:
                return None
            except OSError as error:
                return f"{folder}: {error.strerror}"
            if not stat.S_ISDIR(status.st_mode):
                return f"{folder} is not a folder"
            if not is_private(status):
                return f"{folder} belongs to another user, or others may write into it"
        return None

    def entries(self) -> list[Entry]:
        """The entries, the longest unused first; none if there is no folder."""
        found = [Entry(path, status.st_size, status.st_mtime) for path, status in self._files(SUFFIX)]
        return sorted(found, key=lambda entry: entry.used)

    def damaged(self) -> list[tuple[Entry, str]]:
        """The entries that are not what was written, each with what is the matter."""
        found = []
        for entry in self.entries():
            try:
                entry.read()
            except FileNotFoundError:
                continue  # evicted meanwhile
            except (OSError, Damaged) as error:
                found.append((entry, str(error)))
        return found

    def remove(self, entry: Entry) -> bool:
        """Remove an entry; returns whether this call did."""
        return _remove(entry.path)

    def clear(self) -> int:
        """Remove all entries and what writers left behind; returns how many entries were removed."""
        removed = sum(_remove(entry.path) for entry in self.entries())
        for path, _ in self._files(_TEMPORARY):
            _remove(path)
        self._size = None
        for folder in (self.folder, self.root):
            try:
                os.rmdir(folder)
            except OSError:
                break  # something of other people is in it, or it is not there
        return removed

    # Reading.

    def _is_usable(self) -> bool:
        reason = self.refusal()
        if reason is not None:
            self._complain(reason)
        return reason is None

    def _read(self, path: str) -> tuple[bytes, bytes]:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or not is_private(status):
                raise Damaged("not a file of this user")
            content = unpack(file.read())
        if not -_USE_STEP < time.time() - status.st_mtime < _USE_STEP:
            _note_use(path)
        return content

    # Writing.

    def _create(self) -> None:
        for folder in (self.root, self.folder):
            _make_private(folder)

    def _write(self, name: str, data: bytes) -> None:
        """Write to a name of this writer alone, then rename: no reader ever sees half an entry."""
        temporary = os.path.join(self.folder, f"{name}.{os.getpid()}.{os.urandom(6).hex()}{_TEMPORARY}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(temporary, flags, 0o600)
            with open(descriptor, "wb", buffering=0) as file:
                rest = memoryview(data)
                while rest:
                    rest = rest[file.write(rest) :]
            os.replace(temporary, os.path.join(self.folder, name))
        except BaseException:
            _remove(temporary)
            raise

    # Staying within the limit.

    def _grow(self, added: int) -> None:
        """Count what was written. Other processes write too: what they do is seen when this one looks again."""
        if self._size is not None:
            self._size += added
        if self._size is None or self._size > self.limit:
            self._size = self._evict()

    def _evict(self) -> int:
        """Remove the longest unused entries down to nine tenths of the limit if they exceed it; returns the size."""
        for path, status in self._files(_TEMPORARY):
            if abs(time.time() - status.st_mtime) > _ABANDONED:
                _remove(path)
        entries = self.entries()
        size = sum(entry.size for entry in entries)
        if size <= self.limit:
            return size
        for entry in entries:
            if size <= self.limit * 9 // 10:
                break
            _remove(entry.path)
            size -= entry.size
        return size

    def _files(self, suffix: str) -> Iterator[tuple[str, os.stat_result]]:
        try:
            names = os.listdir(self.folder)
        except OSError:
            return
        for name in names:
            if name.endswith(suffix):
                path = os.path.join(self.folder, name)
                try:
                    yield path, os.lstat(path)
                except OSError:
                    continue  # removed meanwhile

    def _complain(self, what: str, error: Exception | None = None) -> None:
        """Write one line to the log for each kind of trouble."""
        text = f"{what}: {error}" if error is not None else what
        kind = f"{what} {type(error).__name__} {getattr(error, 'errno', '')}"
        if kind not in self._complaints:
            self._complaints.add(kind)
            import logging

            logging.getLogger("sessile").debug("the cache of compiled kernels in %s: %s", self.folder, text)


def _make_private(folder: str) -> None:
    """Make a folder that is its user's alone, and the parents it lacks: `os.makedirs` gives those to everybody."""
    if os.path.isdir(folder):
        return
    parent = os.path.dirname(os.path.abspath(folder))
    if parent != folder:
        _make_private(parent)
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o700)


def _remove(path: str) -> bool:
    """Remove a file; returns whether it is this call that did."""
    try:
        os.unlink(path)
    except OSError:
        return False
    return True


def _note_use(path: str) -> None:
    with contextlib.suppress(OSError):  # not writable: entries are then evicted by when they were written
        os.utime(path)


_caches: dict[tuple[str, int], KernelCache] = {}


def current() -> KernelCache | None:
    """The cache that the environment asks for, or None if it is off or there is no place for it."""
    if os.environ.get("SESSILE_CACHE", "1") == "0":
        return None
    root, limit = root_folder(os.environ.get), _limit(os.environ.get("SESSILE_CACHE_SIZE"))
    if root is None or limit <= 0:
        return None
    found = _caches.get((root, limit))
    if found is None:
        found = _caches.setdefault((root, limit), KernelCache(root, limit))
    return found


def root_folder(environment: Callable[[str], str | None]) -> str | None:
    """The folder that an environment asks for, absolute; None if there is no home either."""
    chosen = environment("SESSILE_CACHE_DIR")
    if chosen:
        return os.path.abspath(os.path.expanduser(chosen))
    home = os.path.expanduser("~")
    if sys.platform == "darwin":
        base = os.path.join(home, "Library", "Caches")
    elif sys.platform == "win32":
        base = environment("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    else:
        base = environment("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    return os.path.join(base, "sessile") if os.path.isabs(base) else None


def _limit(text: str | None) -> int:
    try:
        return int(text) if text else DEFAULT_LIMIT
    except ValueError:
        return DEFAULT_LIMIT
