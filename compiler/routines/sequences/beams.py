"""Labels read off logits by a search with a beam: `ctc_beam_search_decoder`. An example is one thread's.

As in the kernel, beginnings of sequences are nodes of a tree, each one label longer than its parent. Children of a node
are linked, the newest first. In a step each beginning of the beam makes candidates: itself, and one for each label; the
best so far are kept in order, and one that is no better than the last of them is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ....ops.families.nn.ctc.decoders import check, listed
from ....ops.families.nn.ctc.loss import log_softmax
from ...plan.plan import Instruction
from ..kernel import loop, threads_for

_JOINED: Final = """top = larger({a}, {b})
low = smaller({a}, {b})
{r} = top
if low > f64(-inf):
    {r} = top + log1p_f64(exp_f64(low - top))"""
# Kept candidates: their chances in all, in a blank and in a label; the node; and for a new one its label, else -1.
_OFFERED: Final = """if (found < width) or ({score} > load_result(kept, best + (width - U(1)) * U(3))):
    hole = found
    if found == width:
        hole = width - U(1)
    else:
        found = found + U(1)
    going = hole > U(0)
    while going:
        going = load_result(kept, best + (hole - U(1)) * U(3)) < {score}
        if going:
            for k in range(U(3)):
                store(kept, best + hole * U(3) + k, load_result(kept, best + (hole - U(1)) * U(3) + k))
            for k in range(U(2)):
                store(names, name + hole * U(2) + k, load_result(names, name + (hole - U(1)) * U(2) + k))
            hole = hole - U(1)
            going = hole > U(0)
    store(kept, best + hole * U(3), {score})
    store(kept, best + hole * U(3) + U(1), {blank})
    store(kept, best + hole * U(3) + U(2), {label})
    store(names, name + hole * U(2), {node})
    store(names, name + hole * U(2) + U(1), {added})"""
_SEARCH: Final = """\
def kernel(logs, steps, kept, names, beam, nodes, tree, owners, sizes, times, classes, width, start, stop):
    for example in range(start, stop):
        best = example * width * U(3)
        name = example * width * U(2)
        own = example * width * U(3)
        node = example * width
        trunk = example * (times * width + U(1)) * U(4)
        owner = example * classes
        count = U(1)
        used = i64(1)
        for k in range(U(4)):
            store(tree, trunk + k, i64(-1))
        for k in range(classes):
            store(owners, owner + k, i64(-1))
        store(nodes, node, i64(0))
        store(beam, own, f64(0))
        store(beam, own + U(1), f64(-inf))
        for t in range(U(load(steps, example))):
            row = (example * times + t) * classes
            found = U(0)
            in_blank = load(logs, row + classes - U(1))
            for w in range(count):
                a = load_result(beam, own + w * U(3))
                b = load_result(beam, own + w * U(3) + U(1))
{total}                store(beam, own + w * U(3) + U(2), total)
            for w in range(count):
                me = load_result(nodes, node + w)
                parent = load_result(tree, trunk + U(me) * U(4))
                last = load_result(tree, trunk + U(me) * U(4) + U(1))
                total = load_result(beam, own + w * U(3) + U(2))
                first = i32(1)
                for v in range(count):
                    other = load_result(nodes, node + v)
                    if parent == other:
                        if v < w:
                            first = i32(0)
                    if load_result(tree, trunk + U(other) * U(4)) == me:
                        store(owners, owner + U(load_result(tree, trunk + U(other) * U(4) + U(1))), i64(v))
                if first == i32(1):
{stay}{offer_stay}                for label in range(classes - U(1)):
                    v = load_result(owners, owner + label)
                    if v < i64(0):
                        chance = total
                        if i64(label) == last:
                            chance = load_result(beam, own + w * U(3))
                        chance = chance + load(logs, row + label)
{offer_longer}                    else:
                        store(owners, owner + label, i64(-1))
                        if U(v) > w:
{stay_other}{offer_other}            for k in range(found):
                store(beam, own + k * U(3), load_result(kept, best + k * U(3) + U(1)))
                store(beam, own + k * U(3) + U(1), load_result(kept, best + k * U(3) + U(2)))
                me = load_result(names, name + k * U(2))
                added = load_result(names, name + k * U(2) + U(1))
                if added >= i64(0):
                    parent = me
                    me = load_result(tree, trunk + U(parent) * U(4) + U(2))
                    going = me >= i64(0)
                    while going:
                        going = load_result(tree, trunk + U(me) * U(4) + U(1)) != added
                        if going:
                            me = load_result(tree, trunk + U(me) * U(4) + U(3))
                            going = me >= i64(0)
                    if me < i64(0):
                        me = used
                        used = used + i64(1)
                        store(tree, trunk + U(me) * U(4), parent)
                        store(tree, trunk + U(me) * U(4) + U(1), added)
                        store(tree, trunk + U(me) * U(4) + U(2), i64(-1))
                        store(tree, trunk + U(me) * U(4) + U(3), load_result(tree, trunk + U(parent) * U(4) + U(2)))
                        store(tree, trunk + U(parent) * U(4) + U(2), me)
                store(nodes, node + k, me)
            count = found
        for w in range(count):
            a = load_result(beam, own + w * U(3))
            b = load_result(beam, own + w * U(3) + U(1))
{last_total}            store(beam, own + w * U(3) + U(2), total)
        store(sizes, example, count)
