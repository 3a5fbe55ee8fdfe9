"""Argument makers of recurrent cells that are one operation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from sessile.ops.types import dtypes
from sessile.ops.types.dtypes import DType

from tests.ops.makers.arguments import Array, Call, Maker, data
from tests.ops.makers.old import fixed

_LENGTH: Final = np.array(4, np.int64)


def _several(dtype: DType, *shapes: Any) -> list[Array]:
    return [data(dtype, shape, seed) / dtype.np_dtype.type(8) for seed, shape in enumerate(shapes)]


def weights(dtype: DType) -> list[Array]:
    """State and weights of an LSTM of 4 units for 2 inputs and a batch of 3."""
    return _several(dtype, (3, 4), (3, 4), (6, 16), (4,), (4,), (4,), (16,))


def _lstm(dtype: DType) -> Iterator[Call]:
    for peephole, clip in ((True, 3.0), (False, 0.1)):
        inputs = (data(dtype, (3, 2), 9), *weights(dtype))
        yield Call(f"peephole {peephole}", inputs, {"use_peephole": peephole, "cell_clip": clip})


def _sequence(_: DType) -> Iterator[Call]:
    dtype = dtypes.float32
    for call in _lstm(dtype):
        yield Call(call.note, (_LENGTH, data(dtype, (5, 3, 2), 8), *weights(dtype)), call.attrs)


def _lstm_gradient(dtype: DType) -> Iterator[Call]:
    for peephole in (True, False):
        inputs = (data(dtype, (3, 2), 9), *weights(dtype), *_several(dtype, *[(3, 4)] * 8))
        yield Call(f"peephole {peephole}", inputs, {"use_peephole": peephole})


def _sequence_gradient(_: DType) -> Iterator[Call]:
    dtype = dtypes.float32
    for peephole in (True, False):
        values = _several(dtype, *[(5, 3, 4)] * 9)
        inputs = (_LENGTH, data(dtype, (5, 3, 2), 8), *weights(dtype), *values)
        yield Call(f"peephole {peephole}", inputs, {"use_peephole": peephole})


def _gru(*more: Any) -> Maker:
    shapes = ((3, 2), (3, 4), (6, 8), (6, 4), (8,), (4,), *more)
    return fixed((lambda dtype: tuple(_several(dtype, *shapes)), {}))


CELLS: Final[dict[str, Maker]] = {
    "BlockLSTM": _sequence,
    "BlockLSTMGrad": _sequence_gradient,
    "BlockLSTMGradV2": _sequence_gradient,
    "BlockLSTMV2": _sequence,
    "GRUBlockCell": _gru(),
    "GRUBlockCellGrad": _gru((3, 4), (3, 4), (3, 4), (3, 4)),
    "LSTMBlockCell": _lstm,
    "LSTMBlockCellGrad": _lstm_gradient,
}
