"""Loops in vector form without LLVM's vectoriser, which takes most of the time that compiling a long loop does.

The body of an innermost loop without branches is rewritten instruction by instruction (`widening.py`): what is read at
the loop's index becomes a vector, and so does what is computed from it; what does not depend on the index moves in
front of the loop. Functions become calls of their vector forms (`vector_functions.py`). Elements beyond the end are
left out by a mask: in each turn of a long body, so that there is one loop and nothing behind it, or in one turn behind
a loop over whole vectors.

A sum, product, extreme or logical fold becomes one of vectors; behind the loop its elements are folded by halves, and
then with what the variable held before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, NamedTuple

from ..mathlib.instructions import Address, Binary, Call, Instruction, Line, Load, Select, Store, printed
from .widening import FORMS, INDEX, VECTOR, NotVector, Rewritten, Widening

_NUMBERS = frozenset({"float", "double", "i32", "i64"})
_STARTS = {"fadd": "-0.0", "fmul": "1.0", "add": "0", "mul": "1"}  # what a fold of nothing gives; others may repeat
_FOLDS = frozenset({*_STARTS, "or", "and"})
_EXTREMES = {"ogt": "fmax", "olt": "fmin", "sgt": "smax", "slt": "smin", "ugt": "umax", "ult": "umin"}


def width_for(types: Sequence[str], size: int) -> int | None:
    """The elements of a vector of so many bytes for arguments of these LLVM types; None if they are not of one size."""
    for width, kinds in ((size // 4, {"float", "i32"}), (size // 8, {"double", "i64"})):
        if types and kinds.issuperset(types):
            return width
    return None


class Loop(NamedTuple):
    """An innermost loop as `lower_tree.py` writes it.

    Attributes:
      entry, latch: the lines that enter and that close it. calls: its mathematical functions.
      counter: the name of its index, which counts from `first` to before `last` by `step`.
      enters, goes_on: the conditions of the first turn and of another one.
      before, head, body, after: the labels of its blocks.
    """

    entry: int
    latch: int
    calls: int
    counter: str
    first: str
    last: str
    step: str
    enters: str
    goes_on: str
    before: str
    head: str
    body: str
    after: str

    def inside(self, lines: Sequence[str | Line]) -> Sequence[str | Line]:
        """The lines of its body: behind the labels of head and body, before those that end a turn."""
        return lines[self.entry + 5 : self.latch - 4]


class _Carried(NamedTuple):
    """A fold: its vectors, what it is read as, where it starts, what a turn makes of it, and what with a mask."""

    vector: str
    old: str
    start: str
    value: str
    kept: str

    def phi(self, suffix: str, *pairs: tuple[str, str]) -> str:
        """The fold so far, by the block that is come from."""
        return f"  {self.old}{suffix} = phi {self.vector} " + ", ".join(
            f"[ {text}, %{block} ]" for text, block in pairs
        )


class VectorLoop(Widening):
    """Rewrites one innermost loop.

    Args:
      loop: where it is, and its names.
      inside: the lines of its body.
      width: the elements of a vector.
      has_rest: whether the turn with a mask stands behind the loop.
      slots: variables that lie in memory.
      read_later: those of them that are read outside of innermost loops.
      is_slow: whether storing with a mask is slow.
    Attributes:
      lines: the new lines. used: the variables in memory that they read and write.
    Raises: NotVector.
    """

    def __init__(
        self,
        loop: Loop,
        inside: Sequence[str | Line],
        width: int,
        has_rest: bool,
        slots: Collection[str] = (),
        read_later: Collection[str] = (),
        is_slow: bool = False,
    ) -> None:
        super().__init__(width, loop.counter[1:])
        self._index = loop.counter
        self._has_rest = has_rest
        self._is_slow = is_slow
        self._slots = slots
        self._read_later = read_later
        self._made: dict[str, Instruction] = {}  # the scalar instructions by the names of their results
        self._uses: dict[str, int] = {}
        self._stored: set[str] = set()  # where the loop stores to
        self._aliases: dict[str, str] = {}  # what was read from a variable that this turn has set
        self._set: dict[str, str] = {}  # per such variable, what it was set to
        self._folds: dict[str, str] = {}  # per variable that is folded into, the name it was read as
        self._after: list[str] = []
        self._places: dict[str, tuple[str, Any]] = {}  # per address, the array and the index
        self._read: set[tuple[str, Any]] = set()
        self._written: set[tuple[str, Any]] = set()
        self._carried: list[_Carried] = []
        self.used: set[str] = set()
        if loop.step != "1":
            raise NotVector(f"by {loop.step}")
        self.classes[self._index] = INDEX
        self._look(inside)
        for line in inside:
            self.line(self._with_aliases(line))
        self._check_order()
        self.lines = self._two_loops(loop) if has_rest else self._one_loop(loop)

    def _with_aliases(self, line: str | Line) -> str | Line:
        if isinstance(line, str) or not self._aliases:
            return line
        name, instruction = line
        return name, instruction.renamed(lambda operand: self._aliases.get(operand, operand))

    def _look(self, inside: Sequence[str | Line]) -> None:
        """Note each instruction by its result, and how often each name is used."""
        for line in inside:
            if isinstance(line, str):
                raise NotVector(line)
            name, instruction = line
            if isinstance(instruction, Store):
                self._stored.add(instruction.at)
            else:
                self._made[name] = instruction
            instruction.renamed(self._count)

    def _count(self, operand: str) -> str:
        self._uses[operand] = self._uses.get(operand, 0) + 1
        return operand

    def _written_out(self, name: str) -> Any:
        """What a name stands for in this loop, so that equal places are known to be equal."""
        made = self._made.get(name)
        return name if made is None else (type(made), made.renamed(self._written_out))

    # The loops.

    def _one_loop(self, loop: Loop) -> list[str]:
        """A loop with a mask in each turn."""
        index, first, done = self._index, f"{loop.head}.first", self._done(loop)
        latch = f"{loop.head}.latch"
        turns = [fold.phi("", (fold.start, first), (fold.kept, latch)) for fold in self._carried]
        ends = [fold.phi(".all", (fold.kept, latch)) for fold in self._carried]
        return [
            f"  br i1 {loop.enters}, label %{first}, label %{loop.after}",
            f"{first}:", *self.before, f"  br label %{loop.head}",
            f"{loop.head}:",
            f"  {index} = phi i64 [ {loop.first}, %{first} ], [ {index}.next, %{latch} ]",
            *turns, f"  br label %{loop.body}",
            f"{loop.body}:", *self._mask(loop.last), *self._masked(), f"  br label %{latch}",
            f"{latch}:",
            f"  {index}.next = add nuw i64 {index}, {self.width}",
            f"  {loop.goes_on} = icmp ult i64 {index}.next, {loop.last}",
            f"  br i1 {loop.goes_on}, label %{loop.head}, label %{done}",
            *([f"{done}:", *ends] if self._after else []), *self._behind(loop),
        ]  # fmt: skip

    def _two_loops(self, loop: Loop) -> list[str]:
        """A loop over whole vectors, then, if there is a rest, one turn with a mask."""
        index, start, stop, label, width = self._index, loop.first, loop.last, loop.head, self.width
        done = self._done(loop)
        pairs = [((fold.start, f"{label}.first"), (f"{fold.value}.whole", label)) for fold in self._carried]
        ends = [fold.phi(".all", (fold.old, f"{label}.last"), (fold.kept, f"{label}.rest")) for fold in self._carried]
        return [
            f"  br i1 {loop.enters}, label %{label}.first, label %{loop.after}",
            f"{label}.first:", *self.before,
            f"  {index}.all = sub i64 {stop}, {start}",
            f"  {index}.most = and i64 {index}.all, -{width}",
            f"  {index} = add i64 {start}, {index}.most",
            f"  {index}.some = icmp ne i64 {index}.most, 0",
            f"  br i1 {index}.some, label %{label}, label %{label}.last",
            f"{label}:",
            f"  {index}.whole = phi i64 [ {start}, %{label}.first ], [ {index}.next, %{label} ]",
            *[fold.phi(".whole", *pair) for fold, pair in zip(self._carried, pairs)],
            *self._whole(),
            f"  {index}.next = add nuw i64 {index}.whole, {width}",
            f"  {index}.again = icmp ult i64 {index}.next, {index}",
            f"  br i1 {index}.again, label %{label}, label %{label}.last",
            f"{label}.last:",
            *[fold.phi("", *pair) for fold, pair in zip(self._carried, pairs)],
            f"  {index}.left = icmp ult i64 {index}, {stop}",
            f"  br i1 {index}.left, label %{label}.rest, label %{done}",
            f"{label}.rest:", *self._mask(stop), *self._masked(),
            f"  br label %{done}",
            *([f"{done}:", *ends] if self._after else []), *self._behind(loop),
        ]  # fmt: skip

    def _done(self, loop: Loop) -> str:
        """The label of what comes behind: the end of folds, if there are any."""
        return f"{loop.head}.done" if self._after else loop.after

    def _behind(self, loop: Loop) -> list[str]:
        return [*self._after, f"  br label %{loop.after}"] if self._after else []

    def _masked(self) -> list[str]:
        return [made.masked if isinstance(made.masked, str) else printed(made.masked) for made in self.body]

    def _whole(self) -> list[str]:
        """The body for whole vectors; its names end in `.whole`."""
        inside = {name for name in (*self.classes, self._index) if name not in self.outside}

        def whole(name: str) -> str:
            return f"{name}.whole" if name in inside else name

        lines = [made.plain for made in self.body if made.plain is not None]
        return [printed((whole(name), instruction.renamed(whole))) for name, instruction in lines]

    def _check_order(self) -> None:
        """All elements are read before any is written: so an array that is written is looked at in one place only."""
        for array, index in self._written:
            others = {place for place in self._read | self._written if place[0] == array and place[1] != index}
            if others:
                raise NotVector(array)

    def _mask(self, stop: str) -> list[str]:
        """Which elements there are: all but in the last turn."""
        index, width = self._index, self.width
        numbers = ", ".join(f"i32 {number}" for number in range(width))
        kind = f"<{width} x i32>"
        self.declared["declare i64 @llvm.umin.i64(i64, i64)"] = None
        return [
            f"  {index}.rest = sub i64 {stop}, {index}",
            f"  {index}.least = call i64 @llvm.umin.i64(i64 {index}.rest, i64 {width})",
            f"  {index}.full = icmp uge i64 {index}.rest, {width}",
            f"  {index}.count = trunc i64 {index}.least to i32",
            f"  {index}.one = insertelement {kind} poison, i32 {index}.count, i64 0",
            f"  {index}.counts = shufflevector {kind} {index}.one, {kind} poison, {kind} zeroinitializer",
            f"  {index}.mask = icmp ult {kind} <{numbers}>, {index}.counts",
        ]

    # One instruction.

    def forms(self) -> dict[type, Callable[[Any, str, Any], None]]:
        """What loops have and functions have not."""
        return _FORMS

    def _store(self, _: str, found: Store) -> None:
        """A store, to an array or to a variable."""
        if found.at in self._slots:
            self._set_variable(found.at, found.kind, found.value)
        elif self.kind_of(found.at) == INDEX:
            self._store_element(found.kind, found.value, found.at)
        else:
            raise NotVector(str(found))

    def _address(self, name: str, found: Address) -> None:
        self._places[name] = found.array, self._written_out(found.place)
        if self.is_uniform(found.place):
            self.keep(name, found)
            return
        if self.kind_of(found.place) != INDEX:
            raise NotVector(str(found))
        self.put(name, found, kind=INDEX)

    def _load(self, name: str, found: Load) -> None:
        kind, at, _ = found
        if at in self._slots:
            self._variable(name, kind, at)
            return
        self._read.add(self._places.get(at, (at, "")))
        if self.is_uniform(at):
            self.keep(name, found)
            return
        vector, size, function = self.vector(kind), _size(kind), self._memory_function("load", kind)
        mask = self.vector("i1"), f"{self._index}.mask"
        self.declared[f"declare {vector} @{function}(ptr, i32, {mask[0]}, {vector})"] = None
        arguments = ("ptr", at), ("i32", str(size)), mask, (vector, "zeroinitializer")
        self.put(name, Call(vector, function, arguments), Load(vector, at, size))

    def _store_element(self, kind: str, value: str, at: str) -> None:
        self._written.add(self._places[at])
        vector, size, function = self.vector(kind), _size(kind), self._memory_function("store", kind)
        mask = self.vector("i1"), f"{self._index}.mask"
        self.declared[f"declare void @{function}({vector}, ptr, i32, {mask[0]})"] = None
        stored = self.operand(kind, value)
        masked: Line = "", Call("void", function, ((vector, stored), ("ptr", at), ("i32", str(size)), mask))
        plain: Line = "", Store(vector, stored, at, size)
        self.body.append(Rewritten(self._unless_full(masked, plain, at), plain))

    def _unless_full(self, masked: Line, plain: Line, at: str) -> Line | str:
        """A store with a mask, where that is slow only in the turn that needs it."""
        if not self._is_slow or self._has_rest:
            return masked
        label = f"{at[1:]}.store"
        return "\n".join((
            f"  br i1 {self._index}.full, label %{label}.full, label %{label}.part", f"{label}.full:", printed(plain),
            f"  br label %{label}.done", f"{label}.part:", printed(masked), f"  br label %{label}.done",
            f"{label}.done:",
        ))  # fmt: skip

    def _memory_function(self, word: str, kind: str) -> str:
        if kind not in _NUMBERS:
            raise NotVector(kind)
        return f"llvm.masked.{word}.v{self.width}{_suffix(kind)}.p0"

    # Variables.

    def _variable(self, name: str, kind: str, slot: str) -> None:
        """A variable is read: what this turn set it to, or what it has of the turns before."""
        if slot in self._set and slot not in self._folds:
            self._aliases[name] = self._set[slot]
            return
        if slot not in self._stored:
            self.used.add(slot)
            self.keep(name, Load(kind, slot))
            return
        if slot in self._folds:
            raise NotVector(f"{slot} is read twice")
        self._folds[slot] = name
        self.classes[name] = VECTOR

    def _set_variable(self, slot: str, kind: str, value: str) -> None:
        if slot not in self._folds:
            if slot in self._read_later:
                raise NotVector(f"{slot} is read after the loop")
            self._set[slot] = value
            return
        if slot in self._set:
            raise NotVector(f"{slot} is set twice")
        self._set[slot] = value
        self._fold(slot, kind, value)

    def _fold(self, slot: str, kind: str, value: str) -> None:
        """Fold with vectors, and behind the loop fold what they hold."""
        vector, old, base = self.vector(kind), self._folds[slot], f"{slot[1:]}.{self._suffix}"
        word, flags = self._fold_word(old, value)
        start = _STARTS.get(word)
        self.used.add(slot)
        if start is None:
            self.keep(f"%{base}.first", Load(kind, slot))
        first = self.operand(kind, f"%{base}.first" if start is None else _constant(start, kind))
        kept = f"%{base}.kept"
        chosen = Select(f"{self._index}.mask", vector, value, old, truth=self.vector("i1"))
        self.body.append(Rewritten((kept, chosen), None))
        self._carried.append(_Carried(vector, old, first, value, kept))
        function = f"llvm.vector.reduce.{word}.v{self.width}{_suffix(kind)}"
        leading = f"{kind} {_constant(start, kind)}, " if word in ("fadd", "fmul") and start is not None else ""
        self.declared[f"declare {kind} @{function}({f'{kind}, ' if leading else ''}{vector})"] = None
        self._after += [
            f"  %{base}.one = call {flags}{kind} @{function}({leading}{vector} {old}.all)",
            f"  %{base}.old = load {kind}, ptr {slot}",
            *_together(word, flags, kind, base),
            f"  store {kind} %{base}.new, ptr {slot}",
        ]

    def _fold_word(self, old: str, value: str) -> tuple[str, str]:
        """How a variable is folded: LLVM's word, and the flags. Raises: NotVector if it is something else."""
        made = self._made.get(value) if self._uses.get(value) == 1 else None
        if isinstance(made, Binary):
            word, _, flags = made.word.partition(" ")
            is_fold = word in _FOLDS and made.left == old != made.right and self._uses.get(old) == 1
            if is_fold and (word not in ("fadd", "fmul") or "reassoc" in flags):
                return word, "reassoc " if word in ("fadd", "fmul") else ""
        compared = self._made.get(made.condition) if isinstance(made, Select) else None
        if isinstance(made, Select) and isinstance(compared, Binary) and self._uses.get(old) == 2:
            relation = compared.word.rpartition(" ")[2]
            is_extreme = compared.left == made.yes == old and compared.right == made.no
            is_free = bool(made.flags) or made.kind not in ("float", "double")
            if is_extreme and is_free and relation in _EXTREMES:
                return _EXTREMES[relation], "nnan nsz " if made.flags else ""
        raise NotVector(f"{old} is no fold")


