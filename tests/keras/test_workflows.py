"""Ways of training and saving models that programs take, with what TensorFlow 1.15 printed and gave."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

X = np.arange(12, dtype=np.float32).reshape(6, 2)
Y = np.ones((6, 1), np.float32)


def ones(units: int = 1, **arguments: Any) -> Any:
    """A Dense layer of ones."""
    return tf.keras.layers.Dense(units, kernel_initializer="ones", **arguments)


def compiled(model: Any, **arguments: Any) -> Any:
    """A model that is compiled for gradient descent."""
    model.compile("sgd", "mse", **arguments)
    return model


class Summing(tf.keras.layers.Layer):
    """Adds a metric."""

    def call(self, inputs: Any) -> Any:
        self.add_metric(tf.reduce_sum(inputs), name="sum", aggregation="mean")
        return inputs * 1.0


class Seen(tf.keras.metrics.Metric):
    """The sum of what it is called with."""

    def __init__(self, name: str = "seen", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight("total", initializer="zeros")

    def update_state(self, values: Any, predicted: Any = None, sample_weight: Any = None) -> Any:
        return self.total.assign_add(tf.reduce_sum(values))

    def result(self) -> Any:
        return self.total


def test_metrics_of_layers_are_taken_in_with_each_batch() -> None:
    """`Layer.add_metric` reported zero: its updates never ran."""
    model = compiled(tf.keras.Sequential([Summing(input_shape=(2,)), ones()]), metrics=["mae"])
    assert model.metrics_names == ["loss", "mean_absolute_error", "sum"]
    found = model.fit(X, Y, batch_size=2, epochs=2, verbose=0, shuffle=False).history
    assert found["sum"] == [22.0, 22.0]
    assert model.evaluate(X, Y, verbose=0, batch_size=4)[2] == 33.0


def test_a_layer_adds_what_a_metric_of_its_own_returned() -> None:
    class Own(tf.keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            self.add_metric(Seen("own")(inputs))
            return inputs * 1.0

    model = compiled(tf.keras.Sequential([Own(input_shape=(2,)), ones()]))
    assert model.fit(X, Y, batch_size=2, verbose=0, shuffle=False).history["own"] == [66.0]


def test_metrics_that_cannot_be_added_are_refused() -> None:
    inputs = tf.keras.Input((2,))
    output = ones()(inputs)
    model = tf.keras.Model(inputs, output)
    with pytest.raises(ValueError, match="on a Functional Model is not supported"):
        model.add_metric(Seen()(output), name="seen")
    with pytest.raises(ValueError, match="We do not support adding an aggregated metric"):
        model.add_metric(tf.reduce_sum(output), name="sum")
    with pytest.raises(ValueError, match="aggregation=`sum`"):
        model.add_metric(output, aggregation="sum", name="sum")
    with pytest.raises(ValueError, match="Please provide a name"):
        model.add_metric(output, aggregation="mean")


def test_a_metric_named_as_the_loss_is_told_apart() -> None:
    def loss(wanted: Any, found: Any) -> Any:
        return tf.reduce_mean(tf.abs(wanted - found), -1)

    model = tf.keras.Sequential([ones(input_shape=(2,))])
    model.compile("sgd", loss, metrics=[loss])
    assert model.metrics_names == ["loss", "loss_1"]
    assert sorted(model.fit(X, Y, verbose=0).history) == ["loss", "loss_1"]


def test_models_with_metrics_and_losses_that_are_objects_are_saved(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    model = tf.keras.Sequential([ones(input_shape=(2,))])
    metrics = [Seen(), tf.keras.metrics.MeanAbsoluteError(name="m2")]
    model.compile("sgd", tf.keras.losses.MeanSquaredError(), metrics=metrics)
    expected = model.evaluate(X, Y, verbose=0)
    model.save(str(tmp_path / "model.h5"))
    again = tf.keras.models.load_model(str(tmp_path / "model.h5"), {"Seen": Seen})
    assert again.metrics_names == ["loss", "seen", "m2"]
    assert again.evaluate(X, Y, verbose=0) == expected


def printed(capsys: Any) -> str:
    """What was printed, with N for times and lines for what was written over."""
    text = re.sub(r"\d+(us|ms|s)\b", r"N\1", capsys.readouterr().out)
    return re.sub(r"[\b\r ]*\r", "\n", text)


def test_lines_for_epochs_have_no_pace(capsys: Any) -> None:
    """`verbose=2` writes the seconds of the epoch alone; values below zero have exponents."""

    def loss(wanted: Any, found: Any) -> Any:
        return tf.reduce_mean(found, -1) * 0 - 2.0

    model = tf.keras.Sequential([ones(input_shape=(2,))])
    model.compile("sgd", loss)
    model.fit(X, Y, epochs=2, verbose=2)
    line = "6/6 - Ns - loss: -2.0000e+00\n"
    assert printed(capsys) == f"Train on 6 samples\nEpoch 1/2\n{line}Epoch 2/2\n{line}"
    model.predict(X, verbose=2)
    assert printed(capsys) == "6/6 - Ns\n"


def test_one_epoch_has_no_number(capsys: Any) -> None:
    model = compiled(tf.keras.Sequential([ones(input_shape=(2,))]))
    model.fit(X, X[:, :1] + X[:, 1:], verbose=1)
    text = printed(capsys)
    assert "Epoch" not in text and "sample - loss: 0.0000e+00" in text


def test_batches_that_are_evaluated_have_a_bar(capsys: Any) -> None:
    """`evaluate` and `predict` of generators and Datasets printed nothing."""
    model = compiled(tf.keras.Sequential([ones(input_shape=(2,))]))
    batches = iter([(X, Y)] * 4)
    model.evaluate_generator(batches, steps=2, verbose=1)
    assert "2/2 [==============================]" in printed(capsys)
    model.predict_generator(batches, steps=2, verbose=1)
    assert "2/2 [==============================]" in printed(capsys)
    model.evaluate(tf.data.Dataset.from_tensors((X, Y)), steps=1, verbose=2)
    assert re.fullmatch(r"1/1 - Ns - loss: [\d.]+\n", printed(capsys))


class Two(tf.keras.Model):
    """A subclass of two layers, one of which is in a list."""

    def __init__(self) -> None:
        super().__init__()
        self.first = ones(3)
        self.rest = [ones()]

    def call(self, inputs: Any) -> Any:
        return self.rest[0](self.first(inputs))


def keys(path: Path) -> dict[str, Any]:
    """The keys of a checkpoint's variables, and their shapes."""
    end = "/.ATTRIBUTES/VARIABLE_VALUE"
    return {name.removesuffix(end): shape for name, shape in tf.train.list_variables(str(path)) if name.endswith(end)}


