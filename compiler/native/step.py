"""The native step: one builtin function whose body checks its arguments, evaluates guards, allocates and runs kernels.

It is LLVM IR, emitted here from a `Variant` and compiled with llvmlite. Whatever it does not like, another type, a
strided array, a broken guard, a closed session, it hands with its arguments untouched to a Python function.

Rules: every object whose address stands in the code is kept alive by the function's `self`; borrowed pointers are not
used after the arguments could go; on an error nothing is leaked; long loops run without the GIL.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from ..codegen.kernel import Kernel, Split
from ..codegen.scalars import weight
from ..fusion.groups import Call, Check, Group
from ..jit.compile import CompiledKernel
from ..machine import abi as layout
from ..machine.assembler import Assembler, address
from ..machine.code import Code
from ..machine.cpus import usable_cpus
from ..plan.plan import Value
from ..specialize.symbolic import expression, product
from ..step.variant import Variant
from .calls import call_back, check
from .integers import DECLARED, IntegerEmitter
from .launch import Launch, check_signals
from .memory import new_array, slot_offsets
from .products import write

_DECLARED: Final = "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)\n" + DECLARED
_LARGEST_SLOT: Final = 1 << 47  # bytes: no address space is larger, and a sum of some thousands fits in 64 bits
_TOO_LARGE: Final = MemoryError, ValueError, OverflowError  # what asking for memory raises


class NativeStep(IntegerEmitter):
    """Emits the step of one variant.

    Args:
      variant: a compiled variant of a region that is the whole program.
      feeds: per argument of the step, the position of the region's input it is, or None if nothing needs it.
      results: the region's outputs in the order of the fetches.
      shape: how results are returned: "single", "list", "tuple", or "arrays": a tuple in which 0-d arrays stay arrays.
      flag: a byte that is not zero when the step may not run here any more.
      plan_inputs: the plan's inputs, one per argument; needed for those that the region does not take.
    """

    def __init__(
        self,
        variant: Variant,
        feeds: Sequence[int | None],
        results: Sequence[Value],
        shape: str,
        flag: Any,
        plan_inputs: Sequence[Value] = (),
    ) -> None:
        self.plan_inputs = plan_inputs
        self.state: Any = None  # a weak reference of the session's state, for instructions with effects
        self.threads = str(variant.threads or usable_cpus())
        self.keeps_gil = False
        self.can_give_up = True  # where nothing was written yet
        self.shown: list[Value] = []  # values besides the results that have to be arrays
        self._overflows: set[int] = set()  # how many objects were owned where a number may not fit
        self._block = ""
        self._slots: list[str] = []
        self.functions = ""  # what the step calls in its own module
        self.variant = variant
        self.special = variant.special
        self.feeds = feeds
        self.results = results
        self.shape = shape
        self.flag = flag
        self.asm = Assembler()
        self.objects: list[Any] = [flag, variant]
        self.pointers: dict[Value, str] = {}  # data pointer per value
        self.arrays: dict[Value, str] = {}  # the array objects made here, which this step owns
        self._holders: dict[str, str] = {}  # where those of them are kept that go before the step ends
        self.owned: list[str] = []  # all objects this step came to own, in order: what a failure gives back
        self.borrowed: dict[Value, str] = {}  # the array objects of arguments and constants
        self.symbols: dict[str, str] = {}
        self._integers: dict[str, str] = {}

    # The parts of the function, in their order.

    def text(self) -> str:
        """The LLVM module."""
        asm = self.asm
        closed = asm.emit(f"load i8, ptr {address(ctypes.addressof(self.flag))}")
        asm.require(asm.emit(f"icmp eq i8 {closed}, 0"), "slow")
        asm.require(asm.emit(f"icmp eq i64 %nargs, {len(self.feeds)}"), "slow")
        for number, position in enumerate(self.feeds):
            if position is not None:
                value = self.variant.region.inputs[position]
                array = self.borrowed[value] = asm.load("%args", 8 * number)
                asm.held.append(array)
                self.check_array(array, position)
            else:
                self._check_unused(number)
        self.check_state()
        self._check_guards()
        self.hold_state()
        self._make_arena()
        for value, constant in self.variant.constants.items():
            self.objects.append(constant)
            self.pointers[value] = address(constant.ctypes.data)
            self.borrowed[value] = address(constant)
        dying = self.variant.memory.dying()
        for position, item in enumerate(self.variant.fused.items):
            if isinstance(item, Group):
                self.run_group(item)
            else:
                self._call(item)
            self._release(dying.get(position, ()))
        self.commit_state()
        self._return()
        self._failure_paths()
        body = "\n".join(asm.lines)
        return f"{_DECLARED}{self.functions}define ptr @step(ptr %self, ptr %args, i64 %nargs) {{\nentry:\n{body}\n}}\n"

    def _check_unused(self, number: int) -> None:
        """An argument that nothing needs must still be a value of its feed."""
        asm = self.asm
        value = self.plan_inputs[number]
        self.objects.append(value.dtype.np_dtype)
        array = asm.load("%args", 8 * number)
        asm.require(asm.emit(f"icmp eq ptr {asm.load(array, layout.TYPE)}, {address(np.ndarray)}"), "slow")
        descr = asm.load(array, layout.DESCR)
        asm.require(asm.emit(f"icmp eq ptr {descr}, {address(value.dtype.np_dtype)}"), "slow")
        if value.extents is None:
            return
        rank = asm.emit(f"icmp eq i32 {asm.load(array, layout.RANK, 'i32')}, {len(value.extents)}")
        asm.require(rank, "slow")
        dims = asm.load(array, layout.DIMS) if value.extents else ""
        for axis, extent in enumerate(value.extents):
            if extent is not None:
                asm.require(asm.emit(f"icmp eq i64 {asm.load(dims, 8 * axis, 'i64')}, {extent}"), "slow")

    def check_state(self) -> None:
        """Check what a step takes besides its arguments; see `variables.py`."""

    def hold_state(self) -> None:
        """Take hold of it, once nothing can lead to the slow path any more."""

    def commit_state(self) -> None:
        """Write what a step leaves behind besides its results."""

    def check_array(self, array: str, position: int) -> None:
        """Leave for the slow path unless an object is a dense array as the region needs it; bind its extents."""
        asm = self.asm
        value = self.variant.region.inputs[position]
        dtype = value.dtype.np_dtype
        self.objects.append(dtype)
        asm.require(asm.emit(f"icmp eq ptr {asm.load(array, layout.TYPE)}, {address(np.ndarray)}"), "slow")
        rank = asm.emit(f"icmp eq i32 {asm.load(array, layout.RANK, 'i32')}, {len(self.special.extents[value])}")
        descr = asm.emit(f"icmp eq ptr {asm.load(array, layout.DESCR)}, {address(dtype)}")
        wanted = layout.ALIGNED if value in self.special.strides else layout.CONTIGUOUS_ALIGNED
        flags = asm.emit(f"and i32 {asm.load(array, layout.FLAGS, 'i32')}, {wanted}")
        ready = asm.emit(f"icmp eq i32 {flags}, {wanted}")
        asm.require(asm.emit(f"and i1 {asm.emit(f'and i1 {rank}, {descr}')}, {ready}"), "slow")
        self.pointers[value] = asm.load(array, layout.DATA)
        if value in self.special.strides:
            self._check_strides(array, position)
        axes = [b for b in self.special.bindings if b[1] == position]
        fixed = [f for f in self.special.fixed if f[0] == position]
        if not axes and not fixed:
            return
        dims = asm.load(array, layout.DIMS)
        for symbol, _, axis in axes:
            self.symbols[symbol] = asm.load(dims, 8 * axis, "i64")
        for _, axis, extent in fixed:
            asm.require(asm.emit(f"icmp eq i64 {asm.load(dims, 8 * axis, 'i64')}, {extent}"), "slow")

    def _check_strides(self, array: str, position: int) -> None:
        """Leave for the slow path unless an array lies in memory as the variant expects it; bind its strides."""
        asm = self.asm
        value = self.variant.region.inputs[position]
        size = value.dtype.size
        names = {axis: symbol for symbol, at, axis in self.special.stride_bindings if at == position}
        at = asm.load(array, layout.STRIDES)
        for axis, stride in enumerate(self.special.strides[value]):
            found = asm.load(at, 8 * axis, "i64")
            if axis not in names:
                asm.require(asm.emit(f"icmp eq i64 {found}, {stride * size}"), "slow")
                continue
            wrong = asm.emit(f"and i64 {found}, {-(1 << 63) | (size - 1)}")  # negative, or not of whole elements
            asm.require(asm.emit(f"icmp eq i64 {wrong}, 0"), "slow")
            self.symbols[names[axis]] = asm.emit(f"udiv exact i64 {found}, {size}")

    def _check_guards(self) -> None:
        names = {"==": "eq", "!=": "ne", "<": "slt", "<=": "sle", ">": "sgt", ">=": "sge"}
        for guard in self.special.table.guards:
            left, right = self.integer(guard.left), self.integer(guard.right)
            self.asm.require(self.asm.emit(f"icmp {names[guard.relation]} i64 {left}, {right}"), "slow")

    # Allocation and kernels.

    def allocate(self, value: Value) -> None:
        """Make the array of a result."""
        self.own(value, self.new_array(value))

    def new_array(self, value: Value) -> str:
        """A new array of a value's type and shape; null if there is no memory."""
        extents = [self.integer(expression(extent)) for extent in self.special.extents[value]]
        return new_array(self.asm, extents, value.dtype.np_dtype, self.objects)

    def make(self, value: Value) -> None:
        """Make the memory of a result: an array of its own if somebody will see it, else its slot of the arena."""
        memory = self.variant.memory
        if value in memory.flags:
            self.pointers[value] = self.asm.emit("alloca i8")
            return
        home = memory.home(value)
        if home in memory.slot_of:
            self.pointers[value] = self._slots[memory.slot_of[home]]
            return
        if home not in self.arrays:
            self.allocate(home)
        self.pointers[value] = self.pointers[home]

    def _make_arena(self) -> None:
        """One block for all intermediates, as a byte array that this step owns."""
        asm = self.asm
        if not self.variant.memory.sizes:
            return
        sizes = [[self.integer(text) for text in texts] for texts in self.variant.memory.sizes]
        for size in dict.fromkeys(size for some in sizes for size in some):
            asm.require(asm.emit(f"icmp ult i64 {size}, {_LARGEST_SLOT}"), self.too_large())
        offsets, total = slot_offsets(asm, sizes)
        block = new_array(asm, [total], np.dtype(np.uint8), self.objects)
        asm.require(asm.emit(f"icmp ne ptr {block}, null"), self.failure())
        self.owned.append(block)
        self._block = block
        data = asm.load(block, layout.DATA)
        self._slots = [asm.emit(f"getelementptr i8, ptr {data}, i64 {start}") for start in offsets]

    def _call(self, item: Call) -> None:
        if isinstance(item, Check):
            check(self, item)
            return
        found = self.variant.fused.written.get(item.instruction)
        if found is not None:
            write(self, found)
        else:
            call_back(self, item.instruction)

    def own(self, value: Value, array: str) -> None:
        """Note an array this step owns; without one, give back what was made before and fail."""
        self.asm.require(self.asm.emit(f"icmp ne ptr {array}, null"), self.failure())
        self.arrays[value] = array
        self.owned.append(array)
        self.pointers[value] = self.asm.load(array, layout.DATA)
        last = self.variant.memory.last.get(value)
        if last is not None and last < len(self.variant.fused.items) - 1 and not self._is_seen(value):
            holder = self._holders[array] = self.asm.emit("alloca ptr")
            self.asm.do(f"store ptr {array}, ptr {holder}")

    def _is_seen(self, value: Value) -> bool:
        """Whether an array is seen after the step."""
        return value in self.results or value in self.shown

    def _release(self, values: Sequence[Value]) -> None:
        """Let go of arrays that nothing reads any more, long before the step ends; a failure finds null then."""
        for value in values:
            holder = self._holders.get(self.arrays.get(value, ""))
            if holder is not None:
                self.asm.do(f"call void {address(layout.function_address('Py_DecRef'))}(ptr {self.arrays.pop(value)})")
                self.asm.do(f"store ptr null, ptr {holder}")

    def failure(self) -> str:
        """The label to fail at now."""
        return f"fail{len(self.owned)}"

    def too_large(self) -> str:
        """The label to fail at now with an OverflowError."""
        self._overflows.add(len(self.owned))
        return f"over{len(self.owned)}"

    def run_group(self, group: Group) -> None:
        """Make the results of a group and run its kernel."""
        kernel = self.variant.kernels[group]
        for value in kernel.results:
            self.make(value)
        self.run_kernel(group, kernel, self.variant.compiled[group])

    def run_kernel(self, group: Group, kernel: Kernel, compiled: CompiledKernel) -> None:
        """Call a kernel; a long one lets other Python threads run, and is shared by the threads of the pool."""
        self.objects.append(compiled)
        extents = [self.integer(expression(extent)) for extent in kernel.extents]
        elements = self.integer(expression(product(group.space)))
        scratch, memory = self._scratch(kernel.split) if kernel.split is not None else ([], "")
        arguments = [f"ptr {self.pointer(value)}" for value in (*kernel.arguments, *kernel.results)]
        arguments += scratch + [f"i64 {extent}" for extent in extents]
        name, work = self.asm.label("part"), weight(group)
        launch = Launch(
            self.asm, name, address(compiled.address), arguments, work, self.threads, self.keeps_gil, self.failure()
        )
        if kernel.split is None:
            launch.run(extents[0] if kernel.has_outer_loop else "1", elements)
        else:
            rows, blocks = self._counts(kernel.split)
            launch.run_phases([blocks if over_blocks else rows for over_blocks in kernel.split.phases], elements)
            self.asm.do(f"call void {address(layout.function_address('PyMem_RawFree'))}(ptr {memory})")
            if not self.keeps_gil:
                check_signals(self.asm, self.failure())
        self.functions += launch.functions

    def prepare(self, group: Group, kernel: Kernel) -> None:
        """Compute what running a kernel takes of extents here, where it holds for all branches that follow."""
        for value in kernel.results:
            for extent in self.special.extents[value]:
                self.integer(expression(extent))
        for extent in (*kernel.extents, product(group.space)):
            self.integer(expression(extent))
        if kernel.split is not None:
            self._counts(kernel.split)

    def _counts(self, split: Split) -> tuple[str, str]:
        return self.integer(expression(split.rows)), self.integer(expression(split.blocks))

    def _scratch(self, split: Split) -> tuple[list[str], str]:
        """Memory for the scratch arrays of a kernel in phases; returns them as arguments, and what has to be freed."""
        asm = self.asm
        rows, blocks = self._counts(split)
        offset, offsets = "0", []
        for dtype, per_block in split.scratch:
            offsets.append(offset)
            size = asm.emit(f"mul i64 {blocks if per_block else rows}, {dtype.size}")
            padded = asm.emit(f"and i64 {asm.emit(f'add i64 {size}, 63')}, -64")
            offset = asm.emit(f"add i64 {offset}, {padded}")
        memory = asm.emit(f"call ptr {address(layout.function_address('PyMem_RawMalloc'))}(i64 {offset})")
        there, missing = asm.label("there"), asm.label("missing")
        asm.do(f"br i1 {asm.emit(f'icmp ne ptr {memory}, null')}, label %{there}, label %{missing}")
        asm.block(missing)
        asm.emit(f"call ptr {address(layout.function_address('PyErr_NoMemory'))}()")
        asm.do(f"br label %{self.failure()}")
        asm.block(there)
        return [f"ptr {asm.emit(f'getelementptr i8, ptr {memory}, i64 {start}')}" for start in offsets], memory

    def pointer(self, value: Value) -> str:
        """The address of a value's elements."""
        if value not in self.pointers:
            self._known(value)
        return self.pointers[value]

    def _known(self, value: Value) -> None:
        """A small array of integers known from extents, on the stack."""
        elements = self.special.known[value].reshape(-1).tolist()
        bits = 8 * value.dtype.size
        asm = self.asm
        space = asm.emit(f"alloca [{max(len(elements), 1)} x i{bits}]")
        for position, element in enumerate(elements):
            number = self.integer(expression(element))
            if bits < 64:
                whole, number = number, asm.emit(f"trunc i64 {number} to i{bits}")
                same = asm.emit(f"{'zext' if value.dtype.kind == 'u' else 'sext'} i{bits} {number} to i64")
                asm.require(asm.emit(f"icmp eq i64 {whole}, {same}"), self.too_large())
            at = asm.emit(f"getelementptr i{bits}, ptr {space}, i64 {position}")
            asm.do(f"store i{bits} {number}, ptr {at}")
        self.pointers[value] = space

    # Ends.

    def _return(self) -> None:
        asm = self.asm
        returned = [self._finished(value) for value in dict.fromkeys(self.results)]
        by_value = dict(zip(dict.fromkeys(self.results), returned))
        for value, array in self.arrays.items():
            if value not in by_value:
                asm.do(f"call void {address(layout.function_address('Py_DecRef'))}(ptr {array})")
        if self._block:
            asm.do(f"call void {address(layout.function_address('Py_DecRef'))}(ptr {self._block})")
        if self.shape == "single":
            asm.do(f"ret ptr {by_value[self.results[0]]}")
            return
        word = "PyList" if self.shape == "list" else "PyTuple"
        holder = asm.emit(f"call ptr {address(layout.function_address(f'{word}_New'))}(i64 {len(self.results)})")
        asm.require(asm.emit(f"icmp ne ptr {holder}, null"), "lost")
        seen: set[Value] = set()
        for position, value in enumerate(self.results):
            if value in seen:
                asm.do(f"call void {address(layout.function_address('Py_IncRef'))}(ptr {by_value[value]})")
            seen.add(value)
            setter = address(layout.function_address(f"{word}_SetItem"))
            asm.emit(f"call i32 {setter}(ptr {holder}, i64 {position}, ptr {by_value[value]})")
        asm.do(f"ret ptr {holder}")

    def _finished(self, value: Value) -> str:
        """The object that is returned for a result: a NumPy scalar for a 0-d array."""
        array = self.arrays[value]
        if self.special.extents[value] or self.shape == "arrays":
            return array
        scalar = self.asm.emit(f"call ptr {address(layout.api_address(layout.API_RETURN))}(ptr {array})")
        return scalar

    def _failure_paths(self) -> None:
        """Out of memory: give back what was made, newest first; and the way to the slow path."""
        asm = self.asm
        for number in sorted(self._overflows):
            asm.block(f"over{number}")
            asm.do(f"call void {address(layout.function_address('PyErr_SetNone'))}(ptr {address(OverflowError)})")
            asm.do(f"br label %fail{number}")
        for number in range(len(self.owned), 0, -1):
            asm.block(f"fail{number}")
            array = self.owned[number - 1]
            held = asm.load(self._holders[array], 0) if array in self._holders else array
            asm.do(f"call void {address(layout.function_address('Py_DecRef'))}(ptr {held})")
            asm.do(f"br label %fail{number - 1}")
        asm.block("fail0")
        asm.do("br label %unwound")
        asm.block("unwound")  # without memory, the Python path finds the words for it
        error = asm.emit(f"call ptr {address(layout.function_address('PyErr_Occurred'))}()")
        asm.do(f"br i1 {asm.emit(f'icmp eq ptr {error}, null')}, label %slow, label %raised")
        asm.block("raised")
        if self.shape == "arrays":
            asm.do("br label %lost")  # called from Python, which does that itself
        else:
            matches = address(layout.function_address("PyErr_ExceptionMatches"))
            out = asm.emit(f"call i32 {matches}(ptr {address(_TOO_LARGE)})")
            asm.do(f"br i1 {asm.emit(f'icmp ne i32 {out}, 0')}, label %cleared, label %lost")
            asm.block("cleared")
            asm.do(f"call void {address(layout.function_address('PyErr_Clear'))}()")
            asm.do("br label %slow")
        asm.block("lost")
        asm.do("ret ptr null")
        asm.block("slow")
        words = asm.load("%self", layout.DATA)
        slow = asm.load(words, 8)
        vectorcall = address(layout.function_address("PyObject_VectorcallDict"))
        asm.do(f"ret ptr {asm.emit(f'call ptr {vectorcall}(ptr {slow}, ptr %args, i64 %nargs, ptr null)')}")


def can_be_native(variant: Variant, results: Sequence[Value]) -> bool:
    """Whether every group was compiled, and every result is made by a kernel or a call, none of them given twice."""
    if not layout.available() or not results:
        return False
    made = set(variant.fused.shaped.values())
    for item in variant.fused.items:
        if isinstance(item, Call):
            made.update(item.instruction.outputs)
        elif item in variant.compiled:
            made.update(variant.kernels[item].results)
        else:
            return False
    return len(set(results)) == len(results) and all(value in made for value in results)


def assemble(step: NativeStep) -> Code | None:
    """Compile a native step; None, with a line in the log, if LLVM refuses it: the plan runs without it then."""
    try:
        return Code(step.text(), step.objects)
    except RuntimeError as error:
        import logging

        logging.getLogger("sessile").warning("a native step was refused, a slower one runs instead: %s", error)
        return None
