"""Index maps: for operations that only move elements, which element of which input an element of the output is.

The compiler reads through them: `transpose(x) + 1` is one loop that reads `x` in another order. A map is given the
indices of an output element, one expression per axis, and a `Reader`. Indices have `+ - * // %`, with each other and
with numbers; what is no arithmetic is asked of the reader:

    reader.read(position, indices)      the element of an input, as an expression
    reader.known(position)              an input's integers (maybe symbolic), or None
    reader.extents(position)            an input's extents
    reader.is_one(extent)               whether an extent is known to be 1
    reader.integer(extent)              an extent or integer as an expression
    reader.within(place, extent)        an index that is data, kept below an extent whatever it is
    reader.converted(expression)        an expression of indices in the type of the result
    reader.compare(a, ("<", b), ...)    a condition: a chain of comparisons
    reader.all(conditions)              a condition: all of them hold
    reader.choose(condition, yes, no)   one of two functions' results, evaluated only where it applies
    reader.pick(place, index, yes, no)  one of two elements, by whether an index that is data is another one

`structure` names the inputs whose values must be known for the map; where they are not, the kernel runs instead.
"""

from __future__ import annotations

from typing import Any

from ...definition.index_map import IndexMap, Indices
from ...definition.slice_math import SliceMasks, plan_slice


def _flat(reader: Any, position: int) -> list[Any]:
    return list(reader.known(position).reshape(-1).tolist())


def _transpose(reader: Any, indices: Indices, output: int) -> Any:
    source: list[Any] = [None] * len(indices)
    for target, axis in zip(indices, _flat(reader, 1)):
        source[int(axis)] = target
    return reader.read(0, source)


def _reverse(reader: Any, indices: Indices, output: int) -> Any:
    rank = len(indices)
    source = list(indices)
    for axis in {int(axis) % rank for axis in _flat(reader, 1)}:
        source[axis] = reader.integer(reader.extents(0)[axis]) - 1 - indices[axis]
    return reader.read(0, source)


def _slice(reader: Any, indices: Indices, output: int) -> Any:
    return reader.read(0, [_plus(i, begin, reader) for i, begin in zip(indices, _flat(reader, 1))])


def _plus(index: Any, offset: Any, reader: Any) -> Any:
    return index if type(offset) is int and offset == 0 else index + reader.integer(offset)


