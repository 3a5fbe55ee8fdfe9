"""Signatures: what a graph takes and gives, as SignatureDef and TensorInfo messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph
from ...families.sparse.sparse_tensor import SparseTensor
from ...graph.graph import Graph
from ...graph.node import Tensor
from ...types import dtypes
from . import constants


def build_tensor_info(tensor: Any) -> Any:
    """Return a TensorInfo message: name, type and shape of a Tensor, a variable or a SparseTensor."""
    from ... import proto

    if isinstance(tensor, SparseTensor):
        info = proto.TensorInfo(dtype=tensor.dtype.as_datatype_enum)
        info.coo_sparse.values_tensor_name = tensor.values.name
        info.coo_sparse.indices_tensor_name = tensor.indices.name
        info.coo_sparse.dense_shape_tensor_name = tensor.dense_shape.name
    else:
        if not isinstance(tensor, Tensor):
            tensor = tensor._as_graph_element() if hasattr(tensor, "_as_graph_element") else convert_to_tensor(tensor)
        info = proto.TensorInfo(name=tensor.name, dtype=tensor.dtype.as_datatype_enum)
    info.tensor_shape.CopyFrom(tensor.shape.as_proto())
    return info


def get_tensor_from_tensor_info(tensor_info: Any, graph: Graph | None = None, import_scope: str | None = None) -> Any:
    """Return the Tensor or SparseTensor that a TensorInfo message names.

    Args:
      tensor_info: the message.
      graph: the graph; default: the default graph.
      import_scope: a name scope to put before the names.
    Raises: KeyError if it is not in the graph, ValueError if the message names none.
    """
    graph = get_default_graph() if graph is None else graph

    def find(name: str) -> Tensor:
        return graph.get_tensor_by_name(f"{import_scope}/{name}" if import_scope else name)

    kind = tensor_info.WhichOneof("encoding")
    if kind == "name":
        return find(tensor_info.name)
    if kind == "coo_sparse":
        parts = tensor_info.coo_sparse
        names = (parts.indices_tensor_name, parts.values_tensor_name, parts.dense_shape_tensor_name)
        return SparseTensor(*map(find, names))
    raise ValueError(f"Invalid TensorInfo.encoding: {kind}")


def build_signature_def(
    inputs: Mapping[str, Any] | None = None, outputs: Mapping[str, Any] | None = None, method_name: str | None = None
) -> Any:
    """Return a SignatureDef message.

    Args:
      inputs, outputs: from names to TensorInfo messages.
      method_name: what it is for.
    """
    from ... import proto

    signature = proto.SignatureDef()
    for field, infos in ((signature.inputs, inputs), (signature.outputs, outputs)):
        for name, info in (infos or {}).items():
            field[name].CopyFrom(proto.adopt(info))
    if method_name is not None:
        signature.method_name = method_name
    return signature


def predict_signature_def(inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Any:
    """Return the SignatureDef message of predictions: from names to tensors. Raises: ValueError if one is empty."""
    if not inputs:
        raise ValueError("Prediction inputs cannot be None or empty.")
    if not outputs:
        raise ValueError("Prediction outputs cannot be None or empty.")
    return build_signature_def(
        {key: build_tensor_info(tensor) for key, tensor in inputs.items()},
        {key: build_tensor_info(tensor) for key, tensor in outputs.items()},
        constants.PREDICT_METHOD_NAME,
    )


def classification_signature_def(examples: Any, classes: Any, scores: Any) -> Any:
    """Return the SignatureDef message of a classification.

    Args:
      examples: string tensor: serialized examples.
      classes: string tensor, or None.
      scores: float32 tensor, or None.
    Raises: ValueError without examples, without both others, or for other types.
    """
    if examples is None:
        raise ValueError("Classification examples cannot be None.")
    if classes is None and scores is None:
        raise ValueError("Classification classes and scores cannot both be None.")
    _require(examples, dtypes.string, "Classification input tensors must be of type string.")
    outputs = {}
    if classes is not None:
        _require(classes, dtypes.string, "Classification classes must be of type string Tensor.")
        outputs[constants.CLASSIFY_OUTPUT_CLASSES] = build_tensor_info(classes)
    if scores is not None:
        _require(scores, dtypes.float32, "Classification scores must be a float tensor.")
        outputs[constants.CLASSIFY_OUTPUT_SCORES] = build_tensor_info(scores)
    inputs = {constants.CLASSIFY_INPUTS: build_tensor_info(examples)}
    return build_signature_def(inputs, outputs, constants.CLASSIFY_METHOD_NAME)


def regression_signature_def(examples: Any, predictions: Any) -> Any:
    """Return the SignatureDef message of a regression: string examples, float32 predictions. Raises: ValueError."""
    if examples is None:
        raise ValueError("Regression examples cannot be None.")
    if not isinstance(examples, Tensor):
        raise ValueError("Regression examples must be a string Tensor.")
    if predictions is None:
        raise ValueError("Regression predictions cannot be None.")
    _require(examples, dtypes.string, "Regression input tensors must be of type string.")
    _require(predictions, dtypes.float32, "Regression output tensors must be of type float.")
    return build_signature_def(
        {constants.REGRESS_INPUTS: build_tensor_info(examples)},
        {constants.REGRESS_OUTPUTS: build_tensor_info(predictions)},
        constants.REGRESS_METHOD_NAME,
    )


def _require(tensor: Any, dtype: Any, words: str) -> None:
    if tensor.dtype.base_dtype is not dtype:
        raise ValueError(words)


def is_valid_signature(signature_def: Any) -> bool:
    """Whether a SignatureDef message is one of the three kinds, with the inputs and outputs of its kind."""
    if signature_def is None:
        return False
    inputs, outputs = signature_def.inputs, signature_def.outputs
    text, real = dtypes.string.as_datatype_enum, dtypes.float32.as_datatype_enum
    method = signature_def.method_name
    if method == constants.PREDICT_METHOD_NAME:
        return bool(inputs) and bool(outputs)
    if method == constants.CLASSIFY_METHOD_NAME:
        kinds = {constants.CLASSIFY_OUTPUT_CLASSES: text, constants.CLASSIFY_OUTPUT_SCORES: real}
        return (
            set(inputs) == {constants.CLASSIFY_INPUTS}
            and inputs[constants.CLASSIFY_INPUTS].dtype == text
            and bool(outputs)
            and all(kinds.get(name) == info.dtype for name, info in outputs.items())
        )
    if method == constants.REGRESS_METHOD_NAME:
        return (
            set(inputs) == {constants.REGRESS_INPUTS}
            and inputs[constants.REGRESS_INPUTS].dtype == text
            and set(outputs) == {constants.REGRESS_OUTPUTS}
            and outputs[constants.REGRESS_OUTPUTS].dtype == real
        )
    return False
