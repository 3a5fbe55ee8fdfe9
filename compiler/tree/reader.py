"""Reading text into nodes: the expressions in the definitions of operations, and kernels written by hand.

The language is what `python_source.py` prints. `{x}` stands for an operand, `T(...)` for a cast to the type at hand,
`rounded(...)` for one to the type that is stored; a function of `mathlib` is the one of the type at hand.

    read_pattern("exp({x}) * T(0.5)", "f32").format == "exp_f32({0}) * f32(0.5)"
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from . import nodes
from .nodes import Array, Body, Expression, KernelTree, Number, Operand, Pattern, Variable
from .python_source import BINARY, COMPARE, UNARY, pattern_of

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|\{(?P<operand>\w+)\}"
    r"|(?P<operator><<|>>|<=|>=|==|!=|//|[-+*/%&|^~<>(),]))"
)
_RELATIONS: Final = frozenset({"<", "<=", ">", ">=", "==", "!="})
_KINDS: Final = frozenset(
    {"f32", "f64", "f16", "bf16", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "bool", "U"}
)
_CONSTANTS: Final = {"inf": float("inf"), "nan": float("nan"), "True": True, "False": False}
USER: Final = "user_"  # what names of functions that the user has written begin with, in text
_LOADS: Final = frozenset({"load", "load_bool", "load_result"})


@cache
def read_pattern(text: str, kind: str, rounded: str = "") -> Pattern:
    """The pattern that an expression in text is, for operands of a type.

    Args:
      kind: the type that is computed in. rounded: the type that is stored, where it is another one.
    Raises: ValueError for what is no expression.
    """
    reader = _Reader(text, kind, rounded or kind, {})
    body = reader.expression()
    reader.expect_end()
    return pattern_of(body)


class _Reader:
    """Reads one line, the tightest operators first."""

    def __init__(self, text: str, kind: str, rounded: str, arrays: dict[str, Array]) -> None:
        self._text = text
        self._casts = {"T": kind, "rounded": rounded}
        self._kind = kind
        self._arrays = arrays
        self._tokens = _tokens(text)
        self._at = 0

    def _next(self) -> str:
        """The token to come; empty at the end."""
        return self._tokens[self._at][1]

    def _take(self, text: str) -> bool:
        """Pass over a token if it is the next one."""
        if self._next() != text or self._tokens[self._at][0] in ("number", "operand"):
            return False
        self._at += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise ValueError(f"{text!r} is missing in {self._text!r}, before {self._next()!r}")

    def expect_end(self) -> None:
        """Nothing follows."""
        if self._next():
            raise ValueError(f"{self._text!r} goes on after an expression: {self._next()!r}")

    def expression(self) -> Expression:
        """An expression with all operators."""
        yes = self._logical("or")
        if not self._take("if"):
            return yes
        condition = self._logical("or")
        self._expect("else")
        return nodes.Choice(condition, yes, self.expression())

    def _logical(self, word: str) -> Expression:
        values = [self._logical("and") if word == "or" else self._negated()]
        while self._take(word):
            values.append(self._logical("and") if word == "or" else self._negated())
        return values[0] if len(values) == 1 else nodes.Logical(word, values)

    def _negated(self) -> Expression:
        return nodes.Unary("not", self._negated()) if self._take("not") else self._comparison()

    def _comparison(self) -> Expression:
        first = self._binary(COMPARE + 1)
        rest = []
        while self._next() in _RELATIONS:
            relation = self._next()
            self._at += 1
            rest.append((relation, self._binary(COMPARE + 1)))
        return nodes.Compare(first, rest) if rest else first

    def _binary(self, level: int) -> Expression:
        if level == UNARY:
            return self._unary()
        left = self._binary(level + 1)
        while BINARY.get(self._next()) == level:
            operator = self._next()
            self._at += 1
            left = nodes.Binary(operator, left, self._binary(level + 1))
        return left

    def _unary(self) -> Expression:
        if self._take("~"):
            return nodes.Unary("~", self._unary())
        if not self._take("-"):
            return self._atom()
        value = self._unary()
        if type(value) is Number and type(value.value) is not bool:
            return Number(-value.value)
        return nodes.Unary("-", value)

    def _atom(self) -> Expression:
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            return Number(int(text) if text.isdigit() else float(text))
        if kind == "operand":
            return Operand(text)
        if kind == "name":
            return self._call(text) if self._take("(") else self._name(text)
        if text == "(":
            inner = self.expression()
            self._expect(")")
            return inner
        raise ValueError(f"{self._text!r} has {text or 'nothing'!r} where an expression should be")

    def _name(self, text: str) -> Expression:
        return Number(_CONSTANTS[text]) if text in _CONSTANTS else Variable(text)

    def _call(self, name: str) -> Expression:
        if name in _LOADS:
            array = self.array()
            return nodes.Load(array, self._arguments()[0])
        arguments = self._arguments()
        kind = self._casts.get(name, name)
        if kind in _KINDS:
            (value,) = arguments
            return nodes.Cast(kind, value)
        from ..mathlib import FUNCTIONS

        base, _, suffix = name.rpartition("_")
        if name in FUNCTIONS:
            return nodes.Routine(name, self._kind, arguments)
        if base in FUNCTIONS and suffix in ("f32", "f64"):
            return nodes.Routine(base, suffix, arguments)
        return (nodes.UserCall if name.startswith(USER) else nodes.Call)(name, arguments)

    def array(self) -> Array:
        """The name of an array, and the comma after it."""
        name = self._next()
        if name not in self._arrays:
            raise ValueError(f"{name!r} in {self._text!r} is no array")
        self._at += 1
        self._expect(",")
        return self._arrays[name]

    def _arguments(self) -> list[Expression]:
        found = []
        while not self._take(")"):
            found.append(self.expression())
            if self._next() != ")":
                self._expect(",")
        return found

    def arguments_of_line(self) -> list[Expression]:
        """`(a, b, ...)`, which is all of a line."""
        self._expect("(")
        return self._arguments()

    def stored(self) -> nodes.Store:
        """`array, index, value)`, which is all of a line after `store(`."""
        array = self.array()
        index, value = self._arguments()
        return nodes.Store(array, index, value)


def _tokens(text: str) -> list[tuple[str, str]]:
    """The words with their kinds, and an empty one behind."""
    found: list[tuple[str, str]] = []
    at, text = 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"{text!r} cannot be read from {text[at:]!r} on")
        kind = str(match.lastgroup)
        found.append((kind, match[kind]))
        at = match.end()
    return [*found, ("end", "")]


# Kernels.

_HEAD = re.compile(r"def kernel\(([\w, ]*)\):")
_STORE = re.compile(r"(store|store_bool)\(")
_FOR = re.compile(r"for (\w+) in range\((.*)\):")
_WORD = re.compile(r"(if|elif|while) (.*):")
_ASSIGN = re.compile(r"(\w+) = (.*)")
_WRITTEN = re.compile(r"\b(?:store|store_bool)\((\w+),")


def read_kernel(text: str, types: Sequence[str]) -> KernelTree:
    """The tree of a kernel in text.

    Args:
      types: short names of the element types of its arrays, which are the first of its parameters.
    Raises: ValueError for what is no kernel.
    """
    head, *lines = [line for line in text.split("\n") if line.strip()]
    found = _HEAD.fullmatch(head)
    if found is None:
        raise ValueError(f"{head!r} is not the head of a kernel")
    names = found[1].split(", ")
    written = set(_WRITTEN.findall(text))
    arrays = {name: Array(name, kind, name in written) for name, kind in zip(names, types)}
    kernel = _KernelReader(lines, arrays)
    return KernelTree(list(arrays.values()), [Variable(name) for name in names[len(types) :]], kernel.body(4))


class _KernelReader:
    """Reads statements by their indentation."""

    def __init__(self, lines: list[str], arrays: dict[str, Array]) -> None:
        self._lines = lines
        self._arrays = arrays
        self._at = 0

    def _line(self, depth: int) -> str:
        """The line to come if it is so deep; else nothing."""
        if self._at == len(self._lines):
            return ""
        line = self._lines[self._at]
        return line[depth:] if len(line) - len(line.lstrip()) == depth else ""

    def _reader(self, text: str) -> _Reader:
        return _Reader(text, "", "", self._arrays)

    def _expression(self, text: str) -> Expression:
        reader = self._reader(text)
        found = reader.expression()
        reader.expect_end()
        return found

    def body(self, depth: int) -> Body:
        """The statements at a depth."""
        found: Body = []
        while self._line(depth):
            found.append(self._statement(depth))
        return found

    def _statement(self, depth: int) -> nodes.Statement:
        line = self._line(depth)
        self._at += 1
        store = _STORE.match(line)
        if store is not None:
            return self._reader(line[store.end() :]).stored()
        loop = _FOR.fullmatch(line)
        if loop is not None:
            return self._for(loop[1], self._reader(f"({loop[2]})"), depth)
        word = _WORD.fullmatch(line)
        if word is not None and word[1] == "while":
            return nodes.While(self._expression(word[2]), self.body(depth + 4))
        if word is not None:
            return self._if(word[2], depth)
        assign = _ASSIGN.fullmatch(line)
        if assign is None:
            raise ValueError(f"{line!r} is no statement")
        return nodes.Assign(Variable(assign[1]), self._expression(assign[2]))

    def _for(self, name: str, reader: _Reader, depth: int) -> nodes.For:
        bounds: list[Any] = reader.arguments_of_line()
        first, last, step = ((None, *bounds, None), (*bounds, None), bounds)[len(bounds) - 1]
        return nodes.For(Variable(name), first, last, step, self.body(depth + 4))

    def _if(self, condition: str, depth: int) -> nodes.If:
        yes = self.body(depth + 4)
        line = self._line(depth)
        no: Body = []
        if line == "else:":
            self._at += 1
            no = self.body(depth + 4)
        elif line.startswith("elif "):
            no = [self._statement(depth)]
        return nodes.If(self._expression(condition), yes, no)
