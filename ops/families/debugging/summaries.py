"""`summary.scalar`, `histogram`, `image` and their like: what a program wants to see in TensorBoard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...base.messages.logger import logger
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_collection, get_default_graph, name_scope
from ...graph.graph_keys import GraphKeys
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from . import summary_ops

Scope = Iterator[tuple[str, str]]
_UNFIT = re.compile(r"[^-/\w\.]")


def _clean(name: str) -> str:
    """A name as tags and scopes may be."""
    cleaned = _UNFIT.sub("_", name).lstrip("/")
    if cleaned != name:
        logger().info("Summary name %s is illegal; using %s instead.", name, cleaned)
    return cleaned


@contextmanager
def summary_scope(name: str, family: str | None = None, default_name: str | None = None, values: Any = None) -> Scope:
    """Enter the scope of a summary. Yields: its tag, and the name of its operation.

    Args:
      name: the summary's name.
      family: a group in TensorBoard: the first part of the tag.
      default_name: the scope's name without one.
      values: the tensors that it shows.
    Raises: ValueError for an empty name.
    """
    name = _clean(name)
    family = None if family is None else _clean(family)
    base = name if family is None else f"{family}/{name}"
    if not base:
        raise ValueError("'' is not a valid node name")
    with name_scope(base, default_name, values) as scope:
        tag = scope.rstrip("/") if family is None else f"{family}/{scope.rstrip('/')}"
        yield tag, scope


def collect(value: Any, collections: Any, default_collections: Any) -> None:
    """Add a summary to collections, or to the default ones if they are None."""
    graph = get_default_graph()
    for key in default_collections if collections is None else collections:
        graph.add_to_collection(key, value)


def scalar(name: str, tensor: TensorLike, collections: Any = None, family: str | None = None) -> Tensor:
    """Return a string tensor: the Summary message of one number.

    Args:
      name: a name, which is the tag in TensorBoard, behind the name scope in force.
      tensor: the number, a scalar.
      collections: names of the collections it joins; default: `SUMMARIES`, which `merge_all` takes.
      family: a group in TensorBoard: the first part of the tag.
    """
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        value: Tensor = build(summary_ops.SCALAR_SUMMARY, tag, tensor, name=scope)
        collect(value, collections, [GraphKeys.SUMMARIES])
    return value


def histogram(name: str, values: TensorLike, collections: Any = None, family: str | None = None) -> Tensor:
    """Return a string tensor: the Summary message of how numbers are distributed.

    Args:
      name, collections, family: as in `scalar`.
      values: the numbers, of any shape.
    Raises when run: InvalidArgumentError if one is not finite.
    """
    with summary_scope(name, family, "HistogramSummary", [values]) as (tag, scope):
        value: Tensor = build(summary_ops.HISTOGRAM_SUMMARY, tag, values, name=scope)
        collect(value, collections, [GraphKeys.SUMMARIES])
    return value


def image(
    name: str, tensor: TensorLike, max_outputs: int = 3, collections: Any = None, family: str | None = None
) -> Tensor:
    """Return a string tensor: the Summary message of images, as PNG.

    Args:
      name, collections, family: as in `scalar`.
      tensor: [batch, height, width, channels], 1, 3 or 4 channels; uint8 as they are, floating point scaled to 0..255
        (0 is in the middle if some are negative).
      max_outputs: how many images of the batch.
    Raises when run: InvalidArgumentError for another shape.
    """
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        value: Tensor = build(summary_ops.IMAGE_SUMMARY, tag, tensor, name=scope, max_images=max_outputs)
        collect(value, collections, [GraphKeys.SUMMARIES])
    return value


def audio(
    name: str, tensor: TensorLike, sample_rate: Any, max_outputs: int = 3, collections: Any = None,
    family: str | None = None,
) -> Tensor:  # fmt: skip
    """Return a string tensor: the Summary message of sounds, as WAV.

    Args:
      name, collections, family: as in `scalar`.
      tensor: float32, [batch, frames] or [batch, frames, channels], from -1 to 1.
      sample_rate: in hertz, a float32 scalar.
      max_outputs: how many sounds of the batch.
    """
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        rate = convert_to_tensor(sample_rate, dtypes.float32, name="sample_rate")
        value: Tensor = build(summary_ops.AUDIO_SUMMARY_V2, tag, tensor, rate, name=scope, max_outputs=max_outputs)
        collect(value, collections, [GraphKeys.SUMMARIES])
    return value


def tensor_summary(
    name: str, tensor: TensorLike, summary_description: str | None = None, collections: Any = None,
    summary_metadata: Any = None, family: str | None = None, display_name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return a string tensor: the Summary message of any tensor, for plugins of TensorBoard.

    Args:
      name, collections, family: as in `scalar`.
      tensor: the tensor.
      summary_description: what it is, in words.
      summary_metadata: a SummaryMetadata message to begin with.
      display_name: what TensorBoard calls it.
    """
    from ... import proto

    metadata = proto.SummaryMetadata()
    if summary_metadata is not None:
        metadata.CopyFrom(proto.adopt(summary_metadata))
    if display_name is not None:
        metadata.display_name = display_name
    if summary_description is not None:
        metadata.summary_description = summary_description
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        value: Tensor = build(summary_ops.TENSOR_SUMMARY_V2, tag, tensor, metadata.SerializeToString(), name=scope)
        collect(value, collections, [GraphKeys.SUMMARIES])
    return value


