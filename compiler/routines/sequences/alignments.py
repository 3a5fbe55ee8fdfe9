"""`ctc_loss`: the chances of the ways through the lattices of examples, an example to a turn.

What the kernel does for all examples at a time, of logs of chances, is done for each alone here; see
`ops/families/nn/ctc/lattice.py`. Rows of states have two more, which nothing comes from, at the side ways come from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import numpy as np

from ....ops.base.errors import OpError
from ....ops.families.nn.ctc.lattice import Lattice
from ....ops.families.nn.ctc.loss import losses
from ...plan.plan import Instruction
from ..kernel import loop, threads_for

_SUM: Final = """{tab}top = maximum(maximum(a, c), d)
{tab}none = top == f64(-inf)
{tab}high = f64(0) if none else top
{tab}total = exp_f64(a - high) + exp_f64(c - high) + exp_f64(d - high)
{tab}found = high + log_f64(f64(1) if none else total)
"""
_FORWARD: Final = """def kernel(emitted, stays, skips, r, times, batch, states, start, stop):
    for b in range(start, stop):
        for t in range(U(1), times):
            before = ((t - U(1)) * batch + b) * (states + U(2))
            here = (t * batch + b) * (states + U(2)) + U(2)
            own = (t * batch + b) * states
            for s in range(states):
                a = load_result(r, before + s + U(2)) + load(stays, b * states + s)
                c = load_result(r, before + s + U(1))
                d = load_result(r, before + s) + load(skips, b * states + s)
{sum}                store(r, here + s, f64(-inf) if none else found + load(emitted, own + s))
"""
_BACKWARD: Final = """def kernel(emitted, stays, skips, ends, lengths, behind, r, times, batch, states, start, stop):
    for b in range(start, stop):
        from = b * (states + U(2))
        store(behind, from + states, f64(-inf))
        store(behind, from + states + U(1), f64(-inf))
        for n in range(times):
            t = times - U(1) - n
            here = (t * batch + b) * states
            next = here + batch * states
            if n > U(0):
                for s in range(states):
                    store(behind, from + s, load_result(r, next + s) + load(emitted, next + s))
                for s in range(states):
                    a = load_result(behind, from + s) + load(stays, b * states + s)
                    c = load_result(behind, from + s + U(1))
                    d = load_result(behind, from + s + U(2)) + load(skips, b * states + s)
{sum}                    store(r, here + s, f64(-inf) if none else found)
            if U(load(lengths, b)) == t + U(1):
                for s in range(states):
                    store(r, here + s, load(ends, b * states + s))
"""
_FORWARD_TEXT: Final = _FORWARD.format(sum=_SUM.format(tab=" " * 16))
_BACKWARD_TEXT: Final = _BACKWARD.format(sum=_SUM.format(tab=" " * 20))


def _barred(where: Any) -> Any:
    return np.where(where, 0.0, -np.inf)


def _forward(emitted: Any, lattice: Lattice, threads: int) -> Any:
    """See `lattice.forward`."""
    times, batch, states = emitted.shape
    padded = np.full((times, batch, states + 2), -np.inf)
    if times:
        padded[0, :, 2:4] = emitted[0, :, :2]
        arrays = [np.ascontiguousarray(emitted), _barred(lattice.stays), _barred(lattice.skips), padded]
        loop(_FORWARD_TEXT, ("f64",) * 4)(arrays, emitted.shape, [batch], threads_for(8 * emitted.size, threads))
    return padded[:, :, 2:]


def _backward(emitted: Any, lattice: Lattice, lengths: Any, threads: int) -> Any:
    """See `lattice.backward`."""
    result, states = np.full(emitted.shape, -np.inf), emitted.shape[2]
    places, onward = np.arange(states), np.zeros_like(lattice.skips)
    onward[:, :-2] = lattice.skips[:, 2:]
    ends = _barred((places == lattice.last[:, None]) | (places == lattice.last[:, None] - 1))
    behind = np.empty((emitted.shape[1], states + 2))
    arrays = [np.ascontiguousarray(emitted), _barred(lattice.stays), _barred(onward), ends]
    arrays += [np.ascontiguousarray(lengths, np.int64), behind, result]
    run = loop(_BACKWARD_TEXT, (*("f64",) * 4, "i64", "f64", "f64"))
    run(arrays, emitted.shape, [emitted.shape[1]], threads_for(8 * emitted.size, threads))
    return result


def alignments(
    instruction: Instruction, values: Sequence[Any], threads: int, unused: Sequence[bool] = ()
) -> Sequence[Any] | None:
    """`CTCLoss`; None unless all is as it should be."""
    inputs, indices, listed, lengths = values
    if inputs.ndim != 3 or not inputs.size or indices.ndim != 2 or listed.ndim != 1 or lengths.ndim != 1:
        return None
    names = "preprocess_collapse_repeated", "ctc_merge_repeated", "ignore_longer_outputs_than_inputs"
    attrs = instruction.attrs
    first, second, third = (bool(attrs[name]) for name in names)
    ways = partial(_forward, threads=threads), partial(_backward, threads=threads)
    try:
        return list(losses((inputs, indices, listed, lengths), (first, second, third), *ways))
    except (OpError, ValueError, IndexError):
        return None  # the kernel says so, and where


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"alignments": alignments}
