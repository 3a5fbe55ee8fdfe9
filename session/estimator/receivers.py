"""How a served model gets its input: placeholders of tensors, or serialized examples that are parsed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ...ops.building.basic_ops import placeholder
from ...ops.graph.node import Tensor
from ...ops.types import dtypes

_SINGLE_FEATURE = "feature"
_SINGLE_RECEIVER = "input"


class _Receiver(NamedTuple):
    features: Any
    receiver_tensors: Any
    receiver_tensors_alternatives: Any


class ServingInputReceiver(_Receiver):
    """The input of a served model.

    Args:
      features: what the model function gets: a tensor, or a dictionary of tensors.
      receiver_tensors: what is fed: a tensor, or a dictionary of them.
      receiver_tensors_alternatives: from names to other tensors to feed.
    Raises: ValueError for what is none.
    """

    __slots__ = ()

    def __new__(
        cls, features: Any, receiver_tensors: Any, receiver_tensors_alternatives: Any = None
    ) -> ServingInputReceiver:
        if features is None:
            raise ValueError("features must be defined.")
        for key, value in features.items() if isinstance(features, Mapping) else [(_SINGLE_FEATURE, features)]:
            _check(key, value, "feature", sparse=True)
        receivers = receiver_tensors
        if not isinstance(receivers, Mapping):
            receivers = {_SINGLE_RECEIVER: receivers}
        for key, value in receivers.items():
            _check(key, value, "receiver_tensor", sparse=False)
        if receiver_tensors_alternatives is not None:
            if not isinstance(receiver_tensors_alternatives, Mapping):
                raise ValueError(f"receiver_tensors_alternatives must be a dict: {receiver_tensors_alternatives}.")
            receiver_tensors_alternatives = {
                name: tensors if isinstance(tensors, Mapping) else {_SINGLE_RECEIVER: tensors}
                for name, tensors in receiver_tensors_alternatives.items()
            }
        return super().__new__(cls, features, receivers, receiver_tensors_alternatives)


class TensorServingInputReceiver(ServingInputReceiver):
    """The same for a model function that takes a single tensor."""

    __slots__ = ()


def _check(key: Any, value: Any, what: str, sparse: bool) -> None:
    if not isinstance(key, (str, int)):
        raise ValueError(f"{what} keys must be strings or integers: {key}.")
    if not isinstance(value, Tensor) and not (sparse and hasattr(value, "dense_shape")):
        raise ValueError(f"{what} {key} must be a Tensor{' or SparseTensor' if sparse else ''}: {value}.")


def build_raw_serving_input_receiver_fn(
    features: Mapping[str, Any], default_batch_size: int | None = None
) -> Callable[[], ServingInputReceiver]:
    """Return a function that makes a receiver whose features are fed as they are.

    Args:
      features: from names to tensors, whose types and shapes are taken.
      default_batch_size: the first extent; default: any.
    """

    def receiver() -> ServingInputReceiver:
        fed = {}
        for name, tensor in features.items():
            shape = tensor.shape.as_list()
            shape[0] = default_batch_size
            fed[name] = placeholder(tensor.dtype, shape, name=tensor.op.name)
        return ServingInputReceiver(fed, dict(fed))

    return receiver


def build_parsing_serving_input_receiver_fn(
    feature_spec: Mapping[str, Any], default_batch_size: int | None = None
) -> Callable[[], ServingInputReceiver]:
    """Return a function that makes a receiver of serialized `tf.Example` messages.

    Args:
      feature_spec: see `tf.parse_example`.
      default_batch_size: how many there are; default: any number.
    """

    def receiver() -> ServingInputReceiver:
        from ...ops.families.io.parsing import parse_example

        serialized = placeholder(dtypes.string, [default_batch_size], name="input_example_tensor")
        return ServingInputReceiver(parse_example(serialized, feature_spec), {"examples": serialized})

    return receiver


def build_supervised_input_receiver_fn_from_input_fn(input_fn: Callable[..., Any], **kwargs: Any) -> Any:
    """Return a function that makes placeholders like what an input function returns, features and labels.

    Args:
      input_fn: returns features and labels; kwargs: its arguments.
    Raises: ValueError if it returns something else.
    """
    from ...ops.graph.graph import Graph

    with Graph().as_default():
        result = input_fn(**kwargs)
        if not isinstance(result, (tuple, list)) or len(result) != 2:
            raise ValueError("input_fn should return a (features, labels) tuple.")
        features, labels = (_shapes(part) for part in result)

    def receiver() -> SupervisedInputReceiver:
        made_features, made_labels = _placeholders(features, "feature"), _placeholders(labels, "label")
        fed = {**_named(made_features, "input"), **_named(made_labels, "label")}
        return SupervisedInputReceiver(made_features, made_labels, fed)

    return receiver


class SupervisedInputReceiver(NamedTuple):
    """The input of a model that is exported for training or evaluation: features, labels, and what is fed."""

    features: Any
    labels: Any
    receiver_tensors: Any


def _shapes(part: Any) -> Any:
    if isinstance(part, Mapping):
        return {name: (tensor.dtype, tensor.shape) for name, tensor in part.items()}
    return (part.dtype, part.shape)


def _placeholders(part: Any, name: str) -> Any:
    if isinstance(part, Mapping):
        return {key: placeholder(dtype, shape, name=key) for key, (dtype, shape) in part.items()}
    return placeholder(part[0], part[1], name=name)


def _named(part: Any, name: str) -> dict[str, Any]:
    return dict(part) if isinstance(part, Mapping) else {name: part}


__all__ = [
    "ServingInputReceiver",
    "SupervisedInputReceiver",
    "TensorServingInputReceiver",
    "build_parsing_serving_input_receiver_fn",
    "build_raw_serving_input_receiver_fn",
    "build_supervised_input_receiver_fn_from_input_fn",
]
