"""Fill every field of any message with set values, so that a comparison misses no field.

Works on messages of any pool: the same name and seed give the same content in TensorFlow's classes and in ours.
"""

from __future__ import annotations

import zlib
from typing import Any

# A message inside a message inside ... is filled this deep; recursive ones would not end.
DEPTH = 3
# Values whose printed form is short and the same in every protobuf release.
_FRACTIONS = (0.5, -1.25, 3.0, 1e10, 0.125)
# The numbers of TensorFlow's fields; those of our own lie above.
LAST = 100_000
# Fields that TensorFlow declares and this schema does not; see `saved_model.proto`.
LEFT_OUT = frozenset({"tensorflow.MetaGraphDef.object_graph_def"})


def _number(path: str, seed: int) -> int:
    """Return a number in 1..999 that depends on the field's path and the seed, and on nothing else."""
    return zlib.crc32(f"{path}#{seed}".encode()) % 999 + 1


def _scalar(field: Any, path: str, seed: int) -> Any:
    """Return a value other than the default for a field that is no message."""
    number = _number(path, seed)
    if field.enum_type is not None:
        values = [value.number for value in field.enum_type.values]
        return values[number % len(values)]
    kind = field.cpp_type
    if kind == field.CPPTYPE_BOOL:
        return True
    if kind in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
        return _FRACTIONS[number % len(_FRACTIONS)]
    if kind == field.CPPTYPE_STRING:
        text = f"{field.name}_{number}"
        return text if field.type == field.TYPE_STRING else text.encode() + b'\x00\xff"\n'
    signed = kind in (field.CPPTYPE_INT32, field.CPPTYPE_INT64)
    return -number if signed and number % 3 == 0 else number


def _fill_map(field: Any, target: Any, path: str, seed: int, depth: int) -> None:
    """Put two entries into a map field, the larger key first, so that sorting is put to the test."""
    key_field, value_field = (field.message_type.fields_by_name[name] for name in ("key", "value"))
    first = _scalar(key_field, f"{path}.key", seed)
    keys = sorted((first, f"{first}b" if isinstance(first, str) else first + 1), reverse=True)
    for key in keys:
        if value_field.message_type is None:
            target[key] = _scalar(value_field, f"{path}[{key}]", seed)
        elif depth > 0:
            fill(target[key], seed, f"{path}[{key}]", depth - 1)


def _fill_field(message: Any, field: Any, path: str, seed: int, depth: int) -> None:
    """Set one field; a message is left out where the depth is used up."""
    current = getattr(message, field.name)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        _fill_map(field, current, path, seed, depth)
    elif hasattr(current, "append") and field.message_type is None:
        current.extend(_scalar(field, f"{path}[{index}]", seed) for index in range(3))
    elif hasattr(current, "append"):
        for index in range(2 if depth == DEPTH else 1):
            if depth > 0:
                fill(current.add(), seed, f"{path}[{index}]", depth - 1)
    elif field.message_type is None:
        setattr(message, field.name, _scalar(field, path, seed))
    elif depth > 0:
        current.SetInParent()
        fill(current, seed, path, depth - 1)


def fill(message: Any, seed: int = 0, path: str = "", depth: int = DEPTH) -> Any:
    """Set every field of `message`, of each oneof the one that the seed picks; return `message`."""
    descriptor = message.DESCRIPTOR
    if descriptor.full_name == "google.protobuf.Any":
        # A type that no pool knows: a known one would be printed expanded, or not, depending on what is imported.
        message.type_url, message.value = "type.googleapis.com/nowhere.Unknown", b"\x08\x01"
        return message
    for field in sorted(descriptor.fields, key=lambda field: field.number):
        if field.number > LAST:
            continue
        if field.full_name in LEFT_OUT:
            continue
        oneof = field.containing_oneof
        if oneof is not None and len(oneof.fields) > 1:
            choices = sorted(member.number for member in oneof.fields)
            if choices[seed % len(choices)] != field.number:
                continue
        _fill_field(message, field, f"{path}.{field.name}", seed, depth)
    return message
