"""Sums, differences and products of integers that wrap.

numba marks those of signed integers `nsw`: LLVM may take an overflow as impossible, so `a + 1 > a` would be true and
`abs(a * a)` would be `a * a`. Everything else here wraps, NumPy included. So `a + b` of a kernel is printed for
numba as `wrapping_add(a, b)`, which is the same instruction without the mark, and numba's own for all other types.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from numba.core import types
from numba.extending import intrinsic


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
