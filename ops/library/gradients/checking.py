"""`test.compute_gradient`: a gradient as the graph gives it beside central differences."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...graph.defaults import get_default_session
from .gradients import gradients

Array = np.ndarray[Any, Any]


def compute_gradient(
    x: Any,
    x_shape: Any,
    y: Any,
    y_shape: Any,
    x_init_value: Any = None,
    delta: float = 1e-3,
    init_targets: Any = None,
    extra_feed_dict: Any = None,
) -> Any:
    """Return the derivatives of `y` by `x` twice: as `gradients` gives them, and as central differences.

    Runs in the default session.

    Args:
      x: a tensor or list of tensors, which are fed.
      x_shape: its extents, or a list of them.
      y: a tensor.
      y_shape: its extents.
      x_init_value: where to take the derivatives, an array (or list of arrays); default: random numbers.
      delta: the step of the differences.
      init_targets: operations to run first.
      extra_feed_dict: what else is fed.
    Returns: two matrices, a row per element of `x` and a column per element of `y` (two each per complex number); for
      a list of tensors, a list of such pairs.
    Raises: ValueError if there is no default session, or no gradient.
    """
    session = _session()
    for target in init_targets if isinstance(init_targets, (list, tuple)) else [init_targets] * bool(init_targets):
        session.run(target)
    if not isinstance(x, (list, tuple)):
        return _pair(session, x, x_shape, y, y_shape, x_init_value, delta, extra_feed_dict or {})
    starts = x_init_value if x_init_value is not None else [None] * len(x)
    points = [_start(tensor, shape, start) for tensor, shape, start in zip(x, x_shape, starts)]
    feeds = {**(extra_feed_dict or {}), **dict(zip(x, points))}
    return [_pair(session, t, s, y, y_shape, p, delta, feeds) for t, s, p in zip(x, x_shape, points)]


def compute_gradient_error(
    x: Any,
    x_shape: Any,
    y: Any,
    y_shape: Any,
    x_init_value: Any = None,
    delta: float = 1e-3,
    init_targets: Any = None,
    extra_feed_dict: Any = None,
) -> float:
    """Return the largest difference between the two results of `compute_gradient`, whose arguments it takes."""
    found = compute_gradient(x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict)
    pairs = [found] if isinstance(found, tuple) else found
    return max((float(np.abs(a - b).max()) for a, b in pairs if a.size and b.size), default=0.0)


def _session() -> Any:
    session = get_default_session()
    if session is None:
        raise ValueError("compute_gradient runs in the default session: use it inside `with session.as_default():`.")
    return session


def _start(x: Any, shape: Any, value: Any) -> Array:
    dtype = x.dtype.base_dtype.np_dtype
    if value is not None:
        return np.array(value, dtype)
    numbers = np.random.random_sample([int(extent) for extent in shape])
    if x.dtype.is_complex:
        numbers = numbers + 1j * np.random.random_sample(numbers.shape)
    return np.asarray(numbers, dtype)


def _pair(
    session: Any, x: Any, x_shape: Any, y: Any, y_shape: Any, start: Any, delta: float, feeds: dict[Any, Any]
) -> tuple[Array, Array]:
    point = _start(x, x_shape, start)
    size = int(np.prod([int(extent) for extent in y_shape]))
    gradient, seed = gradient_and_seed(x, y, y_shape)
    return (
        theoretical(session, x, point, y, size, seed, gradient, feeds),
        numeric(session, x, point, y, size, delta, feeds),
    )


def gradient_and_seed(x: Any, y: Any, y_shape: Any) -> tuple[Any, Any]:
    """Return the gradient of `y` by `x`, and the constant that is the gradient of `y` in it.

    Raises: ValueError if `y` does not depend on `x`.
    """
    with x.graph.as_default():
        seed = constant(np.zeros([int(extent) for extent in y_shape], y.dtype.base_dtype.np_dtype), y.dtype.base_dtype)
        (gradient,) = gradients(y, [x], [seed])
        if gradient is None:
            raise ValueError(f"{y} does not depend on {x}: there is no gradient.")
        return convert_to_tensor(gradient), seed  # of gathered rows the whole


def _parts(array: Any) -> Array:
    """The numbers of an array as a vector, complex ones as two."""
    flat = np.ascontiguousarray(array).reshape(-1)
    return flat.view(flat.real.dtype) if flat.dtype.kind == "c" else flat


def theoretical(
    session: Any, x: Any, point: Array, y: Any, size: int, seed: Any, gradient: Any, feeds: dict[Any, Any]
) -> Array:
    """Return the matrix of derivatives that a gradient gives, a column per element of `y`.

    Args:
      x, point: what is fed, and with what.
      y, size: what is derived, and how many elements it has.
      seed, gradient: as `gradient_and_seed` returns them.
      feeds: what else is fed.
    """
    columns = _parts(np.zeros(size, y.dtype.base_dtype.np_dtype)).size
    result = np.zeros((_parts(point).size, columns), point.real.dtype)
    shape = tuple(int(extent) for extent in seed.shape.as_list())
    for column in range(columns):
        direction = np.zeros(size, y.dtype.base_dtype.np_dtype)
        _parts_of(direction)[column] = 1
        found = session.run(gradient, {**feeds, x: point, seed: direction.reshape(shape)})
        result[:, column] = _parts(found)
    return result


def _parts_of(array: Array) -> Array:
    """`_parts` that may be written through."""
    return array.view(array.real.dtype) if array.dtype.kind == "c" else array


def numeric(session: Any, x: Any, point: Array, y: Any, size: int, delta: float, feeds: dict[Any, Any]) -> Array:
    """Return the matrix of derivatives as central differences of steps `delta`; the rest as of `theoretical`."""
    rows = _parts(point).size
    columns = _parts(np.zeros(size, y.dtype.base_dtype.np_dtype)).size
    result = np.zeros((rows, columns), point.real.dtype)
    for row in range(rows):
        values = []
        for step in (delta, -delta):
            moved = point.copy().reshape(-1)
            _parts_of(moved)[row] += step
            values.append(_parts(session.run(y, {**feeds, x: moved.reshape(point.shape)})).astype(np.float64))
        result[row] = (values[0] - values[1]) / (2 * delta)
    return result
