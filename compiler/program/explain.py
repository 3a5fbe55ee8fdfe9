"""Looking into a program: its stages and fusion groups, and the source generated for them."""

from __future__ import annotations

from textwrap import indent
from typing import Any

from ..executors.batched_runner import BatchedRunner
from ..fusion.groups import Group
from ..jit.user_functions import sources_of
from ..machine import abi as layout
from ..partition.schedule import Region
from ..plan.plan import Plan
from ..plan.text import extents_text, plan_text
from ..specialize.specialize import NeedsCut
from ..step.variant import Variant
from .ahead import filled, find_cuts
from .loops.scalar_loop import ScalarLoop
from .region import RegionProgram
from .staged import StagedProgram


def explain(program: StagedProgram) -> str:
    """Return the plan in text, in the order it runs.

    Fused groups stand under `group N:` lines, the rest runs its NumPy kernels. Below come the guards and the source of
    each group. A region that has not run yet is shown for extents guessed where the graph leaves them open.
    """
    find_cuts(program, _guessed_shapes)
    rows: list[tuple[str, list[Any]]] = []
    sources: list[str] = []
    regions = iter(program.region_programs)
    for stage in program.stages:
        if not isinstance(stage, Region):
            rows.append(("", [stage]))
            continue
        _explain_region(next(regions), rows, sources)
    head = plan_text(Plan(program.plan.inputs, (), program.plan.outputs))
    body = plan_text(program.plan, groups=rows).split("\n")[1:]
    reason = layout.refusal()
    wanted = reason in (None, layout.SWITCHED_OFF)
    tail = [] if wanted else [f"# steps run from Python, there is no native one: {reason}"]
    return "\n".join([head, *body, "", *sources, *_loops_text(program), *tail]).rstrip() + "\n"


def _loops_text(program: StagedProgram) -> list[str]:
    """The loops of a program: a kernel, or the plans of the first condition and of an iteration."""
    lines: list[str] = []
    for instruction, runner in program.loops:
        name = instruction.attrs["block"].name
        if isinstance(runner, BatchedRunner):
            lines.append(f"# loop {name}, over all rows at once:\n{indent(explain(runner.program), '  ')}")
            continue
        if isinstance(runner, ScalarLoop):
            lines.append(f"# loop {name}: one kernel, x: invariants, r: variables\n{runner.source}")
            continue
        for title, executor in zip(("first condition", "iteration"), runner.executors):
            lines.append(f"# loop {name}, {title}:\n{indent(explain(executor), '  ')}")
    return lines


def _explain_region(program: RegionProgram, rows: list[tuple[str, list[Any]]], sources: list[str]) -> None:
    variants = [variant for some in program.variants.values() for variant in some]
    if not variants:
        found = _guessed(program.region)
        variants = [] if found is None else [found]
    if not variants:
        rows.append(("", program.region.instructions))
        return
    constants = [instruction for instruction in program.region.instructions if instruction.is_constant]
    if constants:
        rows.append(("", constants))
    first = variants[0]
    for item in first.fused.items:
        if isinstance(item, Group):
            title = f"group {sum(1 for title, _ in rows if title)}"
            rows.append((title, item.instructions))
            sources.append(_source_text(title, item, first))
        else:
            rows.append(("", [item.instruction]))
    for number, variant in enumerate(variants):
        guards = [str(guard) for guard in variant.special.table.guards]
        if guards:
            sources.append(f"variant {number} holds while {' and '.join(guards)}\n")
        sources += _memory_text(number, variant)


def _guessed_shapes(region: Region) -> list[tuple[int, ...]]:
    return [filled((None,) if value.extents is None else value.extents) for value in region.inputs]


def _guessed(region: Region) -> Variant | None:
    try:
        return Variant(region, _guessed_shapes(region))
    except (NeedsCut, ValueError):
        return None


def _memory_text(number: int, variant: Variant) -> list[str]:
    """What a step of a variant takes besides its results, if anything, for the extents it was made for."""
    memory = variant.memory
    sizes = memory.figures()
    if not (sizes["arena"] or sizes["calls"] or memory.in_place):
        return []
    text = f"# memory of variant {number}: arena {sizes['arena']} bytes, results {sizes['results']}"
    if sizes["calls"]:
        text += f", arrays of calls {sizes['calls']}"
    hints = variant.special.table.hints
    extents = ", ".join(f"{symbol} = {hints[symbol]}" for symbol, _, _ in variant.special.bindings)
    return [f"{text}{f' where {extents}' if extents else ''}; updated in place: {len(memory.in_place)}\n"]


def _source_text(title: str, group: Group, variant: Variant) -> str:
    kernel = variant.kernels[group]
    shapes = variant.special.extents
    names = [f"x{k} = %{v.name}{extents_text(shapes[v])}" for k, v in enumerate(kernel.arguments)]
    names += [f"r{k} = %{v.name}{extents_text(shapes[v])}" for k, v in enumerate(kernel.results)]
    for old, new in variant.memory.in_place.get(group, {}).items():
        names.append(f"r{kernel.results.index(new)} in place of %{old.name}{extents_text(shapes[old])}")
    if kernel.numbers is not None:
        names.append(f"numbers = {', '.join(map(repr, kernel.numbers.tolist()))}")
    return f"# {title}: {', '.join(names)}\n{kernel.source}{sources_of(kernel.tree)}"
