"""A tree made anew from another one, with some of its expressions replaced.

`Rewriter` copies; a subclass says what becomes of casts, and may look at where it is. Formulas are written out: what
they say of their operands is then in the tree itself. Worked example: with a `cast` that returns Variable("c0"),

    Assign(v, Binary("*", e, Cast("f32", Number(0.5))))    becomes    Assign(v, Binary("*", e, Variable("c0")))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from . import nodes
from .nodes import Body, Expression, Statement


class Rewriter:
    """Copies a tree, from its first statement to the last, in each of them from left to right."""

    def __init__(self) -> None:
        self._operands: Any = None  # of the formula that is written out, and those of the one around it

    def body(self, body: Body) -> Body:
        """Statements."""
        found = [(_STATEMENTS.get(type(statement)), statement) for statement in body]
        return [statement if rewrite is None else rewrite(self, statement) for rewrite, statement in found]

    def expression(self, node: Expression) -> Expression:
        """An expression."""
        rewrite = _EXPRESSIONS.get(type(node))
        return node if rewrite is None else rewrite(self, node)

    def cast(self, node: nodes.Cast) -> Expression:
        """A conversion; that of a number says which type the number has."""
        return nodes.Cast(node.kind, self.expression(node.value))

    def assigned(self, node: Expression) -> Expression:
        """What a variable is assigned."""
        return self.expression(node)

    def divisor(self, node: Expression) -> Expression:
        """What is divided by."""
        return self.expression(node)

    def bound(self, relation: str, node: Expression) -> Expression:
        """The right side of a comparison."""
        return self.expression(node)

    def routine(self, node: nodes.Routine) -> Expression:
        """A mathematical function."""
        return nodes.Routine(node.function, node.kind, self._all(node.arguments))

    def _all(self, items: Sequence[Expression]) -> list[Expression]:
        return [self.expression(item) for item in items]

    def _binary(self, node: nodes.Binary) -> Expression:
        right = self.divisor if node.operator == "/" else self.expression
        return nodes.Binary(node.operator, self.expression(node.left), right(node.right))

    def _compare(self, node: nodes.Compare) -> Expression:
        first = self.expression(node.first)
        return nodes.Compare(first, [(relation, self.bound(relation, other)) for relation, other in node.rest])

    def _choice(self, node: nodes.Choice) -> Expression:
        yes, condition = self.expression(node.yes), self.expression(node.condition)
        return nodes.Choice(condition, yes, self.expression(node.no))

    def _operand(self, node: nodes.Operand) -> Expression:
        operands = self._operands
        self._operands = operands[1]
        found = self.expression(operands[0][node.name])
        self._operands = operands
        return found

    def _formula(self, node: nodes.Formula) -> Expression:
        outer = self._operands
        self._operands = dict(zip(node.pattern.names, node.operands)), outer
        found = self.expression(node.pattern.body)
        self._operands = outer
        return found

    def _for(self, node: nodes.For) -> Statement:
        return nodes.For(node.index, node.first, node.last, node.step, self.body(node.body))

    def _if(self, node: nodes.If) -> Statement:
        return nodes.If(self.expression(node.condition), self.body(node.yes), self.body(node.no))

    def _while(self, node: nodes.While) -> Statement:
        return nodes.While(self.expression(node.condition), self.body(node.body))


# What has no row stays as it is: names, numbers, loads (the places of elements are made of nothing that is rewritten).
_EXPRESSIONS: Final[dict[type[Expression], Callable[[Rewriter, Any], Expression]]] = {
    nodes.Cast: lambda rewriter, node: rewriter.cast(node),
    nodes.Call: lambda rewriter, node: nodes.Call(node.function, rewriter._all(node.arguments)),
    nodes.Routine: lambda rewriter, node: rewriter.routine(node),
    nodes.UserCall: lambda rewriter, node: nodes.UserCall(node.function, rewriter._all(node.arguments)),
    nodes.Unary: lambda rewriter, node: nodes.Unary(node.operator, rewriter.expression(node.value)),
    nodes.Binary: Rewriter._binary,
    nodes.Compare: Rewriter._compare,
    nodes.Logical: lambda rewriter, node: nodes.Logical(node.operator, rewriter._all(node.values)),
    nodes.Choice: Rewriter._choice,
    nodes.Operand: Rewriter._operand,
    nodes.Formula: Rewriter._formula,
}
_STATEMENTS: Final[dict[type[Statement], Callable[[Rewriter, Any], Statement]]] = {
    nodes.Assign: lambda rewriter, node: nodes.Assign(node.target, rewriter.assigned(node.value)),
    nodes.Store: lambda rewriter, node: nodes.Store(node.array, node.index, rewriter.expression(node.value)),
    nodes.For: Rewriter._for,
    nodes.If: Rewriter._if,
    nodes.While: Rewriter._while,
}
