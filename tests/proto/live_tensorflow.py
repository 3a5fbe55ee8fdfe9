"""Compare the schema with an installed TensorFlow. Run with an interpreter that has it:

    TF_CPP_MIN_LOG_LEVEL=3 python tests/proto/live_tensorflow.py [--tensorflow-first]

Checks that each of our messages and enums is TensorFlow's, field by field, and that messages with all fields set go
both ways as bytes and as text. Both packages live in this one process, in the order that the option says.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filler import LAST, LEFT_OUT, fill
from standalone import import_proto

SEEDS = range(16)  # Every member of the largest oneof (16 of StructuredValue.kind) is picked once.


def tensorflow_pool() -> Any:
    """Import TensorFlow and each of its message modules, and return the pool that they share."""
    tensorflow = importlib.import_module("tensorflow")
    root = Path(str(tensorflow.__file__)).parent
    for path in sorted(root.glob("core/*/*_pb2.py")):
        try:
            importlib.import_module("tensorflow." + ".".join(path.relative_to(root).with_suffix("").parts))
        except (ImportError, TypeError) as error:  # Some modules need packages that the wheel does not bring.
            print(f"left out: {path.name}: {error}")
    return importlib.import_module("google.protobuf.descriptor_pool").Default()


def _is_packed(field: Any, descriptor: Any) -> bool:
    """Tell whether a list travels packed: declared, or by default as in proto3."""
    options = field.options
    if options.HasField("packed"):
        return bool(options.packed)
    messages = importlib.import_module("google.protobuf.descriptor_pb2")
    file = messages.FileDescriptorProto()
    descriptor.file.CopyToProto(file)
    kinds = messages.FieldDescriptorProto
    packable = field.type not in (kinds.TYPE_STRING, kinds.TYPE_BYTES, kinds.TYPE_MESSAGE, kinds.TYPE_GROUP)
    return bool(file.syntax == "proto3" and field.label == kinds.LABEL_REPEATED and packable)


def fields_of(descriptor: Any) -> dict[str, tuple[Any, ...]]:
    """Return everything about the fields of a message that decides on bytes, text or the Python interface."""
    messages = importlib.import_module("google.protobuf.descriptor_pb2")
    declared = messages.DescriptorProto()
    descriptor.CopyToProto(declared)
    found = {}
    for field in declared.field:
        if field.number > LAST:
            continue  # one of our own
        oneof = declared.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else None
        built = descriptor.fields_by_name[field.name]  # Its JSON name is there even if none was declared.
        facts = (field.number, field.type, field.label, field.type_name, oneof, built.has_presence, built.json_name)
        extra = (field.default_value, _is_packed(field, descriptor), field.options.deprecated)
        found[field.name] = facts + extra
    return found


def values_of(enum: Any) -> dict[str, int]:
    """Return the values of an enum by name."""
    return {value.name: value.number for value in enum.values}


def compare_enum(ours: Any, pool: Any) -> Iterator[str]:
    """Yield the difference of an enum from TensorFlow's, if there is one."""
    theirs = values_of(pool.FindEnumTypeByName(ours.full_name))
    if values_of(ours) != theirs:
        yield f"{ours.full_name}: {sorted(set(values_of(ours).items()) ^ set(theirs.items()))}"


def compare_message(ours: Any, pool: Any) -> Iterator[str]:
    """Yield the differences of a message, and of what is nested in it, from TensorFlow's."""
    theirs = pool.FindMessageTypeByName(ours.full_name)
    mine, other = fields_of(ours), fields_of(theirs)
    for name in sorted(mine.keys() | other.keys()):
        full_name = f"{ours.full_name}.{name}"
        if mine.get(name) != other.get(name) and full_name not in LEFT_OUT:
            yield f"{full_name}: ours {mine.get(name)}, TensorFlow's {other.get(name)}"
    for nested in ours.nested_types:
        yield from compare_message(nested, pool)
    for enum in ours.enum_types:
        yield from compare_enum(enum, pool)
    missing = {nested.name for nested in theirs.nested_types} - {nested.name for nested in ours.nested_types}
    if missing:
        yield f"{ours.full_name}: lacks {sorted(missing)}"


def compare_exchange(ours: Any, theirs: Any, seed: int) -> Iterator[str]:
    """Yield what goes wrong when a filled message goes from one class to the other as bytes and as text."""
    text_format = importlib.import_module("google.protobuf.text_format")
    a, b = fill(ours(), seed), fill(theirs(), seed)
    name = f"{ours.DESCRIPTOR.full_name}, seed {seed}"
    data, text = a.SerializeToString(deterministic=True), text_format.MessageToString(a)
    if data != b.SerializeToString(deterministic=True):
        yield f"{name}: other bytes"
    if text != text_format.MessageToString(b):
        yield f"{name}: other text"
    if theirs.FromString(data) != b or ours.FromString(b.SerializeToString()) != a:
        yield f"{name}: parsed bytes differ"
    if text_format.Parse(text, theirs()) != b or text_format.Parse(text_format.MessageToString(b), ours()) != a:
        yield f"{name}: parsed text differs"


def compare_all(proto: Any, pool: Any) -> Iterator[str]:
    """Yield every difference between the schema and TensorFlow."""
    factory = importlib.import_module("google.protobuf.message_factory")
    for name in proto.ENUMS:
        yield from compare_enum(getattr(proto, name).DESCRIPTOR, pool)
    for name in proto.MESSAGES:
        ours = getattr(proto, name)
        yield from compare_message(ours.DESCRIPTOR, pool)
        theirs = factory.GetMessageClass(pool.FindMessageTypeByName(ours.DESCRIPTOR.full_name))
        for seed in SEEDS:
            yield from compare_exchange(ours, theirs, seed)
        if type(proto.adopt(theirs())) is not ours:
            yield f"{name}: adopt() does not make it ours"


def main() -> int:
    """Print every difference and return the exit status."""
    parser = argparse.ArgumentParser(description="Compare the schema with TensorFlow's.")
    parser.add_argument("--tensorflow-first", action="store_true", help="import TensorFlow before ours is loaded")
    if parser.parse_args().tensorflow_first:
        tensorflow_pool()
    proto = import_proto()
    assert proto.ConfigProto.DESCRIPTOR.file.pool is proto.POOL
    differences = list(compare_all(proto, tensorflow_pool()))
    print("\n".join(differences))
    print(f"{len(proto.MESSAGES)} messages, {len(proto.ENUMS)} enums: {len(differences)} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
