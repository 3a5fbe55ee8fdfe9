"""The source of a user's function as numba is to see it.

* `math.exp(x)`, `np.tanh(x)` and so on become functions of `mathlib`, with which loops vectorise; numba would call the
  C library, an element at a time.
* A number that is written beside a value of the arguments' type has that type: `x * 0.5` of float32 stays float32, as
  in NumPy. numba would compute in float64.
* What raises is refused: a loop over elements has nobody to raise to.

Where there is no source text (a function made by `exec`), numba gets the function as it is.
"""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import mathlib
from . import intrinsics
from .straight import Branching, has_branches, straightened

_OTHER_NAMES = {
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "arcsinh": "asinh", "arccosh": "acosh",
    "arctanh": "atanh", "power": "pow",
}  # fmt: skip
_FLOATS = {"f32": np.float32, "f64": np.float64}


def rewritten(function: Callable[..., Any], kind: str, is_straight: bool = False) -> Callable[..., Any]:
    """The function that numba compiles, for arguments of a type given by its short name.

    Args:
      is_straight: whether branches are to become choices; see `straight.py`.
    Raises: TypeError if it raises; Branching if `is_straight` is asked for, and there are no branches that can.
    """
    try:
        lines, first = inspect.getsourcelines(function)
    except (OSError, TypeError) as error:
        if is_straight:
            raise Branching("there is no source text") from error
        return function
    tree = ast.parse(textwrap.dedent("".join(lines)))
    definition = tree.body[0]
    if not isinstance(definition, ast.FunctionDef):
        if is_straight:
            raise Branching("a lambda")
        return function  # its text has other things around it
    ast.increment_lineno(tree, first - 1)
    closure = inspect.getclosurevars(function)
    namespace: dict[str, Any] = {**function.__globals__, **closure.nonlocals}
    _refuse(function, definition)
    if is_straight:
        if kind not in _FLOATS or not has_branches(definition):
            raise Branching("nothing to do")
        definition.body = straightened(definition)
        namespace.update(__pick=intrinsics.pick, __both=intrinsics.both, __either=intrinsics.either)
    definition.decorator_list = []
    definition.name = "function"
    definition.returns = None
    for argument in definition.args.args:
        argument.annotation = None
    _Rewriter(namespace, kind, [argument.arg for argument in definition.args.args]).visit(definition)
    code = compile(ast.fix_missing_locations(tree), function.__code__.co_filename, "exec")
    made: dict[str, Any] = {}
    exec(code, namespace, made)
    result: Callable[..., Any] = made["function"]
    result.__defaults__ = function.__defaults__
    return result


def _refuse(function: Callable[..., Any], definition: ast.FunctionDef) -> None:
    for node in ast.walk(definition):
        if isinstance(node, (ast.Raise, ast.Assert, ast.Try, ast.With)):
            word = type(node).__name__.lower()
            place = f"{function.__code__.co_filename}:{node.lineno}"
            raise TypeError(
                f"numba cannot compile {function.__name__!r}, {place} (py_func=True calls it back instead): "
                f"there is no {word!r} in a loop over elements."
            )


class _Rewriter(ast.NodeTransformer):
    """Rewrites functions and numbers."""

    def __init__(self, namespace: dict[str, Any], kind: str, parameters: list[str]) -> None:
        self._namespace = namespace
        self._number = _FLOATS.get(kind)
        self._format = "float32" if kind == "f32" else "float64"
        self._floating = set(parameters) if self._number is not None else set()
        self._count = 0

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "__pick":
            node.args[1:] = map(self._typed, node.args[1:])
        name = self._function(node.func)
        if name is not None and len(node.args) == mathlib.FUNCTIONS[name].arity and not node.keywords:
            self._namespace[f"__{name}"] = mathlib.lookup(name, self._format)
            node.func = ast.copy_location(ast.Name(f"__{name}", ast.Load()), node.func)
        return node

    def _function(self, node: ast.expr) -> str | None:
        """The function of `mathlib` that an expression names."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if self._namespace.get(node.value.id) not in (math, np):
                return None
            name = node.attr
        elif isinstance(node, ast.Name):
            value = self._namespace.get(node.id)
            name = getattr(value, "__name__", "")
            if value is None or value not in (getattr(math, name, None), getattr(np, name, None)):
                return None
        else:
            return None
        name = _OTHER_NAMES.get(name, name)
        return name if name in mathlib.FUNCTIONS else None

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        self.generic_visit(node)
        if self._is_floating(node.value):
            self._floating |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return self._typed(node) if isinstance(node.value, float) and self._number is not None else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        is_power = isinstance(node.op, ast.Pow)
        if self._is_floating(node.left) and not is_power:
            node.right = self._typed(node.right)
        if self._is_floating(node.right):
            node.left = self._typed(node.left)
        if is_power and self._is_floating(node) and not isinstance(node.right, ast.Constant):
            self._namespace["__pow"] = mathlib.lookup("pow", self._format)
            return ast.copy_location(ast.Call(ast.Name("__pow", ast.Load()), [node.left, node.right], []), node)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        if self._is_floating(node.body) or self._is_floating(node.orelse):
            node.body, node.orelse = self._typed(node.body), self._typed(node.orelse)
        return node

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        self.generic_visit(node)
        return node

    def _typed(self, node: ast.expr) -> ast.expr:
        """A number in the text as one of the arguments' type."""
        if (
            not isinstance(node, ast.Constant)
            or not isinstance(node.value, (int, float))
            or isinstance(node.value, bool)
            or self._number is None
        ):
            return node
        name = f"__number{self._count}"
        self._count += 1
        value: Any = node.value
        self._namespace[name] = self._number(value)
        self._floating.add(name)
        return ast.copy_location(ast.Name(name, ast.Load()), node)

    def _is_floating(self, node: ast.expr) -> bool:
        """Whether an expression surely has a floating-point value."""
        if isinstance(node, ast.Name):
            return node.id in self._floating
        if isinstance(node, ast.BinOp):
            return self._is_floating(node.left) or self._is_floating(node.right)
        if isinstance(node, ast.UnaryOp):
            return not isinstance(node.op, ast.Not) and self._is_floating(node.operand)
        if isinstance(node, ast.IfExp):
            return self._is_floating(node.body) or self._is_floating(node.orelse)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "__pick":
                return any(map(self._is_floating, node.args[1:]))
            return (
                node.func.id not in ("__both", "__either")
                and node.func.id.startswith("__")
                and self._number is not None
            )
        return False
