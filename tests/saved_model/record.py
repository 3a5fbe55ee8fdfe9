"""Record a saved model of TensorFlow. Run with an interpreter that has TensorFlow 1.15:

    python tests/saved_model/record.py

Writes `fixtures/model`: a graph for serving, with an asset and an operation to run when it is loaded, and one for
training.
"""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from typing import Any

FIXTURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures", "model")


def write_model(tf: Any, folder: str) -> None:
    """Write the model with a library."""
    saved_model = tf.saved_model
    with tf.Graph().as_default(), tf.Session() as session, tempfile.TemporaryDirectory() as place:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        w = tf.Variable([[1.0], [2.0]], name="w")
        y = tf.matmul(x, w, name="y")
        path = os.path.join(place, "words.txt")
        with open(path, "w") as file:
            file.write("hi")
        tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, tf.constant(path, name="asset"))
        doubled = tf.group(tf.assign(w, w * 2), name="doubled")
        session.run(tf.global_variables_initializer())
        infos = ({name: saved_model.utils.build_tensor_info(t)} for name, t in (("x", x), ("y", y)))
        method = saved_model.signature_constants.PREDICT_METHOD_NAME
        signature = saved_model.signature_def_utils.build_signature_def(*infos, method)
        builder = saved_model.builder.SavedModelBuilder(folder)
        builder.add_meta_graph_and_variables(
            session,
            [saved_model.tag_constants.SERVING],
            {saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature},
            assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
            main_op=doubled,
        )
        builder.add_meta_graph([saved_model.tag_constants.TRAINING])
        builder.save()


if __name__ == "__main__":
    shutil.rmtree(FIXTURE, ignore_errors=True)
    write_model(importlib.import_module("tensorflow"), FIXTURE)
