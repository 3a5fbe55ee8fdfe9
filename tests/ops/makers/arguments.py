"""Arguments for every pure operation type: what `test_registry.py` calls kernels and shape rules with.

Elementwise operations get theirs from their signature: special values, empty, scalar, strided and broadcasting arrays.
The others have a maker in this folder; one that has neither, and no reason in UNTESTED, fails a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import ml_dtypes
import numpy as np
from sessile.ops.definition.opdef import OpDef
from sessile.ops.types import dtypes
from sessile.ops.types.dtypes import DType

Array = np.ndarray[Any, Any]


class Call(NamedTuple):
    """One set of arguments: an array per input (a list of them for a list input), and attributes."""

    note: str
    inputs: tuple[Any, ...]
    attrs: dict[str, Any]


Maker = Callable[[DType], Iterator[Call]]

ELEMENTWISE_RULES: Final = ("same_shape", "broadcast_shape", "same_as_all", "equality_shape")
NONZERO_LAST: Final = ("Div", "FloorDiv", "FloorMod", "Inv", "Mod", "Reciprocal", "TruncateDiv", "TruncateMod")
# Kinds of types that an operation may be built with, but has no kernel for, as in TensorFlow.
REFUSED: Final = {
    "RealDiv": "iu", "FloorDiv": "c", "TruncateDiv": "c", "Einsum": "sb", "LowerBound": "sbc", "UpperBound": "sbc",
    "TensorScatterAdd": "sb", "TensorScatterSub": "sb", "TensorScatterMax": "sbc", "TensorScatterMin": "sbc",
}  # fmt: skip
TESTED_TYPES: Final = tuple(t for t in dtypes.ALL if t.kind not in "qr")


def data(dtype: DType, shape: Any = (2, 3), seed: int = 0) -> Array:
    """Return an array of ordinary values, the same ones for the same arguments."""
    random = np.random.RandomState(seed + 7 * len(np.atleast_1d(shape)))
    if dtype.kind == "s":
        words = np.empty(shape, object)
        words.reshape(-1)[:] = [b"w%d" % i for i in random.randint(0, 20, words.size)]
        return words
    if dtype.kind == "b":
        return np.asarray(random.random_sample(shape) > 0.5)
    values = random.uniform(0 if dtype.kind == "u" else -4, 4, shape)
    if dtype.kind == "c":
        values = values + 1j * random.uniform(-4, 4, shape)
    return np.asarray(values).astype(dtype.np_dtype)


def specials(dtype: DType) -> Array:
    """Return the values where functions go wrong: zeros of both signs, infinities, NaN, extremes, tiny numbers."""
    if dtype.kind == "b":
        return np.array([False, True])
    if dtype.kind in "iuq":
        info = np.iinfo(dtype.np_dtype)
        return np.array([0, 1, 2, 3, 7, info.max, info.max - 1, info.min, info.min // 2 + 1], dtype.np_dtype)
    if dtype.kind == "s":
        return np.array([b"", b"a", b"b", b"\xff\x00"], object)
    part = np.dtype(f"f{dtype.np_dtype.itemsize // 2}") if dtype.kind == "c" else dtype.np_dtype
    info = ml_dtypes.finfo(part)
    plain = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.25, 10.0, -100.0, np.inf, -np.inf, np.nan]
    values = np.concatenate(
        [np.array(plain, part), np.array([info.max, info.min, info.tiny, info.smallest_subnormal, info.eps], part)]
    )
    if dtype.kind != "c":
        return values
    kept = values[[0, 1, 2, 3, 4, 7, 10, 12]]
    pairs = np.stack(np.broadcast_arrays(kept[:, None], kept[None, :]), axis=-1)
    return pairs.reshape(-1, 2).view(dtype.np_dtype).reshape(-1)


def makers() -> dict[str, Maker]:
    """Return the makers of arguments, by operation type."""
    from tests.ops.makers.arrays import MAKERS
    from tests.ops.makers.cells import CELLS
    from tests.ops.makers.files import FILES
    from tests.ops.makers.gradients import GRADIENTS
    from tests.ops.makers.images import IMAGES
    from tests.ops.makers.more import MORE
    from tests.ops.makers.newer import NEWER
    from tests.ops.makers.older import BATCHED, OLDER
    from tests.ops.makers.quantized import QUANTIZED
    from tests.ops.makers.ragged import RAGGED
    from tests.ops.makers.rare import RARE
    from tests.ops.makers.sparse import SPARSE
    from tests.ops.makers.user import USER
    from tests.ops.makers.windows import WINDOWS

    parts = MAKERS, CELLS, FILES, MORE, GRADIENTS, IMAGES, NEWER, OLDER, QUANTIZED, RAGGED, RARE, SPARSE, USER, WINDOWS
    found = {name: maker for part in parts for name, maker in part.items()}
    return {**found, **{f"Batch{name}": found[name] for name in BATCHED}}


def calls(op_def: OpDef) -> Iterator[tuple[DType, Call]]:
    """Yield every argument set of an operation, with the type that its main attribute takes."""
    maker = makers().get(op_def.name)
    if maker is None and is_elementwise(op_def):
        maker = lambda dtype: elementwise(op_def, dtype)  # noqa: E731
    if maker is not None:
        for dtype in main_types(op_def):
            for call in maker(dtype):
                yield dtype, call


def is_elementwise(op_def: OpDef) -> bool:
    """Whether arguments can be made from the signature: all inputs of one type, or of a fixed one."""
    rule = getattr(op_def.shape, "__name__", "")
    plain = all(arg.list_attr is None and not arg.is_ref for arg in op_def.inputs)
    kinds = {arg.type_attr for arg in op_def.inputs if arg.type_attr}
    return (rule in ELEMENTWISE_RULES or op_def.scalar is not None) and plain and len(kinds) <= 1


def main_types(op_def: OpDef) -> tuple[DType, ...]:
    """Return the types that the first type attribute of the inputs (or else the outputs) may take."""
    args = (*op_def.inputs, *op_def.outputs)
    attr = next((arg.type_attr for arg in args if arg.type_attr), None)
    if attr is None or (args[0].dtype and args[0].number_attr is None and len(op_def.inputs) != 3):
        return (next((arg.dtype for arg in args if arg.dtype), dtypes.float32),)
    allowed = op_def.where.get(attr) or TESTED_TYPES
    refused = REFUSED.get(op_def.name, "")
    return tuple(dtype for dtype in allowed if dtype in TESTED_TYPES and dtype.kind not in refused)


def elementwise(op_def: OpDef, dtype: DType) -> Iterator[Call]:
    """Yield arguments for an elementwise operation of `dtype`."""
    types = [arg.dtype or dtype for arg in op_def.inputs]
    count = len(types)
    attrs = {key: attr.allowed[0] for key, attr in op_def.attrs.items() if attr.kind == "type" and attr.allowed}
    attrs = {key: value for key, value in attrs.items() if key not in {a.type_attr for a in op_def.inputs}}
    for note, arrays in _arrays(types, broadcasts(op_def)):
        arrays = _in_domain(op_def.name, dtype, arrays)
        if op_def.inputs and op_def.inputs[0].number_attr is not None:
            yield Call(note, (arrays * 3,), {key: () for key in op_def.attrs if key == "shape"} and {"shape": None})
        elif count:
            yield Call(note, tuple(arrays), dict(attrs))


def broadcasts(op_def: OpDef) -> bool:
    """Whether inputs may have different shapes."""
    return len(op_def.inputs) > 1 and getattr(op_def.shape, "__name__", "") in ("broadcast_shape", "equality_shape")


def _in_domain(name: str, dtype: DType, arrays: list[Array]) -> list[Array]:
    """Keep to what an operation takes: divisors not zero, shifts below the width, integer powers not negative."""
    if name in NONZERO_LAST and dtype.kind in "iu":
        return [*arrays[:-1], np.where(arrays[-1] == 0, np.array(1, dtype.np_dtype), arrays[-1])]
    if name in ("LeftShift", "RightShift"):
        return [arrays[0], np.abs(arrays[1] % np.array(8 * dtype.np_dtype.itemsize - 1, dtype.np_dtype))]
    if name == "Pow" and dtype.kind == "i":
        return [arrays[0], np.abs(arrays[1] % np.array(5, dtype.np_dtype))]
    return arrays


def _arrays(types: list[DType], broadcast: bool) -> Iterator[tuple[str, list[Array]]]:
    """Yield one array per type: special, ordinary, scalar, empty, strided, reversed, and of other shapes."""
    special = [specials(dtype) for dtype in types]
    if broadcast:
        grid = [[1] * len(types) for _ in types]
        for axis, values in enumerate(special):
            grid[axis][axis] = len(values)
        yield "special values", [values.reshape(shape) for values, shape in zip(special, grid)]
    else:
        longest = max((len(values) for values in special), default=0)
        yield "special values", [np.resize(np.roll(v, i), longest) for i, v in enumerate(special)]
    plain = [data(dtype, (4, 6), seed) for seed, dtype in enumerate(types)]
    yield "ordinary", plain
    yield "scalar", [array[0, 0, ...] for array in plain]
    yield "empty", [array[:0] for array in plain]
    yield "strided", [array[::2, ::3] for array in plain]
    yield "transposed", [array.T for array in plain]
    yield "reversed", [array[::-1, ::-1] for array in plain]
    if broadcast:
        yield "column and row", [array[:, :1] if i % 2 else array[:1] for i, array in enumerate(plain)]
        yield "scalar right", [plain[0], *(array[0, 0, ...] for array in plain[1:])]
        yield "lower rank left", [plain[0][0], *plain[1:]]
        yield "empty against one", [plain[0][:0], *(array[:1] for array in plain[1:])]