def text(name: str, tensor: TensorLike, collections: Any = None) -> Tensor:
    """Return a string tensor: the Summary message of texts (Markdown; a table if there are several).

    Args:
      name, collections: as in `scalar`.
      tensor: strings.
    Raises: ValueError if they are none.
    """
    from ... import proto

    tensor = convert_to_tensor(tensor)
    if tensor.dtype is not dtypes.string:
        raise ValueError(f"Expected tensor {tensor.name} to have dtype string, got {tensor.dtype}")
    metadata = proto.SummaryMetadata(plugin_data={"plugin_name": "text"})
    return tensor_summary(name, tensor, collections=collections, summary_metadata=metadata)


def merge(inputs: Any, collections: Any = None, name: str | None = None) -> Tensor:
    """Return a string tensor: one Summary message of several.

    Args:
      inputs: the messages, string tensors.
      collections: names of the collections it joins; default: none.
      name: a name for the scope.
    Raises: ValueError if there is none. When run: InvalidArgumentError if a tag occurs twice.
    """
    name = _clean(name) if name else name
    inputs = list(inputs)
    if not inputs:
        raise ValueError("List argument 'inputs' to 'MergeSummary' Op with length 0 shorter than minimum length 1.")
    with name_scope(name, "Merge", inputs):
        value: Tensor = build(summary_ops.MERGE_SUMMARY, inputs, name=name)
        collect(value, collections, [])
    return value


def merge_all(key: Any = GraphKeys.SUMMARIES, scope: str | None = None, name: str | None = None) -> Tensor | None:
    """Return the merged summaries of a collection, or None if there is none.

    Args:
      key: the name of the collection.
      scope: keep those whose names match this regular expression at their start.
      name: a name for the scope.
    """
    found = get_collection(key, scope=scope)
    return merge(found, name=name) if found else None


def get_summary_description(node_def: Any) -> Any:
    """Return the SummaryDescription message of a `TensorSummary` node. Raises: ValueError for another node."""
    from google.protobuf import json_format

    from ... import proto

    if node_def.op != "TensorSummary":
        raise ValueError(f"Can't get_summary_description on {node_def.op}")
    description = proto.SummaryDescription()
    json_format.Parse(node_def.attr["description"].s.decode(), description)
    return description


# The names of TensorFlow 0.x: tags are given as they are, and may be tensors.


def scalar_summary(tags: TensorLike, values: TensorLike, collections: Any = None, name: str | None = None) -> Tensor:
    """Return the Summary message of numbers with tags: `summary.scalar` of TensorFlow 0.x.

    Args:
      tags: strings.
      values: as many numbers.
      collections: names of the collections it joins; default: `SUMMARIES`.
      name: a name for the operation.
    """
    with name_scope(name, "ScalarSummary", _tensors(tags, values)) as scope:
        value: Tensor = build(summary_ops.SCALAR_SUMMARY, tags, values, name=scope)
        collect(value, collections, [GraphKeys.SUMMARIES])
    return value


def histogram_summary(tag: TensorLike, values: TensorLike, collections: Any = None, name: str | None = None) -> Tensor:
    """`summary.histogram` of TensorFlow 0.x; arguments as in `scalar_summary`."""
    with name_scope(name, "HistogramSummary", _tensors(tag, values)) as scope:
        value: Tensor = build(summary_ops.HISTOGRAM_SUMMARY, tag, values, name=scope)
        collect(value, collections, [GraphKeys.SUMMARIES])
    return value


def image_summary(
    tag: TensorLike, tensor: TensorLike, max_images: int = 3, collections: Any = None, name: str | None = None
) -> Tensor:
    """`summary.image` of TensorFlow 0.x; other arguments as in `scalar_summary`."""
    with name_scope(name, "ImageSummary", _tensors(tag, tensor)) as scope:
        value: Tensor = build(summary_ops.IMAGE_SUMMARY, tag, tensor, name=scope, max_images=max_images)
        collect(value, collections, [GraphKeys.SUMMARIES])
    return value


def audio_summary(
    tag: TensorLike, tensor: TensorLike, sample_rate: Any, max_outputs: int = 3, collections: Any = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """`summary.audio` of TensorFlow 0.x; other arguments as in `scalar_summary`."""
    with name_scope(name, "AudioSummary", _tensors(tag, tensor)) as scope:
        rate = convert_to_tensor(sample_rate, dtypes.float32, name="sample_rate")
        value: Tensor = build(summary_ops.AUDIO_SUMMARY_V2, tag, tensor, rate, name=scope, max_outputs=max_outputs)
        collect(value, collections, [GraphKeys.SUMMARIES])
    return value


def merge_summary(inputs: Any, collections: Any = None, name: str | None = None) -> Tensor:
    """`summary.merge` of TensorFlow 0.x."""
    inputs = list(inputs)
    with name_scope(name, "MergeSummary", inputs):
        value: Tensor = build(summary_ops.MERGE_SUMMARY, inputs, name=name)
        collect(value, collections, [])
    return value


def merge_all_summaries(key: Any = GraphKeys.SUMMARIES) -> Tensor | None:
    """`summary.merge_all` of TensorFlow 0.x."""
    found = get_collection(key)
    return merge_summary(found) if found else None


def _tensors(*values: Any) -> list[Any]:
    return [value for value in values if isinstance(value, Tensor) or hasattr(value, "_as_graph_element")]
