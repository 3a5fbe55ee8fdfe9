"""Embeddings for TensorBoard's projector: which variables of a checkpoint are shown, and with what labels.

Source: TensorFlow 1.15, `tf.contrib.tensorboard.plugins.projector`.
"""

from __future__ import annotations

import os
from typing import Any

from ....ops import proto

ProjectorConfig = proto.ProjectorConfig
EmbeddingInfo = proto.EmbeddingInfo
SpriteMetadata = proto.SpriteMetadata


def visualize_embeddings(summary_writer: Any, config: Any) -> None:
    """Write `projector_config.pbtxt` beside a writer's event files, where TensorBoard looks for it.

    Args:
      summary_writer: a FileWriter.
      config: a ProjectorConfig: per embedding the name of its variable, and a file of labels.
    Raises: ValueError if the writer has no folder.
    """
    from google.protobuf import text_format

    folder = summary_writer.get_logdir()
    if not folder:
        raise ValueError("Summary writer must have a logdir")
    with open(os.path.join(os.fsdecode(folder), "projector_config.pbtxt"), "w", encoding="utf-8") as file:
        file.write(text_format.MessageToString(config))
