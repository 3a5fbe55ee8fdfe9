"""A Sequential of Keras: digits, with a validation, a callback and weights in a checkpoint.

With NumPy's seed and the graph's, histories are those of TensorFlow 1.15.
"""

from __future__ import annotations

import os
import shutil
import tempfile

import numpy as np
from digits import digits

import sessile as tf


def network():
    """A small convolutional network."""
    layers = tf.keras.layers
    return tf.keras.Sequential(
        [
            layers.Conv2D(8, 5, activation="relu", input_shape=(14, 14, 1)),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def main():
    """Train until the validation's accuracy does not become better, keep the best, read it back."""
    tf.set_random_seed(3)
    np.random.seed(3)
    images, labels = digits(2000, 14, seed=1)
    test_images, test_labels = digits(500, 14, seed=2)
    model = network()
    model.summary()
    model.compile(tf.keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"])
    stopping = tf.keras.callbacks.EarlyStopping(monitor="val_acc", patience=2, restore_best_weights=True)
    images, test_images = images[..., None], test_images[..., None]
    history = model.fit(images, labels, batch_size=50, epochs=6, validation_split=0.1, callbacks=[stopping], verbose=2)
    loss, accuracy = model.evaluate(test_images, test_labels, verbose=0)
    print(f"{len(history.epoch)} epochs: loss {loss:.3f}, accuracy {accuracy:.3f}")
    assert accuracy > 0.95

    folder = tempfile.mkdtemp()
    model.save_weights(os.path.join(folder, "digits"))
    again = network()
    again.load_weights(os.path.join(folder, "digits"))
    np.testing.assert_array_equal(model.predict(test_images), again.predict(test_images))
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
