"""A variant: a region compiled for arguments of certain ranks whose extents answer certain guards.

The entry function is generated Python: it binds symbols, checks guards, allocates and calls kernels. It is the portable
step, and the description from which a native one is emitted.
"""

from __future__ import annotations

import ctypes
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...ops.base import errors
from ..codegen.elements import Kernel, generate
from ..codegen.phases import Split
from ..executors.interpreter import execute
from ..fusion.arena import Arena
from ..fusion.fuse import Call, Check, Fused, Group, fuse
from ..jit.compile import CompiledKernel, compile_kernel
from ..machine.lock import LOCK
from ..native.calls import Copy
from ..partition.schedule import Region
from ..plan.plan import Instruction, Value
from ..runtime import recycle
from ..specialize.layouts import Layouts, Seen, bind_layouts, is_readable, readable
from ..specialize.specialize import NeedsCut, Specialized, specialize
from ..specialize.symbolic import expression, same_extents


class Variant:
    """One variant of a region.

    Attributes:
      special: shapes and guards.
      fused: groups and calls.
      memory: where their values lie.
      kernels: per group, its generated kernel, or None if numba could not compile it.
      step: the entry: takes the region's arrays, returns its outputs, or None if a guard does not hold.
    """

    def __init__(
        self,
        region: Region,
        shapes: Sequence[tuple[int, ...]],
        threads: int = 0,
        apart: frozenset[Value] = frozenset(),
        layouts: Layouts = (),
    ) -> None:
        self.region = region
        self.threads = threads  # how many may share a loop; 0: those this process may use
        self.special: Specialized = specialize(region, shapes)
        bind_layouts(self.special, layouts)
        self.fused: Fused = fuse(self.special)
        self.constants = {i.outputs[0]: i.attrs["value"] for i in region.instructions if i.is_constant}
        self.memory = Arena(self.special, self.fused, self.fused.written.__contains__, apart)
        self.kernels = {
            item: generate(item, self.special, self.constants, self.fused, self.memory.in_place.get(item))
            for item in self.fused.items
            if isinstance(item, Group)
        }
        self.compiled: dict[Group, CompiledKernel] = {}
        self._step: Any = None
        self.codes: dict[tuple[str, int], Any] = {}  # native code of the program, per way of returning and closed flag

    def accepts(self, shapes: Sequence[tuple[int, ...]]) -> bool:
        """Whether arguments of these shapes, of the ranks it was made for, keep to the guards."""
        if any(shapes[position][axis] != extent for position, axis, extent in self.special.fixed):
            return False
        symbols = {symbol: shapes[position][axis] for symbol, position, axis in self.special.bindings}
        return all(eval(str(guard), {}, symbols) for guard in self.special.table.guards)

    def compile(self) -> Variant:
        """Compile the kernels; returns this variant."""
        for group, kernel in self.kernels.items():
            self._compile(group, kernel)
        return self

    @property
    def step(self) -> Any:
        """The entry, made when first needed: a whole plan that is one region has a native step of its own."""
        if self._step is None:
            with LOCK:
                if self._step is None:
                    self._step = native_step(self) or StepSource(self).function()
        return self._step

    def _compile(self, group: Group, kernel: Kernel) -> None:
        try:
            self.compiled[group] = compile_kernel(kernel.source, kernel.types, kernel.integers)
        except Exception as error:  # numba raises many kinds; none of them may stop a step
            names = ", ".join(i.op.name if i.op is not None else i.op_def.name for i in group.instructions)
            import logging  # not before it is needed: 2 ms of a first call

            logging.getLogger("sessile").debug("generated source:\n%s", kernel.source, exc_info=error)
            warnings.warn(
                f"sessile could not compile a fused group and interprets it; its operations: {names} "
                f"({type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''})",
                RuntimeWarning,
                stacklevel=2,
            )


def native_step(variant: Variant) -> Any:
    """The entry of a variant as a builtin function that returns None if a guard does not hold; None if it cannot be."""
    from ..native.step import NativeStep, assemble, can_be_native
    from ..runtime.trampoline import declined, make_entry

    outputs = variant.region.outputs
    if not can_be_native(variant, outputs):
        return None
    feeds = list(range(len(variant.region.inputs)))
    code = assemble(NativeStep(variant, feeds, outputs, "arrays", _OPEN))
    if code is None:
        return None
    function, cell = make_entry(declined, "region")
    cell.install(code)
    return function


