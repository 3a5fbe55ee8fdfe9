"""What a step does, as data: a list of actions that two printers write down, as LLVM (`../native/`) and as Python.

`builder.py` makes the list and decides everything: what is checked, where a value lies and when it goes, what runs in
which order. A printer decides nothing; it knows how each action is said in its language.

Of `w.assign_sub(0.1 * x)`, where `w` has three elements and nothing is fetched, the list is, as `text.py` prints it:

    CheckOpen
    CheckCount 1
    CheckArray %x argument 0 1 True               the first argument is a dense array with one axis
    Bind s0 %x 0                                  s0 is its extent
    CheckIdle VariableV2 'w'
    ReadCell VariableV2 'w'
    CheckArray %1_read cell of VariableV2 'w' 1 True
    CheckExtent %1_read 0 3
    Guard s0 == 3
    Hold VariableV2 'w' %1_read
    MakeSpares ((%1_read, %1_1_0))                an array for the new value, if the old one is held elsewhere
    Confirm (VariableV2 'w') (VariableV2 'w') ((%1_read, %1_1_0))
    InPlace ((%1_read, %1_1_0))
      fresh:
        Launch %1_1_0 = kernel(%x, %1_read) 'keep'
      alone:
        Launch %1_1_0 = kernel(%x) 'keep'         reads the old elements where it writes the new ones
    WriteCell VariableV2 'w' %1_1_0
    Return () () (%1_read)

To *leave* is to hand the arguments, untouched, to the slow path; nothing was made or changed then. To *fail* is to
give back what was made, and then to leave, or to raise if an error is set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ...ops.types.records import record

if TYPE_CHECKING:
    from ..codegen.kernel import Kernel
    from ..fusion.convolutions import Convolution
    from ..fusion.groups import Check, Copy, Drawn, Group, RowSums, RowUpdate
    from ..fusion.poolings import Pooling
    from ..fusion.products import Product
    from ..jit.compile import CompiledKernel
    from ..plan.plan import Instruction, Value
    from ..specialize.expressions import Expression
    from .structure import Structure

Gil = Literal["let go", "keep", "let go if very long"]  # what a long kernel or product does with the GIL


class Action:
    """One thing that a step does."""


# Where an array comes from.


@record
class Argument:
    """An argument of the step."""

    number: int


@record
class Cell:
    """What a variable holds when the step begins: `ReadCell` comes before."""

    root: Instruction


@record
class Scalar:
    """An argument that is an array without axes, a Python float, or a NumPy scalar of the value's type or float64."""

    number: int


@record
class Named:
    """What a handle names: `FindHandle` comes before."""

    root: Instruction


Source = Argument | Cell | Named | Scalar


# Check, bind, guard: leave where something is not as expected.


@record
class CheckOpen(Action):
    """Leave if the session was closed."""


@record
class CheckCount(Action):
    """Leave unless there are so many arguments."""

    count: int


@record
class CheckArray(Action):
    """Leave unless an object is an array of this type and rank, aligned and, if `is_dense`, contiguous."""

    value: Value
    source: Source
    rank: int
    is_dense: bool = True


@record
class CheckUnused(Action):
    """Leave unless an argument that nothing needs is an array of its feed."""

    value: Value
    number: int


@record
class CheckTruth(Action):
    """Leave unless an argument that nothing needs is the truth value that the plan was made for (array or bool)."""

    value: Value
    number: int
    truth: bool


@record
class CheckStride(Action):
    """Leave unless an axis has this stride, in bytes."""

    value: Value
    axis: int
    stride: int


@record
class BindStride(Action):
    """The symbol is an axis' stride in elements; leave if that is negative, or no whole number."""

    symbol: str
    value: Value
    axis: int


@record
class Bind(Action):
    """The symbol is the extent of an axis."""

    symbol: str
    value: Value
    axis: int


@record
class CheckExtent(Action):
    """Leave unless an axis has this extent."""

    value: Value
    axis: int
    extent: int


@record
class Guard(Action):
    """Leave unless a relation of expressions over symbols holds."""

    left: Expression
    relation: str
    right: Expression


@record
class TakeOut(Action):
    """Take the memory of a result from the caller; leave unless it is a dense array that may be written, of its type
    and shape, which shares no memory with others.

    number: of the argument that is the array, or a list or tuple of arrays; place: in this, or None.
    count: how many items it has. apart: the values whose memory is meant.
    """

    value: Value
    number: int
    place: int | None
    count: int
    apart: tuple[Value, ...]


# Make, let go of.


@record
class MakeArena(Action):
    """Make the block of memory for intermediates.

    sizes: per slot, expressions of which it has the largest, in bytes.
    """

    sizes: tuple[tuple[Expression, ...], ...]


@record
class Make(Action):
    """Make the memory of a value, if its home has none yet.

    home: the value whose memory it lies in: itself, or what it is updated to in place, or another shape of it.
    place: "array": an object of its own; "byte": one byte on the stack; or the number of a slot of the arena.
    """

    value: Value
    home: Value
    place: int | Literal["array", "byte"]


@record
class MakeKnown(Action):
    """Write down small integers that are known from extents.

    is_array: whether they are needed as an array object.
    """

    value: Value
    is_array: bool = False


@record
class Adopt(Action):
    """The array of a value that a NumPy kernel made is the memory of its home from here on."""

    value: Value
    home: Value


@record
class Release(Action):
    """Let go of an array long before the step ends: nothing reads it any more."""

    value: Value


