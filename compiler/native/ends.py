"""The ends of a native step: results in their structure, failures, and the slow path.

A structure is put together from its root on: a container is made, put into the one it belongs to, and then filled, so
the root always owns all that was made. Results are put in their places in the order in which they first occur; those
that still wait are the step's own. Of `{"a": x, "b": [y]}`:

              %d = PyDict_New()                       fails to %loose0
              PyDict_SetItem(%d, "a", %x)             x is let go of, for the dict holds it; fails to %loose1
              %l = PyList_New(1)                      fails to %loose1
              PyDict_SetItem(%d, "b", %l)             fails to %loose1, having let go of %l
              PyList_SetItem(%l, 0, %y)               the list owns y from here on
              ret %d
    loose0:   let go of x, go on with loose1
    loose1:   let go of y, go on with loose2
    loose2:   let go of the root, return null

Where a function makes a part of it (a named tuple, say), it may let go of what it is given: then all results are held
to the end.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING, Final

from ..machine import abi as layout
from ..machine.assembler import address, function
from ..plan.plan import Value
from ..step.actions import Return
from ..step.structure import InArrays, Kept, Keyed, Listed, Made, Nothing, Result, Structure, Tupled

if TYPE_CHECKING:
    from .printer import Printer, Table

_TOO_LARGE: Final = MemoryError, ValueError, OverflowError  # what asking for memory raises


def return_results(printer: Printer, action: Return) -> None:
    """See `Return`."""
    for value in action.results:
        if value in printer.given:
            printer.asm.do(f"call void {function('Py_IncRef')}(ptr {printer.arrays[value]})")
    structure = action.structure.part if isinstance(action.structure, Kept) else action.structure
    if isinstance(structure, InArrays):
        structure, finished = structure.part, [printer.arrays[value] for value in action.results]
    else:
        finished = [_finished(printer, value) for value in action.results]
    for value in action.dropped:
        printer.let_go(printer.arrays[value])
    if printer.block:
        printer.let_go(printer.block)
    _StructurePrinter(printer, finished).write(structure)


def _finished(printer: Printer, value: Value) -> str:
    """The object that is returned for a result: a NumPy scalar for a 0-d array."""
    array = printer.arrays[value]
    if value in printer.given or printer.extents[value] is None or printer.extents[value] or printer.list.is_inner:
        return array
    return printer.asm.emit(f"call ptr {address(layout.api_address(layout.API_RETURN))}(ptr {array})")


def _makes(structure: Structure) -> bool:
    """Whether functions take part in making it."""
    return isinstance(structure, Made) or any(map(_makes, structure.parts))


class _StructurePrinter:
    """Writes how results are put into a structure, and the returns."""

    def __init__(self, printer: Printer, results: list[str]) -> None:
        self._printer = printer
        self._asm = printer.asm
        self._results = results
        self._placed: list[int] = []  # the results that were given away to their place, in this order
        self._gives_away = True

    def write(self, structure: Structure) -> None:
        """Write it."""
        self._printer.objects.append(structure)
        self._gives_away = not _makes(structure)  # a function may let go of what it is given
        self._let_go_except(structure.results() if self._gives_away else range(len(self._results)))
        if isinstance(structure, Result):
            self._asm.do(f"ret ptr {self._results[structure.place]}")
            return
        if isinstance(structure, Nothing):
            self._asm.do(f"call void {function('Py_IncRef')}(ptr {address(None)})")
            self._asm.do(f"ret ptr {address(None)}")
            return
        is_container = isinstance(structure, Listed | Tupled | Keyed)
        whole = structure if is_container else Tupled((structure,))
        root = self._new(whole)
        self._require(self._asm.emit(f"icmp ne ptr {root}, null"))
        self._fill(whole, root)
        if not self._gives_away:
            self._let_go_except(())
        if is_container:
            self._asm.do(f"ret ptr {root}")
        else:
            item = self._asm.emit(f"call ptr {function('PyTuple_GetItem')}(ptr {root}, i64 0)")
            self._asm.do(f"call void {function('Py_IncRef')}(ptr {item})")
            self._printer.let_go(root)
            self._asm.do(f"ret ptr {item}")
        for position, place in enumerate(self._placed):
            self._asm.block(f"loose{position}")
            self._printer.let_go(self._results[place])
            self._asm.do(f"br label %loose{position + 1}")
        self._asm.block(f"loose{len(self._placed)}")
        if not self._gives_away:
            self._let_go_except(())
        self._printer.let_go(root)
        self._asm.do("br label %lost")

    def _let_go_except(self, places: Collection[int]) -> None:
        for place, item in enumerate(self._results):
            if place not in places:
                self._printer.let_go(item)

    def _require(self, condition: str) -> None:
        self._asm.require(condition, f"loose{len(self._placed)}")

    def _new(self, structure: Structure) -> str:
        """A new container without its parts."""
        if isinstance(structure, Keyed):
            return self._asm.emit(f"call ptr {function('PyDict_New')}()")
        word = "PyList_New" if isinstance(structure, Listed) else "PyTuple_New"
        return self._asm.emit(f"call ptr {function(word)}(i64 {len(structure.parts)})")

    def _fill(self, structure: Structure, container: str) -> None:
        for position, part in enumerate(structure.parts):
            if isinstance(structure, Keyed):
                self._place(part, partial(self._set, container, structure.keys[position]))
            else:
                word = "PyList_SetItem" if isinstance(structure, Listed) else "PyTuple_SetItem"
                self._place(part, partial(self._steal, f"{function(word)}(ptr {container}, i64 {position}"))

    def _steal(self, place: str, item: str, owned: bool) -> None:
        """Put an item into a list or a tuple, which takes a reference over."""
        if not owned:
            self._asm.do(f"call void {function('Py_IncRef')}(ptr {item})")
        self._asm.emit(f"call i32 {place}, ptr {item})")

    def _set(self, container: str, key: object, item: str, owned: bool) -> None:
        """Put an item into a dict, which counts a reference of its own."""
        arguments = f"ptr {container}, ptr {address(id(key))}, ptr {item}"
        failed = self._asm.emit(f"call i32 {function('PyDict_SetItem')}({arguments})")
        if owned:
            self._printer.let_go(item)
        self._require(self._asm.emit(f"icmp eq i32 {failed}, 0"))

    def _place(self, structure: Structure, put: Callable[[str, bool], None]) -> str:
        """Make what a structure says, and put it into its place; returns its name.

        Args:
          put: takes the object, and whether the reference to it is its own.
        """
        if isinstance(structure, Nothing):
            put(address(None), False)
            return address(None)
        if isinstance(structure, Result):
            return self._place_result(structure.place, put)
        if isinstance(structure, Made):
            argument = self._place(structure.part, put)  # there it is owned while the function runs
            space = self._asm.emit("alloca ptr")
            self._asm.do(f"store ptr {argument}, ptr {space}")
            arguments = f"ptr {address(id(structure.function))}, ptr {space}, i64 1, ptr null"
            item = self._asm.emit(f"call ptr {function('PyObject_VectorcallDict')}({arguments})")
        else:
            item = self._new(structure)
        self._require(self._asm.emit(f"icmp ne ptr {item}, null"))
        put(item, True)
        if not isinstance(structure, Made):
            self._fill(structure, item)
        return item

    def _place_result(self, place: int, put: Callable[[str, bool], None]) -> str:
        item = self._results[place]
        if place in self._placed or not self._gives_away:
            put(item, False)
        else:
            self._placed.append(place)
            put(item, True)
        return item


def failure_paths(printer: Printer) -> None:
    """Out of memory: give back what was made, newest first; and the way to the slow path."""
    asm = printer.asm
    for number in sorted(printer.overflows):
        asm.block(f"over{number}")
        asm.do(f"call void {function('PyErr_SetNone')}(ptr {address(OverflowError)})")
        asm.do(f"br label %fail{number}")
    for number in range(len(printer.owned), 0, -1):
        asm.block(f"fail{number}")
        array = printer.owned[number - 1]
        printer.let_go(asm.load(printer.holders[array], 0) if array in printer.holders else array)
        asm.do(f"br label %fail{number - 1}")
    asm.block("fail0")
    asm.do("br label %unwound")
    asm.block("unwound")  # without memory, the Python path finds the words for it
    error = asm.emit(f"call ptr {function('PyErr_Occurred')}()")
    asm.do(f"br i1 {asm.emit(f'icmp eq ptr {error}, null')}, label %slow, label %raised")
    asm.block("raised")
    if printer.list.is_inner:
        asm.do("br label %lost")  # called from Python, which does that itself
    else:
        matches = function("PyErr_ExceptionMatches")
        out = asm.emit(f"call i32 {matches}(ptr {address(_TOO_LARGE)})")
        asm.do(f"br i1 {asm.emit(f'icmp ne i32 {out}, 0')}, label %cleared, label %lost")
        asm.block("cleared")
        asm.do(f"call void {function('PyErr_Clear')}()")
        asm.do("br label %slow")
    asm.block("lost")
    asm.do("ret ptr null")
    asm.block("slow")
    words = asm.load("%self", layout.DATA)
    slow = asm.load(words, 8)
    vectorcall = function("PyObject_VectorcallDict")
    asm.do(f"ret ptr {asm.emit(f'call ptr {vectorcall}(ptr {slow}, ptr %args, i64 %nargs, ptr null)')}")


TABLE: Final[Table] = {
    Return: return_results,
}
