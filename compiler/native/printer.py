"""What the native printer knows while it writes: names of pointers, objects, integers; what a failure gives back.

A step becomes one LLVM function `ptr step(ptr self, ptr args, i64 nargs)`. Say it makes two arrays, a and b, and runs a
kernel on them. Its text then has this form (addresses of functions are numbers in the code):

    entry:   checks and guards; each branches to %slow where it does not hold
             %a = call PyArray_New(...)            own(a): if null, branch to %fail0
             %b = call PyArray_New(...)            own(b): if null, branch to %fail1
             call kernel(%x, %a, %b, ...)          a signal's handler raised: branch to %fail2
             ret %b, after %a was let go of
    fail2:   let go of b                           the chain of failures: each label gives back one object
    fail1:   let go of a                           more, newest first
    fail0:   if no error is set, branch to %slow, else return null
    slow:    return the slow path's result, called with the arguments as they came

So `failure()` is the label to fail at *now*: its number counts the objects owned so far. Rules: every object whose
address stands in the code is kept alive by the function's `self` (`objects`); borrowed pointers are not used after the
arguments could go; on an error nothing is leaked; long loops run without the GIL.

What each action becomes stands in the modules beside this one, each with a table; `step.py` puts these together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..fusion.groups import Fused
from ..machine import abi as layout
from ..machine.assembler import Assembler, address, function
from ..plan.plan import Instruction, Value
from ..specialize.expressions import Expression
from ..specialize.symbolic import expression
from ..step.actions import Action, ActionList, Release
from .integers import IntegerEmitter
from .memory import new_array

Table = dict[type, Callable[[Any, Any], None]]  # per kind of action, what writes it


class Printer(IntegerEmitter):
    """Writes the LLVM module of a list of actions.

    Args:
      actions: the list. threads: how many may share a loop.
      table: per kind of action the function `(printer, action)` that writes it.
    Attributes:
      asm: takes the lines.
      objects: what the code has to keep alive.
      functions: the text of what the step calls in its own module.
      pointers: per value, its elements' address. arrays: the array objects of values made here. borrowed: those of
        arguments and constants.
      held: per variable, the array object in its cell when the step began.
      replaced: per new value for which spare arrays were made, the old one whose memory it may take.
      slots: the addresses of the arena's slots; block: the arena.
      given: results whose arrays are the caller's.
      owned: all objects the step came to own, in order: what a failure gives back.
    """

    def __init__(self, actions: ActionList, threads: int, table: Table) -> None:
        self.list = actions
        self.variant = actions.variant
        self.extents = actions.extents
        self.threads = str(threads)
        self.asm = Assembler()
        self.objects: list[Any] = [actions.flag, actions.variant, *actions.cells.values()]
        self.functions = ""
        self.pointers: dict[Value, str] = {}
        self.arrays: dict[Value, str] = {}
        self.borrowed: dict[Value, str] = {}
        self.held: dict[Instruction, str] = {}
        self.replaced: dict[Value, Value] = {}
        self.streams: dict[Instruction, tuple[str, str, str]] = {}
        self.slots: list[str] = []
        self.block = ""
        self.given: set[Value] = set()
        self.owned: list[str] = []
        self.symbols: dict[str, str] = {}
        self.integers: dict[Expression, str] = {}
        self.overflows: set[int] = set()  # how many objects were owned where a number may not fit
        self.holders: dict[str, str] = {}  # where arrays are kept that go before the step ends
        self.dimensions: dict[Value, str] = {}  # the addresses of arguments' extents
        self.strides: dict[Value, str] = {}  # and of their strides
        self.record = self.stamps = ""  # where times go: the argument's words, and those of the times
        self._released = {action.value for action in actions.actions if isinstance(action, Release)}
        self._table = table
        for value, constant in self.variant.constants.items():
            self.objects.append(constant)
            self.pointers[value] = address(constant.ctypes.data)
            self.borrowed[value] = address(constant)

    @property
    def fused(self) -> Fused:
        """The variant's groups and calls."""
        fused: Fused = self.variant.fused
        return fused

    def write(self, actions: Sequence[Action]) -> None:
        """Write actions, in order."""
        for action in actions:
            self._table[type(action)](self, action)

    def number(self, extent: Any) -> str:
        """Write an extent, or what was computed of extents, as an integer of 64 bits."""
        return self.integer(expression(extent))

    # What is owned, and what happens when something fails.

    def own(self, value: Value, array: str) -> None:
        """Note an array this step owns; without one, give back what was made before and fail."""
        asm = self.asm
        asm.require(asm.emit(f"icmp ne ptr {array}, null"), self.failure())
        self.arrays[value] = array
        self.owned.append(array)
        self.pointers[value] = asm.load(array, layout.DATA)
        if value in self._released:  # a failure finds null once it was let go of
            holder = self.holders[array] = asm.emit("alloca ptr")
            asm.do(f"store ptr {array}, ptr {holder}")

    def failure(self) -> str:
        """The label to fail at now."""
        return f"fail{len(self.owned)}"

    def too_large(self) -> str:
        """The label to fail at now with an OverflowError."""
        self.overflows.add(len(self.owned))
        return f"over{len(self.owned)}"

    def let_go(self, array: str) -> None:
        """Give up one reference."""
        self.asm.do(f"call void {function('Py_DecRef')}(ptr {array})")

    # Values.

    def new_array(self, value: Value) -> str:
        """A new array of a value's type and shape; null if there is no memory."""
        extents = [self.number(extent) for extent in self.extents[value]]
        return new_array(self.asm, extents, value.dtype.np_dtype, self.objects)

    def pointer(self, value: Value) -> str:
        """The address of a value's elements."""
        return self.pointers[value]

    def root_pointer(self, value: Value) -> str:
        """The address of the elements of the value whose memory a value is."""
        return self.pointers[self.fused.root(value)]

    def object_of(self, value: Value) -> str:
        """The array object of a value."""
        return self.arrays.get(value) or self.borrowed[value]

    # Blocks.

    def branch(self, condition: str, yes: str, no: str) -> None:
        """Go to one of two labels, and begin the first one's block."""
        self.asm.do(f"br i1 {condition}, label %{yes}, label %{no}")
        self.asm.block(yes)

    def go(self, label: str) -> None:
        """Go to a label, and begin its block."""
        self.asm.do(f"br label %{label}")
        self.asm.block(label)

    def arm(self, actions: Sequence[Action]) -> None:
        """Write actions that only some runs come by: integers computed there are not known afterwards."""
        known = dict(self.integers)
        self.write(actions)
        self.integers = known
