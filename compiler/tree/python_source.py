"""A kernel as Python source: what `explain` shows, what is looked up in the cache, what numba and the plain run take.

Parentheses stand only where the tree asks for them. What is printed reads back to an equal tree (`reader.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from . import nodes
from .nodes import Body, Expression, KernelTree, Operand, Pattern

# How tightly operators bind, as in Python; what binds less than its place needs gets parentheses.
CHOICE, OR, AND, NOT, COMPARE = 1, 2, 3, 4, 5
BINARY: Final = {"|": 6, "^": 7, "&": 8, "<<": 9, ">>": 9, "+": 10, "-": 10, "*": 11, "/": 11, "//": 11, "%": 11}
UNARY, ATOM = 12, 13


def source(tree: KernelTree) -> str:
    """The source, its variables numbered as the values of the plan."""
    return Printer(False).kernel(tree)


def numbered_source(tree: KernelTree) -> str:
    """The source with values numbered as they appear: what a plan repeats, or another plan has, is one text."""
    if not tree.numbered:
        tree.numbered = Printer(True).kernel(tree)
    return tree.numbered


class Printer:
    """Prints expressions and statements.

    Args:
      is_numbered: whether values are numbered as they appear, rather than as in their plan.
    """

    def __init__(self, is_numbered: bool) -> None:
        self._numbers: dict[str, str] | None = {} if is_numbered else None
        self._operands: dict[str, Expression] = {}

    def kernel(self, tree: KernelTree) -> str:
        """The definition of a function `kernel`."""
        names = [array.name for array in tree.arrays] + [variable.name for variable in tree.integers]
        lines = [f"def kernel({', '.join(names)}):"]
        self._body(tree.body, "    ", lines)
        lines.append("")
        return "\n".join(lines)

    def text(self, node: Any) -> str:
        """An expression."""
        return _FORMS[type(node)](self, node)

    def within(self, node: Expression, level: int) -> str:
        """An expression in a place that binds so tightly."""
        kind = type(node)
        text = _FORMS[kind](self, node)
        return text if kind in _NAMES or binding(node) >= level else f"({text})"

    def name_of_value(self, node: nodes.ValueVariable) -> str:
        """A variable that stands for a value."""
        numbers = self._numbers
        if numbers is None:
            return f"{node.letter}{node.value}{node.suffix}"
        number = numbers.get(node.value)
        if number is None:
            number = numbers[node.value] = str(len(numbers))
        return f"{node.letter}{number}{node.suffix}"

    # Expressions.

    def _call(self, name: str, arguments: Sequence[Expression]) -> str:
        return f"{name}({', '.join(map(self.text, arguments))})"

    def _unary(self, node: nodes.Unary) -> str:
        is_word = node.operator == "not"
        return f"{'not ' if is_word else node.operator}{self.within(node.value, NOT if is_word else UNARY)}"

    def binary(self, node: nodes.Binary) -> str:
        """Arithmetic."""
        level = BINARY[node.operator]
        return f"{self.within(node.left, level)} {node.operator} {self.within(node.right, level + 1)}"

    def _compare(self, node: nodes.Compare) -> str:
        text = self.within(node.first, COMPARE + 1)
        for relation, other in node.rest:
            text = f"{text} {relation} {self.within(other, COMPARE + 1)}"
        return text

    def _logical(self, node: nodes.Logical) -> str:
        level = AND if node.operator == "and" else OR
        return f" {node.operator} ".join([self.within(value, level + 1) for value in node.values])

    def _choice(self, node: nodes.Choice) -> str:
        yes, condition = self.within(node.yes, CHOICE + 1), self.within(node.condition, CHOICE + 1)
        return f"{yes} if {condition} else {self.within(node.no, CHOICE)}"

    def formula(self, node: nodes.Formula) -> str:
        """A pattern with its operands."""
        return node.pattern.format.format(*[self.within(operand, ATOM) for operand in node.operands])

    def load_name(self, array: nodes.Array) -> str:
        """The function that reads an array: what the kernel writes does not stay what it was."""
        return "load_bool" if array.kind == "bool" else "load_result" if array.is_written else "load"

    def store_name(self, array: nodes.Array) -> str:
        """The function that writes an array."""
        return "store_bool" if array.kind == "bool" else "store"

    # Statements.

    def _body(self, body: Body, indent: str, lines: list[str]) -> None:
        for statement in body:
            _STATEMENTS[type(statement)](self, statement, indent, lines)

    def _assign(self, node: nodes.Assign, indent: str, lines: list[str]) -> None:
        lines.append(f"{indent}{self.text(node.target)} = {self.text(node.value)}")

    def _store(self, node: nodes.Store, indent: str, lines: list[str]) -> None:
        arguments = f"{node.array.name}, {self.text(node.index)}, {self.text(node.value)}"
        lines.append(f"{indent}{self.store_name(node.array)}({arguments})")

    def _for(self, node: nodes.For, indent: str, lines: list[str]) -> None:
        bounds = [item for item in (node.first, node.last, node.step) if item is not None]
        lines.append(f"{indent}for {node.index.name} in range({', '.join(map(self.text, bounds))}):")
        self._body(node.body, indent + "    ", lines)

    def _while(self, node: nodes.While, indent: str, lines: list[str]) -> None:
        lines.append(f"{indent}while {self.text(node.condition)}:")
        self._body(node.body, indent + "    ", lines)

    def _if(self, node: nodes.If, indent: str, lines: list[str]) -> None:
        word, deeper = "if", indent + "    "
        while True:
            lines.append(f"{indent}{word} {self.text(node.condition)}:")
            self._body(node.yes, deeper, lines)
            following = node.no[0] if len(node.no) == 1 else None
            if type(following) is not nodes.If:
                break
            node, word = following, "elif"
        if node.no:
            lines.append(f"{indent}else:")
            self._body(node.no, deeper, lines)


class NumbaPrinter(Printer):
    """Prints for numba: sums, differences and products are calls, which `numba/wrapping.py` has wrap; loads and stores
    of short floats convert (`jit/numba_floats.py`)."""

    _NAMES: Final = {"+": "wrapping_add", "-": "wrapping_sub", "*": "wrapping_mul"}
    _CONVERTED: Final = frozenset({"f16", "bf16"})

    def load_name(self, array: nodes.Array) -> str:
        """The function that reads an array."""
        return f"load_{array.kind}" if array.kind in self._CONVERTED else super().load_name(array)

    def store_name(self, array: nodes.Array) -> str:
        """The function that writes an array."""
        return f"store_{array.kind}" if array.kind in self._CONVERTED else super().store_name(array)

    def binary(self, node: nodes.Binary) -> str:
        """Arithmetic."""
        name = self._NAMES.get(node.operator)
        return super().binary(node) if name is None else self._call(name, (node.left, node.right))

    def formula(self, node: nodes.Formula) -> str:
        """A pattern with its operands."""
        outer = self._operands
        texts = {name: self.within(operand, ATOM) for name, operand in zip(node.pattern.names, node.operands)}
        self._operands = {name: Word(text) for name, text in texts.items()}
        text = f"({self.text(node.pattern.body)})"
        self._operands = outer
        return text


class Word(Expression):
    """Text that is printed already."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class _PatternPrinter(Printer):
    """Prints the body of a pattern, with a number in braces for each name."""

    def __init__(self) -> None:
        super().__init__(False)
        self.names: dict[str, int] = {}


