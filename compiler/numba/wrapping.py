"""Sums, differences and products of integers that wrap.

numba marks those of signed integers `nsw`: LLVM may take an overflow as impossible, so `a + 1 > a` would be true and
`abs(a * a)` would be `a * a`. Everything else here wraps, NumPy included. So `a + b` of generated source is compiled
as `wrapping_add(a, b)`, which is the same instruction without the mark, and numba's own for all other types.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from numba.core import types
from numba.extending import intrinsic

_NAMES = {ast.Add: "wrapping_add", ast.Sub: "wrapping_sub", ast.Mult: "wrapping_mul"}


def _wrapping(function: Callable[..., Any], instruction: str) -> Any:
    @intrinsic
    def wrapping(typing_context: Any, x: Any, y: Any) -> Any:
        usual = typing_context.resolve_function_type(function, (x, y), {})
        if usual is None:
            return None

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            result = usual.return_type
            if not isinstance(result, types.Integer):
                return context.get_function(function, usual)(builder, arguments)
            left, right = (context.cast(builder, value, kind, result) for value, kind in zip(arguments, signature.args))
            return getattr(builder, instruction)(left, right)

        return usual.return_type(x, y), generate

    return wrapping


NAMESPACE = {
    "wrapping_add": _wrapping(operator.add, "add"),
    "wrapping_sub": _wrapping(operator.sub, "sub"),
    "wrapping_mul": _wrapping(operator.mul, "mul"),
}


class _Wrapped(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        name = _NAMES.get(type(node.op))
        if name is None:
            return node
        return ast.Call(ast.Name(name, ast.Load()), [node.left, node.right], [])


def wrapped(source: str) -> str:
    """The source with sums, differences and products as calls.

    >>> wrapped("c = a * a + 1")
    'c = wrapping_add(wrapping_mul(a, a), 1)'
    """
    return ast.unparse(ast.fix_missing_locations(_Wrapped().visit(ast.parse(source))))
