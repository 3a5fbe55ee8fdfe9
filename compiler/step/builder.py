"""From a variant to the list of actions of its step: the one place that plans slots, lifetimes and order.

Three things are independent of each other, and each is a few actions of the list:

* where arrays come from: arguments of the step (`Argument`), or what variables hold (`Cell`, in `state.py`);
* what stays behind: results in a structure (`Return`), new values of variables (`WriteCell`);
* the clock: looks at it around each item (`Stamp`), written to an array or filled into a message.

Where values lie was planned when the region was specialised (`../fusion/arena.py`); here it becomes actions. For
`x * y` of two [?, 4] (`text.py` prints them so):

    CheckCount 2
    CheckArray %x argument 0 2 True     float32, two axes, dense
    Bind s0 %x 0                        its open extent
    CheckExtent %x 1 4
    CheckArray %y argument 1 2 True
    Bind s1 %y 0
    CheckExtent %y 1 4
    Guard s0 == s1                      what this variant was specialised for; else Python looks for another
    Make %1 %1 array                    no check comes behind the first memory
    Launch %1 = kernel(%x, %y) 'let go'
    Return (%1) (0) ()
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from ...ops.types.records import record
from ..fusion.groups import Call, Check, Copy, Drawn, Group, RowSums, RowUpdate
from ..fusion.products import Product
from ..plan.plan import Value
from ..specialize.symbolic import expression, same
from .actions import (
    Action,
    ActionList,
    Adopt,
    Argument,
    Bind,
    BindStride,
    CallBack,
    ChangeRows,
    CheckArray,
    CheckCount,
    CheckExtent,
    CheckIndices,
    CheckOpen,
    CheckStride,
    CheckTold,
    CheckTruth,
    CheckUnused,
    CopyElements,
    Draw,
    FillMessage,
    Gil,
    Guard,
    Interpret,
    Launch,
    Make,
    MakeArena,
    MakeKnown,
    Multiply,
    Release,
    Return,
    Scalar,
    Slide,
    Source,
    Stamp,
    SumRows,
    TakeOut,
    TakeRecord,
)  # fmt: skip
from .outs import count_of, places
from .structure import Result, Structure, Tupled
from .variant import Variant

if TYPE_CHECKING:
    from ..fusion.convolutions import Convolution
    from ..fusion.poolings import Pooling

Clock = Literal["", "array", "message"]


@record
class Wanted:
    """What is asked of a step.

    Attributes:
      variant: a compiled variant of a region.
      inputs: the values that are passed, one per argument; what the region does not take is only checked.
      results: what is returned, in order, each once.
      structure: of what is returned; by default a tuple.
      is_inner: see `ActionList`.
      given: inputs, truth values, that the plan was made for.
      flag: a byte that is not zero when the step may not run here any more; None if it always may.
      clock: "array": one more argument takes the times of the items; "message": it is the record of a message, see
        `../program/traced_calls.py`.
      is_portable: whether Python will run it: then all that is no kernel is called back, and slots are arrays.
      has_out: whether one more argument has arrays for the results; see `outs.py`.
    """

    variant: Variant
    inputs: Sequence[Value]
    results: Sequence[Value]
    structure: Structure | None = None
    given: Mapping[Value, bool] = MappingProxyType({})
    is_inner: bool = False
    flag: Any = None
    clock: Clock = ""
    is_portable: bool = False
    has_out: bool = False


class NoPlaceError(Exception):
    """A result cannot be written straight into an array of the caller's."""


