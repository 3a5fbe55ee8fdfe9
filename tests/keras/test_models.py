"""Models: training by batches, weights, files, callbacks, generators, sessions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

X = np.random.RandomState(0).rand(40, 4).astype("float32")
Y = (X.sum(1) > 2).astype("float32")


def small(**compiled: Any) -> Any:
    """A compiled model."""
    L = tf.keras.layers
    model = tf.keras.Sequential([L.Dense(5, activation="relu", input_shape=(4,)), L.Dense(1, activation="sigmoid")])
    model.compile(**{"optimizer": "adam", "loss": "binary_crossentropy", "metrics": ["acc"], **compiled})
    return model


def test_weights_are_got_and_set() -> None:
    """As arrays, in order; other shapes are refused."""
    model, other = small(), small()
    other.set_weights(model.get_weights())
    np.testing.assert_array_equal(model.predict(X), other.predict(X))
    with pytest.raises(ValueError, match="not compatible with provided weight shape"):
        model.layers[0].set_weights([np.zeros((2, 5)), np.zeros(5)])
    with pytest.raises(ValueError, match="expecting 2 weights"):
        model.layers[0].set_weights([np.zeros((4, 5))])


def test_weights_go_to_a_checkpoint_and_back(tmp_path: Path) -> None:
    """With TensorFlow's keys, and its graph of objects."""
    model, other = small(), small()
    path = str(tmp_path / "weights")
    model.save_weights(path)
    names = dict(tf.train.list_variables(path))
    assert names["layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE"] == [4, 5]
    graph = tf.train.NewCheckpointReader(path).get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH")
    assert b"layer_with_weights-1" in graph and b"dense/kernel" in graph
    other.load_weights(path)
    np.testing.assert_array_equal(model.predict(X), other.predict(X))
    assert tf.train.latest_checkpoint(str(tmp_path)) == path
    wider = tf.keras.Sequential([tf.keras.layers.Dense(6, input_shape=(4,)), tf.keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="has the shape"):
        wider.load_weights(path)


def test_models_go_to_hdf5_and_back(tmp_path: Path) -> None:
    """Weights alone, and the whole model with its optimizer."""
    pytest.importorskip("h5py")
    model, other = small(), small()
    model.fit(X, Y, verbose=0)
    path = str(tmp_path / "weights.h5")
    model.save_weights(path)
    other.load_weights(path)
    np.testing.assert_array_equal(model.predict(X), other.predict(X))
    whole = str(tmp_path / "model.h5")
    model.save(whole)
    loaded = tf.keras.models.load_model(whole)
    np.testing.assert_array_equal(model.predict(X), loaded.predict(X))
    np.testing.assert_allclose(model.evaluate(X, Y, verbose=0), loaded.evaluate(X, Y, verbose=0))
    for before, after in zip(model.optimizer.get_weights(), loaded.optimizer.get_weights()):
        np.testing.assert_array_equal(before, after)
    model.train_on_batch(X, Y)
    loaded.train_on_batch(X, Y)
    np.testing.assert_allclose(model.predict(X), loaded.predict(X), 1e-6)


def test_configurations_make_the_same_model() -> None:
    """As JSON, of chains and of graphs."""
    L = tf.keras.layers
    first = tf.keras.Input((4,))
    joined = L.Concatenate()([L.Dense(3, kernel_regularizer="l2")(first), L.Lambda(lambda x: x * 2)(first)])
    graph = tf.keras.Model(first, L.Dense(2)(L.Dropout(0.5)(joined)))
    model = small()
    again = tf.keras.models.model_from_json(model.to_json())
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(model.predict(X), again.predict(X))
    config = json.loads(model.to_json())
    assert config["class_name"] == "Sequential" and config["keras_version"] == tf.keras.__version__
    assert [layer.name for layer in tf.keras.models.clone_model(model).layers] == [layer.name for layer in model.layers]
    chain = tf.keras.Model(first, L.Dense(2)(L.Dense(3)(first)))
    copy = tf.keras.models.Model.from_config(chain.get_config())
    copy.set_weights(chain.get_weights())
    np.testing.assert_array_equal(chain.predict(X), copy.predict(X))
    assert graph.predict(X).shape == (40, 2)


def test_callbacks_are_told_and_can_stop(tmp_path: Path) -> None:
    """Stopping early, saving, setting the rate, logging."""
    pytest.importorskip("h5py")
    C = tf.keras.callbacks
    seen: list[tuple[str, int]] = []

    class Own(C.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            seen.append(("epoch", epoch))
            assert {"loss", "acc", "val_loss", "val_acc"} <= set(logs)

        def on_batch_end(self, batch: int, logs: Any = None) -> None:
            seen.append(("batch", batch))
            assert logs["size"] in (32, 8)

    model = small()
    path = tmp_path / "best-{epoch:02d}.h5"
    callbacks = [
        Own(), C.EarlyStopping(monitor="val_loss", patience=0, min_delta=10.0, restore_best_weights=True),
        C.LearningRateScheduler(lambda epoch: 0.5 / (epoch + 1)), C.ModelCheckpoint(str(path), save_best_only=True),
        C.CSVLogger(str(tmp_path / "log.csv")), C.TensorBoard(str(tmp_path / "board")),
    ]  # fmt: skip
    history = model.fit(X, Y, epochs=9, verbose=0, validation_data=(X, Y), callbacks=callbacks)
    assert history.epoch == [0, 1] and ("epoch", 1) in seen and ("batch", 1) in seen
    assert (tmp_path / "best-01.h5").exists()
    assert (tmp_path / "log.csv").read_text().splitlines()[0] == "epoch,acc,loss,lr,val_acc,val_loss"
    assert float(tf.keras.backend.get_value(model.optimizer.lr)) == 0.25
    (events,) = (tmp_path / "board").iterdir()
    tags = {value.tag for event in tf.train.summary_iterator(str(events)) for value in event.summary.value}
    assert {"epoch_loss", "epoch_val_acc"} <= tags


def test_batches_may_come_one_after_the_other() -> None:
    """From generators, Sequences and Datasets."""

    class Batches(tf.keras.utils.Sequence):  # type: ignore[misc]
        def __len__(self) -> int:
            return 4

        def __getitem__(self, index: int) -> Any:
            return X[index * 10 : index * 10 + 10], Y[index * 10 : index * 10 + 10]

    model = small()
    whole = model.evaluate(X, Y, verbose=0)
    np.testing.assert_allclose(model.evaluate_generator(Batches()), whole, 1e-5)
    np.testing.assert_allclose(model.predict_generator(Batches()), model.predict(X), 1e-6)
    data = tf.data.Dataset.from_tensor_slices((X, Y)).batch(10)
    np.testing.assert_allclose(model.evaluate(data, steps=4), whole, 1e-5)
    assert len(model.fit(data, epochs=2, steps_per_epoch=2, verbose=0).history["loss"]) == 2
    endless = (batch for _ in iter(int, 1) for batch in Batches())
    assert len(model.fit_generator(endless, steps_per_epoch=3, epochs=2, verbose=0).epoch) == 2
    with pytest.raises(ValueError, match="only valid for a generator based on the `Sequence` class"):
        model.fit_generator(endless)


def test_steps_of_batches() -> None:
    """train_on_batch, test_on_batch, predict_on_batch."""
    model = small()
    first = model.test_on_batch(X, Y)
    for _ in range(30):
        model.train_on_batch(X, Y)
    assert model.test_on_batch(X, Y)[0] < first[0]
    np.testing.assert_array_equal(model.predict_on_batch(X), model.predict(X, batch_size=40))


def test_keras_uses_the_sessions_of_programs() -> None:
    """The default session, the one that is set, and its own, in which variables have values."""
    K = tf.keras.backend
    x = K.placeholder(shape=(None, 3))
    layer = tf.keras.layers.Dense(2, kernel_initializer="ones")
    y = layer(x)
    assert K.get_session().run(y, {x: [[1, 2, 3]]}).tolist() == [[6.0, 6.0]]
    with tf.Session() as session:
        assert K.get_session() is session
        K.set_value(layer.bias, [1.0, 2.0])
        assert session.run(y, {x: [[0, 0, 0]]}).tolist() == [[1.0, 2.0]]
    other = tf.Session()
    K.set_session(other)
    assert K.get_session() is other and K.eval(layer.kernel).tolist() == [[1.0, 1.0]] * 3
    other.close()


def test_functions_of_the_backend() -> None:
    """`K.function` with updates and the learning phase."""
    K = tf.keras.backend
    x = K.placeholder(shape=(None, 2))
    count = K.variable(0.0)
    dropped = tf.keras.layers.Dropout(0.9999)(x)
    run = K.function([x, K.learning_phase()], [dropped], updates=[K.update_add(count, 1.0)])
    assert run([np.ones((1, 2)), 0])[0].tolist() == [[1.0, 1.0]]
    assert run([np.ones((1, 2)), 1])[0].tolist() == [[0.0, 0.0]]
    assert K.get_value(count) == 2.0


def test_masks_reach_recurrent_layers() -> None:
    """Steps that are masked change nothing."""
    L = tf.keras.layers
    model = tf.keras.Sequential([L.Masking(input_shape=(4, 2)), L.LSTM(3)])
    short = np.random.RandomState(1).rand(2, 2, 2)
    padded = np.concatenate([short, np.zeros((2, 2, 2))], axis=1)
    alone = tf.keras.Sequential([L.LSTM(3, input_shape=(2, 2))])
    alone.set_weights(model.get_weights())
    np.testing.assert_allclose(model.predict(padded), alone.predict(short), 1e-5)


def test_states_are_kept_from_batch_to_batch() -> None:
    """By a stateful layer, until they are reset."""
    L = tf.keras.layers
    model = tf.keras.Sequential([L.GRU(3, stateful=True, batch_input_shape=(2, 4, 1))])
    x = np.ones((2, 4, 1))
    first, second = model.predict(x, batch_size=2), model.predict(x, batch_size=2)
    assert np.abs(first - second).max() > 1e-3
    model.reset_states()
    np.testing.assert_array_equal(model.predict(x, batch_size=2), first)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda m: m.fit(X[:, :2], Y), ValueError, "to have shape"),
        (lambda m: m.fit(X, Y[:3]), ValueError, "same number of samples"),
        (lambda m: m.compile("nothing", "mse"), ValueError, "Unknown optimizer: nothing"),
        (lambda m: m.compile("sgd", "msee"), ValueError, "Unknown loss function: msee"),
        (lambda m: tf.keras.models.clone_model(m).fit(X, Y), RuntimeError, "compile"),
        (lambda m: tf.keras.layers.Dense(2, nothing=1), TypeError, "Keyword argument not understood"),
        (lambda m: tf.keras.utils.get_file("no.npz", "file:///no/no.npz"), FileNotFoundError, "could not be fetched"),
    ],
)  # fmt: skip
def test_mistakes_are_told(call: Any, kind: type[Exception], words: str) -> None:
    """In words that help."""
    with pytest.raises(kind, match=words):
        call(small())


