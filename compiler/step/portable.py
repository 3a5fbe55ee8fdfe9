"""The portable printer: a list of actions as generated Python, for where no native step can be.

It says what the native one says, but for what Python does itself (counting arguments and references) and for memory:
a slot of the arena is an array of its own, and calls of libraries are calls of NumPy kernels. It has no words for
variables: plans that have them run in stages where there are no native steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ..codegen.kernel import Split
from ..plan.plan import Instruction, Value
from ..routines.run import execute
from ..runtime import recycle
from ..specialize.symbolic import expression, same_extents
from . import actions as act
from .structure import Result, Structure, Tupled


def _execute_contiguous(instruction: Instruction, values: Sequence[Any], state: Any) -> list[Any]:
    """Run an instruction; kernels read its results as dense arrays."""
    return [
        array if array.flags.c_contiguous else np.ascontiguousarray(array)
        for array in execute(instruction, values, state)
    ]


class PortablePrinter:
    """Writes the entry function of a step."""

    def __init__(self, actions: act.ActionList) -> None:
        self._variant = actions.variant
        self._extents = actions.extents
        self._fused = actions.variant.fused
        self._names: dict[Value, str] = {}
        self._namespace: dict[str, Any] = {
            "empty": recycle.empty, "array": np.array, "execute": _execute_contiguous, "now": time.time_ns,
            "ndarray": np.ndarray,
        }  # fmt: skip
        self._lines: list[str] = []
        self._parameters: list[str] = []
        self._count = 0
        for value, constant in actions.variant.constants.items():
            self._names[value] = self._constant(constant)
        for action in actions.actions:
            write = _TABLE.get(type(action))
            if write is None:
                raise NotImplementedError(f"a portable step has no words for the action {type(action).__name__}")
            write(self, action)
        body = "".join(f"    {line}\n" for line in self._lines)
        self.text = f"def step({', '.join(self._parameters)}):\n{body}"

    def function(self) -> Any:
        """Compile the text."""
        exec(compile(self.text, "<sessile step>", "exec"), self._namespace)
        return self._namespace["step"]

    def _constant(self, array: Any) -> str:
        name = f"c{len(self._namespace)}"
        self._namespace[name] = array
        return name

    def _fresh(self, value: Value) -> str:
        self._count += 1
        name = self._names[value] = f"v{self._count}"
        return name

    def _name(self, value: Value) -> str:
        """What a value is called; of one that is another's memory in another shape, or known, an expression."""
        if value in self._names:
            return self._names[value]
        if value in self._fused.aliases:
            return f"{self._name(self._fused.root(value))}.reshape({self._shape(value)})"
        known = self._variant.special.known[value]
        items = ", ".join(str(expression(item)) for item in known.reshape(-1).tolist())
        return f"array([{items}], {self._constant(value.dtype.np_dtype)}).reshape({tuple(known.shape)})"

    def _shape(self, value: Value) -> str:
        return f"({''.join(f'{expression(extent)}, ' for extent in self._extents[value])})"

    # Actions.

    def _nothing(self, action: act.Action) -> None:
        """What Python does itself, or whoever calls the step has done."""

    def _array(self, action: act.CheckArray) -> None:
        """Types are the graph's; the rest is checked: loops hand on what a turn has made, views among it."""
        assert isinstance(action.source, act.Argument)
        name = self._names[action.value] = f"x{action.source.number}"
        self._parameters.append(name)
        layout = f" and {name}.flags.c_contiguous" if action.is_dense else ""
        self._unless(f"type({name}) is ndarray and {name}.ndim == {action.rank} and {name}.flags.aligned{layout}")

    def _unused(self, action: act.CheckUnused) -> None:
        self._parameters.append(f"x{action.number}")

    def _truth(self, action: act.CheckTruth) -> None:
        self._parameters.append(f"x{action.number}")
        self._unless(f"x{action.number}.shape == () and bool(x{action.number}) is {action.truth}")

    def _bind(self, action: act.Bind) -> None:
        self._lines.append(f"{action.symbol} = {self._name(action.value)}.shape[{action.axis}]")

    def _bind_stride(self, action: act.BindStride) -> None:
        name = self._name(action.value)
        stride = f"{name}.strides[{action.axis}]"
        self._unless(f"{stride} >= 0 and {stride} % {name}.itemsize == 0")
        self._lines.append(f"{action.symbol} = {stride} // {name}.itemsize")

    def _stride(self, action: act.CheckStride) -> None:
        self._unless(f"{self._name(action.value)}.strides[{action.axis}] == {action.stride}")

    def _extent(self, action: act.CheckExtent) -> None:
        self._unless(f"{self._name(action.value)}.shape[{action.axis}] == {action.extent}")

    def _guard(self, action: act.Guard) -> None:
        self._unless(f"{action.left} {action.relation} {action.right}")

    def _unless(self, condition: str) -> None:
        self._lines.append(f"if not ({condition}): return None")

    def _make(self, action: act.Make) -> None:
        value, home = action.value, action.home
        if home not in self._names:
            dtype = self._constant(home.dtype.np_dtype)
            self._lines.append(f"{self._fresh(home)} = empty({self._shape(home)}, {dtype})")
        self._share(value, home)

    def _adopt(self, action: act.Adopt) -> None:
        self._share(action.home, action.value)

    def _share(self, value: Value, other: Value) -> None:
        """Have a value be another one's memory."""
        if value is not other:
            name = self._names[other]
            if not same_extents(self._extents[value], self._extents[other]):
                name += f".reshape({self._shape(value)})"
            self._lines.append(f"{self._fresh(value)} = {name}")

    def _known(self, action: act.MakeKnown) -> None:
        text = self._name(action.value)
        self._lines.append(f"{self._fresh(action.value)} = {text}")

    def _release(self, action: act.Release) -> None:
        self._lines.append(f"del {self._names.pop(action.value)}")

    def _launch(self, action: act.Launch) -> None:
        kernel = action.kernel
        pointers = [f"{self._name(value)}.ctypes.data" for value in (*kernel.arguments, *kernel.results)]
        extents = [str(expression(extent)) for extent in kernel.extents]
        call = self._constant(action.compiled.call)
        if kernel.split is not None:
            self._phases(kernel.split, call, pointers, extents)
            return
        outermost = extents[0] if kernel.has_outer_loop else "1"
        self._lines.append(f"{call}({', '.join([*pointers, *extents, '0', outermost])})")

    def _phases(self, split: Split, call: str, pointers: list[str], extents: list[str]) -> None:
        counts = {False: str(expression(split.rows)), True: str(expression(split.blocks))}
        names = []
        for dtype, per_block in split.scratch:
            self._count += 1
            names.append(f"w{self._count}")
            self._lines.append(f"{names[-1]} = empty(({counts[per_block]},), {self._constant(dtype.np_dtype)})")
        pointers = pointers + [f"{name}.ctypes.data" for name in names]
        for phase, over_blocks in enumerate(split.phases):
            arguments = ", ".join([*pointers, *extents, str(phase), "0", counts[over_blocks]])
            self._lines.append(f"{call}({arguments})")

    def _copy(self, action: act.CopyElements) -> None:
        (result,) = action.item.instruction.outputs
        source = self._name(action.item.instruction.inputs[0])
        self._lines.append(f"{self._fresh(result)} = array({source}.reshape({self._shape(result)}))")

    def _call_back(self, action: act.CallBack) -> None:
        self._execute(action.instruction)

    def _execute(self, instruction: Instruction) -> None:
        operands = self._operands(instruction)
        targets = "".join(f"{self._fresh(value)}, " for value in instruction.outputs)
        self._lines.append(f"{targets.rstrip()} = execute({self._constant(instruction)}, ({operands}), None)")

    def _operands(self, instruction: Instruction) -> str:
        return "".join(f"{self._name(value)}, " for value in instruction.inputs)

    def _check_indices(self, action: act.CheckIndices) -> None:
        instruction = action.check.instruction
        call = f"execute({self._constant(instruction)}, ({self._operands(instruction)}), None)"
        self._lines.append(f"if not {self._name(action.check.ok)}: {call}")

    def _interpret(self, action: act.Interpret) -> None:
        group = action.group
        for instruction in (*self._fused.without_memory(group.instructions), *group.instructions):
            self._execute(instruction)
        for value in group.outputs:  # nobody else's array may be updated in place later
            if value not in self._variant.memory.arrays:
                self._lines.append(f"{self._names[value]} = array({self._names[value]})")

    def _record(self, action: act.TakeRecord) -> None:
        self._parameters.append("stamps")

    def _stamp(self, action: act.Stamp) -> None:
        self._lines.append(f"stamps[{action.number}] = divmod(now(), 1_000_000_000)")

    def _return(self, action: act.Return) -> None:
        self._lines.append(f"return {self._structure(action.structure, action.results)}")

    def _structure(self, structure: Structure, results: Sequence[Value]) -> str:
        if isinstance(structure, Result):
            return self._name(results[structure.place])
        if isinstance(structure, Tupled):
            return f"({''.join(f'{self._structure(part, results)}, ' for part in structure.parts)})"
        raise NotImplementedError("a portable step returns a tuple: its caller puts results into their structure")


_TABLE: Final[dict[type, Callable[[Any, Any], None]]] = {
    act.CheckCount: PortablePrinter._nothing,
    act.CheckArray: PortablePrinter._array,
    act.CheckUnused: PortablePrinter._unused,
    act.CheckTruth: PortablePrinter._truth,
    act.CheckStride: PortablePrinter._stride,
    act.Bind: PortablePrinter._bind,
    act.BindStride: PortablePrinter._bind_stride,
    act.CheckExtent: PortablePrinter._extent,
    act.Guard: PortablePrinter._guard,
    act.Make: PortablePrinter._make,
    act.Adopt: PortablePrinter._adopt,
    act.MakeKnown: PortablePrinter._known,
    act.Release: PortablePrinter._release,
    act.Launch: PortablePrinter._launch,
    act.CopyElements: PortablePrinter._copy,
    act.CallBack: PortablePrinter._call_back,
    act.CheckIndices: PortablePrinter._check_indices,
    act.Interpret: PortablePrinter._interpret,
    act.TakeRecord: PortablePrinter._record,
    act.Stamp: PortablePrinter._stamp,
    act.Return: PortablePrinter._return,
}
