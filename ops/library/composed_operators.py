"""Linear operators that are made of others or of a few numbers: products, blocks, updates, reflections, multiples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from ..building.constant import constant
from ..building.convert import convert_to_tensor
from ..building.default_graph import name_scope
from ..families.arrays.filling import ones, zeros
from ..families.arrays.reshaping import expand_dims, reshape
from ..families.arrays.shape_ops import shape
from ..families.arrays.splitting import split
from ..families.arrays.stacking import concat
from ..families.arrays.transposing import matrix_transpose
from ..families.elementwise.arithmetic import abs as absolute
from ..families.elementwise.cast import cast
from ..families.elementwise.exponential import log, pow
from ..families.elementwise.like import ones_like, zeros_like
from ..families.indexing.gathering import gather
from ..families.linalg.factorizations import matrix_determinant, matrix_solve
from ..families.linalg.matrix_parts import eye, matrix_diag
from ..families.linalg.products import matmul
from ..families.reductions.reductions import reduce_sum
from ..graph.node import Tensor
from ..types import dtypes
from ..types.tensor_shape import TensorShape
from .linear_operators import LinearOperator, LinearOperatorDiag, LinearOperatorIdentity, same_batches

Hint = bool | None


def _rows(operator: LinearOperator) -> Any:
    """How many rows an operator has: a number if that is known."""
    known = operator.range_dimension
    value = getattr(known, "value", known)
    return operator.range_dimension_tensor() if value is None else value


def _adjoint(x: Tensor) -> Tensor:
    return matrix_transpose(x, conjugate=True)


class LinearOperatorScaledIdentity(LinearOperator):
    """Multiples of the identity.

    Args:
      num_rows: how many rows and columns.
      multiplier: `[...]`, the multiples.
      Others: see `LinearOperator`; `assert_proper_shapes` is not needed: shapes are always checked.
    """

    def __init__(
        self, num_rows: Any, multiplier: Any, is_non_singular: Hint = None, is_self_adjoint: Hint = None,
        is_positive_definite: Hint = None, is_square: Hint = True, assert_proper_shapes: bool = False,
        name: str = "LinearOperatorScaledIdentity",
    ) -> None:  # fmt: skip
        if not is_square:
            raise ValueError("A ScaledIdentity operator is always square.")
        with name_scope(name, values=[num_rows, multiplier]):
            self._multiplier = convert_to_tensor(multiplier, name="multiplier")
        self._num_rows = num_rows
        real = not self._multiplier.dtype.is_complex
        super().__init__(
            self._multiplier.dtype, [self._multiplier], is_non_singular,
            True if is_self_adjoint is None and real else is_self_adjoint, is_positive_definite, True, name,
        )  # fmt: skip

    @property
    def multiplier(self) -> Tensor:
        """The multiples."""
        return self._multiplier

    @property
    def shape(self) -> TensorShape:
        """The static shape."""
        rows = self._num_rows if isinstance(self._num_rows, (int, np.integer)) else None
        result: TensorShape = self._multiplier.shape.concatenate(TensorShape([rows, rows]))
        return result

    def _dense(self) -> Tensor:
        return matrix_diag(self._diagonal())

    def _diagonal(self) -> Tensor:
        factors = expand_dims(self._multiplier, -1)
        result: Tensor = factors * ones(expand_dims(convert_to_tensor(self._num_rows), 0), self.dtype)
        return result

    def _factors(self, adjoint: bool) -> Tensor:
        from ..families.elementwise.complex import conj

        factors = conj(self._multiplier) if adjoint else self._multiplier
        return expand_dims(expand_dims(factors, -1), -1)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        result: Tensor = self._factors(adjoint) * (_adjoint(x) if adjoint_arg else x)
        return result

    def _solve(self, rhs: Any, adjoint: bool) -> Tensor:
        result: Tensor = rhs / self._factors(adjoint)
        return result

    def _determinant(self) -> Tensor:
        result: Tensor = pow(self._multiplier, cast(self._num_rows, self.dtype))
        return result

    def _log_abs_determinant(self) -> Tensor:
        size = log(absolute(self._multiplier))
        result: Tensor = cast(self._num_rows, size.dtype) * size
        return result


class LinearOperatorZeros(LinearOperator):
    """Matrices of zeros.

    Args:
      num_rows, num_columns: how many; default: as many columns as rows.
      batch_shape: of the matrices; None for one.
      dtype: of the elements; default: float32.
      Others: see `LinearOperator`; `assert_proper_shapes` is not needed.
    """

    def __init__(
        self, num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: Any = None,
        is_non_singular: Hint = False, is_self_adjoint: Hint = True, is_positive_definite: Hint = False,
        is_square: Hint = True, assert_proper_shapes: bool = False, name: str = "LinearOperatorZeros",
    ) -> None:  # fmt: skip
        if is_non_singular:
            raise ValueError("A zero operator is always singular.")
        if is_positive_definite:
            raise ValueError("A zero operator is not positive definite.")
        columns = num_rows if num_columns is None else num_columns
        self._parts = (*([] if batch_shape is None else list(batch_shape)), num_rows, columns)
        super().__init__(
            dtype or dtypes.float32, None, is_non_singular, is_self_adjoint, is_positive_definite, is_square, name
        )

    def _dense(self) -> Tensor:
        return zeros(self._parts, self.dtype)

    def _solve(self, rhs: Any, adjoint: bool) -> Tensor:
        raise NotImplementedError("A zero operator is singular: solve() has no answer.")


class _Of(LinearOperator):
    """Operators of one other.

    Args:
      operator: the other one.
      ending: of the name, behind the other's.
    """

    _ending = ""

    def __init__(
        self, operator: LinearOperator, is_non_singular: Hint = None, is_self_adjoint: Hint = None,
        is_positive_definite: Hint = None, is_square: Hint = None, name: str | None = None,
    ) -> None:  # fmt: skip
        self._operator = operator
        super().__init__(
            operator.dtype,
            operator.graph_parents,
            operator.is_non_singular if is_non_singular is None else is_non_singular,
            operator.is_self_adjoint if is_self_adjoint is None else is_self_adjoint,
            operator.is_positive_definite if is_positive_definite is None else is_positive_definite,
            operator.is_square if is_square is None else is_square,
            name or f"{operator.name}_{self._ending}",
        )

    @property
    def operator(self) -> LinearOperator:
        """The other operator."""
        return self._operator


class LinearOperatorAdjoint(_Of):
    """The conjugate transpose of an operator. Args: see `_Of` and `LinearOperator`."""

    _ending = "adjoint"

    def _dense(self) -> Tensor:
        return _adjoint(self._operator._dense())

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        return self._operator._matmul(x, not adjoint, adjoint_arg)

    def _solve(self, rhs: Any, adjoint: bool) -> Tensor:
        return self._operator._solve(rhs, not adjoint)

    def _determinant(self) -> Tensor:
        from ..families.elementwise.complex import conj

        return conj(self._operator._determinant()) if self.dtype.is_complex else self._operator._determinant()

    def _log_abs_determinant(self) -> Tensor:
        return self._operator._log_abs_determinant()


class LinearOperatorInversion(_Of):
    """The inverse of an operator. Args: see `_Of` and `LinearOperator`."""

    _ending = "inv"

    def __init__(self, operator: LinearOperator, is_non_singular: Hint = None, *others: Any, **named: Any) -> None:
        if operator.is_square is False or named.get("is_square", True) is False:
            raise ValueError("An inverse operator must be square.")
        if operator.is_non_singular is False or is_non_singular is False:
            raise ValueError("An inverse operator is non-singular.")
        super().__init__(operator, is_non_singular, *others, **named)

    def _dense(self) -> Tensor:
        return self._operator._solve(eye(_rows(self._operator), dtype=self.dtype), False)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        return self._operator._solve(_adjoint(x) if adjoint_arg else x, adjoint)

    def _solve(self, rhs: Any, adjoint: bool) -> Tensor:
        return self._operator._matmul(rhs, adjoint)

    def _determinant(self) -> Tensor:
        result: Tensor = 1.0 / self._operator._determinant()
        return result

    def _log_abs_determinant(self) -> Tensor:
        result: Tensor = -1.0 * self._operator._log_abs_determinant()
        return result


class _OfSeveral(LinearOperator):
    """Operators of several others, of one type."""

    _between = ""

    def __init__(
        self, operators: Sequence[LinearOperator], is_non_singular: Hint = None, is_self_adjoint: Hint = None,
        is_positive_definite: Hint = None, is_square: Hint = None, name: str | None = None,
    ) -> None:  # fmt: skip
        self._operators = list(operators)
        if not self._operators:
            raise ValueError("Expected a non-empty list of operators. Found: []")
        kinds = {operator.dtype for operator in self._operators}
        if len(kinds) > 1:
            found = [operator.dtype for operator in self._operators]
            raise TypeError(f"Expected all operators to have the same dtype. Found {found}")
        if is_non_singular is None and all(operator.is_non_singular for operator in self._operators):
            is_non_singular = True
        super().__init__(
            kinds.pop(), [parent for operator in self._operators for parent in operator.graph_parents],
            is_non_singular, is_self_adjoint, is_positive_definite, is_square,
            name or self._between.join(operator.name for operator in self._operators),
        )  # fmt: skip

    @property
    def operators(self) -> list[LinearOperator]:
        """The others."""
        return self._operators

    def _product(self, values: Sequence[Tensor]) -> Tensor:
        result: Tensor = reduce(lambda a, b: a * b, values)
        return result

    def _sum(self, values: Sequence[Tensor]) -> Tensor:
        result: Tensor = reduce(lambda a, b: a + b, values)
        return result


class LinearOperatorComposition(_OfSeveral):
    """Products of operators: the last one is applied first. Args: see `_OfSeveral` and `LinearOperator`."""

    _between = "_o_"

    def _dense(self) -> Tensor:
        return reduce(matmul, [operator._dense() for operator in self._operators])

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        result = _adjoint(x) if adjoint_arg else x
        for operator in self._operators if adjoint else reversed(self._operators):
            result = operator._matmul(result, adjoint)
        return result

    def _solve(self, rhs: Any, adjoint: bool) -> Tensor:
        result: Tensor = rhs
        for operator in reversed(self._operators) if adjoint else self._operators:
            result = operator._solve(result, adjoint)
        return result

    def _determinant(self) -> Tensor:
        return self._product([operator._determinant() for operator in self._operators])

    def _log_abs_determinant(self) -> Tensor:
        return self._sum([operator._log_abs_determinant() for operator in self._operators])


class LinearOperatorBlockDiag(_OfSeveral):
    """Square operators along a diagonal, zeros elsewhere. Args: see `_OfSeveral` and `LinearOperator`."""

    _between = "_ds_"

    def __init__(self, operators: Sequence[LinearOperator], *hints: Any, **named: Any) -> None:
        super().__init__(operators, *hints, **{"is_square": True, **named} if len(hints) < 4 else named)
        if any(operator.is_square is False for operator in self._operators):
            raise ValueError("Can only represent a block diagonal of square operators.")

    def _dense(self) -> Tensor:
        blocks = [operator._dense() for operator in self._operators]
        batch = reduce(lambda a, b: a + b, [zeros_like(block[..., :1, :1]) for block in blocks])
        rows = []
        for number, block in enumerate(blocks):
            row = [batch + (block if other == number else zeros_like(matmul(block[..., :1], theirs[..., :1, :])))
                   for other, theirs in enumerate(blocks)]  # fmt: skip
            rows.append(concat(row, -1))
        return concat(rows, -2)

    def _apart(self, x: Tensor) -> list[Tensor]:
        return list(split(x, [_rows(operator) for operator in self._operators], -2))

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        parts = self._apart(_adjoint(x) if adjoint_arg else x)
        return concat([operator._matmul(part, adjoint) for operator, part in zip(self._operators, parts)], -2)

    def _solve(self, rhs: Any, adjoint: bool) -> Tensor:
        parts = self._apart(rhs)
        return concat([operator._solve(part, adjoint) for operator, part in zip(self._operators, parts)], -2)

    def _determinant(self) -> Tensor:
        return self._product([operator._determinant() for operator in self._operators])

    def _log_abs_determinant(self) -> Tensor:
        return self._sum([operator._log_abs_determinant() for operator in self._operators])


class LinearOperatorKronecker(_OfSeveral):
    """Kronecker products of operators. Args: see `_OfSeveral` and `LinearOperator`."""

    _between = "_x_"

    def _dense(self) -> Tensor:
        return reduce(_kronecker, [operator._dense() for operator in self._operators])

    def _powers(self) -> list[Tensor]:
        """How often each operator's determinant is a factor."""
        sizes = [cast(_rows(operator), self.dtype.real_dtype) for operator in self._operators]
        total = reduce(lambda a, b: a * b, sizes)
        return [total / size for size in sizes]

    def _determinant(self) -> Tensor:
        found = zip(self._operators, self._powers())
        return self._product([pow(operator._determinant(), cast(power, self.dtype)) for operator, power in found])

    def _log_abs_determinant(self) -> Tensor:
        found = zip(self._operators, self._powers())
        return self._sum([power * operator._log_abs_determinant() for operator, power in found])


