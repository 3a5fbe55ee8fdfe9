"""Initializers of matrices: orthogonal ones, and the identity."""

from __future__ import annotations

import math
from typing import Any

from ...graph.node import Tensor
from ...types import dtypes
from .initializers import Initializer, floating


class Orthogonal(Initializer):
    """An orthogonal matrix, or the first rows or columns of one; extents before the last count as rows.

    Args:
      gain: a factor for all elements.
      seed: see `set_random_seed`.
      dtype: a floating-point type.
    Raises: ValueError for fewer than two dimensions, or for another type.
    Source: Saxe, McClelland, Ganguli (2013).
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        self.gain = gain
        self.dtype = floating(dtype)
        self.seed = seed

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        from ..arrays.reshaping import reshape
        from ..arrays.transposing import matrix_transpose
        from ..elementwise.arithmetic import sign
        from ..linalg.factorizations import qr
        from ..linalg.matrix_parts import diag_part
        from .sampling import random_normal

        extents = [int(extent) for extent in shape]
        if len(extents) < 2:
            raise ValueError("The tensor to initialize must be at least two-dimensional")
        rows, columns = math.prod(extents[:-1]), extents[-1]
        flat = (columns, rows) if rows < columns else (rows, columns)
        drawn = random_normal(list(flat), dtype=self.dtype if dtype is None else dtype, seed=self.seed)
        q, r = qr(drawn, full_matrices=False)
        square = r if r.shape[0] == r.shape[1] else r[: min(flat)]
        q = q * sign(diag_part(square))  # which makes it unique, and evenly distributed
        if rows < columns:
            q = matrix_transpose(q)
        result: Tensor = self.gain * reshape(q, extents)
        return result


class Identity(Initializer):
    """The identity matrix, with zeros where it is not square.

    Args:
      gain: a factor for all elements.
      dtype: a floating-point type.
    Raises: ValueError for another number of dimensions than two, or for another type.
    """

    def __init__(self, gain: float = 1.0, dtype: Any = dtypes.float32) -> None:
        self.gain = gain
        self.dtype = floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        from ..arrays.slicing import slice as slice_of
        from ..linalg.matrix_parts import eye

        whole = list(shape if partition_info is None else partition_info.full_shape)
        if len(whole) != 2:
            raise ValueError("Identity matrix initializer can only be used for 2D matrices.")
        made = eye(int(whole[0]), int(whole[1]), dtype=self.dtype if dtype is None else dtype)
        if partition_info is not None:
            made = slice_of(made, partition_info.var_offset, [int(extent) for extent in shape])
        result: Tensor = self.gain * made
        return result


orthogonal_initializer = Orthogonal
identity_initializer = Identity
