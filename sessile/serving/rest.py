"""TensorFlow Serving's REST interface: predict, classify, regress, status and metadata of models.

Source: TensorFlow Serving's documentation of its RESTful API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from ..models.model import Model, Signature
from ..ops import proto
from .config import RequestError
from .json_values import answer_of, as_json, feeds_of
from .versions import ServedModel, Version

_CODES: Final = {"AVAILABLE": ("OK", ""), "LOADING": ("OK", ""), "START": ("OK", "")}


def signature_of(model: Model, name: Any) -> Signature:
    """Return the signature that a request names. Raises: RequestError with status 400."""
    from ..models.files import ModelError

    if name is not None and not isinstance(name, str):
        raise RequestError(400, "'signature_name' must be a string value")
    try:
        return model.signature(name or None)
    except ModelError as error:
        raise RequestError(400, f"Serving signature key not found: {error}") from None


async def predict(batcher: Any, version: Version, body: Any) -> dict[str, Any]:
    """Answer a `:predict` request."""
    model, signature = _called(version, body)
    feeds, by_row = feeds_of(body, signature.inputs)
    return answer_of(await batcher.run(model, signature, feeds), by_row)


async def classify(batcher: Any, version: Version, body: Any) -> dict[str, Any]:
    """Answer a `:classify` request: per example, pairs of a label and a score."""
    model, signature = _called(version, body)
    values = await batcher.run(model, signature, _examples(body, signature))
    scores = values.get("scores")
    classes = values.get("classes")
    if scores is None and classes is None:
        raise RequestError(400, f"the signature '{signature.name}' has no outputs 'classes' and 'scores'")
    count = len(scores if scores is not None else classes)
    labels = [[""] * len(row) for row in scores] if classes is None else as_json("classes", classes)
    numbers = [[0.0] * len(row) for row in labels] if scores is None else as_json("scores", scores)
    return {"result": [[[label, score] for label, score in zip(labels[row], numbers[row])] for row in range(count)]}


async def regress(batcher: Any, version: Version, body: Any) -> dict[str, Any]:
    """Answer a `:regress` request: a number per example."""
    model, signature = _called(version, body)
    values = await batcher.run(model, signature, _examples(body, signature))
    if "outputs" not in values:
        raise RequestError(400, f"the signature '{signature.name}' has no output 'outputs'")
    return {"result": np.reshape(values["outputs"], -1).astype(np.float64).tolist()}


ACTIONS: Final = {"predict": predict, "classify": classify, "regress": regress}


def _called(version: Version, body: Any) -> tuple[Model, Signature]:
    if not isinstance(body, dict):
        raise RequestError(400, "JSON Parse error: the body must be an object")
    assert version.model is not None
    return version.model, signature_of(version.model, body.get("signature_name"))


def _examples(body: Mapping[str, Any], signature: Signature) -> dict[str, Any]:
    rows = body.get("examples")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise RequestError(400, "'examples' must be a list of at least one object")
    name, tensor = next(iter(signature.inputs.items()), ("", None))
    if len(signature.inputs) != 1 or tensor is None or tensor.dtype.base_dtype.name != "string":
        raise RequestError(400, f"the signature '{signature.name}' does not take examples")
    context = body.get("context") or {}
    return {name: np.array([_example({**context, **row}) for row in rows], object)}


def _example(features: Mapping[str, Any]) -> bytes:
    from .json_values import _bytes

    example = proto.Example()
    for name, value in features.items():
        items = value if isinstance(value, list) else [value]
        feature = example.features.feature[name]
        try:
            if any(isinstance(item, (str, dict)) for item in items):
                feature.bytes_list.value.extend(_bytes(items))
            elif all(isinstance(item, int) for item in items):
                feature.int64_list.value.extend(items)
            else:
                feature.float_list.value.extend(items)
        except (TypeError, ValueError) as error:
            raise RequestError(400, f"feature '{name}': {error}") from None
    data: bytes = example.SerializeToString(deterministic=True)
    return data


def status(served: ServedModel, number: int | None) -> dict[str, Any]:
    """Return the states of a model's versions, the newest first. Raises: RequestError with status 404."""
    versions = sorted(served.versions.values(), key=lambda item: -item.number)
    chosen = [item for item in versions if number is None or item.number == number]
    if not chosen:
        raise RequestError(404, f"Could not find version {number} of model {served.name}")
    return {"model_version_status": [_status(version) for version in chosen]}


def _status(version: Version) -> dict[str, Any]:
    code, message = _CODES.get(version.state, ("UNKNOWN" if version.error else "OK", version.error))
    return {
        "version": str(version.number),
        "state": version.state,
        "status": {"error_code": code, "error_message": message},
    }


def metadata(served: ServedModel, version: Version) -> dict[str, Any]:
    """Return a version's signatures, as messages in JSON."""
    from google.protobuf.json_format import MessageToDict

    assert version.model is not None
    meta_graph = version.model.file.meta_graph
    messages = {} if meta_graph is None else dict(meta_graph.signature_def)
    if not messages:
        messages = {name: _message(item) for name, item in version.model.signatures.items()}
    signatures = {
        name: MessageToDict(message, preserving_proto_field_name=True) for name, message in sorted(messages.items())
    }
    return {
        "model_spec": {"name": served.name, "signature_name": "", "version": str(version.number)},
        "metadata": {"signature_def": {"signature_def": signatures}},
    }


def _message(signature: Signature) -> Any:
    from ..ops.library.saved_model.signatures import predict_signature_def

    return predict_signature_def(signature.inputs, signature.outputs)