"""
# What a beginning comes to that stays: by a blank, by its last label again, and made of its parent in the beam.
_STAY: Final = """mine = load_result(nodes, node + {w})
mother = load_result(tree, trunk + U(mine) * U(4))
label_of = load_result(tree, trunk + U(mine) * U(4) + U(1))
stay_blank = load_result(beam, own + {w} * U(3) + U(2)) + in_blank
stay_label = f64(-inf)
if label_of >= i64(0):
    stay_label = load_result(beam, own + {w} * U(3) + U(1)) + load(logs, row + U(label_of))
    for v2 in range(count):
        if load_result(nodes, node + v2) == mother:
            grown = load_result(beam, own + v2 * U(3) + U(2))
            if load_result(tree, trunk + U(mother) * U(4) + U(1)) == label_of:
                grown = load_result(beam, own + v2 * U(3))
            grown = grown + load(logs, row + U(label_of))
{joined}{joined_all}"""


def _indented(text: str, depth: int) -> str:
    return "".join(f"{' ' * depth}{line}\n" for line in text.split("\n"))


def _text() -> str:
    def stay(w: str, depth: int) -> str:
        joined = _indented(_JOINED.format(a="stay_label", b="grown", r="stay_label_new"), 12)
        text = _STAY.replace("{joined}", joined + " " * 12 + "stay_label = stay_label_new\n")
        text = text.replace("{joined_all}", _JOINED.format(a="stay_blank", b="stay_label", r="stay_total"))
        return _indented(text.replace("{w}", w), depth)

    def offer(score: str, blank: str, label: str, node: str, added: str, depth: int) -> str:
        return _indented(_OFFERED.format(score=score, blank=blank, label=label, node=node, added=added), depth)

    total = _JOINED.format(a="a", b="b", r="total")
    stays = ("stay_total", "stay_blank", "stay_label", "mine", "i64(-1)")
    return _SEARCH.format(
        total=_indented(total, 16), last_total=_indented(total, 12), stay=stay("w", 20), offer_stay=offer(*stays, 20),
        offer_longer=offer("chance", "f64(-inf)", "chance", "me", "i64(label)", 24), stay_other=stay("U(v)", 28),
        offer_other=offer(*stays, 28),
    )  # fmt: skip


def beam_search(
    instruction: Instruction, values: Sequence[Any], threads: int, unused: Sequence[bool] = ()
) -> Sequence[Any] | None:
    """`CTCBeamSearchDecoder`; None unless all is as it should be, and no logit is NaN."""
    inputs, lengths = values
    width, top = int(instruction.attrs["beam_width"]), int(instruction.attrs["top_paths"])
    if inputs.ndim != 3 or lengths.shape != inputs.shape[1:2] or not inputs.size or not 0 < top <= width:
        return None
    check(inputs, lengths)
    times, batch, classes = inputs.shape
    logs = np.ascontiguousarray(log_softmax(inputs.astype(np.float64)).transpose(1, 0, 2))
    if np.isnan(logs.min()):
        return None
    kept, names = np.empty(batch * width * 3), np.empty(batch * width * 2, np.int64)
    beam, nodes = np.empty((batch, width, 3)), np.empty((batch, width), np.int64)
    tree = np.empty((batch, times * width + 1, 4), np.int64)
    owners, sizes = np.empty(batch * classes, np.int64), np.empty(batch, np.uint64)
    types = ("f64", "i32", "f64", "i64", "f64", "i64", "i64", "i64", "u64")
    arrays = [logs, np.ascontiguousarray(lengths), kept, names, beam, nodes, tree, owners, sizes]
    loop(_text(), types)(arrays, [times, classes, width], [batch], min(threads_for(logs.size * width, threads), batch))
    if sizes.min() < top:
        return None
    paths = [[_spelled(own, int(leaf)) for own, leaf in zip(tree, nodes[:, place])] for place in range(top)]
    scores = beam[:, :top, 2].astype(inputs.dtype)
    return list(listed(paths, scores, bool(instruction.attrs["merge_repeated"])))


def _spelled(tree: Any, node: int) -> Any:
    """The labels on the way to a node."""
    found = []
    while node:
        parent, label = tree[node, :2].tolist()
        found.append(label)
        node = parent
    return np.array(found[::-1], np.int64)


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"beam search": beam_search}
