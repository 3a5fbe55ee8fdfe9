"""Readers: records of the files whose names a queue gives.

A reader is a resource of the session. It has a file at hand, takes the next name from the queue when that is at its
end, and gives one record at a time, with a key that says where it came from.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...base.errors import DataLossError, InvalidArgumentError, NotFoundError, OpError, UnimplementedError
from ...building.build import build, build_operation
from ...building.default_graph import get_default_graph
from ...definition.context import KernelContext
from ...definition.opdef import Effects, OpDef
from ...definition.shapes import scalar_shape, with_rank
from ...formats.file_system import as_op_error
from ...formats.record_file import COMPRESSIONS, open_records, read_records
from ...formats.tf_record import TFRecordOptions
from ...graph.node import Tensor
from ...types.dtypes import string
from ...types.tensor_shape import Extents
from .reader_states import READER_RESTORE_STATE, READER_SERIALIZE_STATE

Record = tuple[bytes, bytes]
_READS = Effects("reader", reads=True, writes=True, blocking=True, ordered=False)
_LOOKS = Effects("reader", reads=True)
_PIECE = 1 << 18  # bytes read at a time of a compressed file
_NAMED = {"container": ("string", b""), "shared_name": ("string", b"")}


class _Using:
    """The context of a reader that takes a name: the name is used, whatever becomes of the step."""

    def __init__(self, context: Any) -> None:
        self.op, self.state = context.op, context.state
        self.step = None if context.step is None else self
        self._step = context.step
        self.taken: list[Any] = []

    def check(self, op: Any) -> None:
        """Raises: what the step is stopped with."""
        self._step.check(op)


class Reader:
    """What a reader has at hand.

    Args:
      records: from the name of a file to its records.
      is_single: whether each file has one record: it is done with as soon as that is read, and the reader's state is
        how many files were.
      stays_at: errors of a file that the next read meets again; after another one the next file is taken.
    """

    def __init__(
        self,
        records: Callable[[str], Iterator[Record]],
        is_single: bool = False,
        stays_at: type[OpError] | tuple[type[OpError], ...] = (),
    ) -> None:
        self._records = records
        self.is_single = is_single
        self._stays_at = stays_at
        self._lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Be as new."""
        with self._lock:
            self._current: Iterator[Record] | None = None
            self._broken: tuple[type[OpError], str] | None = None
            self._returned: list[Record] = []
            self._name = b""
            self.produced = self.finished = 0

    def state(self) -> tuple[int, int, bytes]:
        """How many files were begun, how many records there were, the last file: of readers of one record a file."""
        with self._lock:
            return self.finished + (self._current is not None), self.produced, self._name

    def go_on(self, finished: int, produced: int, name: bytes) -> None:
        """Be where so much was done."""
        with self._lock:
            self.clear()
            self.finished, self.produced, self._name = finished, produced, name

    def next(self, queue: Any, context: Any) -> Record:
        """The next record; names of files are taken from the queue.

        A step that is given up gives its record back: the next one gets it.
        """
        with self._lock:
            record = self._returned.pop() if self._returned else None
            while record is None:
                if self._current is None:
                    name = queue.take(1, _Using(context))[0][0].item()
                    self._current, self._name = self._open(name.decode()), name
                record = self._read()
                if record is None or self.is_single:
                    self._current = None
                    self.finished += 1
            self.produced += 1
            self._note([record], context)
            return record

    def _note(self, records: list[Record], context: Any) -> None:
        def give_back() -> None:
            with self._lock:
                self._returned += reversed(records)
                self.produced -= len(records)

        if context.step is not None:
            context.step.taken.append(give_back)

    def up_to(self, count: int, queue: Any, context: Any) -> list[Record]:
        """Records, at least one and at most `count`, of the file at hand; none, and no file taken, if `count` is 0."""
        if count == 0:
            return []
        with self._lock:
            found = [self.next(queue, context)]
            while len(found) < count and self._returned:
                found.append(self._returned.pop())
                self.produced += 1
            while len(found) < count and self._current is not None:
                record = self._read()
                if record is None:
                    self._current = None
                    self.finished += 1
                else:
                    self.produced += 1
                    found.append(record)
            self._note(found, context)
            return found

    def _read(self) -> Record | None:
        """The next record of the file at hand; None at its end."""
        if self._broken is not None:
            error_class, message = self._broken
            raise error_class(None, None, message)
        try:
            return next(self._current, None) if self._current is not None else None
        except OpError as error:
            if isinstance(error, self._stays_at):
                self._broken = type(error), error.message
            else:
                self._current = None
            raise

    def _open(self, name: str) -> Iterator[Record]:
        try:
            yield from self._records(name)
        except OSError as error:
            raise as_op_error(error, name) from error


