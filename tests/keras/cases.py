"""Programs with Keras, written against TensorFlow 1's names: recorded with TensorFlow 1.15, replayed here.

Each case is a function from the library's module to what it found out, as JSON. Random numbers are seeded, so that
first values, the order of examples and dropout are TensorFlow's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

X = np.random.RandomState(0).rand(50, 4).astype("float32")
Y = X.sum(1).astype("int32") % 3
IMAGES = np.random.RandomState(1).rand(50, 8, 8, 2).astype("float32")
WORDS = np.random.RandomState(2).randint(0, 20, (50, 6))


def _begin(tf: Any) -> None:
    tf.keras.backend.clear_session()
    tf.set_random_seed(5)
    np.random.seed(1)


def _history(history: Any) -> dict[str, Any]:
    return {name: [float(value) for value in values] for name, values in sorted(history.history.items())}


def _fit(layers: Any, loss: Any = "sparse_categorical_crossentropy", optimizer: Any = "adam", **data: Any) -> Any:
    """A case: how a Sequential learns."""

    def run(tf: Any) -> Any:
        _begin(tf)
        model = tf.keras.models.Sequential(layers(tf.keras.layers))
        model.compile(optimizer(tf) if callable(optimizer) else optimizer, loss, metrics=["accuracy"])
        arguments = {"x": X, "y": Y, **data}
        history = model.fit(batch_size=16, epochs=3, verbose=0, **arguments)
        return {
            "history": _history(history),
            "weights": [variable.name for variable in model.weights],
            "predictions": np.asarray(model.predict(arguments["x"][:2]), float).tolist(),
        }

    return run


def _two(L: Any) -> Any:
    return [L.Dense(8, activation="relu", input_shape=(4,)), L.Dense(3, activation="softmax")]


def _one(L: Any) -> Any:
    return [L.Dense(8, activation="relu", input_shape=(4,)), L.Dense(1, activation="sigmoid")]


def _last(L: Any, units: int = 3) -> Any:
    return L.Dense(units, activation="softmax", kernel_initializer="ones")


def _regularized(L: Any) -> Any:
    squares = {"class_name": "L1L2", "config": {"l2": 0.1}}
    first = L.Dense(
        8, activation="tanh", input_shape=(4,), kernel_regularizer=squares, activity_regularizer="l1"
    )  # fmt: skip
    return [first, L.Dense(3, activation="softmax")]


def _recurrent(kind: str) -> Any:
    def layers(L: Any) -> Any:
        words = L.Embedding(20, 5, mask_zero=True, input_length=6)
        return [words, getattr(L, kind)(4, return_sequences=True), getattr(L, kind)(3), _last(L)]

    return layers


def _both_ways(L: Any) -> Any:
    return [
        L.Bidirectional(L.GRU(3, return_sequences=True), input_shape=(8, 2)),
        L.TimeDistributed(L.Dense(2, kernel_initializer="ones")), L.Flatten(), _last(L),
    ]  # fmt: skip


HISTORIES: dict[str, Any] = {
    "plain": _fit(_two),
    "validation": _fit(_two, validation_split=0.2),
    "dropout": _fit(lambda L: [_two(L)[0], L.Dropout(0.3), _two(L)[1]]),
    "batch normalization": _fit(
        lambda L: [L.Dense(8, input_shape=(4,)), L.BatchNormalization(), L.Activation("relu"), L.Dense(3, "softmax")]
    ),
    "layer normalization": _fit(lambda L: [L.Dense(8, input_shape=(4,)), L.LayerNormalization(), _last(L)]),
    "SGD": _fit(_two, optimizer=lambda tf: tf.keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True, decay=0.01)),
    "sgd": _fit(_two, optimizer="sgd"),
    "RMSprop": _fit(_two, optimizer=lambda tf: tf.keras.optimizers.RMSprop(0.01, momentum=0.5)),
    "RMSprop centered": _fit(_two, optimizer=lambda tf: tf.keras.optimizers.RMSprop(0.01, centered=True)),
    "adagrad": _fit(_two, optimizer="adagrad"),
    "adadelta": _fit(_two, optimizer="adadelta"),
    "amsgrad": _fit(_two, optimizer=lambda tf: tf.keras.optimizers.Adam(0.01, amsgrad=True, clipnorm=0.5)),
    "adamax": _fit(_two, optimizer="adamax"),
    "nadam": _fit(_two, optimizer="nadam"),
    "ftrl": _fit(_two, optimizer="ftrl"),
    "tf.train": _fit(_two, optimizer=lambda tf: tf.train.AdamOptimizer(0.01)),
    "class weights": _fit(_two, class_weight={0: 1.0, 1: 2.0, 2: 0.5}),
    "sample weights": _fit(_two, sample_weight=np.linspace(0.1, 1, 50)),
    "regularizers": _fit(_regularized),
    "binary": _fit(_one, "binary_crossentropy", y=(X.sum(1) > 2).astype("float32")),
    "squares": _fit(_one, "mse", y=(X.sum(1) > 2).astype("float32")),
    "one-hot": _fit(_two, "categorical_crossentropy", y=np.eye(3)[Y]),
    "convolution": _fit(
        lambda L: [L.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 2)), L.MaxPooling2D(), L.Flatten(),
                   L.Dense(3, activation="softmax")],
        x=IMAGES,
    ),
    "fused batch normalization": _fit(
        lambda L: [L.Conv2D(4, 3, padding="same", input_shape=(8, 8, 2)), L.BatchNormalization(), L.Activation("relu"),
                   L.GlobalAveragePooling2D(), L.Dense(3, activation="softmax")],
        x=IMAGES,
    ),
    "separable": _fit(
        lambda L: [L.SeparableConv2D(4, 3, input_shape=(8, 8, 2)), L.LeakyReLU(), L.AveragePooling2D(), L.Flatten(),
                   L.Dense(3, activation="softmax")],
        x=IMAGES,
    ),
    "resizing": _fit(
        lambda L: [L.DepthwiseConv2D(3, input_shape=(8, 8, 2)), L.PReLU(), L.UpSampling2D(), L.ZeroPadding2D(),
                   L.Conv2DTranspose(3, 3, strides=2, padding="same"), L.GlobalMaxPooling2D(), _last(L)],
        x=IMAGES,
    ),
    "embedding": _fit(
        lambda L: [L.Embedding(20, 5), L.Conv1D(4, 3, activation="relu"), L.GlobalMaxPooling1D(),
                   L.Dense(3, activation="softmax")],
        x=WORDS,
    ),
    "SimpleRNN": _fit(_recurrent("SimpleRNN"), x=WORDS),
    "LSTM": _fit(_recurrent("LSTM"), x=WORDS),
    "GRU": _fit(_recurrent("GRU"), x=WORDS),
    "both ways": _fit(_both_ways, x=IMAGES[:, :, 0]),
}  # fmt: skip


def functional(tf: Any) -> Any:
    """A model of two inputs and two outputs, a layer of which is called twice."""
    _begin(tf)
    L = tf.keras.layers
    first, second = L.Input((4,)), tf.keras.Input(shape=(2,), name="other")
    hidden = L.Dense(5, activation="relu")(first)
    shared = L.Dense(5)
    joined = L.concatenate([shared(hidden), second])
    classes = L.Dense(3, activation="softmax", name="classes")(joined)
    value = L.Dense(1)(L.add([shared(shared(hidden)), hidden]))
    model = tf.keras.Model([first, second], [classes, value])
    model.compile(
        tf.keras.optimizers.SGD(0.1), ["sparse_categorical_crossentropy", "mse"], metrics={"classes": "accuracy"},
        loss_weights=[1, 0.5],
    )  # fmt: skip
    history = model.fit([X, X[:, :2]], [Y, Y.astype("float32")], epochs=2, verbose=0)
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    again = model([first, second])
    return {
        "layers": [layer.name for layer in model.layers], "metrics": model.metrics_names, "summary": lines,
        "outputs": model.output_names, "history": _history(history), "again": [tensor.name for tensor in again],
        "evaluated": [float(v) for v in model.evaluate([X, X[:, :2]], [Y, Y.astype("float32")], verbose=0)],
    }  # fmt: skip


def subclassed(tf: Any) -> Any:
    """A model with a `call`, and a layer with a `build`, of a program's own."""

    class Own(tf.keras.layers.Layer):  # type: ignore[name-defined, misc]
        def __init__(self, units: int, **kwargs: Any) -> None:
            self.units = units
            super().__init__(**kwargs)

        def build(self, shape: Any) -> None:
            self.k = self.add_weight(name="k", shape=(int(shape[-1]), self.units), initializer="uniform")
            super().build(shape)

        def call(self, x: Any) -> Any:
            return tf.keras.backend.dot(x, self.k)

    class Two(tf.keras.Model):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.first = Own(4)
            self.second = tf.keras.layers.Dense(3)

        def call(self, x: Any, training: Any = None) -> Any:
            return self.second(tf.nn.relu(self.first(x)))

    _begin(tf)
    model = Two()
    model.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(X, Y, epochs=2, verbose=0)
    return {"history": _history(history), "weights": [variable.name for variable in model.weights]}