def chain() -> Any:
    """A model of two layers."""
    return tf.keras.Sequential([ones(2, input_shape=(2,)), ones()])


OPTIMIZERS = {
    "adam": lambda: tf.keras.optimizers.Adam(0.1),
    "nadam": lambda: tf.keras.optimizers.Nadam(0.1),
    "momentum": lambda: tf.keras.optimizers.SGD(0.001, momentum=0.9),
    "tf.train": lambda: tf.train.AdamOptimizer(0.1),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("make", [chain, Two])
def test_checkpoints_of_weights_have_the_optimizer(tmp_path: Path, make: Any, optimizer: str) -> None:
    """Training goes on from `save_weights` as if it had not stopped; the values come as variables are made."""
    model = make()
    model.compile(OPTIMIZERS[optimizer](), "mse")
    model.fit(X, Y, epochs=2, verbose=0, shuffle=False)
    model.save_weights(str(tmp_path / "weights"))
    expected = model.fit(X, Y, epochs=2, verbose=0, shuffle=False).history["loss"]
    again = make()
    again.compile(OPTIMIZERS[optimizer](), "mse")
    status = again.load_weights(str(tmp_path / "weights"))
    np.testing.assert_allclose(again.fit(X, Y, epochs=2, verbose=0, shuffle=False).history["loss"], expected, rtol=1e-6)
    assert status.assert_consumed() is status


def test_keys_in_checkpoints_of_weights(tmp_path: Path) -> None:
    """Scalars were saved as arrays of one number; a subclass has the names of its attributes."""
    model = Two()
    model.compile(tf.keras.optimizers.SGD(0.1, momentum=0.9), "mse")
    model.fit(X, Y, verbose=0)
    model.save_weights(str(tmp_path / "weights"))
    numbers = {f"optimizer/{name}": [] for name in ("decay", "iter", "learning_rate", "momentum")}
    weights = {"first/bias": [3], "first/kernel": [2, 3], "rest/0/bias": [1], "rest/0/kernel": [3, 1]}
    beside = {f"{name}/.OPTIMIZER_SLOT/optimizer/momentum": shape for name, shape in weights.items()}
    assert keys(tmp_path / "weights") == {**numbers, **weights, **beside}


def test_weights_that_are_not_there(tmp_path: Path) -> None:
    chain().save_weights(str(tmp_path / "weights"))
    with pytest.raises(tf.errors.NotFoundError, match="Failed to find any matching files"):
        chain().load_weights(str(tmp_path / "other"))
    with pytest.raises(NotImplementedError, match="based on topology"):
        chain().load_weights(str(tmp_path / "weights"), by_name=True)
    more = tf.keras.Sequential([ones(2, input_shape=(2,)), ones(), ones()])
    with pytest.raises(AssertionError):
        more.load_weights(str(tmp_path / "weights")).assert_existing_objects_matched()
    with pytest.raises(ValueError, match="has the shape"):
        tf.keras.Sequential([ones(3, input_shape=(2,)), ones()]).load_weights(str(tmp_path / "weights"))


def test_weights_of_a_saver_are_found_by_names(tmp_path: Path) -> None:
    model = chain()
    wanted = [value + 1.0 for value in model.get_weights()]
    model.set_weights(wanted)
    session = tf.keras.backend.get_session()
    path = tf.train.Saver(model.weights).save(session, str(tmp_path / "saver"))
    model.set_weights([value * 0.0 for value in wanted])
    model.load_weights(path)
    assert all(np.array_equal(*pair) for pair in zip(model.get_weights(), wanted))


def test_subclasses_are_told_of_but_not_written_as_layers(tmp_path: Path, capsys: Any) -> None:
    model = compiled(Two())
    model.predict(X)
    model.summary()
    assert "dense (Dense)                multiple                  9         " in capsys.readouterr().out.splitlines()
    with pytest.raises(NotImplementedError, match="HDF5 format requires the model to be a Functional model"):
        model.save(str(tmp_path / "model.h5"))


def tripled(value: Any, factor: float = 3.0) -> Any:
    """A function with a default."""
    return tf.multiply(value, factor)


def times(factor: float) -> Any:
    """A function with a closure."""
    return lambda value: value * factor


LAMBDAS: dict[str, tuple[Any, dict[str, Any], float]] = {
    "lambda": (lambda value: value * 2.0, {}, 2.0),
    "function": (tripled, {}, 3.0),
    "arguments": (tripled, {"arguments": {"factor": 5.0}}, 5.0),
    "closure": (times(6.0), {}, 6.0),
    "of the library": (tf.square, {}, 1.0),
    "shape": (lambda value: value * 7.0, {"output_shape": lambda shape: shape, "mask": lambda value, mask: mask}, 7.0),
}


@pytest.mark.parametrize("name", LAMBDAS)
def test_lambda_layers_are_configurations(name: str) -> None:
    """Models with one could not be cloned, or made of JSON, or loaded."""
    function, arguments, expected = LAMBDAS[name]
    model = tf.keras.Sequential([tf.keras.layers.Lambda(function, input_shape=(2,), **arguments)])
    config = model.layers[0].get_config()
    assert config["function_type"] == ("function" if name == "of the library" else "lambda")
    assert ("mask" in config) == ("mask" in arguments)
    for again in (tf.keras.models.clone_model(model), tf.keras.models.model_from_json(model.to_json())):
        assert again.predict(np.ones((1, 2))).tolist() == [[expected] * 2]


def test_lambda_layers_that_cannot_be_made() -> None:
    config = tf.keras.layers.Lambda(tripled).get_config()
    with pytest.raises(ValueError, match="no code of this version of Python"):
        tf.keras.layers.Lambda.from_config({**config, "function": ["AAAA", None, None]})
    with pytest.raises(ValueError, match="Unknown function in Lambda layer: other"):
        tf.keras.layers.Lambda.from_config({**config, "function": "other", "function_type": "function"})


def test_larger_images_are_interpolated_between_centers() -> None:
    model = tf.keras.Sequential([tf.keras.layers.UpSampling2D(2, interpolation="bilinear", input_shape=(1, 3, 1))])
    found = model.predict(np.arange(3.0).reshape(1, 1, 3, 1))
    assert found[0, 0, :, 0].tolist() == [0.0, 0.25, 0.75, 1.25, 1.75, 2.0]


def test_masks_are_made_in_the_scope_of_their_layer() -> None:
    layer = tf.keras.layers.Embedding(5, 2, mask_zero=True)
    assert layer(tf.keras.Input((3,)))._keras_mask.name == "embedding/NotEqual:0"
