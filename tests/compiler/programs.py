"""What the tests of the compiler share: making programs, running them both ways, running kernels as plain Python."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
from sessile.compiler.codegen.kernel import Kernel
from sessile.compiler.executors.interpreter import execute
from sessile.compiler.fusion.groups import Call, Group
from sessile.compiler.jit.compile import plain_function
from sessile.compiler.plan.plan import Plan, Value
from sessile.compiler.plan.prune import prune
from sessile.compiler.program.program import Program
from sessile.compiler.specialize.symbolic import expression
from sessile.compiler.step.variant import Variant
from sessile.session.resources.state import SessionState

from tests.reference import compare

Array = np.ndarray[Any, Any]


class State(SessionState):
    """A session's state with the byte that says whether the session is closed."""

    __slots__ = ("closed",)

    def __init__(self, graph: Any = None) -> None:
        super().__init__(graph)
        self.closed = ctypes.c_byte(0)


def program(feeds: Sequence[Any], fetches: Sequence[Any], targets: Sequence[Any] = (), jit: str = "on") -> Program:
    """Return the program of a signature."""
    graph = [*feeds, *fetches, *targets][0].graph
    return Program(graph, list(feeds), list(fetches), [getattr(target, "op", target) for target in targets], jit)


def pruned(feeds: Sequence[Any], fetches: Sequence[Any], targets: Sequence[Any] = ()) -> Plan:
    """Return the plan of a signature, before any pass."""
    return prune(list(feeds), list(fetches), [getattr(target, "op", target) for target in targets])


def text(plan: Plan) -> str:
    """Return a plan's text without origins."""
    from sessile.compiler.plan.text import plan_text

    return plan_text(plan, origins=False)


def lines(text: str) -> str:
    """Return a text given as an indented literal: without the margin and the outer newlines."""
    import textwrap

    return textwrap.dedent(text).strip()


def step(made: Program, shape: str = "list", state: Any = None) -> Any:
    """Return the callable of a program, its feeds counted and converted as a session does."""
    dtypes = [value.dtype.np_dtype for value in made.plan.inputs]

    def check(arguments: Sequence[Any]) -> None:
        if len(arguments) != len(dtypes):
            raise TypeError(f"{len(dtypes)} arguments, not {len(arguments)}")

    return made.make_step(state, lambda index, value: np.asarray(value, dtypes[index]), check, shape)


def same(actual: Sequence[Any], expected: Sequence[Any], ulp: float = 0) -> None:
    """Assert that two lists of results are equal: types, shapes, elements; floats within `ulp`, zeros of any sign."""
    assert len(actual) == len(expected)
    for number, (a, b) in enumerate(zip(actual, expected)):
        assert type(a) is type(b), f"result {number} is a {type(a).__name__}, not a {type(b).__name__}"
        wrong = compare.difference(_without_negative_zero(a), _without_negative_zero(b), ulp)
        assert wrong is None, f"result {number}: {wrong}"


def _without_negative_zero(value: Any) -> Array:
    array = np.asarray(value)
    return array + array.dtype.type(0) if array.dtype.kind in "fc" else array


def agree(made: Program, *arrays: Any, ulp: float = 0) -> list[Any]:
    """Run interpreted and compiled; assert equal results and return the compiled ones."""
    expected = made.interpret(list(arrays), None)
    actual = made.run_compiled(list(arrays), None)
    same(actual, expected, ulp)
    return actual


def groups(made: Program, *arrays: Any) -> list[list[str]]:
    """Return the operation types of each group (`["Exp", "Mul"]`) and call (`["MatMul()"]`) of a one-region program."""
    return fused(variant_of(made, *arrays))


def fused(variant: Variant) -> list[list[str]]:
    """Return the operation types of a variant's groups and calls."""
    rows = []
    for item in variant.fused.items:
        if isinstance(item, Group):
            rows.append([instruction.op_def.name for instruction in item.instructions])
        else:
            rows.append([item.instruction.op_def.name + "()"])
    return rows


def variant_of(made: Program, *arrays: Any) -> Variant:
    """Return the variant of a one-region program for these arguments, not compiled."""
    (region,) = made.staged.region_programs
    return Variant(region.region, [np.shape(array) for array in _region_arguments(made, arrays)])


def _region_arguments(made: Program, arrays: Sequence[Any]) -> list[Any]:
    given = dict(zip(made.plan.inputs, arrays))
    return [given[value] for value in made.staged.region_programs[0].region.inputs]


def plain(made: Program, *arrays: Any, variant: Variant | None = None) -> list[Any]:
    """Run a one-region program with its kernels as plain Python over arrays whose bounds are checked.

    Fails if a kernel leaves an element of a result unwritten.
    """
    variant = variant_of(made, *arrays) if variant is None else variant
    step = PlainStep(variant, _region_arguments(made, arrays))
    step.run()
    fed = dict(zip(made.plan.inputs, map(np.asarray, arrays)))  # what is fed may be a result as it is
    found = [fed[value] if value in fed else step.value(value) for value in made.staged.plan.outputs]
    return [array[()] if not array.shape else array for array in found]


