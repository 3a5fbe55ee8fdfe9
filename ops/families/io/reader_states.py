"""How far a reader is, as a string: TensorFlow's `ReaderBaseState` message."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError, UnimplementedError
from ...definition.context import KernelContext
from ...definition.opdef import Effects, OpDef
from ...definition.shapes import scalar_shape, with_rank
from ...formats.varint import get_varint, put_varint
from ...types.array_values import as_bytes

_FIELDS = (0x08, 0x10, 0x18)  # tags of how much work was begun and ended, and how many records there were

_WORK = 0x22  # tag of the name of the file at hand


def _check(context: KernelContext, reader: Any, what: str) -> None:
    """Raises: UnimplementedError for readers that are in the middle of a file: only whole files are counted."""
    if not reader.is_single:
        raise UnimplementedError(None, context.op, f"Reader {what}")


def _restore_shape(query: Any) -> list[Any]:
    with_rank(query.shapes[1], 0)
    return []


def _serialize_kernel(context: KernelContext, reader_handle: Any) -> Any:
    _check(context, reader_handle, "SerializeState")
    begun, produced, name = reader_handle.state()
    parts = [bytes([tag]) + put_varint(number) for tag, number in zip(_FIELDS, (begun, begun, produced)) if number]
    parts += [bytes([_WORK]), put_varint(len(name)), name] if name else []
    array = np.empty((), object)
    array[()] = b"".join(parts)
    return array


def _restore_kernel(context: KernelContext, reader_handle: Any, state: Any) -> Any:
    if not reader_handle.is_single:
        reader_handle.clear()  # as TensorFlow does before it finds that it cannot restore
    _check(context, reader_handle, "RestoreState")
    data = as_bytes(state.item())
    found = dict.fromkeys(_FIELDS, 0)
    place, name = 0, b""
    try:
        while place < len(data):
            tag = data[place]
            number, place = get_varint(data, place + 1)
            if tag == _WORK:
                place += number
                name = data[place - number : place]
            elif tag in found:
                found[tag] = number
            if tag not in (*found, _WORK) or place > len(data):
                raise IndexError
    except (IndexError, ValueError) as error:
        raise InvalidArgumentError(None, context.op, f"Could not parse state for a reader: {data!r}") from error
    begun, ended, produced = found.values()
    if begun != ended:
        raise InvalidArgumentError(None, context.op, f"Inconsistent work started vs. finished when restoring: {data!r}")
    reader_handle.go_on(ended, produced, name)
    return ()


READER_SERIALIZE_STATE = OpDef(
    name="ReaderSerializeStateV2",
    signature="reader_handle: resource -> state: string",
    shape=scalar_shape,
    kernel=_serialize_kernel,
    effects=Effects("reader", reads=True),
)
READER_RESTORE_STATE = OpDef(
    name="ReaderRestoreStateV2",
    signature="reader_handle: resource, state: string ->",
    shape=_restore_shape,
    kernel=_restore_kernel,
    effects=Effects("reader", writes=True),
)
