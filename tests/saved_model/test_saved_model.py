"""`saved_model`: a fixture of TensorFlow 1.15 (`record.py`), the same model written here, signatures and errors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.saved_model.record import FIXTURE, write_model


def check_model(folder: str) -> Any:
    """Load the model of `record.py` and check what it does; returns the message."""
    with tf.Session(graph=tf.Graph()) as sess:
        message = tf.saved_model.loader.load(sess, [tf.saved_model.tag_constants.SERVING], folder)
        signature = message.signature_def[tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY]
        assert tf.saved_model.is_valid_signature(signature)
        fed = {signature.inputs["x"].name: [[1.0, 1.0]]}
        assert sess.run(signature.outputs["y"].name, fed).tolist() == [[6.0]]  # the variable was doubled when loaded
    with tf.Session(graph=tf.Graph()) as sess:
        tf.saved_model.load(sess, {"train"}, folder, import_scope="inner")
        assert sess.run("inner/w:0").tolist() == [[2.0], [4.0]]
    assert Path(folder, "assets", "words.txt").read_text() == "hi"
    return message


def test_tensorflows_model_is_loaded() -> None:
    """With variables, the operation to run, and the asset."""
    assert tf.saved_model.maybe_saved_model_directory(FIXTURE)
    check_model(FIXTURE)


@pytest.mark.parametrize("name", ["v2_loops", "v2_layers", "v2_words"])
def test_models_of_tensorflow_2_give_its_values(name: str) -> None:
    """With lists of tensors in loops, arrays that grow, branches, recurrent layers, tables (`record_v2.py`)."""
    folder = Path(FIXTURE).parent / name
    with np.load(folder / "values.npz") as values, tf.Session(graph=tf.Graph()) as session:
        signature = tf.saved_model.load(session, ["serve"], str(folder)).signature_def["serving_default"]
        (fed,), (fetched,) = signature.inputs.values(), signature.outputs.values()
        step = session.make_callable(fetched.name, [fed.name])
        for _ in range(3):
            np.testing.assert_allclose(step(values["x"]), values["y"], rtol=1e-5, atol=1e-6)


def test_the_same_model_is_written(tmp_path: Path) -> None:
    """The message has TensorFlow's signatures, collections, saver and nodes."""
    folder = str(tmp_path / "model")
    write_model(tf, folder)
    ours, theirs = check_model(folder), check_model(FIXTURE)
    assert ours.signature_def == theirs.signature_def and ours.saver_def == theirs.saver_def
    assert set(ours.collection_def) == set(theirs.collection_def)
    assert ours.collection_def["saved_model_assets"] == theirs.collection_def["saved_model_assets"]
    assert {node.name: node.op for node in ours.graph_def.node} == {
        node.name: node.op for node in theirs.graph_def.node
    }
    for name in ("variables.index", "variables.data-00000-of-00001"):
        assert Path(folder, "variables", name).read_bytes() == Path(FIXTURE, "variables", name).read_bytes()


def test_simple_save(tmp_path: Path) -> None:
    """One graph for serving, with names for what it takes and gives."""
    folder = str(tmp_path / "model")
    x = tf.placeholder(tf.float32, [None], name="x")
    y = x * tf.Variable(3.0, name="v")
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(sess, folder, {"in": x}, {"out": y})
        with pytest.raises(AssertionError, match="isn't empty"):
            tf.saved_model.simple_save(sess, folder, {"in": x}, {"out": y})
    with tf.Session(graph=tf.Graph()) as sess:
        signature = tf.saved_model.load(sess, ["serve"], folder).signature_def["serving_default"]
        assert sess.run(signature.outputs["out"].name, {signature.inputs["in"].name: [2.0]}).tolist() == [6.0]


def test_a_graph_without_variables_as_text(tmp_path: Path) -> None:
    """Written as text, loaded by itself."""
    builder = tf.saved_model.Builder(str(tmp_path))
    with tf.Session() as sess:
        tf.constant(4.0, name="c")
        builder.add_meta_graph_and_variables(sess, ["t"])
    assert builder.save(as_text=True) == os.fsencode(tmp_path / "saved_model.pbtxt")
    with tf.Session(graph=tf.Graph()) as sess:
        tf.saved_model.load(sess, ["t"], str(tmp_path))
        assert sess.run("c:0") == 4.0


def test_tensors_of_infos() -> None:
    """By name, dense and sparse."""
    utils = tf.saved_model.utils
    x = tf.placeholder(tf.int32, [2], name="x")
    sparse = tf.sparse_placeholder(tf.float32, [2, 2], name="s")
    assert utils.get_tensor_from_tensor_info(utils.build_tensor_info(x)) is x
    again = utils.get_tensor_from_tensor_info(utils.build_tensor_info(sparse))
    assert again.values is sparse.values and again.indices is sparse.indices
    variable = tf.Variable(1.0, name="v")
    assert utils.build_tensor_info(variable).name == "v:0"


def test_kinds_of_signatures() -> None:
    """Of predictions, classifications and regressions; what does not fit is refused."""
    utils = tf.saved_model.signature_def_utils
    texts, reals = tf.placeholder(tf.string, [None]), tf.placeholder(tf.float32, [None])
    made = [
        utils.predict_signature_def({"a": reals}, {"b": reals}),
        utils.classification_signature_def(texts, texts, reals),
        utils.regression_signature_def(texts, reals),
    ]
    assert all(map(utils.is_valid_signature, made)) and len({signature.method_name for signature in made}) == 3
    assert not utils.is_valid_signature(utils.build_signature_def({}, {}, "other"))
    for words, build in (
        ("inputs cannot be None or empty", lambda: utils.predict_signature_def({}, {"b": reals})),
        ("classes and scores cannot both be None", lambda: utils.classification_signature_def(texts, None, None)),
        ("must be of type string", lambda: utils.regression_signature_def(reals, reals)),
    ):
        with pytest.raises(ValueError, match=words):
            build()


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    """Folders without a model, tags without a graph, graphs before variables."""
    with tf.Session(graph=tf.Graph()) as sess:
        with pytest.raises(RuntimeError, match="tags 'gpu' could not be found(.|\n)*available_tags"):
            tf.saved_model.load(sess, ["gpu"], FIXTURE)
        with pytest.raises(OSError, match="SavedModel file does not exist at"):
            tf.saved_model.load(sess, ["gpu"], str(tmp_path))
    with pytest.raises(AssertionError, match="has not been saved yet"):
        tf.saved_model.Builder(str(tmp_path)).add_meta_graph(["serve"])