def _strided_slice(reader: Any, indices: Indices, output: int) -> Any:
    attrs = reader.attrs
    masks = SliceMasks(*(attrs[f"{word}_mask"] for word in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")))
    begin, end, strides = (_flat(reader, position) for position in (1, 2, 3))
    plan = plan_slice(reader.extents(0), begin, end, [int(stride) for stride in strides], masks)
    by_axis = {axis: index for axis, index in zip(plan.axes, indices) if axis is not None}
    source = []
    for axis, dim in enumerate(plan.dims):
        start = reader.integer(dim.start)
        if dim.shrink:
            source.append(start)
        elif dim.step == 1:
            source.append(_plus(by_axis[axis], dim.start, reader))
        elif dim.step > 0:
            source.append(start + by_axis[axis] * dim.step)
        else:
            source.append(start - by_axis[axis] * -dim.step)
    return reader.read(0, source)


def _broadcast(reader: Any, indices: Indices, output: int) -> Any:
    extents = reader.extents(0)
    source = indices[len(indices) - len(extents) :]
    return reader.read(0, [reader.integer(0) if reader.is_one(e) else i for e, i in zip(extents, source)])


def _tile(reader: Any, indices: Indices, output: int) -> Any:
    source = []
    for index, extent, times in zip(indices, reader.extents(0), _flat(reader, 1)):
        whole = type(times) is int and times == 1
        source.append(index if whole else index % reader.integer(extent))
    return reader.read(0, source)


def _fill(reader: Any, indices: Indices, output: int) -> Any:
    return reader.read(1, [])


def _concat(reader: Any, indices: Indices, output: int) -> Any:
    count = reader.count - 1
    axis = int(_flat(reader, count)[0]) % len(indices)
    return _part(reader, indices, axis, list(range(count)), 0)


def _part(reader: Any, indices: Indices, axis: int, positions: list[int], offset: Any) -> Any:
    """The element of the input among `positions` that the index along `axis` falls into."""
    first = positions[0]
    shifted = list(indices)
    if not (type(offset) is int and offset == 0):
        shifted[axis] = indices[axis] - reader.integer(offset)
    if len(positions) == 1:
        return reader.read(first, shifted)
    end = offset + reader.extents(first)[axis]
    return reader.choose(
        reader.compare(indices[axis], ("<", reader.integer(end))),
        lambda inner: inner.read(first, shifted),
        lambda inner: _part(inner, indices, axis, positions[1:], end),
    )


def _pack(reader: Any, indices: Indices, output: int) -> Any:
    axis = reader.attrs["axis"] % len(indices)
    rest = indices[:axis] + indices[axis + 1 :]

    def choose(inner: Any, positions: list[int]) -> Any:
        if len(positions) == 1:
            return inner.read(positions[0], rest)
        return inner.choose(
            inner.compare(indices[axis], ("==", positions[0])),
            lambda branch: branch.read(positions[0], rest),
            lambda branch: choose(branch, positions[1:]),
        )

    return choose(reader, list(range(reader.count)))


def _unpack(reader: Any, indices: Indices, output: int) -> Any:
    axis = reader.attrs["axis"] % (len(indices) + 1)
    return reader.read(0, [*indices[:axis], reader.integer(output), *indices[axis:]])


def _pad(reader: Any, indices: Indices, output: int) -> Any:
    """Inside of the padding the input, outside a constant."""
    pairs = reader.known(1).reshape(-1, 2).tolist()
    source, inside = [], []
    for index, extent, (before, after) in zip(indices, reader.extents(0), pairs):
        padded = not (type(before) is int and type(after) is int and before == 0 and after == 0)
        source.append(index - reader.integer(before) if padded else index)
        if padded:
            bounds = ("<=", index), ("<", reader.integer(extent + before))
            inside.append(reader.compare(reader.integer(before), *bounds))
    if not inside:
        return reader.read(0, source)
    outside = (lambda inner: inner.read(2, [])) if reader.count > 2 else (lambda inner: inner.zero())
    return reader.choose(reader.all(inside), lambda inner: inner.read(0, source), outside)


def _gather(reader: Any, indices: Indices, output: int) -> Any:
    params, positions = len(reader.extents(0)), len(reader.extents(1))
    batch = reader.attrs["batch_dims"]
    batch += positions if batch < 0 else 0
    axis = int(_flat(reader, 2)[0]) % params
    inner = axis + positions - batch  # where the indices of what lies behind the axis begin
    place = reader.read(1, [*indices[:batch], *indices[axis:inner]])
    return reader.read(0, [*indices[:axis], reader.within(place, reader.extents(0)[axis]), *indices[inner:]])


def _gather_nd(reader: Any, indices: Indices, output: int) -> Any:
    extents = reader.extents(0)
    outer = len(reader.extents(1)) - 1
    source = []
    for axis in range(len(extents) + outer - len(indices)):
        place = reader.read(1, [*indices[:outer], reader.integer(axis)])
        source.append(reader.within(place, extents[axis]))
    return reader.read(0, [*source, *indices[outer:]])


def _one_hot(reader: Any, indices: Indices, output: int) -> Any:
    axis = reader.attrs["axis"]
    if axis >= len(indices):
        raise ValueError(f"Expected axis to be -1 or between [0, {len(indices)}).  But received: {axis}")
    axis %= len(indices)
    place = reader.read(0, indices[:axis] + indices[axis + 1 :])
    return reader.pick(place, indices[axis], reader.read(2, []), reader.read(3, []))


def _range(reader: Any, indices: Indices, output: int) -> Any:
    start, step = (reader.integer(reader.known(position).item()) for position in (0, 2))
    return reader.converted(start + indices[0] * step)


def _position(reader: Any, indices: Indices, output: int) -> Any:
    return reader.converted(indices[reader.attrs["axis"]])


TRANSPOSE = IndexMap(_transpose, structure=(1,), stays=lambda rank, axes: list(axes) == list(range(rank)))
REVERSE = IndexMap(_reverse, structure=(1,))
SLICE = IndexMap(_slice, structure=(1, 2))
STRIDED_SLICE = IndexMap(_strided_slice, structure=(1, 2, 3))
BROADCAST = IndexMap(_broadcast, structure=(1,))
TILE = IndexMap(_tile, structure=(1,))
FILL = IndexMap(_fill, structure=(0,))
CONCAT = IndexMap(_concat, structure=(-1,))
PACK = IndexMap(_pack)
UNPACK = IndexMap(_unpack)
PAD = IndexMap(_pad, structure=(1,))
GATHER = IndexMap(_gather, structure=(2,))
GATHER_ND = IndexMap(_gather_nd)
ONE_HOT = IndexMap(_one_hot, structure=(1,))
RANGE = IndexMap(_range, structure=(0, 1, 2))
POSITION = IndexMap(_position, structure=(0,))