def _lines(name: str, skip: int) -> Iterator[Record]:
    with open(name, "rb") as file:
        for number, line in enumerate(file, 1):
            if number > skip:
                text = line.removesuffix(b"\n").removesuffix(b"\r")
                yield f"{name}:{number}".encode(), text


def _whole(name: str) -> Iterator[Record]:
    with open(name, "rb") as file:
        yield name.encode(), file.read()


def _fixed(name: str, sizes: tuple[int, int, int, int], encoding: str) -> Iterator[Record]:
    header, record, footer, hop = sizes
    if encoding in COMPRESSIONS:
        with open_records(name, encoding) as source:
            data = b"".join(iter(lambda: source.read(_PIECE), b""))
    else:  # an unknown encoding is none, as in TensorFlow
        with open(name, "rb") as file:
            data = file.read()
    end = len(data) - footer
    at, number = header, 0
    while at + record <= end:
        yield f"{name}:{number}".encode(), data[at : at + record]
        at += hop or record
        number += 1


def _tf_records(name: str, compression: str) -> Iterator[Record]:
    offset = 0
    for record in read_records(name, compression):
        yield f"{name}:{offset}".encode(), record
        offset += len(record) + 16


def _lmdb(name: str) -> Iterator[Record]:
    """The entries of a database, in the order of their keys."""
    try:
        import lmdb
    except ImportError as error:
        raise UnimplementedError(
            None, None, "LMDBReader needs the package lmdb: pip install 'sessile[lmdb]'."
        ) from error
    if not os.path.exists(name):
        raise NotFoundError(None, None, f"{name}; No such file or directory")
    with (
        lmdb.open(name, subdir=os.path.isdir(name), readonly=True, lock=False) as database,
        database.begin() as transaction,
    ):
        yield from transaction.cursor()


def _define(
    name: str, attrs: dict[str, Any], records: Callable[[Any], Callable[[str], Iterator[Record]]],
    is_single: bool = False, stays_at: Any = (),
) -> OpDef:  # fmt: skip
    def make(op: Any) -> Reader:
        for attr in ("header_bytes", "footer_bytes", "hop_bytes", "skip_header_lines"):
            if op.attrs.get(attr, 0) < 0:
                raise InvalidArgumentError(None, op, f"{attr} must be >= 0 not {op.attrs[attr]}")
        return Reader(records(op.attrs), is_single, stays_at)

    def kernel(context: KernelContext) -> Reader:
        reader: Reader = context.state.resources.of_operation(context.op, "reader", make)
        return reader

    return OpDef(
        name=f"{name}V2",
        signature="-> reader_handle: resource",
        attrs={**attrs, **_NAMED},
        shape=scalar_shape,
        kernel=kernel,
        effects=Effects("reader"),
    )


TEXT_LINE_READER = _define(
    "TextLineReader", {"skip_header_lines": ("int", 0)}, lambda a: lambda name: _lines(name, a["skip_header_lines"])
)
WHOLE_FILE_READER = _define("WholeFileReader", {}, lambda a: _whole, is_single=True, stays_at=NotFoundError)
IDENTITY_READER = _define(
    "IdentityReader", {}, lambda a: lambda name: iter([(name.encode(), name.encode())]), is_single=True
)
FIXED_LENGTH_RECORD_READER = _define(
    "FixedLengthRecordReader",
    {
        "header_bytes": ("int", 0),
        "record_bytes": ("int",),
        "footer_bytes": ("int", 0),
        "hop_bytes": ("int", 0),
        "encoding": ("string", b""),
    },
    lambda a: (
        lambda name: _fixed(
            name, (a["header_bytes"], a["record_bytes"], a["footer_bytes"], a["hop_bytes"]), a["encoding"].decode()
        )
    ),
)
TF_RECORD_READER = _define(
    "TFRecordReader",
    {"compression_type": ("string", b"")},
    lambda a: lambda name: _tf_records(name, a["compression_type"].decode()),
    stays_at=DataLossError,
)
LMDB_READER = _define("LMDBReader", {}, lambda a: _lmdb)


