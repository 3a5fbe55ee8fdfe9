"""LSTM and GRU cells that are one operation each, an LSTM over a whole sequence, and their gradients.

The gates of an LSTM lie side by side in the order input, candidate, forget, output; `BlockLSTMV2` has forget before
candidate and no bias of forgetting. Gradients pass by the clipping of the memory, as TensorFlow's do.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.opdef import OpDef
from ...definition.reduction import widened
from ...definition.shapes import merge_extent, with_rank
from ...types.dtypes import float16, float32
from . import recurrent_gradients as gradients

Gates = tuple[Any, Any, Any, Any]
_TYPES: Final[dict[str, Any]] = {"T": (float16, float32)}
_WEIGHTS: Final = "w: T, wci: T, wcf: T, wco: T, b: T"
_GATES: Final = "i: T, cs: T, f: T, o: T, ci: T, co: T, h: T"


def _sigmoid(x: Any) -> Any:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def _in_order(parts: Any, forget_first: bool) -> Gates:
    """Input, candidate, forget, output of four blocks side by side."""
    first, second, third, fourth = np.split(parts, 4, axis=-1)
    return (first, third, second, fourth) if forget_first else (first, second, third, fourth)


def _side_by_side(parts: Gates, forget_first: bool) -> Any:
    i, ci, f, o = parts
    return np.concatenate([i, f, ci, o] if forget_first else [i, ci, f, o], axis=-1)


def _step(x: Any, cs: Any, h: Any, weights: Any, bias: float, clip: float, sees: bool, forget_first: bool) -> Any:
    """One step: input gate, memory, forget and output gate, candidate, its tangent, output."""
    w, wci, wcf, wco, b = weights
    i, ci, f, o = _in_order(np.concatenate([x, h], 1) @ w + b, forget_first)
    if sees:
        i, f = i + wci * cs, f + wcf * cs
    i, ci, f = _sigmoid(i), np.tanh(ci), _sigmoid(f + x.dtype.type(bias))
    memory = i * ci + f * cs
    if clip > 0:
        memory = np.clip(memory, -clip, clip)
    o = _sigmoid(o + wco * memory if sees else o)
    co = np.tanh(memory)
    return i, memory, f, o, ci, co, o * co


def _checked(x: Any, cs: Any, h: Any, w: Any, b: Any) -> None:
    """Raises: InvalidArgumentError for shapes that do not fit each other."""
    batch, units = cs.shape
    if x.shape[-2] != batch or h.shape != cs.shape or w.shape != (x.shape[-1] + units, 4 * units):
        raise InvalidArgumentError(
            None, None,
            f"x {list(x.shape)}, cs_prev {list(cs.shape)}, h_prev {list(h.shape)} and w {list(w.shape)} do not fit",
        )  # fmt: skip
    if b.shape != (4 * units,):
        raise InvalidArgumentError(None, None, f"b should have shape [{4 * units}], got {list(b.shape)}")


def _wide(*arrays: Any) -> list[Any]:
    return [array.astype(widened(array.dtype), copy=False) for array in arrays]


def _cell_kernel(
    x: Any, cs_prev: Any, h_prev: Any, w: Any, wci: Any, wcf: Any, wco: Any, b: Any, *, forget_bias: float,
    cell_clip: float, use_peephole: bool,
) -> Any:  # fmt: skip
    _checked(x, cs_prev, h_prev, w, b)
    first, cs, h, *weights = _wide(x, cs_prev, h_prev, w, wci, wcf, wco, b)
    found = _step(first, cs, h, weights, forget_bias, cell_clip, use_peephole, False)
    return tuple(part.astype(x.dtype, copy=False) for part in found)


def _cell_shape(query: Any) -> Any:
    (batch, _), (_, units) = with_rank(query.shapes[0], 2), with_rank(query.shapes[1], 2)
    return [(batch, units)] * 7


LSTM_BLOCK_CELL = OpDef(
    name="LSTMBlockCell",
    signature=f"x: T, cs_prev: T, h_prev: T, {_WEIGHTS} -> {_GATES}",
    where=_TYPES,
    attrs={"forget_bias": ("float", 1.0), "cell_clip": ("float", 3.0), "use_peephole": ("bool", False)},
    shape=_cell_shape,
    kernel=_cell_kernel,
    gradient=gradients.lstm_cell,
    uses_blas=True,
)


def _step_back(cs_prev: Any, peeps: Any, gates: Any, d_cs: Any, d_h: Any, sees: bool) -> tuple[Any, Gates]:
    """The gradients for the memory before, and for the four gates before their functions."""
    wci, wcf, wco = peeps
    i, _, f, o, ci, co = gates
    d_o = o * (1 - o) * d_h * co
    d_memory = (1 - co * co) * d_h * o + d_cs
    if sees:
        d_memory = d_memory + d_o * wco
    d_ci, d_f, d_i = (1 - ci * ci) * d_memory * i, f * (1 - f) * d_memory * cs_prev, i * (1 - i) * d_memory * ci
    before = d_memory * f
    return (before + d_i * wci + d_f * wcf if sees else before), (d_i, d_ci, d_f, d_o)


def _peephole_gradients(cs_prev: Any, cs: Any, parts: Gates) -> list[Any]:
    d_i, _, d_f, d_o = parts
    return [(d_i * cs_prev).sum(0), (d_f * cs_prev).sum(0), (d_o * cs).sum(0)]


def _cell_gradient_kernel(
    x: Any, cs_prev: Any, h_prev: Any, w: Any, wci: Any, wcf: Any, wco: Any, b: Any, i: Any, cs: Any, f: Any, o: Any,
    ci: Any, co: Any, cs_grad: Any, h_grad: Any, *, use_peephole: bool,
) -> Any:  # fmt: skip
    before, *rest = _wide(cs_prev, wci, wcf, wco, i, cs, f, o, ci, co, cs_grad, h_grad)
    d_before, parts = _step_back(before, rest[:3], rest[3:9], rest[9], rest[10], use_peephole)
    peeps = _peephole_gradients(before, rest[4], parts) if use_peephole else [np.zeros_like(part) for part in rest[:3]]
    results = (d_before, _side_by_side(parts, False), *peeps)
    return tuple(part.astype(x.dtype, copy=False) for part in results)


def _cell_gradient_shape(query: Any) -> Any:
    (batch, _), (_, units) = with_rank(query.shapes[0], 2), with_rank(query.shapes[1], 2)
    wide = None if units is None else 4 * units
    return [(batch, units), (batch, wide), (units,), (units,), (units,)]


LSTM_BLOCK_CELL_GRAD = OpDef(
    name="LSTMBlockCellGrad",
    signature=f"x: T, cs_prev: T, h_prev: T, {_WEIGHTS}, {_GATES.removesuffix(', h: T')}, cs_grad: T, h_grad: T -> "
    "cs_prev_grad: T, dicfo: T, wci_grad: T, wcf_grad: T, wco_grad: T",
    where=_TYPES,
    attrs={"use_peephole": ("bool",)},
    shape=_cell_gradient_shape,
    kernel=_cell_gradient_kernel,
)


def _sequence(
    seq_len_max: Any, x: Any, cs_prev: Any, h_prev: Any, weights: Any, bias: float, clip: float, sees: bool,
    forget_first: bool,
) -> Any:  # fmt: skip
    _checked(x, cs_prev, h_prev, weights[0], weights[-1])
    times, (batch, units) = len(x), cs_prev.shape
    if not 0 <= int(seq_len_max) <= times:
        raise InvalidArgumentError(None, None, f"seq_len_max should be at most {times}, got {int(seq_len_max)}")
    results = [np.zeros((times, batch, units), x.dtype) for _ in range(7)]
    steps, cs, h, *wide = _wide(x, cs_prev, h_prev, *weights)
    for time in range(int(seq_len_max)):
        found = _step(steps[time], cs, h, wide, bias, clip, sees, forget_first)
        for result, part in zip(results, found):
            result[time] = part
        cs, h = found[1], found[6]
    return tuple(results)


def _block_kernel(
    seq_len_max: Any, x: Any, cs_prev: Any, h_prev: Any, w: Any, wci: Any, wcf: Any, wco: Any, b: Any, *,
    forget_bias: float, cell_clip: float, use_peephole: bool,
) -> Any:  # fmt: skip
    weights = (w, wci, wcf, wco, b)
    return _sequence(seq_len_max, x, cs_prev, h_prev, weights, forget_bias, cell_clip, use_peephole, False)


def _block_v2_kernel(
    seq_len_max: Any, x: Any, cs_prev: Any, h_prev: Any, w: Any, wci: Any, wcf: Any, wco: Any, b: Any, *,
    cell_clip: float, use_peephole: bool,
) -> Any:  # fmt: skip
    weights = (w, wci, wcf, wco, b)
    return _sequence(seq_len_max, x, cs_prev, h_prev, weights, 0.0, cell_clip, use_peephole, True)


def _block_shape(query: Any) -> Any:
    times, batch, _ = with_rank(query.shapes[1], 3)
    (wide,) = with_rank(query.shapes[-1], 1)
    _, units = with_rank(query.shapes[2], 2)
    if wide is not None:
        units = merge_extent(units, wide // 4)
    return [(times, batch, units)] * 7


_BLOCK: Final = f"seq_len_max: int64, x: T, cs_prev: T, h_prev: T, {_WEIGHTS}"
BLOCK_LSTM = OpDef(
    name="BlockLSTM",
    signature=f"{_BLOCK} -> {_GATES}",
    where=_TYPES,
    attrs=LSTM_BLOCK_CELL.attr_spec,
    shape=_block_shape,
    kernel=_block_kernel,
    gradient=gradients.block_lstm("BlockLSTMGrad"),
    uses_blas=True,
)
BLOCK_LSTM_V2 = OpDef(
    name="BlockLSTMV2",
    signature=f"{_BLOCK} -> {_GATES}",
    where=_TYPES,
    attrs={"cell_clip": ("float", 0.0), "use_peephole": ("bool", False)},
    shape=_block_shape,
    kernel=_block_v2_kernel,
    gradient=gradients.block_lstm("BlockLSTMGradV2"),
    uses_blas=True,
)


def _walk_back(arrays: list[Any], count: int, sees: bool, forget_first: bool) -> list[Any]:
    """The gradients for the inputs, the first state and the weights, from the last step to the first."""
    x, cs_prev, h_prev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, h, cs_grad, h_grad = arrays
    d_x, d_w, d_b = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    d_peeps = [np.zeros_like(part) for part in (wci, wcf, wco)]
    d_cs, d_h = np.zeros_like(cs_prev), np.zeros_like(h_prev)
    for time in reversed(range(count)):
        before, output = (cs[time - 1], h[time - 1]) if time else (cs_prev, h_prev)
        gates = [part[time] for part in (i, cs, f, o, ci, co)]
        d_cs, parts = _step_back(before, (wci, wcf, wco), gates, d_cs + cs_grad[time], d_h + h_grad[time], sees)
        d_gates = _side_by_side(parts, forget_first)
        both = d_gates @ w.T
        d_x[time], d_h = both[:, : x.shape[-1]], both[:, x.shape[-1] :]
        d_w += np.concatenate([x[time], output], 1).T @ d_gates
        d_b += d_gates.sum(0)
        if sees:
            d_peeps = [a + b for a, b in zip(d_peeps, _peephole_gradients(before, cs[time], parts))]
    return [d_x, d_cs, d_h, d_w, *d_peeps, d_b]


def _block_gradient(name: str, forget_first: bool) -> OpDef:
    def kernel(
        seq_len_max: Any, x: Any, cs_prev: Any, h_prev: Any, w: Any, wci: Any, wcf: Any, wco: Any, b: Any, i: Any,
        cs: Any, f: Any, o: Any, ci: Any, co: Any, h: Any, cs_grad: Any, h_grad: Any, *, use_peephole: bool,
    ) -> Any:  # fmt: skip
        arrays = _wide(x, cs_prev, h_prev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, h, cs_grad, h_grad)
        found = _walk_back(arrays, int(seq_len_max), use_peephole, forget_first)
        return tuple(part.astype(x.dtype, copy=False) for part in found)

    return OpDef(
        name=name,
        signature=f"{_BLOCK}, {_GATES}, cs_grad: T, h_grad: T -> x_grad: T, cs_prev_grad: T, h_prev_grad: T, "
        "w_grad: T, wci_grad: T, wcf_grad: T, wco_grad: T, b_grad: T",
        where=_TYPES,
        attrs={"use_peephole": ("bool",)},
        shape=lambda query: query.shapes[1:9],
        kernel=kernel,
        uses_blas=True,
    )


BLOCK_LSTM_GRAD = _block_gradient("BlockLSTMGrad", False)
BLOCK_LSTM_GRAD_V2 = _block_gradient("BlockLSTMGradV2", True)


def _gru_shape(query: Any) -> Any:
    (batch, _), (_, units) = with_rank(query.shapes[0], 2), with_rank(query.shapes[1], 2)
    return [(batch, units)] * 4


def _gru_kernel(x: Any, h_prev: Any, w_ru: Any, w_c: Any, b_ru: Any, b_c: Any) -> Any:
    size = x.shape[1] + h_prev.shape[1]
    if w_ru.shape != (size, 2 * h_prev.shape[1]) or w_c.shape != (size, h_prev.shape[1]):
        raise InvalidArgumentError(
            None, None, f"w_ru {list(w_ru.shape)} and w_c {list(w_c.shape)} do not fit x {list(x.shape)} and h_prev "
            f"{list(h_prev.shape)}",
        )  # fmt: skip
    r, u = np.split(_sigmoid(np.concatenate([x, h_prev], 1) @ w_ru + b_ru), 2, axis=1)
    c = np.tanh(np.concatenate([x, h_prev * r], 1) @ w_c + b_c)
    return r, u, c, u * h_prev + (1 - u) * c


GRU_BLOCK_CELL = OpDef(
    name="GRUBlockCell",
    signature="x: T, h_prev: T, w_ru: T, w_c: T, b_ru: T, b_c: T -> r: T, u: T, c: T, h: T",
    where={"T": (float32,)},
    shape=_gru_shape,
    kernel=_gru_kernel,
    gradient=gradients.gru_cell,
    uses_blas=True,
)


def _gru_gradient_kernel(
    x: Any, h_prev: Any, w_ru: Any, w_c: Any, b_ru: Any, b_c: Any, r: Any, u: Any, c: Any, d_h: Any
) -> Any:
    depth = x.shape[1]
    d_candidate = d_h * (1 - u) * (1 - c * c)
    d_update = d_h * (h_prev - c) * u * (1 - u)
    through = d_candidate @ w_c.T
    d_kept = through[:, depth:]
    d_gates = np.concatenate([d_kept * h_prev * r * (1 - r), d_update], 1)
    both = d_gates @ w_ru.T
    return through[:, :depth] + both[:, :depth], both[:, depth:] + d_kept * r + d_h * u, d_candidate, d_gates


def _gru_gradient_shape(query: Any) -> Any:
    (batch, depth), (_, units) = with_rank(query.shapes[0], 2), with_rank(query.shapes[1], 2)
    return [(batch, depth), (batch, units), (batch, units), (batch, None if units is None else 2 * units)]


GRU_BLOCK_CELL_GRAD = OpDef(
    name="GRUBlockCellGrad",
    signature="x: T, h_prev: T, w_ru: T, w_c: T, b_ru: T, b_c: T, r: T, u: T, c: T, d_h: T -> d_x: T, d_h_prev: T, "
    "d_c_bar: T, d_r_bar_u_bar: T",
    where={"T": (float32,)},
    shape=_gru_gradient_shape,
    kernel=_gru_gradient_kernel,
    uses_blas=True,
)
