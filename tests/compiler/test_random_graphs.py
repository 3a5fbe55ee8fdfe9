"""Property tests over random graphs: however they run, they give what the interpreter gives."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from sessile.compiler.fusion.groups import Call
from sessile.compiler.jit import compile as jit
from sessile.compiler.machine import abi as layout
from sessile.compiler.plan.parse import parse
from sessile.compiler.plan.verify import verify
from sessile.compiler.program.program import Program
from sessile.compiler.specialize.specialize import NeedsCut
from sessile.compiler.step.variant import Variant
from sessile.ops.base.errors import OpError
from sessile.ops.building.default_graph import reset_default_graph

from tests.compiler.programs import holds, plain, program, same, text, variant_of
from tests.compiler.random_graphs import RECIPES, RandomGraph

KERNELS: dict[str, Any] = {}  # by the compiler that made them
SIZES: tuple[dict[int, int], ...] = ({}, {2: 1, 3: 5}, {3: 1, 1: 4}, {2: 0, 1: 0}, {})


def made(recipe: Any) -> tuple[RandomGraph, Program]:
    """Return the graph of a recipe, and the program of its fetches."""
    reset_default_graph()
    graph = RandomGraph(recipe)
    return graph, program(graph.feeds, graph.fetches)


def outcome(run: Any, *arguments: Any) -> Any:
    """Return the results of a run, or the class of its error."""
    try:
        return run(*arguments)
    except OpError as error:
        return type(error)


def assert_order(variant: Variant) -> None:
    """Assert that nothing is used before it is made, that each instruction stands once, and no result is missing."""
    root = variant.fused.root
    known = {*variant.region.inputs, *variant.constants, *variant.special.known}
    for item in variant.fused.items:
        made = set(known)
        for instruction in [item.instruction] if isinstance(item, Call) else item.instructions:
            moves = instruction.op_def.index_map is not None
            for value in instruction.inputs:
                there = value in known or root(value) in (known if moves else made)
                assert there or value in variant.fused.inlined, f"{instruction} comes too early"
            assert made.isdisjoint(instruction.outputs)
            made.update(instruction.outputs)
        known.update(item.instruction.outputs if isinstance(item, Call) else item.outputs)
    known.update(result for value, result in variant.fused.shaped.items() if value in known)
    assert known.issuperset(variant.region.outputs)


@settings(max_examples=150, deadline=None)
@given(RECIPES)
def test_kernels_as_plain_python(recipe: Any) -> None:
    """Grouping and generated source are right: bounds, order, and every element of every result."""
    graph, compiled = made(recipe)
    arrays = graph.arrays()
    if compiled.staged.only_region is None:
        return
    expected = outcome(compiled.interpret, arrays, None)
    if isinstance(expected, type):
        return
    try:
        variant = variant_of(compiled, *arrays)
    except NeedsCut:
        return
    assert_order(variant)
    same(plain(compiled, *arrays, variant=variant), expected, ulp=8)
    for sizes in SIZES[1:-1]:  # the same kernels for other extents that hold the guards
        arrays = graph.arrays(1, sizes)
        if holds(variant, compiled, arrays):
            same(plain(compiled, *arrays, variant=variant), compiled.interpret(arrays, None), ulp=8)


@pytest.mark.parametrize(("native", "compiler"), [(True, "numba"), (False, "direct"), (True, "direct")])
@settings(max_examples=12, deadline=None)
@given(RECIPES)
def test_compiled_is_interpreted(native: bool, compiler: str, recipe: Any) -> None:
    """One compiled program for several values and extents."""
    graph, compiled = made(recipe)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SESSILE_COMPILER", compiler)
        patch.setattr(jit, "_kernels", KERNELS.setdefault(compiler, {}))
        if not native:
            patch.setattr(layout, "available", lambda: False)
        for seed, sizes in enumerate(SIZES):
            arrays = graph.arrays(seed, sizes)
            expected = outcome(compiled.interpret, arrays, None)
            actual = outcome(compiled.run_compiled, arrays, None)
            if isinstance(expected, type):
                assert actual is expected
            else:
                same(actual, expected, ulp=8)


@settings(max_examples=100, deadline=None)
@given(RECIPES)
def test_plans_hold_their_invariants_and_parse(recipe: Any) -> None:
    _, compiled = made(recipe)
    verify(compiled.plan)
    assert text(parse(str(compiled.plan))) == text(compiled.plan)
