"""The private descriptor pool and the message classes made from it.

The schema is built while this module is imported: Python's import lock then sees to it that two threads
asking for their first message get the same classes. Only the package's `__getattr__` imports it, so that nobody pays
for `google.protobuf` without using it.

Building takes about 1 ms for the pool and 2 ms for the classes.
"""

from __future__ import annotations

import copyreg
import pkgutil
from collections.abc import Iterator
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, FileDescriptor
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import Message

PACKAGE = __name__.rpartition(".")[0]
DESCRIPTORS = "descriptors.binpb"


def read_descriptors() -> descriptor_pb2.FileDescriptorSet:
    """Return the compiled schema that is shipped beside this file (`build` writes it).

    Raises: RuntimeError if the file is missing, which only a broken installation does.
    """
    data = pkgutil.get_data(PACKAGE, DESCRIPTORS)  # Also reads from a zip file.
    if data is None:
        raise RuntimeError(f"{PACKAGE} is installed without its data file {DESCRIPTORS!r}; install the package again")
    return descriptor_pb2.FileDescriptorSet.FromString(data)


def _fill(pool: descriptor_pool.DescriptorPool) -> list[FileDescriptor]:
    """Add the files of the schema to `pool`. Requires them in order of dependency, as protoc writes them."""
    files = read_descriptors().file
    for file in files:
        pool.AddSerializedFile(file.SerializeToString())
    return [pool.FindFileByName(file.name) for file in files]


def _reduce(message: Any) -> tuple[Any, ...]:
    """Tell pickle and copy how to make `message` again."""
    return _restore, (type(message).__qualname__, message.SerializeToString())


def _restore(name: str, data: bytes) -> Any:
    """Make a pickled message again; `name` is dotted if it is nested."""
    return _CLASSES[name].FromString(data)


def _make_class(descriptor: Descriptor, outer: str = "") -> Iterator[tuple[str, Any]]:
    """Make the class of a message and of those nested in it; yield each with its dotted name, outermost first.

    `__module__` and `__qualname__` are set to where the class is found through this package: so classes can be
    pickled, and print as more than a bare `Experimental`. Messages are pickled by `_reduce`, because protobuf's own way
    looks nested ones up in the default pool.
    """
    name = f"{outer}{descriptor.name}"
    made: Any = message_factory.GetMessageClass(descriptor)
    made.__module__, made.__qualname__ = PACKAGE, name
    copyreg.pickle(made, _reduce)
    yield name, made
    for nested in descriptor.nested_types:
        inner = list(_make_class(nested, f"{name}."))
        setattr(made, nested.name, inner[0][1])  # protobuf without its compiled part leaves this to us.
        yield from inner


POOL = descriptor_pool.DescriptorPool()
_FILES = _fill(POOL)
# Nested classes are kept here too: protobuf holds its classes weakly and would make a lost one anew, without its name.
_CLASSES: dict[str, Any] = {
    name: made
    for file in _FILES
    for descriptor in file.message_types_by_name.values()
    for name, made in _make_class(descriptor)
}
_OURS = frozenset(_CLASSES.values())
MESSAGES: tuple[str, ...] = tuple(sorted(name for name in _CLASSES if "." not in name))
_ENUMS = {name: EnumTypeWrapper(enum) for file in _FILES for name, enum in file.enum_types_by_name.items()}
ENUMS: tuple[str, ...] = tuple(sorted(_ENUMS))
# What the package offers: messages and enums under their short names, and the lists of them.
NAMES: dict[str, Any] = {
    **{name: _CLASSES[name] for name in MESSAGES},
    **_ENUMS,
    "MESSAGES": MESSAGES,
    "ENUMS": ENUMS,
    "POOL": POOL,
}


def adopt(message: Any) -> Any:
    """Return `message` as our class of the same full name; see the package's function of this name."""
    if type(message) in _OURS:
        return message
    if not isinstance(message, Message):
        raise TypeError(f"adopt() takes a protocol buffer message, not {type(message).__name__}: {message!r}")
    full_name = message.DESCRIPTOR.full_name
    try:
        descriptor = POOL.FindMessageTypeByName(full_name)
    except KeyError:
        raise TypeError(f"adopt(): {PACKAGE} has no message {full_name!r}") from None
    made: Any = message_factory.GetMessageClass(descriptor)
    return made.FromString(message.SerializeToString())


def unknown_name(name: str) -> str:
    """Return the text of the error for `name`, offering nested messages of that very name, else near names."""
    from ..base.suggest import nearest  # Only on the way to an error: it imports difflib.

    nested = [known for known in _CLASSES if known.endswith(f".{name}")]
    offer = f" Did you mean {' or '.join(map(repr, nested))}?" if nested else nearest(name, NAMES)
    return f"module {PACKAGE!r} has no message or enum {name!r}.{offer}"
