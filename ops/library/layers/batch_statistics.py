"""Batch normalization of parts: statistics of virtual batches, adjustments, and batch renormalization.

The order in which operations and variables are made, and so their names, is TensorFlow 1.15's.
"""

from __future__ import annotations

from typing import Any

from ...building.basic_ops import identity, stop_gradient
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, name_scope
from ...families.arrays.reshaping import reshape
from ...families.arrays.shape_ops import shape as shape_of
from ...families.elementwise.cast import cast
from ...families.elementwise.exponential import sqrt
from ...families.elementwise.like import ones_like, zeros_like
from ...families.elementwise.rounding import maximum, minimum
from ...families.linalg.norms import batch_normalization, moments
from ...families.nn.activations import relu
from ...families.reductions.reductions import reduce_mean
from ...families.state.assignments import assign
from .training_switch import known_flag

LIMITS = ("rmax", "rmin", "dmax")


def check_parts(renorm: bool, clipping: Any, virtual_batch_size: Any, adjustment: Any) -> None:
    """Raise a ValueError for arguments that contradict each other, or that nothing can be done with."""
    if virtual_batch_size is not None:
        if adjustment is not None:
            raise ValueError("When using virtual_batch_size, adjustment cannot be specified")
        if virtual_batch_size <= 0:
            raise ValueError(
                "virtual_batch_size must be a positive integer that divides the true batch size of the input Tensor"
            )
    if renorm and any(key not in LIMITS for key in clipping or {}):
        raise ValueError(f"renorm_clipping {clipping} contains keys not in {list(LIMITS)}")


def normalized(layer: Any, inputs: Any, training: Any) -> Any:
    """Return what a layer of batch normalization makes of its inputs by moments and a formula.

    Args:
      layer: the layer; its variables are made.
      inputs: a tensor of the rank the layer was built for.
      training: a bool, or a bool tensor: whether the statistics are the batch's.
    """
    size = layer.virtual_batch_size
    if size is None:
        return _Batch(layer, inputs, training).outputs()
    extents = inputs.shape.as_list()[1:]
    outputs = _Batch(layer, reshape(inputs, [size, -1, *extents]), training).outputs()
    return reshape(outputs, [-1, *extents])


def _joined(factor: Any, shift: Any, then_factor: Any, then_shift: Any) -> tuple[Any, Any]:
    """Two maps `x * factor + shift`, the second one after the first; None is a part the second has not."""
    if then_factor is not None:
        factor, shift = factor * then_factor, shift * then_factor
    return factor, shift if then_shift is None else shift + then_shift


def _as(part: Any, dtype: Any) -> Any:
    """A tensor or variable, which is read where it is used, of another type."""
    return part if part is None or part.dtype.base_dtype == dtype else cast(part, dtype)


