"""Entries of the disk cache: what is stored comes back, what was damaged does not, and no failure is seen."""

from __future__ import annotations

import errno
import logging
import os
import stat
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sessile.compiler.machine import cache
from sessile.compiler.machine.cache import Damaged, KernelCache, file_name, is_private, pack, unpack

from tests.cache.processes import run_alone

KEY, CODE = b"numba 1\nsource\n\ndef kernel(): pass\n", bytes(range(256)) * 2


def entry_path(kernels: KernelCache, key: bytes = KEY) -> Path:
    """Where the entry of a key lies."""
    return Path(kernels.folder) / file_name(key)


def failing(number: int) -> Any:
    """A function that raises the operating system's error of this number."""

    def fail(*arguments: Any, **named: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return fail


def test_what_is_stored_comes_back(kernels: KernelCache) -> None:
    """Another object over the same folder finds it too; another key finds nothing."""
    assert kernels.load(KEY) is None
    kernels.store(KEY, CODE)
    assert kernels.load(KEY) == KernelCache(kernels.root).load(KEY) == CODE
    assert kernels.load(KEY + b" ") is None


def test_folder_and_entries_are_private(kernels: KernelCache, folder: Path) -> None:
    """Nobody else may read or write them."""
    kernels.store(KEY, CODE)
    assert [path.stat().st_mode & 0o777 for path in (folder, Path(kernels.folder))] == [0o700, 0o700]
    assert entry_path(kernels).stat().st_mode & 0o777 == 0o600


def test_every_flipped_bit_is_seen() -> None:
    """Magic word, checksum, lengths, key and code: no bit of an entry is free."""
    data = pack(KEY, CODE)
    assert unpack(data) == (KEY, CODE)
    for position in range(8 * len(data)):
        damaged = bytearray(data)
        damaged[position // 8] ^= 1 << position % 8
        with pytest.raises(Damaged):
            unpack(bytes(damaged))


def test_every_truncation_and_extension_is_seen() -> None:
    """So are zeros in place of an end, as a crash of the machine leaves them."""
    data = pack(KEY, CODE)
    for size in range(len(data)):
        for damaged in (data[:size], data[:size] + bytes(len(data) - size)):
            if damaged != data:
                with pytest.raises(Damaged):
                    unpack(damaged)
    with pytest.raises(Damaged):
        unpack(data + b"\0")


@pytest.mark.parametrize("content", [b"", b"sessile\n", b"\x7fELF" + bytes(200), pack(b"another key", CODE)])
def test_a_foreign_file_is_not_trusted(content: bytes, kernels: KernelCache) -> None:
    """It is neither taken nor in the way."""
    kernels.store(KEY, CODE)
    entry_path(kernels).write_bytes(content)
    assert kernels.load(KEY) is None
    assert [entry.name for entry, _ in kernels.damaged()] == [file_name(KEY)]
    kernels.store(KEY, CODE)
    assert kernels.load(KEY) == CODE
    assert not kernels.damaged()


def test_a_folder_or_pipe_in_place_of_an_entry(kernels: KernelCache) -> None:
    """Reading does not block, and storing costs nothing but the entry."""
    kernels.store(b"other", CODE)
    entry_path(kernels).mkdir()
    kernels.store(KEY, CODE)
    assert kernels.load(KEY) is None
    os.mkfifo(entry_path(kernels, b"pipe"))
    assert kernels.load(b"pipe") is None
    assert os.listdir(kernels.folder) and kernels.load(b"other") == CODE


@pytest.mark.parametrize("which", ["root", "folder"])
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_folder_that_others_may_write_is_not_used(
    mode: int, which: str, kernels: KernelCache, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither read nor written, and the log says why, once."""
    caplog.set_level(logging.DEBUG, "sessile")
    kernels.store(KEY, CODE)
    os.chmod(getattr(kernels, which), mode)
    assert kernels.load(KEY) is None
    kernels.store(b"new", CODE)
    assert not entry_path(kernels, b"new").exists()
    assert "others may write" in str(kernels.refusal())
    assert len(caplog.records) == 1


def test_an_entry_that_others_may_write_is_not_trusted(kernels: KernelCache) -> None:
    """The mode of a file counts as that of the folder."""
    kernels.store(KEY, CODE)
    os.chmod(entry_path(kernels), 0o666)
    assert kernels.load(KEY) is None


def test_whom_a_file_may_belong_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The user, and root: whoever is root need not forge caches."""
    fields = list(os.stat(tmp_path))
    for owner, mode, expected in [(1000, 0o40700, True), (0, 0o40755, True), (1001, 0o40700, False)]:
        fields[0], fields[4] = mode, owner
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        assert is_private(os.stat_result(fields)) is expected


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
@pytest.mark.parametrize("function", ["mkdir", "open", "replace"])
def test_a_folder_that_cannot_be_written(
    function: str, number: int, kernels: KernelCache, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Storing does nothing, says so once, and leaves nothing behind; what was there is still found."""
    caplog.set_level(logging.DEBUG, "sessile")
    if function != "mkdir":
        kernels.store(b"before", CODE)
    with monkeypatch.context() as patch:
        patch.setattr(os, function, failing(number))
        kernels.store(KEY, CODE)
        kernels.store(KEY, CODE)
    assert len(caplog.records) == 1 and os.strerror(number) in caplog.text
    assert kernels.load(KEY) is None
    if function != "mkdir":
        assert kernels.load(b"before") == CODE
        assert os.listdir(kernels.folder) == [file_name(b"before")]


def test_a_disk_that_fills_while_an_entry_is_written(kernels: KernelCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """The part that was written is removed."""

    class Full:
        def __init__(self, descriptor: int, *arguments: Any, **named: Any) -> None:
            self.descriptor = descriptor

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *error: object) -> None:
            os.close(self.descriptor)

        def write(self, data: memoryview) -> int:
            if len(data) < len(CODE):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return os.write(self.descriptor, data[:100])

    with monkeypatch.context() as patch:
        patch.setattr(cache, "open", Full, raising=False)
        kernels.store(KEY, CODE)
    assert os.listdir(kernels.folder) == []
    assert kernels.load(KEY) is None


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are POSIX's")
def test_a_real_limit_of_file_sizes(folder: Path) -> None:
    """The operating system cuts the write short: no entry, no exception."""
    script = (
        "import resource, os, cache\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        f"kernels = cache.KernelCache({str(folder)!r})\n"
        "kernels.store(b'key', bytes(1000))\n"
        "assert os.listdir(kernels.folder) == [] and kernels.load(b'key') is None\n"
    )
    run_alone(script)


@pytest.mark.parametrize("moment", ["write", "replace"])
def test_a_writer_that_is_killed(moment: str, kernels: KernelCache, folder: Path) -> None:
    """Before the rename there is no entry; what it left goes when it is old."""
    kernels.store(b"before", CODE)
    script = (
        "import os, signal, cache\n"
        "def die(*arguments):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "class Half:\n"
        "    def __init__(self, descriptor, *arguments, **named): self.descriptor = descriptor\n"
        "    def __enter__(self): return self\n"
        "    def __exit__(self, *error): pass\n"
        "    def write(self, data): os.write(self.descriptor, data[:50]); die()\n"
        + ("cache.open = Half\n" if moment == "write" else "os.replace = die\n")
        + f"cache.KernelCache({str(folder)!r}).store({KEY!r}, {CODE!r})\n"
    )
    assert run_alone(script, check=False) == -9
    left = [name for name in os.listdir(kernels.folder) if name.endswith(".tmp")]
    assert len(left) == 1 and kernels.load(KEY) is None and not kernels.damaged()
    fresh = KernelCache(kernels.root)
    fresh.store(KEY, CODE)
    assert fresh.load(KEY) == fresh.load(b"before") == CODE
    assert left[0] in os.listdir(kernels.folder), "its writer might still live"
    os.utime(os.path.join(kernels.folder, left[0]), (0, 0))
    KernelCache(kernels.root).store(KEY, CODE)
    assert sorted(os.listdir(kernels.folder)) == sorted([file_name(KEY), file_name(b"before")])


def test_the_longest_unused_entries_go_first(folder: Path) -> None:
    """Beyond the limit, down to nine tenths of it; a use counts, not the writing."""
    size = len(pack(b"00", CODE))
    kernels = KernelCache(str(folder), limit=10 * size)
    keys = [b"%02d" % number for number in range(11)]
    for age, key in enumerate(keys[:10]):
        kernels.store(key, CODE)
        os.utime(entry_path(kernels, key), (0, time.time() - 10_000 * (10 - age)))
    assert len(kernels.entries()) == 10
    assert kernels.load(b"00") == CODE
    kernels.store(keys[10], CODE)
    assert [key for key in keys if kernels.load(key) is None] == [b"01", b"02"]


def test_entries_that_vanish_while_others_are_evicted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process may evict at the same time."""
    kernels = KernelCache(str(folder), limit=3 * len(pack(KEY, CODE)))
    for number in range(3):
        kernels.store(b"%d" % number, CODE)
    look = os.lstat

    def look_and_lose(path: str) -> os.stat_result:
        status = look(path)
        if path.endswith(cache.SUFFIX):
            os.unlink(path)
        return status

    with monkeypatch.context() as patch:
        patch.setattr(os, "lstat", look_and_lose)
        KernelCache(kernels.root, kernels.limit).store(KEY, CODE)
        assert kernels.damaged() == [] and kernels.clear() == 0
    assert kernels.entries() == []


def test_an_entry_larger_than_the_limit_is_not_stored(folder: Path) -> None:
    """It would push out all others."""
    kernels = KernelCache(str(folder), limit=100)
    kernels.store(KEY, CODE)
    assert not folder.exists()


def test_clear_removes_what_is_ours(kernels: KernelCache, folder: Path) -> None:
    """And the folders, unless somebody else keeps files there."""
    for key in (b"1", b"2"):
        kernels.store(key, CODE)
    (folder / "notes.txt").write_text("mine")
    assert kernels.clear() == 2 and os.listdir(folder) == ["notes.txt"]
    assert kernels.clear() == 0
    kernels.store(KEY, CODE)
    (folder / "notes.txt").unlink()
    assert kernels.clear() == 1 and not folder.exists()
    kernels.store(KEY, CODE)
    assert kernels.load(KEY) == CODE


@pytest.mark.parametrize(("variables", "expected"), [
    ({"SESSILE_CACHE_DIR": "/a/b"}, "/a/b"), ({"XDG_CACHE_HOME": "/x"}, "/x/sessile"),
    ({"XDG_CACHE_HOME": "relative"}, None), ({}, "/home/u/.cache/sessile"),
])  # fmt: skip
@pytest.mark.skipif(sys.platform != "linux", reason="the user's cache folder is Linux's")
def test_which_folder_is_taken(
    variables: dict[str, str], expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable's, else the user's cache folder; a relative one of the latter counts as none."""
    monkeypatch.setenv("HOME", "/home/u")
    assert cache.root_folder(variables.get) == expected


def test_the_environment_is_read_at_every_use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Switches, folder and limit."""
    first = cache.current()
    assert first is not None and (first.root, first.limit) == (str(folder), cache.DEFAULT_LIMIT)
    monkeypatch.setenv("SESSILE_CACHE_SIZE", "1000")
    limited = cache.current()
    assert limited is not None and limited.limit == 1000 and cache.current() is limited
    monkeypatch.setenv("SESSILE_CACHE_SIZE", "plenty")
    assert cache.current() is first
    monkeypatch.setenv("SESSILE_CACHE_SIZE", "0")
    assert cache.current() is None
    monkeypatch.delenv("SESSILE_CACHE_SIZE")
    monkeypatch.setenv("SESSILE_CACHE", "0")
    assert cache.current() is None


@pytest.mark.skipif(os.name != "posix", reason="other systems have other permissions")
def test_folders_that_the_cache_makes_are_their_users_alone(tmp_path: Path) -> None:
    """Also the parents of its folder, whatever the umask."""
    before = os.umask(0)
    try:
        store = KernelCache(str(tmp_path / "a" / "b"))
        store._create()
    finally:
        os.umask(before)
    made = [tmp_path / "a", tmp_path / "a" / "b", Path(store.folder)]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in made] == [0o700] * 3
