"""Scalar LLVM instructions, line by line, rewritten for vectors: what loops and functions in vector form share.

What differs from element to element becomes a vector; what does not stays as it is and moves in front. For eight
elements, with %x one for each and %k the same for all:

    %t = fmul float %x, %k                       %t = fmul <8 x float> %x, %k.all
    %c = fcmp olt float %t, 0.0                  %c = fcmp olt <8 x float> %t, splat (float 0.0)
    %r = select i1 %c, float 0.0, float %t       %r = select <8 x i1> %c, <8 x float> splat (float 0.0), <8 x float> %t

with an `insertelement` and a `shufflevector` that make %k.all in front of the loop.
"""

from __future__ import annotations

import re
from typing import Any

_NAMED = re.compile(r"  (%[\w.]+) = (.*)")
_BINARY = re.compile(
    r"((?:fadd|fsub|fmul|fdiv|add|sub|mul|and|or|xor|shl|ashr|lshr|[fi]cmp)[a-z ]*) "
    r"(float|double|i1|i8|i16|i32|i64) ([%\w.-]+), ([%\w.-]+)"
)
_NEGATION = re.compile(r"fneg (float|double) ([%\w.-]+)")
_SELECT = re.compile(r"(select[a-z ]*) i1 ([%\w.]+), (\w+) ([%\w.-]+), (\w+) ([%\w.-]+)")
_CAST = re.compile(r"((?:sito|uito)fp|fpto[su]i|fpext|fptrunc|trunc|[sz]ext|bitcast) (\w+) ([%\w.-]+) to (\w+)")
_INTRINSIC = re.compile(
    r"call (\w+) @llvm\.(sqrt|floor|ceil|trunc|rint|fabs|copysign|fma|fmuladd|lrint|ldexp)((?:\.[fi]\d+)+)\((.*)\)"
)
_ROUTINE = re.compile(r"call (?:\w+ )?(float|double) @(sessile_\w+)\((.*)\)")
_TYPE = re.compile(r"\.([fi]\d+)")
UNIFORM, INDEX, VECTOR = range(3)  # the same for all elements; counts with them; one number for each


class NotVector(Exception):  # noqa: N818 - no error: LLVM takes the loop as it is
    """There is something that is not rewritten."""


