"""`ExportOutput`: what a signature of an exported model gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...ops.base.messages.logger import logger
from ...ops.graph.node import Tensor
from ...ops.library.saved_model import constants
from ...ops.library.saved_model.signatures import (
    classification_signature_def,
    is_valid_signature,
    predict_signature_def,
    regression_signature_def,
)
from ...ops.types import dtypes

DEFAULT: Final = constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY


class ExportOutput:
    """The base: what a head of a model gives."""

    def as_signature_def(self, receiver_tensors: Mapping[str, Any]) -> Any:
        """Return the SignatureDef message for these inputs."""
        raise NotImplementedError(f"{type(self).__name__} has no signature.")


def _only(receiver_tensors: Mapping[str, Any], kind: str) -> Any:
    if len(receiver_tensors) != 1:
        raise ValueError(f"{kind} input must be a single string Tensor; got {dict(receiver_tensors)}")
    (examples,) = receiver_tensors.values()
    if examples.dtype.base_dtype is not dtypes.string:
        raise ValueError(f"{kind} input must be a single string Tensor; got {dict(receiver_tensors)}")
    return examples


class ClassificationOutput(ExportOutput):
    """Scores of classes, their names, or both.

    Args:
      scores: a float32 tensor, or None.
      classes: a string tensor, or None.
    Raises: ValueError for other types, or without both.
    """

    def __init__(self, scores: Any = None, classes: Any = None) -> None:
        if scores is not None and not (isinstance(scores, Tensor) and scores.dtype.is_floating):
            raise ValueError(f"Classification scores must be a float32 Tensor; got {scores}")
        if classes is not None and not (isinstance(classes, Tensor) and classes.dtype.base_dtype is dtypes.string):
            raise ValueError(f"Classification classes must be a string Tensor; got {classes}")
        if scores is None and classes is None:
            raise ValueError("At least one of scores and classes must be set.")
        self.scores, self.classes = scores, classes

    def as_signature_def(self, receiver_tensors: Mapping[str, Any]) -> Any:
        """Return a classification. Raises: ValueError unless the only input is serialized examples."""
        return classification_signature_def(_only(receiver_tensors, "Classification"), self.classes, self.scores)


class RegressionOutput(ExportOutput):
    """Values of a regression.

    Args:
      value: a float tensor.
    Raises: ValueError for another type.
    """

    def __init__(self, value: Any) -> None:
        if not (isinstance(value, Tensor) and value.dtype.is_floating):
            raise ValueError(f"Regression output value must be a float32 Tensor; got {value}")
        self.value = value

    def as_signature_def(self, receiver_tensors: Mapping[str, Any]) -> Any:
        """Return a regression. Raises: ValueError unless the only input is serialized examples."""
        return regression_signature_def(_only(receiver_tensors, "Regression"), self.value)


class PredictOutput(ExportOutput):
    """Any tensors by name.

    Args:
      outputs: a tensor, called `output`, or a dictionary.
    Raises: ValueError for names and values that are none.
    """

    def __init__(self, outputs: Any) -> None:
        self.outputs = dict(outputs) if isinstance(outputs, Mapping) else {"output": outputs}
        for key, value in self.outputs.items():
            if not isinstance(key, str):
                raise ValueError(f"Prediction output key must be a string; got {key}.")
            if not isinstance(value, Tensor):
                raise ValueError(f"Prediction output value must be a Tensor; got {value}.")

    def as_signature_def(self, receiver_tensors: Mapping[str, Any]) -> Any:
        """Return a prediction."""
        return predict_signature_def(dict(receiver_tensors), self.outputs)


def with_default_signature(outputs: dict[str, Any]) -> dict[str, Any]:
    """Give the only output the default name as well. Raises: ValueError if several are there, none of that name."""
    if len(outputs) == 1 and DEFAULT not in outputs:
        ((_, only),) = outputs.items()
        return {**outputs, DEFAULT: only}
    if len(outputs) > 1 and DEFAULT not in outputs:
        raise ValueError(
            "Multiple export_outputs were provided, but none of them is specified as the default. Do this by naming "
            f"one of them with tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: {sorted(outputs)}"
        )
    return outputs


def signatures_of(
    receiver_tensors: Any, outputs: Mapping[str, ExportOutput], alternatives: Any = None
) -> dict[str, Any]:
    """Return the SignatureDef messages by name; those that these inputs do not allow are left out.

    Args:
      receiver_tensors: the inputs; alternatives: from names to other inputs, each for all outputs.
      outputs: by name.
    Raises: ValueError for inputs of a wrong kind.
    """
    if not isinstance(receiver_tensors, Mapping):
        receiver_tensors = {"input": receiver_tensors}
    found: dict[str, Any] = {}

    def add(key: str, output: ExportOutput, tensors: Mapping[str, Any]) -> None:
        try:
            signature = output.as_signature_def(tensors)
        except ValueError as error:
            _log(f"Export excluded signature {key!r}: {error}")
            return
        if is_valid_signature(signature):
            found[key] = signature

    for name, output in outputs.items():
        add(name or DEFAULT, output, receiver_tensors)
    for inputs_name, tensors in (alternatives or {}).items():
        tensors = tensors if isinstance(tensors, Mapping) else {"input": tensors}
        for name, output in outputs.items():
            add(f"{inputs_name}:{name or DEFAULT}", output, tensors)
    return found


def _log(text: str) -> None:
    logger().info(text)
