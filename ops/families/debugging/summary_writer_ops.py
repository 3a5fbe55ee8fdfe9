"""Operations that write summaries into event files while a step runs: a writer is a resource of the session."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError, NotFoundError
from ...definition.context import KernelContext
from ...definition.opdef import Effects, OpDef
from ...definition.shapes import scalar_shape
from ...formats.event_file import EventFile
from ...types import dtypes
from ...types.array_values import as_bytes
from . import summary_ops

Array = np.ndarray[Any, Any]
_WRITES: Final = Effects("summary", reads=True, writes=True)
_NUMBERS: Final = summary_ops.SCALAR_SUMMARY.where["T"]


class SummaryWriter:
    """What a writer of a session has: no file until one is given to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._file: EventFile | None = None
        self._tags: set[str] = set()
        self._most, self._interval = 0, 0.0
        self._waiting, self._flushed = 0, 0.0

    def open(self, folder: str, most: int, seconds: float, suffix: str) -> None:
        """Have a file made in a folder, unless there is one; at most so many events wait in memory, and so long."""
        with self._lock:
            if self._file is None:
                self._file = EventFile(folder, suffix)
                self._file.open()
                weakref.finalize(self, self._file.close)  # with the session
                self._most, self._interval, self._flushed = most, seconds, time.monotonic()

    def write(self, event: Any) -> None:
        """Add an event. Raises: NotFoundError if there is no file yet."""
        with self._lock:
            if self._file is None:
                raise NotFoundError(
                    None, None,
                    "The summary writer does not exist yet: run tf.contrib.summary.initialize, or the operations of "
                    "summary_writer_initializer_op, before a step that writes summaries.",
                )  # fmt: skip
            self._file.write(event)
            self._waiting += 1
            if self._waiting > self._most or time.monotonic() >= self._flushed + self._interval:
                self._flush()

    def describes_anew(self, tag: str) -> bool:
        """Whether a tag has not been seen: what describes it is written with its first value only."""
        is_new = tag not in self._tags
        self._tags.add(tag)
        return is_new

    def flush(self) -> None:
        """Hand all events to the system."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        if self._file is not None:
            self._file.flush()
        self._waiting, self._flushed = 0, time.monotonic()

    def close(self) -> None:
        """Finish the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
            self._file = None


def _writer_kernel(context: KernelContext) -> SummaryWriter:
    found: SummaryWriter = context.state.resources.of_operation(
        context.op, "summary writer", lambda op: SummaryWriter()
    )
    return found


SUMMARY_WRITER = OpDef(
    name="SummaryWriter",
    signature="-> writer: resource",
    attrs={"shared_name": ("string", b""), "container": ("string", b"")},
    shape=scalar_shape,
    kernel=_writer_kernel,
    effects=Effects("summary"),
)


def _define(name: str, inputs: str, kernel: Callable[..., Any], **others: Any) -> OpDef:
    """An operation without outputs, of a writer and other inputs."""
    return OpDef(name=name, signature=f"writer: resource{inputs} ->", kernel=kernel, effects=_WRITES, **others)


def _create_kernel(
    context: KernelContext, writer: SummaryWriter, logdir: Array, max_queue: Array, flush_millis: Array, suffix: Array
) -> Any:
    writer.open(_text(logdir), int(max_queue), int(flush_millis) / 1000, _text(suffix))
    return ()


def _flush_kernel(context: KernelContext, writer: SummaryWriter) -> Any:
    writer.flush()
    return ()


def _close_kernel(context: KernelContext, writer: SummaryWriter) -> Any:
    writer.close()
    return ()


CREATE_SUMMARY_FILE_WRITER = _define(
    "CreateSummaryFileWriter",
    ", logdir: string, max_queue: int32, flush_millis: int32, filename_suffix: string",
    _create_kernel,
)
FLUSH_SUMMARY_WRITER = _define("FlushSummaryWriter", "", _flush_kernel)
CLOSE_SUMMARY_WRITER = _define("CloseSummaryWriter", "", _close_kernel)


