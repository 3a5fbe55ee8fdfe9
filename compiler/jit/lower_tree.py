"""From the tree of a kernel straight to LLVM.

numba infers the types of a general program; here every value says its type (a cast, the type of an array), so one walk
over the tree emits the instructions. It takes a twentieth of numba's time, which matters for large groups, and gives
the same values: both are tested against the plain Python run of the same kernel.

Worked example: `v0 = f32(load(x0, i0) + f32(1.0))` in a loop is Assign(v0, Cast("f32", Binary("+", Load, Cast))).
`_assign` asks for the value; that is a cast of a sum of two numbers of one type, of which the left one is emitted:

    %t7 = getelementptr inbounds float, ptr %x0, i64 %i0.L3
    %t8 = load float, ptr %t7
    %t9 = fadd float %t8, 0x3FF0000000000000

and since v0 is assigned at one place only, its name stands for %t9 from then on. What is assigned at several places
lies in memory on the stack, which LLVM turns into registers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from .. import mathlib
from ..machine import object_code
from ..machine.module import masks_in_hardware, vector_size
from ..machine.threads import Module
from ..mathlib.instructions import (
    Address,
    Binary,
    Call,
    Cast,
    Instruction,
    Intrinsic,
    Line,
    Load,
    Negation,
    Select,
    Store,
    printed,
)  # fmt: skip
from ..tree import nodes
from ..tree.nodes import Body, Expression, KernelTree, Statement, Variable
from . import short_floats
from .constants import LONG, constant
from .functions import FUNCTIONS, Unsupported
from .short_types import SHORT, nearest
from .vector_loop import Loop, VectorLoop, width_for
from .widening import NotVector

_LLVM = {
    "f32": "float", "f64": "double", "i8": "i8", "i16": "i16", "i32": "i32", "i64": "i64", "u8": "i8", "u16": "i16",
    "u32": "i32", "u64": "i64", "bool": "i1",
}  # fmt: skip
_STORED = {**_LLVM, "bool": "i8", "f16": "i16", "bf16": "i16"}  # in memory
_COMPUTED_IN_32_BITS = frozenset({"f32", "i32", "u32", *SHORT})
_CALL = 30  # instructions in a mathematical function, about
_MOST_CALLS = 8  # of them in a loop whose turns are interleaved
_LONG_ROUNDING = 300  # instructions up to which a loop that rounds to short floats is interleaved
_VECTOR_LOOP = 30  # instructions from which on a loop without functions is written in vector form
_LONG_VECTOR_LOOP = 400  # the same with functions or folds, of which LLVM makes several copies
_LONG_LOOP = 150  # instructions from which on a loop is vectorised with masks


class Typed(NamedTuple):
    """A value: its LLVM name or constant, and its type; type "literal" for a number that a cast will give a type."""

    text: Any
    type: str


class Function:
    """Emits one kernel."""

    def __init__(self, types: Sequence[str]) -> None:
        self.types = types
        self.lines: list[str | Line] = []  # text leads from block to block
        self.allocas: dict[str, str] = {}  # per variable in memory the line that makes it
        self.names: dict[Expression, Typed] = {}
        self.slots: dict[Expression, Typed] = {}  # variables that are assigned more than once: where they are
        self._operands: Any = None  # of the formula that is emitted, and those of the one around it
        self.routines: dict[str, Any] = {}
        self.rounded: dict[str, str] = {}  # float32 values that are known to be numbers of a short type: which
        self.numbers: set[str] = set()  # values that are known not to be NaN
        self.declared: dict[str, None] = {}
        self._count = 0
        self._mutable: set[Expression] = set()
        self._loops = self._calls = 0
        self._innermost: list[Loop] = []
        self.vector_functions = ""  # the text of the functions that loops in vector form call
        self.is_vector = False  # whether the loops are in vector form
        self.has_doubles = "f64" in types

    def emit(self, instruction: Instruction) -> str:
        """Append an instruction; returns the name of its result."""
        self._count += 1
        name = f"%t{self._count}"
        self.lines.append((name, instruction))
        return name

    def do(self, text: str) -> None:
        """Append what leads from block to block."""
        self.lines.append(f"  {text}")

    def label(self) -> str:
        """A new label."""
        self._count += 1
        return f"L{self._count}"

    def declare(self, text: str) -> None:
        """Note a declaration that the module needs."""
        self.declared.setdefault(f"declare {text}")

    # The function.

    def compile(self, tree: KernelTree) -> str:
        """The LLVM module of a kernel."""
        self.has_doubles |= "f64" in kinds_in(tree)
        self._mutable = _assigned_twice(tree)
        parameters = [f"ptr {'noalias ' if array.is_written else ''}%{array.name}" for array in tree.arrays]
        for variable in tree.integers:
            self.names[variable] = Typed(f"%{variable.name}", "u64")
            parameters.append(f"i64 %{variable.name}")
        self._body(tree.body)
        self.is_vector = self._vectorise()
        hints = "" if self.is_vector else self._hints()
        lines = [line if isinstance(line, str) else printed(line) for line in self.lines]
        body = "\n".join([*self.allocas.values(), *lines])
        head = "\n".join(self.declared)
        signature = f"define void @{object_code.SYMBOL}({', '.join(parameters)})"
        return f"{head}\n{signature} {{\nentry:\n{body}\n  ret void\n}}\n{hints}{self.vector_functions}\n"

    def _vectorise(self) -> bool:
        """Write long loops as vectors, which takes a tenth of the time LLVM does; whether that could be done."""
        width = width_for([_STORED[kind] for kind in self.types], vector_size())
        if width is None or not self._is_long():
            return False
        slots = {slot for slot, _ in self.slots.values()}
        outside = self._outside()
        read_later = {made.at for _, made in outside if isinstance(made, Load)} & slots
        has_rest, is_slow = self._count < _LONG_LOOP, not masks_in_hardware()
        try:
            loops = [
                VectorLoop(loop, loop.inside(self.lines), width, has_rest, slots, read_later, is_slow)
                for loop in self._innermost
            ]
            called = {symbol: None for loop in loops for symbol in loop.called}
            if called:
                from .vector_functions import vector_functions  # not before it is needed

                self.vector_functions, declared = vector_functions(called, width)
                self.declared.update(declared)
        except NotVector:
            return False
        for loop, place in reversed(list(zip(loops, self._innermost))):
            self.lines[place.entry : place.latch + 1] = loop.lines
            self.declared.update(loop.declared)
        used = {made.at for _, made in outside if isinstance(made, (Load, Store))}.union(*(loop.used for loop in loops))
        called_outside = {made.symbol for _, made in outside if isinstance(made, Call)}
        self.allocas = {slot: line for slot, line in self.allocas.items() if slot in used}
        self.routines = {symbol: self.routines[symbol] for symbol in self.routines if symbol in called_outside}
        return True

    def _is_long(self) -> bool:
        """Whether the loops are long enough: with functions or folds, so long that LLVM would not let turns overlap."""
        if not self.slots and not self._calls:
            return self._count >= _VECTOR_LOOP
        return self._count + _CALL * self._calls >= _LONG_VECTOR_LOOP

    def _outside(self) -> list[Line]:
        """The instructions outside of innermost loops."""
        inside = {number for loop in self._innermost for number in range(loop.entry, loop.latch + 1)}
        return [line for number, line in enumerate(self.lines) if type(line) is tuple and number not in inside]

    def _hints(self) -> str:
        """Mark innermost loops with what LLVM would not choose by itself, and return the metadata that says so."""
        lines: list[str] = []
        for loop in self._innermost:
            hint = self._hint(loop.calls)
            if hint:
                number = len(lines)
                self.lines[loop.latch] = f"{self.lines[loop.latch]}, !llvm.loop !{number}"
                lines.append(f"!{number} = distinct !{{!{number}, {hint}}}\n")
        return "".join(lines)

    def _hint(self, calls: int) -> str:
        """How an innermost loop with so many mathematical functions is to be vectorised.

        Mathematical functions are long chains of instructions that wait for each other: the processor looks ahead far
        enough for three or four at once only if they take turns (measured: Black-Scholes and sin, cos, exp, tanh,
        log take 0.7 of the time). Other long loops get masks, which makes one loop where there would be three
        (vectors, shorter vectors for what is left, elements) and compiles in half the time. Reductions keep the
        order of their sums; functions with vector variants of their own have none that take a mask. Rounding to a
        short float after each operation makes a chain too (20 operations: 0.6 of the time in turns).
        """
        if self.rounded and calls <= _MOST_CALLS and self._count <= _LONG_ROUNDING and not self.slots:
            return '!{!"llvm.loop.interleave.count", i32 4}'
        if 0 < calls <= _MOST_CALLS and self._count <= _LONG_LOOP and not self.slots:
            return f'!{{!"llvm.loop.interleave.count", i32 {4 if calls > 1 else 2}}}'
        own_variants = any("vector-function-abi-variant" in routine.text for routine in self.routines.values())
        weight = self._count + _CALL * self._calls
        if weight < _LONG_LOOP or self.slots or own_variants or not masks_in_hardware():
            return ""
        masks = '!{!"llvm.loop.vectorize.predicate.enable", i1 true}'
        if _COMPUTED_IN_32_BITS.issuperset(self.types):  # spares trying the other widths
            masks += ', !{!"llvm.loop.vectorize.width", i32 16}, !{!"llvm.loop.interleave.count", i32 1}'
        return masks

    def _body(self, body: Body) -> None:
        for statement in body:
            _STATEMENTS[type(statement)](self, statement)

    def _assign(self, node: nodes.Assign) -> None:
        target, value = node.target, self.value(node.value)
        if value.type == "literal" and isinstance(value.text, bool):
            value = Typed(constant(value.text, "bool"), "bool")
        if value.type == "literal":
            raise Unsupported(f"{target} has no type")
        if target not in self._mutable:
            self.names[target] = value
            return
        if target not in self.slots:
            slot = f"%v{len(self.slots)}.slot"
            self.slots[target] = Typed(slot, value.type)
            self.allocas[slot] = f"  {slot} = alloca {_LLVM[value.type]}"
        slot, kind = self.slots[target]
        if kind != value.type:
            raise Unsupported(f"{target} is of two types")
        self.lines.append(("", Store(_LLVM[kind], value.text, slot)))

    def _store(self, node: nodes.Store) -> None:
        stored, at = self._address(node.array, node.index)
        self.lines.append(("", Store(stored, self._to_store(self.value(node.value), node.array.kind), at)))

    def _loop(self, node: nodes.For) -> None:
        if node.index in self._mutable:
            raise Unsupported(f"{node.index} is the index of a loop, and assigned besides")
        first = Typed("0", "u64") if node.first is None else self.value(node.first)
        last = self.value(node.last)
        step = "1" if node.step is None else self.value(node.step).text
        self._loops += 1
        number, calls = self._loops, self._calls
        head, body, after = self.label(), self.label(), self.label()
        index = f"%{node.index.name}.{head}"
        before = self.label()
        self.do(f"br label %{before}")
        self.lines.append(f"{before}:")
        entry = self.emit(Binary("icmp ult", "i64", first.text, last.text))
        entered_at = len(self.lines)
        self.do(f"br i1 {entry}, label %{head}, label %{after}")
        self.lines.append(f"{head}:")
        latch = f"{head}.latch"
        self.do(f"{index} = phi i64 [ {first.text}, %{before} ], [ {index}.next, %{latch} ]")
        self.do(f"br label %{body}")
        self.lines.append(f"{body}:")
        self.names[node.index] = Typed(index, "u64")
        self._body(node.body)
        self.do(f"br label %{latch}")
        self.lines.append(f"{latch}:")
        self.do(f"{index}.next = add nuw i64 {index}, {step}")
        again = self.emit(Binary("icmp ult", "i64", f"{index}.next", last.text))
        if number == self._loops:
            loop = Loop(
                entered_at, len(self.lines), self._calls - calls, index, first.text, last.text, step, entry, again,
                before, head, body, after,
            )  # fmt: skip
            self._innermost.append(loop)
        self.do(f"br i1 {again}, label %{head}, label %{after}")
        self.lines.append(f"{after}:")

    def _while(self, node: nodes.While) -> None:
        """A loop of which nobody knows how often it runs: that of a program, not one over elements."""
        head, body, after = self.label(), self.label(), self.label()
        self.do(f"br label %{head}")
        self.lines.append(f"{head}:")
        self.do(f"br i1 {self.value(node.condition).text}, label %{body}, label %{after}")
        self.lines.append(f"{body}:")
        self._body(node.body)
        self.do(f"br label %{head}")
        self.lines.append(f"{after}:")

    def _branch(self, node: nodes.If) -> None:
        condition = self.value(node.condition)
        yes, no, after = self.label(), self.label(), self.label()
        self.do(f"br i1 {condition.text}, label %{yes}, label %{no}")
        for label, statements in ((yes, node.yes), (no, node.no)):
            self.lines.append(f"{label}:")
            self._body(statements)
            self.do(f"br label %{after}")
        self.lines.append(f"{after}:")

    # Expressions.

    def value(self, node: Expression) -> Typed:
        """Emit an expression."""
        return _EXPRESSIONS[type(node)](self, node)

    def _variable(self, node: Variable | nodes.ValueVariable) -> Typed:
        if node in self.slots:
            slot, kind = self.slots[node]
            return Typed(self.emit(Load(_LLVM[kind], slot)), kind)
        if node not in self.names:
            raise Unsupported(f"unknown name {node}")
        return self.names[node]

    def _number(self, node: nodes.Number) -> Typed:
        return Typed(node.value, "literal")

    def _operand(self, node: nodes.Operand) -> Typed:
        """What stands in the place of an operand of the formula at hand, whose own operands are those of another."""
        operands = self._operands
        self._operands = operands[1]
        value = self.value(operands[0][node.name])
        self._operands = operands
        return value

    def _formula(self, node: nodes.Formula) -> Typed:
        outer = self._operands
        self._operands = dict(zip(node.pattern.names, node.operands)), outer
        value = self.value(node.pattern.body)
        self._operands = outer
        return value

    def _cast(self, node: nodes.Cast) -> Typed:
        value = self.value(node.value)
        if node.kind in SHORT:
            return self._rounded(value, node.kind)
        return self.cast(value, "u64" if node.kind == "U" else node.kind)

    def _call(self, node: nodes.Call) -> Typed:
        arguments = [self.value(item) for item in node.arguments]
        if node.function not in FUNCTIONS:
            raise Unsupported(f"unknown function {node.function}")
        result: Typed = FUNCTIONS[node.function](self, *arguments)
        return result

    def _routine(self, node: nodes.Routine) -> Typed:
        return self._mathematical(node.function, node.kind, [self.value(item) for item in node.arguments])

    def _mathematical(self, name: str, suffix: str, arguments: list[Typed]) -> Typed:
        routine = mathlib.lookup(name, LONG[suffix])
        self.routines[routine.symbol] = routine
        self._calls += 1
        kind = _LLVM[suffix]
        passed = tuple([(kind, self.cast(a, suffix).text) for a in arguments])
        self.declare(f"{kind} @{routine.symbol}({', '.join([kind] * len(arguments))})")
        return Typed(self.emit(Call(kind, routine.symbol, passed)), suffix)

    def _user_call(self, node: nodes.UserCall) -> Typed:
        """A function that the user has written; truth values come from it as bytes."""
        from . import user_functions  # not before it is needed

        arguments = [self.value(item) for item in node.arguments]
        routine = user_functions.lookup(node.function)
        if routine is None:
            raise Unsupported(f"unknown function {node.function}")
        self.routines[routine.symbol] = routine
        self._calls += 1
        kinds = [_STORED[kind] for kind in routine.types]
        passed = tuple([(kind, self._to_store(a, to)) for kind, to, a in zip(kinds, routine.types, arguments)])
        result = _STORED[routine.result]
        self.declare(f"{result} @{routine.symbol}({', '.join(kinds)})")
        return self._loaded(self.emit(Call(result, routine.symbol, passed)), routine.result)

    def _address(self, array: nodes.Array, index: Expression) -> tuple[str, str]:
        """The type of an element as it is stored, and where it lies."""
        stored = _STORED[array.kind]
        place = self.value(index).text
        return stored, self.emit(Address(stored, f"%{array.name}", place))

    def _load(self, node: nodes.Load) -> Typed:
        stored, at = self._address(node.array, node.index)
        return self._loaded(self.emit(Load(stored, at)), node.array.kind)

    def _loaded(self, text: str, kind: str) -> Typed:
        """What was loaded, as it is computed with."""
        if kind == "bool":
            return Typed(self.emit(Binary("icmp ne", "i8", text, "0")), "bool")
        if kind in SHORT:
            text = short_floats.widen(self, kind, text)
            self.rounded[text] = kind
            return Typed(text, "f32")
        return Typed(text, kind)

    def _to_store(self, value: Typed, kind: str) -> str:
        """A value as it lies in memory."""
        if kind == "bool":
            return self.emit(Cast("zext", "i1", self.cast(value, kind).text, "i8"))
        if kind in SHORT:
            return short_floats.narrow(self, kind, self._rounded(value, kind).text)
        return str(self.cast(value, kind).text)

    def _rounded(self, value: Typed, kind: str) -> Typed:
        """A value rounded to a short type; it stays a float32."""
        if value.type == "literal":
            text = constant(nearest(value.text, kind), "f32")
        else:
            text = self.cast(value, "f32").text
            if self._is_rounded(text, kind):
                return Typed(text, "f32")
            text = short_floats.round_to(self, kind, text)
        self.rounded[text] = kind
        return Typed(text, "f32")

    def _is_rounded(self, text: str, kind: str) -> bool:
        return self.rounded.get(text) == kind or short_floats.is_exact(text, kind)

    def _as_rounded(self, result: Typed, *operands: Typed) -> Typed:
        """A result that is a number of a short type if its operands are; they may be other than float32."""
        kind = next((self.rounded[a.text] for a in operands if a.text in self.rounded), None)
        if kind is not None and all(self._is_rounded(a.text, kind) for a in operands):
            self.rounded[result.text] = kind
        return result

    def _unary(self, node: nodes.Unary) -> Typed:
        value = self.value(node.value)
        if node.operator == "-":
            if value.type == "literal":
                return Typed(-value.text, "literal")
            if value.type in LONG:
                negated = Typed(self.emit(Negation(_LLVM[value.type], value.text)), value.type)
                return self._as_rounded(negated, value)
            return Typed(self.emit(Binary("sub", _LLVM[value.type], "0", value.text)), value.type)
        ones = "true" if value.type == "bool" else "-1"
        if node.operator == "not" and value.type != "bool":
            raise Unsupported("not of a number")
        return Typed(self.emit(Binary("xor", _LLVM[value.type], value.text, ones)), value.type)

    def _binary(self, node: nodes.Binary) -> Typed:
        left, right = self.same(self.value(node.left), self.value(node.right))
        kind = left.type
        words = _FLOAT_OPERATORS if kind in LONG else _SIGNED_OPERATORS if kind[0] == "i" else _UNSIGNED_OPERATORS
        word = words.get(node.operator)
        if word is None:
            raise Unsupported(repr(node))
        return Typed(self.emit(Binary(word, _LLVM[kind], left.text, right.text)), kind)

    def _logical(self, node: nodes.Logical) -> Typed:
        word = node.operator
        result = self.cast(self.value(node.values[0]), "bool")
        for item in node.values[1:]:
            other = self.cast(self.value(item), "bool")
            result = Typed(self.emit(Binary(word, "i1", result.text, other.text)), "bool")
        return result

    def same(self, a: Typed, b: Typed) -> tuple[Typed, Typed]:
        """Two operands of one type; a literal takes the other's."""
        if a.type == "literal" and b.type != "literal":
            a = self.cast(a, b.type)
        elif b.type == "literal" and a.type != "literal":
            b = self.cast(b, a.type)
        if a.type != b.type or a.type == "literal":
            raise Unsupported(f"operands of types {a.type} and {b.type}")
        return a, b

    def _chain(self, node: nodes.Compare) -> Typed:
        """`a < b <= c`: all of the comparisons."""
        values = [self.value(node.first), *(self.value(other) for _, other in node.rest)]
        result: Typed | None = None
        for (relation, _), left, right in zip(node.rest, values, values[1:]):
            other = self.compare(_COMPARISONS[relation], left, right)
            result = other if result is None else Typed(self.emit(Binary("and", "i1", result.text, other.text)), "bool")
        assert result is not None
        return result

    def _choice(self, node: nodes.Choice) -> Typed:
        return self.select(self.value(node.condition), self.value(node.yes), self.value(node.no))

    def compare(self, relation: str, a: Typed, b: Typed) -> Typed:
        """A comparison; with NaN everything but `!=` is false."""
        a, b = self.same(a, b)
        if a.type in LONG:
            word = "fcmp une" if relation == "ne" else f"fcmp o{relation}"
        elif relation in ("eq", "ne"):
            word = f"icmp {relation}"
        else:
            word = f"icmp {'s' if a.type[0] == 'i' else 'u'}{relation}"
        return Typed(self.emit(Binary(word, _LLVM[a.type], a.text, b.text)), "bool")

    def select(self, condition: Typed, a: Typed, b: Typed, flags: str = "") -> Typed:
        """`a` if the condition holds, else `b`."""
        a, b = self.same(a, b)
        kind = _LLVM[a.type]
        truth = self.cast(condition, "bool").text
        return self._as_rounded(Typed(self.emit(Select(truth, kind, a.text, b.text, flags)), a.type), a, b)

    def intrinsic(self, name: str, kind: str, *arguments: Typed) -> Typed:
        """A call of one of LLVM's own functions."""
        llvm = _LLVM[kind]
        suffix = {"float": "f32", "double": "f64"}.get(llvm, llvm)
        called = Intrinsic(llvm, name, (suffix,), tuple([(llvm, a.text) for a in arguments]))
        self.declared.setdefault(called.declaration)
        result = Typed(self.emit(called), kind)
        return result if name == "sqrt" else self._as_rounded(result, *arguments)

    def cast(self, value: Typed, kind: str) -> Typed:
        """The value as one of another type, converted as C does."""
        if value.type == kind:
            return value
        if value.type == "literal":
            return Typed(constant(value.text, kind), kind)
        old, new = _LLVM[value.type], _LLVM[kind]
        if kind == "bool":
            word = "fcmp une" if value.type in LONG else "icmp ne"
            return Typed(self.emit(Binary(word, old, value.text, constant(0, value.type))), "bool")
        if value.type in LONG and kind in LONG:
            word = "fpext" if kind == "f64" else "fptrunc"
        elif value.type in LONG:
            word = "fptosi" if kind[0] == "i" else "fptoui"
        elif kind in LONG:
            word = "sitofp" if value.type[0] == "i" else "uitofp"
        else:
            narrower = _width(kind) < _width(value.type)
            word = "trunc" if narrower else "sext" if value.type[0] == "i" else "zext"
            if _width(kind) == _width(value.type):
                return Typed(value.text, kind)
        return Typed(self.emit(Cast(word, old, value.text, new)), kind)