def _text(value: bytes) -> Any:
    array = np.empty((), object)
    array[()] = value
    return array


def _texts(values: list[bytes]) -> Any:
    array = np.empty(len(values), object)
    array[:] = values
    return array


def _check(queue: Any) -> None:
    """Raises: InvalidArgumentError unless the elements of a queue are single strings, as names of files are."""
    if len(queue.dtypes) != 1:
        raise InvalidArgumentError(None, None, "Expected single component queue")
    if queue.dtypes[0] is not string:
        raise InvalidArgumentError(None, None, "Expected queue with single string component")


def _read_kernel(context: KernelContext, reader_handle: Reader, queue_handle: Any) -> Any:
    _check(queue_handle)
    key, value = reader_handle.next(queue_handle, context)
    return _text(key), _text(value)


def _read_up_to_kernel(context: KernelContext, reader_handle: Reader, queue_handle: Any, num_records: Any) -> Any:
    _check(queue_handle)
    if num_records < 0:
        raise InvalidArgumentError(None, context.op, f"num_records must be >= 0 not {num_records}")
    records = reader_handle.up_to(int(num_records), queue_handle, context)
    return _texts([key for key, _ in records]), _texts([value for _, value in records])


def _up_to_shapes(query: Any) -> list[Extents]:
    with_rank(query.shapes[2], 0)
    return [(None,), (None,)]


READER_READ = OpDef(
    name="ReaderReadV2",
    signature="reader_handle: resource, queue_handle: resource -> key: string, value: string",
    shape=lambda q: [(), ()],
    kernel=_read_kernel,
    effects=_READS,
)
READER_READ_UP_TO = OpDef(
    name="ReaderReadUpToV2",
    signature="reader_handle: resource, queue_handle: resource, num_records: int64 -> keys: string, values: string",
    shape=_up_to_shapes,
    kernel=_read_up_to_kernel,
    effects=_READS,
)
READER_NUM_RECORDS_PRODUCED = OpDef(
    name="ReaderNumRecordsProducedV2",
    signature="reader_handle: resource -> records_produced: int64",
    shape=scalar_shape,
    kernel=lambda context, reader_handle: np.array(reader_handle.produced),
    effects=_LOOKS,
)
READER_NUM_WORK_UNITS_COMPLETED = OpDef(
    name="ReaderNumWorkUnitsCompletedV2",
    signature="reader_handle: resource -> units_completed: int64",
    shape=scalar_shape,
    kernel=lambda context, reader_handle: np.array(reader_handle.finished),
    effects=_LOOKS,
)


def _reset_kernel(context: KernelContext, reader_handle: Reader) -> Any:
    reader_handle.clear()
    return ()


READER_RESET = OpDef(
    name="ReaderResetV2",
    signature="reader_handle: resource ->",
    kernel=_reset_kernel,
    effects=Effects("reader", writes=True),
)