def _text(value: Array) -> str:
    if value.ndim:
        raise InvalidArgumentError(None, None, f"a scalar is wanted, but the shape is {list(value.shape)}")
    return as_bytes(value[()]).decode(errors="replace")


def _event(step: Array, **what: Any) -> Any:
    from ... import proto

    if step.ndim:
        raise InvalidArgumentError(None, None, f"step must be a scalar, but has shape {list(step.shape)}")
    return proto.Event(wall_time=time.time(), step=int(step), **what)


def _write(writer: SummaryWriter, step: Array, encoded: Array) -> Any:
    """Write what an operation that returns a Summary message gives."""
    from ... import proto

    writer.write(_event(step, summary=proto.Summary.FromString(as_bytes(encoded[()]))))
    return ()


def _scalar_kernel(context: KernelContext, writer: SummaryWriter, step: Array, tag: Array, value: Array) -> Any:
    return _write(writer, step, summary_ops.scalar_kernel(tag, value))


def _histogram_kernel(context: KernelContext, writer: SummaryWriter, step: Array, tag: Array, values: Array) -> Any:
    return _write(writer, step, summary_ops.histogram_kernel(tag, values))


def _image_kernel(
    context: KernelContext, writer: SummaryWriter, step: Array, tag: Array, tensor: Array, bad_color: Array, *,
    max_images: int,
) -> Any:  # fmt: skip
    encoded = summary_ops.image_kernel(tag, tensor, max_images=max_images, bad_color=bad_color)
    return _write(writer, step, encoded)


def _audio_kernel(
    context: KernelContext, writer: SummaryWriter, step: Array, tag: Array, tensor: Array, sample_rate: Array, *,
    max_outputs: int,
) -> Any:  # fmt: skip
    encoded = summary_ops.audio_kernel(tag, tensor, sample_rate, max_outputs=max_outputs)
    return _write(writer, step, encoded)


def _summary_kernel(
    context: KernelContext, writer: SummaryWriter, step: Array, tensor: Array, tag: Array, summary_metadata: Array
) -> Any:
    if not writer.describes_anew(_text(tag)):
        summary_metadata = np.array(b"", object)
    return _write(writer, step, summary_ops.tensor_kernel(tag, tensor, summary_metadata))


def _graph_kernel(context: KernelContext, writer: SummaryWriter, step: Array, tensor: Array) -> Any:
    writer.write(_event(step, graph_def=as_bytes(tensor[()])))
    return ()


def _import_kernel(context: KernelContext, writer: SummaryWriter, event: Array) -> Any:
    from ... import proto

    try:
        message = proto.Event.FromString(as_bytes(event[()]))
    except Exception as error:
        raise InvalidArgumentError(None, None, "event is no Event message") from error
    writer.write(message)
    return ()


_VALUE: Final = ", step: int64, tag: string, "
WRITE_SCALAR_SUMMARY = _define("WriteScalarSummary", f"{_VALUE}value: T", _scalar_kernel, where={"T": _NUMBERS})
WRITE_HISTOGRAM_SUMMARY = _define(
    "WriteHistogramSummary", f"{_VALUE}values: T", _histogram_kernel, where={"T": _NUMBERS},
    attrs={"T": ("type", dtypes.float32)},
)  # fmt: skip
WRITE_IMAGE_SUMMARY = _define(
    "WriteImageSummary", f"{_VALUE}tensor: T, bad_color: uint8", _image_kernel,
    where={"T": summary_ops.IMAGE_SUMMARY.where["T"]}, attrs={"max_images": ("int", 3), "T": ("type", dtypes.float32)},
)  # fmt: skip
WRITE_AUDIO_SUMMARY = _define(
    "WriteAudioSummary", f"{_VALUE}tensor: float32, sample_rate: float32", _audio_kernel,
    attrs={"max_outputs": ("int", 3)},
)  # fmt: skip
WRITE_SUMMARY = _define(
    "WriteSummary", ", step: int64, tensor: T, tag: string, summary_metadata: string", _summary_kernel
)
WRITE_GRAPH_SUMMARY = _define("WriteGraphSummary", ", step: int64, tensor: string", _graph_kernel)
IMPORT_EVENT = _define("ImportEvent", ", event: string", _import_kernel)
