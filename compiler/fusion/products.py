"""Products of matrices, and of batches of them, that a native step has BLAS compute.

BLAS reads a matrix where it lies, by rows or by columns, the lines at any distance. So a transposition in front of a
product, and one behind it that keeps the columns last, is a matter of strides: `fold_transposes` takes them into the
product. The matrices of a batch lie at strides as well; what is broadcast has stride 0.

Worked example, of `matmul(transpose(x), w)` for x: f32[4, 3] and w: f32[4, 2], both dense:

    %2 = Transpose %x, [1, 0]
    %3 = MatMul %2, %w            ->    %3 = _ArrangedProduct %x, %w {order_x=[1, 0], order_y=[0, 1]}

`order_x` says that the axes of the factor are axes 1 and 0 of `x`. Its element [i, k] lies at k * 3 + i: BLAS is told
that `x` is transposed, with lines 3 apart, and nothing is copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ...ops.families.arrays.index_maps import TRANSPOSE
from ..plan.plan import Instruction, Value
from ..specialize.symbolic import product, same

if TYPE_CHECKING:
    from ..specialize.specialize import Specialized

Order = tuple[int, ...]
_NARROW = 16  # columns, elements shared, and rows of a matrix of a batch
_MANY = 512  # rows of all matrices from which on they are worth code of their own


class _Matrix(NamedTuple):
    """A matrix, or a batch of them, as it lies in memory.

    Attributes:
      is_flipped: whether the columns lie dense, not the rows.
      distance: from line to line, in elements.
      line: how many elements a line has.
      strides: per axis of the batch, in elements; 0 where it is broadcast.
    """

    is_flipped: bool
    distance: Any
    line: Any
    strides: tuple[Any, ...]


class _Axis(NamedTuple):
    """An axis of a batch: its extent, and the strides of both factors and of the result."""

    extent: Any
    strides: tuple[Any, Any, Any]


class Product:
    """A product that BLAS computes.

    Attributes:
      rows, columns, shared: the extents of one product.
      matrices: both factors and the result.
      axes: the batch; axes that lie like one are one.
      is_narrow: whether it is many rows, or a batch of many small matrices, of so few columns that compiled code is
        quicker than BLAS.
    """

    def __init__(
        self,
        instruction: Instruction,
        sizes: tuple[Any, Any, Any],
        matrices: tuple[_Matrix, _Matrix, _Matrix],
        axes: list[_Axis],
    ) -> None:
        self.instruction = instruction
        self.rows, self.columns, self.shared = sizes
        self.matrices = matrices
        self.axes = axes
        self.is_narrow = False

    @staticmethod
    def of(instruction: Instruction, special: Specialized) -> Product | None:
        """The product an instruction is, or None."""
        extents = special.extents
        values = (*instruction.inputs, *instruction.outputs)
        orders = orders_of(instruction, extents)
        if orders is None or any(value.dtype is not values[0].dtype for value in values):
            return None
        from ..runtime import blas  # here: most processes' first steps multiply nothing

        if blas.gemm_address(values[0].dtype.name) is None:
            return None
        shapes = [tuple(extents[v][axis] for axis in order) for v, order in zip(values, orders)]
        batch = shapes[2][:-2]
        found = [_matrix(special, value, order, batch) for value, order in zip(values, orders)]
        a, b, result = found
        if a is None or b is None or result is None or result.is_flipped:
            return None
        strides = zip(a.strides, b.strides, result.strides)
        axes = _merged([_Axis(extent, places) for extent, places in zip(batch, strides)])
        sizes = shapes[2][-2], shapes[2][-1], shapes[0][-1]
        made = Product(instruction, sizes, (a, b, result), axes)._with_batch_in_rows()
        made.is_narrow = made._finds_narrow()
        return made

    def _finds_narrow(self) -> bool:
        """See `is_narrow`. A guard says how many there are, so bits depend on sizes alone; a vector is BLAS's."""
        columns, shared = self.columns, self.shared
        if not type(columns) is type(shared) is int or not (2 <= columns <= _NARROW and 1 <= shared <= _NARROW):
            return False
        if not self.axes:
            return bool(self.rows >= _MANY)
        is_small = type(self.rows) is int and 2 <= self.rows <= _NARROW
        return is_small and bool(product([axis.extent for axis in self.axes]) * self.rows >= _MANY)

    def _with_batch_in_rows(self) -> Product:
        """With the innermost axis of the batch as more rows, where the second factor is the same for all of it."""
        a, _, result = self.matrices
        while self.axes and not a.is_flipped:
            extent, (stride, other, to) = self.axes[-1]
            dense = same(stride, a.distance * self.rows) and same(to, result.distance * self.rows)
            if not dense or not same(other, 0):
                break
            self.rows = self.rows * extent
            self.axes.pop()
        return self


