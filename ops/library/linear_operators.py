"""Linear operators: matrices that know how they are made, `tf.linalg.LinearOperator*`.

Four kinds are here, those that programs use: full matrices, lower triangles, diagonals and the identity.
"""

from __future__ import annotations

from typing import Any

from ..building.constant import constant
from ..building.convert import convert_to_tensor
from ..building.default_graph import name_scope
from ..building.static_shape import constant_value_as_shape
from ..building.static_value import get_static_value
from ..families.arrays.filling import ones, zeros
from ..families.arrays.reshaping import expand_dims, squeeze
from ..families.arrays.shape_ops import rank as rank_of
from ..families.arrays.shape_ops import shape
from ..families.arrays.stacking import concat, stack
from ..families.arrays.transposing import matrix_transpose
from ..families.elementwise.arithmetic import abs as absolute
from ..families.elementwise.cast import cast
from ..families.elementwise.complex import conj
from ..families.elementwise.exponential import log
from ..families.elementwise.like import zeros_like
from ..families.linalg.factorizations import matrix_determinant, matrix_solve, matrix_triangular_solve
from ..families.linalg.matrix_parts import eye, matrix_band_part, matrix_diag, matrix_diag_part, matrix_set_diag
from ..families.linalg.products import matmul
from ..families.reductions.reductions import reduce_prod, reduce_sum
from ..graph.node import Tensor
from ..types import dtypes
from ..types.tensor_shape import TensorShape


def _known(value: Any, name: str) -> Tensor:
    return constant(value, dtypes.int32, name=name)


