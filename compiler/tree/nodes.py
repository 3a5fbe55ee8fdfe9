"""The nodes of a kernel: loops, statements and expressions.

Code generation builds a tree of them; `python_source.py` prints it, `jit/lower_tree.py` writes LLVM from it. What
either has to know of a name is a field of its node, never the name's spelling. Worked example: this kernel

    def kernel(x0, r0, n0, start, stop):
        for i0 in range(start, stop):
            v0 = f32(load(x0, i0) + f32(1.0))
            store(r0, i0, v0)

is the tree

    x, r, i = Array("x0", "f32", False), Array("r0", "f32", True), Variable("i0")
    value = ValueVariable("v", "0")
    add = Assign(value, Cast("f32", Binary("+", Load(x, i), Cast("f32", Number(1.0)))))
    loop = For(i, Variable("start"), Variable("stop"), None, [add, Store(r, i, value)])
    KernelTree([x, r], [Variable(name) for name in ("n0", "start", "stop")], [loop])

A new form of loop is a class here, a function in the table of each of the two printers, and a test that the two agree:
see docs/adding-a-kernel-form.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Union

Lifted = Union["Expression", int]


class Node:
    """Something with fields; equal to a node of the same class with equal fields."""

    __slots__: tuple[str, ...] = ()

    def fields(self) -> list[Any]:
        """The values of the fields, in order."""
        return [getattr(self, name) for name in self.__slots__]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash((type(self), *self.fields()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__)})"


class Expression(Node):
    """Something with a value. Operators build expressions of indices: a number beside an index is one too.

    >>> (Variable("i0") * 3).right
    Cast(kind='U', value=Number(value=3))
    """

    __slots__ = ()

    def __add__(self, other: Lifted) -> Expression:
        return Binary("+", self, lifted(other))

    def __sub__(self, other: Lifted) -> Expression:
        return Binary("-", self, lifted(other))

    def __mul__(self, other: Lifted) -> Expression:
        return Binary("*", self, lifted(other))

    def __floordiv__(self, other: Lifted) -> Expression:
        return Binary("//", self, lifted(other))

    def __mod__(self, other: Lifted) -> Expression:
        return Binary("%", self, lifted(other))


class Statement(Node):
    """Something that is done."""

    __slots__ = ()


Body = list[Statement]


# Names.


class Array(Node):
    """A parameter that points to elements.

    Attributes:
      name: of the parameter.
      kind: the short name of the elements' type.
      is_written: whether the kernel writes it: a result, or scratch. Such memory overlaps with that of no other array,
        and what was read of it does not stay.
    """

    __slots__ = ("is_written", "kind", "name")

    def __init__(self, name: str, kind: str, is_written: bool) -> None:
        self.name = name
        self.kind = kind
        self.is_written = is_written


class Variable(Expression):
    """A parameter that is an integer, the index of a loop, or a local variable."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return type(other) is Variable and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


class ValueVariable(Expression):
    """A local variable that stands for a value of the plan.

    Two kernels that differ in the numbers of values only are one: the text that is compiled numbers them anew.

    Attributes:
      letter: what it is to the value: itself, an accumulator of it, an element kept for it.
      value: the value's name in the plan.
      suffix: tells several variables of a value apart.
    """

    __slots__ = ("letter", "suffix", "value")

    def __init__(self, letter: str, value: str, suffix: str = "") -> None:
        self.letter = letter
        self.value = value
        self.suffix = suffix

    def __eq__(self, other: object) -> bool:
        return type(other) is ValueVariable and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash((self.letter, self.value, self.suffix))


# Expressions.


class Number(Expression):
    """A number or truth value that a `Cast` around it, or the other operand, gives a type."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return type(other) is Number and repr(self.value) == repr(other.value)  # NaN is itself; True is not 1

    __hash__ = Node.__hash__


class Cast(Expression):
    """A value converted to a type, as C does; "U" is that of indices. To a short float: rounded, as a float32."""

    __slots__ = ("kind", "value")

    def __init__(self, kind: str, value: Expression) -> None:
        self.kind = kind
        self.value = value


class Load(Expression):
    """An element of an array."""

    __slots__ = ("array", "index")

    def __init__(self, array: Array, index: Expression) -> None:
        self.array = array
        self.index = index


class Call(Expression):
    """One of the functions of `jit/functions.py`."""

    __slots__ = ("arguments", "function")

    def __init__(self, function: str, arguments: Sequence[Expression]) -> None:
        self.function = function
        self.arguments = arguments


class Routine(Expression):
    """A mathematical function of `mathlib`, in "f32" or "f64"."""

    __slots__ = ("arguments", "function", "kind")

    def __init__(self, function: str, kind: str, arguments: Sequence[Expression]) -> None:
        self.function = function
        self.kind = kind
        self.arguments = arguments


class UserCall(Expression):
    """A function that the user has written, by the name of its machine code."""

    __slots__ = ("arguments", "function")

    def __init__(self, function: str, arguments: Sequence[Expression]) -> None:
        self.function = function
        self.arguments = arguments


class Unary(Expression):
    """`-`, `~` or `not` of a value."""

    __slots__ = ("operator", "value")

    def __init__(self, operator: str, value: Expression) -> None:
        self.operator = operator
        self.value = value


class Binary(Expression):
    """Arithmetic, or bits."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Expression, right: Expression) -> None:
        self.operator = operator
        self.left = left
        self.right = right