def orders_of(instruction: Instruction, extents: dict[Value, tuple[Any, ...]]) -> tuple[Order, Order, Order] | None:
    """Which axes of its operands, and of its result, are the batch, the rows and the columns; None if no product."""
    attrs, names = instruction.attrs, instruction.op_def.product
    if names is not None:
        flips = [attrs[name] for name in names]
    elif "order_x" in attrs:  # an arranged product
        return tuple(attrs["order_x"]), tuple(attrs["order_y"]), inverse(attrs["order_output"])
    else:
        return None
    x, y = (_order(len(extents[value]), flip) for value, flip in zip(instruction.inputs, flips))
    return x, y, _order(len(extents[instruction.outputs[0]]), False)


def _order(rank: int, flip: bool) -> Order:
    axes = tuple(range(rank))
    return (*axes[:-2], axes[-1], axes[-2]) if flip else axes


def inverse(order: Sequence[int]) -> Order:
    """The permutation that takes another one back."""
    return tuple(sorted(range(len(order)), key=lambda axis: order[axis]))


def is_readable(order: Order) -> bool:
    """Whether BLAS reads a dense array whose axes are taken in this order."""
    return len(order) - 1 in order[-2:]


def _matrix(special: Specialized, value: Value, order: Order, batch: tuple[Any, ...]) -> _Matrix | None:
    """How an array lies, or None if BLAS cannot read it as matrices of this batch.

    Args:
      order: which of its axes are the batch, the rows and the columns.
    """
    extents = special.extents[value]
    places = special.strides.get(value)
    if places is None:
        places = tuple(product(extents[axis + 1 :]) for axis in range(len(extents)))
        lines = order[-2:] if order[-1] == len(order) - 1 else (order[-1], order[-2])
        if not is_readable(order):
            return None
    else:
        lines = next((pair for pair in (order[-2:], order[:-3:-1]) if same(places[pair[1]], 1)), ())
        if not lines or (value, lines[0]) not in special.wide:
            return None
    strides: list[Any] = [0] * (len(batch) + 2 - len(order))
    for axis, extent in zip(order[:-2], batch[len(strides) :]):
        if not same(extents[axis], extent):
            if not same(extents[axis], 1):
                return None
            strides.append(0)
        else:
            strides.append(places[axis])
    return _Matrix(lines[1] != order[-1], places[lines[0]], extents[lines[1]], tuple(strides))


def _merged(axes: list[_Axis]) -> list[_Axis]:
    """The axes of a batch, without those of one element, and as one where a step of the outer is all of the inner."""
    found: list[_Axis] = []
    for axis in axes:
        if same(axis.extent, 1):
            continue
        if found and all(same(s, axis.extent * t) for s, t in zip(found[-1].strides, axis.strides)):
            found[-1] = _Axis(found[-1].extent * axis.extent, axis.strides)
        else:
            found.append(axis)
    return found


# Transpositions.