def same_batches(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Two batches of matrices, each repeated where only the other one has matrices."""
    batches = [x.shape[:-2] if x.shape.ndims is not None else TensorShape(None) for x in (a, b)]
    if all(batch.is_fully_defined() for batch in batches) and batches[0] == batches[1]:
        return a, b
    return a + zeros_like(b[..., :1, :1]), b + zeros_like(a[..., :1, :1])


class LinearOperator:
    """Matrices `[..., m, n]`; subclasses give `_dense`, and better ways for the rest.

    Args:
      dtype: of the elements.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: what is known of the matrices, or None.
      name: of the operator.
    """

    def __init__(
        self, dtype: Any, graph_parents: Any = None, is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None, is_positive_definite: bool | None = None, is_square: bool | None = None,
        name: str | None = None,
    ) -> None:  # fmt: skip
        self.dtype = dtypes.as_dtype(dtype)
        self.graph_parents = list(graph_parents or [])
        self.is_non_singular, self.is_self_adjoint = is_non_singular, is_self_adjoint
        self.is_positive_definite, self._is_square = is_positive_definite, is_square
        self.name = name or type(self).__name__

    @property
    def is_square(self) -> bool | None:
        """Whether there are as many rows as columns, None if that is not known."""
        if self._is_square is not None:
            return self._is_square
        static = self.shape
        extents = [None, None] if static.ndims is None else static.as_list()[-2:]
        return None if None in extents else extents[0] == extents[1]

    def _dense(self) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} has no matrix.")

    def _scope(self, name: str) -> Any:
        return name_scope(f"{self.name}/{name}")

    def _name_scope(self, name: str = "", values: Any = None) -> Any:
        """`_scope` under the name that classes derived from TensorFlow's use."""
        return self._scope(name)

    def _check_input_dtype(self, arg: Any) -> None:
        """Raises: TypeError for a tensor of another type than the matrices'."""
        if arg.dtype.base_dtype != self.dtype:
            raise TypeError(f"Expected argument to have dtype {self.dtype}. Found: {arg.dtype} in tensor {arg}")

    @property
    def shape(self) -> TensorShape:
        """The static shape."""
        return self._dense().shape

    @property
    def batch_shape(self) -> TensorShape:
        """The static shape without the last two dimensions."""
        batch: TensorShape = self.shape[:-2]
        return batch

    @property
    def domain_dimension(self) -> Any:
        """How many columns there are."""
        return self.shape[-1]

    @property
    def range_dimension(self) -> Any:
        """How many rows there are."""
        return self.shape[-2]

    def shape_tensor(self, name: str = "shape_tensor") -> Tensor:
        """The shape as a tensor."""
        with self._scope(name):
            static = self.shape
            return _known(static.as_list(), "Const") if static.is_fully_defined() else shape(self._dense())

    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> Tensor:
        """The shape without the last two dimensions, as a tensor."""
        with self._scope(name):
            batch = self.batch_shape
            return _known(batch.as_list(), "batch_shape") if batch.is_fully_defined() else shape(self._dense())[:-2]

    def domain_dimension_tensor(self, name: str = "domain_dimension_tensor") -> Tensor:
        """How many columns there are, as a tensor."""
        with self._scope(name):
            return self._dimension_tensor(-1)

    def range_dimension_tensor(self, name: str = "range_dimension_tensor") -> Tensor:
        """How many rows there are, as a tensor."""
        with self._scope(name):
            return self._dimension_tensor(-2)

    def _dimension_tensor(self, axis: int) -> Tensor:
        static = self.shape
        known = None if static.ndims is None else static.as_list()[axis]
        if known is not None:
            return _known(known, "Const")
        length: Tensor = shape(self._dense())[axis]
        return length

    @property
    def tensor_rank(self) -> int | None:
        """How many dimensions the matrices have, those of the batch among them."""
        rank: int | None = self.shape.ndims
        return rank

    def tensor_rank_tensor(self, name: str = "tensor_rank_tensor") -> Tensor:
        """The same as a tensor."""
        with self._scope(name):
            static = self.tensor_rank
            return rank_of(self._dense()) if static is None else _known(static, "Const")

    def add_to_tensor(self, x: Any, name: str = "add_to_tensor") -> Tensor:
        """The matrices plus `x`."""
        with self._scope(name):
            result: Tensor = self._dense() + convert_to_tensor(x, dtype=self.dtype)
            return result

    def to_dense(self, name: str = "to_dense") -> Tensor:
        """The matrices."""
        with self._scope(name):
            return self._dense()

    def matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "matmul") -> Tensor:
        """The products with matrices `x`."""
        with self._scope(name):
            return self._matmul(convert_to_tensor(x, dtype=self.dtype), adjoint, adjoint_arg)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        return matmul(self._dense(), x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def matvec(self, x: Any, adjoint: bool = False, name: str = "matvec") -> Tensor:
        """The products with vectors `x`."""
        with self._scope(name):
            return squeeze(self._matmul(expand_dims(convert_to_tensor(x, dtype=self.dtype), -1), adjoint, False), [-1])

    def solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "solve") -> Tensor:
        """The matrices whose products with these are `rhs`."""
        with self._scope(name):
            rhs = convert_to_tensor(rhs, dtype=self.dtype)
            return self._solve(matrix_transpose(rhs, conjugate=True) if adjoint_arg else rhs, adjoint)

    def _solve(self, rhs: Any, adjoint: bool) -> Tensor:
        return matrix_solve(*same_batches(self._dense(), rhs), adjoint=adjoint)

    def solvevec(self, rhs: Any, adjoint: bool = False, name: str = "solve") -> Tensor:
        """The vectors whose products with these are `rhs`."""
        with self._scope(name):
            return squeeze(self._solve(expand_dims(convert_to_tensor(rhs, dtype=self.dtype), -1), adjoint), [-1])

    def diag_part(self, name: str = "diag_part") -> Tensor:
        """The diagonals."""
        with self._scope(name):
            return self._diagonal()

    def _diagonal(self) -> Tensor:
        return matrix_diag_part(self._dense())

    def trace(self, name: str = "trace") -> Tensor:
        """The sums of the diagonals."""
        with self._scope(name):
            return reduce_sum(self._diagonal(), -1)

    def determinant(self, name: str = "det") -> Tensor:
        """The determinants."""
        with self._scope(name):
            return self._determinant()

    def _determinant(self) -> Tensor:
        return matrix_determinant(self._dense())

    def log_abs_determinant(self, name: str = "log_abs_det") -> Tensor:
        """The logarithms of the determinants' sizes."""
        with self._scope(name):
            return self._log_abs_determinant()

    def _log_abs_determinant(self) -> Tensor:
        return log(absolute(self._determinant()))