class Widening:
    """Rewrites lines.

    Args:
      width: the elements of a vector.
      suffix: makes the names of what moves in front unlike those of others.
    Attributes:
      before: what moves in front. outside: the names of its results.
      body: the other lines, each with the mask and without.
      declared: the functions of LLVM they call; called: those of `mathlib`, see `vector_functions.py`.
    """

    def __init__(self, width: int, suffix: str) -> None:
        self.width = width
        self.before: list[str] = []
        self.outside: set[str] = set()
        self.body: list[tuple[str, str]] = []
        self.declared: dict[str, None] = {}
        self.called: dict[str, None] = {}
        self.classes: dict[str, int] = {}
        self._suffix = suffix
        self._splats: dict[tuple[str, str], str] = {}

    def line(self, line: str) -> None:
        """Rewrite one line. Raises: NotVector."""
        named = _NAMED.fullmatch(line)
        if named is None:
            self.unnamed(line)
            return
        name, text = named.groups()
        for pattern, rewrite in (*self.forms(), *_FORMS):
            found = pattern.fullmatch(text)
            if found is not None:
                rewrite(self, name, text, found)
                return
        raise NotVector(line)

    def unnamed(self, line: str) -> None:
        """Rewrite a line without a result."""
        raise NotVector(line)

    def forms(self) -> tuple[tuple[re.Pattern[str], Any], ...]:
        """Patterns of lines that only this rewrites, with what does it."""
        return ()

    def kind_of(self, operand: str) -> int:
        """Whether an operand is the same for all elements, an index, or a vector."""
        return self.classes.get(operand, UNIFORM)

    def keep(self, name: str, text: str) -> None:
        """A line whose result is the same for all elements."""
        self.classes[name] = UNIFORM
        self.outside.add(name)
        self.before.append(f"  {name} = {text}")

    def put(self, name: str, text: str, plain: str = "", kind: int = VECTOR) -> None:
        """A line for each vector; `plain` is it where there is no mask."""
        self.classes[name] = kind
        self.body.append((f"  {name} = {text}", f"  {name} = {plain or text}"))

    def vector(self, kind: str) -> str:
        """The type of a vector of these."""
        return f"<{self.width} x {kind}>"

    def operand(self, kind: str, operand: str) -> str:
        """An operand as a vector."""
        found = self.kind_of(operand)
        if found == INDEX:
            raise NotVector(operand)
        if found == VECTOR:
            return operand
        if operand[0] != "%":
            return f"splat ({kind} {operand})"
        if (kind, operand) not in self._splats:
            vector, name = self.vector(kind), f"{operand}.{self._suffix}"
            self.before.append(f"  {name}.one = insertelement {vector} poison, {kind} {operand}, i64 0")
            self.before.append(
                f"  {name}.all = shufflevector {vector} {name}.one, {vector} poison, "
                f"<{self.width} x i32> zeroinitializer"
            )
            self._splats[kind, operand] = f"{name}.all"
        return self._splats[kind, operand]

    def is_uniform(self, *operands: str) -> bool:
        """Whether operands are the same for all elements."""
        return all(self.kind_of(operand) == UNIFORM for operand in operands)

    def _binary(self, name: str, text: str, found: re.Match[str]) -> None:
        word, kind, left, right = found.groups()
        if self.is_uniform(left, right):
            self.keep(name, text)
        elif word == "add" and kind == "i64" and {self.kind_of(left), self.kind_of(right)} == {UNIFORM, INDEX}:
            self.put(name, text, kind=INDEX)
        else:
            self.put(name, f"{word} {self.vector(kind)} {self.operand(kind, left)}, {self.operand(kind, right)}")

    def _negation(self, name: str, text: str, found: re.Match[str]) -> None:
        kind, operand = found.groups()
        if self.is_uniform(operand):
            self.keep(name, text)
        else:
            self.put(name, f"fneg {self.vector(kind)} {self.operand(kind, operand)}")

    def _select(self, name: str, text: str, found: re.Match[str]) -> None:
        word, condition, kind, yes, _, no = found.groups()
        if self.is_uniform(condition, yes, no):
            self.keep(name, text)
            return
        vector, chosen = self.vector(kind), self.operand("i1", condition)
        self.put(
            name,
            f"{word} <{self.width} x i1> {chosen}, {vector} {self.operand(kind, yes)}, "
            f"{vector} {self.operand(kind, no)}",
        )

    def _cast(self, name: str, text: str, found: re.Match[str]) -> None:
        word, old, operand, new = found.groups()
        if self.is_uniform(operand):
            self.keep(name, text)
        else:
            self.put(name, f"{word} {self.vector(old)} {self.operand(old, operand)} to {self.vector(new)}")

    def _intrinsic(self, name: str, text: str, found: re.Match[str]) -> None:
        kind, function, suffixes, passed = found.groups()
        operands = [argument.split() for argument in passed.split(", ")]
        if self.is_uniform(*(operand for _, operand in operands)):
            self.keep(name, text)
            self.declared[_declaration(kind, f"{function}{suffixes}", [each for each, _ in operands])] = None
            return
        vectors = [self.vector(each) for each, _ in operands]
        symbol = f"{function}{_TYPE.sub(lambda one: f'.v{self.width}{one[1]}', suffixes)}"
        self.declared[_declaration(self.vector(kind), symbol, vectors)] = None
        arguments = ", ".join(f"{self.vector(each)} {self.operand(each, operand)}" for each, operand in operands)
        self.put(name, f"call {self.vector(kind)} @llvm.{symbol}({arguments})")

    def _routine(self, name: str, text: str, found: re.Match[str]) -> None:
        """A function of `mathlib`: its vector form; of what is the same for all elements, one element of that."""
        from ..mathlib.huge import CONVENTION  # not before it is needed

        kind, symbol, passed = found.groups()
        if symbol.startswith("sessile_user_"):
            raise NotVector(symbol)
        operands = [argument.split()[1] for argument in passed.split(", ")]
        self.called[symbol] = None
        arguments = ", ".join(f"{self.vector(kind)} {self.operand(kind, operand)}" for operand in operands)
        call = f"call {CONVENTION} {self.vector(kind)} @{symbol}_v{self.width}({arguments})"
        if self.is_uniform(*operands):
            self.keep(f"{name}.all", call)
            self.keep(name, f"extractelement {self.vector(kind)} {name}.all, i64 0")
        else:
            self.put(name, call)


def _declaration(result: str, symbol: str, arguments: list[str]) -> str:
    return f"declare {result} @llvm.{symbol}({', '.join(arguments)})"


_FORMS = (
    (_BINARY, Widening._binary),
    (_SELECT, Widening._select),
    (_CAST, Widening._cast),
    (_INTRINSIC, Widening._intrinsic),
    (_NEGATION, Widening._negation),
    (_ROUTINE, Widening._routine),
)
