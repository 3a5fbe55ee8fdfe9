"""Pruning of weights; thresholds and counts are TensorFlow 1.15.5's."""

from typing import Any

import numpy as np
import pytest

import sessile as tf

pruning = tf.contrib.model_pruning


def weights(*names: str) -> list[Any]:
    draw = np.random.RandomState(0)
    shapes = [(4, 5), (6,), (6,)]
    return [tf.get_variable(name, initializer=draw.randn(*shape).astype("f")) for name, shape in zip(names, shapes)]


def test_thresholds_and_masks_are_tensorflows() -> None:
    for w in weights("fc1/weights", "fc2/weights", "w3"):
        scope = w.op.name.partition("/")[0]
        masked = pruning.apply_mask(w, scope)
    assert masked.name == "weights/masked_weight_2:0"
    step = tf.train.get_or_create_global_step()
    spec = pruning.get_pruning_hparams().parse(
        "begin_pruning_step=2,end_pruning_step=20,pruning_frequency=2,target_sparsity=.6,"
        "sparsity_function_end_step=10,threshold_decay=.1,weight_sparsity_map=[fc2:0.5]"
    )
    changer = pruning.Pruning(spec, global_step=step)
    update = changer.conditional_mask_update_op()
    changer.add_pruning_summaries()
    found = {}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for turn in range(9):
            session.run(update)
            thresholds, masks = session.run([pruning.get_thresholds(), pruning.get_masks()])
            found[turn] = (*thresholds, *(int(mask.sum()) for mask in masks))
            session.run(step.assign_add(1))
        assert session.run(changer._last_update_step) == 8
        np.testing.assert_allclose(session.run(pruning.get_weight_sparsity()), [0.6, 0.5, 2 / 3], rtol=1e-6)
        assert session.run(tf.summary.merge_all())
    np.testing.assert_allclose(found[1], [0, 0, 0, 20, 6, 6])
    np.testing.assert_allclose(found[2], [0.30030689, 0.66794848, 0.16846547, 15, 5, 4], rtol=1e-6)
    assert found[3] == found[2]
    np.testing.assert_allclose(found[4], [0.42950761, 0.84478742, 0.35719281, 11, 4, 3], rtol=1e-6)
    np.testing.assert_allclose(found[8], [0.9362433, 1.44826984, 1.36002946, 8, 3, 2], rtol=1e-6)


def test_blocks() -> None:
    (w,) = weights("w")
    pruning.apply_mask(w)
    step = tf.train.get_or_create_global_step()
    spec = pruning.get_pruning_hparams().parse("block_height=2,block_width=2")
    update = pruning.Pruning(spec, global_step=step, sparsity=0.5).mask_update_op()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(update)
        mask, threshold = session.run([pruning.get_masks()[0], pruning.get_thresholds()[0]])
    assert mask.tolist() == [[1] * 5] * 2 + [[0] * 5] * 2
    np.testing.assert_allclose(threshold, 0.8685518, rtol=1e-6)


def test_layers_and_graphs_without_masks() -> None:
    x = tf.placeholder(tf.float32, [None, 8, 8, 3], name="x")
    y = pruning.masked_conv2d(x, 4, 3, scope="c")
    out = tf.identity(pruning.masked_fully_connected(tf.contrib.layers.flatten(y), 5, scope="f"), name="out")
    made = [v.op.name for v in tf.global_variables()]
    assert made == ["c/mask", "c/weights", "c/threshold", "c/biases", "f/weights", "f/mask", "f/threshold", "f/biases"]
    assert [v.op.name for v in tf.trainable_variables()] == ["c/weights", "c/biases", "f/weights", "f/biases"]
    data = np.random.RandomState(1).randn(2, 8, 8, 3).astype("f")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        plain = session.run(out, {x: data})
        half = np.arange(256 * 5).reshape(256, 5) % 2
        session.run(pruning.get_masks()[1].assign(half))
        wanted = session.run(out, {x: data})
        frozen = tf.graph_util.convert_variables_to_constants(session, x.graph.as_graph_def(), ["out"])
    assert np.abs(plain - wanted).max() > 1e-3
    stripped = pruning.strip_pruning_vars_fn(frozen, ["out"])
    assert not [node.name for node in stripped.node if "mask" in node.name and node.op != "Const"]
    with tf.Graph().as_default(), tf.Session() as session:
        (value,) = tf.import_graph_def(stripped, return_elements=["out:0"], name="")
        np.testing.assert_allclose(session.run(value, {"x:0": data}), wanted, rtol=1e-5, atol=1e-6)
    with pytest.raises(ValueError, match="no constant"):
        pruning.strip_pruning_vars_fn(x.graph.as_graph_def(), ["out"])


@pytest.mark.parametrize("cell", ["MaskedBasicLSTMCell", "MaskedLSTMCell"])
def test_cells(cell: str) -> None:
    made = getattr(pruning, cell)(3)
    outputs, _ = tf.nn.dynamic_rnn(made, tf.ones([2, 3, 4]), dtype=tf.float32)
    gradient = tf.gradients(outputs, tf.trainable_variables()[0])[0]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert np.abs(session.run(outputs)).min() > 0
        session.run(pruning.get_masks()[0].assign(np.zeros([7, 12])))
        values, gradients = session.run([outputs, gradient])
    assert not values.any() and not gradients.any()


def test_training_changes_masks(tmp_path: Any) -> None:
    w = tf.get_variable("w", initializer=np.arange(1, 11, dtype=np.float32))
    loss = tf.reduce_sum(pruning.apply_mask(w) * 0.1)
    step = tf.train.get_or_create_global_step()
    spec = pruning.get_pruning_hparams().parse("pruning_frequency=1,sparsity_function_end_step=3")
    update = pruning.Pruning(spec, global_step=step).conditional_mask_update_op()
    train = tf.contrib.slim.learning.create_train_op(loss, tf.train.GradientDescentOptimizer(0.01))
    pruning.train(train, str(tmp_path), update, number_of_steps=5, log_every_n_steps=0)
    frozen = pruning.graph_def_from_checkpoint(str(tmp_path), ["weights/masked_weight"])
    with tf.Graph().as_default(), tf.Session() as session:
        (value,) = tf.import_graph_def(frozen, return_elements=["weights/masked_weight:0"], name="")
        assert np.count_nonzero(session.run(value)) == 5
    with pytest.raises(ValueError, match="Could not find a checkpoint"):
        pruning.graph_def_from_checkpoint(str(tmp_path / "none"), ["w"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("begin_pruning_step=-1", "begin_pruning_step"),
        ("begin_pruning_step=5,end_pruning_step=3", "begin before it can end"),
        ("threshold_decay=1.5", "threshold_decay must be in range"),
        ("target_sparsity=1.2", "target_sparsity must be in range"),
        ("sparsity_function_begin_step=10,sparsity_function_end_step=5", "begin_step < end_step"),
        ("weight_sparsity_map=[a]", "colon"),
        ("weight_sparsity_map=[a:2]", "can not exceed"),
    ],
)
def test_settings_that_cannot_be(text: str, message: str) -> None:
    tf.train.get_or_create_global_step()
    with pytest.raises(ValueError, match=message):
        pruning.Pruning(pruning.get_pruning_hparams().parse(text))


def test_without_a_global_step() -> None:
    with pytest.raises(ValueError, match="get_or_create_global_step"):
        pruning.Pruning()