# Launch, multiply, call back.


@record
class Launch(Action):
    """Run a kernel, on the pool where it is long."""

    group: Group
    kernel: Kernel
    compiled: CompiledKernel
    gil: Gil = "let go"


@record
class Multiply(Action):
    """Call BLAS for a product of matrices, or a batch of them."""

    product: Product
    gil: Gil = "let go"


@record
class Slide(Action):
    """Run a compiled function over windows: a convolution or a pooling."""

    item: Convolution | Pooling
    gil: Gil = "let go"


@record
class CopyElements(Action):
    """Copy a value's elements to one of another shape."""

    item: Copy


@record
class ChangeRows(Action):
    """Change rows of an array.

    is_copied: whether the result's memory is not the array's own, so that the rest is copied first.
    """

    update: RowUpdate
    is_copied: bool = True


@record
class SumRows(Action):
    """Add up the rows that have one index; each of them becomes the sum."""

    sums: RowSums


@record
class CallBack(Action):
    """Run an instruction's NumPy kernel, which makes its results.

    fetched: per result whether the user gets it, who wants it for himself.
    """

    instruction: Instruction
    fetched: tuple[bool, ...]


@record
class CheckIndices(Action):
    """Look at a byte that a kernel wrote; where it is zero, have the NumPy kernel raise."""

    check: Check


@record
class Interpret(Action):
    """Run a group that could not be compiled by its NumPy kernels, into memory that is there."""

    group: Group


# Read and write cells: the variables of a session.


@record
class CheckIdle(Action):
    """Leave if Python code is updating a variable."""

    root: Instruction


@record
class ReadCell(Action):
    """Take what a variable holds; leave if it has no value."""

    root: Instruction


@record
class CheckFits(Action):
    """Leave unless what a variable holds has the shape of what will be written."""

    root: Instruction
    value: Value


@record
class Hold(Action):
    """Count a reference to what a variable or handle was found with, so that it stays while the step runs."""

    root: Instruction
    value: Value


@record
class MakeSpares(Action):
    """Make arrays for new values if one of the old ones is held by somebody else, too; else none of them.

    pairs: `(old, new)`.
    """

    pairs: tuple[tuple[Value, Value], ...]


@record
class Confirm(Action):
    """Fail if a variable is not as it was found; from here on the step does not fail.

    read: variables to be written that were read; written: all that will be. pairs: what is to be updated in place.
    """

    read: tuple[Instruction, ...]
    written: tuple[Instruction, ...]
    pairs: tuple[tuple[Value, Value], ...]


@record
class InPlace(Action):
    """Do one of two things: into the spare arrays, or in place where `MakeSpares` made none."""

    pairs: tuple[tuple[Value, Value], ...]
    fresh: tuple[Action, ...]
    alone: tuple[Action, ...]


@record
class CopyCell(Action):
    """Give the user a value of his own of what a cell holds, or will.

    is_made: whether the copy's memory is there; else it is the same array, of which a scalar is made.
    """

    value: Value
    copy: Value
    is_made: bool


@record
class WriteCell(Action):
    """Put a new array into a variable; one updated in place is there already."""

    root: Instruction
    value: Value


# Random numbers: the streams of a session.


@record
class CheckStream(Action):
    """Leave if Python code is just taking numbers of an operation's stream."""

    instruction: Instruction


@record
class Reserve(Action):
    """Take the next numbers of an operation's stream, as many as its result has elements; `CheckStream` came before."""

    instruction: Instruction


@record
class Draw(Action):
    """Draw what was reserved into the result's memory, on the pool where it is much."""

    drawn: Drawn
    gil: Gil = "let go"


# Read and keep what handles name.


@record
class FindHandle(Action):
    """Take what a handle names, an argument; leave unless it is the string of one, or a TensorHandle, of this type.

    root: the instruction that reads it.
    """

    root: Instruction
    number: int


@record
class KeepArray(Action):
    """Have the session keep an array under a new handle, which is a result; the array does not change any more.

    root: the instruction that keeps it.
    """

    root: Instruction
    value: Value
    handle: Value


# Stamp a time.


@record
class TakeRecord(Action):
    """The argument is no feed, but an array of words, into which times go.

    before: how many words lie before these.
    """

    number: int
    before: int


@record
class CheckTold(Action):
    """Leave unless a symbol is what a word of the record tells."""

    symbol: str
    word: int


@record
class Stamp(Action):
    """Note the time."""

    number: int


@record
class FillMessage(Action):
    """Write the times of kernels into a message whose address is the record's first word.

    word: the word of the record with the first kernel's place in it; kernels: how many there are.
    """

    word: int
    kernels: int


# Return.


@record
class Return(Action):
    """Return results.

    results: the values, each once. structure: of what is returned. dropped: arrays to let go of.
    """

    results: tuple[Value, ...]
    structure: Structure
    dropped: tuple[Value, ...] = ()


@record
class ActionList:
    """A step.

    Attributes:
      actions: what it does, in order.
      variant: of what it is a step.
      extents: per value its extents; None for what is no array.
      is_inner: whether it is called by other parts of the program: then arrays without axes stay arrays, and out of
        memory is raised where it happens.
      flag: a byte that is not zero when it may not run any more.
      state: a weak reference of the session's state, or None.
      cells: per variable its cell.
    """

    actions: tuple[Action, ...]
    variant: Any
    extents: dict[Value, Any]
    is_inner: bool
    flag: Any
    state: Any
    cells: dict[Instruction, Any]
