"""A function with branches as one without: both sides are computed, and one is picked, so that loops vectorise.

Worked example:

    if x > 0:                c1 = x > 0
        return x             t2 = slope * x
    y = slope * x            return pick(c1, x, t2)
    return y

Only functions of floating-point arithmetic, where computing too much does no harm; others keep their branches.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)


class Branching(Exception):  # noqa: N818 - no error: the function stays as it is
    """The function has something else than arithmetic and branches."""


def straightened(definition: ast.FunctionDef) -> list[ast.stmt]:
    """The body of a function without branches; it uses `pick`, `both` and `either`. Raises: Branching."""
    writer = _Writer()
    names = {argument.arg: argument.arg for argument in definition.args.args}
    result = writer.block(definition.body, names)
    if result is None:
        raise Branching("no result")
    return [*writer.lines, ast.copy_location(ast.Return(result), definition.body[-1])]


def has_branches(definition: ast.FunctionDef) -> bool:
    """Whether there is anything to straighten."""
    return any(isinstance(node, (ast.If, ast.IfExp)) for node in ast.walk(definition))


class _Writer(ast.NodeTransformer):
    """Writes lines that each set a name once.

    Attributes:
      lines: what is written.
    """

    def __init__(self) -> None:
        self.lines: list[ast.stmt] = []
        self._names: dict[str, str] = {}
        self._count = 0

    def block(self, statements: Sequence[ast.stmt], names: dict[str, str]) -> ast.expr | None:
        """Write statements; returns what they return, None if they go on. `names`: what each variable is now."""
        for place, statement in enumerate(statements):
            if isinstance(statement, ast.Return) and statement.value is not None:
                return self._value(statement.value, names)
            if isinstance(statement, (ast.Assign, ast.AugAssign)):
                self._assign(statement, names)
            elif isinstance(statement, ast.If):
                return self._branch(statement, statements[place + 1 :], names)
            elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                raise Branching(ast.dump(statement))
        return None

    def _branch(self, node: ast.If, rest: Sequence[ast.stmt], names: dict[str, str]) -> ast.expr | None:
        condition = self._kept(self._value(node.test, names))
        sides = []
        for statements in (node.body, node.orelse):
            own = dict(names)
            sides.append((self.block(statements, own), own))
        (yes, after_yes), (no, after_no) = sides
        if yes is not None and no is not None:
            return _pick(condition, yes, no)
        if yes is not None or no is not None:
            going_on = after_no if yes is not None else after_yes
            result = self.block(rest, going_on)
            names.clear()
            names.update(going_on)
            if result is None:
                raise Branching("one side does not return")
            return _pick(condition, yes if yes is not None else result, no if no is not None else result)
        for name in sorted({*after_yes, *after_no}):
            if after_yes.get(name) == after_no.get(name):
                names[name] = after_yes[name]
            elif name in after_yes and name in after_no:
                pair = [ast.Name(after[name], ast.Load()) for after in (after_yes, after_no)]
                names[name] = self._kept(_pick(condition, *pair)).id
        return self.block(rest, names)

    def _assign(self, node: ast.Assign | ast.AugAssign, names: dict[str, str]) -> None:
        target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
        if not isinstance(target, ast.Name) or (isinstance(node, ast.Assign) and len(node.targets) != 1):
            raise Branching(ast.dump(node))
        value = node.value
        if isinstance(node, ast.AugAssign):
            value = ast.copy_location(ast.BinOp(ast.Name(target.id, ast.Load()), node.op, node.value), node)
        names[target.id] = self._kept(self._value(value, names)).id

    def _kept(self, value: ast.expr) -> ast.Name:
        """A name for a value."""
        self._count += 1
        name = f"__t{self._count}"
        self.lines.append(ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], value), value))
        return ast.copy_location(ast.Name(name, ast.Load()), value)

    # Expressions.

    def _value(self, node: ast.expr, names: dict[str, str]) -> ast.expr:
        before, self._names = self._names, names
        try:
            result: ast.expr = self.visit(node)
            return result
        finally:
            self._names = before

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.copy_location(ast.Name(self._names.get(node.id, node.id), ast.Load()), node)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        if not isinstance(node.op, _OPERATORS):
            raise Branching(ast.dump(node))
        return ast.copy_location(ast.BinOp(self.visit(node.left), node.op, self.visit(node.right)), node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return ast.copy_location(ast.UnaryOp(node.op, self.visit(node.operand)), node)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        items = [self.visit(item) for item in (node.left, *node.comparators)]
        parts: list[ast.expr] = [
            ast.copy_location(ast.Compare(left, [operator], [right]), node)
            for left, operator, right in zip(items, node.ops, items[1:])
        ]
        return _joined("both", parts)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        return _joined("both" if isinstance(node.op, ast.And) else "either", [self.visit(item) for item in node.values])

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        return _pick(self.visit(node.test), self.visit(node.body), self.visit(node.orelse))

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return node  # of a module: what is called

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if node.keywords or not isinstance(node.func, (ast.Name, ast.Attribute)):
            raise Branching(ast.dump(node))
        return ast.copy_location(ast.Call(node.func, [self.visit(item) for item in node.args], []), node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Everything else."""
        raise Branching(ast.dump(node))


def _joined(function: str, parts: list[ast.expr]) -> ast.expr:
    result = parts[0]
    for part in parts[1:]:
        result = ast.copy_location(ast.Call(ast.Name(f"__{function}", ast.Load()), [result, part], []), part)
    return result


def _pick(condition: ast.expr, yes: ast.expr, no: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Call(ast.Name("__pick", ast.Load()), [condition, yes, no], []), yes)