class LinearOperatorFullMatrix(LinearOperator):
    """Any matrices.

    Args:
      matrix: `[..., m, n]`.
      Others: see `LinearOperator`.
    """

    def __init__(
        self, matrix: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None, is_square: bool | None = None,
        name: str = "LinearOperatorFullMatrix",
    ) -> None:  # fmt: skip
        with name_scope(name, values=[matrix]):
            self._matrix = convert_to_tensor(matrix, name="matrix")
        super().__init__(
            self._matrix.dtype, [self._matrix], is_non_singular, is_self_adjoint, is_positive_definite, is_square, name
        )

    def _dense(self) -> Tensor:
        return self._matrix


class _OfDiagonal(LinearOperator):
    """Operators whose determinant is the product of their diagonal."""

    def _determinant(self) -> Tensor:
        return reduce_prod(self._diagonal(), -1)

    def _log_abs_determinant(self) -> Tensor:
        return reduce_sum(log(absolute(self._diagonal())), -1)


class LinearOperatorLowerTriangular(_OfDiagonal):
    """The lower triangles of matrices.

    Args:
      tril: `[..., n, n]`; what is above the diagonals is not looked at.
      Others: see `LinearOperator`.
    """

    def __init__(
        self, tril: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None, is_square: bool | None = None,
        name: str = "LinearOperatorLowerTriangular",
    ) -> None:  # fmt: skip
        if is_square is False:
            raise ValueError("Only square lower triangular operators supported at this time.")
        with name_scope(name, values=[tril]):
            self._tril = matrix_band_part(convert_to_tensor(tril, name="tril"), -1, 0)
        super().__init__(
            self._tril.dtype, [self._tril], is_non_singular, is_self_adjoint, is_positive_definite, True, name
        )

    def _dense(self) -> Tensor:
        return self._tril

    def _solve(self, rhs: Any, adjoint: bool) -> Tensor:
        return matrix_triangular_solve(*same_batches(self._tril, rhs), lower=True, adjoint=adjoint)


class LinearOperatorDiag(_OfDiagonal):
    """Matrices with nothing beside their diagonals.

    Args:
      diag: the diagonals, `[..., n]`.
      Others: see `LinearOperator`.
    """

    def __init__(
        self, diag: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None, is_square: bool | None = None, name: str = "LinearOperatorDiag",
    ) -> None:  # fmt: skip
        if is_square is False:
            raise ValueError("Only square diagonal operators currently supported.")
        with name_scope(name, values=[diag]):
            self._diag = convert_to_tensor(diag, name="diag")
        super().__init__(
            self._diag.dtype, [self._diag], is_non_singular, is_self_adjoint, is_positive_definite, True, name
        )

    @property
    def diag(self) -> Tensor:
        """The diagonals."""
        return self._diag

    @property
    def shape(self) -> TensorShape:
        """The static shape."""
        return self._diag.shape.concatenate(self._diag.shape[-1:])

    def _dense(self) -> Tensor:
        return matrix_diag(self._diag)

    def _diagonal(self) -> Tensor:
        return self._diag

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        factors = expand_dims(conj(self._diag) if adjoint else self._diag, -1)
        result: Tensor = factors * (matrix_transpose(x, conjugate=True) if adjoint_arg else x)
        return result

    def _solve(self, rhs: Any, adjoint: bool) -> Tensor:
        result: Tensor = rhs / expand_dims(conj(self._diag) if adjoint else self._diag, -1)
        return result


