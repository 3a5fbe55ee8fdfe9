"""Layers of several inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....ops.families.arrays.filling import range as range_of
from ....ops.families.nn.softmax import softmax
from ....ops.types.tensor_shape import TensorShape
from .. import operations
from ..functions import initializers
from ..layer import Layer
from ..operations import concat, expand_dims, logical_and, matmul, maximum, minimum, reduce_all, squeeze, transpose


class _Merge(Layer):
    """The base of what joins inputs of one shape, or of shapes that broadcast, element by element."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Check that there are several inputs. Raises: ValueError."""
        if not isinstance(input_shape, list) or len(input_shape) < self._least():
            raise ValueError(
                f"A merge layer should be called on a list of at least {self._least()} inputs. Got {input_shape}"
            )
        self.built = True

    def _least(self) -> int:
        return 2

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the joined inputs."""
        ranks = [item.shape.ndims for item in inputs]
        if None not in ranks and len(set(ranks)) > 1:
            most = max(ranks)
            inputs = [self._widened(item, most) for item in inputs]
        return self._join(inputs)

    def _widened(self, item: Any, rank: int) -> Any:
        while item.shape.ndims < rank:
            item = expand_dims(item, 1)
        return item

    def _join(self, inputs: Any) -> Any:
        raise NotImplementedError

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """What all inputs keep."""
        masks = [item for item in (mask or []) if item is not None]
        if not masks:
            return None
        return reduce_all(concat([expand_dims(item, 0) for item in masks], 0), axis=0)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape that all broadcast to."""
        from ....ops.families.arrays.shape_ops import broadcast_static_shape

        shapes = [TensorShape(shape) for shape in input_shape]
        result = shapes[0]
        for shape in shapes[1:]:
            result = broadcast_static_shape(result, shape)
        return result


def _folded(function: Callable[[Any, Any], Any]) -> Any:
    def join(self: Any, inputs: Any) -> Any:
        result = inputs[0]
        for item in inputs[1:]:
            result = function(result, item)
        return result

    return join


class Add(_Merge):
    """The sum."""

    _join = _folded(lambda a, b: a + b)


class Subtract(_Merge):
    """The difference of two."""

    def _join(self, inputs: Any) -> Any:
        if len(inputs) != 2:
            raise ValueError("A `Subtract` layer should be called on exactly 2 inputs")
        return inputs[0] - inputs[1]


class Multiply(_Merge):
    """The product."""

    _join = _folded(lambda a, b: a * b)


class Average(_Merge):
    """The mean."""

    def _join(self, inputs: Any) -> Any:
        return _folded(lambda a, b: a + b)(self, inputs) / len(inputs)


class Maximum(_Merge):
    """The largest."""

    _join = _folded(lambda a, b: maximum(a, b))


class Minimum(_Merge):
    """The smallest."""

    _join = _folded(lambda a, b: minimum(a, b))


class Concatenate(_Merge):
    """One after the other along an axis.

    Args:
      axis: the axis.
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the inputs joined."""
        return concat(inputs, axis=self.axis % inputs[0].shape.ndims)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The masks joined; of inputs without one all is kept."""
        if mask is None or all(item is None for item in mask):
            return None
        from ..operations import cast, ones_like

        masks = []
        for item, kept in zip(inputs, mask):
            if kept is None:
                masks.append(cast(ones_like(item), "bool"))
            elif kept.shape.ndims < item.shape.ndims:
                masks.append(logical_and(expand_dims(kept, -1), cast(ones_like(item), "bool")))
            else:
                masks.append(kept)
        return reduce_all(concat(masks, axis=self.axis), axis=-1)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The extents of the axis added."""
        shapes = [TensorShape(shape).as_list() for shape in input_shape]
        extents: list[Any] = [shape[self.axis] for shape in shapes]
        result = list(shapes[0])
        result[self.axis] = None if None in extents else sum(extents)
        return TensorShape(result)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "axis": self.axis}