def _kronecker(a: Tensor, b: Tensor) -> Tensor:
    wide = expand_dims(expand_dims(a, -1), -3) * expand_dims(expand_dims(b, -2), -4)
    extents = shape(wide)
    pairs = [extents[-4] * extents[-3], extents[-2] * extents[-1]]
    result = reshape(wide, concat([extents[:-4], pairs], 0))
    if a.shape.ndims is not None and b.shape.ndims is not None and wide.shape.ndims is not None:
        m, p, n, q = (extent.value for extent in wide.shape[-4:])
        known = [None if None in pair else pair[0] * pair[1] for pair in ((m, p), (n, q))]
        result.set_shape(wide.shape[:-4].concatenate(TensorShape(known)))
    return result


class LinearOperatorHouseholder(LinearOperator):
    """Reflections at the planes through zero to which vectors are normal.

    Args:
      reflection_axis: `[..., n]`, the vectors.
      Others: see `LinearOperator`.
    """

    def __init__(
        self, reflection_axis: Any, is_non_singular: Hint = None, is_self_adjoint: Hint = None,
        is_positive_definite: Hint = None, is_square: Hint = None, name: str = "LinearOperatorHouseholder",
    ) -> None:  # fmt: skip
        if is_square is False:
            raise ValueError("A Householder operator is always square.")
        if is_positive_definite:
            raise ValueError("A Householder operator is always non-positive definite.")
        with name_scope(name, values=[reflection_axis]):
            self._axis = convert_to_tensor(reflection_axis, name="reflection_axis")
        super().__init__(self._axis.dtype, [self._axis], is_non_singular, True, False, True, name)

    @property
    def reflection_axis(self) -> Tensor:
        """The vectors."""
        return self._axis

    def _unit(self) -> Tensor:
        size = reduce_sum(self._axis * self._axis, -1, keepdims=True)
        return expand_dims(self._axis / pow(size, constant(0.5, self.dtype)), -1)

    def _dense(self) -> Tensor:
        unit = self._unit()
        identity = eye(shape(self._axis)[-1], dtype=self.dtype)
        result: Tensor = identity - 2.0 * matmul(unit, unit, adjoint_b=True)
        result.set_shape(self._axis.shape.concatenate(self._axis.shape[-1:]))
        return result

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        x, unit = (_adjoint(x) if adjoint_arg else x), self._unit()
        result: Tensor = x - 2.0 * unit * matmul(unit, x, adjoint_a=True)
        return result

    def _solve(self, rhs: Any, adjoint: bool) -> Tensor:
        return self._matmul(rhs)

    def _determinant(self) -> Tensor:
        result: Tensor = -ones_like(self._axis[..., 0])
        return result

    def _log_abs_determinant(self) -> Tensor:
        return zeros_like(self._axis[..., 0])