def losses(tf: Any) -> Any:
    """Each loss of two fixed arrays."""
    _begin(tf)
    a, b = (np.random.RandomState(seed).rand(4, 3).astype("float32") for seed in (3, 4))
    names = [
        "mean_squared_error",
        "mean_absolute_error",
        "mean_absolute_percentage_error",
        "mean_squared_logarithmic_error",
        "squared_hinge",
        "hinge",
        "categorical_hinge",
        "logcosh",
        "categorical_crossentropy",
        "binary_crossentropy",
        "poisson",
        "kullback_leibler_divergence",
        "cosine_proximity",
    ]
    K = tf.keras.backend
    return {
        name: np.asarray(K.eval(getattr(tf.keras.losses, name)(tf.constant(a), tf.constant(b))), float).tolist()
        for name in names
    }


def metrics(tf: Any) -> Any:
    """Metrics beside a loss."""
    _begin(tf)
    L = tf.keras.layers
    model = tf.keras.Sequential([L.Dense(1, activation="sigmoid", input_shape=(4,))])
    wanted = ["acc", "mae", tf.keras.metrics.Precision(), tf.keras.metrics.Recall(name="found"), "binary_crossentropy"]
    model.compile("sgd", "binary_crossentropy", metrics=wanted)
    target = (X.sum(1) > 2).astype("float32")
    history = model.fit(X, target, epochs=2, verbose=0)
    return {"names": model.metrics_names, "history": _history(history)}


def names(tf: Any) -> Any:
    """The names of the variables, of layers and of their tensors."""
    _begin(tf)
    L = tf.keras.layers
    model = tf.keras.Sequential([L.Dense(2, input_shape=(3,)), L.Dense(2), L.Activation("relu")])
    model.compile("adam", "mse", metrics=["accuracy"])
    model.train_on_batch(np.ones((2, 3)), np.ones((2, 2)))
    return {
        "variables": [variable.name for variable in tf.global_variables()],
        "input": model.input.name, "output": model.output.name,
        "optimizer": [variable.name for variable in model.optimizer.weights],
        "config": sorted(model.get_config()["layers"][0]["config"]),
    }  # fmt: skip


OTHERS: dict[str, Any] = {
    "functional": functional, "subclassed": subclassed, "losses": losses, "metrics": metrics, "names": names,
}  # fmt: skip
CASES: dict[str, Any] = {**HISTORIES, **OTHERS}