def holds(variant: Variant, made: Program, arrays: Sequence[Any]) -> bool:
    """Return whether arguments answer the guards of a variant as those it was made for."""
    arguments = _region_arguments(made, arrays)
    symbols = PlainStep(variant, arguments).symbols
    fixed = all(np.shape(arguments[position])[axis] == extent for position, axis, extent in variant.special.fixed)
    return fixed and all(guard.holds(symbols) for guard in variant.special.table.guards)


class PlainStep:
    """One run of a variant without numba."""

    def __init__(self, variant: Variant, arrays: Sequence[Any]) -> None:
        self.variant = variant
        self.special = variant.special
        self.values: dict[Value, Any] = dict(zip(variant.region.inputs, arrays)) | variant.constants
        shapes = [np.shape(array) for array in arrays]
        self.symbols = {name: shapes[position][axis] for name, position, axis in self.special.bindings}

    def run(self) -> None:
        """Run the groups and calls in their order."""
        for item in self.variant.fused.items:
            if isinstance(item, Call):
                inputs = [self.value(value) for value in item.instruction.inputs]
                self.values.update(zip(item.instruction.outputs, execute(item.instruction, inputs, None)))
            else:
                self._run_group(item)

    def number(self, extent: Any) -> int:
        """Return an extent for the arguments of this run."""
        return expression(extent).value(self.symbols)

    def value(self, value: Value) -> Any:
        """Return the array of a value; one that is known from extents is made."""
        root = self.variant.fused.root(value)
        if value not in self.values and root is not value:
            return self.value(root).reshape(self._shape(value))
        if value not in self.values:
            elements = self.special.known[value]
            numbers = [self.number(item) for item in elements.reshape(-1).tolist()]
            self.values[value] = np.array(numbers, value.dtype.np_dtype).reshape(elements.shape)
        return self.values[value]

    def _run_group(self, group: Group) -> None:
        kernel = self.variant.kernels[group]
        inputs = [_Argument(self.value(value)) for value in kernel.arguments]
        results = [_Result(self._shape(value), value.dtype.np_dtype) for value in kernel.results]
        for old, new in self.variant.memory.in_place.get(group, {}).items():
            results[kernel.results.index(new)].hold(self.value(old))
        extents = [self.number(extent) for extent in kernel.extents]
        stop = extents[0] if kernel.has_outer_loop else 1
        with np.errstate(all="ignore"):
            if kernel.split is None:
                plain_function(kernel.tree)(*inputs, *results, *extents, 0, stop)
            else:
                self._run_phases(kernel, [*inputs, *results], extents)
        for value, result in zip(kernel.results, results):
            assert result.written.all(), f"{value} is not written everywhere:\n{kernel.source}"
            self.values[value] = result.array.reshape(self._shape(value))

    def _run_phases(self, kernel: Kernel, arrays: list[Any], extents: list[int]) -> None:
        """Run a kernel in phases, each in two parts."""
        assert kernel.split is not None
        counts = {False: self.number(kernel.split.rows), True: self.number(kernel.split.blocks)}
        scratch = [_Result((counts[per_block],), dtype.np_dtype) for dtype, per_block in kernel.split.scratch]
        function = plain_function(kernel.tree)
        for phase, over_blocks in enumerate(kernel.split.phases):
            middle = counts[over_blocks] // 2
            for start, stop in ((0, middle), (middle, counts[over_blocks])):
                function(*arrays, *scratch, *extents, phase, start, stop)

    def _shape(self, value: Value) -> tuple[int, ...]:
        return tuple(self.number(extent) for extent in self.special.extents[value])


class _Argument:
    """A flat array that is only read; indices out of bounds fail."""

    def __init__(self, array: Array) -> None:
        self.array = np.ascontiguousarray(array).reshape(-1)

    def __getitem__(self, index: int) -> Any:
        assert 0 <= index < self.array.size, f"index {index} of {self.array.size} elements"
        return self.array[index]


class _Result:
    """A flat array that remembers what was written; indices out of bounds fail."""

    def __init__(self, shape: tuple[int, ...], dtype: Any) -> None:
        self.array = np.zeros(int(np.prod(shape, dtype=np.int64)), dtype)
        self.written = np.zeros(self.array.shape, bool)

    def hold(self, array: Array) -> None:
        """Begin with the elements of another array, whose memory this one takes."""
        self.array[:] = np.asarray(array).reshape(-1)
        self.written[:] = True

    def __setitem__(self, index: int, value: Any) -> None:
        assert 0 <= index < self.array.size, f"index {index} of {self.array.size} elements"
        self.array[index] = value
        self.written[index] = True

    def __getitem__(self, index: int) -> Any:
        assert self.written[index], f"element {index} is read before it is written"
        return self.array[index]


def numbered(*shape: int, dtype: Any = np.float32) -> Array:
    """Return an array of small numbers, all different, some negative."""
    count = int(np.prod(shape, dtype=np.int64))
    return (np.arange(count) - count // 3).astype(dtype).reshape(shape)
