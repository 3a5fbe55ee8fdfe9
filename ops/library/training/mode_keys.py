"""What a model function is called for: the constants that programs pass around, with or without an Estimator."""

from __future__ import annotations

from typing import Final


class ModeKeys:
    """`tf.estimator.ModeKeys`: the strings of the three modes.

    Source: TensorFlow 1.15's documentation.
    """

    TRAIN: Final = "train"
    EVAL: Final = "eval"
    PREDICT: Final = "infer"
