"""How reference values are written down: exact, readable, and the same from either library.

Arrays are flat lists of shortest decimal numbers that read back to the same bits, nodes are one line of text each.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import ml_dtypes
import numpy as np

_AS_BYTES_ABOVE = 256  # elements; longer arrays are written as compressed bytes
_SHOWN_IN_NODES = 16  # elements of a constant that a node's text shows; of more only a checksum
_NP_TYPES: dict[str, Any] = {
    "bool": np.bool_, "string": np.object_, "bfloat16": ml_dtypes.bfloat16, "qint8": np.int8, "quint8": np.uint8,
    "qint16": np.int16, "quint16": np.uint16, "qint32": np.int32,
}  # fmt: skip
_UNHELD = ("resource", "variant")  # types whose values are no arrays


def np_type(name: str) -> np.dtype[Any]:
    """Return the NumPy type that holds elements of TensorFlow's type `name`."""
    name = name.removesuffix("_ref")
    return np.dtype(_NP_TYPES.get(name, name))


# Arrays.


def encode_array(array: np.ndarray[Any, Any], dtype: str) -> dict[str, Any]:
    """Return `{"shape", "data"}`, or `{"shape", "bytes"}` for long arrays."""
    record: dict[str, Any] = {"shape": list(array.shape)}
    kind = np_type(dtype)
    if kind.kind == "O":
        return {**record, "data": [_text(item) for item in array.reshape(-1)]}
    array = np.ascontiguousarray(array).astype(kind, copy=False)
    if array.size > _AS_BYTES_ABOVE:
        return {**record, "bytes": base64.b64encode(zlib.compress(array.tobytes(), 9)).decode()}
    return {**record, "data": list(numbers(array))}


def decode_array(record: Mapping[str, Any], dtype: str) -> np.ndarray[Any, Any]:
    """Return the array that `encode_array` wrote."""
    kind, shape = np_type(dtype), tuple(record["shape"])
    if "bytes" in record:
        return np.frombuffer(zlib.decompress(base64.b64decode(record["bytes"])), kind).reshape(shape)
    data = record["data"]
    if kind.kind == "O":
        array = np.empty(len(data), object)
        array[:] = [item.encode("latin-1") for item in data]
        return array.reshape(shape)
    if kind.kind == "c":
        part = np.dtype(f"f{kind.itemsize // 2}")
        return np.array([float(item) for item in data], part).view(kind).reshape(shape)
    if kind.kind in "fV":
        return np.array([float(item) for item in data], np.float64).astype(kind).reshape(shape)
    return np.array(data, kind).reshape(shape)


def numbers(array: np.ndarray[Any, Any]) -> Iterator[Any]:
    """Yield the elements as JSON values: ints, bools, floats (the other ones as "nan", "inf", "-inf")."""
    flat = array.reshape(-1)
    if array.dtype.kind == "c":
        flat = flat.view(np.dtype(f"f{array.dtype.itemsize // 2}"))
    if flat.dtype.kind not in "fV":
        yield from flat.tolist()
        return
    for item in flat:
        yield _shortest(item) if np.isfinite(item) else str(float(item))


def _shortest(item: Any) -> float:
    short = float(str(item))
    return short if item.dtype.type(short) == item else float(item)


def _text(item: Any) -> str:
    return item.decode("latin-1") if isinstance(item, bytes) else str(item).encode().decode("latin-1")


# Nodes.


def node_text(name: str, op: str, inputs: Iterable[str], attrs: Mapping[str, str], device: str = "") -> str:
    """Return `name = Op(input, input:1, ^control) T=float32 @device`."""
    words = [f"{name} = {op}({', '.join(inputs)})", *(f"{key}={attrs[key]}" for key in sorted(attrs))]
    return " ".join([*words, f"@{device}"] if device else words)


def attr_text(kind: str, value: Any) -> str:
    """Return the text of an attribute: kind and value as in an OpDef (types by name, shapes as extents or None)."""
    if kind.startswith("list("):
        return f"[{', '.join(attr_text(kind[5:-1], item) for item in value)}]"
    return _TEXTS[kind](value)


