"""The bytes of checkpoints: checksums, tables, slices, tensor bundles."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.ops.base.errors import AlreadyExistsError, DataLossError, InvalidArgumentError, NotFoundError
from sessile.ops.formats.bundle_writer import BundleWriter, merge_bundles
from sessile.ops.formats.crc32c import crc32c
from sessile.ops.formats.string_table import read_table, write_table
from sessile.ops.formats.tensor_bundle import BundleReader
from sessile.ops.formats.tensor_slice import key_of_slice, parse_shape_and_slice
from sessile.ops.formats.varint import get_varint, put_varint
from sessile.ops.types import dtypes


def test_crc32c_is_the_known_one() -> None:
    """Sums of RFC 3720's examples, in pieces too."""
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(np.arange(32, dtype=np.uint8)) == 0x46DD794E


@given(st.integers(0, 2**64 - 1))
def test_varints_come_back(value: int) -> None:
    """What is written is read, and the place behind it is known."""
    data = b"z" + put_varint(value) + b"z"
    assert get_varint(data, 1) == (value, len(data) - 1)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.binary(max_size=30), st.binary(max_size=3000), max_size=300))
def test_tables_come_back(items: dict[bytes, bytes]) -> None:
    """Any sorted keys and values are read as they were written."""
    file = io.BytesIO()
    write_table(file, sorted(items.items()))
    assert list(read_table(file.getvalue(), "t")) == sorted(items.items())


def test_tables_of_many_blocks_come_back() -> None:
    """A table longer than a block has several, and every broken byte of it is noticed."""
    items = [(f"key{number:06d}".encode(), bytes([number % 251]) * 500) for number in range(2000)]
    file = io.BytesIO()
    write_table(file, items)
    data = file.getvalue()
    assert list(read_table(data, "t")) == items
    for place in (0, len(data) // 2, len(data) - 1000):
        broken = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(DataLossError):
            list(read_table(broken, "t"))
    with pytest.raises(DataLossError, match="bad magic number"):
        list(read_table(data[:-1], "t"))


def test_keys_of_a_table_must_ascend() -> None:
    """Unsorted keys are refused."""
    with pytest.raises(ValueError, match="ascend"):
        write_table(io.BytesIO(), [(b"b", b""), (b"a", b"")])


def test_slices_are_parsed() -> None:
    """A tensor's extents, and per axis where a slice begins and how long it is."""
    assert parse_shape_and_slice("10 4 3,2:-") == ((10, 4), ((3, 2), (0, -1)), (2, 4))
    for text in ("10 4 3,2", "10 4 9,2:-", "10 4 3,0:-", "10 4 a:-"):
        with pytest.raises(ValueError):
            parse_shape_and_slice(text)


@given(st.lists(st.tuples(st.integers(0, 2**40), st.integers(-1, 2**40)), min_size=2, max_size=2))
def test_keys_of_slices_sort_as_numbers(pair: list[tuple[int, int]]) -> None:
    """Keys compare as the starts and lengths do."""
    keys = [key_of_slice("w", (part,)) for part in pair]
    assert (keys[0] < keys[1]) == (pair[0] < pair[1])


def test_a_bundle_is_there_when_it_is_finished(tmp_path: Path) -> None:
    """Before `finish` nothing is there, and a forgotten one leaves nothing."""
    prefix = str(tmp_path / "m")
    with BundleWriter(prefix) as writer:
        writer.add("a", np.arange(3), dtypes.int64)
        with pytest.raises(NotFoundError):
            BundleReader(prefix)
    assert list(tmp_path.iterdir()) == []


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    """A tensor is added once."""
    with BundleWriter(str(tmp_path / "m")) as writer:
        writer.add("a", np.arange(3), dtypes.int64)
        with pytest.raises(InvalidArgumentError, match="duplicate key: a"):
            writer.add("a", np.arange(3), dtypes.int64)


def _write(prefix: str, **values: np.ndarray) -> None:
    with BundleWriter(prefix) as writer:
        for name, value in values.items():
            writer.add(name, value, dtypes.as_dtype(value.dtype))
        writer.finish()


def test_bundles_are_merged(tmp_path: Path) -> None:
    """The tensors of several are those of one, and the old ones with their folder are gone."""
    first, second, merged = (str(tmp_path / name) for name in ("t/a", "t/b", "m"))
    _write(first, x=np.arange(3), y=np.ones((2, 2)))
    _write(second, z=np.zeros(5, np.float32))
    merge_bundles([first, second], merged)
    with BundleReader(merged) as reader:
        assert reader.names() == ["x", "y", "z"]
        np.testing.assert_array_equal(reader.read("x"), np.arange(3))
        np.testing.assert_array_equal(reader.read("z"), np.zeros(5))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "m.data-00000-of-00002", "m.data-00001-of-00002", "m.index",
    ]  # fmt: skip


def test_bundles_with_one_tensor_twice_are_not_merged(tmp_path: Path) -> None:
    """A tensor is in one of them."""
    _write(str(tmp_path / "a"), x=np.arange(3))
    _write(str(tmp_path / "b"), x=np.arange(3))
    with pytest.raises(AlreadyExistsError):
        merge_bundles([str(tmp_path / "a"), str(tmp_path / "b")], str(tmp_path / "m"))


def test_slices_are_put_together(tmp_path: Path) -> None:
    """A tensor saved in parts is read whole and in other parts; what was not saved is an error."""
    prefix = str(tmp_path / "m")
    whole = np.arange(24.0).reshape(6, 4)
    with BundleWriter(prefix) as writer:
        writer.add_slice("w", (6, 4), ((0, 2), (0, -1)), whole[:2], dtypes.float64)
        writer.add_slice("w", (6, 4), ((2, 4), (0, 2)), whole[2:, :2], dtypes.float64)
        writer.finish()
    reader = BundleReader(prefix)
    assert reader.names() == ["w"] and reader.shape("w") == (6, 4)
    np.testing.assert_array_equal(reader.read_slice("w", ((1, 3), (0, 2))), whole[1:4, :2])
    with pytest.raises(InvalidArgumentError, match="elements wanted are in no slice"):
        reader.read("w")
