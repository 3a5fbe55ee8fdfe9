"""Nothing is lost: a save that ends at any moment leaves a whole checkpoint, and broken files change no variable."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sessile.ops.formats.bundle_writer import BundleWriter, merge_bundles
from sessile.ops.formats.tensor_bundle import BundleReader
from sessile.ops.types import dtypes

import sessile as tf

CALLS = ("replace", "link", "unlink", "rmdir")


class Killed(BaseException):
    """Stands for the end of the process."""


def write(prefix: str, value: float, count: int = 5) -> None:
    """Write tensors that all have one value."""
    with BundleWriter(prefix) as writer:
        for index in range(count):
            writer.add(f"t{index}", np.full(10, value), dtypes.float64)
        writer.finish()


def read(prefix: str) -> float:
    """Return the value that all tensors of a checkpoint have."""
    with BundleReader(prefix) as reader:
        values = {value for name in reader.names() for value in reader.read(name).tolist()}
    assert len(values) == 1, "tensors of two checkpoints"
    return float(values.pop())


def killed_at(patch: pytest.MonkeyPatch, number: int, work: Callable[[], Any]) -> bool:
    """Run `work`, and end it before its call `number` that changes a folder; whether it came to that."""
    left = [number]
    dead = [False]

    def counted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if dead[0] or left[0] == 0:
                dead[0] = True  # nothing happens after the end
                raise Killed(name)
            left[0] -= 1
            return call(*args, **kwargs)

        return wrapper

    with patch.context() as inner:
        for name in CALLS:
            inner.setattr(os, name, counted(name, getattr(os, name)))
        try:
            work()
        except Killed:
            return True
    return False


@pytest.mark.parametrize("times", [1, 2])
def test_a_checkpoint_is_old_or_new_at_every_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """A new one of the same path, ended before each change of the folder; and again after one that was ended."""
    seen = set()
    for number in range(50):
        prefix = str(tmp_path / f"m{number}")
        write(prefix, 1.0)
        ended = False
        for _ in range(times):
            ended = killed_at(monkeypatch, number, partial(write, prefix, 2.0))
            seen.add(read(prefix))
        if not ended:
            break
        write(prefix, 3.0)  # the next process goes on, and tidies up
        assert read(prefix) == 3.0
        files = [name for name in os.listdir(tmp_path) if name.startswith(f"m{number}.data") and "temp" not in name]
        assert files == [f"m{number}.data-00000-of-00001"]
    assert seen == {1.0, 2.0} and 3 < number < 49


def test_merging_is_old_or_new_at_every_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checkpoint that shards are merged to, ended before each change."""
    for number in range(50):
        prefix = str(tmp_path / f"m{number}")
        write(prefix, 1.0)
        parts = [str(tmp_path / f"t{number}" / f"{part}") for part in "ab"]
        with BundleWriter(parts[0]) as writer:
            writer.add("t0", np.full(10, 2.0), dtypes.float64)
            writer.finish()
        with BundleWriter(parts[1]) as writer:
            writer.add("t1", np.full(10, 2.0), dtypes.float64)
            writer.finish()
        ended = killed_at(monkeypatch, number, partial(merge_bundles, parts, prefix))
        assert read(prefix) in (1.0, 2.0)
        if not ended:
            assert read(prefix) == 2.0
            break


def test_without_second_names_a_copy_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that has no links."""

    def refuse(*args: Any) -> None:
        raise OSError("no links here")

    prefix = str(tmp_path / "m")
    write(prefix, 1.0)
    monkeypatch.setattr(os, "link", refuse)
    write(prefix, 2.0)
    assert read(prefix) == 2.0 and len(os.listdir(tmp_path)) == 2


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Any, Any, str]:
    """A saver, a variable, and the path of its checkpoint with the value 1."""
    a = tf.Variable(np.ones(1000), name="a")
    words = tf.Variable([b"some", b"words"], name="words")
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run([a.initializer, words.initializer])
        path = saver.save(sess, str(tmp_path / "m"))
    return saver, a, path


def _shorter(data: bytes) -> bytes:
    return data[:-1]


def _empty(data: bytes) -> bytes:
    return b""


def _other_at(place: float) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        index = int(place * (len(data) - 1))
        return data[:index] + bytes([data[index] ^ 64]) + data[index + 1 :]

    return change


@pytest.mark.parametrize("suffix", [".index", ".data-00000-of-00001"])
@pytest.mark.parametrize("change", [_shorter, _empty, *map(_other_at, (0, 0.3, 0.5, 0.7, 1))])
def test_broken_files_change_no_variable(
    saved: tuple[Any, Any, str], suffix: str, change: Callable[[bytes], bytes]
) -> None:
    """DataLossError, and every variable as it was."""
    saver, a, path = saved
    file = Path(path + suffix)
    file.write_bytes(change(file.read_bytes()))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(a.assign(np.full(1000, 7.0)))
        with pytest.raises(tf.errors.DataLossError):
            saver.restore(sess, path)
        np.testing.assert_array_equal(sess.run(a), np.full(1000, 7.0))


def test_a_missing_data_file_is_named(saved: tuple[Any, Any, str]) -> None:
    """NotFoundError with the path of the file."""
    saver, _, path = saved
    os.unlink(path + ".data-00000-of-00001")
    with tf.Session() as sess, pytest.raises(tf.errors.NotFoundError, match="m.data-00000-of-00001; No such file"):
        saver.restore(sess, path)


def test_what_was_read_outlives_the_files(saved: tuple[Any, Any, str]) -> None:
    """Arrays are no views of files that somebody may change."""
    _, _, path = saved
    value = tf.train.load_variable(path, "a")
    file = Path(path + ".data-00000-of-00001")
    with file.open("r+b") as target:
        target.write(bytes(800))
    np.testing.assert_array_equal(value, np.ones(1000))