def pattern_of(body: Expression) -> Pattern:
    """The pattern of an expression with operands."""
    printer = _PatternPrinter()
    text = printer.text(body)
    return Pattern(body, tuple(printer.names), text, binding(body) >= ATOM)


def binding(node: Expression) -> int:
    """How tightly an expression binds."""
    kind = type(node)
    if kind is nodes.Binary:
        return BINARY[node.operator]  # type: ignore[attr-defined]
    if kind is nodes.Number:
        return UNARY if str(node.value)[0] == "-" else ATOM  # type: ignore[attr-defined]
    if kind is nodes.Formula:
        return ATOM if node.pattern.is_atom else 0  # type: ignore[attr-defined]
    if kind is nodes.Logical:
        return AND if node.operator == "and" else OR  # type: ignore[attr-defined]
    if kind is nodes.Unary:
        return NOT if node.operator == "not" else UNARY  # type: ignore[attr-defined]
    return _BINDING.get(kind, ATOM)


_NAMES: Final = frozenset({nodes.Variable, nodes.ValueVariable, nodes.Cast, nodes.Load})
_BINDING: Final[dict[type, int]] = {nodes.Compare: COMPARE, nodes.Choice: CHOICE}


def _operand(printer: Printer, node: Operand) -> str:
    if isinstance(printer, _PatternPrinter):
        return f"{{{printer.names.setdefault(node.name, len(printer.names))}}}"
    return printer.text(printer._operands[node.name])


_FORMS: Final[dict[type, Callable[[Printer, Any], str]]] = {
    nodes.Variable: lambda printer, node: node.name,
    nodes.ValueVariable: Printer.name_of_value,
    nodes.Number: lambda printer, node: repr(node.value),
    nodes.Cast: lambda printer, node: f"{node.kind}({printer.text(node.value)})",
    nodes.Load: lambda printer, node: f"{printer.load_name(node.array)}({node.array.name}, {printer.text(node.index)})",
    nodes.Call: lambda printer, node: printer._call(node.function, node.arguments),
    nodes.Routine: lambda printer, node: printer._call(f"{node.function}_{node.kind}", node.arguments),
    nodes.UserCall: lambda printer, node: printer._call(node.function, node.arguments),
    nodes.Unary: Printer._unary,
    nodes.Binary: lambda printer, node: printer.binary(node),
    nodes.Compare: Printer._compare,
    nodes.Logical: Printer._logical,
    nodes.Choice: Printer._choice,
    nodes.Operand: _operand,
    nodes.Formula: lambda printer, node: printer.formula(node),
    Word: lambda printer, node: node.text,
}
_STATEMENTS: Final[dict[type, Callable[[Printer, Any, str, list[str]], None]]] = {
    nodes.Assign: Printer._assign,
    nodes.Store: Printer._store,
    nodes.For: Printer._for,
    nodes.If: Printer._if,
    nodes.While: Printer._while,
}
