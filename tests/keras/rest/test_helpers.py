"""Helpers around models: pictures, queues, files that are fetched, what they refuse."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

keras, utils = tf.keras, tf.keras.utils


def _model() -> Any:
    inside = keras.Sequential([keras.layers.Dense(3, input_shape=(4,), name="first")], name="inner")
    inputs = keras.Input((4,), name="rows")
    x = inside(inputs)
    x = keras.layers.Add(name="sum")([x, keras.layers.Dense(3, name="beside")(inputs)])
    return keras.Model(inputs, x, name="whole")


def test_the_picture_of_a_model_has_its_layers_and_their_connections() -> None:
    text = utils.model_to_dot(_model(), show_shapes=True, rankdir="LR").to_string()
    assert "rankdir=LR;" in text
    assert "sum: Add\\n|{input:|output:}|" in text
    assert "beside: Dense" in text
    assert text.count("->") == 4


def test_models_inside_are_drawn_with_their_layers_where_that_is_asked_for() -> None:
    assert "first: Dense" not in utils.model_to_dot(_model()).to_string()
    text = utils.model_to_dot(_model(), expand_nested=True, show_layer_names=False).to_string()
    assert 'label="inner"' in text
    assert "sum" not in text
    assert text.count("->") >= 4


def test_a_picture_is_drawn_by_graphviz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "dot"
    program.write_text('#!/bin/sh\necho "drawn $1"\ncat\n')
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    utils.plot_model(_model(), tmp_path / "model.svg")
    text = (tmp_path / "model.svg").read_text()
    assert text.startswith("drawn -Tsvg")
    assert "digraph G {" in text


def test_without_graphviz_the_text_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    utils.plot_model(_model(), tmp_path / "model.dot")
    assert (tmp_path / "model.dot").read_text().startswith("digraph G {")
    with pytest.raises(ImportError, match="graphviz"):
        utils.plot_model(_model(), tmp_path / "model.png")


class _Numbers(utils.Sequence):  # type: ignore[misc, name-defined]
    def __init__(self) -> None:
        self.epochs = 0

    def __len__(self) -> int:
        return 4

    def __getitem__(self, index: int) -> Any:
        return self.epochs, index

    def on_epoch_end(self) -> None:
        self.epochs += 1


def test_batches_of_a_sequence_come_in_their_order() -> None:
    queue = utils.OrderedEnqueuer(_Numbers())
    queue.start(workers=3, max_queue_size=2)
    found = list(itertools.islice(queue.get(), 10))
    queue.stop(timeout=5)
    assert found == [(number // 4, number % 4) for number in range(10)]
    assert not queue.is_running()
    assert queue.run_thread is not None
    assert not queue.run_thread.is_alive()


def test_errors_of_what_makes_batches_are_raised_where_they_are_taken() -> None:
    class Wrong(_Numbers):
        def __getitem__(self, index: int) -> Any:
            raise KeyError("no such batch")

    for queue in (utils.OrderedEnqueuer(Wrong()), utils.GeneratorEnqueuer(1 / n for n in (1, 0))):
        queue.start()
        with pytest.raises((KeyError, ZeroDivisionError)):
            list(queue.get())
        assert not queue.is_running()


def test_what_a_generator_gives_ends_with_it() -> None:
    queue = utils.GeneratorEnqueuer(iter(range(5)))
    queue.start(max_queue_size=2)
    assert list(queue.get()) == list(range(5))


def test_objects_are_found_by_name_and_by_configuration() -> None:
    config = utils.serialize_keras_object(keras.layers.Dense(3, name="d"))
    assert config["class_name"] == "Dense"
    made = utils.deserialize_keras_object(config, {"Dense": keras.layers.Dense})
    assert (made.name, made.units) == ("d", 3)
    with pytest.raises(ValueError, match="Unknown pattern: none"):
        utils.deserialize_keras_object("none", {}, printable_module_name="pattern")
    with pytest.raises(ValueError, match="Improper config format"):
        utils.deserialize_keras_object({"class_name": "Dense"})


def test_sources_are_found_through_all_layers() -> None:
    first, second = keras.Input((2,)), keras.Input((2,))
    x = keras.layers.Add()([first, second])
    for _ in range(30):  # each has two ways back
        x = keras.layers.Add()([keras.layers.Activation("relu")(x), x])
    assert set(utils.get_source_inputs(x)) == {first, second}
    plain = tf.constant(1.0)
    assert utils.get_source_inputs(plain) is plain


def test_files_are_fetched_once_and_checked(tmp_path: Path) -> None:
    source = tmp_path / "source.txt"
    source.write_bytes(b"words")
    wanted = hashlib.md5(b"words").hexdigest()
    path = utils.get_file("kept.txt", source.as_uri(), file_hash=wanted, cache_dir=str(tmp_path / "cache"))
    assert Path(path).read_bytes() == b"words"
    source.unlink()
    assert utils.get_file("kept.txt", source.as_uri(), cache_dir=str(tmp_path / "cache")) == path
    with pytest.raises(ValueError, match="hash"):
        utils.get_file("kept.txt", "", file_hash="0" * 32, cache_dir=str(tmp_path / "cache"))
    with pytest.raises(FileNotFoundError, match="could not be fetched from file"):
        utils.get_file("other.txt", source.as_uri(), cache_dir=str(tmp_path / "cache"))
    assert not list((tmp_path / "cache").rglob("*.part"))


def test_weights_that_cannot_be_fetched_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(FileNotFoundError, match=r"mobilenet_2_5_128_tf_no_top\.h5.*could not be fetched from https"):
        keras.applications.MobileNet(alpha=0.25, input_shape=(128, 128, 3), include_top=False)


def test_weights_are_read_from_a_file(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    settings = {"alpha": 0.25, "include_top": False, "input_shape": (32, 32, 3)}
    first = keras.applications.MobileNet(weights=None, **settings)
    first.save_weights(str(tmp_path / "w.h5"))
    second = keras.applications.MobileNet(weights=str(tmp_path / "w.h5"), **settings)
    for a, b in zip(first.get_weights(), second.get_weights()):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"weights": "nowhere.h5"}, "path to the weights file"),
        ({"classes": 10}, "should be 1000"),
        ({"weights": None, "input_shape": (20, 20, 3)}, "at least 32x32"),
        ({"weights": None, "input_shape": (None, None, 3)}, "static `input_shape`"),
        ({"input_shape": (40, 40, 3)}, "should be .224, 224, 3."),
    ],
)
def test_networks_refuse_other_settings(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        keras.applications.VGG16(**settings)


def test_predictions_are_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = {str(n): [f"n{n:08d}", f"thing{n}"] for n in range(1000)}
    from sessile.session.keras.applications import imagenet_utils

    monkeypatch.setattr(imagenet_utils, "_WORDS", words)
    scores = np.zeros((2, 1000), "float32")
    scores[0, 7], scores[0, 3], scores[1, 999] = 0.7, 0.2, 1.0
    found = keras.applications.vgg16.decode_predictions(scores, top=2)
    assert found[0] == [("n00000007", "thing7", np.float32(0.7)), ("n00000003", "thing3", np.float32(0.2))]
    assert found[1][0][1] == "thing999"
    with pytest.raises(ValueError, match="batch of predictions"):
        keras.applications.vgg16.decode_predictions(scores[:, :9])


def test_news_are_split_and_their_rare_words_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "datasets").mkdir()
    texts = np.empty(10, object)
    texts[:] = [list(range(1, 2 + n)) for n in range(10)]
    np.savez(tmp_path / "datasets" / "reuters.npz", x=texts, y=np.arange(10))
    (tmp_path / "datasets" / "reuters_word_index.json").write_text(json.dumps({"the": 1}))
    (x, y), (test_x, test_y) = keras.datasets.reuters.load_data(num_words=6)
    assert (len(x), len(test_x)) == (8, 2)
    for text, label in zip([*x, *test_x], [*y, *test_y]):
        whole = [1, *(word + 3 for word in range(1, 2 + label))]
        assert text == [word if word < 6 else 2 for word in whole]
    (short, _), _ = keras.datasets.reuters.load_data(maxlen=4, test_split=0.0)
    assert sorted(map(len, short)) == [2, 3]
    assert keras.datasets.reuters.get_word_index() == {"the": 1}


def test_scikit_learns_interface_refuses_other_arguments() -> None:
    wrappers = keras.wrappers.scikit_learn
    with pytest.raises(ValueError, match="colour is not a legal parameter"):
        wrappers.KerasClassifier(lambda width=3: None, colour=1)
    with pytest.raises(ValueError, match="Invalid shape for y"):
        wrappers.KerasClassifier(lambda: None).fit(np.zeros((2, 2)), np.zeros((2, 2, 2)))


def test_models_of_several_gpus_are_refused() -> None:
    with pytest.raises(ValueError, match="`gpus=2`, there would have to be GPUs"):
        utils.multi_gpu_model(_model(), gpus=2)