class Compare(Expression):
    """`a < b <= c`: a chain of comparisons that all hold. `rest` has pairs of a relation and an expression."""

    __slots__ = ("first", "rest")

    def __init__(self, first: Expression, rest: Sequence[tuple[str, Expression]]) -> None:
        self.first = first
        self.rest = rest


class Logical(Expression):
    """`and` or `or` of truth values, which are all computed."""

    __slots__ = ("operator", "values")

    def __init__(self, operator: str, values: Sequence[Expression]) -> None:
        self.operator = operator
        self.values = values


class Choice(Expression):
    """`yes if condition else no`; both are computed."""

    __slots__ = ("condition", "no", "yes")

    def __init__(self, condition: Expression, yes: Expression, no: Expression) -> None:
        self.condition = condition
        self.yes = yes
        self.no = no


class Operand(Expression):
    """In a `Pattern`: what stands in the place of an operand."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Pattern:
    """The expression that an operation's definition gives, read once; it is shared by all its uses.

    Attributes:
      body: the expression, with an `Operand` for each name.
      names: the operands' names as they appear.
      format: its text, with `{0}`, `{1}`, ... for the operands in the order of `names`.
      is_atom: whether that text needs no parentheses anywhere.
      calls_routines: whether it takes a function like `exp`, or one of the user's.
    """

    __slots__ = ("body", "calls_routines", "format", "is_atom", "names")

    def __init__(self, body: Expression, names: tuple[str, ...], format: str, is_atom: bool) -> None:
        self.body = body
        self.names = names
        self.format = format
        self.is_atom = is_atom
        self.calls_routines = any(type(node) in (Routine, UserCall) for node in walk(body))


class Formula(Expression):
    """A pattern with expressions for its operands, in the order of `Pattern.names`."""

    __slots__ = ("operands", "pattern")

    def __init__(self, pattern: Pattern, operands: Sequence[Expression]) -> None:
        self.pattern = pattern
        self.operands = operands


# Statements.


class Assign(Statement):
    """A variable takes a value; one that is assigned at several places is loaded and stored."""

    __slots__ = ("target", "value")

    def __init__(self, target: Variable | ValueVariable, value: Expression) -> None:
        self.target = target
        self.value = value


class Store(Statement):
    """An element is written."""

    __slots__ = ("array", "index", "value")

    def __init__(self, array: Array, index: Expression, value: Expression) -> None:
        self.array = array
        self.index = index
        self.value = value


class For(Statement):
    """Counts an index from `first` (None: zero) to before `last`, by `step` (None: one)."""

    __slots__ = ("body", "first", "index", "last", "step")

    def __init__(
        self, index: Variable, first: Expression | None, last: Expression, step: Expression | None, body: Body
    ) -> None:
        self.index = index
        self.first = first
        self.last = last
        self.step = step
        self.body = body


class If(Statement):
    """One of two bodies."""

    __slots__ = ("condition", "no", "yes")

    def __init__(self, condition: Expression, yes: Body, no: Body) -> None:
        self.condition = condition
        self.yes = yes
        self.no = no


class While(Statement):
    """A loop of which nobody knows how often it runs."""

    __slots__ = ("body", "condition")

    def __init__(self, condition: Expression, body: Body) -> None:
        self.condition = condition
        self.body = body


class KernelTree(Node):
    """A kernel: its parameters, arrays before integers, and its statements. It is not changed once it is printed.

    Attributes:
      numbered: its text with values numbered as they appear, once somebody has asked for it.
    """

    __slots__ = ("arrays", "body", "integers", "numbered")

    def __init__(self, arrays: Sequence[Array], integers: Sequence[Variable], body: Body) -> None:
        self.arrays = list(arrays)
        self.integers = list(integers)
        self.body = body
        self.numbered = ""

    def fields(self) -> list[Any]:
        """The values of the fields, without the text made of them."""
        return [self.arrays, self.integers, self.body]

    @property
    def types(self) -> tuple[str, ...]:
        """The short names of the element types of the arrays."""
        return tuple(array.kind for array in self.arrays)


# Making and walking.


def lifted(value: Lifted) -> Expression:
    """A number as an index; expressions are themselves."""
    return Cast("U", Number(value)) if isinstance(value, int) else value


ZERO = lifted(0)


def is_name(node: Expression) -> bool:
    """Whether an expression is a variable."""
    return type(node) is ValueVariable or type(node) is Variable


def chained(statements: Sequence[tuple[Expression, Body]]) -> Body:
    """`if ...: ... elif ...: ...`, from conditions with their bodies."""
    following: Body = []
    for condition, body in reversed(statements):
        following = [If(condition, body, following)]
    return following


def walk(*nodes: Any) -> Iterator[Node]:
    """The nodes and all that they are made of, patterns' bodies included."""
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if isinstance(node, Node):
            yield node
            pending += node.fields()
        elif isinstance(node, (list, tuple)):
            pending += node
        elif isinstance(node, Pattern):
            pending.append(node.body)


def mentions(node: Expression, part: Expression) -> bool:
    """Whether an expression is made of another one."""
    return any(found == part for found in walk(node))
