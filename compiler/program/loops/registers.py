"""Small arrays as names: every element of a value is an expression or a local variable of a kernel.

Of `%2: f32[2] = Mul %1, %c` the statements are

    e5_ = f32(a1_0 * f32(0.5))
    e6_ = f32(a1_1 * f32(0.5))

What only moves elements (slices, transpositions, concatenations) moves names, and no statement is written: its NumPy
kernel is run on the numbers of the names. Folds and products of matrices are written out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ....ops.definition.kernel_call import kernel_call
from ....ops.definition.reduction import Combine, axes_of
from ....ops.types.dtypes import DType
from ...codegen.scalars import cast, formula, literal, render
from ...fusion.formulas import is_elementwise
from ...plan.plan import Instruction, Value
from ...tree.nodes import Assign, Cast, Choice, Expression, Number, Statement, Variable

KINDS: Final = frozenset({"f32", "f64", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "bool"})
MOST_ELEMENTS: Final = 36  # of one array
_MOST_STATEMENTS: Final = 1500
_JOINED: Final = {
    Combine.SUM: "{a} + {b}",
    Combine.PRODUCT: "{a} * {b}",
    Combine.LARGEST: "maximum({a}, {b})",
    Combine.SMALLEST: "minimum({a}, {b})",
}

Names = np.ndarray[Any, Any]  # of expressions, in the shape of the value


class NotScalarError(Exception):
    """A loop is not of the kind that one kernel runs."""


def kind_of(dtype: DType) -> str:
    """The short name of a type that kernels compute with. Raises: NotScalarError for others."""
    if dtype.short not in KINDS:
        raise NotScalarError
    return str(dtype.short)


def shape_of(value: Value) -> tuple[int, ...]:
    """The shape of a value. Raises: NotScalarError if it is not known, or large."""
    extents = value.extents
    if extents is None or any(type(extent) is not int for extent in extents):
        raise NotScalarError
    if np.prod(extents, dtype=np.int64) > MOST_ELEMENTS:
        raise NotScalarError
    return tuple(extents)


def is_small(value: Value) -> bool:
    """Whether a value can be in registers."""
    try:
        return len(shape_of(value)) >= 0
    except NotScalarError:
        return False


def names_of(prefix: str, shape: tuple[int, ...]) -> Names:
    """The names `prefix0, prefix1, ...`; of an array without axes, the prefix."""
    if not shape:
        return array([Variable(prefix)], ())
    return array([Variable(f"{prefix}{number}") for number in range(int(np.prod(shape)))], shape)


def array(names: Sequence[Expression], shape: tuple[int, ...]) -> Names:
    """Expressions in a shape."""
    made = np.empty(len(names), object)
    for number, name in enumerate(names):
        made[number] = name
    return made.reshape(shape)


class Registers:
    """The names of values.

    Args:
      write: takes a statement.
    """

    def __init__(self, write: Callable[[Statement], None]) -> None:
        self._write = write
        self._names: dict[Value, Names] = {}
        self._constants: dict[Value, Any] = {}
        self._count = 0

    def __getitem__(self, value: Value) -> Names:
        """The names of a value. Raises: NotScalarError if it has none."""
        if value not in self._names:
            raise NotScalarError
        return self._names[value]

    def __setitem__(self, value: Value, names: Names) -> None:
        if names.size > MOST_ELEMENTS:
            raise NotScalarError
        self._names[value] = names

    def fresh(self, letter: str) -> Variable:
        """A new name. Raises: NotScalarError if there are too many."""
        self._count += 1
        if self._count > _MOST_STATEMENTS:
            raise NotScalarError
        return Variable(f"{letter}{self._count}_")

    def names_for(self, shape: tuple[int, ...]) -> Names:
        """New names for the elements of a value that are read from memory. Raises: NotScalarError if it is large."""
        if np.prod(shape, dtype=np.int64) > MOST_ELEMENTS:
            raise NotScalarError
        return names_of(self.fresh("g").name, shape)

    def known(self, value: Value) -> Any:
        """The array of a constant, else None."""
        return self._constants.get(value)

    def bind(self, element: Expression) -> Variable:
        """Write a statement that gives an expression a name."""
        name = self.fresh("e")
        self._write(Assign(name, element))
        return name

    def constant(self, instruction: Instruction) -> None:
        """Take in a constant."""
        known, value = np.asarray(instruction.attrs["value"]), instruction.outputs[0]
        self._constants[value] = known
        if value.dtype.short in KINDS and known.size <= MOST_ELEMENTS:
            self[value] = array([literal(item, value.dtype) for item in known.reshape(-1)], known.shape)

    def choose(self, value: Value, pred: Expression, yes: Names, no: Names) -> None:
        """Let a value be one of two of one shape."""
        kind_of(value.dtype)
        if yes.shape != no.shape:
            raise NotScalarError
        pairs = zip(yes.reshape(-1), no.reshape(-1))
        self[value] = array([self.bind(Choice(pred, a, b)) for a, b in pairs], yes.shape)

    def compute(self, instruction: Instruction) -> None:
        """Write a pure instruction. Raises: NotScalarError if it is none of those that can be written so."""
        if not instruction.is_pure or len(instruction.outputs) != 1:
            raise NotScalarError
        kind_of(instruction.outputs[0].dtype)
        op_def = instruction.op_def
        if is_elementwise(instruction):
            self._elementwise(instruction)
        elif op_def.chooses_rows:
            self._choose_rows(instruction)
        elif op_def.index_map is not None or op_def.reshapes:
            self._move(instruction)
        elif op_def.reduction is not None:
            self._fold(instruction)
        elif op_def.product is not None:
            self._multiply(instruction)
        else:
            raise NotScalarError

    def _elementwise(self, instruction: Instruction) -> None:
        for value in instruction.inputs:
            kind_of(value.dtype)
        given = [self[value] for value in instruction.inputs]
        try:
            whole = np.broadcast_arrays(*given)
        except ValueError:
            raise NotScalarError from None
        value = instruction.outputs[0]
        rows = zip(*(item.reshape(-1) for item in whole))
        names = [self.bind(cast(render(instruction, list(row)), value.dtype)) for row in rows]
        self[value] = array(names, whole[0].shape)

    def _choose_rows(self, instruction: Instruction) -> None:
        """`Select`: its condition is a scalar, says it for each row, or for each element."""
        conditions, yes, no = (self[value] for value in instruction.inputs)
        if yes.shape != no.shape or conditions.shape != yes.shape[: conditions.ndim]:
            raise NotScalarError
        value = instruction.outputs[0]
        wide = conditions.reshape((*conditions.shape, *(1,) * (yes.ndim - conditions.ndim)))
        chosen = zip(np.broadcast_to(wide, yes.shape).reshape(-1), yes.reshape(-1), no.reshape(-1))
        self[value] = array([self.bind(cast(Choice(*three), value.dtype)) for three in chosen], yes.shape)

    def _move(self, instruction: Instruction) -> None:
        """Run the kernel on numbers of names; 0 is what it fills in."""
        (out,) = instruction.op_def.outputs
        flags: list[bool] = []
        for arg in instruction.op_def.inputs:
            count = instruction.attrs[arg.number_attr] if arg.number_attr else 1
            flags += [arg.type_attr is not None and arg.type_attr == out.type_attr] * count
        if len(flags) != len(instruction.inputs):
            raise NotScalarError
        names = [literal(np.zeros((), np.int64), instruction.outputs[0].dtype)]
        values = []
        for value, is_data in zip(instruction.inputs, flags):
            if not is_data:
                if value not in self._constants:
                    raise NotScalarError
                values.append(self._constants[value])
                continue
            own = self[value]
            values.append(np.arange(len(names), len(names) + own.size).reshape(own.shape))
            names += own.reshape(-1).tolist()
        try:
            (numbers,) = kernel_call(instruction.op_def, instruction.attrs, values)
            moved = [names[number] for number in np.asarray(numbers).reshape(-1).tolist()]
        except Exception as error:  # of any kind: the plans say what is wrong
            raise NotScalarError from error
        self[instruction.outputs[0]] = array(moved, np.shape(numbers))

    def _fold(self, instruction: Instruction) -> None:
        reduction, value = instruction.op_def.reduction, instruction.outputs[0]
        joined = _JOINED.get(reduction.combine)
        x, indices = instruction.inputs
        if joined is None or x.dtype is not value.dtype or reduction.accumulator(value.dtype) is not value.dtype:
            raise NotScalarError
        if indices not in self._constants or x.dtype.kind not in reduction.kinds:
            raise NotScalarError
        names = self[x]
        axes = axes_of(self._constants[indices], names.ndim)
        kept = [axis for axis in range(names.ndim) if axis not in axes]
        count = int(np.prod([names.shape[axis] for axis in axes], dtype=np.int64))
        rows = np.transpose(names, [*kept, *axes]).reshape(-1, count) if names.size else None
        if rows is None:
            raise NotScalarError
        results = [self._folded(reduction, joined, row.tolist(), value.dtype) for row in rows]
        keeps = instruction.attrs["keep_dims"]
        shape = [1 if axis in axes else extent for axis, extent in enumerate(names.shape) if keeps or axis not in axes]
        self[value] = array(results, tuple(shape))

    def _folded(self, reduction: Any, joined: str, row: list[Expression], dtype: DType) -> Expression:
        total = formula(reduction.initial(dtype), dtype)
        for name in row:
            element = formula(reduction.map, dtype, x=name)
            total = self.bind(cast(formula(joined, dtype, a=total, b=element), dtype))
        count = Cast("i64", Number(len(row)))
        text = reduction.finish(dtype)
        given = {key: item for key, item in (("acc", total), ("count", count)) if f"{{{key}}}" in text}
        return self.bind(cast(formula(text, dtype, **given), dtype))

    def _multiply(self, instruction: Instruction) -> None:
        """A product of two matrices."""
        transposed = instruction.op_def.product
        assert transposed is not None
        first, second = transposed
        a, b = (self[value] for value in instruction.inputs)
        dtype = instruction.outputs[0].dtype
        if a.ndim != 2 or b.ndim != 2 or dtype.kind != "f" or any(v.dtype is not dtype for v in instruction.inputs):
            raise NotScalarError
        a = a.T if instruction.attrs[first] else a
        b = b.T if instruction.attrs[second] else b
        if a.shape[1] != b.shape[0] or not a.shape[1]:
            raise NotScalarError
        made: list[Expression] = []
        for row in a:
            for column in b.T:
                total: Expression = self.bind(cast(formula("{x} * {y}", dtype, x=row[0], y=column[0]), dtype))
                for x, y in zip(row[1:], column[1:]):
                    total = self.bind(cast(formula("{a} + {x} * {y}", dtype, a=total, x=x, y=y), dtype))
                made.append(total)
        self[instruction.outputs[0]] = array(made, (a.shape[0], b.shape[1]))
