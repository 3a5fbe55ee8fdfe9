"""Scalar instructions rewritten for vectors, one by one: what loops and functions in vector form share.

What differs from element to element becomes a vector; what does not stays as it is and moves in front. For eight
elements, with %x one for each and %k the same for all:

    %t = fmul float %x, %k                       %t = fmul <8 x float> %x, %k.all
    %c = fcmp olt float %t, 0.0                  %c = fcmp olt <8 x float> %t, splat (float 0.0)
    %r = select i1 %c, float 0.0, float %t       %r = select <8 x i1> %c, <8 x float> splat (float 0.0), <8 x float> %t

with an `insertelement` and a `shufflevector` that make %k.all in front of the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from ..mathlib.instructions import Binary, Call, Cast, Instruction, Intrinsic, Line, Negation, Select

UNIFORM, INDEX, VECTOR = range(3)  # the same for all elements; counts with them; one number for each
_KINDS: Final = frozenset({"float", "double", "i1", "i8", "i16", "i32", "i64"})
_UNSUPPORTED: Final = ("frem", "sdiv", "udiv", "srem", "urem")  # of integers or with a remainder: no vectors of them
_INTRINSICS: Final = frozenset(
    {"sqrt", "floor", "ceil", "trunc", "rint", "fabs", "copysign", "fma", "fmuladd", "lrint", "ldexp"}
)


class NotVector(Exception):  # noqa: N818 - no error: LLVM takes the loop as it is
    """There is something that is not rewritten."""


class Rewritten(NamedTuple):
    """An instruction for vectors, with the mask and without; None or text where there is no other form."""

    masked: Line | str
    plain: Line | None


class Widening:
    """Rewrites instructions.

    Args:
      width: the elements of a vector.
      suffix: makes the names of what moves in front unlike those of others.
    Attributes:
      before: what moves in front, as text. outside: the names of its results.
      body: the others.
      declared: the functions of LLVM they call; called: those of `mathlib`, see `vector_functions.py`.
    """

    def __init__(self, width: int, suffix: str) -> None:
        self.width = width
        self.before: list[str] = []
        self.outside: set[str] = set()
        self.body: list[Rewritten] = []
        self.declared: dict[str, None] = {}
        self.called: dict[str, None] = {}
        self.classes: dict[str, int] = {}
        self._suffix = suffix
        self._splats: dict[tuple[str, str], str] = {}

    def line(self, line: Line | str) -> None:
        """Rewrite one line. Raises: NotVector."""
        if isinstance(line, str):  # leads to another block
            raise NotVector(line)
        name, instruction = line
        rewrite = self.forms().get(type(instruction))
        if rewrite is None:
            raise NotVector(str(instruction))
        rewrite(self, name, instruction)

    def forms(self) -> dict[type, Callable[[Any, str, Any], None]]:
        """What rewrites each kind of instruction."""
        return FORMS

    def kind_of(self, operand: str) -> int:
        """Whether an operand is the same for all elements, an index, or a vector."""
        return self.classes.get(operand, UNIFORM)

    def keep(self, name: str, instruction: Instruction | str) -> None:
        """An instruction whose result is the same for all elements."""
        self.classes[name] = UNIFORM
        self.outside.add(name)
        self.before.append(f"  {name} = {instruction}")

    def put(self, name: str, masked: Instruction, plain: Instruction | None = None, kind: int = VECTOR) -> None:
        """An instruction for each vector; `plain` is it where there is no mask."""
        self.classes[name] = kind
        self.body.append(Rewritten((name, masked), (name, masked if plain is None else plain)))

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

    def _binary(self, name: str, found: Binary) -> None:
        word, kind, left, right = found
        if kind not in _KINDS or word in _UNSUPPORTED:
            raise NotVector(str(found))
        if self.is_uniform(left, right):
            self.keep(name, found)
        elif word == "add" and kind == "i64" and {self.kind_of(left), self.kind_of(right)} == {UNIFORM, INDEX}:
            self.put(name, found, kind=INDEX)
        else:
            self.put(name, Binary(word, self.vector(kind), self.operand(kind, left), self.operand(kind, right)))

    def _negation(self, name: str, found: Negation) -> None:
        if self.is_uniform(found.value):
            self.keep(name, found)
        else:
            self.put(name, Negation(self.vector(found.kind), self.operand(found.kind, found.value)))

    def _select(self, name: str, found: Select) -> None:
        condition, kind, yes, no, flags, _ = found
        if self.is_uniform(condition, yes, no):
            self.keep(name, found)
            return
        vector, chosen = self.vector(kind), self.operand("i1", condition)
        self.put(
            name, Select(chosen, vector, self.operand(kind, yes), self.operand(kind, no), flags, self.vector("i1"))
        )

    def _cast(self, name: str, found: Cast) -> None:
        word, old, value, new = found
        if new == "ptr":
            raise NotVector(str(found))
        if self.is_uniform(value):
            self.keep(name, found)
        else:
            self.put(name, Cast(word, self.vector(old), self.operand(old, value), self.vector(new)))

    def _intrinsic(self, name: str, found: Intrinsic) -> None:
        if found.function not in _INTRINSICS:
            raise NotVector(str(found))
        if self.is_uniform(*(operand for _, operand in found.arguments)):
            self.keep(name, found)
            self.declared[found.declaration] = None
            return
        kinds = tuple(f"v{self.width}{kind}" for kind in found.kinds)
        arguments = tuple((self.vector(kind), self.operand(kind, operand)) for kind, operand in found.arguments)
        made = Intrinsic(self.vector(found.result), found.function, kinds, arguments)
        self.declared[made.declaration] = None
        self.put(name, made)

    def _routine(self, name: str, found: Call) -> None:
        """A function of `mathlib`: its vector form; of what is the same for all elements, one element of that."""
        from ..mathlib.huge import CONVENTION  # not before it is needed

        if found.symbol.startswith("sessile_user_"):
            raise NotVector(found.symbol)
        kind, operands = found.result, [operand for _, operand in found.arguments]
        self.called[found.symbol] = None
        arguments = tuple((self.vector(kind), self.operand(kind, operand)) for operand in operands)
        call = Call(self.vector(kind), f"{found.symbol}_v{self.width}", arguments, f"{CONVENTION} ")
        if self.is_uniform(*operands):
            self.keep(f"{name}.all", call)
            self.keep(name, f"extractelement {self.vector(kind)} {name}.all, i64 0")
        else:
            self.put(name, call)


FORMS: Final[dict[type, Callable[[Any, str, Any], None]]] = {
    Binary: Widening._binary,
    Select: Widening._select,
    Cast: Widening._cast,
    Intrinsic: Widening._intrinsic,
    Negation: Widening._negation,
    Call: Widening._routine,
}
