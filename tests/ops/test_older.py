"""Handles of graphs from TensorFlow 0.x, which are references to strings: queues, readers, tables, stacks, arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

raw = tf.raw_ops


def _run(make: Any) -> list[Any]:
    """Build in a graph, write it as a GraphDef, read that, and run what `make` returned: twice, with fresh sessions."""
    with tf.Graph().as_default() as graph:
        outputs = make()
        message = graph.as_graph_def()
    found = []
    for _ in range(2):
        with tf.Graph().as_default(), tf.Session() as session:
            tensors = tf.import_graph_def(message, return_elements=[tensor.name for tensor in outputs])
            found.append(session.run(tensors))
    for one, two in zip(*found):
        np.testing.assert_array_equal(one, two)
    return found[0]


@pytest.mark.parametrize("kind", ["FIFOQueue", "PaddingFIFOQueue"])
def test_queues(kind: str) -> None:
    """Put in, counted, taken out in order; static shapes come from the queue."""

    def make() -> list[Any]:
        handle = getattr(raw, kind)(component_types=[tf.float32], shapes=[[]])
        assert handle.shape == [2]
        put = raw.QueueEnqueueMany(handle=handle, components=[[1.0, 2.0, 3.0]])
        with tf.control_dependencies([put]):
            size = raw.QueueSize(handle=handle)
        with tf.control_dependencies([size]):
            (two,) = raw.QueueDequeueMany(handle=handle, n=2, component_types=[tf.float32])
        with tf.control_dependencies([two]):
            (last,) = raw.QueueDequeue(handle=handle, component_types=[tf.float32])
        assert two.shape == [2] and last.shape == []
        return [size, two, last, raw.QueueIsClosed(handle=handle)]

    size, two, last, is_closed = _run(make)
    assert (size, two.tolist(), last, is_closed) == (3, [1.0, 2.0], 3.0, False)


def test_priorities() -> None:
    """The least first."""

    def make() -> list[Any]:
        handle = raw.PriorityQueue(component_types=[tf.string], shapes=[[]])
        put = raw.QueueEnqueueMany(handle=handle, components=[np.array([3, 1, 2]), ["c", "a", "b"]])
        with tf.control_dependencies([put]):
            return list(raw.QueueDequeueMany(handle=handle, n=3, component_types=[tf.int64, tf.string]))

    ranks, words = _run(make)
    assert ranks.tolist() == [1, 2, 3]
    assert words.tolist() == [b"a", b"b", b"c"]


@pytest.mark.parametrize("kind", ["HashTable", "MutableHashTable"])
def test_tables(kind: str) -> None:
    """Filled and looked up."""

    def make() -> list[Any]:
        handle = getattr(raw, kind)(key_dtype=tf.string, value_dtype=tf.int64)
        fill = raw.InitializeTable if kind == "HashTable" else raw.LookupTableInsert
        with tf.control_dependencies([fill(table_handle=handle, keys=["a", "b"], values=np.array([1, 2]))]):
            found = raw.LookupTableFind(table_handle=handle, keys=["b", "c"], default_value=np.array(-1))
            keys, values = raw.LookupTableExport(table_handle=handle, Tkeys=tf.string, Tvalues=tf.int64)
            return [found, raw.LookupTableSize(table_handle=handle), keys, values]

    found, size, keys, values = _run(make)
    assert found.tolist() == [2, -1]
    assert size == 2
    assert dict(zip(keys.tolist(), values.tolist())) == {b"a": 1, b"b": 2}


def test_stacks() -> None:
    """The last one pushed is popped."""

    def make() -> list[Any]:
        handle = raw.Stack(elem_type=tf.float32)
        one = raw.StackPush(handle=handle, elem=[1.0])
        with tf.control_dependencies([one]):
            two = raw.StackPush(handle=handle, elem=[2.0])
        with tf.control_dependencies([two]):
            return [raw.StackPop(handle=handle, elem_type=tf.float32)]

    assert _run(make)[0].tolist() == [2.0]


@pytest.mark.parametrize("form", ["", "V2"])
def test_arrays_of_tensors(form: str) -> None:
    """Written, gathered, joined."""

    def call(name: str, **arguments: Any) -> Any:
        return getattr(raw, f"TensorArray{name}{form}")(**arguments)

    def make() -> list[Any]:
        handle = call("", size=3, dtype=tf.float32, clear_after_read=False)
        flow: Any = 0.0
        for index in range(3):
            flow = call("Write", handle=handle, index=index, value=[float(index), 5.0], flow_in=flow)
        gathered = call("Gather", handle=handle, indices=[2, 0], flow_in=flow, dtype=tf.float32)
        joined, lengths = call("Concat", handle=handle, flow_in=flow, dtype=tf.float32)
        return [gathered, joined, lengths, call("Size", handle=handle, flow_in=flow)]

    gathered, joined, lengths, size = _run(make)
    assert gathered.tolist() == [[2.0, 5.0], [0.0, 5.0]]
    assert joined.tolist() == [0.0, 5.0, 1.0, 5.0, 2.0, 5.0]
    assert lengths.tolist() == [2, 2, 2]
    assert size == 3


def test_arrays_are_unpacked_and_packed() -> None:
    """By the first form alone."""

    def make() -> list[Any]:
        handle = raw.TensorArray(size=2, dtype=tf.float32)
        flow = raw.TensorArrayUnpack(handle=handle, value=[[1.0], [2.0]], flow_in=0.0)
        return [raw.TensorArrayPack(handle=handle, flow_in=flow, dtype=tf.float32)]

    assert _run(make)[0].tolist() == [[1.0], [2.0]]


def test_readers(tmp_path: Path) -> None:
    """Lines of the files whose names a queue gives."""
    path = tmp_path / "lines.txt"
    path.write_text("one\ntwo\n", encoding="utf-8")

    def make() -> list[Any]:
        names = raw.FIFOQueue(component_types=[tf.string], shapes=[[]])
        reader = raw.TextLineReader()
        with tf.control_dependencies([raw.QueueEnqueue(handle=names, components=[str(path)])]):
            key, line = raw.ReaderRead(reader_handle=reader, queue_handle=names)
        with tf.control_dependencies([key]):
            return [line, raw.ReaderNumRecordsProduced(reader_handle=reader)]

    assert _run(make) == [b"one", 1]


def test_a_crop_is_a_part_of_the_image() -> None:
    """Somewhere, the same place for the same seeds; one that is too large is refused."""
    image = np.arange(60.0, dtype=np.float32).reshape(4, 5, 3)
    with tf.Graph().as_default(), tf.Session() as session:
        crop = raw.RandomCrop(image=image, size=np.array([2, 3]), seed=3, seed2=4)
        assert crop.shape == [2, 3, 3]
        found = session.run(crop)
        top, left = np.argwhere(image[..., 0] == found[0, 0, 0])[0]
        np.testing.assert_array_equal(found, image[top : top + 2, left : left + 3])
        with pytest.raises(tf.errors.InvalidArgumentError, match="target_height = 7"):
            session.run(raw.RandomCrop(image=image, size=np.array([7, 3])))


def test_a_reference_passes_on_what_it_refers_to() -> None:
    """What is assigned through it is assigned to the variable, and gradients flow."""
    with tf.Graph().as_default(), tf.Session() as session:
        variable = tf.Variable([1.0, 2.0], use_resource=False)
        same = raw.RefIdentity(input=variable._ref())
        session.run(variable.initializer)
        assert session.run(same * 2.0).tolist() == [2.0, 4.0]
        session.run(tf.assign_add(same, [1.0, 1.0]))
        assert session.run(variable).tolist() == [2.0, 3.0]
        (gradient,) = tf.gradients(tf.reduce_sum(same * same), [variable])
        assert session.run(gradient).tolist() == [4.0, 6.0]


def test_poisson_numbers_have_the_type_of_their_rates() -> None:
    """And are those of the newer form."""
    with tf.Graph().as_default(), tf.Session() as session:
        rates = np.array([0.5, 20.0], np.float32)
        old = raw.RandomPoisson(shape=[50], rate=rates, seed=3, seed2=4)
        new = raw.RandomPoissonV2(shape=[50], rate=rates, seed=3, seed2=4, dtype=tf.float32)
        one, two = session.run([old, new])
    assert one.dtype == np.float32
    np.testing.assert_array_equal(one, two)


def test_boxes_with_a_fixed_least_cover() -> None:
    """The least part of an object is an attribute."""
    with tf.Graph().as_default(), tf.Session() as session:
        boxes = np.array([[[0.2, 0.2, 0.8, 0.8]]], np.float32)
        begin, size, found = session.run(
            raw.SampleDistortedBoundingBox(
                image_size=[40, 30, 3], bounding_boxes=boxes, min_object_covered=0.5, area_range=[0.3, 1.0], seed=3
            )
        )
    assert np.all(begin >= 0) and np.all(begin[:2] + size[:2] <= [40, 30])
    assert found.shape == (1, 1, 4)