def test_texts_and_sequences() -> None:
    """Words as numbers, sequences of one length."""
    text = tf.keras.preprocessing.text
    tokenizer = text.Tokenizer(num_words=4, oov_token="?")
    tokenizer.fit_on_texts(["the cat sat", "the dog", "The cat!"])
    assert tokenizer.word_index == {"?": 1, "the": 2, "cat": 3, "sat": 4, "dog": 5}
    assert tokenizer.texts_to_sequences(["the dog cat"]) == [[2, 1, 3]]
    assert tokenizer.texts_to_matrix(["the the"], "count").tolist() == [[0.0, 0.0, 2.0, 0.0]]
    again = text.tokenizer_from_json(tokenizer.to_json())
    assert again.sequences_to_texts([[2, 3]]) == ["the cat"]
    pad = tf.keras.preprocessing.sequence.pad_sequences
    assert pad([[1, 2, 3], [4]], maxlen=2).tolist() == [[2, 3], [0, 4]]
    assert pad([[1, 2, 3], [4]], maxlen=2, padding="post", truncating="post").tolist() == [[1, 2], [4, 0]]


def test_progress_is_printed(capsys: Any) -> None:
    """A bar for each epoch, as TensorFlow 1.15 has it."""
    small().fit(X, Y, epochs=2, validation_split=0.5)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Train on 20 samples, validate on 20 samples"
    assert "Epoch 1/2" in lines and "20/20 [==============================]" in lines[-1] and "val_acc: " in lines[-1]


def test_a_model_is_an_estimator(tmp_path: Path) -> None:
    """With its values to begin with."""
    model = small()
    expected = model.predict(X)
    estimator = tf.keras.estimator.model_to_estimator(model, model_dir=str(tmp_path))
    source = tf.estimator.inputs.numpy_input_fn({"dense_input": X}, Y[:, None], batch_size=40, shuffle=False)
    found = np.array([row["dense_1"] for row in estimator.predict(source)])
    np.testing.assert_allclose(found, expected, 1e-5)
    endless = tf.estimator.inputs.numpy_input_fn({"dense_input": X}, Y[:, None], 40, None, False)
    before = estimator.evaluate(source)
    estimator.train(endless, steps=40)
    after = estimator.evaluate(source)
    assert after["loss"] < before["loss"] and after["global_step"] == 40 and 0 <= after["acc"] <= 1