class LinearOperatorLowRankUpdate(LinearOperator):
    """`L + U D V^H` for an operator L and narrow matrices U and V.

    Determinants and solutions take those of L, and matrices as small as U is narrow. Source: the matrix determinant
    lemma and Woodbury's identity.

    Args:
      base_operator: L.
      u, v: `[..., m, k]` and `[..., n, k]`; default of v: u.
      diag_update: `[..., k]`, the diagonal of D; default: ones.
      is_diag_update_positive: what is known of it.
      Others: see `LinearOperator`.
    """

    def __init__(
        self, base_operator: LinearOperator, u: Any, diag_update: Any = None, v: Any = None,
        is_diag_update_positive: Hint = None, is_non_singular: Hint = None, is_self_adjoint: Hint = None,
        is_positive_definite: Hint = None, is_square: Hint = None, name: str = "LinearOperatorLowRankUpdate",
    ) -> None:  # fmt: skip
        given = [item for item in (u, diag_update, v) if item is not None]
        with name_scope(name, values=given):
            self._u = convert_to_tensor(u, name="u")
            self._v = self._u if v is None else convert_to_tensor(v, name="v")
            self._diag = None if diag_update is None else convert_to_tensor(diag_update, name="diag_update")
        self._base, self._is_positive = base_operator, True if diag_update is None else is_diag_update_positive
        if v is None and base_operator.is_self_adjoint and is_self_adjoint is None:
            is_self_adjoint = True
        if v is None and self._is_positive and base_operator.is_positive_definite:
            is_positive_definite = is_positive_definite is not False
            is_non_singular = is_non_singular is not False
        super().__init__(
            base_operator.dtype, [*base_operator.graph_parents, self._u, self._v], is_non_singular, is_self_adjoint,
            is_positive_definite, is_square if is_square is not None else base_operator.is_square, name,
        )  # fmt: skip

    @property
    def base_operator(self) -> LinearOperator:
        """L."""
        return self._base

    @property
    def u(self) -> Tensor:
        """U."""
        return self._u

    @property
    def v(self) -> Tensor:
        """V."""
        return self._v

    @property
    def diag_update(self) -> Tensor | None:
        """The diagonal of D, None for ones."""
        return self._diag

    @property
    def is_diag_update_positive(self) -> Hint:
        """What is known of it."""
        return self._is_positive

    @property
    def diag_operator(self) -> LinearOperator:
        """D."""
        if self._diag is None:
            return LinearOperatorIdentity(shape(self._u)[-1], dtype=self.dtype)
        return LinearOperatorDiag(self._diag, is_positive_definite=self._is_positive)

    def _scaled(self, columns: Tensor) -> Tensor:
        """Columns times the diagonal of D."""
        result: Tensor = columns if self._diag is None else columns * expand_dims(self._diag, -2)
        return result

    def _dense(self) -> Tensor:
        result: Tensor = self._base._dense() + matmul(self._scaled(self._u), self._v, adjoint_b=True)
        return result

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        x = _adjoint(x) if adjoint_arg else x
        left, right = (self._v, self._u) if adjoint else (self._u, self._v)
        result: Tensor = self._base._matmul(x, adjoint) + matmul(self._scaled(left), matmul(right, x, adjoint_a=True))
        return result

    def _capacitance(self) -> Tensor:
        """`D^-1 + V^H L^-1 U`."""
        inner = matmul(self._v, self._base._solve(self._u, False), adjoint_a=True)
        if self._diag is None:
            result: Tensor = inner + eye(shape(self._u)[-1], dtype=self.dtype)
            return result
        result = inner + matrix_diag(1.0 / self._diag)
        return result

    def _solve(self, rhs: Any, adjoint: bool) -> Tensor:
        left, right = (self._v, self._u) if adjoint else (self._u, self._v)
        first = self._base._solve(rhs, adjoint)
        narrow = matrix_solve(*same_batches(self._capacitance(), matmul(right, first, adjoint_a=True)), adjoint=adjoint)
        result: Tensor = first - self._base._solve(matmul(left, narrow), adjoint)
        return result

    def _determinant(self) -> Tensor:
        result: Tensor = matrix_determinant(self._capacitance()) * self._base._determinant()
        if self._diag is not None:
            result = result * self.diag_operator._determinant()
        return result

    def _log_abs_determinant(self) -> Tensor:
        result: Tensor = log(absolute(matrix_determinant(self._capacitance()))) + self._base._log_abs_determinant()
        if self._diag is not None:
            result = result + self.diag_operator._log_abs_determinant()
        return result


