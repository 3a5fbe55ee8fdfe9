"""Layers, metrics, constraints and schedules by themselves: recorded with TensorFlow 1.15, replayed here."""

from __future__ import annotations

from typing import Any

import numpy as np

VOLUMES = np.random.RandomState(0).rand(2, 4, 5, 4, 3).astype("float32")
SERIES = np.random.RandomState(1).rand(2, 7, 3).astype("float32")
TRUE = np.array([0, 1, 1, 0, 1, 0, 1, 1], "float32")
SCORES = np.array([0.1, 0.4, 0.8, 0.35, 0.7, 0.6, 0.2, 0.95], "float32")
WEIGHTS = np.array([1, 2, 1, 3, 1, 1, 0.5, 2], "float32")
ROWS = np.random.RandomState(2).rand(4, 3).astype("float32")
WANTED = np.eye(4, 3, dtype="float32")


def _begin(tf: Any) -> None:
    tf.keras.backend.clear_session()
    tf.set_random_seed(5)


def _layer(make: Any, inputs: Any, training: bool | None = None) -> Any:
    """A case: what a layer gives, its names and its shape."""

    def run(tf: Any) -> Any:
        _begin(tf)
        layer = make(tf.keras.layers)
        outputs = layer(tf.constant(inputs), **({} if training is None else {"training": training}))
        session = tf.keras.backend.get_session()
        session.run(tf.global_variables_initializer())
        if training:
            values = session.run(outputs).astype(float)
            return {"moments": bool(abs(values.mean() - np.mean(inputs)) < 0.3), "shape": list(values.shape)}
        return {
            "values": session.run(outputs).astype(float).tolist(),
            "weights": [str(weight.shape.as_list()) for weight in layer.weights],
            "shape": list(layer.compute_output_shape(tf.TensorShape(inputs.shape)).as_list()),
        }

    return run


def _attention(make: Any, masked: bool) -> Any:
    """A case: what queries find, with masks or without."""

    def run(tf: Any) -> Any:
        _begin(tf)
        layer = make(tf.keras.layers)
        query, value = tf.constant(SERIES), tf.constant(SERIES[:, ::2] * 2)
        masks = [tf.constant(SERIES[..., 0] > 0.3), tf.constant(SERIES[:, ::2, 1] > 0.4)]
        found = layer([query, value, value + 1], **({"mask": masks} if masked else {}))
        session = tf.keras.backend.get_session()
        session.run(tf.global_variables_initializer())
        for weight in layer.weights:
            session.run(weight.assign(tf.fill(weight.shape, 0.7)))
        return session.run(found).astype(float).tolist()

    return run


def _metric(make: Any, *batches: Any) -> Any:
    """A case: the value of a metric after some batches, and its name."""

    def run(tf: Any) -> Any:
        _begin(tf)
        metric = make(tf.keras.metrics)
        updates = [metric.update_state(*(tf.constant(item) for item in batch)) for batch in batches]
        result = metric.result()
        session = tf.keras.backend.get_session()
        session.run([weight.initializer for weight in metric.weights])
        for update in updates:
            session.run(update)
        return {"name": metric.name, "value": session.run(result).astype(float).tolist(), "dtype": result.dtype.name}

    return run


def _schedule(make: Any) -> Any:
    """A case: rates at some steps."""

    def run(tf: Any) -> Any:
        _begin(tf)
        rates = [make(tf.keras.experimental)(tf.constant(step)) for step in (0, 3, 10, 25)]
        return [float(rate) for rate in tf.keras.backend.get_session().run(rates)]

    return run


def _radial(size: int) -> Any:
    def run(tf: Any) -> Any:
        _begin(tf)
        kernel = np.arange(size * size, dtype="float32").reshape(size, size, 1, 1)
        found = tf.keras.constraints.get("radial_constraint")(tf.constant(kernel))
        return tf.keras.backend.get_session().run(found)[:, :, 0, 0].tolist()

    return run


CASES: dict[str, Any] = {
    "SpatialDropout3D": _layer(lambda L: L.SpatialDropout3D(0.3), VOLUMES, True),
    "AlphaDropout": _layer(lambda L: L.AlphaDropout(0.1), VOLUMES, True),
    "GaussianDropout": _layer(lambda L: L.GaussianDropout(0.2), VOLUMES, True),
    "AlphaDropout, not training": _layer(lambda L: L.AlphaDropout(0.1), SERIES, False),
    "Cropping3D": _layer(lambda L: L.Cropping3D(((1, 0), (1, 2), (0, 1))), VOLUMES),
    "UpSampling3D": _layer(lambda L: L.UpSampling3D((1, 2, 3)), VOLUMES),
    "Conv3DTranspose": _layer(
        lambda L: L.Conv3DTranspose(2, 3, strides=2, padding="same", kernel_initializer="ones"), VOLUMES
    ),
    "SeparableConv1D": _layer(
        lambda L: L.SeparableConv1D(4, 3, depthwise_initializer="ones", pointwise_initializer="ones"), SERIES
    ),
    "Attention": _attention(lambda L: L.Attention(), False),
    "Attention, scaled, causal": _attention(lambda L: L.Attention(use_scale=True, causal=True), False),
    "Attention with masks": _attention(lambda L: L.Attention(), True),
    "AdditiveAttention": _attention(lambda L: L.AdditiveAttention(), False),
    "AdditiveAttention with masks": _attention(lambda L: L.AdditiveAttention(use_scale=False), True),
    "MeanIoU": _metric(
        lambda m: m.MeanIoU(3),
        (np.array([0, 1, 2, 2]), np.array([0, 2, 2, 2])),
        (np.array([1, 1]), np.array([1, 0]), WEIGHTS[2:4]),
    ),
    "MeanRelativeError": _metric(lambda m: m.MeanRelativeError([1.0, 3, 0, 2]), ([1.0, 3, 2, 3], [2.0, 4, 6, 8])),
    "MeanTensor": _metric(lambda m: m.MeanTensor(), (ROWS,), (WANTED, [1.0, 2, 0, 1])),
    "SensitivityAtSpecificity": _metric(
        lambda m: m.SensitivityAtSpecificity(0.6), (TRUE, SCORES), (TRUE, SCORES, WEIGHTS)
    ),
    "SpecificityAtSensitivity": _metric(
        lambda m: m.SpecificityAtSensitivity(0.7, 11), (TRUE, SCORES), (TRUE, SCORES, WEIGHTS)
    ),
    "CategoricalHinge": _metric(lambda m: m.CategoricalHinge(), (WANTED, ROWS), (WANTED, ROWS, [1.0, 2, 0, 1])),
    "CosineSimilarity": _metric(lambda m: m.CosineSimilarity(axis=1), (WANTED, ROWS)),
    "LogCoshError": _metric(lambda m: m.LogCoshError(), (WANTED, ROWS)),
    "SquaredHinge": _metric(lambda m: m.SquaredHinge(), (WANTED, ROWS)),
    "CosineDecay": _schedule(lambda e: e.CosineDecay(0.5, 20, 0.1)),
    "CosineDecayRestarts": _schedule(lambda e: e.CosineDecayRestarts(0.5, 6, alpha=0.1)),
    "LinearCosineDecay": _schedule(lambda e: e.LinearCosineDecay(0.5, 20)),
    "RadialConstraint of odd size": _radial(5),
    "RadialConstraint of even size": _radial(4),
}