def _together(word: str, flags: str, kind: str, base: str) -> list[str]:
    """The lines that fold the vectors' fold with what the variable held."""
    pair = f"{kind} %{base}.old, %{base}.one"
    if word not in _EXTREMES.values():
        return [f"  %{base}.new = {word} {flags}{pair}"]
    relation = next(key for key, value in _EXTREMES.items() if value == word)
    instruction = "fcmp" if word in ("fmax", "fmin") else "icmp"
    return [
        f"  %{base}.more = {instruction} {flags}{relation} {pair}",
        f"  %{base}.new = select {flags}i1 %{base}.more, {kind} %{base}.old, {kind} %{base}.one",
    ]


def _constant(text: str, kind: str) -> str:
    """A number that is exact in all types, as a constant."""
    return text if kind in ("float", "double") else str(int(float(text)))


_FORMS: Final[dict[type, Callable[[Any, str, Any], None]]] = {
    **FORMS,
    Address: VectorLoop._address,
    Load: VectorLoop._load,
    Store: VectorLoop._store,
}


def _suffix(kind: str) -> str:
    return {"float": "f32", "double": "f64"}.get(kind, kind)


def _size(kind: str) -> int:
    return {"float": 4, "double": 8}.get(kind, 0) or int(kind[1:]) // 8