class ReaderBase:
    """A reader in the graph.

    Args:
      reader_ref: the tensor that stands for it.
      supports_serialize: whether its state can be told and set.
    """

    def __init__(self, reader_ref: Tensor, supports_serialize: bool = False) -> None:
        self._reader_ref = reader_ref
        self._supports_serialize = supports_serialize

    @property
    def reader_ref(self) -> Tensor:
        """The tensor that stands for the reader."""
        return self._reader_ref

    @property
    def supports_serialize(self) -> bool:
        """Whether `serialize_state` is there."""
        return self._supports_serialize

    def read(self, queue: Any, name: str | None = None) -> Any:
        """Return the next record: its key and its value, string scalars.

        Args:
          queue: a queue of names of files, or the tensor that stands for one.
          name: a name for the operation.
        Raises when run: OutOfRangeError if the queue is closed and empty, NotFoundError for a file that is not there.
        """
        handle = queue if isinstance(queue, Tensor) else queue.queue_ref
        op = build_operation(READER_READ, self._reader_ref, handle, name=name)
        return _result(op, "ReaderRead", "key value")

    def read_up_to(self, queue: Any, num_records: Any, name: str | None = None) -> Any:
        """Return up to `num_records` records of one file: keys and values, string vectors."""
        handle = queue if isinstance(queue, Tensor) else queue.queue_ref
        op = build_operation(READER_READ_UP_TO, self._reader_ref, handle, num_records, name=name)
        return _result(op, "ReaderReadUpTo", "keys values")

    def num_records_produced(self, name: str | None = None) -> Tensor:
        """Return how many records it has given, an int64 scalar."""
        result: Tensor = build(READER_NUM_RECORDS_PRODUCED, self._reader_ref, name=name)
        return result

    def num_work_units_completed(self, name: str | None = None) -> Tensor:
        """Return how many files it is through with, an int64 scalar."""
        result: Tensor = build(READER_NUM_WORK_UNITS_COMPLETED, self._reader_ref, name=name)
        return result

    def reset(self, name: str | None = None) -> Any:
        """Return the operation that makes the reader as new."""
        return build_operation(READER_RESET, self._reader_ref, name=name)

    def serialize_state(self, name: str | None = None) -> Tensor:
        """Return how far the reader is, a string. Raises when run: UnimplementedError if it cannot tell it."""
        state: Tensor = build(READER_SERIALIZE_STATE, self._reader_ref, name=name)
        return state

    def restore_state(self, state: Any, name: str | None = None) -> Any:
        """Return the operation that lets the reader go on from a state, a string; errors: see `serialize_state`."""
        return build_operation(READER_RESTORE_STATE, self._reader_ref, state, name=name)


def _result(op: Any, type_name: str, fields: str) -> Any:
    from collections import namedtuple

    return namedtuple(type_name, fields)(*op.outputs)


def _handle(op_def: OpDef, name: str | None, **attrs: Any) -> Tensor:
    container = get_default_graph()._container.encode()
    handle: Tensor = build(op_def, name=name, container=container, **attrs)
    return handle


class TextLineReader(ReaderBase):
    """A reader of lines, without their ends; keys are `file:number`.

    Args:
      skip_header_lines: how many lines at the beginning of each file are left out.
    """

    def __init__(self, skip_header_lines: int | None = None, name: str | None = None) -> None:
        super().__init__(_handle(TEXT_LINE_READER, name, skip_header_lines=skip_header_lines or 0))


class WholeFileReader(ReaderBase):
    """A reader of whole files; keys are their names."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(_handle(WHOLE_FILE_READER, name), supports_serialize=True)


class IdentityReader(ReaderBase):
    """A reader that gives what the queue gives, as key and as value."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(_handle(IDENTITY_READER, name), supports_serialize=True)


class FixedLengthRecordReader(ReaderBase):
    """A reader of records of one size; keys are `file:number`.

    Args:
      record_bytes, header_bytes, footer_bytes: sizes of a record, and of what is left out at both ends of a file.
      hop_bytes: from the beginning of one record to that of the next; default: their size.
      encoding: "ZLIB" or "GZIP" if files are compressed as a whole.
    """

    def __init__(
        self,
        record_bytes: int,
        header_bytes: int | None = None,
        footer_bytes: int | None = None,
        hop_bytes: int | None = None,
        name: str | None = None,
        encoding: str | None = None,
    ) -> None:
        sizes = {"record_bytes": record_bytes, "header_bytes": header_bytes or 0, "footer_bytes": footer_bytes or 0}
        kind = {"encoding": (encoding or "").encode()}
        super().__init__(_handle(FIXED_LENGTH_RECORD_READER, name, hop_bytes=hop_bytes or 0, **sizes, **kind))


class LMDBReader(ReaderBase):
    """A reader of LMDB databases, for which the package `lmdb` is needed; keys are theirs.

    Args:
      options: accepted for compatibility.
    """

    def __init__(self, name: str | None = None, options: Any = None) -> None:
        super().__init__(_handle(LMDB_READER, name))


class TFRecordReader(ReaderBase):
    """A reader of TFRecord files; keys are `file:offset`.

    Args:
      options: TFRecordOptions, for compressed files.
    """

    def __init__(self, name: str | None = None, options: Any = None) -> None:
        kind = TFRecordOptions.get_compression_type_string(options) if options is not None else ""
        super().__init__(_handle(TF_RECORD_READER, name, compression_type=kind))
