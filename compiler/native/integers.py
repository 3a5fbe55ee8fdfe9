"""Extents in a native step: expressions over symbols as LLVM integers."""

from __future__ import annotations

import ast
from typing import Final

from ..machine.assembler import Assembler

_CHECKED: Final = {ast.Add: "sadd", ast.Sub: "ssub", ast.Mult: "smul"}
DECLARED: Final = "".join(
    f"declare {{i64, i1}} @llvm.{word}.with.overflow.i64(i64, i64)\n" for word in _CHECKED.values()
)


class IntegerEmitter:
    """The part of `NativeStep` that computes extents, each expression once."""

    asm: Assembler
    symbols: dict[str, str]
    integers: dict[str, str]

    def failure(self) -> str:
        """The label to leave for, for the slow path."""
        raise NotImplementedError

    def too_large(self) -> str:
        """The label to leave for where a number does not fit, with an OverflowError."""
        raise NotImplementedError

    def integer(self, text: str) -> str:
        """Emit an expression over symbols; returns its name or number."""
        if text not in self.integers:
            self.integers[text] = self._integer(ast.parse(text, mode="eval").body)
        return self.integers[text]

    def _integer(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.Name):
            return self.symbols[node.id]
        if isinstance(node, ast.UnaryOp):
            return self.asm.emit(f"sub i64 0, {self._integer(node.operand)}")
        assert isinstance(node, ast.BinOp), ast.dump(node)
        left, right = self._integer(node.left), self._integer(node.right)
        if isinstance(node.op, ast.FloorDiv):
            return self._floor_division(left, right)[0]
        if isinstance(node.op, ast.Mod):
            return self._floor_division(left, right)[1]
        word = _CHECKED[type(node.op)]
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