class Dot(_Merge):
    """The products of two inputs along an axis of each.

    Args:
      axes: the axis, or one for each input.
      normalize: whether to make the vectors of length 1 before, which gives their cosine.
    """

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axes, self.normalize = axes, normalize

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the products."""
        a, b = inputs
        axes = [self.axes] * 2 if isinstance(self.axes, int) else list(self.axes)
        places = [axis % item.shape.ndims for axis, item in zip(axes, inputs)]
        if self.normalize:
            from ....ops.families.linalg.norms import l2_normalize

            a, b = l2_normalize(a, axis=places[0]), l2_normalize(b, axis=places[1])
        return batch_dot(a, b, places)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """None."""
        return None

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}


def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """Return the products of tensors, example by example.

    Args:
      x, y: tensors of at least two dimensions, the first the batch.
      axes: the axis that is summed over in each; default: the last of `x`, the last but one of `y`.
    """
    ranks = x.shape.ndims, y.shape.ndims
    if axes is None:
        axes = [ranks[0] - 1, 1 if ranks[1] == 2 else ranks[1] - 2]
    elif isinstance(axes, int):
        axes = [axes, axes]
    first, second = (axis % rank for axis, rank in zip(axes, ranks))
    if ranks[0] == 2:
        x = expand_dims(x, 1)
        first += 1
    if ranks[1] == 2:
        y = expand_dims(y, 2)
    x = _with_axis(x, first, x.shape.ndims - 1)
    y = _with_axis(y, second, y.shape.ndims - 2)
    result = matmul(x, y)
    if ranks[0] == 2:
        result = squeeze(result, [1])
    if ranks[1] == 2:
        result = squeeze(result, [-1])
    return expand_dims(result, 1) if result.shape.ndims == 1 else result


def _with_axis(x: Any, axis: int, place: int) -> Any:
    """A tensor whose axis is at another place."""
    if axis == place:
        return x
    order = [number for number in range(x.shape.ndims) if number != axis]
    order.insert(place, axis)
    return transpose(x, order)


def add(inputs: Any, **kwargs: Any) -> Any:
    """Apply a new `Add`."""
    return Add(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """Apply a new `Subtract`."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """Apply a new `Multiply`."""
    return Multiply(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """Apply a new `Average`."""
    return Average(**kwargs)(inputs)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """Apply a new `Concatenate`."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any, normalize: bool = False, **kwargs: Any) -> Any:
    """Apply a new `Dot`."""
    return Dot(axes=axes, normalize=normalize, **kwargs)(inputs)


def largest(inputs: Any, **kwargs: Any) -> Any:
    """Apply a new `Maximum`."""
    return Maximum(**kwargs)(inputs)


def smallest(inputs: Any, **kwargs: Any) -> Any:
    """Apply a new `Minimum`."""
    return Minimum(**kwargs)(inputs)


class _Attention(Layer):
    """The base: values weighted by how well their keys fit queries. Masks are those of query and value."""

    def __init__(self, use_scale: bool, causal: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.use_scale, self.causal = use_scale, causal
        self.scale: Any = None
        self.supports_masking = True

    def _scores(self, query: Any, key: Any) -> Any:
        raise NotImplementedError

    def call(self, inputs: Any, mask: Any = None) -> Any:  # type: ignore[override]
        """Return what each query finds.

        Args:
          inputs: query [batch, Tq, dim], value [batch, Tv, dim], and key if it is not the value.
          mask: of query and of value, or None each.
        """
        query, value, *rest = inputs
        scores = self._scores(query, rest[0] if rest else value)
        query_mask, value_mask = (None, None) if mask is None else mask[:2]
        allowed = None if value_mask is None else operations.expand_dims(value_mask, -2)
        if self.causal:
            extents = operations.shape_of(scores)
            rows, columns = (range_of(extents[axis]) for axis in (-2, -1))
            lower = operations.greater_equal(operations.expand_dims(rows, 1), operations.expand_dims(columns, 0))
            lower = operations.expand_dims(lower, 0)
            allowed = lower if allowed is None else operations.logical_and(lower, allowed)
        if allowed is not None:
            scores = scores - 1e9 * operations.cast(operations.logical_not(allowed), scores.dtype)
        found = operations.matmul(softmax(scores), value)
        if query_mask is None:
            return found
        return found * operations.cast(operations.expand_dims(query_mask, -1), found.dtype)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The query's."""
        return None if mask is None else mask[0]

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The query's shape, with the value's last extent."""
        query, value = (TensorShape(shape).as_list() for shape in input_shape[:2])
        return TensorShape([*query[:-1], value[-1]])

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "use_scale": self.use_scale, "causal": self.causal}


class Attention(_Attention):
    """Attention whose scores are products of queries and keys (Luong).

    Args:
      use_scale: whether scores are multiplied by a trained number; causal: whether later values are left out.
    """

    def __init__(self, use_scale: bool = False, causal: bool = False, **kwargs: Any) -> None:
        super().__init__(use_scale, causal, **kwargs)

    def build(self, input_shape: Any) -> None:
        """Make the scale."""
        if self.use_scale:
            self.scale = self.add_weight("scale", [], initializer="ones")
        self.built = True

    def _scores(self, query: Any, key: Any) -> Any:
        scores = operations.matmul(query, key, transpose_b=True)
        return scores if self.scale is None else scores * self.scale


class AdditiveAttention(_Attention):
    """Attention whose scores are sums of `tanh(query + key)` (Bahdanau).

    Args:
      use_scale: whether what is summed is multiplied by trained numbers; causal: whether later values are left out.
    """

    def __init__(self, use_scale: bool = True, causal: bool = False, **kwargs: Any) -> None:
        super().__init__(use_scale, causal, **kwargs)

    def build(self, input_shape: Any) -> None:
        """Make the scale."""
        if self.use_scale:
            width = TensorShape(input_shape[1]).as_list()[-1]
            self.scale = self.add_weight("scale", [width], initializer=initializers.get("glorot_uniform"))
        self.built = True

    def _scores(self, query: Any, key: Any) -> Any:
        sums = operations.tanh(operations.expand_dims(query, -2) + operations.expand_dims(key, -3))
        return operations.reduce_sum(sums if self.scale is None else sums * self.scale, -1)
