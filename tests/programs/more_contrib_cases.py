"""Cells, losses, optimizers, distributions of contrib: what TensorFlow 1.15 gave is in `more_contrib_cases.json`.

python -m tests.programs.more_contrib_cases      # records; in an environment that has TensorFlow 1.15
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

RECORDED = Path(__file__).parent / "more_contrib_cases.json"
X = (np.arange(60) % 13 / 7.0 - 0.8).reshape(2, 6, 5).astype(np.float32)
PICTURES = (np.arange(216) % 11 / 5.0 - 1.0).reshape(2, 3, 3, 4, 3).astype(np.float32)
SHARES = [0.9, 0.2, 0.4, 0.7]
YES = [1.0, 0.0, 1.0, 1.0]


def _over_time(tf: Any, cell: Any) -> Any:
    return tf.nn.dynamic_rnn(cell, tf.constant(X), dtype=tf.float32, sequence_length=[6, 3])


def cells(tf: Any) -> dict[str, Callable[[], Any]]:
    """By name what runs a cell."""
    rnn = tf.contrib.rnn
    made = {
        "LSTMBlockCell": lambda: rnn.LSTMBlockCell(4),
        "LSTMBlockCell with peepholes": lambda: rnn.LSTMBlockCell(4, use_peephole=True, cell_clip=0.2),
        "GRUBlockCell": lambda: rnn.GRUBlockCell(4),
        "GRUBlockCellV2": lambda: rnn.GRUBlockCellV2(4),
        "LayerNormBasicLSTMCell": lambda: rnn.LayerNormBasicLSTMCell(4),
        "LayerNormBasicLSTMCell without": lambda: rnn.LayerNormBasicLSTMCell(4, layer_norm=False),
        "UGRNNCell": lambda: rnn.UGRNNCell(4),
        "NASCell": lambda: rnn.NASCell(4),
        "NASCell projected": lambda: rnn.NASCell(4, num_proj=3, use_bias=True),
        "IndRNNCell": lambda: rnn.IndRNNCell(4),
        "HighwayWrapper": lambda: rnn.HighwayWrapper(rnn.GRUCell(5)),
        "HighwayWrapper of two gates": lambda: rnn.HighwayWrapper(rnn.GRUCell(5), False),
        "AttentionCellWrapper": lambda: rnn.AttentionCellWrapper(rnn.BasicLSTMCell(5), 3),
        "AttentionCellWrapper of sizes": lambda: rnn.AttentionCellWrapper(rnn.GRUCell(4), 2, 3, 2, 7),
        "CudnnCompatibleLSTMCell": lambda: tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell(4),
        "CudnnCompatibleGRUCell": lambda: tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell(4),
    }
    runs: dict[str, Callable[[], Any]] = {name: lambda make=make: _over_time(tf, make()) for name, make in made.items()}

    def forwards(cell: Any, **options: Any) -> Any:
        return cell(tf.transpose(tf.constant(X), [1, 0, 2]), dtype=tf.float32, **options)

    def sizes() -> list[Any]:
        return [rnn.GRUCell(3), rnn.GRUCell(2)]

    runs["Conv2DLSTMCell"] = lambda: tf.nn.dynamic_rnn(
        rnn.Conv2DLSTMCell(input_shape=[3, 4, 3], output_channels=2, kernel_shape=[3, 3]),
        tf.constant(PICTURES), dtype=tf.float32,
    )  # fmt: skip
    runs["LSTMBlockFusedCell"] = lambda: forwards(rnn.LSTMBlockFusedCell(4))
    runs["TimeReversedFusedRNN"] = lambda: forwards(
        rnn.TimeReversedFusedRNN(rnn.LSTMBlockFusedCell(4, use_peephole=True)), sequence_length=[6, 4]
    )
    runs["FusedRNNCellAdaptor"] = lambda: forwards(rnn.FusedRNNCellAdaptor(rnn.GRUCell(3), use_dynamic_rnn=True))
    runs["stack_bidirectional_dynamic_rnn"] = lambda: rnn.stack_bidirectional_dynamic_rnn(
        sizes(), sizes(), tf.constant(X), dtype=tf.float32, sequence_length=[6, 2]
    )
    runs["stack_bidirectional_rnn"] = lambda: rnn.stack_bidirectional_rnn(
        sizes(), sizes(), tf.unstack(tf.constant(X), axis=1), dtype=tf.float32
    )
    return runs


def losses(tf: Any) -> dict[str, Callable[[], Any]]:
    """By name a loss of contrib, and all that were collected."""

    def loss(make: Callable[[Any, Any, Any], Any]) -> Callable[[], Any]:
        def run() -> Any:
            value = make(tf.contrib.losses, tf.constant(SHARES, shape=[2, 2]), tf.constant(YES, shape=[2, 2]))
            return [value, *tf.contrib.losses.get_losses(), tf.contrib.losses.get_total_loss()]

        return run

    return {
        "loss absolute": loss(lambda of, p, y: of.absolute_difference(p, y)),
        "loss squared": loss(lambda of, p, y: of.mean_squared_error(p, y, weights=2.0)),
        "loss of pairs": loss(lambda of, p, y: of.mean_pairwise_squared_error(p, y)),
        "loss log": loss(lambda of, p, y: of.log_loss(p, y)),
        "loss softmax": loss(lambda of, p, y: of.softmax_cross_entropy(p, y, label_smoothing=0.1)),
        "loss sigmoid": loss(lambda of, p, y: of.sigmoid_cross_entropy(p, y)),
        "loss sparse": loss(lambda of, p, y: of.sparse_softmax_cross_entropy(p, tf.constant([1, 0]))),
        "loss hinge": lambda: tf.contrib.losses.hinge_loss(tf.constant(SHARES), tf.constant(YES)),
    }


def cases(tf: Any) -> dict[str, Callable[[], Any]]:
    """By name what makes a structure of tensors in the default graph."""
    return {**cells(tf), **losses(tf), **optimizers(tf), **operators(tf)}


def operators(tf: Any) -> dict[str, Callable[[], Any]]:
    """By name all that a linear operator gives."""
    matrix = (np.arange(18) % 7 / 7.0).reshape(2, 3, 3) + np.eye(3)
    linalg = tf.linalg

    def given(make: Callable[[], Any]) -> Any:
        operator, right = make(), tf.constant(matrix[:, :, :2])
        vectors = tf.constant(matrix[:, 0])
        alone = [operator.to_dense(), operator.diag_part(), operator.trace(), operator.determinant()]
        products = [operator.matmul(right), operator.matmul(right, adjoint=True), operator.matvec(vectors)]
        solved = [operator.solve(right), operator.solve(right, adjoint=True), operator.solvevec(vectors)]
        sizes = [operator.shape_tensor(), tf.constant(operator.shape.as_list()), operator.log_abs_determinant()]
        return [*alone, *products, *solved, *sizes]

    return {
        "LinearOperatorFullMatrix": lambda: given(lambda: linalg.LinearOperatorFullMatrix(tf.constant(matrix))),
        "LinearOperatorLowerTriangular": lambda: given(
            lambda: linalg.LinearOperatorLowerTriangular(tf.constant(matrix))
        ),
        "LinearOperatorDiag": lambda: given(lambda: linalg.LinearOperatorDiag(tf.constant(matrix[:, 1]))),
        "LinearOperatorIdentity": lambda: given(
            lambda: linalg.LinearOperatorIdentity(3, batch_shape=[2], dtype=tf.float64)
        ),
    }


def optimizers(tf: Any) -> dict[str, Callable[[], Any]]:
    """By name the losses of some steps."""
    opt = tf.contrib.opt
    made = {
        "LazyAdam": lambda: opt.LazyAdamOptimizer(0.1),
        "Nadam": lambda: opt.NadamOptimizer(0.1),
        "AdaMax": lambda: opt.AdaMaxOptimizer(0.1),
        "AdamW": lambda: opt.AdamWOptimizer(0.01, learning_rate=0.1),
        "MomentumW": lambda: opt.MomentumWOptimizer(0.01, learning_rate=0.1, momentum=0.9),
        "Adagrad that decays": lambda: opt.extend_with_decoupled_weight_decay(tf.train.AdagradOptimizer)(
            weight_decay=0.01, learning_rate=0.1
        ),
    }  # fmt: skip

    def steps(make: Any, sparse: bool) -> Any:
        variable = tf.Variable(np.linspace(-1, 1, 6, dtype=np.float32).reshape(3, 2), name="v", trainable=False)
        used = tf.gather(variable, [0, 2, 0]) if sparse else variable
        train = make().minimize(tf.reduce_sum(tf.square(used) * 1.5), var_list=[variable])
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for _ in range(3):
                sess.run(train)
            return tf.constant(sess.run(variable))

    return {
        f"{name}{' of rows' if sparse else ''}": lambda make=make, sparse=sparse: steps(make, sparse)
        for name, make in made.items()
        for sparse in (False, True)
        if not (sparse and name == "MomentumW")  # TensorFlow reads its rows before they decay or behind that, by chance
    }


def outcome(tf: Any, name: str) -> dict[str, Any]:
    """The values of a case, and the names of its variables."""
    with tf.Graph().as_default(), tf.Session() as sess:
        tensors = tf.nest.flatten(cases(tf)[name]())
        sess.run(tf.global_variables_initializer())
        for variable in tf.trainable_variables():
            extents = variable.shape.as_list()
            start = 0.02 * sum(map(ord, variable.name)) % 0.3  # another one for each, in whatever order they are made
            values = (np.arange(int(np.prod(extents))) % 7 / 7.0 - 0.5 + start).reshape(extents)
            variable.load(values.astype(np.float32), sess)
        return {
            "values": [np.asarray(value).astype(float).round(6).tolist() for value in sess.run(tensors)],
            "variables": [variable.name for variable in tf.trainable_variables()],
        }


if __name__ == "__main__":
    import tensorflow

    rows = [f"{json.dumps(name)}: {json.dumps(outcome(tensorflow, name))}" for name in sorted(cases(tensorflow))]
    RECORDED.write_text("{\n" + ",\n".join(rows) + "\n}\n")
