"""`contrib.summary`: summaries that are written while a step runs, by writers that are a part of the graph.

Which writer is in force, and whether summaries are recorded, is a matter of the program that builds the graph, in each
thread: `with writer.as_default(), always_record_summaries(): scalar("loss", loss)`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from ...base.errors import UnimplementedError
from ...building.basic_ops import identity, no_op, placeholder
from ...building.build import build, build_operation
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...families.control_flow.cond import smart_cond
from ...families.debugging import summary_writer_ops as ops
from ...families.debugging.summaries import summary_scope
from ...families.elementwise.compare import equal, logical_and
from ...families.state.global_step import get_or_create_global_step
from ...graph.defaults import get_default_session
from ...graph.graph import Graph
from ...graph.node import Tensor
from ...graph.operation import Operation
from ...types import dtypes

_INITIALIZERS: Final = "_SUMMARY_WRITER_V2"  # collections of the graph
_SUMMARIES: Final = "_SUMMARY_V2"
_BAD_COLOR: Final = np.array([255, 0, 0, 255], np.uint8)


class _InForce(threading.local):
    """What is in force in a thread."""

    writer: Any = None
    recording: Any = False  # or a truth value of the graph


_in_force: Final = _InForce()


class SummaryWriter:
    """A writer in the graph; `create_file_writer` makes one."""

    def __init__(self, handle: Tensor, initializer: Operation) -> None:
        self._handle = handle
        self._initializer = initializer

    def set_as_default(self) -> None:
        """Let summaries go here from now on, in this thread."""
        _in_force.writer = self

    @contextmanager
    def as_default(self) -> Iterator[SummaryWriter]:
        """Let summaries go here within a `with`."""
        outer, _in_force.writer = _in_force.writer, self
        try:
            yield self
            self.flush()
        finally:
            _in_force.writer = outer

    def init(self) -> Operation:
        """Return the operation that makes the file."""
        return self._initializer

    def flush(self) -> Operation:
        """Return an operation that hands all events to the system."""
        return flush(self)

    def close(self) -> Operation:
        """Return an operation that writes all events and finishes the file."""
        with get_default_graph().control_dependencies([self.flush()]):
            return build_operation(ops.CLOSE_SUMMARY_WRITER, self._handle)


class _NoWriter:
    """What takes summaries and writes none: the writer of no folder."""

    def set_as_default(self) -> None:
        """Do nothing."""

    @contextmanager
    def as_default(self) -> Iterator[None]:
        """Change nothing."""
        yield

    def init(self) -> None:
        """Return None."""

    def flush(self) -> None:
        """Return None."""

    def close(self) -> None:
        """Return None."""


def create_file_writer(
    logdir: Any, max_queue: Any = None, flush_millis: Any = None, filename_suffix: Any = None, name: str | None = None
) -> Any:
    """Return a writer of event files in a folder, as a part of the graph.

    Args:
      logdir: the folder; None: a writer that writes nothing.
      max_queue: how many events may wait in memory; default: 10.
      flush_millis: how many milliseconds they may; default: two minutes.
      filename_suffix: what the file's name ends with; default: `.v2`.
      name: writers of one name are one in a session; default: one name a folder.

    The file is made by `initialize`, or the operations of `summary_writer_initializer_op`.
    """
    if logdir is None:
        return _NoWriter()
    shared = f"logdir:{os.fspath(logdir)}" if name is None and not isinstance(logdir, Tensor) else name or ""
    handle = build(ops.SUMMARY_WRITER, shared_name=shared.encode())
    initializer = build_operation(
        ops.CREATE_SUMMARY_FILE_WRITER,
        handle,
        logdir if isinstance(logdir, Tensor) else os.fspath(logdir),
        10 if max_queue is None else max_queue,
        120_000 if flush_millis is None else flush_millis,
        ".v2" if filename_suffix is None else filename_suffix,
    )
    get_default_graph().add_to_collection(_INITIALIZERS, initializer)
    return SummaryWriter(handle, initializer)


def create_summary_file_writer(*args: Any, **kwargs: Any) -> Any:
    """The same as `create_file_writer`, by an older name."""
    return create_file_writer(*args, **kwargs)


def create_db_writer(*unused: Any, **options: Any) -> Any:
    """A writer of a database. Raises: UnimplementedError: there is none here; `create_file_writer` writes files."""
    raise UnimplementedError(None, None, "create_db_writer is not built: use create_file_writer, which writes files.")


def initialize(graph: Any = None, session: Any = None) -> None:
    """Have the writers of the graph make their files.

    Args:
      graph: a Graph or GraphDef to write into the writer in force; None: none.
      session: the session; default: the default session.
    Raises: RuntimeError if no writer is in force; ValueError without a session.
    """
    writer = _in_force.writer
    if isinstance(writer, _NoWriter):
        return
    if writer is None:
        raise RuntimeError("No default tf.contrib.summary.SummaryWriter found")
    session = get_default_session() if session is None else session
    if session is None:
        raise ValueError("Argument `session must be passed if no default session exists")
    session.run(summary_writer_initializer_op())
    if graph is not None:
        contents = placeholder(dtypes.string)
        session.run(_graph(contents, 0, writer), {contents: _graph_bytes(graph)})


def summary_writer_initializer_op() -> list[Operation]:
    """Return the operations that make the files of all writers of the graph."""
    found: list[Operation] = get_default_graph().get_collection(_INITIALIZERS)
    return found


def all_summary_ops() -> list[Tensor]:
    """Return what was recorded in the graph: to fetch it is to write the summaries."""
    found: list[Tensor] = get_default_graph().get_collection(_SUMMARIES)
    return found


def should_record_summaries() -> Tensor:
    """Return whether summaries are recorded here, as a truth value of the graph."""
    return logical_and(_in_force.recording, True)


@contextmanager
def _recording(condition: Any) -> Iterator[None]:
    outer, _in_force.recording = _in_force.recording, condition
    try:
        yield
    finally:
        _in_force.recording = outer


def always_record_summaries() -> Any:
    """Record summaries within a `with`."""
    return _recording(True)


def never_record_summaries() -> Any:
    """Record no summaries within a `with`."""
    return _recording(False)


def record_summaries_every_n_global_steps(n: int, global_step: Any = None) -> Any:
    """Record summaries within a `with`, in steps whose number is a multiple of `n`.

    Args:
      n: the number.
      global_step: default: the graph's global step, made if there is none.
    """
    step = get_or_create_global_step() if global_step is None else global_step
    return _recording(equal(step % n, 0))


def _recorded(name: str, values: list[Any], family: str | None, write: Callable[[Any, str, str], Operation]) -> Any:
    """What records a summary: a truth value, whether it was; without a writer an operation that does nothing."""
    writer = _in_force.writer
    if writer is None or isinstance(writer, _NoWriter):
        return no_op()

    outside = get_default_graph().get_name_scope()

    def record() -> Tensor:  # by the name that it has outside of a branch
        with name_scope(f"{outside}/" if outside else ""), summary_scope(name, family, values=values) as (tag, scope):
            written = write(writer._handle, tag, scope)
            with get_default_graph().control_dependencies([written]):
                return constant(True)

    done = smart_cond(should_record_summaries(), record, lambda: constant(False), name="")
    get_default_graph().add_to_collection(_SUMMARIES, done)
    return done


def _step(step: Any) -> Tensor:
    if step is None:
        step = get_or_create_global_step()
    return identity(step) if isinstance(step, Tensor) else convert_to_tensor(step, dtypes.int64)


def scalar(name: str, tensor: Any, family: str | None = None, step: Any = None) -> Any:
    """Record a number.

    Args:
      name: a name, which is the tag in TensorBoard, behind the name scope in force.
      tensor: the number, a scalar.
      family: a group in TensorBoard, the first part of the tag.
      step: the step that it belongs to; default: the global step.
    Returns: whether it was recorded, a truth value whose value writes it when a step makes it; an operation that does
      nothing without a writer.
    """

    def write(writer: Any, tag: str, scope: str) -> Operation:
        return build_operation(ops.WRITE_SCALAR_SUMMARY, writer, _step(step), _tag(tag), identity(tensor), name=scope)

    return _recorded(name, [tensor], family, write)


def histogram(name: str, tensor: Any, family: str | None = None, step: Any = None) -> Any:
    """Record how numbers are distributed; see `scalar`."""

    def write(writer: Any, tag: str, scope: str) -> Operation:
        return build_operation(
            ops.WRITE_HISTOGRAM_SUMMARY, writer, _step(step), _tag(tag), identity(tensor), name=scope
        )

    return _recorded(name, [tensor], family, write)


def image(
    name: str, tensor: Any, bad_color: Any = None, max_images: int = 3, family: str | None = None, step: Any = None
) -> Any:
    """Record images, [batch, height, width, 1, 3 or 4].

    Args:
      name, family, step: as those of `scalar`.
      tensor: uint8 or floating-point numbers, which are scaled.
      bad_color: of pixels that are not finite; default: red.
      max_images: how many of the batch.
    """

    def write(writer: Any, tag: str, scope: str) -> Operation:
        color = constant(_BAD_COLOR if bad_color is None else bad_color, dtypes.uint8)
        return build_operation(
            ops.WRITE_IMAGE_SUMMARY, writer, _step(step), _tag(tag), identity(tensor), color, name=scope,
            max_images=max_images,
        )  # fmt: skip

    return _recorded(name, [tensor], family, write)


def audio(
    name: str, tensor: Any, sample_rate: Any, max_outputs: int, family: str | None = None, step: Any = None
) -> Any:
    """Record sounds, [batch, frames, channels] or [batch, frames].

    Args:
      name, family, step: as those of `scalar`.
      tensor: numbers from -1 to 1.
      sample_rate: in hertz.
      max_outputs: how many of the batch.
    """

    def write(writer: Any, tag: str, scope: str) -> Operation:
        return build_operation(
            ops.WRITE_AUDIO_SUMMARY, writer, _step(step), _tag(tag), identity(tensor), sample_rate, name=scope,
            max_outputs=max_outputs,
        )  # fmt: skip

    return _recorded(name, [tensor], family, write)


def generic(name: str, tensor: Any, metadata: Any = None, family: str | None = None, step: Any = None) -> Any:
    """Record a tensor.

    Args:
      name, family, step: as those of `scalar`.
      tensor: of any type.
      metadata: a SummaryMetadata message, or its bytes, which says which part of TensorBoard shows it.
    """

    def write(writer: Any, tag: str, scope: str) -> Operation:
        described = b"" if metadata is None else metadata
        if hasattr(described, "SerializeToString"):
            described = described.SerializeToString()
        return build_operation(
            ops.WRITE_SUMMARY, writer, _step(step), identity(tensor), _tag(tag), described, name=scope
        )

    return _recorded(name, [tensor], family, write)


def graph(param: Any, step: Any = None, name: str | None = None) -> Operation:
    """Return an operation that writes a graph.

    Args:
      param: a Graph, a GraphDef, or a string tensor of the bytes of one.
      step: the step that it belongs to; default: the global step.
      name: a name for the operation.
    Raises: TypeError for something else.
    """
    writer = _in_force.writer
    if writer is None or isinstance(writer, _NoWriter):
        return no_op()
    contents = param if isinstance(param, Tensor) else convert_to_tensor(_graph_bytes(param), dtypes.string)
    return _graph(contents, step, writer, name)


def _graph(contents: Tensor, step: Any, writer: SummaryWriter, name: str | None = None) -> Operation:
    return build_operation(ops.WRITE_GRAPH_SUMMARY, writer._handle, _step(step), contents, name=name)


def _graph_bytes(graph: Any) -> bytes:
    if isinstance(graph, Graph):
        graph = graph.as_graph_def(add_shapes=True)
    if getattr(getattr(graph, "DESCRIPTOR", None), "name", None) != "GraphDef":
        raise TypeError(f"Argument must be a tf.Graph or a tf.GraphDef (i.e. tf.Graph.as_graph_def()), got {graph!r}")
    contents: bytes = graph.SerializeToString()
    return contents


def import_event(tensor: Any, name: str | None = None) -> Operation:
    """Return an operation that writes an Event message, given as a string scalar."""
    writer = _in_force.writer
    if writer is None or isinstance(writer, _NoWriter):
        return no_op()
    return build_operation(ops.IMPORT_EVENT, writer._handle, tensor, name=name)


def flush(writer: Any = None, name: str | None = None) -> Operation:
    """Return an operation that hands what a writer has to the system.

    Args:
      writer: default: the one in force; without one the operation does nothing.
      name: a name for the operation.
    """
    writer = _in_force.writer if writer is None else writer
    if not isinstance(writer, SummaryWriter):
        return no_op()
    return build_operation(ops.FLUSH_SUMMARY_WRITER, writer._handle, name=name)


def eval_dir(model_dir: str, name: str | None = None) -> str:
    """Return the folder of the summaries of evaluations: `eval`, or `eval_` and a name, in the model's folder."""
    return os.path.join(model_dir, "eval" if not name else f"eval_{name}")


def _tag(tag: str) -> Tensor:
    return constant(tag, dtypes.string, name="tag")