class Builder:
    """Builds the list for a region without effects; `state.py` adds variables."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.variant = wanted.variant
        self.special = wanted.variant.special
        self.fused = wanted.variant.fused
        self.memory = wanted.variant.memory
        self.extents = self.special.extents
        self.actions: list[Action] = []
        self.results = list(wanted.results)
        self.gil: Gil = "let go"
        self.cells: dict[Any, Any] = {}
        self.state: Any = None
        self._positions = {value: position for position, value in enumerate(self.variant.region.inputs)}
        self._placed: set[Value] = set(self.variant.constants)  # the values that have memory
        self.objects: set[Value] = set(self.variant.constants)  # those of them that are array objects
        self.owned: dict[Value, None] = {}  # the array objects that are the step's, in the order it came to own them
        self._made: set[Value] = set()
        self._given: dict[Value, None] = {}  # the results whose memory is the caller's
        self.filled: set[Value] = set()  # those of them that are written there
        self._stamps = 0

    def build(self) -> ActionList:
        """Return the list. Raises: NoPlaceError."""
        self._check_arguments()
        self.check_state()
        self._check_guards()
        if self.wanted.has_out:
            self._take_outs()
        self.hold_state()
        self.make_memory()
        dying = self.memory.dying()
        for position, item in enumerate(self.fused.items):
            self._stamp()
            self.run(item)
            self._stamp()
            self.release(dying.get(position, ()), position)
        self.commit_state()
        self._return()
        if self.filled != self._given.keys():
            raise NoPlaceError
        wanted = self.wanted
        return ActionList(
            tuple(self.actions), self.variant, self.extents, wanted.is_inner, wanted.flag, self.state, self.cells
        )

    def add(self, action: Action) -> None:
        """Append an action."""
        self.actions.append(action)

    # What a step with variables does besides; see `state.py`.

    def check_state(self) -> None:
        """Check what is taken besides the arguments."""

    def hold_state(self) -> None:
        """Take hold of it, once nothing leads to the slow path any more."""

    def commit_state(self) -> None:
        """Write what stays behind besides the results."""

    # Arguments.

    def _check_arguments(self) -> None:
        inputs = self.wanted.inputs
        if self.wanted.flag is not None:
            self.add(CheckOpen())
        self.add(CheckCount(len(inputs) + bool(self.wanted.clock) + self.wanted.has_out))
        for number, value in enumerate(inputs):
            self.check_argument(value, number)
        if self.wanted.clock:
            self.add(TakeRecord(len(inputs), self._words_before() if self.wanted.clock == "message" else 0))

    def check_argument(self, value: Value, number: int) -> None:
        """Check an argument; `check_state` comes later."""
        if value in self._positions:
            self.check_array(value, self.source_of(value, number))
        elif value in self.wanted.given:
            self.add(CheckTruth(value, number, self.wanted.given[value]))
        else:
            self.add(CheckUnused(value, number))

    def source_of(self, value: Value, number: int) -> Source:
        """Where the array of an argument comes from: regions are given arrays, users give numbers, too."""
        is_number = not self.extents[value] and value.dtype.name in ("float32", "float64")
        if is_number and not self.wanted.is_inner and value not in self.memory.arrays:
            return Scalar(number)
        return Argument(number)

    def _words_before(self) -> int:
        """How many words of a message's record lie before the times: its address, extents, a place per item."""
        return 1 + len(self.special.bindings) + len(self.fused.items)

    def takes(self, value: Value) -> bool:
        """Whether a value is one of the region's inputs."""
        return value in self._positions

    def check_array(self, value: Value, source: Source) -> None:
        """Check that an array is as the region needs it, and bind its extents."""
        special, position = self.special, self._positions[value]
        self._placed.add(value)
        self.objects.add(value)
        strides = special.strides.get(value)
        self.add(CheckArray(value, source, len(self.extents[value]), strides is None))
        bound = {axis: symbol for symbol, at, axis in special.stride_bindings if at == position}
        for axis, stride in enumerate(strides or ()):
            if axis in bound:
                self.add(BindStride(bound[axis], value, axis))
            else:
                self.add(CheckStride(value, axis, stride * value.dtype.size))
        for symbol, at, axis in special.bindings:
            if at == position:
                self.add(Bind(symbol, value, axis))
        for at, axis, extent in special.fixed:
            if at == position:
                self.add(CheckExtent(value, axis, extent))

    def _check_guards(self) -> None:
        for value, axis in self.special.wide:
            strides = self.special.strides[value]
            dense = next(number for number, stride in enumerate(strides) if same(stride, 1))
            self.add(Guard(expression(strides[axis]), ">=", expression(self.extents[value][dense])))
        for guard in self.special.table.guards:
            self.add(Guard(guard.left, guard.relation, guard.right))
        if self.wanted.clock == "message":
            for number, (symbol, _, _) in enumerate(self.special.bindings):
                self.add(CheckTold(symbol, 1 + number))

    # Memory.

    def _take_outs(self) -> None:
        structure = self.wanted.structure
        assert structure is not None
        inputs = [value for value in self.wanted.inputs if value in self._positions]
        for result, place in places(structure).items():
            value = self.out_of(self.results[result])
            self.add(TakeOut(value, len(self.wanted.inputs), place, count_of(structure), (*inputs, *self._given)))
            self._given[value] = None
            self._placed.add(value)
            self.objects.add(value)

    def out_of(self, value: Value) -> Value:
        """What is written for the user where a result is wanted."""
        return value

    def make_memory(self) -> None:
        """Make the block of the intermediates, and the results that are known."""
        if self.wanted.is_portable:
            return
        if self.memory.sizes:
            self.add(MakeArena(tuple(map(tuple, self.memory.sizes))))
        self.need([value for value in self.variant.told if value in self.results], as_arrays=True)

    def make(self, value: Value) -> None:
        """Make the memory of a result: an array of its own if somebody will see it, else its slot of the arena."""
        if value in self._made:
            return
        memory = self.memory
        home = memory.home(value)
        self._made.add(value)
        self._placed.add(value)
        if value in memory.flags:
            self.add(Make(value, value, "byte"))
        elif home in memory.slot_of:
            self.add(Make(value, home, memory.slot_of[home]))
        else:
            if home in self._given:
                self.filled.add(home)
            elif home not in self.owned:
                self.own(home)
            self.add(Make(value, home, "array"))

    def own(self, value: Value) -> None:
        """Note an array object that is the step's from here on."""
        self.owned[value] = None
        self.objects.add(value)
        self._placed.add(value)

    def need(self, values: Sequence[Value], as_arrays: bool = False) -> None:
        """Have those of some values that are known from extents written down."""
        for value in dict.fromkeys(values):
            if value in self.special.known and value not in (self.objects if as_arrays else self._placed):
                self.add(MakeKnown(value, as_arrays))
                self._placed.add(value)
                if as_arrays:
                    self.own(value)

    def release(self, values: Sequence[Value], position: int) -> None:
        """Let go of what nothing reads after an item."""
        if self.wanted.is_portable:
            kept = {*self.results, *self.fused.shaped}
            for value in values:
                if value in self._placed and value not in kept:
                    self.add(Release(value))
        elif position < len(self.fused.items) - 1:  # at the end all goes at once
            for value in values:
                if value in self.owned and value not in self.results:
                    self.add(Release(value))
                    del self.owned[value]

    # Items.

    def run(self, item: Group | Call) -> None:
        """Make an item's results."""
        if isinstance(item, Group):
            if item in self.variant.compiled:
                self._launch(item)
            else:
                self._interpret(item)
        elif isinstance(item, Check):
            indices, shape, _ = item.instruction.inputs
            computed = [] if shape in self.variant.special.known else [shape]  # by another stage
            self.need([self.fused.root(value) for value in (indices, *computed)], as_arrays=True)
            self.add(CheckIndices(item))
        else:
            self._call(item)

    def _launch(self, group: Group) -> None:
        kernel = self.variant.kernels[group]
        self.need(kernel.arguments)
        for value in kernel.results:
            self.make(value)
        self.add(Launch(group, kernel, self.variant.compiled[group], self.gil))

    def _interpret(self, group: Group) -> None:
        self.add(Interpret(group))
        self._adopt(group.outputs)

    def _adopt(self, values: Sequence[Value]) -> None:
        """Have arrays that a NumPy kernel made serve as the memory of what is updated in it."""
        for value in values:
            self._placed.add(value)
            home = self.memory.home(value)
            if home is not value:
                self.add(Adopt(value, home))
                self._placed.add(home)

    def _call(self, item: Call) -> None:
        found = self.fused.written.get(item.instruction)
        instruction = item.instruction
        if isinstance(found, Copy):
            self.need([self.fused.root(instruction.inputs[0])])
            if not self.wanted.is_portable:
                self.make(instruction.outputs[0])
            self.add(CopyElements(found))
            if self.wanted.is_portable:
                self._adopt(instruction.outputs)
        elif found is None or self.wanted.is_portable:
            self._call_back(item)
        else:
            self._write(found)

    def _write(self, found: Product | Convolution | Pooling | RowUpdate | RowSums | Drawn) -> None:
        """Have a result written into memory that is made first."""
        instruction = found.instruction
        if isinstance(found, RowUpdate | RowSums):
            self.need([self.fused.root(value) for value in instruction.inputs])
        self.make(instruction.outputs[0])
        if isinstance(found, RowUpdate):
            self.add(ChangeRows(found))
        elif isinstance(found, RowSums):
            self.add(SumRows(found))
        elif isinstance(found, Product):
            self.add(Multiply(found, self.gil))
        elif isinstance(found, Drawn):
            self.add(Draw(found, self.gil))
        else:
            self.add(Slide(found, self.gil))

    def _call_back(self, item: Call) -> None:
        instruction = item.instruction
        if not self.wanted.is_portable:
            self.need(instruction.inputs, as_arrays=True)
        self.add(CallBack(instruction, tuple(value in self.results for value in instruction.outputs)))
        if self.wanted.is_portable:
            self._adopt(instruction.outputs)
        else:
            for value in instruction.outputs:
                self.own(value)

    # The clock, and the end.

    def _stamp(self) -> None:
        if self.wanted.clock:
            self.add(Stamp(self._stamps))
            self._stamps += 1

    def _return(self) -> None:
        if self.wanted.clock == "message":
            self.add(FillMessage(1 + len(self.special.bindings), self._stamps // 2))
        results = tuple(dict.fromkeys(self.results))
        structure = self.wanted.structure
        if structure is None:
            structure = Tupled(tuple(map(Result, range(len(results)))))
        dropped = () if self.wanted.is_portable else tuple(value for value in self.owned if value not in results)
        self.add(Return(results, structure, dropped))
