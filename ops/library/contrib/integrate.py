"""`contrib.integrate`: initial value problems of ordinary differential equations, solved in the graph.

Sources: Dormand and Prince, "A family of embedded Runge-Kutta formulae", Journal of Computational and Applied
Mathematics 6 (1980) 19-26; Shampine, "Some practical Runge-Kutta formulas", Mathematics of Computation 46 (1986)
135-150, for the middle of a step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ...building.basic_ops import identity
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, name_scope
from ...families.arrays.shape_ops import size
from ...families.control_flow.cond import cond
from ...families.control_flow.tensor_array import TensorArray
from ...families.control_flow.while_loop import while_loop
from ...families.debugging.printing import Assert
from ...families.elementwise.arithmetic import abs as magnitude
from ...families.elementwise.cast import cast
from ...families.elementwise.exponential import sqrt
from ...families.elementwise.rounding import ceil, maximum, minimum
from ...families.indexing.positions import where
from ...families.reductions.reductions import reduce_all, reduce_mean
from ...graph.node import Tensor
from ...types import dtypes

Function = Callable[[Tensor, Tensor], Any]

# Of each stage of a step but the first: where in the step it lies, and the weights of the slopes before it.
_STAGES: Final = (
    (1 / 5, (1 / 5,)),
    (3 / 10, (3 / 40, 9 / 40)),
    (4 / 5, (44 / 45, -56 / 15, 32 / 9)),
    (8 / 9, (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729)),
    (1.0, (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656)),
    (1.0, (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84)),
)
_ERROR: Final = (
    *(35 / 384 - 1951 / 21600, 0.0, 500 / 1113 - 22642 / 50085, 125 / 192 - 451 / 720),
    *(-2187 / 6784 + 12231 / 42400, 11 / 84 - 649 / 6300, -1.0 / 60),
)
_MIDDLE: Final = (
    *(6025192743 / 30085553152 / 2, 0.0, 51252292925 / 65400821598 / 2, -2691868925 / 45128329728 / 2),
    *(187940372067 / 1594534317056 / 2, -1776094331 / 19743644256 / 2, 11237099 / 235043384 / 2),
)
_ORDER: Final = 5.0


def odeint(
    func: Function, y0: Any, t: Any, rtol: Any = 1e-6, atol: Any = 1e-12, method: str | None = None,
    options: dict[str, Any] | None = None, full_output: bool = False, name: str | None = None,
) -> Any:  # fmt: skip
    """Solve `dy/dt = func(y, t)` from `y(t[0]) = y0`, by Dormand and Prince's method with steps as errors allow.

    Args:
      func: a function of the state and a time that gives the derivative, as the state's.
      y0: the state at first, of floats or complex numbers.
      t: times, ascending, the first of them that of `y0`; float64 unless it is a tensor.
      rtol, atol: how large errors of an element may be, relative and absolute.
      method: "dopri5", which is the default.
      options: with a method: `first_step` (1.0), `safety` (0.9), `ifactor` (10.0), `dfactor` (0.2): bounds of a step's
        change; `max_num_steps` (1000) between two times.
      full_output: whether a dictionary is returned besides: `num_func_evals`, `integrate_points` (the ends of all steps
        tried), `error_ratio` (their errors; those above 1 were refused).
      name: default `odeint`.
    Returns: the states at the times, stacked; with `full_output` a pair.
    Raises: ValueError for another method, and options without one; TypeError for other types. A step fails with
      InvalidArgumentError if times do not ascend, or steps become too small or too many.

    >>> y = tf.contrib.integrate.odeint(lambda y, t: -y, tf.constant(1.0), [0, 1, 2])
    >>> with tf.Session() as sess:
    ...     print(sess.run(y).round(5))
    [1.      0.36788 0.13534]
    """
    if method is not None and method != "dopri5":
        raise ValueError(f"invalid method: {method!r}; the one that is known is 'dopri5'.")
    if options is not None and method is None:
        raise ValueError("cannot supply `options` without specifying `method`")
    settings = {"first_step": 1.0, "safety": 0.9, "ifactor": 10.0, "dfactor": 0.2, "max_num_steps": 1000}
    unknown = set(options or {}) - set(settings)
    if unknown:
        raise TypeError(f"odeint: options has {sorted(unknown)}; known are {sorted(settings)}.")
    settings.update(options or {})
    with name_scope(name, "odeint", [y0, t, rtol, atol]) as scope:
        state = convert_to_tensor(y0, name="y0")
        if not (state.dtype.is_floating or state.dtype.is_complex):
            raise TypeError("`y0` must have a floating point or complex floating point dtype")
        times = convert_to_tensor(t, preferred_dtype=dtypes.float64, name="t")
        if not times.dtype.is_floating:
            raise TypeError("`t` must have a floating point dtype")
        kind = state.dtype.real_dtype
        bounds = [cast(convert_to_tensor(value, dtypes.float64), kind) for value in (rtol, atol)]
        solver = _Solver(func, state.dtype, times.dtype, bounds, settings)
        solution, told = solver.solve(state, times, scope)
        return (solution, told) if full_output else solution


class _Solver:
    """Dormand and Prince's method.

    Args:
      func: the derivative.
      dtype, time: the types of the state and of times.
      bounds: of errors, relative and absolute.
      settings: what `odeint` calls options.
    """

    def __init__(self, func: Function, dtype: Any, time: Any, bounds: Any, settings: dict[str, Any]) -> None:
        self._func, self._dtype, self._time = func, dtype, time
        self._relative, self._absolute = bounds
        self._settings = settings

    def _sum(self, base: Any, step: Tensor, weights: Any, slopes: list[Tensor]) -> Any:
        scale = cast(step, self._dtype)
        terms = [(scale * weight) * slope for weight, slope in zip(weights, slopes) if weight]
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        return total if base is None else base + total

    def solve(self, state: Tensor, times: Tensor, scope: str) -> tuple[Tensor, dict[str, Tensor]]:
        """The states at all times, and what is told of the steps."""
        ascends = Assert(reduce_all(times[1:] > times[:-1]), ["`t` must be monotonic increasing"])
        count = size(times)
        with control_dependencies([ascends]):
            start = identity(times[0])
        slope = convert_to_tensor(self._func(state, start), name="f0")
        first = convert_to_tensor(self._settings["first_step"], self._time, name="first_step")
        states = TensorArray(self._dtype, count, name="y").write(0, state)
        ends = TensorArray(self._time, 0, dynamic_size=True, name="integrate_points")
        ratios = TensorArray(self._dtype.real_dtype, 0, dynamic_size=True, name="error_ratio")
        interval = (state, slope, start, start, first, (state,) * 5)

        def next_time(i: Tensor, states: Any, interval: Any, tried: Tensor, ends: Any, ratios: Any) -> Any:
            interval, tried, ends, ratios = self._advance(times[i], interval, tried, ends, ratios)
            return i + 1, states.write(i, self._at(times[i], interval)), interval, tried, ends, ratios

        _, states, _, tried, ends, ratios = while_loop(
            lambda i, *rest: i < count, next_time, (1, states, interval, 0, ends, ratios), name="interpolate_loop"
        )
        solution = identity(states.stack(), name=scope)
        solution.set_shape(times.shape.concatenate(state.shape))
        told = {
            "num_func_evals": 6 * tried + 1,
            "integrate_points": ends.stack(),
            "error_ratio": ratios.stack(),
        }
        return solution, told

    def _advance(self, goal: Tensor, interval: Any, tried: Tensor, ends: Any, ratios: Any) -> Any:
        """Steps until one ends at or behind a time."""
        most = self._settings["max_num_steps"]

        def step(n: Tensor, interval: Any, tried: Tensor, ends: Any, ratios: Any) -> Any:
            with control_dependencies([Assert(n < most, ["max_num_steps exceeded"])]):
                interval, end, ratio = self._step(interval)
            return n + 1, interval, tried + 1, ends.write(tried, end), ratios.write(tried, ratio)

        _, interval, tried, ends, ratios = while_loop(
            lambda n, interval, *rest: goal > interval[3], step, (0, interval, tried, ends, ratios),
            name="integrate_loop",
        )  # fmt: skip
        return interval, tried, ends, ratios

    def _step(self, interval: Any) -> Any:
        """One step: the interval it leads to, or the same with a smaller next step; where it ended; its error."""
        y, slope, begin, start, width, coefficients = interval
        with control_dependencies([Assert(start + width > start, ["underflow in dt", width])]):
            width = identity(width)
        end = start + width
        slopes, state = [slope], y
        for place, weights in _STAGES:
            state = self._sum(y, width, weights, slopes)
            moment = end if place == 1.0 else start + place * width
            slopes.append(convert_to_tensor(self._func(state, moment), name="k"))
        error = self._sum(None, width, _ERROR, slopes)
        allowed = self._absolute + self._relative * maximum(magnitude(y), magnitude(state))
        relative = error / cast(allowed, self._dtype) if self._dtype.is_complex else error / allowed
        ratio = sqrt(reduce_mean(magnitude(relative) ** 2))
        accepted = ratio <= 1
        fit = self._fit(y, state, self._sum(y, width, _MIDDLE, slopes), slopes, width)
        found = (state, slopes[-1], start, end, *fit)
        parts = cond(accepted, lambda: found, lambda: (y, slope, begin, start, *coefficients))
        return (*parts[:4], self._next_width(width, ratio), tuple(parts[4:])), end, ratio

    def _next_width(self, width: Tensor, ratio: Tensor) -> Tensor:
        error = cast(ratio, self._time)
        least = convert_to_tensor(self._settings["dfactor"], self._time)
        most = convert_to_tensor(self._settings["ifactor"], self._time)
        factor = minimum(maximum(self._settings["safety"] * error ** (-1.0 / _ORDER), least), most)
        result: Tensor = width * where(error > 0, factor, most)
        return result

    def _fit(self, first: Any, last: Any, middle: Any, slopes: list[Any], width: Any) -> tuple[Any, ...]:
        """A polynomial of degree 4 through the ends, their slopes and the middle: its coefficients."""
        scale = cast(width, self._dtype)
        begin, end = scale * slopes[0], scale * slopes[-1]
        return (
            2 * (end - begin) - 8 * (last + first) + 16 * middle,
            5 * begin - 3 * end + 18 * first + 14 * last - 32 * middle,
            end - 4 * begin - 11 * first - 5 * last + 16 * middle,
            begin,
            first,
        )

    def _at(self, moment: Tensor, interval: Any) -> Tensor:
        """The state at a time within the last step."""
        _, _, begin, end, _, coefficients = interval
        place = cast((moment - begin) / (end - begin), self._dtype)
        value = coefficients[0]
        for coefficient in coefficients[1:]:
            value = value * place + coefficient
        result: Tensor = value
        return result


def odeint_fixed(
    func: Function, y0: Any, t: Any, dt: Any = None, method: str = "rk4", name: str | None = None
) -> Tensor:
    """Solve `dy/dt = func(y, t)` from `y(t[0]) = y0` on a grid that is given.

    Args:
      func, y0, t: as of `odeint`.
      dt: how long steps are at most, for all intervals of `t` or for each; default: one step an interval. Steps are
        shortened so that an interval has a whole number of them.
      method: "rk4", of fourth order, or "midpoint", of second.
      name: default `odeint_fixed`.
    Returns: the states at the times, stacked.
    Raises: ValueError for another method, and for step lengths that are not one for each interval.
    """
    if method not in _STEPS:
        raise ValueError(f"method not supported: {method}; known are {sorted(_STEPS)}.")
    with name_scope(name, "odeint_fixed", [y0, t, dt]):
        times = convert_to_tensor(t, preferred_dtype=dtypes.float64, name="t")
        state = convert_to_tensor(y0, name="y0")
        intervals = times[1:] - times[:-1]
        if dt is None:
            counts = None
        else:
            lengths = convert_to_tensor(dt, times.dtype, name="dt")
            if lengths.shape.ndims not in (0, 1):
                raise ValueError(f"dt must be one number, or one for each interval of t; its shape is {lengths.shape}.")
            counts = cast(ceil(intervals / lengths), dtypes.int32)
        with name_scope(method):
            return _on_grid(func, state, times, intervals, counts, _STEPS[method])


def _on_grid(func: Function, state: Tensor, times: Tensor, intervals: Tensor, counts: Any, step: Any) -> Tensor:
    number = size(times)
    states = TensorArray(state.dtype, number, name="y").write(0, state)

    def interval(i: Tensor, y: Tensor, states: Any) -> Any:
        begin, length = times[i], intervals[i]
        if counts is None:
            y = step(func, y, begin, length)
        else:
            width = length / cast(counts[i], times.dtype)

            def one(n: Tensor, y: Tensor) -> Any:
                return n + 1, step(func, y, begin + cast(n, times.dtype) * width, width)

            _, y = while_loop(lambda n, y: n < counts[i], one, (0, y), name="steps")
        return i + 1, y, states.write(i + 1, y)

    _, _, states = while_loop(lambda i, *rest: i < number - 1, interval, (0, state, states), name="intervals")
    result: Tensor = states.stack()
    result.set_shape(times.shape.concatenate(state.shape))
    return result


def _rk4_step(func: Function, y: Any, t: Any, width: Any) -> Any:
    scale = cast(width, y.dtype)
    first = func(y, t)
    second = func(y + scale / 2 * first, t + width / 2)
    third = func(y + scale / 2 * second, t + width / 2)
    fourth = func(y + scale * third, t + width)
    return y + scale / 6 * (first + 2 * second + 2 * third + fourth)


def _midpoint_step(func: Function, y: Any, t: Any, width: Any) -> Any:
    scale = cast(width, y.dtype)
    return y + scale * func(y + scale / 2 * func(y, t), t + width / 2)


_STEPS: Final = {"rk4": _rk4_step, "midpoint": _midpoint_step}
