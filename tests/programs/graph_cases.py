"""Calls whose operations are compared with those of TensorFlow 1.15.5, in order, with types and names.

`tf.set_random_seed` gives an operation a seed made from how many operations there are before it, so a program repeats
TensorFlow's numbers only if each call makes just as many. `graph_cases.json` holds what 1.15.5 made.
"""

# ruff: noqa: E501  (a case a line reads best)
from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

CASES: dict[str, Callable[[Any], Any]] = {}


def case(name: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Keep a function of `tf` under a name."""

    def keep(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        CASES[name] = function
        return function

    return keep


def floats(tf: Any, *shape: int | None) -> Any:
    """A placeholder of float32."""
    return tf.placeholder(tf.float32, shape)


def one(name: str, body: str) -> None:
    """Keep an expression of `tf` and of `x` [5, 4], `image` [2, 8, 8, 3], `steps` [2, 6, 4], `training`, `ints`."""

    def function(tf: Any) -> Any:
        places = {
            "tf": tf,
            "floats": floats,
            "x": floats(tf, 5, 4),
            "y": floats(tf, 5, 4),
            "image": floats(tf, 2, 8, 8, 3),
            "steps": floats(tf, 2, 6, 4),
            "any": floats(tf, None, 4),
            "anysteps": floats(tf, None, None, 4),
            "training": tf.placeholder(tf.bool, []),
            "ints": tf.placeholder(tf.int32, [5]),
            "v": tf.get_variable("v", [4, 3], initializer=tf.zeros_initializer()),
        }
        return eval(body, places)

    CASES[name] = function


one("dense", "tf.layers.dense(x, 3, activation=tf.nn.relu)")
one("dense_regularized", "tf.layers.dense(x, 3, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))")
one("dense_any", "tf.layers.dense(any, 3)")
one("dense_3d", "tf.layers.dense(steps, 3)")
one("conv2d", "tf.layers.conv2d(image, 4, 3, activation=tf.nn.relu)")
one("conv2d_dilated", "tf.layers.conv2d(image, 4, 3, padding='same', dilation_rate=2)")
one("conv2d_dilated_valid", "tf.layers.conv2d(image, 4, 2, dilation_rate=(2, 1))")
one(
    "conv2d_dilated_unknown", "tf.layers.conv2d(floats(tf, None, None, None, 3), 4, 3, padding='same', dilation_rate=2)"
)
one("conv1d_dilated", "tf.layers.conv1d(steps, 4, 2, dilation_rate=2)")
one("keras_dilated", "tf.keras.layers.Conv2D(3, 2, dilation_rate=2)(image)")
one("contrib_dilated", "tf.contrib.layers.conv2d(image, 4, 3, rate=2)")
one("conv2d_transpose", "tf.layers.conv2d_transpose(image, 4, 3, strides=2)")
one("conv1d", "tf.layers.conv1d(steps, 4, 3)")
one("separable_conv1d", "tf.layers.separable_conv1d(steps, 4, 3, activation=tf.nn.relu)")
one("swish", "tf.gradients(tf.nn.swish(x), x)")
one("swish_list", "tf.nn.swish([1.0, 2.0])")
one("slice_from", "image[ints[0]:, 1:ints[1], ..., tf.newaxis, : tf.cast(ints[2], tf.int32)]")
one(
    "slice_int64",
    "x[tf.cast(ints[0], tf.int64)], x[tf.cast(ints[0], tf.int64) :], x[::2, : tf.cast(ints[0], tf.int64)]",
)
one("slice_variable", "[x[tf.Variable(1)], x[: tf.Variable(2), 1:]]")
for _number, _equation in enumerate(
    """
ij,jk->ik x y[:4,:3]|ij,jk->ik any v|ij,jk any any[:4]|ijk->ki steps|ij-> x|ij->ij any|bij,jk->bik anysteps v
bij,bkj->bik anysteps anysteps|bqhd,bkhd->bhqk image image|...ij,jk->...ik anysteps v|a...,a...->... steps steps
i,j->ij x[0] y[0]|ij,kl->ijkl x v|ij,ij-> x y|ij,jk,kl->li x v v[:3]|ij,jk,k,i->ij x v v[0] x[:,0]
ij,jk,j->ik x v x[0]|ij,ik->k x y|b...d,de->b...e image v[:3]|bld,dnh->blnh anysteps image[0,:4]
...i,...j->...ij any any|ij,->ij x x[0,0]
""".strip()
    .replace("\n", "|")
    .split("|")
):
    _labels, *_inputs = _equation.split()
    one(f"einsum_{_number}", f"tf.einsum({_labels!r}, {', '.join(_inputs)})")
one("separable_conv2d", "tf.layers.separable_conv2d(image, 4, 3)")
one("max_pooling2d", "tf.layers.max_pooling2d(image, 2, 2)")
one("average_pooling2d", "tf.layers.average_pooling2d(image, 2, 2)")
one("flatten", "tf.layers.flatten(image)")
one("flatten_any", "tf.layers.flatten(any)")
one("layers_dropout", "tf.layers.dropout(x, 0.5, training=True)")
one("layers_dropout_tensor", "tf.layers.dropout(x, 0.5, training=training)")
one("nn_dropout", "tf.nn.dropout(x, 0.5)")
one("nn_dropout_tensor", "tf.nn.dropout(x, tf.placeholder(tf.float32))")
one("batch_normalization", "tf.layers.batch_normalization(x)")
one("batch_normalization_training", "tf.layers.batch_normalization(x, training=True)")
one("batch_normalization_tensor", "tf.layers.batch_normalization(x, training=training)")
one("batch_normalization_image", "tf.layers.batch_normalization(image)")
one("batch_normalization_image_training", "tf.layers.batch_normalization(image, training=True)")
one("batch_normalization_image_tensor", "tf.layers.batch_normalization(image, training=training)")
one("keras_dense", "tf.keras.layers.Dense(3)(x)")
one("keras_batch_norm", "tf.keras.layers.BatchNormalization()(x)")
one("keras_batch_norm_training", "tf.keras.layers.BatchNormalization()(x, training=training)")
one("keras_dropout", "tf.keras.layers.Dropout(0.5)(x)")
one("keras_conv", "tf.keras.layers.Conv2D(3, 3)(image)")
one("keras_embedding", "tf.keras.layers.Embedding(7, 3)(ints)")
one("keras_lstm", "tf.keras.layers.LSTM(3)(steps)")
one("keras_gru", "tf.keras.layers.GRU(3)(steps)")
one("contrib_fully_connected", "tf.contrib.layers.fully_connected(x, 3)")
one(
    "contrib_fully_connected_norm",
    "tf.contrib.layers.fully_connected(x, 3, normalizer_fn=tf.contrib.layers.batch_norm)",
)
one("contrib_conv2d", "tf.contrib.layers.conv2d(image, 4, 3)")
one("contrib_conv2d_transpose", "tf.contrib.layers.conv2d_transpose(image, 4, 3)")
one("contrib_max_pool2d", "tf.contrib.layers.max_pool2d(image, 2)")
one("contrib_flatten", "tf.contrib.layers.flatten(image)")
one("contrib_dropout", "tf.contrib.layers.dropout(x)")
one("contrib_batch_norm", "tf.contrib.layers.batch_norm(image)")
one("contrib_batch_norm_plain", "tf.contrib.layers.batch_norm(x, fused=False)")
one("contrib_batch_norm_tensor", "tf.contrib.layers.batch_norm(image, is_training=training)")
one("contrib_batch_norm_plain_tensor", "tf.contrib.layers.batch_norm(x, is_training=training, fused=False)")
one("contrib_batch_norm_now", "tf.contrib.layers.batch_norm(x, updates_collections=None, scale=True)")
one("contrib_batch_norm_off", "tf.contrib.layers.batch_norm(x, is_training=False)")
one("contrib_layer_norm", "tf.contrib.layers.layer_norm(x)")
one("contrib_embed", "tf.contrib.layers.embed_sequence(ints, 7, 3)")
one("contrib_one_hot", "tf.contrib.layers.one_hot_encoding(ints, 3)")
one("contrib_xavier", "tf.get_variable('w', [3, 4], initializer=tf.contrib.layers.xavier_initializer())")
one("contrib_variance", "tf.get_variable('w', [3, 4], initializer=tf.contrib.layers.variance_scaling_initializer())")
one("slim_conv2d", "tf.contrib.slim.conv2d(image, 4, [3, 3], weights_regularizer=tf.contrib.slim.l2_regularizer(0.1))")
one("slim_separable", "tf.contrib.slim.separable_conv2d(image, 4, [3, 3], 1)")
one("slim_repeat", "tf.contrib.slim.repeat(image, 2, tf.contrib.slim.conv2d, 4, [3, 3])")
one("l2_regularizer", "tf.contrib.layers.l2_regularizer(0.1)(x)")
one("l1_regularizer", "tf.contrib.layers.l1_regularizer(0.1)(x)")
for _name in ("random_normal", "random_uniform", "truncated_normal", "zeros", "ones", "glorot_uniform", "orthogonal"):
    one(f"initializer_{_name}", f"tf.get_variable('w', [3, 4], initializer=tf.{_name}_initializer())")
one("initializer_constant", "tf.get_variable('w', [3, 4], initializer=tf.constant_initializer(0.1))")
one("initializer_scaling", "tf.get_variable('w', [3, 4], initializer=tf.variance_scaling_initializer())")
one("variable", "tf.Variable(tf.random_normal([3, 4], stddev=0.1))")
one("variable_truncated", "tf.Variable(tf.truncated_normal([3, 4]))")
one("variable_number", "tf.Variable(0, trainable=False)")
one("resource_variable", "tf.get_variable('w', [3], use_resource=True)")
one("moments", "tf.nn.moments(image, [0, 1, 2])")
one("nn_batch_normalization", "tf.nn.batch_normalization(x, 0.0, 1.0, None, None, 0.001)")
one("softmax_cross_entropy", "tf.nn.softmax_cross_entropy_with_logits(labels=x, logits=y)")
one("softmax_cross_entropy_v2", "tf.nn.softmax_cross_entropy_with_logits_v2(labels=x, logits=y)")
one("sparse_softmax", "tf.nn.sparse_softmax_cross_entropy_with_logits(labels=ints, logits=y)")
one("sigmoid_cross_entropy", "tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=y)")
one("weighted_cross_entropy", "tf.nn.weighted_cross_entropy_with_logits(targets=x, logits=y, pos_weight=2.0)")
one(
    "nce_loss",
    "tf.nn.nce_loss(floats(tf, 7, 4), floats(tf, 7), tf.placeholder(tf.int64, [5, 1]), x, 3, 7)".replace(
        "floats(tf, 7, 4)", "tf.placeholder(tf.float32, [7, 4])"
    ).replace("floats(tf, 7)", "tf.placeholder(tf.float32, [7])"),
)
one(
    "sampled_softmax",
    "tf.nn.sampled_softmax_loss(tf.placeholder(tf.float32, [7, 4]), tf.placeholder(tf.float32, [7]), tf.placeholder(tf.int64, [5, 1]), x, 3, 7)",
)
one("loss_mse", "tf.losses.mean_squared_error(x, y)")
one("loss_softmax", "tf.losses.softmax_cross_entropy(x, y)")
one("loss_sparse_softmax", "tf.losses.sparse_softmax_cross_entropy(ints, y)")
one("loss_sigmoid", "tf.losses.sigmoid_cross_entropy(x, y)")
one("loss_absolute", "tf.losses.absolute_difference(x, y)")
one("loss_huber", "tf.losses.huber_loss(x, y)")
one("loss_log", "tf.losses.log_loss(x, y)")
one("loss_hinge", "tf.losses.hinge_loss(x, y)")
one("loss_cosine", "tf.losses.cosine_distance(x, y, axis=1)")
one("loss_weighted", "tf.losses.mean_squared_error(x, y, weights=tf.placeholder(tf.float32, [5, 1]))")
one("loss_total", "(tf.losses.mean_squared_error(x, y), tf.losses.get_total_loss())")
one("embedding_lookup", "tf.nn.embedding_lookup(v, ints)")
one("embedding_lookup_two", "tf.nn.embedding_lookup([v, v], ints)")
one(
    "embedding_lookup_sparse",
    "tf.nn.embedding_lookup_sparse(v, tf.sparse_placeholder(tf.int64, [5, 4]), None, combiner='mean')",
)
for _name, _body in {
    "GradientDescentOptimizer": "0.1",
    "MomentumOptimizer": "0.1, 0.9",
    "AdamOptimizer": "0.1",
    "RMSPropOptimizer": "0.1",
    "AdagradOptimizer": "0.1",
    "AdadeltaOptimizer": "0.1",
    "FtrlOptimizer": "0.1",
}.items():
    one(f"optimizer_{_name}", f"tf.train.{_name}({_body}).minimize(tf.reduce_mean(tf.matmul(x, v)))")
one("optimizer_sparse", "tf.train.AdamOptimizer().minimize(tf.reduce_sum(tf.nn.embedding_lookup(v, ints)))")
one(
    "optimizer_step",
    "tf.train.AdamOptimizer().minimize(tf.reduce_sum(tf.matmul(x, v)), global_step=tf.train.get_or_create_global_step())",
)
one(
    "optimizer_mlp",
    "tf.train.AdamOptimizer().minimize(tf.losses.softmax_cross_entropy(tf.placeholder(tf.float32, [5, 2]), tf.layers.dense(tf.layers.dense(x, 8, tf.nn.relu), 2)))",
)
one(
    "optimizer_cnn",
    "tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(tf.layers.dense(tf.layers.flatten(tf.layers.max_pooling2d(tf.layers.conv2d(image, 4, 3, activation=tf.nn.relu), 2, 2)), 2)))",
)
one(
    "optimizer_bn",
    "tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(tf.layers.batch_normalization(tf.layers.conv2d(image, 4, 3), training=True)))",
)
one(
    "optimizer_bn_tensor",
    "tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(tf.layers.batch_normalization(tf.layers.conv2d(image, 4, 3), training=training)))",
)
one(
    "optimize_loss",
    "tf.contrib.layers.optimize_loss(tf.reduce_sum(tf.matmul(x, v)), tf.train.get_or_create_global_step(), 0.1, 'Adam')",
)
one(
    "slim_train_op",
    "tf.contrib.slim.learning.create_train_op(tf.reduce_sum(tf.matmul(x, v)), tf.train.AdamOptimizer())",
)
one("clip_by_global_norm", "tf.clip_by_global_norm([x, y], 1.0)")
one("clip_by_norm", "tf.clip_by_norm(x, 1.0)")
one("clip_by_value", "tf.clip_by_value(x, 0.0, 1.0)")
one(
    "exponential_decay",
    "tf.train.exponential_decay(0.1, tf.train.get_or_create_global_step(), 100, 0.9, staircase=True)",
)
one("piecewise", "tf.train.piecewise_constant(tf.train.get_or_create_global_step(), [10, 20], [0.1, 0.01, 0.001])")
one("polynomial_decay", "tf.train.polynomial_decay(0.1, tf.train.get_or_create_global_step(), 100)")
one("ema", "tf.train.ExponentialMovingAverage(0.9).apply([v])")
one("ema_steps", "tf.train.ExponentialMovingAverage(0.9, tf.train.get_or_create_global_step()).apply([v])")
one("ema_tensor", "tf.train.ExponentialMovingAverage(0.9).apply([x])")
one("ema_zero", "tf.train.ExponentialMovingAverage(0.9, zero_debias=True).apply([x])")
one("ema_trainable", "tf.train.ExponentialMovingAverage(0.9).apply(tf.trainable_variables())")
for _cell in ("BasicLSTMCell", "LSTMCell", "GRUCell", "BasicRNNCell"):
    one(f"static_{_cell}", f"tf.nn.static_rnn(tf.nn.rnn_cell.{_cell}(3), [x, y], dtype=tf.float32)")
    one(f"dynamic_{_cell}", f"tf.nn.dynamic_rnn(tf.nn.rnn_cell.{_cell}(3), steps, dtype=tf.float32)")
one(
    "dynamic_lengths",
    "tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(3), steps, sequence_length=tf.placeholder(tf.int32, [2]), dtype=tf.float32)",
)
one(
    "dynamic_any",
    "tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(3), tf.placeholder(tf.float32, [None, None, 4]), dtype=tf.float32)",
)
one(
    "dynamic_dropout",
    "tf.nn.dynamic_rnn(tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.BasicLSTMCell(3), output_keep_prob=0.5), steps, dtype=tf.float32)",
)
one(
    "dynamic_multi",
    "tf.nn.dynamic_rnn(tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.BasicLSTMCell(3) for _ in range(2)]), steps, dtype=tf.float32)",
)
one(
    "dynamic_training",
    "tf.train.AdamOptimizer().minimize(tf.reduce_mean(tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(3), steps, dtype=tf.float32)[0]))",
)
one(
    "bidirectional",
    "tf.nn.bidirectional_dynamic_rnn(tf.nn.rnn_cell.GRUCell(3), tf.nn.rnn_cell.GRUCell(3), steps, dtype=tf.float32)",
)
one(
    "static_training",
    "tf.train.AdamOptimizer().minimize(tf.reduce_mean(tf.nn.static_rnn(tf.nn.rnn_cell.BasicLSTMCell(3), [x, y], dtype=tf.float32)[0]))",
)
one("zero_state", "tf.nn.rnn_cell.BasicLSTMCell(3).zero_state(5, tf.float32)")
one("zero_state_tensor", "tf.nn.rnn_cell.BasicLSTMCell(3).zero_state(tf.shape(x)[0], tf.float32)")
one(
    "lstm_peephole",
    "tf.nn.dynamic_rnn(tf.nn.rnn_cell.LSTMCell(3, use_peepholes=True, num_proj=2), steps, dtype=tf.float32)",
)
one("layer_norm_lstm", "tf.nn.static_rnn(tf.contrib.rnn.LayerNormBasicLSTMCell(3), [x], dtype=tf.float32)")
one(
    "attention_wrapper",
    "tf.contrib.seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(3), tf.contrib.seq2seq.BahdanauAttention(3, steps)).zero_state(2, tf.float32)",
)
one("sequence_loss", "tf.contrib.seq2seq.sequence_loss(steps, tf.placeholder(tf.int32, [2, 6]), tf.ones([2, 6]))")
one("sequence_mask", "tf.sequence_mask(ints, 7)")
one(
    "training_decoder",
    "tf.contrib.seq2seq.dynamic_decode(tf.contrib.seq2seq.BasicDecoder(tf.nn.rnn_cell.GRUCell(3), tf.contrib.seq2seq.TrainingHelper(steps, tf.placeholder(tf.int32, [2])), tf.zeros([2, 3])))",
)
one(
    "ctc_loss",
    "tf.nn.ctc_loss(tf.sparse_placeholder(tf.int32, [6, 2]), tf.placeholder(tf.float32, [4, 6, 5]), tf.placeholder(tf.int32, [6]))",
)
one("metric_accuracy", "tf.metrics.accuracy(ints, ints)")
one("metric_mean", "tf.metrics.mean(x)")
one("metric_auc", "tf.metrics.auc(training, tf.placeholder(tf.float32, []))")
one("metric_precision", "tf.metrics.precision(ints, ints)")
one("metric_iou", "tf.metrics.mean_iou(ints, ints, 3)")
one("metric_mse", "tf.metrics.mean_squared_error(x, y)")
one(
    "summary_scalar",
    "(tf.summary.scalar('a', tf.reduce_mean(x)), tf.summary.histogram('b', x), tf.summary.image('c', image), tf.summary.merge_all())",
)
one("resize", "tf.image.resize_images(image, [4, 4])")
one("resize_crop", "tf.image.resize_image_with_crop_or_pad(tf.placeholder(tf.float32, [8, 8, 3]), 6, 10)")
one("flip", "tf.image.random_flip_left_right(tf.placeholder(tf.float32, [8, 8, 3]))")
one("brightness", "tf.image.random_brightness(tf.placeholder(tf.float32, [8, 8, 3]), 0.2)")
one("contrast", "tf.image.random_contrast(tf.placeholder(tf.float32, [8, 8, 3]), 0.2, 1.8)")
one("standardization", "tf.image.per_image_standardization(tf.placeholder(tf.float32, [8, 8, 3]))")
one("random_crop", "tf.random_crop(tf.placeholder(tf.float32, [8, 8, 3]), [4, 4, 3])")
one("decode_jpeg", "tf.image.decode_jpeg(tf.placeholder(tf.string, []), channels=3)")
one("convert_image", "tf.image.convert_image_dtype(tf.placeholder(tf.uint8, [8, 8, 3]), tf.float32)")
one(
    "dataset",
    "tf.data.Dataset.from_tensor_slices(tf.zeros([6, 2])).shuffle(3).repeat().batch(2).make_one_shot_iterator().get_next()",
)
one(
    "dataset_initializable",
    "tf.data.Dataset.from_tensor_slices(tf.zeros([6, 2])).map(lambda t: t * 2).batch(2).make_initializable_iterator().get_next()",
)
one("queue_batch", "tf.train.batch([tf.zeros([3])], 2)")
one("queue_shuffle_batch", "tf.train.shuffle_batch([tf.zeros([3])], 2, 10, 3)")
one("string_input_producer", "tf.train.string_input_producer(['a', 'b'])")
one("fifo", "tf.FIFOQueue(3, [tf.float32], shapes=[[]]).dequeue_many(2)")
one("saver", "tf.train.Saver()")
one("init", "tf.global_variables_initializer()")
one("cond", "tf.cond(training, lambda: x + 1.0, lambda: y * 2.0)")
one("while", "tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * 2.0), [0, 1.0])")
one("map_fn", "tf.map_fn(lambda t: t * 2.0, x)")
one("scan", "tf.scan(lambda a, t: a + t, x)")
one("gradients", "tf.gradients(tf.reduce_sum(tf.nn.relu(x * y)), [x, y])")
one("gradients_l2", "tf.gradients(tf.reduce_mean(tf.square(x - y)), [x])")
one("l2_normalize", "tf.nn.l2_normalize(x, 1)")
one("in_top_k", "tf.reduce_mean(tf.cast(tf.nn.in_top_k(x, ints, 1), tf.float32))")
one("tensordot", "tf.tensordot(steps, v, 1)")
one("random_normal", "tf.random_normal([2, 3], 1.0, 2.0)")
one("random_uniform", "tf.random_uniform([2, 3], -1.0, 1.0)")
one("random_shuffle", "tf.random_shuffle(x)")
one("multinomial", "tf.multinomial(x, 2)")
one("one_hot", "tf.one_hot(ints, 3)")
one("boolean_mask", "tf.boolean_mask(x, tf.placeholder(tf.bool, [5]))")
one("slice", "x[1:, ::2]")
one("stack", "tf.stack([x, y], 1)")
one("leaky_relu", "tf.nn.leaky_relu(x)")
one("normal_sample", "tf.distributions.Normal(x, 1.0).sample()")
one("normal_log_prob", "tf.distributions.Normal(x, 1.0).log_prob(y)")
one("categorical", "tf.distributions.Categorical(logits=x).sample()")


def operations(tf: Any, function: Callable[[Any], Any]) -> list[str]:
    """`Type name` of each operation a case makes in a new graph."""
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(7)
        function(tf)
        return [f"{op.type} {op.name}" for op in graph.get_operations()]


def record(tf: Any) -> dict[str, Any]:
    """The operations of all cases, or the error of one."""
    found: dict[str, Any] = {}
    for name, function in CASES.items():
        try:
            found[name] = operations(tf, function)
        except Exception as error:
            found[name] = f"{type(error).__name__}: {str(error)[:300]}"
    return found


if __name__ == "__main__":  # in an environment that has TensorFlow 1.15: the path of the file to write
    import tensorflow

    lines = [f"{json.dumps(name)}: {json.dumps(found)}" for name, found in record(tensorflow).items()]
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
