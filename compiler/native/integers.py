"""Extents in a native step: expressions over symbols as LLVM integers."""

from __future__ import annotations

from typing import Final

from ..machine.assembler import Assembler
from ..specialize.expressions import Expression, Quotient

DECLARED: Final = "".join(
    f"declare {{i64, i1}} @llvm.{word}.with.overflow.i64(i64, i64)\n" for word in ("sadd", "smul")
)


class IntegerEmitter:
    """The part of `NativeStep` that computes extents, each expression once."""

    asm: Assembler
    symbols: dict[str, str]
    integers: dict[Expression, str]

    def failure(self) -> str:
        """The label to leave for, for the slow path."""
        raise NotImplementedError

    def too_large(self) -> str:
        """The label to leave for where a number does not fit, with an OverflowError."""
        raise NotImplementedError

    def integer(self, extent: Expression) -> str:
        """Emit an expression over symbols; returns its name or number."""
        if extent not in self.integers:
            self.integers[extent] = self._sum(extent)
        return self.integers[extent]

    def _sum(self, extent: Expression) -> str:
        if extent.number is not None:
            return str(extent.number)
        total = ""
        for factor, atoms in extent.terms():
            product = "" if factor == 1 and atoms else str(factor)
            for atom in atoms:
                product = self._checked("smul", product, self._atom(atom)) if product else self._atom(atom)
            total = self._checked("sadd", total, product) if total else product
        return total

    def _atom(self, atom: str) -> str:
        if not isinstance(atom, Quotient):
            return self.symbols[atom]
        return self._floor_division(self._sum(atom.left), self._sum(atom.right))[atom.operator == "%"]

    def _checked(self, word: str, left: str, right: str) -> str:
        """A sum or product, which is left where it does not fit."""
        pair = self.asm.emit(f"call {{i64, i1}} @llvm.{word}.with.overflow.i64(i64 {left}, i64 {right})")
        fits = self.asm.emit(f"icmp eq i1 {self.asm.emit(f'extractvalue {{i64, i1}} {pair}, 1')}, 0")
        self.asm.require(fits, self.too_large())
        return self.asm.emit(f"extractvalue {{i64, i1}} {pair}, 0")

    def _floor_division(self, left: str, right: str) -> tuple[str, str]:
        """Python's `//` and `%`; by zero, the slow path."""
        asm = self.asm
        asm.require(asm.emit(f"icmp ne i64 {right}, 0"), self.failure())
        asm.require(asm.emit(f"icmp ne i64 {right}, -1"), self.failure())
        quotient = asm.emit(f"sdiv i64 {left}, {right}")
        rest = asm.emit(f"srem i64 {left}, {right}")
        differs = asm.emit(f"icmp slt i64 {asm.emit(f'xor i64 {rest}, {right}')}, 0")
        adjust = asm.emit(f"and i1 {differs}, {asm.emit(f'icmp ne i64 {rest}, 0')}")
        lower = asm.emit(f"sub i64 {quotient}, {asm.emit(f'zext i1 {adjust} to i64')}")
        return lower, asm.emit(f"add i64 {rest}, {asm.emit(f'select i1 {adjust}, i64 {right}, i64 0')}")
