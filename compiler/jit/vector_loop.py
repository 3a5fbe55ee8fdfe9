"""Loops in vector form without LLVM's vectoriser, which takes most of the time that compiling a long loop does.

The body of an innermost loop without branches is rewritten line by line (`widening.py`): what is read at the loop's
index becomes a vector, and so does what is computed from it; what does not depend on the index moves in front of the
loop. Functions become calls of their vector forms (`vector_functions.py`). Elements beyond the end are left out by a
mask: in each turn of a long body, so that there is one loop and nothing behind it, or in one turn behind a loop over
whole vectors.

A sum, product, extreme or logical fold becomes one of vectors; behind the loop its elements are folded by halves, and
then with what the variable held before.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from .widening import INDEX, VECTOR, NotVector, Widening

_NUMBERS = frozenset({"float", "double", "i32", "i64"})
_ADDRESS = re.compile(r"getelementptr inbounds (\w+), ptr (%[\w.]+), i64 ([%\w.]+)")
_LOAD = re.compile(r"load (\w+), ptr (%[\w.]+)")
_STORE = re.compile(r"  store (\w+) ([%\w.-]+), ptr (%[\w.]+)")
_NAME = re.compile(r"%[\w.]+")
_PHI = re.compile(r"  (%[\w.]+) = phi i64 \[ ([%\w.]+), %([\w.]+) \], \[ .* \]")
_FOLDED = re.compile(r"(fadd|fmul|add|mul|or|and)([a-z ]*) (\w+) (%[\w.]+), ([%\w.-]+)")
_CHOSEN = re.compile(r"select( nnan nsz|) i1 (%[\w.]+), (\w+) (%[\w.]+), \w+ ([%\w.-]+)")
_COMPARED = re.compile(r"[fi]cmp(?: nnan nsz)? ([a-z]+) (\w+) (%[\w.]+), ([%\w.-]+)")
_STARTS = {"fadd": "-0.0", "fmul": "1.0", "add": "0", "mul": "1"}  # what a fold of nothing gives; others may repeat
_EXTREMES = {"ogt": "fmax", "olt": "fmin", "sgt": "smax", "slt": "smin", "ugt": "umax", "ult": "umin"}


def width_for(types: Sequence[str], size: int) -> int | None:
    """The elements of a vector of so many bytes for arguments of these LLVM types; None if they are not of one size."""
    for width, kinds in ((size // 4, {"float", "i32"}), (size // 8, {"double", "i64"})):
        if types and kinds.issuperset(types):
            return width
    return None


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
      lines: from the branch that enters the loop to the one that closes it, as `direct.Function` writes them.
      width: the elements of a vector.
      has_rest: whether the turn with a mask stands behind the loop.
      slots: LLVM's types of variables that lie in memory.
      read_later: those of them that are read outside of innermost loops.
      is_slow: whether storing with a mask is slow.
    Attributes:
      lines: the new lines.
    Raises: NotVector.
    """

    def __init__(
        self,
        lines: Sequence[str],
        width: int,
        has_rest: bool,
        slots: Mapping[str, str] | None = None,
        read_later: Collection[str] = (),
        is_slow: bool = False,
    ) -> None:
        found = _PHI.fullmatch(lines[2])
        assert found is not None, lines[2]
        self._index, self._start, self._entered = map(str, found.groups())
        super().__init__(width, self._index[1:])
        self._has_rest = has_rest
        self._is_slow = is_slow
        self._slots = slots or {}
        self._read_later = read_later
        self._texts: dict[str, str] = {}  # the scalar lines by the names of their results
        self._uses: dict[str, int] = {}
        self._stored: set[str] = set()  # where the loop stores to
        self._aliases: dict[str, str] = {}  # what was read from a variable that this turn has set
        self._set: dict[str, str] = {}  # per such variable, what it was set to
        self._folds: dict[str, str] = {}  # per variable that is folded into, the name it was read as
        self._after: list[str] = []
        self._places: dict[str, tuple[str, str]] = {}  # per address, the array and the index
        self._read: set[tuple[str, str]] = set()
        self._written: set[tuple[str, str]] = set()
        self._carried: list[_Carried] = []
        self.lines = self._loop(list(lines))

    def _loop(self, lines: list[str]) -> list[str]:
        entry, head, phi, enter, body, *rest = lines
        *inside, leave, latch, following, again, close = rest
        index, label, after = self._index, head[:-1], entry.rpartition("%")[2]
        if f"{index}.next = add nuw i64 {index}, 1" not in following:
            raise NotVector(following)
        self.classes[index] = INDEX
        self._look(inside)
        for line in inside:
            self.line(_NAME.sub(lambda name: self._aliases.get(name[0], name[0]), line) if self._aliases else line)
        self._check_order()
        stop = again.rpartition(", ")[2]
        done = f"{label}.done" if self._after else after
        behind = [*self._after, f"  br label %{after}"] if self._after else []
        first = f"{label}.first"
        if self._has_rest:
            ends = [
                fold.phi(".all", (fold.old, f"{label}.last"), (fold.kept, f"{label}.rest")) for fold in self._carried
            ]
            return [*self._two_loops(entry, label, stop, done), *([f"{done}:", *ends] if behind else []), *behind]
        turns = [fold.phi("", (fold.start, first), (fold.kept, latch[:-1])) for fold in self._carried]
        ends = [fold.phi(".all", (fold.kept, latch[:-1])) for fold in self._carried]
        return [
            entry.replace(f"label %{label},", f"label %{first},"), f"{first}:", *self.before, f"  br label %{label}",
            head, phi.replace(f", %{self._entered} ]", f", %{first} ]"), *turns, enter, body,
            *self._mask(stop), *[masked for masked, _ in self.body],
            leave, latch, following.replace(f"{index}, 1", f"{index}, {self.width}"), again,
            close.replace(f"label %{after}", f"label %{done}"), *([f"{done}:", *ends] if behind else []), *behind,
        ]  # fmt: skip

    def _look(self, inside: list[str]) -> None:
        """Note each line by its result, and how often each name is used."""
        for line in inside:
            name, equals, text = line.strip().partition(" = ")
            self._texts[name] = text if equals else ""
            stored = None if equals else _STORE.fullmatch(line)
            if stored is not None:
                self._stored.add(stored[3])
            for used in _NAME.findall(text if equals else line):
                self._uses[used] = self._uses.get(used, 0) + 1

    def _written_out(self, name: str) -> str:
        """What a name stands for in this loop, so that equal places are known to be equal."""
        text = self._texts.get(name)
        return name if text is None else f"({_NAME.sub(lambda found: self._written_out(found[0]), text)})"

    def _two_loops(self, entry: str, label: str, stop: str, done: str) -> list[str]:
        """A loop over whole vectors, then, if there is a rest, one turn with a mask."""
        index, start, width = self._index, self._start, self.width
        inside = {name: f"{name}.whole" for name in [*self.classes, index] if name not in self.outside}
        whole = [_NAME.sub(lambda found: inside.get(found[0], found[0]), line) for _, line in self.body if line]
        pairs = [((fold.start, f"{label}.first"), (f"{fold.value}.whole", label)) for fold in self._carried]
        return [
            entry.replace(f"label %{label},", f"label %{label}.first,"), f"{label}.first:", *self.before,
            f"  {index}.all = sub i64 {stop}, {start}",
            f"  {index}.most = and i64 {index}.all, -{width}",
            f"  {index} = add i64 {start}, {index}.most",
            f"  {index}.some = icmp ne i64 {index}.most, 0",
            f"  br i1 {index}.some, label %{label}, label %{label}.last",
            f"{label}:",
            f"  {index}.whole = phi i64 [ {start}, %{label}.first ], [ {index}.next, %{label} ]",
            *[fold.phi(".whole", *pair) for fold, pair in zip(self._carried, pairs)],
            *whole,
            f"  {index}.next = add nuw i64 {index}.whole, {width}",
            f"  {index}.again = icmp ult i64 {index}.next, {index}",
            f"  br i1 {index}.again, label %{label}, label %{label}.last",
            f"{label}.last:",
            *[fold.phi("", *pair) for fold, pair in zip(self._carried, pairs)],
            f"  {index}.left = icmp ult i64 {index}, {stop}",
            f"  br i1 {index}.left, label %{label}.rest, label %{done}",
            f"{label}.rest:", *self._mask(stop), *[masked for masked, _ in self.body],
            f"  br label %{done}",
        ]  # fmt: skip

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

    # One line.

    def forms(self) -> tuple[tuple[re.Pattern[str], Any], ...]:
        """What loops have and functions have not."""
        return _FORMS

    def unnamed(self, line: str) -> None:
        """A store, to an array or to a variable."""
        found = _STORE.fullmatch(line)
        if found is None:
            raise NotVector(line)
        kind, value, at = found.groups()
        if at in self._slots:
            self._set_variable(at, kind, value)
        elif self.kind_of(at) == INDEX:
            self._store(kind, value, at)
        else:
            raise NotVector(line)

    def _address(self, name: str, text: str, found: re.Match[str]) -> None:
        self._places[name] = found[2], self._written_out(found[3])
        if self.is_uniform(found[3]):
            self.keep(name, text)
            return
        if self.kind_of(found[3]) != INDEX:
            raise NotVector(text)
        self.put(name, text, kind=INDEX)

    def _load(self, name: str, text: str, found: re.Match[str]) -> None:
        kind, at = found.groups()
        if at in self._slots:
            self._variable(name, kind, at)
            return
        self._read.add(self._places.get(at, (at, "")))
        if self.is_uniform(at):
            self.keep(name, text)
            return
        vector, function = self.vector(kind), self._memory_function("load", kind)
        mask = f"<{self.width} x i1> {self._index}.mask"
        self.declared[f"declare {vector} @{function}(ptr, i32, <{self.width} x i1>, {vector})"] = None
        self.put(
            name,
            f"call {vector} @{function}(ptr {at}, i32 {_size(kind)}, {mask}, {vector} zeroinitializer)",
            f"load {vector}, ptr {at}, align {_size(kind)}",
        )

    def _store(self, kind: str, value: str, at: str) -> None:
        self._written.add(self._places[at])
        vector, function = self.vector(kind), self._memory_function("store", kind)
        mask = f"<{self.width} x i1> {self._index}.mask"
        self.declared[f"declare void @{function}({vector}, ptr, i32, <{self.width} x i1>)"] = None
        stored, size = self.operand(kind, value), _size(kind)
        masked = f"  call void @{function}({vector} {stored}, ptr {at}, i32 {size}, {mask})"
        plain = f"  store {vector} {stored}, ptr {at}, align {size}"
        if self._is_slow and not self._has_rest:
            label = f"{at[1:]}.store"
            masked = "\n".join((
                f"  br i1 {self._index}.full, label %{label}.full, label %{label}.part", f"{label}.full:", plain,
                f"  br label %{label}.done", f"{label}.part:", masked, f"  br label %{label}.done", f"{label}.done:",
            ))  # fmt: skip
        self.body.append((masked, plain))

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
            self.keep(name, f"load {kind}, ptr {slot}")
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
        start, mask = _STARTS.get(word), f"<{self.width} x i1> {self._index}.mask"
        if start is None:
            self.keep(f"%{base}.first", f"load {kind}, ptr {slot}")
        first = self.operand(kind, f"%{base}.first" if start is None else _constant(start, kind))
        kept = f"%{base}.kept"
        self.body.append((f"  {kept} = select {mask}, {vector} {value}, {vector} {old}", ""))
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
        text = self._texts.get(value, "") if self._uses.get(value) == 1 else ""
        found = _FOLDED.fullmatch(text)
        if found is not None and found[4] == old and found[5] != old and self._uses.get(old) == 1:
            is_free = found[1] not in ("fadd", "fmul") or "reassoc" in found[2]
            if is_free:
                return found[1], "reassoc " if found[1] in ("fadd", "fmul") else ""
        chosen = _CHOSEN.fullmatch(text)
        compared = _COMPARED.fullmatch(self._texts.get(chosen[2], "")) if chosen is not None else None
        if chosen is not None and compared is not None and self._uses.get(old) == 2:
            is_extreme = compared[3] == chosen[4] == old and compared[4] == chosen[5]
            is_free = bool(chosen[1]) or chosen[3] not in ("float", "double")
            if is_extreme and is_free and compared[1] in _EXTREMES:
                return _EXTREMES[compared[1]], "nnan nsz " if chosen[1] else ""
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


_FORMS = ((_ADDRESS, VectorLoop._address), (_LOAD, VectorLoop._load))


def _suffix(kind: str) -> str:
    return {"float": "f32", "double": "f64"}.get(kind, kind)


def _size(kind: str) -> int:
    return {"float": 4, "double": 8}.get(kind, 0) or int(kind[1:]) // 8
