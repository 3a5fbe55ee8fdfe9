"""Gradient rules of the cells that are one operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def lstm_cell(g: Any, op: Any, *gradients: Any) -> list[Any]:
    """Through the gates to inputs and weights; the other outputs are there for this only."""
    x, _, h_prev, w = op.inputs[:4]
    before, d_gates, *d_peeps = g(
        "LSTMBlockCellGrad", *op.inputs, *op.outputs[:6], gradients[1], gradients[6],
        use_peephole=op.attrs["use_peephole"],
    )  # fmt: skip
    both = g("MatMul", d_gates, w, transpose_b=True)
    depth, units = g.extents(x)[1], g.extents(h_prev)[1]
    d_x = g("Slice", both, [0, 0], [-1, depth])
    d_h = g("Slice", both, [0, depth], [-1, units])
    d_w = g("MatMul", g.concat([x, h_prev], 1), d_gates, transpose_a=True)
    return [d_x, before, d_h, d_w, *d_peeps, g("BiasAddGrad", d_gates)]


def block_lstm(gradient_type: str) -> Callable[..., list[Any]]:
    """The rule of a whole sequence: one operation does it all."""

    def rule(g: Any, op: Any, *gradients: Any) -> list[Any]:
        found = g(
            gradient_type, *op.inputs, *op.outputs, gradients[1], gradients[6], use_peephole=op.attrs["use_peephole"]
        )
        return [None, *found]

    return rule


def gru_cell(g: Any, op: Any, *gradients: Any) -> list[Any]:
    """Through both gates and the candidate."""
    x, h_prev = op.inputs[:2]
    r, u, c, _ = op.outputs
    d_x, d_h, d_candidate, d_gates = g("GRUBlockCellGrad", *op.inputs, r, u, c, gradients[3])
    d_w_ru = g("MatMul", g.concat([x, h_prev], 1), d_gates, transpose_a=True)
    kept = g.concat([x, g("Mul", h_prev, r)], 1)
    d_w_c = g("MatMul", kept, d_candidate, transpose_a=True)
    return [d_x, d_h, d_w_ru, d_w_c, g("BiasAddGrad", d_gates), g("BiasAddGrad", d_candidate)]