def _shape_text(extents: Any) -> str:
    return "<unknown>" if extents is None else f"[{','.join('?' if e is None else str(e) for e in extents)}]"


def _tensor_text(value: tuple[str, np.ndarray[Any, Any]]) -> str:
    dtype, array = value
    if array.dtype == object:
        items = [repr(_text(item)) for item in array.reshape(-1)]
    elif array.size > _SHOWN_IN_NODES:
        kept = np.ascontiguousarray(array).astype(np_type(dtype), copy=False)
        items = [f"crc32 {zlib.crc32(kept.tobytes()):08x}"]
    else:
        items = [str(item) for item in numbers(array.astype(np_type(dtype), copy=False))]
    return f"{dtype}{_shape_text(array.shape)}{{{', '.join(items)}}}"


_TEXTS: dict[str, Callable[[Any], str]] = {
    "string": lambda value: repr(bytes(value).decode("latin-1")),
    "int": lambda value: str(int(value)),
    "float": lambda value: str(np.float32(value)),
    "bool": lambda value: str(bool(value)).lower(),
    "type": str,
    "shape": _shape_text,
    "tensor": _tensor_text,
    "func": str,
}


# Whatever a case returns.


def flatten(fetches: Any) -> list[Any]:
    """Return the leaves of nested lists, tuples and dicts, in order."""
    if isinstance(fetches, dict):
        return [leaf for key in sorted(fetches) for leaf in flatten(fetches[key])]
    if isinstance(fetches, (list, tuple)):
        return [leaf for item in fetches for leaf in flatten(item)]
    return [fetches]


def split_case(result: Any) -> tuple[list[Any], Any]:
    """Return the flat fetches and the feeds of what a case returned."""
    if isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], dict):
        return flatten(result[0]), result[1]
    return flatten(result), None


def is_tensor(leaf: Any) -> bool:
    """Whether a leaf is something to fetch, rather than a Python value."""
    return hasattr(leaf, "value_index") or hasattr(leaf, "initializer") or type(leaf).__name__ == "RefVariable"


def is_operation(leaf: Any) -> bool:
    """Whether a leaf is an Operation."""
    return hasattr(leaf, "control_inputs")


def python_text(value: Any) -> str:
    """Return the text of a leaf that is no graph element: a shape, a type, an array, a number."""
    if hasattr(value, "as_datatype_enum"):
        return str(value.name)
    if hasattr(value, "merge_with"):
        return f"shape {_shape_text(_extents(value))}"
    if isinstance(value, (np.ndarray, np.generic)):
        name = "string" if value.dtype.kind in "OSU" else value.dtype.name
        return f"array {_tensor_text((name, np.asarray(value)))}"
    return repr(value)


def _extents(shape: Any) -> list[Any] | None:
    return None if shape.ndims is None else list(shape.as_list())


def static_extents(leaf: Any) -> list[Any] | None:
    """Return the static shape of a tensor as a list, None where unknown."""
    return _extents(leaf.shape)


def describe_leaf(leaf: Any, value: Any) -> dict[str, Any]:
    """Return the record of one fetch and its value."""
    if is_operation(leaf):
        return {"operation": leaf.name}
    if not is_tensor(leaf):
        return {"python": python_text(leaf)}
    dtype, static = leaf.dtype.name, static_extents(leaf)
    if dtype in _UNHELD:
        return {"dtype": dtype, "static": static}
    array = np.asarray(value, object) if dtype.startswith("string") else np.asarray(value)
    record = {"dtype": dtype, **encode_array(array, dtype)}
    return record if static == record["shape"] else {"static": static, **record}


def load_families(names: Iterable[str] = ()) -> Iterator[SimpleNamespace]:
    """Yield the modules of `cases/` (all, or the named ones), each as its `name` and its dict `cases`."""
    import importlib.util
    from pathlib import Path

    wanted = set(names)
    for path in sorted((Path(__file__).parent / "cases").glob("*.py")):
        if path.stem.startswith("_") or (wanted and path.stem not in wanted):
            continue
        spec = importlib.util.spec_from_file_location(f"tests.reference.cases.{path.stem}", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        if hasattr(module, "CASES"):  # the others are helpers
            yield SimpleNamespace(name=path.stem, cases=module.CASES)
