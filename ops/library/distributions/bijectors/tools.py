"""Functions around distributions: triangles as vectors, diagonals of matrices, inverses and means of logarithms."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....families.arrays.rearranging import reverse
from ....families.arrays.reshaping import reshape
from ....families.arrays.shape_ops import shape
from ....families.arrays.stacking import concat
from ....families.elementwise.exponential import exp, expm1, log
from ....families.elementwise.like import ones_like, zeros_like
from ....families.elementwise.select import select_v2
from ....families.indexing.gathering import gather
from ....families.linalg.matrix_parts import matrix_band_part, matrix_diag_part, matrix_set_diag


def fill_triangular(x: Any, upper: bool = False, name: str | None = None) -> Any:
    """Return triangular matrices with the elements of vectors, in a spiral clockwise.

    Args:
      x: vectors of `n (n + 1) / 2` elements.
      upper: whether the upper triangle is filled, otherwise the lower one.
      name: of the scope.
    Returns: `[..., n, n]`.
    Raises: ValueError for vectors of another length.

    >>> tf.Session().run(tf.contrib.distributions.fill_triangular([1, 2, 3, 4, 5, 6]))
    array([[4, 0, 0],
           [6, 5, 0],
           [3, 2, 1]], dtype=int32)
    """
    with name_scope(name, "fill_triangular", values=[x]):
        x = convert_to_tensor(x, name="x")
        if x.shape[-1].value is None:
            raise ValueError("fill_triangular: the length of the vectors has to be known while the graph is built.")
        count = int(x.shape[-1].value)
        n = triangle_rows(count)
        parts = [x, reverse(x[..., n:], [-1])] if upper else [x[..., n:], reverse(x, [-1])]
        whole = concat(parts, -1)
        square = reshape(whole, concat([shape(x)[:-1], [n, n]], 0))
        result = matrix_band_part(square, *((0, -1) if upper else (-1, 0)))
        result.set_shape(x.shape[:-1].concatenate([n, n]))
        return result


def triangle_rows(count: int) -> int:
    """How many rows a triangle of so many elements has."""
    rows = (math.isqrt(1 + 8 * count) - 1) // 2
    if rows * (rows + 1) // 2 != count:
        raise ValueError(f"Input right-most shape ({count}) does not correspond to a triangular matrix.")
    return rows


def fill_triangular_inverse(x: Any, upper: bool = False, name: str | None = None) -> Any:
    """Return the vectors of which `fill_triangular` makes these matrices.

    Args:
      x: `[..., n, n]`.
      upper: whether the upper triangle is read, otherwise the lower one.
      name: of the scope.
    Returns: vectors of `n (n + 1) / 2` elements.
    """
    with name_scope(name, "fill_triangular_inverse", values=[x]):
        x = convert_to_tensor(x, name="x")
        n = x.shape[-1].value
        if n is None:
            raise ValueError("fill_triangular_inverse: the number of rows has to be known while the graph is built.")
        count = n * (n + 1) // 2
        # Where `fill_triangular` puts its elements, found by numbering them.
        numbers = np.arange(count)
        whole = [numbers, numbers[n:][::-1]] if upper else [numbers[n:], numbers[::-1]]
        placed = np.concatenate(whole).reshape(n, n)
        kept = np.triu(np.ones((n, n), bool)) if upper else np.tril(np.ones((n, n), bool))
        order = np.empty(count, np.int32)
        order[placed[kept]] = np.flatnonzero(kept)
        flat = reshape(x, concat([shape(x)[:-2], [n * n]], 0))
        result = gather(flat, order, axis=-1)
        result.set_shape(x.shape[:-2].concatenate([count]))
        return result


def softplus_inverse(x: Any, name: str | None = None) -> Any:
    """Return what `softplus` gives x for: `log(exp(x) - 1)`, also where that would overflow or vanish.

    Args:
      x: positive floats.
      name: of the scope.
    """
    with name_scope(name, "softplus_inverse", values=[x]):
        x = convert_to_tensor(x, name="x")
        threshold = float(np.log(np.finfo(x.dtype.as_numpy_dtype).eps)) + 2.0
        is_small, is_large = x < np.exp(threshold), x > -threshold
        safe = select_v2(is_small, ones_like(x), select_v2(is_large, ones_like(x), x))
        middle = safe + log(-expm1(-safe))
        return select_v2(is_small, log(x), select_v2(is_large, x, middle))


def matrix_diag_transform(matrix: Any, transform: Callable[[Any], Any] | None = None, name: str | None = None) -> Any:
    """Return matrices whose diagonal has gone through a function.

    Args:
      matrix: `[..., n, n]`.
      transform: the function; None leaves the matrices as they are.
      name: of the scope.
    """
    with name_scope(name, "matrix_diag_transform", values=[matrix]):
        matrix = convert_to_tensor(matrix, name="matrix")
        return matrix if transform is None else matrix_set_diag(matrix, transform(matrix_diag_part(matrix)))


def tridiag(below: Any = None, diag: Any = None, above: Any = None, name: str | None = None) -> Any:
    """Return matrices with up to three diagonals.

    Args:
      below, diag, above: the elements; None for zeros.
      name: of the scope.
    Raises: ValueError if there is none.
    """
    from ....families.arrays.padding import pad
    from ....families.linalg.matrix_parts import matrix_diag

    with name_scope(name, "tridiag", values=[below, diag, above]):
        parts = []
        for values, rows, columns in ((below, (1, 0), (0, 1)), (diag, (0, 0), (0, 0)), (above, (0, 1), (1, 0))):
            if values is not None:
                made = matrix_diag(values)
                outer = [(0, 0)] * ((made.shape.ndims or 2) - 2)
                parts.append(pad(made, [*outer, rows, columns]) if rows != columns else made)
        if not parts:
            raise ValueError("Must specify at least one of {below, diag, above}.")
        return sum(parts[1:], parts[0])


def reduce_weighted_logsumexp(
    logx: Any,
    w: Any = None,
    axis: Any = None,
    keep_dims: bool = False,
    return_sign: bool = False,
    name: str | None = None,
) -> Any:
    """Return `log(|sum(w exp(logx))|)`, also where exp overflows.

    Args:
      logx: the logarithms.
      w: weights, which may be negative; None for ones.
      axis: over which axes; None for all.
      keep_dims: whether they are kept as axes of one element.
      return_sign: whether the sum's sign is returned too.
      name: of the scope.
    Returns: the logarithms, with the signs if they are wanted.
    """
    from ....families.elementwise.arithmetic import abs as absolute
    from ....families.elementwise.arithmetic import sign
    from ....families.reductions.reductions import reduce_logsumexp, reduce_max, reduce_sum

    with name_scope(name, "reduce_weighted_logsumexp", values=[logx, w]):
        logx = convert_to_tensor(logx, name="logx")
        if w is None:
            plain = reduce_logsumexp(logx, axis=axis, keepdims=keep_dims)
            return (plain, ones_like(plain)) if return_sign else plain
        from ....building.basic_ops import stop_gradient

        w = convert_to_tensor(w, dtype=logx.dtype.base_dtype, name="w")
        most = reduce_max(logx + log(absolute(w)), axis=axis, keepdims=True)
        most = stop_gradient(select_v2(absolute(most) < float("inf"), most, zeros_like(most)))
        total = reduce_sum(sign(w) * exp(logx + log(absolute(w)) - most), axis=axis, keepdims=keep_dims)
        shift = most if keep_dims else reduce_max(most, axis=axis)
        result = shift + log(absolute(total))
        return (result, sign(total)) if return_sign else result
