"""The Open Inference Protocol (version 2, as KServe and Triton speak it) over HTTP, with JSON bodies.

Source: the protocol's specification, "Predict Protocol - Version 2".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from ..models.model import Model, Signature
from .config import RequestError
from .versions import ServedModel, Version

_TYPES: Final = {
    "BOOL": "bool", "UINT8": "uint8", "UINT16": "uint16", "UINT32": "uint32", "UINT64": "uint64", "INT8": "int8",
    "INT16": "int16", "INT32": "int32", "INT64": "int64", "FP16": "float16", "FP32": "float32", "FP64": "float64",
    "BYTES": "string",
}  # fmt: skip
_NAMES: Final = {name: code for code, name in _TYPES.items()}


def metadata(served: ServedModel, version: Version) -> dict[str, Any]:
    """Return what a model takes and gives: its default signature."""
    assert version.model is not None
    signature = _default(version.model)
    return {
        "name": served.name,
        "versions": [str(number) for number, item in sorted(served.versions.items()) if item.state == "AVAILABLE"],
        "platform": "sessile_graph",
        "inputs": _tensors(signature.inputs),
        "outputs": _tensors(signature.outputs),
    }


def _default(model: Model) -> Signature:
    from .rest import signature_of

    return signature_of(model, None)


def _tensors(tensors: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "datatype": _NAMES.get(tensor.dtype.base_dtype.name, tensor.dtype.base_dtype.name),
            "shape": [-1] if tensor.shape.ndims is None else [-1 if n is None else n for n in tensor.shape.as_list()],
        }
        for name, tensor in tensors.items()
    ]


async def infer(batcher: Any, served: ServedModel, version: Version, body: Any) -> dict[str, Any]:
    """Answer an inference request. Raises: RequestError with status 400."""
    if not isinstance(body, dict) or not isinstance(body.get("inputs"), list):
        raise RequestError(400, "the body must be an object with a list 'inputs'")
    assert version.model is not None
    signature = _default(version.model)
    feeds = {}
    for item in body["inputs"]:
        name, array = _array(item, signature)
        feeds[name] = array
    if lacking := [name for name in signature.inputs if name not in feeds]:
        raise RequestError(400, f"no value for the input '{lacking[0]}'")
    wanted = [item.get("name") for item in body.get("outputs") or []] or list(signature.outputs)
    if unknown := [name for name in wanted if name not in signature.outputs]:
        raise RequestError(400, f"no output '{unknown[0]}'; there are: {', '.join(signature.outputs)}")
    values = await batcher.run(version.model, signature, feeds)
    answer: dict[str, Any] = {"model_name": served.name, "model_version": str(version.number)}
    if "id" in body:
        answer["id"] = body["id"]
    answer["outputs"] = [_output(name, values[name]) for name in wanted]
    return answer


def _array(item: Any, signature: Signature) -> tuple[str, Any]:
    try:
        name, code, shape, data = (item[key] for key in ("name", "datatype", "shape", "data"))
    except (KeyError, TypeError):
        raise RequestError(400, "an input has 'name', 'datatype', 'shape' and 'data'") from None
    if name not in signature.inputs:
        raise RequestError(400, f"no input '{name}'; there are: {', '.join(signature.inputs)}")
    tensor = signature.inputs[name]
    dtype = tensor.dtype.base_dtype
    if _TYPES.get(code) != dtype.name:
        raise RequestError(400, f"input '{name}' is of type {_NAMES.get(dtype.name, dtype.name)}, not {code}")
    try:
        if dtype.name == "string":
            flat: Any = np.array([value.encode() if isinstance(value, str) else value for value in _flat(data)], object)
        else:
            flat = np.asarray(data).astype(dtype.as_numpy_dtype)
        array = flat.reshape([int(extent) for extent in shape])
    except (TypeError, ValueError) as error:
        raise RequestError(400, f"input '{name}': {error}") from None
    if not tensor.shape.is_compatible_with(array.shape):
        raise RequestError(400, f"input '{name}': shape {list(array.shape)} does not fit {tensor.shape}")
    return name, array


def _flat(data: Any) -> list[Any]:
    return [item for part in data for item in _flat(part)] if isinstance(data, list) else [data]


def _output(name: str, value: Any) -> dict[str, Any]:
    array = np.asarray(value)
    if array.dtype == object:
        data: list[Any] = [item.decode(errors="replace") for item in array.reshape(-1)]
        return {"name": name, "datatype": "BYTES", "shape": list(array.shape), "data": data}
    code = _NAMES.get(array.dtype.name, "FP32")
    flat = array.reshape(-1)
    return {"name": name, "datatype": code, "shape": list(array.shape), "data": flat.tolist()}
