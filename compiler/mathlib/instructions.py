"""Instructions of LLVM as data: what functions and kernels are traced to, printed as text at the very end.

Rewriting a loop for vectors looks at their fields; see `../jit/widening.py`. For `%t3 = fadd float %t1, %t2`:

    >>> print(Binary("fadd", "float", "%t1", "%t2"))
    fadd float %t1, %t2

Source: the LLVM language reference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

Rename = Callable[[str], str]


class Binary(NamedTuple):
    """Arithmetic, bits, or a comparison: `word` has the flags and the relation too, as "fcmp nnan olt"."""

    word: str
    kind: str
    left: str
    right: str

    def __str__(self) -> str:
        return f"{self.word} {self.kind} {self.left}, {self.right}"

    def renamed(self, rename: Rename) -> Binary:
        """The same of other operands."""
        return Binary(self.word, self.kind, rename(self.left), rename(self.right))


class Negation(NamedTuple):
    """A float with another sign."""

    kind: str
    value: str

    def __str__(self) -> str:
        return f"fneg {self.kind} {self.value}"

    def renamed(self, rename: Rename) -> Negation:
        """The same of another operand."""
        return Negation(self.kind, rename(self.value))


class Select(NamedTuple):
    """One of two values. `flags` end in a blank; `truth` is the type of the condition."""

    condition: str
    kind: str
    yes: str
    no: str
    flags: str = ""
    truth: str = "i1"

    def __str__(self) -> str:
        return f"select {self.flags}{self.truth} {self.condition}, {self.kind} {self.yes}, {self.kind} {self.no}"

    def renamed(self, rename: Rename) -> Select:
        """The same of other operands."""
        return Select(
            rename(self.condition), self.kind, rename(self.yes), rename(self.no), self.flags, self.truth
        )  # fmt: skip


class Cast(NamedTuple):
    """A value as one of another type."""

    word: str
    old: str
    value: str
    new: str

    def __str__(self) -> str:
        return f"{self.word} {self.old} {self.value} to {self.new}"

    def renamed(self, rename: Rename) -> Cast:
        """The same of another operand."""
        return Cast(self.word, self.old, rename(self.value), self.new)


class Intrinsic(NamedTuple):
    """A call of one of LLVM's own functions: `kinds` are the types in its name, such as ("f32",)."""

    result: str
    function: str
    kinds: tuple[str, ...]
    arguments: tuple[tuple[str, str], ...]

    @property
    def symbol(self) -> str:
        """The function's whole name."""
        return f"llvm.{self.function}.{'.'.join(self.kinds)}"

    @property
    def declaration(self) -> str:
        """The line that declares it."""
        return f"declare {self.result} @{self.symbol}({', '.join(kind for kind, _ in self.arguments)})"

    def __str__(self) -> str:
        return f"call {self.result} @{self.symbol}({_passed(self.arguments)})"

    def renamed(self, rename: Rename) -> Intrinsic:
        """The same of other arguments."""
        return Intrinsic(self.result, self.function, self.kinds, _renamed(self.arguments, rename))


class Call(NamedTuple):
    """A call of a function of the module; `convention` ends in a blank."""

    result: str
    symbol: str
    arguments: tuple[tuple[str, str], ...]
    convention: str = ""

    def __str__(self) -> str:
        return f"call {self.convention}{self.result} @{self.symbol}({_passed(self.arguments)})"

    def renamed(self, rename: Rename) -> Call:
        """The same of other arguments."""
        return Call(self.result, self.symbol, _renamed(self.arguments, rename), self.convention)


class Address(NamedTuple):
    """Where an element of an array lies."""

    kind: str
    array: str
    place: str

    def __str__(self) -> str:
        return f"getelementptr inbounds {self.kind}, ptr {self.array}, i64 {self.place}"

    def renamed(self, rename: Rename) -> Address:
        """The same of another array and place."""
        return Address(self.kind, rename(self.array), rename(self.place))


class Load(NamedTuple):
    """What lies in memory; `align` is in bytes, 0 for what the type has."""

    kind: str
    at: str
    align: int = 0

    def __str__(self) -> str:
        return f"load {self.kind}, ptr {self.at}{f', align {self.align}' if self.align else ''}"

    def renamed(self, rename: Rename) -> Load:
        """The same of another place."""
        return Load(self.kind, rename(self.at), self.align)


class Store(NamedTuple):
    """A value is put into memory."""

    kind: str
    value: str
    at: str
    align: int = 0

    def __str__(self) -> str:
        return f"store {self.kind} {self.value}, ptr {self.at}{f', align {self.align}' if self.align else ''}"

    def renamed(self, rename: Rename) -> Store:
        """The same of another value and place."""
        return Store(self.kind, rename(self.value), rename(self.at), self.align)


Instruction: TypeAlias = Binary | Negation | Select | Cast | Intrinsic | Call | Address | Load | Store
Line = tuple[str, Instruction]  # an instruction with the name of its result; "" for what has none


def printed(line: Line) -> str:
    """A line of a function."""
    name, instruction = line
    return f"  {name} = {instruction}" if name else f"  {instruction}"


def _passed(arguments: tuple[tuple[str, str], ...]) -> str:
    return ", ".join([f"{kind} {value}" for kind, value in arguments])


def _renamed(arguments: tuple[tuple[str, str], ...], rename: Rename) -> tuple[tuple[str, str], ...]:
    return tuple([(kind, rename(value)) for kind, value in arguments])
