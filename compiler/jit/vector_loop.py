"""Loops in vector form without LLVM's vectoriser, which takes most of the time that compiling a long loop does.

The body of an innermost loop without branches and calls is rewritten line by line: what is read at the loop's index
becomes a vector, and so does what is computed from it; what does not depend on the index moves in front of the loop.
Elements beyond the end are left out by a mask: in each turn of a long body, so that there is one loop and nothing
behind it, or in one turn behind a loop over whole vectors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBERS = frozenset({"float", "double", "i32", "i64"})
_NAMED = re.compile(r"  (%[\w.]+) = (.*)")
_ADDRESS = re.compile(r"getelementptr inbounds (\w+), ptr (%[\w.]+), i64 ([%\w.]+)")
_LOAD = re.compile(r"load (\w+), ptr (%[\w.]+)")
_STORE = re.compile(r"  store (\w+) ([%\w.-]+), ptr (%[\w.]+)")
_BINARY = re.compile(
    r"((?:fadd|fsub|fmul|fdiv|add|sub|mul|and|or|xor|shl|ashr|lshr|[fi]cmp)[a-z ]*) "
    r"(float|double|i1|i8|i16|i32|i64) ([%\w.-]+), ([%\w.-]+)"
)
_NEGATION = re.compile(r"fneg (float|double) ([%\w.-]+)")
_SELECT = re.compile(r"(select[a-z ]*) i1 ([%\w.]+), (\w+) ([%\w.-]+), (\w+) ([%\w.-]+)")
_CAST = re.compile(r"((?:sito|uito)fp|fpto[su]i|fpext|fptrunc|trunc|[sz]ext) (\w+) ([%\w.-]+) to (\w+)")
_INTRINSIC = re.compile(r"call (\w+) @llvm\.(sqrt|floor|ceil|trunc|rint|fabs|copysign)\.f(32|64)\((.*)\)")
_UNIFORM, _INDEX, _VECTOR = range(3)  # the same for all elements; counts with them; one number for each


class NotVector(Exception):  # noqa: N818 - no error: LLVM takes the loop as it is
    """The loop has something that is not rewritten."""


def width_for(types: Sequence[str]) -> int | None:
    """The elements of a vector for arguments of these LLVM types, 64 bytes; None if they are not of one size."""
    for width, kinds in ((16, {"float", "i32"}), (8, {"double", "i64"})):
        if types and kinds.issuperset(types):
            return width
    return None


class VectorLoop:
    """Rewrites one innermost loop.

    Args:
      lines: from the branch that enters the loop to the one that closes it, as `direct.Function` writes them.
      width: the elements of a vector.
      has_rest: whether the turn with a mask stands behind the loop.
    Attributes:
      lines: the new lines.
      declared: the functions they call.
    Raises: NotVector.
    """

    def __init__(self, lines: Sequence[str], width: int, has_rest: bool) -> None:
        self._width = width
        self._has_rest = has_rest
        self._classes: dict[str, int] = {}
        self._splats: dict[tuple[str, str], str] = {}
        self._places: dict[str, tuple[str, str]] = {}  # per address, the array and the index
        self._read: set[tuple[str, str]] = set()
        self._written: set[tuple[str, str]] = set()
        self._before: list[str] = []
        self._outside: set[str] = set()  # the results of these lines
        self._body: list[tuple[str, str]] = []  # each line with the mask and without
        self.declared: dict[str, None] = {}
        self.lines = self._loop(list(lines))

    def _loop(self, lines: list[str]) -> list[str]:
        entry, head, phi, enter, body, *rest = lines
        *inside, leave, latch, following, again, close = rest
        found = _PHI.fullmatch(phi)
        assert found is not None, phi
        self._index, self._start, entered = map(str, found.groups())
        index, label = self._index, head[:-1]
        if f"{index}.next = add nuw i64 {index}, 1" not in following:
            raise NotVector(following)
        self._classes[index] = _INDEX
        for line in inside:
            self._line(line)
        self._check_order()
        stop = again.rpartition(", ")[2]
        if self._has_rest:
            return self._two_loops(entry, label, stop)
        first = f"{label}.first"
        return [
            entry.replace(f"label %{label},", f"label %{first},"), f"{first}:", *self._before, f"  br label %{label}",
            head, phi.replace(f", %{entered} ]", f", %{first} ]"), enter, body,
            *self._mask(stop), *[masked for masked, _ in self._body],
            leave, latch, following.replace(f"{index}, 1", f"{index}, {self._width}"), again, close,
        ]  # fmt: skip

    def _two_loops(self, entry: str, label: str, stop: str) -> list[str]:
        """A loop over whole vectors, then, if there is a rest, one turn with a mask."""
        index, start, width = self._index, self._start, self._width
        after = entry.rpartition("%")[2]
        inside = {name: f"{name}.whole" for name in [*self._classes, index] if name not in self._outside}
        whole = [_NAME.sub(lambda found: inside.get(found[0], found[0]), line) for _, line in self._body]
        return [
            entry.replace(f"label %{label},", f"label %{label}.first,"), f"{label}.first:", *self._before,
            f"  {index}.all = sub i64 {stop}, {start}",
            f"  {index}.most = and i64 {index}.all, -{width}",
            f"  {index} = add i64 {start}, {index}.most",
            f"  {index}.some = icmp ne i64 {index}.most, 0",
            f"  br i1 {index}.some, label %{label}, label %{label}.last",
            f"{label}:",
            f"  {index}.whole = phi i64 [ {start}, %{label}.first ], [ {index}.next, %{label} ]",
            *whole,
            f"  {index}.next = add nuw i64 {index}.whole, {width}",
            f"  {index}.again = icmp ult i64 {index}.next, {index}",
            f"  br i1 {index}.again, label %{label}, label %{label}.last",
            f"{label}.last:",
            f"  {index}.left = icmp ult i64 {index}, {stop}",
            f"  br i1 {index}.left, label %{label}.rest, label %{after}",
            f"{label}.rest:", *self._mask(stop), *[masked for masked, _ in self._body],
            f"  br label %{after}",
        ]  # fmt: skip

    def _check_order(self) -> None:
        """All elements are read before any is written: so an array that is written is looked at in one place only."""
        for array, index in self._written:
            others = {place for place in self._read | self._written if place[0] == array and place[1] != index}
            if others:
                raise NotVector(array)

    def _mask(self, stop: str) -> list[str]:
        """Which elements there are: all but in the last turn."""
        index, width = self._index, self._width
        numbers = ", ".join(f"i32 {number}" for number in range(width))
        kind = f"<{width} x i32>"
        self.declared["declare i64 @llvm.umin.i64(i64, i64)"] = None
        return [
            f"  {index}.rest = sub i64 {stop}, {index}",
            f"  {index}.least = call i64 @llvm.umin.i64(i64 {index}.rest, i64 {width})",
            f"  {index}.count = trunc i64 {index}.least to i32",
            f"  {index}.one = insertelement {kind} poison, i32 {index}.count, i64 0",
            f"  {index}.counts = shufflevector {kind} {index}.one, {kind} poison, {kind} zeroinitializer",
            f"  {index}.mask = icmp ult {kind} <{numbers}>, {index}.counts",
        ]

    # One line.

    def _line(self, line: str) -> None:
        named = _NAMED.fullmatch(line)
        if named is None:
            self._store(line)
            return
        name, text = named.groups()
        for pattern, rewrite in _FORMS:
            found = pattern.fullmatch(text)
            if found is not None:
                rewrite(self, name, text, found)
                return
        raise NotVector(line)

    def _class(self, operand: str) -> int:
        return self._classes.get(operand, _UNIFORM)

    def _keep(self, name: str, text: str) -> None:
        """A line whose result is the same for all elements."""
        self._classes[name] = _UNIFORM
        self._outside.add(name)
        self._before.append(f"  {name} = {text}")

    def _put(self, name: str, text: str, plain: str = "", kind: int = _VECTOR) -> None:
        """A line of the loop; `plain` is it where there is no mask."""
        self._classes[name] = kind
        self._body.append((f"  {name} = {text}", f"  {name} = {plain or text}"))

    def _vector(self, kind: str) -> str:
        return f"<{self._width} x {kind}>"

    def _operand(self, kind: str, operand: str) -> str:
        """An operand as a vector."""
        found = self._class(operand)
        if found == _INDEX:
            raise NotVector(operand)
        if found == _VECTOR:
            return operand
        if operand[0] != "%":
            return f"splat ({kind} {operand})"
        if (kind, operand) not in self._splats:
            vector, name = self._vector(kind), f"{operand}.{self._index[1:]}"
            self._before.append(f"  {name}.one = insertelement {vector} poison, {kind} {operand}, i64 0")
            self._before.append(
                f"  {name}.all = shufflevector {vector} {name}.one, {vector} poison, "
                f"<{self._width} x i32> zeroinitializer"
            )
            self._splats[kind, operand] = f"{name}.all"
        return self._splats[kind, operand]

    def _is_uniform(self, *operands: str) -> bool:
        return all(self._class(operand) == _UNIFORM for operand in operands)

    def _address(self, name: str, text: str, found: re.Match[str]) -> None:
        self._places[name] = found[2], found[3]
        if self._is_uniform(found[3]):
            self._keep(name, text)
            return
        if self._class(found[3]) != _INDEX:
            raise NotVector(text)
        self._put(name, text, kind=_INDEX)

    def _load(self, name: str, text: str, found: re.Match[str]) -> None:
        kind, at = found.groups()
        self._read.add(self._places.get(at, (at, "")))
        if self._is_uniform(at):
            self._keep(name, text)
            return
        vector, function = self._vector(kind), self._memory_function("load", kind)
        mask = f"<{self._width} x i1> {self._index}.mask"
        self.declared[f"declare {vector} @{function}(ptr, i32, <{self._width} x i1>, {vector})"] = None
        self._put(
            name,
            f"call {vector} @{function}(ptr {at}, i32 {_size(kind)}, {mask}, {vector} zeroinitializer)",
            f"load {vector}, ptr {at}, align {_size(kind)}",
        )

    def _store(self, line: str) -> None:
        found = _STORE.fullmatch(line)
        if found is None or self._class(found[3]) != _INDEX:
            raise NotVector(line)
        kind, value, at = found.groups()
        self._written.add(self._places[at])
        vector, function = self._vector(kind), self._memory_function("store", kind)
        mask = f"<{self._width} x i1> {self._index}.mask"
        self.declared[f"declare void @{function}({vector}, ptr, i32, <{self._width} x i1>)"] = None
        stored, size = self._operand(kind, value), _size(kind)
        self._body.append(
            (
                f"  call void @{function}({vector} {stored}, ptr {at}, i32 {size}, {mask})",
                f"  store {vector} {stored}, ptr {at}, align {size}",
            )
        )

    def _memory_function(self, word: str, kind: str) -> str:
        if kind not in _NUMBERS:
            raise NotVector(kind)
        return f"llvm.masked.{word}.v{self._width}{_suffix(kind)}.p0"

    def _binary(self, name: str, text: str, found: re.Match[str]) -> None:
        word, kind, left, right = found.groups()
        if self._is_uniform(left, right):
            self._keep(name, text)
        elif word == "add" and kind == "i64" and {self._class(left), self._class(right)} == {_UNIFORM, _INDEX}:
            self._put(name, text, kind=_INDEX)
        else:
            self._put(
                name,
                f"{word} {self._vector(kind)} {self._operand(kind, left)}, {self._operand(kind, right)}",
            )

    def _negation(self, name: str, text: str, found: re.Match[str]) -> None:
        kind, operand = found.groups()
        if self._is_uniform(operand):
            self._keep(name, text)
        else:
            self._put(name, f"fneg {self._vector(kind)} {self._operand(kind, operand)}")

    def _select(self, name: str, text: str, found: re.Match[str]) -> None:
        word, condition, kind, yes, _, no = found.groups()
        if self._is_uniform(condition, yes, no):
            self._keep(name, text)
            return
        vector, chosen = self._vector(kind), self._operand("i1", condition)
        self._put(
            name,
            f"{word} <{self._width} x i1> {chosen}, {vector} {self._operand(kind, yes)}, "
            f"{vector} {self._operand(kind, no)}",
        )

    def _cast(self, name: str, text: str, found: re.Match[str]) -> None:
        word, old, operand, new = found.groups()
        if self._is_uniform(operand):
            self._keep(name, text)
        else:
            self._put(name, f"{word} {self._vector(old)} {self._operand(old, operand)} to {self._vector(new)}")

    def _intrinsic(self, name: str, text: str, found: re.Match[str]) -> None:
        kind, function, bits, arguments = found.groups()
        operands = [argument.split()[1] for argument in arguments.split(", ")]
        if self._is_uniform(*operands):
            self._keep(name, text)
            return
        vector, symbol = self._vector(kind), f"@llvm.{function}.v{self._width}f{bits}"
        self.declared[f"declare {vector} {symbol}({', '.join([vector] * len(operands))})"] = None
        passed = ", ".join(f"{vector} {self._operand(kind, operand)}" for operand in operands)
        self._put(name, f"call {vector} {symbol}({passed})")


_NAME = re.compile(r"%[\w.]+")
_PHI = re.compile(r"  (%[\w.]+) = phi i64 \[ ([%\w.]+), %([\w.]+) \], \[ .* \]")
_FORMS = (
    (_BINARY, VectorLoop._binary),
    (_SELECT, VectorLoop._select),
    (_ADDRESS, VectorLoop._address),
    (_LOAD, VectorLoop._load),
    (_CAST, VectorLoop._cast),
    (_INTRINSIC, VectorLoop._intrinsic),
    (_NEGATION, VectorLoop._negation),
)


def _suffix(kind: str) -> str:
    return {"float": "f32", "double": "f64"}.get(kind, kind)


def _size(kind: str) -> int:
    return {"float": 4, "double": 8}.get(kind, 0) or int(kind[1:]) // 8