_COMPARISONS: Final = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_FLOAT_OPERATORS: Final = {"+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv"}
_BIT_OPERATORS: Final = {"&": "and", "|": "or", "^": "xor", "<<": "shl"}
_SIGNED_OPERATORS: Final = {"+": "add", "-": "sub", "*": "mul", ">>": "ashr", **_BIT_OPERATORS}
_UNSIGNED_OPERATORS: Final = {**_SIGNED_OPERATORS, ">>": "lshr", "%": "urem", "//": "udiv"}
_STATEMENTS: Final[dict[type[Statement], Callable[[Function, Any], None]]] = {
    nodes.Assign: Function._assign,
    nodes.Store: Function._store,
    nodes.For: Function._loop,
    nodes.If: Function._branch,
    nodes.While: Function._while,
}
_EXPRESSIONS: Final[dict[type[Expression], Callable[[Function, Any], Typed]]] = {
    nodes.Variable: Function._variable,
    nodes.ValueVariable: Function._variable,
    nodes.Number: Function._number,
    nodes.Cast: Function._cast,
    nodes.Load: Function._load,
    nodes.Call: Function._call,
    nodes.Routine: Function._routine,
    nodes.UserCall: Function._user_call,
    nodes.Unary: Function._unary,
    nodes.Binary: Function._binary,
    nodes.Compare: Function._chain,
    nodes.Logical: Function._logical,
    nodes.Choice: Function._choice,
    nodes.Operand: Function._operand,
    nodes.Formula: Function._formula,
}


def _width(kind: str) -> int:
    return 1 if kind == "bool" else int(kind[1:])


def _assigned_twice(tree: KernelTree) -> set[Expression]:
    """The variables that are assigned at more than one place."""
    seen: set[Expression] = set()
    twice: set[Expression] = set()
    pending: Body = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (nodes.For, nodes.While)):
            pending += node.body
        elif isinstance(node, nodes.If):
            pending += node.yes + node.no
        elif isinstance(node, nodes.Assign):
            (twice if node.target in seen else seen).add(node.target)
    return twice


def kinds_in(tree: KernelTree) -> set[str]:
    """The types that a kernel names."""
    found = set(tree.types)
    for node in nodes.walk(tree.body):
        if isinstance(node, (nodes.Cast, nodes.Routine)):
            found.add(node.kind)
    return found


def module_of(tree: KernelTree) -> Module:
    """The LLVM module of a kernel. Raises: Unsupported for what is outside of the subset."""
    function = Function(tree.types)
    text = function.compile(tree)
    return Module(text, tuple(routine.text for routine in function.routines.values()), function.is_vector)