class LinearOperatorIdentity(_OfDiagonal):
    """The identity.

    Args:
      num_rows: how many rows and columns.
      batch_shape: of the matrices; None for one.
      dtype: of the elements; default: float32.
      Others: see `LinearOperator`; `assert_proper_shapes` is not needed: shapes are always checked.
    Raises: ValueError for a number of rows that is negative or no scalar, TypeError for one that is no integer.
    """

    def __init__(
        self, num_rows: Any, batch_shape: Any = None, dtype: Any = None, is_non_singular: bool | None = True,
        is_self_adjoint: bool | None = True, is_positive_definite: bool | None = True, is_square: bool | None = True,
        assert_proper_shapes: bool = False, name: str = "LinearOperatorIdentity",
    ) -> None:  # fmt: skip
        with name_scope(name):
            self._num_rows = convert_to_tensor(num_rows, name="num_rows")
            self._batch = None
            if batch_shape is not None:
                self._batch = convert_to_tensor(batch_shape, dtype=dtypes.int32, name="batch_shape_arg")
        rows = get_static_value(self._num_rows)
        if self._num_rows.shape.ndims not in (None, 0):
            raise ValueError(f"Argument num_rows must be a 0-D Tensor. Found: {num_rows}")
        if not self._num_rows.dtype.is_integer:
            raise TypeError(f"Argument num_rows must be integer type. Found: {num_rows}")
        if rows is not None and rows < 0:
            raise ValueError(f"Argument num_rows must be non-negative. Found: {num_rows}")
        batch = TensorShape([]) if self._batch is None else constant_value_as_shape(self._batch)
        self._static = batch.concatenate([None if rows is None else int(rows)])
        flags = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        super().__init__(dtype or dtypes.float32, None, *flags, name)

    @property
    def shape(self) -> TensorShape:
        """The static shape."""
        return self._static.concatenate(self._static[-1:])

    def shape_tensor(self, name: str = "shape_tensor") -> Tensor:
        """The shape as a tensor."""
        if self.shape.is_fully_defined():
            return super().shape_tensor(name)
        with self._scope(name):
            rows = cast(self._num_rows, dtypes.int32)
            matrix = stack([rows, rows])
            result: Tensor = matrix if self._batch is None else concat([self._batch, matrix], 0)
            return result

    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> Tensor:
        """The shape without the last two dimensions, as a tensor."""
        if self._batch is None or self.batch_shape.is_fully_defined():
            return super().batch_shape_tensor(name)
        return self._batch

    def _dimension_tensor(self, axis: int) -> Tensor:
        known = None if self._static.ndims is None else self._static.as_list()[-1]
        length: Tensor = self.shape_tensor()[axis] if known is None else _known(known, "Const")
        return length

    def _dense(self) -> Tensor:
        known = None if self._static.ndims is None else self._static.as_list()[-1]
        rows = self._num_rows if known is None else known
        batch = self.batch_shape
        repeated = batch.as_list() if batch.is_fully_defined() else self._batch
        result: Tensor = eye(rows, batch_shape=repeated, dtype=self.dtype)
        return result

    def _diagonal(self) -> Tensor:
        if self._static.is_fully_defined():
            return ones(self._static, dtype=self.dtype)
        return ones(self.shape_tensor()[:-1], dtype=self.dtype)

    def trace(self, name: str = "trace") -> Tensor:
        """The sums of the diagonals."""
        with self._scope(name):
            batch = self.batch_shape
            each = ones(batch if batch.is_fully_defined() else self.batch_shape_tensor(), dtype=self.dtype)
            known = None if self._static.ndims is None else self._static.as_list()[-1]
            result: Tensor = (cast(self._num_rows, self.dtype) if known is None else known) * each
            return result

    def add_to_tensor(self, x: Any, name: str = "add_to_tensor") -> Tensor:
        """The matrices plus `x`."""
        with self._scope(name):
            x = convert_to_tensor(x, dtype=self.dtype)
            return matrix_set_diag(x, 1 + matrix_diag_part(x))

    def _repeated(self, x: Tensor) -> Tensor:
        """Matrices, for each one of the batch."""
        self.shape[-1:].assert_is_compatible_with(x.shape[-2:-1])
        if self._batch is None:
            return x
        batch = self.batch_shape
        if batch.is_fully_defined() and x.shape.is_fully_defined():
            own, given = batch.as_list(), x.shape.as_list()[:-2]
            pairs = zip(reversed(own), reversed(given))
            if len(given) >= len(own) and all(extent in (1, known) for extent, known in pairs):
                return x
        shape_of_one = [*batch.as_list(), 1, 1] if batch.is_fully_defined() else concat([self._batch, [1, 1]], 0)
        result: Tensor = x + zeros(shape_of_one, dtype=self.dtype)
        return result

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        return self._repeated(matrix_transpose(x, conjugate=True) if adjoint_arg else x)

    def _solve(self, rhs: Any, adjoint: bool) -> Tensor:
        return self._repeated(rhs)

    def _determinant(self) -> Tensor:
        return ones(self.batch_shape_tensor(), dtype=self.dtype)

    def _log_abs_determinant(self) -> Tensor:
        return zeros(self.batch_shape_tensor(), dtype=self.dtype)
