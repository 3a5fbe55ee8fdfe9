"""The portable step: generated Python that binds symbols, checks guards, allocates and calls kernels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..codegen.kernel import Split
from ..executors.interpreter import execute
from ..fusion.groups import Call, Check, Copy, Group
from ..plan.plan import Instruction, Value
from ..runtime import recycle
from ..specialize.symbolic import expression, same_extents
from .variant import Variant


def _execute_contiguous(instruction: Instruction, values: Sequence[Any], state: Any) -> list[Any]:
    """Run an instruction; kernels read its results as dense arrays."""
    return [
        array if array.flags.c_contiguous else np.ascontiguousarray(array)
        for array in execute(instruction, values, state)
    ]


class StepSource:
    """Writes the entry function of a variant."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self.special = variant.special
        self.names: dict[Value, str] = {}
        self.namespace: dict[str, Any] = {"empty": recycle.empty, "array": np.array, "execute": _execute_contiguous}
        self.lines: list[str] = []
        self._count = 0
        self._dying = self.variant.memory.dying()
        self.text = self._write()

    def function(self) -> Any:
        """Compile the text."""
        exec(compile(self.text, "<sessile step>", "exec"), self.namespace)
        return self.namespace["step"]

    def _write(self) -> str:
        region = self.variant.region
        parameters = []
        for position, value in enumerate(region.inputs):
            self.names[value] = f"x{position}"
            parameters.append(f"x{position}")
        for value in self.variant.constants:
            self.names[value] = self._constant(self.variant.constants[value])
        self._entry_checks()
        for value in self.variant.fused.materialized:
            self._known(value)
        for position, item in enumerate(self.variant.fused.items):
            if isinstance(item, Call):
                self._call(item)
            elif item in self.variant.compiled:
                self._kernel(item)
            else:
                self._interpreted_group(item)
            self._drop(position)
        results = "".join(f"{self._name(value)}, " for value in region.outputs)
        self.lines.append(f"return ({results})")
        return f"def step({', '.join(parameters)}):\n" + "".join(f"    {line}\n" for line in self.lines)

    def _constant(self, array: Any) -> str:
        name = f"c{len(self.namespace)}"
        self.namespace[name] = array
        return name

    def _entry_checks(self) -> None:
        conditions = []
        for position, axis, extent in self.special.fixed:
            conditions.append(f"x{position}.shape[{axis}] == {extent}")
        for symbol, position, axis in self.special.bindings:
            self.lines.append(f"{symbol} = x{position}.shape[{axis}]")
        for symbol, position, axis in self.special.stride_bindings:
            self.lines.append(f"{symbol} = x{position}.strides[{axis}] // x{position}.itemsize")
        conditions += [str(guard) for guard in self.special.table.guards]
        if conditions:
            self.lines.append(f"if not ({' and '.join(conditions)}):")
            self.lines.append("    return None")

    def _known(self, value: Value) -> None:
        elements = self.special.known[value]
        dtype = self._constant(value.dtype.np_dtype)
        name = self._fresh(value)
        items = ", ".join(expression(item) for item in elements.reshape(-1).tolist())
        shape = tuple(elements.shape)
        self.lines.append(f"{name} = array([{items}], {dtype}).reshape({shape})")

    def _fresh(self, value: Value) -> str:
        self._count += 1
        name = self.names[value] = f"v{self._count}"
        return name

    def _call(self, call: Call) -> None:
        instruction = call.instruction
        if isinstance(self.variant.fused.written.get(instruction), Copy):
            text = self._name(instruction.outputs[0])
            self.lines.append(f"{self._fresh(instruction.outputs[0])} = array({text})")
            return
        function = self._constant(instruction)
        operands = "".join(f"{self._name(value)}, " for value in instruction.inputs)
        if isinstance(call, Check):
            self.lines.append(f"if not {self._name(call.ok)}: execute({function}, ({operands}), None)")
            return
        targets = "".join(f"{self._fresh(value)}, " for value in instruction.outputs)
        self.lines.append(f"{targets.rstrip()} = execute({function}, ({operands}), None)")

    def _name(self, value: Value) -> str:
        if value not in self.names and value in self.variant.fused.aliases:
            shape = "".join(f"{expression(extent)}, " for extent in self.special.extents[value])
            return f"{self._name(self.variant.fused.root(value))}.reshape(({shape}))"
        if value not in self.names:
            self._known(value)
        return self.names[value]

    def _kernel(self, group: Group) -> None:
        kernel, compiled = self.variant.kernels[group], self.variant.compiled[group]
        updated = {new: old for old, new in self.variant.memory.in_place.get(group, {}).items()}
        for value in kernel.results:
            shape = "".join(f"{expression(extent)}, " for extent in self.special.extents[value])
            name = self._fresh(value)
            old = updated.get(value)
            if old is None:
                self.lines.append(f"{name} = empty(({shape}), {self._constant(value.dtype.np_dtype)})")
            elif same_extents(self.special.extents[old], self.special.extents[value]):
                self.lines.append(f"{name} = {self.names[old]}")
            else:
                self.lines.append(f"{name} = {self.names[old]}.reshape(({shape}))")
        pointers = [f"{self._name(value)}.ctypes.data" for value in kernel.arguments]
        pointers += [f"{self.names[value]}.ctypes.data" for value in kernel.results]
        extents = [expression(extent) for extent in kernel.extents]
        call = self._constant(compiled.call)
        if kernel.split is not None:
            self._phases(kernel.split, call, pointers, extents)
            return
        outermost = extents[0] if kernel.has_outer_loop else "1"
        self.lines.append(f"{call}({', '.join([*pointers, *extents, '0', outermost])})")

    def _phases(self, split: Split, call: str, pointers: list[str], extents: list[str]) -> None:
        counts = {False: expression(split.rows), True: expression(split.blocks)}
        names = []
        for dtype, per_block in split.scratch:
            self._count += 1
            names.append(f"w{self._count}")
            self.lines.append(f"{names[-1]} = empty(({counts[per_block]},), {self._constant(dtype.np_dtype)})")
        pointers = pointers + [f"{name}.ctypes.data" for name in names]
        for phase, over_blocks in enumerate(split.phases):
            arguments = ", ".join([*pointers, *extents, str(phase), "0", counts[over_blocks]])
            self.lines.append(f"{call}({arguments})")

    def _interpreted_group(self, group: Group) -> None:
        for instruction in (*self.variant.fused.without_memory(group.instructions), *group.instructions):
            self._call(Call(-1, instruction))
        for value in group.outputs:  # nobody else's array may be updated in place later
            if value not in self.variant.memory.arrays:
                self.lines.append(f"{self.names[value]} = array({self.names[value]})")

    def _drop(self, position: int) -> None:
        """Let go of the arrays that nothing reads any more."""
        kept = {*self.variant.region.outputs, *self.variant.fused.shaped}
        for value in self._dying.get(position, ()):
            if value in self.names and value not in kept:
                self.lines.append(f"del {self.names[value]}")
