"""Resizing images, and its gradients: all mix few pixels of each column and each row, as tables say.

A thread makes a block of rows of the result at a time. Where the result has no fewer rows than the image, the rows that
a block needs are widened first, into memory of the thread's own, and then mixed to rows of the result; where it has
fewer, each row of the result is mixed first and then narrowed. Elements of few channels are read at places of their
own, with one entry of the table for each; those of many channels pixel by pixel.

    a block of rows 0 to 31 of 256, from 128: rows 0 to 16 are widened, and mixed two by two
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np

from ....ops.base.errors import InvalidArgumentError
from ....ops.families.images import resize_ops, scaling
from ...plan.plan import Instruction
from ...runtime import recycle
from ..kernel import loop, threads_for

_ROWS: Final = 32  # of a block
_FLAT: Final = 8  # channels from which on a table has an entry for a pixel, not for each of its elements
_UNROLLED: Final = 8  # taps up to which they are written out
_TASKS: Final = 4  # for each thread
_NUMPY: Final[dict[str, Any]] = {
    "f32": np.float32, "f64": np.float64, "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64,
    "u8": np.uint8, "u16": np.uint16, "u32": np.uint32, "u64": np.uint64,
}  # fmt: skip
_MOST: Final = 1 << 31  # elements of an image, or of rows widened: places are 32 bits wide

_TEXT: Final = """def kernel({names}, tall, wide, height, width, pixels, blocks, items, share, start, stop):
    for task in range(start, stop):
        own = task * {scratch}
        line = task * wide
        for item in range(min(task * share, items), min(task * share + share, items)):
            block = item % blocks
            top = block * U({rows})
            base = item // blocks * tall * wide
            goal = (item // blocks * height + top) * width
{body}"""
_WIDE_FIRST: Final = """            first = U(load(lows, block))
            for q in range(U(load(spans, block))):
                at = base + (first + q) * wide
                to = own + q * width
{cast}{narrow}            for o in range(min(U({rows}), height - top)):
                to = goal + o * width
{combine}"""
_TALL_FIRST: Final = """            for o in range(min(U({rows}), height - top)):
                at = own
                to = goal + o * width
{combine}{narrow}"""


class _Form(NamedTuple):
    """Which text: for the types of the image and of what is computed, and for so many taps."""

    kinds: tuple[str, str]
    taps: tuple[int, int]
    channels: int  # where a table has an entry for a pixel; 0: it has one for each element
    is_between: bool
    is_tall_first: bool
    is_plain: bool  # one pixel is taken as it is


class _Mixture(NamedTuple):
    """A statement for each element: `result[to + ...]` is mixed of taps.

    Attributes:
      source: the array that is read, and how. goal: the array that is written. kind: what is computed.
      where, weight: the index and the weight of a tap, as text with a `{k}` for its number.
    """

    source: str
    goal: str
    kind: str
    where: str
    weight: str

    def of(self, k: Any, is_weighed: bool = True) -> str:
        """What a tap adds."""
        value = self.source.format(self.where.format(k=k))
        return f"{self.kind}({value})" + (f" * {self.weight.format(k=k)}" if is_weighed else "")


def _indented(lines: Sequence[str], depth: int) -> str:
    return "".join(f"{' ' * depth}{line}\n" for line in lines)


def _element(mixture: _Mixture, index: str, form: _Form, taps: int) -> list[str]:
    """The statements that mix and store an element of few taps."""
    if form.is_plain:
        value = mixture.of(0, False)
    elif form.is_between:
        before = [f"a = {mixture.of(0, False)}"]
        value = f"a + ({mixture.of(1, False)} - a) * {mixture.weight.format(k=1)}"
        return [*before, f"store({mixture.goal}, {index}, {value})"]
    else:
        value = " + ".join(mixture.of(k) for k in range(taps))
    return [f"store({mixture.goal}, {index}, {value})"]


def _combined(form: _Form, reads: str, writes: str, count: str, first: str, kind: str) -> list[str]:
    """Rows mixed: `count` elements at `to` of `writes`.

    Args:
      reads: how an element is read. first: where the row of a tap begins, with a `{k}` for the row.
    """
    taps = form.taps[0]
    entry = f"(top + o) * U({taps})"
    if taps > _UNROLLED:
        add = f"store({writes}, to + j, load_result({writes}, to + j) + a * w)"
        return [
            f"for j in range({count}):",
            f"    store({writes}, to + j, {kind}(0))",
            f"for k in range(U({taps})):",
            f"    row = {first.format(k=f'U(load(rp, {entry} + k))')}",
            f"    w = load(rw, {entry} + k)",
            f"    for j in range({count}):",
            f"        a = {kind}({reads.format('row + j')})",
            f"        {add}",
        ]
    lines = []
    for k in range(taps):
        lines.append(f"row{k} = {first.format(k=f'U(load(rp, {entry} + U({k})))')}")
        if not form.is_plain:
            lines.append(f"w{k} = load(rw, {entry} + U({k}))")
    mixture = _Mixture(reads, writes, kind, "row{k} + j", "w{k}")
    return [*lines, f"for j in range({count}):", *(f"    {line}" for line in _element(mixture, "to + j", form, taps))]


def _narrowed(form: _Form, reads: str, writes: str, kind: str) -> list[str]:
    """What is beside each other mixed: from the row at `at` to that at `to`."""
    taps, each = form.taps[1], form.channels
    if not each:  # tables of a tap after the other, an entry for each element
        if taps <= _UNROLLED:
            mixture = _Mixture(
                reads, writes, kind, "at + U(load(cp, U({k}) * width + j))", "load(cw, U({k}) * width + j)"
            )
            return ["for j in range(width):", *(f"    {line}" for line in _element(mixture, "to + j", form, taps))]
        value = reads.format("at + U(load(cp, k * width + j))")
        add = f"load_result({writes}, to + j) + {kind}({value}) * load(cw, k * width + j)"
        return [
            "for j in range(width):",
            f"    store({writes}, to + j, {kind}(0))",
            f"for k in range(U({taps})):",
            "    for j in range(width):",
            f"        store({writes}, to + j, {add})",
        ]
    if taps > _UNROLLED:
        add = f"store({writes}, here + c, load_result({writes}, here + c) + a * w)"
        return [
            "for p in range(pixels):",
            f"    here = to + p * U({each})",
            f"    for c in range(U({each})):",
            f"        store({writes}, here + c, {kind}(0))",
            f"    for k in range(U({taps})):",
            "        place = at + U(load(cp, k * pixels + p))",
            "        w = load(cw, k * pixels + p)",
            f"        for c in range(U({each})):",
            f"            a = {kind}({reads.format('place + c')})",
            f"            {add}",
        ]
    lines = ["for p in range(pixels):", f"    here = to + p * U({each})"]
    for k in range(taps):
        lines.append(f"    place{k} = at + U(load(cp, U({k}) * pixels + p))")
        if not form.is_plain:
            lines.append(f"    v{k} = load(cw, U({k}) * pixels + p)")
    mixture = _Mixture(reads, writes, kind, "place{k} + c", "v{k}")
    element = _element(mixture, "here + c", form, taps)
    return [*lines, f"    for c in range(U({each})):", *(f"        {line}" for line in element)]


@lru_cache(128)
def _text(form: _Form) -> tuple[str, tuple[str, ...]]:
    """The kernel of a form, and the types of its arrays."""
    kind, computed = form.kinds
    if form.is_tall_first:
        scratch, skeleton, cast = "wide", _TALL_FIRST, ""
        combine = _combined(form, "load(x, {})", "rows", "wide", "base + {k} * wide", computed)
        combine = [line.replace("(rows, to + j", "(rows, at + j") for line in combine]
        narrow = _indented(_narrowed(form, "load_result(rows, {})", "r", computed), 16)
    else:
        scratch, skeleton, cast = "spread * width", _WIDE_FIRST, ""
        reads = "load(x, {})"
        if kind != computed:  # the row as numbers of the type that is computed, so that it is read at places fast
            lines = ["for i in range(wide):", f"    store(lines, line + i, {computed}(load(x, at + i)))", "at = line"]
            cast, reads = _indented(lines, 16), "load_result(lines, {})"
        narrow = _indented(_narrowed(form, reads, "rows", computed), 16)
        combine = _combined(form, "load_result(rows, {})", "r", "width", "own + ({k} - first) * width", computed)
    body = skeleton.format(rows=_ROWS, cast=cast, narrow=narrow, combine=_indented(combine, 16))
    names = "x, rp, rw, cp, cw, lows, spans, lines, rows, r, spread"
    text = _TEXT.format(names=names, scratch=scratch, rows=_ROWS, body=body)
    return text, (kind, "i32", computed, "i32", computed, "i32", "i32", computed, computed, computed)


class _Tables(NamedTuple):
    """What a kernel reads of the sides.

    Attributes:
      arrays: places and weights of rows and of columns, the first row that a block needs, and how many it needs.
      taps: of rows and of columns. spread: the most rows a block needs.
    """

    arrays: list[Any]
    taps: tuple[int, int]
    is_between: bool
    is_tall_first: bool
    spread: int


@lru_cache(64)
def _tables(name: str, first: Any, second: Any, size: Any, flags: Any, kind: str) -> _Tables:
    """The tables of an operation: `sides` has its arguments.

    Args:
      kind: the type of the weights.
    """
    found = resize_ops.sides(name, [first, second], None if size is None else np.array(size), *flags)
    return _tables_of(*found, first[3], kind)


def _tables_of(rows: resize_ops.Side, columns: resize_ops.Side, channels: int, kind: str) -> _Tables:
    places, weights = columns.places.T.astype(np.int64) * channels, columns.weights.T
    if channels < _FLAT:
        places = (places[:, :, None] + np.arange(channels)).reshape(len(places), -1)
        weights = np.repeat(weights, channels, 1)
    tops = np.arange(0, len(rows.places), _ROWS)
    lows = np.minimum.reduceat(rows.places.min(1), tops)
    spans = np.maximum.reduceat(rows.places.max(1), tops) - lows + 1
    integers, numbers = (rows.places, places, lows, spans), (rows.weights, weights)
    rp, cp, lows, spans = (np.ascontiguousarray(array, np.int32) for array in integers)
    rw, cw = (np.ascontiguousarray(array, _NUMPY[kind]) for array in numbers)
    taps, is_tall_first = (rows.places.shape[1], columns.places.shape[1]), resize_ops.is_tall_first(rows)
    return _Tables([rp, rw, cp, cw, lows, spans], taps, rows.is_between, is_tall_first, int(spans.max()))


def resize(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """The operations of `resize_ops.py`; None unless all is as it should be."""
    images, other = values
    is_size = instruction.op_def.inputs[1].name == "size"
    if images.ndim != 4 or (other.shape != (2,) or other.min() <= 0 if is_size else other.ndim != 4):
        return None
    height, width = other.tolist() if is_size else other.shape[1:3]
    if not _is_fit(images, height, width):
        return None
    name, attrs = instruction.op_def.name, instruction.attrs
    flags = tuple(attrs[flag] for flag in ("align_corners", "half_pixel_centers") if flag in attrs)
    kind, made = instruction.inputs[0].dtype.short, instruction.outputs[0].dtype
    how = instruction.op_def.routine[1]
    computed = "f32" if how == "mixed" else kind
    tables = _tables(name, images.shape, other.shape, (height, width) if is_size else None, flags, computed)
    form = _form(tables, (kind, computed), images.shape[3], how == "taken")
    result = _run(form, tables, images, (height, width), threads)
    return [result.astype(made.np_dtype, copy=False)]


def scale(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`ScaleAndTranslate` and its gradient; None unless all is as it should be."""
    images, other, factors, moves = values
    is_gradient = instruction.op_def.inputs[1].name != "size"
    if images.ndim != 4 or factors.shape != (2,) or moves.shape != (2,) or not (factors > 0).all():
        return None
    if other.ndim != 4 if is_gradient else other.shape != (2,) or other.min() <= 0:
        return None
    height, width = other.shape[1:3] if is_gradient else other.tolist()
    if not _is_fit(images, height, width):
        return None
    before, after = images.shape[1:3], (height, width)
    first, second = (after, before) if is_gradient else (before, after)
    try:
        rows, columns = scaling.sides(first, second, factors, moves, instruction.attrs)
    except InvalidArgumentError:  # the kernel says where
        return None
    if is_gradient:
        rows, columns = resize_ops.turned(rows), resize_ops.turned(columns)
    tables = _tables_of(rows, columns, images.shape[3], "f32")
    form = _form(tables, (instruction.inputs[0].dtype.short, "f32"), images.shape[3], False)
    return [_run(form, tables, images, after, threads)]


def _is_fit(images: Any, height: int, width: int) -> bool:
    """Whether there is something to do, and all places are 32 bits wide."""
    batch, tall, wide, channels = images.shape
    size, most = batch * height * width * channels, max(tall, height) * max(wide, width)
    return bool(size) and bool(images.size) and max(images.size, size, most * channels) < _MOST


def _form(tables: _Tables, kinds: tuple[str, str], channels: int, is_plain: bool) -> _Form:
    each = 0 if channels < _FLAT else channels
    return _Form(kinds, tables.taps, each, tables.is_between, tables.is_tall_first, is_plain)


def _run(form: _Form, tables: _Tables, images: Any, size: tuple[int, int], threads: int) -> Any:
    """Images of another height and width, a block of rows at a time."""
    batch, tall, wide, channels = images.shape
    height, width = size
    number = np.dtype(_NUMPY[form.kinds[1]])
    result = recycle.empty((batch, height, width, channels), number)
    threads = threads_for(max(images.size, result.size), threads)
    blocks = -(-height // _ROWS)
    items = batch * blocks
    tasks = min(items, _TASKS * threads)
    is_cast = not form.is_tall_first and form.kinds[0] != form.kinds[1]
    own = wide if form.is_tall_first else tables.spread * width
    lines = recycle.empty((tasks * wide * channels if is_cast else 1,), number)
    rows = recycle.empty((tasks * own * channels,), number)
    text, types = _text(form)
    share = -(-items // tasks)
    numbers = [tables.spread, tall, wide * channels, height, width * channels, width, blocks, items, share]
    loop(text, types)([np.ascontiguousarray(images), *tables.arrays, lines, rows, result], numbers, [tasks], threads)
    return result


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"resize": resize, "scaling": scale}
