"""The input pipeline of TensorFlow 1's guide: files of records, readers in threads, queues, batches.

Writes records of Example messages, two files of them; reads them with a reader whose file names come from a queue,
parses and shuffles them into batches, in threads that a Coordinator ends; trains a line through the points, and
counts that each record came once an epoch.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter

import numpy as np

import sessile as tf

FILES, RECORDS, EPOCHS, BATCH = 2, 200, 3, 16


def write_records(folder: str) -> list[str]:
    """Write points near the line y = 3 x - 1 as Example messages; returns the names of the files."""
    random = np.random.RandomState(0)
    names = []
    for number in range(FILES):
        names.append(os.path.join(folder, f"points-{number}.tfrecord"))
        with tf.python_io.TFRecordWriter(names[-1]) as writer:
            for index in range(RECORDS):
                x = random.uniform(-1, 1)
                features = {
                    "id": tf.train.Feature(int64_list=tf.train.Int64List(value=[number * RECORDS + index])),
                    "x": tf.train.Feature(float_list=tf.train.FloatList(value=[x])),
                    "y": tf.train.Feature(float_list=tf.train.FloatList(value=[3 * x - 1 + random.normal(0, 0.01)])),
                }
                message = tf.train.Example(features=tf.train.Features(feature=features))
                writer.write(message.SerializeToString())
    return names


def batches(names: list[str]) -> list[tf.Tensor]:
    """The tensors of a shuffled batch of records, which threads fill a queue with."""
    file_names = tf.train.string_input_producer(names, num_epochs=EPOCHS, shuffle=True, seed=1)
    _, record = tf.TFRecordReader().read(file_names)
    features = tf.parse_single_example(
        record,
        {
            "id": tf.FixedLenFeature([], tf.int64),
            "x": tf.FixedLenFeature([], tf.float32),
            "y": tf.FixedLenFeature([], tf.float32),
        },
    )
    tensors: list[tf.Tensor] = tf.train.shuffle_batch(
        [features["id"], features["x"], features["y"]],
        batch_size=BATCH,
        capacity=200,
        min_after_dequeue=50,
        num_threads=2,
        seed=1,
        allow_smaller_final_batch=True,
    )
    return tensors


def main() -> None:
    """Write, read and train."""
    with tempfile.TemporaryDirectory() as folder, tf.Graph().as_default():
        ids, x, y = batches(write_records(folder))
        slope, height = tf.Variable(0.0), tf.Variable(0.0)
        loss = tf.reduce_mean(tf.square(slope * x + height - y))
        train = tf.train.GradientDescentOptimizer(0.3).minimize(loss)
        seen: Counter[int] = Counter()
        with tf.Session() as sess:
            sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            coordinator = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(sess, coordinator)
            try:
                while not coordinator.should_stop():
                    found, error, _ = sess.run([ids, loss, train])
                    seen.update(found.tolist())
            except tf.errors.OutOfRangeError:
                print(f"All records came {EPOCHS} times; the last loss is {error:.5f}.")
            finally:
                coordinator.request_stop()
                coordinator.join(threads)
            a, b = sess.run([slope, height])
        assert seen == Counter(dict.fromkeys(range(FILES * RECORDS), EPOCHS))
        print(f"The line is y = {a:.2f} x + {b:.2f}.")
        assert abs(a - 3) < 0.1
        assert abs(b + 1) < 0.1


if __name__ == "__main__":
    main()