class LinearOperatorToeplitz(LinearOperator):
    """Matrices whose elements are the same along each diagonal.

    Args:
      col, row: `[..., n]`, the first column and the first row; the corner is the column's.
      Others: see `LinearOperator`.
    """

    def __init__(
        self, col: Any, row: Any, is_non_singular: Hint = None, is_self_adjoint: Hint = None,
        is_positive_definite: Hint = None, is_square: Hint = None, name: str = "LinearOperatorToeplitz",
    ) -> None:  # fmt: skip
        if is_square is False:
            raise ValueError("Only square Toeplitz operators currently supported.")
        with name_scope(name, values=[row, col]):
            self._col, self._row = convert_to_tensor(col, name="col"), convert_to_tensor(row, name="row")
        super().__init__(
            self._col.dtype, [self._row, self._col], is_non_singular, is_self_adjoint, is_positive_definite, True, name
        )

    @property
    def col(self) -> Tensor:
        """The first column."""
        return self._col

    @property
    def row(self) -> Tensor:
        """The first row."""
        return self._row

    def _dense(self) -> Tensor:
        size = self._col.shape[-1].value
        if size is None:
            raise ValueError("The number of rows of a Toeplitz operator must be known while the graph is built.")
        numbers = np.arange(size)
        offsets = numbers[None, :] - numbers[:, None] + size - 1  # 0: the lowest diagonal
        batch = zeros_like(self._col[..., :1]) + zeros_like(self._row[..., :1])
        diagonals = concat([batch + self._col[..., ::-1], batch + self._row[..., 1:]], -1)
        found: Tensor = gather(diagonals, offsets.astype(np.int32), axis=-1)
        return found