class _Arranged:
    """A product while transpositions are taken into it: its operands, and the order of the axes of each."""

    def __init__(self, instruction: Instruction, orders: tuple[Order, Order, Order]) -> None:
        self.instruction = instruction
        self.inputs = list(instruction.inputs)
        self.result = instruction.outputs[0]
        self.orders = [*orders[:2], inverse(orders[2])]
        self.is_changed = False

    def finished(self) -> Instruction:
        """The instruction that says it."""
        if not self.is_changed:
            return self.instruction
        from ...ops.families.linalg.products import ARRANGED_PRODUCT

        attrs = dict(zip(("order_x", "order_y", "order_output"), map(list, self.orders)), T=self.result.dtype)
        return Instruction(ARRANGED_PRODUCT, attrs, self.inputs, [self.result], self.instruction.op)


def fold_transposes(special: Specialized, instructions: list[Instruction]) -> list[Instruction]:
    """Take transpositions into the products they are made for.

    One in front of a product goes if only products take its result: where it is needed in memory anyway, they read it
    there. One behind a product goes if nothing else takes the product.

    Args:
      instructions: those whose results are needed, in order.
    """
    products: dict[Instruction, _Arranged] = {}
    for instruction in instructions:
        orders = orders_of(instruction, special.extents)
        if orders is not None and Product.of(instruction, special) is not None:
            products[instruction] = _Arranged(instruction, orders)
    if not products:
        return instructions
    folder = _Folder(special, instructions, products)
    kept = [i for i in reversed(instructions) if i in products or not folder.takes(i)]
    return [products[i].finished() if i in products else i for i in reversed(kept)]


class _Folder:
    def __init__(
        self, special: Specialized, instructions: list[Instruction], products: dict[Instruction, _Arranged]
    ) -> None:
        self._special = special
        self._fetched = set(special.region.outputs)
        self._makers = {instruction.outputs[0]: found for instruction, found in products.items()}
        self._users: dict[Value, list[Any]] = {}  # instructions, and products
        for instruction in instructions:
            for value in dict.fromkeys(instruction.inputs):
                self._users.setdefault(value, []).append(products.get(instruction, instruction))

    def takes(self, instruction: Instruction) -> bool:
        """Whether a transposition has become part of products; the last one comes first."""
        order = self._order(instruction)
        return order is not None and (self._in_front(instruction, order) or self._behind(instruction, order))

    def _order(self, instruction: Instruction) -> Order | None:
        if instruction.op_def.index_map is not TRANSPOSE or instruction.outputs[0] in self._special.known:
            return None
        known = self._special.known.get(instruction.inputs[1])
        rank = len(self._special.extents[instruction.inputs[0]])
        if known is None or rank < 2:
            return None
        order = tuple(int(axis) % rank for axis in known.reshape(-1).tolist())
        return order if sorted(order) == list(range(rank)) else None

    def _in_front(self, instruction: Instruction, order: Order) -> bool:
        source, moved = instruction.inputs[0], instruction.outputs[0]
        users = self._users.get(moved, [])
        if moved in self._fetched or not users or not all(isinstance(user, _Arranged) for user in users):
            return False
        places = [(user, n) for user in users for n in (0, 1) if user.inputs[n] is moved]
        found = [tuple(order[axis] for axis in user.orders[n]) for user, n in places]
        if not all(map(is_readable, found)):
            return False
        for (user, n), composed in zip(places, found):
            user.inputs[n], user.orders[n], user.is_changed = source, composed, True
        others = [user for user in self._users[source] if user is not instruction]
        self._users[source] = [*others, *(user for user in users if user not in others)]
        return True

    def _behind(self, instruction: Instruction, order: Order) -> bool:
        maker = self._makers.get(instruction.inputs[0])
        if maker is None or maker.result in self._fetched or self._users[maker.result] != [instruction]:
            return False
        composed = tuple(maker.orders[2][axis] for axis in order)
        if composed[-1] != len(order) - 1:
            return False
        maker.result, maker.orders[2], maker.is_changed = instruction.outputs[0], composed, True
        self._makers[maker.result] = maker
        return True