class _Batch:
    """What is computed of one batch; its axis 1 counts the virtual batches, if there are such."""

    def __init__(self, layer: Any, inputs: Any, training: Any) -> None:
        self._layer, self._inputs, self._training = layer, inputs, training
        self._virtual = layer.virtual_batch_size is not None
        self._rank = inputs.shape.ndims
        folded = [axis for axis in range(self._rank) if axis not in layer._axes]
        self._is_last = folded == list(range(self._rank - 1))
        self._folded = [axis for axis in folded if not (self._virtual and axis == 1)]

    def outputs(self) -> Any:
        """The normalized batch; the updates are added to the layer's."""
        layer, kind = self._layer, self._inputs.dtype.base_dtype
        factor = self._along(layer.gamma) if layer.scale else None
        shift = self._along(layer.beta) if layer.center else None
        mean, variance = layer.moving_mean, layer.moving_variance
        if known_flag(self._training) is not False:
            if layer.adjustment is not None:
                factor, shift = _joined(*self._adjustment(), factor, shift)
            keep = self._virtual or len(layer._axes) > 1
            batch = moments(self._inputs, self._folded, keep_dims=keep)
            mean, variance = (self._pick(*pair) for pair in zip(batch, (mean, variance)))
            new = [reduce_mean(part, 1, True) for part in (mean, variance)] if self._virtual else [mean, variance]
            if layer.renorm:
                ratio, difference, *new = self._renormalized(*new)
                ratio = self._along(stop_gradient(ratio, name="renorm_r"))
                factor, shift = _joined(ratio, self._along(stop_gradient(difference, name="renorm_d")), factor, shift)
            self._update(*new)
        mean, variance = (_as(self._along(part), kind) for part in (mean, variance))
        shift, factor = _as(shift, kind), _as(factor, kind)
        return batch_normalization(self._inputs, mean, variance, shift, factor, layer.epsilon)

    def _pick(self, trained: Any, other: Any) -> Any:
        return self._layer._pick(self._training, lambda: trained, lambda: convert_to_tensor(other))

    def _along(self, part: Any) -> Any:
        """A vector in the shape that broadcasts along the axis, where this is not the last one."""
        if self._is_last or part.shape.ndims == self._rank:
            return part
        extents, axes = self._inputs.shape.as_list(), self._layer._axes
        return reshape(part, [extents[axis] if axis in axes else 1 for axis in range(self._rank)])

    def _adjustment(self) -> tuple[Any, Any]:
        """What the user's function says to multiply with and to add while training."""
        factor, shift = (convert_to_tensor(part) for part in self._layer.adjustment(shape_of(self._inputs)))
        pick = self._layer._pick
        return (
            pick(self._training, lambda: factor, lambda: ones_like(factor)),
            pick(self._training, lambda: shift, lambda: zeros_like(shift)),
        )

    def _renormalized(self, mean: Any, variance: Any) -> tuple[Any, Any, Any, Any]:
        """The correction of a batch towards the averages (ratio, difference), and its moments behind the update.

        Source: Ioffe, "Batch Renormalization" (2017), algorithm 1.
        """
        layer, training = self._layer, self._training
        limits = layer.renorm_clipping or {}
        deviation = sqrt(variance + layer.epsilon)
        usual = maximum(layer.renorm_stddev, sqrt(layer.epsilon))
        ratio = deviation / usual
        difference = (mean - layer.renorm_mean) / usual
        with control_dependencies([ratio, difference]):  # of the averages before they move
            mean, deviation = identity(mean), identity(deviation)
        if limits.get("rmin") is not None:
            ratio = maximum(ratio, limits["rmin"])
        if limits.get("rmax") is not None:
            ratio = minimum(ratio, limits["rmax"])
        if limits.get("dmax") is not None:
            difference = minimum(maximum(difference, -limits["dmax"]), limits["dmax"])
        found, away = ratio, difference
        ratio = layer._pick(training, lambda: found, lambda: ones_like(found))
        difference = layer._pick(training, lambda: away, lambda: zeros_like(away))
        moved = [
            self._moved(variable, identity(value))
            for variable, value in ((layer.renorm_mean, mean), (layer.renorm_stddev, deviation))
        ]
        with control_dependencies([getattr(each, "op", each) for each in moved]):
            return ratio, difference, identity(mean), identity(variance)

    def _moved(self, variable: Any, value: Any) -> Any:
        layer = self._layer
        return layer._pick(
            self._training, lambda: layer._move(variable, value, layer.renorm_momentum), lambda: identity(variable)
        )

    def _update(self, mean: Any, variance: Any) -> None:
        layer, pick, training = self._layer, self._layer._pick, self._training

        def moved_deviation() -> Any:
            """The deviation moves; the variance is its square."""
            root = sqrt(variance + layer.epsilon)
            deviation = layer._move(layer.moving_stddev, root, layer.momentum)
            square = relu(deviation * deviation - layer.epsilon)
            with name_scope("AssignNewValue") as opened:
                return assign(layer.moving_variance, square, name=opened)

        def moved_variance() -> Any:
            return layer._move(layer.moving_variance, variance, layer.momentum)

        layer.add_update(
            pick(
                training,
                lambda: layer._move(layer.moving_mean, mean, layer.momentum),
                lambda: convert_to_tensor(layer.moving_mean),
            )
        )
        moving = moved_deviation if layer.renorm else moved_variance
        layer.add_update(pick(training, moving, lambda: convert_to_tensor(layer.moving_variance)))
