"""`slim.tfexample_decoder`, `slim.dataset_data_provider` and `slim.parallel_reader`: values as in TensorFlow 1.15."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sessile as tf

slim = tf.contrib.slim
decoding = slim.tfexample_decoder
SIDES = ("ymin", "xmin", "ymax", "xmax")


def _features(**values: object) -> object:
    def feature(value: list) -> object:
        if isinstance(value[0], bytes):
            return tf.train.Feature(bytes_list=tf.train.BytesList(value=value))
        if isinstance(value[0], float):
            return tf.train.Feature(float_list=tf.train.FloatList(value=value))
        return tf.train.Feature(int64_list=tf.train.Int64List(value=value))

    named = {name.replace("__", "/"): feature(value) for name, value in values.items()}
    return tf.train.Example(features=tf.train.Features(feature=named))


def _example(number: int) -> bytes:
    image = (np.arange(60).reshape(4, 5, 3) + number).astype(np.uint8)
    with tf.Graph().as_default(), tf.Session() as session:
        png = session.run(tf.image.encode_png(image))
    sides = zip(SIDES, (0.3, 0.1, 0.4, 0.2))
    corners = {f"box__{side}": [at] * (number + 1) for side, at in sides}
    return _features(
        image__encoded=[png], image__format=[b"png"], raw=[image.tobytes()], label=[number], i=[0, 2],
        v=[1.0, 2.0 + number], matrix=[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], extents=[2, 3], word=[b"b"], **corners,
    ).SerializeToString()  # fmt: skip


def _decoder() -> object:
    sparse = {name: tf.VarLenFeature(tf.float32) for name in ("v", "matrix", "none", *(f"box/{s}" for s in SIDES))}
    return decoding.TFExampleDecoder(
        {
            **sparse,
            "image/encoded": tf.FixedLenFeature((), tf.string),
            "image/format": tf.FixedLenFeature((), tf.string),
            "raw": tf.FixedLenFeature((), tf.string),
            "kind": tf.FixedLenFeature((), tf.string, default_value="raw"),
            "label": tf.FixedLenFeature([], tf.int64, default_value=0),
            "i": tf.VarLenFeature(tf.int64),
            "extents": tf.VarLenFeature(tf.int64),
            "word": tf.FixedLenFeature([1], tf.string),
        },
        {
            "image": decoding.Image(shape=[4, 5, 3]),
            "raw": decoding.Image("raw", "kind", shape=[4, 5, 3]),
            "label": decoding.Tensor("label", shape=[]),
            "boxes": decoding.BoundingBox(prefix="box/"),
            "sparse": decoding.SparseTensor("i", "v", shape=[4]),
            "dense": decoding.SparseTensor("i", "v", shape=[4], densify=True, default_value=-1),
            "of_keys": decoding.Tensor("matrix", shape_keys="extents"),
            "of_shape": decoding.Tensor("matrix", shape=[3, 2]),
            "backup": decoding.BackupHandler(decoding.Tensor("none"), decoding.Tensor("v")),
            "called": decoding.ItemHandlerCallback(["label"], lambda tensors: tensors["label"] * 2),
        },
    )


def test_items_of_an_example() -> None:
    decoder = _decoder()
    with tf.Graph().as_default(), tf.Session() as session:
        given = tf.placeholder(tf.string, [])
        items = decoder.list_items()
        tensors = dict(zip(items, decoder.decode(given)))
        assert tensors["image"].get_shape() == [4, 5, 3] and tensors["boxes"].get_shape().as_list() == [None, 4]
        got = session.run(tensors, {given: _example(2)})
    pixels = (np.arange(60).reshape(4, 5, 3) + 2).astype(np.uint8)
    np.testing.assert_array_equal(got["image"], pixels)
    np.testing.assert_array_equal(got["raw"], pixels)
    np.testing.assert_allclose(got["boxes"], [[0.3, 0.1, 0.4, 0.2]] * 3, rtol=1e-6)
    assert got["label"] == 2 and got["called"] == 4
    assert got["sparse"].indices.tolist() == [[0], [2]] and got["sparse"].dense_shape.tolist() == [4]
    assert got["dense"].tolist() == [1, -1, 4, -1] and got["backup"].tolist() == [1, 4]
    assert got["of_keys"].tolist() == [[0, 1, 2], [3, 4, 5]] and got["of_shape"].shape == (3, 2)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    names = [str(tmp_path / f"data_{number}") for number in range(2)]
    for number, name in enumerate(names):
        with tf.python_io.TFRecordWriter(name) as writer:
            for row in range(3):
                writer.write(_example(number * 3 + row))
    return names


def _labels(files: list[str], count: int, **options: object) -> list[int]:
    pattern = files[0][:-1] + "*"
    dataset = slim.dataset.Dataset(pattern, tf.TFRecordReader, _decoder(), 6, {"image": "pixels"}, num_classes=6)
    assert dataset.num_classes == 6
    with tf.Graph().as_default(), tf.Session() as session:
        provider = slim.dataset_data_provider.DatasetDataProvider(dataset, **options)
        assert provider.num_samples() == 6 and "record_key" in provider.list_items()
        image, label = provider.get(["image", "label"])
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        found = []
        try:
            for _ in range(count):
                found.append(int(session.run([image, label])[1]))
        except tf.errors.OutOfRangeError:
            pass
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=10)
        return found


def test_a_provider_in_order_shuffled_and_without_end(files: list[str]) -> None:
    assert _labels(files, 9, shuffle=False, num_epochs=1) == [0, 1, 2, 3, 4, 5]
    assert _labels(files, 8, shuffle=False) == [0, 1, 2, 3, 4, 5, 0, 1]
    shuffled = _labels(files, 20, num_readers=2, num_epochs=2, common_queue_capacity=20, common_queue_min=3)
    assert sorted(shuffled) == sorted([*range(6)] * 2)


def test_a_queue_filled_ahead() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        queue = slim.prefetch_queue.prefetch_queue({"x": tf.constant([1.0, 2.0]), "n": tf.constant(3)}, capacity=4)
        taken = queue.dequeue()
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        got = session.run(taken)
        assert got["n"] == 3 and got["x"].tolist() == [1, 2]
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=10)


def test_files_that_are_not_there_and_items_that_are_not_there(files: list[str]) -> None:
    reading = slim.parallel_reader
    assert reading.get_data_files([files[0], files[0][:-1] + "[1-9]"]) == files
    with pytest.raises(ValueError, match="No data files found in"):
        reading.get_data_files(files[0] + "nothing*")
    with pytest.raises(ValueError, match="'boxen' is not among those provided"):
        slim.data_provider.DataProvider({"boxes": None}, 1).get(["boxen"])
    with pytest.raises(ValueError, match="4 keys"):
        decoding.BoundingBox(["a"])
