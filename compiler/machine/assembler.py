"""Writing LLVM functions line by line."""

from __future__ import annotations

from typing import Any

from . import abi as layout


def address(obj: Any) -> str:
    """The address of an object, or an address, as a constant of LLVM."""
    return f"inttoptr (i64 {obj if isinstance(obj, int) else id(obj)} to ptr)"


def function(name: str) -> str:
    """The address of a function of CPython's C API, as a constant of LLVM."""
    return address(layout.function_address(name))


class Assembler:
    """Writes the lines of one LLVM function.

    Attributes:
      held: names of objects that the caller owns: they are held where other Python threads may run, so that NumPy
        refuses to resize them there.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.held: list[str] = []
        self._count = 0

    def fresh(self, hint: str = "t") -> str:
        """A new name."""
        self._count += 1
        return f"%{hint}{self._count}"

    def emit(self, text: str, hint: str = "t") -> str:
        """Append `name = text`; returns the name."""
        name = self.fresh(hint)
        self.lines.append(f"  {name} = {text}")
        return name

    def do(self, text: str) -> None:
        """Append an instruction without a result."""
        self.lines.append(f"  {text}")

    def block(self, label: str) -> None:
        """Begin a block."""
        self.lines.append(f"{label}:")

    def label(self, hint: str) -> str:
        """A new label."""
        self._count += 1
        return f"{hint}{self._count}"

    def load(self, base: str, offset: int, kind: str = "ptr") -> str:
        """Load a field of a C struct."""
        at = self.emit(f"getelementptr i8, ptr {base}, i64 {offset}") if offset else base
        return self.emit(f"load {kind}, ptr {at}")

    def require(self, condition: str, otherwise: str) -> None:
        """Go on only if the condition holds."""
        following = self.label("go")
        self.do(f"br i1 {condition}, label %{following}, label %{otherwise}")
        self.block(following)
