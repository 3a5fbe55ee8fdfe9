"""Batch normalization by parts: cases that run in this library and in TensorFlow 1.15, and what they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def _limits() -> dict[str, float]:
    return {"rmax": 1.5, "rmin": 0.7, "dmax": 0.3}


def _adjusted(_shape: Any) -> tuple[float, float]:
    return 2.0, 0.5


def cases(tf: Any) -> dict[str, tuple[int, Callable[[Any, Any], Any]]]:
    """By a name: the rank of the inputs, and a function of them and of whether the step trains."""
    layer, contrib, keras = tf.layers.batch_normalization, tf.contrib.layers.batch_norm, tf.keras.layers
    clipped = {"renorm": True, "renorm_clipping": _limits(), "momentum": 0.7, "renorm_momentum": 0.8}
    weights = np.array([1, 0, 2, 1], np.float32)
    made: list[Any] = []

    def by_keras(x: Any, training: Any, **options: Any) -> Any:
        if training is True:
            made[:] = [keras.BatchNormalization(momentum=0.7, **options)]
        result = made[0](x, training=training)
        if training is True:
            tf.get_collection_ref(tf.GraphKeys.UPDATE_OPS).extend(made[0].updates)
        return result

    return {
        "renorm": (2, lambda x, t: layer(x, training=t, renorm=True)),
        "clipped": (2, lambda x, t: layer(x, training=t, **clipped)),
        "clipped, of channels first": (4, lambda x, t: layer(x, 1, training=t, **clipped)),
        "virtual": (4, lambda x, t: layer(x, training=t, virtual_batch_size=2, momentum=0.7)),
        "virtual, renorm": (4, lambda x, t: layer(x, training=t, virtual_batch_size=2, **clipped)),
        "adjusted": (2, lambda x, t: layer(x, training=t, momentum=0.7, adjustment=_adjusted)),
        "by a tensor": (2, lambda x, t: layer(x, training=tf.placeholder_with_default(t, []), **clipped)),
        "fused asked for where it cannot be": (2, lambda x, t: layer(x, training=t, fused=True)),
        "contrib": (
            2,
            lambda x, t: contrib(x, 0.7, scale=True, is_training=t, renorm=True, renorm_clipping=_limits(),
                                 renorm_decay=0.8),
        ),
        "weights": (2, lambda x, t: contrib(x, 0.7, is_training=t, batch_weights=weights)),
        "weights, of channels first": (
            4, lambda x, t: contrib(x, 0.7, is_training=t, batch_weights=weights, data_format="NCHW")
        ),
        "keras": (2, lambda x, t: by_keras(x, t, renorm=True, renorm_clipping=_limits(), renorm_momentum=0.8)),
        "keras, virtual": (4, lambda x, t: by_keras(x, t, virtual_batch_size=2)),
    }  # fmt: skip


def outcome(tf: Any, rank: int, apply: Callable[[Any, Any], Any]) -> dict[str, Any]:
    """The variables and updates that a case makes, and what they and its outputs are after three updates."""
    shape = (4, 3) if rank == 2 else (4, 3, 2, 2)
    data = np.random.RandomState(rank).randn(*shape).astype(np.float32) * 2 + 1
    with tf.Graph().as_default():
        x = tf.constant(data)
        outputs = []
        for training in (True, False):
            with tf.variable_scope("s", reuse=tf.AUTO_REUSE):
                outputs.append(apply(x, training))
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        variables = tf.global_variables()
        slopes = tf.gradients(tf.reduce_sum(tf.square(outputs[0]) * data), x)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(3):
                session.run(updates)
            values = session.run([*outputs, *slopes, *variables])
        return {
            "variables": [[v.op.name, v.shape.as_list()] for v in variables],
            "updates": sorted(update.name for update in updates),
            "values": [[float(f"{number:.6g}") for number in value.ravel()] for value in values],
        }