_OPEN = ctypes.c_byte(0)


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


def plain(value: Value, array: Any) -> Any:
    """An array that compiled code can read: contiguous, aligned, of no subclass."""
    flags = array.flags
    if flags.c_contiguous and flags.aligned and type(array) is np.ndarray and array.dtype is value.dtype.np_dtype:
        return array
    copy = np.empty(array.shape, value.dtype.np_dtype)  # `np.array` would keep a dtype that is equal but not the same
    copy[...] = array
    return copy


class RegionProgram:
    """A region with its variants: finds, or makes, the one that fits the arguments.

    Attributes:
      latest: the variant that ran last.
      apart: outputs that are never made in the memory of an intermediate.
      first_op: the operation its first instruction comes from, to name the region by.
    """

    def __init__(self, region: Region, threads: int = 0) -> None:
        self.region = region
        self.first_op = next((i.op for i in region.instructions if i.op is not None and not i.is_constant), None)
        self.threads = threads
        self.apart: frozenset[Value] = frozenset()
        self.variants: dict[tuple[int, ...], list[Variant]] = {}
        self._strided: dict[tuple[tuple[int, ...], Layouts], list[Variant]] = {}
        self._seen = Seen(region)
        self.latest: Variant | None = None

    def run(self, arrays: Sequence[Any]) -> Sequence[Any]:
        """Run the region on arrays.

        Raises: NeedsCut, ValueError (contradicting shapes), OpError.
        """
        given = arrays
        arrays, layouts = self.readable(arrays)
        for variant in self.made([array.shape for array in arrays], layouts):
            results = variant.step(*arrays)
            if results is not None:
                self.latest = variant
                return results  # type: ignore[no-any-return]
        if layouts:
            if self.variant_of([array.shape for array in arrays], layouts) is None:
                self._seen.refuse(layouts)
            return self.run(given)
        # Views are ours: no other thread changes their shapes and types.
        arrays = [plain(value, array.view()) for value, array in zip(self.region.inputs, arrays)]
        variant = self._variant([array.shape for array in arrays])
        results = variant.step(*arrays)
        if results is None:
            raise errors.InternalError(None, None, "a compiled region does not accept the arguments it was made for")
        self.latest = variant
        return results  # type: ignore[no-any-return]

    def variant_for(self, arrays: Sequence[Any]) -> Variant | None:
        """The variant for arguments like these, made if there is none; None if they cannot be specialised for."""
        return self.variant_of([np.shape(array) for array in arrays])

    def readable(self, arrays: Sequence[Any]) -> tuple[list[Any], Layouts]:
        """The arguments as a variant can read them, and their layouts; see `strided.py`."""
        return readable(self.region.inputs, arrays, plain, self._seen)

    def made(self, shapes: Sequence[tuple[int, ...]], layouts: Layouts = ()) -> tuple[Variant, ...]:
        """The variants for arguments of such ranks and layouts that there are."""
        ranks = tuple(map(len, shapes))
        return tuple(self._strided.get((ranks, layouts), ()) if layouts else self.variants.get(ranks, ()))

    def variant_of(self, shapes: Sequence[tuple[int, ...]], layouts: Layouts = ()) -> Variant | None:
        """The variant for arguments of these shapes; see `variant_for`."""
        try:
            return self._variant(shapes, layouts)
        except (NeedsCut, ValueError):
            return None

    def _variant(self, shapes: Sequence[tuple[int, ...]], layouts: Layouts = ()) -> Variant:
        """The variant for arguments of these shapes, made if there is none. Raises: NeedsCut, ValueError."""
        with LOCK:  # another thread may be making it
            for variant in self.made(shapes, layouts):
                if variant.accepts(shapes):
                    return variant
            variant = Variant(self.region, shapes, self.threads, self.apart, layouts)
            if not is_readable(variant):
                raise ValueError("an argument that is not dense is needed as an array")
            variant.compile()
            ranks = tuple(map(len, shapes))
            known = self._strided.setdefault((ranks, layouts), []) if layouts else self.variants.setdefault(ranks, [])
            known.append(variant)
            return variant
