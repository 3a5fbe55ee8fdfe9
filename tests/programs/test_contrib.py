"""`tf.contrib`: layers give what TensorFlow 1.15 gave, argument scopes and hyperparameters do what it documents."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.programs.contrib_cases import RECORDED, cases, outcome

slim = tf.contrib.slim
WANTED = json.loads(RECORDED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", cases(tf))
def test_layers_give_what_tensorflow_gave(name: str) -> None:
    """Values, names of variables, collections, moving averages."""
    ours, wanted = outcome(tf, name), WANTED[name]
    np.testing.assert_allclose(ours["value"], wanted["value"], rtol=1e-4, atol=1e-5)
    for left, right in zip(ours["moved"], wanted["moved"], strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-4, atol=1e-5)
    assert ours["variables"] == wanted["variables"]
    assert ours["collections"] == wanted["collections"]


def test_every_case_was_recorded() -> None:
    assert sorted(WANTED) == sorted(cases(tf))


def test_argument_scopes_nest_and_are_used_again() -> None:
    @slim.add_arg_scope
    def function(a: Any, b: int = 0, c: int = 0) -> Any:
        return a, b, c

    with slim.arg_scope([function], b=1) as outer:
        assert function(0) == (0, 1, 0)
        with slim.arg_scope([function], c=2):
            assert function(0) == (0, 1, 2)
            assert function(0, b=5) == (0, 5, 2)
            with slim.arg_scope(outer):
                assert function(0) == (0, 1, 0)
        assert function(0) == (0, 1, 0)
    assert function(0) == (0, 0, 0)
    assert slim.has_arg_scope(function) and not slim.has_arg_scope(print)
    assert slim.arg_scoped_arguments(function) == {"b", "c"}
    with pytest.raises(ValueError, match="is not decorated with @add_arg_scope"), slim.arg_scope([print], b=1):
        pass
    with pytest.raises(ValueError, match="kwargs must be empty"), slim.arg_scope(outer, b=1):
        pass
    with pytest.raises(TypeError, match="must either be a list/tuple or reused scope"), slim.arg_scope(3):
        pass


def test_conv2d_and_convolution_have_scopes_of_their_own() -> None:
    """As functions of different ranks they have different names."""
    x = tf.placeholder(tf.float32, [1, 8, 8, 2])
    with slim.arg_scope([slim.conv2d], stride=2, padding="VALID"), slim.arg_scope([slim.max_pool2d], stride=1):
        assert slim.conv2d(x, 3, [2, 2]).shape.as_list() == [1, 4, 4, 3]
        assert slim.convolution(x, 3, [2, 2]).shape.as_list() == [1, 8, 8, 3]
        assert slim.max_pool2d(x, 2).shape.as_list() == [1, 7, 7, 2]


def test_variables_are_found_by_scope_and_suffix() -> None:
    x = tf.placeholder(tf.float32, [2, 3])
    slim.fully_connected(slim.fully_connected(x, 4, scope="a"), 2, scope="b", normalizer_fn=slim.batch_norm)
    names = [variable.op.name for variable in slim.get_model_variables()]
    assert names == ["a/weights", "a/biases", "b/weights", "b/BatchNorm/beta", "b/BatchNorm/moving_mean",
                     "b/BatchNorm/moving_variance"]  # fmt: skip
    assert [v.op.name for v in slim.get_variables_by_suffix("weights")] == ["a/weights", "b/weights"]
    assert [v.op.name for v in slim.get_variables_by_name("beta")] == ["b/BatchNorm/beta"]
    assert [v.op.name for v in slim.get_variables("a")] == ["a/weights", "a/biases"]
    assert slim.get_unique_variable("a/weights").op.name == "a/weights"
    left = slim.get_variables_to_restore(exclude=["b"])
    assert [v.op.name for v in left] == ["a/weights", "a/biases"]
    found = slim.filter_variables(slim.get_variables(), include_patterns=["weights"], exclude_patterns=["^b"])
    assert [v.op.name for v in found] == ["a/weights"]
    with pytest.raises(ValueError, match="Couldn't find variable nothing"):
        slim.get_unique_variable("nothing")


def test_outputs_are_collected_by_layer() -> None:
    x = tf.placeholder(tf.float32, [2, 3])
    with tf.variable_scope("net"), slim.arg_scope([slim.fully_connected], outputs_collections="ends"):
        y = slim.fully_connected(slim.fully_connected(x, 4, scope="a"), 2, scope="b")
    assert slim.utils.convert_collection_to_dict("ends")["net/b"] is y


def test_reuse_shares_weights_and_penalties() -> None:
    x = tf.placeholder(tf.float32, [2, 3])
    for reuse in (None, True):
        slim.fully_connected(x, 3, weights_regularizer=slim.l2_regularizer(0.1), scope="a", reuse=reuse)
    assert len(tf.global_variables()) == 2
    assert len(tf.losses.get_regularization_losses()) == 1


def test_a_training_step_in_one_call() -> None:
    """Updates of averages run, the step is counted, gradients are clipped."""
    x = tf.placeholder(tf.float32, [4, 3])
    y = slim.fully_connected(x, 1, normalizer_fn=slim.batch_norm)
    loss = tf.reduce_mean(tf.square(y - 1.0))
    step = tf.train.get_or_create_global_step()
    train = tf.contrib.layers.optimize_loss(loss, step, 0.1, "SGD", clip_gradients=1.0, summaries=["loss"])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        given = np.arange(12, dtype=np.float32).reshape(4, 3)
        losses = [sess.run(train, {x: given}) for _ in range(5)]
        assert losses[-1] < losses[0] and sess.run(step) == 5
        assert np.any(sess.run(slim.get_variables_by_name("moving_mean")[0]) != 0)
    with pytest.raises(ValueError, match="Optimizer name should be one of"):
        tf.contrib.layers.optimize_loss(loss, step, 0.1, "Nothing")


def test_create_train_op() -> None:
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    train = slim.learning.create_train_op(
        tf.reduce_sum(w * w), tf.train.GradientDescentOptimizer(0.1), clip_gradient_norm=1.0,
        gradient_multipliers={"w": 2.0},
    )  # fmt: skip
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run(train) == 2.0
        np.testing.assert_allclose(sess.run(w), 1.0 - 0.1 / np.sqrt(2.0), rtol=1e-6)
        assert sess.run(tf.train.get_global_step()) == 1


def test_values_from_arrays_and_checkpoints(tmp_path: Any) -> None:
    w = slim.model_variable("w", [2, 2], initializer=tf.zeros_initializer())
    path = str(tmp_path / "model.ckpt")
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        slim.assign_from_values_fn({"w": np.arange(4, dtype=np.float32)})(sess)
        assert sess.run(w).tolist() == [[0.0, 1.0], [2.0, 3.0]]
        tf.train.Saver().save(sess, path)
        restore = slim.assign_from_checkpoint_fn(path, [w])
        operation, feeds = slim.assign_from_checkpoint(path, {"w": w})
        for again in (lambda: restore(sess), lambda: sess.run(operation, feeds)):
            sess.run(w.initializer)
            again()
            assert sess.run(w).tolist() == [[0.0, 1.0], [2.0, 3.0]]
        with pytest.raises(ValueError, match=r"Checkpoint is missing variable \[other\]"):
            slim.assign_from_checkpoint(path, {"other": w})


def test_initializers_have_the_variance_they_say() -> None:
    uniform = tf.contrib.layers.xavier_initializer(seed=1)([300, 200])
    normal = tf.contrib.layers.variance_scaling_initializer(seed=1)([300, 200])
    with tf.Session() as sess:
        values = sess.run(uniform)
        assert np.abs(values).max() <= np.sqrt(6.0 / 500.0) and np.abs(values).max() > 0.9 * np.sqrt(6.0 / 500.0)
        assert sess.run(normal).std() == pytest.approx(np.sqrt(2.0 / 300.0), rel=0.05)
    with pytest.raises(TypeError, match="Unknown mode FAN"):
        tf.contrib.layers.variance_scaling_initializer(mode="FAN")


def test_hyperparameters() -> None:
    hparams = tf.contrib.training.HParams(rate=0.1, units=[1, 2], name="a", flag=True, depth=3)
    assert hparams.parse("rate=0.5,units=[3,4],name=b,flag=false,depth=7") is hparams
    assert hparams.values() == {"rate": 0.5, "units": [3, 4], "name": "b", "flag": False, "depth": 7}
    hparams.parse("units[1]=9")
    assert hparams.units == [3, 9] and "rate" in hparams and hparams.get("nothing", 4) == 4
    hparams.set_hparam("rate", 1)
    assert hparams.rate == 1.0 and isinstance(hparams.rate, float)
    hparams.add_hparam("more", 1)
    hparams.del_hparam("more")
    assert json.loads(hparams.to_json()) == hparams.values()
    assert hparams.override_from_dict({"depth": 2}).depth == 2
    wrong = [
        ("nothing=1", "Unknown hyperparameter type for nothing"),
        ("depth=x", "Could not parse hparam depth of type int"),
        ("rate=1,rate=2", "Multiple assignments to variable 'rate'"),
        ("rate", "Malformed hyperparameter value"),
        ("units=1", "Must pass a list for multi-valued parameter"),
        ("depth=[1]", "Must not pass a list for single-valued parameter"),
    ]
    for text, words in wrong:
        with pytest.raises(ValueError, match=words):
            hparams.parse(text)
    with pytest.raises(ValueError, match="Could not cast hparam 'depth'"):
        hparams.set_hparam("depth", 1.5)
    with pytest.raises(ValueError, match="Hyperparameter name is reserved: rate"):
        hparams.add_hparam("rate", 1)


def test_what_is_not_built_says_so() -> None:
    with pytest.raises(AttributeError, match=r"'gdn'. Of TensorFlow 1, this is not built here"):
        _ = tf.contrib.layers.gdn


SEQUENCES = [
    ({}, 2.078350067138672),
    ({"average_across_timesteps": False}, [2.167330026626587, 1.4477100372314453, 2.4623498916625977]),
    ({"average_across_batch": False}, [1.5744500160217285, 2.3662900924682617]),
    (
        {"average_across_batch": False, "average_across_timesteps": False},
        [[1.9546799659729004, 1.1942299604415894, 0.0], [2.3799800872802734, 0.9773399829864502, 4.924709796905518]],
    ),
    (
        {"average_across_batch": False, "average_across_timesteps": False, "sum_over_timesteps": True},
        [1.5744500160217285, 2.7606799602508545],
    ),
    (
        {
            "average_across_batch": False,
            "average_across_timesteps": False,
            "sum_over_timesteps": True,
            "sum_over_batch": True,
        },
        2.2861900329589844,
    ),
]


@pytest.mark.parametrize(("options", "wanted"), SEQUENCES)
def test_losses_of_sequences(options: dict[str, bool], wanted: Any) -> None:
    """As TensorFlow 1.15 gave them."""
    logits = (np.arange(24) % 7 / 3.0).reshape(2, 3, 4).astype(np.float32)
    weights = np.array([[1, 1, 0], [1, 0.5, 2]], np.float32)
    loss = tf.contrib.seq2seq.sequence_loss(logits, [[0, 1, 2], [3, 0, 1]], weights, **options)
    with tf.Session() as sess:
        np.testing.assert_allclose(sess.run(loss), wanted, rtol=1e-4)


def test_losses_of_lists() -> None:
    legacy = tf.contrib.legacy_seq2seq
    logits = [
        tf.constant(each) for each in (np.arange(24) % 7 / 3.0).reshape(2, 3, 4).astype(np.float32).swapaxes(0, 1)
    ]
    targets = [tf.constant(each) for each in ([0, 3], [1, 0], [2, 1])]
    weights = [tf.constant(each) for each in ([1.0, 1.0], [1.0, 0.5], [0.0, 2.0])]
    by_example = legacy.sequence_loss_by_example(logits, targets, weights)
    with tf.Session() as sess:
        values, whole = sess.run([by_example, legacy.sequence_loss(logits, targets, weights)])
    np.testing.assert_allclose(values, [1.5744500160217285, 2.3662900924682617], rtol=1e-4)
    assert whole == pytest.approx(float(np.mean([1.5744500160217285, 2.3662900924682617])), rel=1e-4)
    with pytest.raises(ValueError, match="Lengths of logits, weights, and targets must be the same"):
        legacy.sequence_loss_by_example(logits, targets, weights[:2])


def test_accuracy_and_modes() -> None:
    given, labels = tf.constant([1, 2, 3]), tf.constant([1, 2, 2])
    with tf.Session() as sess:
        assert sess.run(tf.contrib.metrics.accuracy(given, labels)) == pytest.approx(2 / 3)
        assert sess.run(tf.contrib.metrics.accuracy(given, labels, tf.constant([1.0, 2.0, 3.0]))) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="Labels should have bool, integer, or string dtype"):
        tf.contrib.metrics.accuracy(tf.constant([1.0]), tf.constant([1.0]))
    assert tf.contrib.learn.ModeKeys.INFER == "infer"


def test_scipy_minimizes_a_loss() -> None:
    """With bounds, with constraints, and with callbacks."""
    w = tf.get_variable("w", initializer=[7.0, 7.0])
    loss = tf.reduce_sum(tf.square(w))
    interface = tf.contrib.opt.ScipyOptimizerInterface
    free = interface(loss, options={"maxiter": 100})
    bound = interface(loss, var_to_bounds={w: ([1.0, 2.0], np.inf)})
    held = interface(loss, equalities=[w[1] - 1.0], inequalities=[w[0] - 1.0], method="SLSQP")
    with tf.Session() as sess:
        losses: list[float] = []
        for optimizer, wanted in ((free, [0.0, 0.0]), (bound, [1.0, 2.0]), (held, [1.0, 1.0])):
            sess.run(w.initializer)
            optimizer.minimize(sess, fetches=[loss], loss_callback=losses.append)
            np.testing.assert_allclose(sess.run(w), wanted, atol=1e-4)
        assert losses[0] == 98.0


def test_words_become_numbers(tmp_path: Any) -> None:
    """As TensorFlow 1.15 gave them."""
    texts = ["This is a cat", "This must be boy", "This is a a dog's re-run USA aB"]
    processor = tf.contrib.learn.preprocessing.VocabularyProcessor(5)
    rows = np.array(list(processor.fit_transform(texts)))
    assert rows.tolist() == [[1, 2, 3, 4, 0], [1, 5, 6, 7, 0], [1, 2, 3, 3, 8]] and rows.dtype == np.int64
    assert len(processor.vocabulary_) == 12 and processor.vocabulary_.get("zebra") == 0
    assert list(processor.reverse(rows[:1])) == ["This is a cat <UNK>"]
    processor.save(str(tmp_path / "vocabulary"))
    again = tf.contrib.learn.preprocessing.VocabularyProcessor.restore(str(tmp_path / "vocabulary"))
    assert next(again.transform(["This zebra"])).tolist() == [1, 0, 0, 0, 0]
    frequent = tf.contrib.learn.preprocessing.VocabularyProcessor(4, min_frequency=1)
    assert np.array(list(frequent.fit_transform(texts))).tolist() == [[1, 3, 2, 0], [1, 0, 0, 0], [1, 3, 2, 2]]


def test_variables_are_counted(capsys: Any) -> None:
    w = tf.get_variable("a/w", [2, 3])
    assert slim.model_analyzer.analyze_vars([w], print_info=True) == (6, 24)
    assert "a/w:0 (float32_ref 2x3) [6, bytes: 24]" in capsys.readouterr().out
    assert slim.model_analyzer.analyze_ops(w.graph) > 6


def test_a_decoder_runs_a_cell_along_a_list() -> None:
    cell = tf.nn.rnn_cell.BasicRNNCell(3)
    inputs = [tf.ones([2, 3])] * 4
    decode = tf.contrib.legacy_seq2seq.rnn_decoder
    outputs, state = decode(inputs, cell.zero_state(2, tf.float32), cell)
    with tf.variable_scope("other"):
        looped, _ = decode(inputs, cell.zero_state(2, tf.float32), tf.nn.rnn_cell.BasicRNNCell(3),
                           loop_function=lambda before, time: before)  # fmt: skip
    assert len(outputs) == len(looped) == 4
    assert [v.op.name for v in tf.trainable_variables()[:2]] == [
        "rnn_decoder/basic_rnn_cell/kernel", "rnn_decoder/basic_rnn_cell/bias",
    ]  # fmt: skip
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        last, final = sess.run([outputs[-1], state])
        assert last.tolist() == final.tolist()


def test_slim_utils() -> None:
    """Recorded from TensorFlow 1.15.5, but for the channels of "NCHW", which it takes to be the last extent."""
    utils, x = slim.utils, tf.placeholder(tf.float32, [None, 3, 4], name="x")
    assert utils.collect_named_outputs("ends", "first", x) is x
    utils.append_tensor_alias(x, "second")
    assert list(utils.convert_collection_to_dict("ends", clear_collection=True)) == ["first", "second"]
    assert tf.get_collection("ends") == [] and utils.gather_tensors_aliases([x]) == ["first", "second"]
    assert utils.get_tensor_aliases(tf.constant(1, name="one")) == ["one"]
    assert (utils.two_element_tuple(3), utils.n_positive_integers(2, [3, 4])) == ((3, 3), (3, 4))
    assert (utils.last_dimension(x.shape), utils.channel_dimension(x.shape, "NCHW")) == (4, 3)
    assert utils.smart_cond(tf.constant(False), lambda: 1, lambda: 2) == 2
    assert utils.smart_cond(tf.placeholder(tf.bool, []), lambda: x, lambda: x + 1).op.type == "Merge"
    assert utils.get_variable_collections({"w": ["a"]}, "w") == ["a"]
    for call, words in (
        (lambda: utils.two_element_tuple([1]), "Must be a list with 2 elements"),
        (lambda: utils.n_positive_integers(2, -1), "expected positive integer, but received -1"),
        (lambda: utils.n_positive_integers(2, "ab"), "Expected sequence of 2 positive integers"),
        (lambda: utils.last_dimension(x.shape, 4), "rank of shape must be at least 4 not: 3"),
        (lambda: utils.last_dimension([None]), "dimension -1 of shape must be known but is None"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
