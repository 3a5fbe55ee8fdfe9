"""`keras.backend`: operations under the names Keras has for them, and the session they run in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...ops.families.arrays.filling import range as range_of
from ...ops.families.nn.dropout import dropout as nn_dropout
from ...ops.families.random import sampling
from ...ops.families.sparse.sparse_tensor import is_sparse, sparse_placeholder
from ...ops.families.sparse.to_dense import sparse_tensor_dense_matmul, sparse_tensor_to_dense
from ...ops.families.state.variables import Variable
from ...ops.graph.node import Tensor
from ...ops.library.gradients import gradients as gradient_library
from ...ops.types import dtypes
from . import operations as ops
from . import state
from .functions import activations, losses
from .session_of import get_session


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Any:
    """Return a variable with a first value."""
    kind = state.float_type(dtype)
    array = value if isinstance(value, Tensor) else np.asarray(value, kind.as_numpy_dtype)
    return Variable(array, dtype=kind, name=name, constraint=constraint, use_resource=True)


def placeholder(
    shape: Any = None, ndim: int | None = None, dtype: Any = None, sparse: bool = False, name: str | None = None
) -> Any:
    """Return a placeholder of a shape, or of a number of dimensions."""
    extents = [None] * ndim if shape is None and ndim is not None else shape
    if sparse:
        return sparse_placeholder(state.float_type(dtype), extents, name=name)
    return ops.placeholder(state.float_type(dtype), extents, name=name)


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """Return a constant."""
    return ops.constant(value, state.float_type(dtype), shape, name=name or "Const")


def is_keras_tensor(x: Any) -> bool:
    """Whether a layer of Keras gave the tensor. Raises: ValueError for what is none."""
    if not isinstance(x, (Tensor, Variable)) and not is_sparse(x):
        raise ValueError(f"Unexpectedly found an instance of type `{type(x)}`. Expected a symbolic tensor instance.")
    return hasattr(x, "_keras_history")


def is_placeholder(x: Any) -> bool:
    """Whether a tensor is a placeholder."""
    return getattr(getattr(x, "op", None), "type", None) in ("Placeholder", "PlaceholderWithDefault")


def shape(x: Any) -> Any:
    """Return the shape as a tensor."""
    return ops.shape_of(x)


def int_shape(x: Any) -> Any:
    """Return the static shape as a tuple; None if not even the rank is known."""
    found: Any = x.shape if hasattr(x, "shape") else None
    if hasattr(x, "_keras_shape"):
        return x._keras_shape
    extents = found.as_list() if hasattr(found, "as_list") and found.ndims is not None else found
    return None if extents is None or (hasattr(found, "ndims") and found.ndims is None) else tuple(extents)


def ndim(x: Any) -> int | None:
    """Return the number of dimensions."""
    rank: int | None = x.shape.ndims
    return rank


def dtype(x: Any) -> str:
    """Return the name of the type."""
    name: str = x.dtype.base_dtype.name
    return name


def eval(x: Any) -> Any:
    """Return the value of a tensor."""
    return get_session().run(to_dense(x))


def to_dense(tensor: Any) -> Any:
    """Return a sparse tensor as a dense one."""
    return sparse_tensor_to_dense(tensor) if is_sparse(tensor) else tensor


def count_params(x: Any) -> int:
    """Return how many elements a tensor has."""
    return int(np.prod(x.shape.as_list()))


def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Return a variable of zeros."""
    return variable(np.zeros(shape), dtype, name)


def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Return a variable of ones."""
    return variable(np.ones(shape), dtype, name)


def eye(size: int, dtype: Any = None, name: str | None = None) -> Any:
    """Return a variable that is the identity matrix."""
    return variable(np.eye(size), dtype, name)


def random_uniform_variable(
    shape: Any, low: float, high: float, dtype: Any = None, name: str | None = None, seed: int | None = None
) -> Any:
    """Return a variable of uniform values."""
    seed = np.random.randint(10_000_000) if seed is None else seed
    kind = state.float_type(dtype)
    return Variable(
        lambda: sampling.random_uniform(shape, low, high, kind, seed), dtype=kind, name=name, use_resource=True
    )


def random_normal_variable(
    shape: Any, mean: float, scale: float, dtype: Any = None, name: str | None = None, seed: int | None = None
) -> Any:
    """Return a variable of normally distributed values."""
    seed = np.random.randint(10_000_000) if seed is None else seed
    kind = state.float_type(dtype)
    return Variable(
        lambda: sampling.random_normal(shape, mean, scale, kind, seed), dtype=kind, name=name, use_resource=True
    )


def update(x: Any, new_x: Any) -> Any:
    """Return an operation that gives a variable a value."""
    return ops.assign(x, new_x)


def update_add(x: Any, increment: Any) -> Any:
    """Return an operation that adds to a variable."""
    return ops.assign_add(x, increment)


def update_sub(x: Any, decrement: Any) -> Any:
    """Return an operation that takes from a variable."""
    return ops.assign_sub(x, decrement)


def moving_average_update(x: Any, value: Any, momentum: Any) -> Any:
    """Return an operation that moves a variable towards a value."""
    return ops.assign_sub(x, (x - value) * (1.0 - momentum))


# Products.


def dot(x: Any, y: Any) -> Any:
    """Return the product over the last axis of `x` and the last but one of `y`."""
    ranks = x.shape.ndims, y.shape.ndims
    if ranks[0] is not None and (ranks[0] > 2 or ranks[1] > 2):
        from ...ops.families.linalg.tensordot import tensordot

        return tensordot(x, y, [[ranks[0] - 1], [0 if ranks[1] < 2 else ranks[1] - 2]])
    return sparse_tensor_dense_matmul(x, y) if is_sparse(x) else ops.matmul(x, y)


def transpose(x: Any) -> Any:
    """Return the transposed tensor."""
    return ops.transpose(x)


def gather(reference: Any, indices: Any) -> Any:
    """Return rows of a tensor."""
    return ops.gather(reference, indices)


# Reductions.


def _reduction(function: Callable[..., Any], words: str) -> Callable[..., Any]:
    def reduce(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return function(x, axis=axis, keepdims=keepdims)

    reduce.__doc__ = words
    return reduce


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the mean; of bools too."""
    if x.dtype.base_dtype is dtypes.bool_:
        x = ops.cast(x, state.floatx())
    return ops.reduce_mean(x, axis=axis, keepdims=keepdims)


def var(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the variance."""
    centre = mean(x, axis=axis, keepdims=True)
    return ops.reduce_mean(ops.square(x - centre), axis=axis, keepdims=keepdims)


def std(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the standard deviation."""
    return ops.sqrt(var(x, axis, keepdims))


def any(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return whether any element is true."""
    return ops.reduce_any(ops.cast(x, dtypes.bool_), axis=axis, keepdims=keepdims)


def all(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return whether all elements are true."""
    return ops.reduce_all(ops.cast(x, dtypes.bool_), axis=axis, keepdims=keepdims)


def argmax(x: Any, axis: int = -1) -> Any:
    """Return where the largest elements are."""
    return ops.argmax(x, axis)


def argmin(x: Any, axis: int = -1) -> Any:
    """Return where the smallest elements are."""
    return ops.argmin(x, axis)


max = _reduction(ops.reduce_max, "Return the largest element.")
min = _reduction(ops.reduce_min, "Return the smallest element.")
sum = _reduction(ops.reduce_sum, "Return the sum.")
prod = _reduction(ops.reduce_prod, "Return the product.")
logsumexp = _reduction(ops.reduce_logsumexp, "Return the logarithm of the sum of exponentials.")


# Element by element.


def sqrt(x: Any) -> Any:
    """Return the square root, of 0 for what is below it."""
    return ops.sqrt(ops.clip_by_value(x, 0.0, np.inf))


def pow(x: Any, a: Any) -> Any:
    """Return the power."""
    return ops.power(x, a)


def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """Return the elements between two values."""
    if max_value is not None and min_value is not None and max_value < min_value:
        max_value = min_value
    return ops.clip_by_value(
        x, ops.constant(-np.inf if min_value is None else min_value, x.dtype.base_dtype),
        ops.constant(np.inf if max_value is None else max_value, x.dtype.base_dtype),
    )  # fmt: skip


def cast(x: Any, dtype: Any) -> Any:
    """Return the elements as another type."""
    return ops.cast(x, dtype)


def cast_to_floatx(x: Any) -> Any:
    """Return an array, or a tensor, of the type of floats."""
    return ops.cast(x, state.floatx()) if isinstance(x, (Tensor, Variable)) else np.asarray(x, state.floatx())


def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0) -> Any:
    """See `activations.relu`."""
    return activations.relu(x, alpha, max_value, threshold)


def softmax(x: Any, axis: int = -1) -> Any:
    """Return the softmax along an axis."""
    from ...ops.families.nn.softmax import softmax as nn_softmax

    return nn_softmax(x, axis=axis)


def elu(x: Any, alpha: float = 1.0) -> Any:
    """See `activations.elu`."""
    return activations.elu(x, alpha)


def hard_sigmoid(x: Any) -> Any:
    """See `activations.hard_sigmoid`."""
    return activations.hard_sigmoid(x)


def dropout(x: Any, level: float, noise_shape: Any = None, seed: int | None = None) -> Any:
    """Return the tensor with a random share of zeros, the others scaled up."""
    return nn_dropout(x, rate=level, noise_shape=noise_shape, seed=seed)


def l2_normalize(x: Any, axis: Any = None) -> Any:
    """Return vectors along an axis of Euclidean length 1."""
    from ...ops.families.linalg.norms import l2_normalize as function

    return function(x, axis=axis)


def in_top_k(predictions: Any, targets: Any, k: int) -> Any:
    """Return whether targets are among the `k` largest predictions."""
    from ...ops.families.reductions.sorting import in_top_k as function

    return function(predictions, targets, k)


def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """Return the cross entropy of one-hot targets."""
    return losses.categorical_entropy(target, output, from_logits, axis)


def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """Return the cross entropy of the numbers of classes."""
    return losses.sparse_categorical_crossentropy(target, output, from_logits, axis)


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """Return the cross entropy of targets of 0 and 1, element by element."""
    return losses.binary_entropy(target, output, from_logits)


# Shapes.


def concatenate(tensors: Any, axis: int = -1) -> Any:
    """Return tensors joined along an axis."""
    rank = tensors[0].shape.ndims
    return ops.concat(list(tensors), axis % rank if rank else 0)


def reshape(x: Any, shape: Any) -> Any:
    """Return the elements in another shape."""
    return ops.reshape(x, shape)


def permute_dimensions(x: Any, pattern: Any) -> Any:
    """Return the tensor with its axes in another order."""
    return ops.transpose(x, perm=pattern)


def repeat(x: Any, n: int) -> Any:
    """Return each row of a matrix `n` times."""
    return ops.tile(ops.expand_dims(x, 1), [1, n, 1])


def arange(start: Any, stop: Any = None, step: int = 1, dtype: Any = "int32") -> Any:
    """Return the numbers between two, as a tensor."""
    if stop is None and start < 0:
        start = 0
    result = range_of(start, limit=stop, delta=step) if stop is not None else range_of(start, delta=step)
    return ops.cast(result, dtype) if dtype != "int32" else result


def tile(x: Any, n: Any) -> Any:
    """Return the tensor repeated along its axes."""
    return ops.tile(x, [n] if isinstance(n, int) else n)


def flatten(x: Any) -> Any:
    """Return all elements as a vector."""
    return ops.reshape(x, [-1])


def batch_flatten(x: Any) -> Any:
    """Return a matrix: all axes but the first as one."""
    extents = x.shape.as_list()[1:]
    known = int(np.prod(extents)) if None not in extents else None
    result = ops.reshape(x, [-1, known] if known is not None else ops.stack([-1, ops.reduce_prod(shape(x)[1:])]))
    return result


def expand_dims(x: Any, axis: int = -1) -> Any:
    """Return the tensor with one more axis."""
    return ops.expand_dims(x, axis)


def squeeze(x: Any, axis: int) -> Any:
    """Return the tensor without an axis of extent 1."""
    return ops.squeeze(x, [axis])


def stack(x: Any, axis: int = 0) -> Any:
    """Return tensors as one, along a new axis."""
    return ops.stack(x, axis=axis)


def one_hot(indices: Any, num_classes: int) -> Any:
    """Return one-hot rows."""
    return ops.one_hot(indices, depth=num_classes, axis=-1)


def reverse(x: Any, axes: Any) -> Any:
    """Return the tensor with axes turned around."""
    return ops.reverse(x, [axes] if isinstance(axes, int) else axes)


def temporal_padding(x: Any, padding: Any = (1, 1)) -> Any:
    """Return sequences with zeros around."""
    return ops.pad(x, [[0, 0], list(padding), [0, 0]])


# Control.


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """Return one of two tensors, or of what two functions return; element by element for a condition of elements."""
    if condition.dtype.base_dtype is not dtypes.bool_:
        condition = ops.cast(condition, dtypes.bool_)
    if condition.shape.ndims == 0:
        then = then_expression if callable(then_expression) else lambda: then_expression
        other = else_expression if callable(else_expression) else lambda: else_expression
        return ops.cond(condition, then, other)
    then = then_expression() if callable(then_expression) else then_expression
    other = else_expression() if callable(else_expression) else else_expression
    for _ in range((then.shape.ndims or 0) - condition.shape.ndims):
        condition = ops.expand_dims(condition, -1)
    return ops.where(ops.logical_and(condition, ops.cast(ops.ones_like(then), dtypes.bool_)), then, other)


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """Return `x` where the model is trained, `alt` where it is used; functions are called."""
    training = state.learning_phase() if training is None else training
    if isinstance(training, (bool, int)):
        chosen = x if training else alt
        return chosen() if callable(chosen) else chosen
    return switch(training, x, alt)


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """Return `x` where the model is used, `alt` where it is trained."""
    return in_train_phase(alt, x, training)


def gradients(loss: Any, variables: Any) -> Any:
    """Return the gradients of a loss."""
    return gradient_library.gradients(loss, variables)


def stop_gradient(variables: Any) -> Any:
    """Return the same tensors, constant for gradients."""
    return (
        [ops.stop_gradient(v) for v in variables]
        if isinstance(variables, (list, tuple))
        else ops.stop_gradient(variables)
    )


def foldl(fn: Any, elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """Return what a function makes of the rows, from the first to the last: `fn(fn(fn(initializer, a), b), c)`."""
    from ...ops.families.control_flow.functional import foldl as function

    return function(fn, elems, initializer=initializer, name=name)


def foldr(fn: Any, elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """Return what a function makes of the rows, from the last to the first."""
    from ...ops.families.control_flow.functional import foldr as function

    return function(fn, elems, initializer=initializer, name=name)


def map_fn(fn: Any, elems: Any, name: str | None = None, dtype: Any = None) -> Any:
    """Return what a function gives for each row."""
    from ...ops.families.control_flow.functional import map_fn as function

    return function(fn, elems, name=name, dtype=dtype)


def random_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Any:
    """Return a tensor of normally distributed values."""
    seed = np.random.randint(10_000_000) if seed is None else seed
    return sampling.random_normal(shape, mean, stddev, state.float_type(dtype), seed)


def random_uniform(
    shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Any:
    """Return a tensor of uniform values."""
    seed = np.random.randint(10_000_000) if seed is None else seed
    return sampling.random_uniform(shape, minval, maxval, state.float_type(dtype), seed)


def truncated_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Any:
    """Return a tensor of normal values within two standard deviations."""
    seed = np.random.randint(10_000_000) if seed is None else seed
    return sampling.truncated_normal(shape, mean, stddev, state.float_type(dtype), seed)


def random_binomial(shape: Any, p: float = 0.0, dtype: Any = None, seed: int | None = None) -> Any:
    """Return a tensor of ones with a probability, zeros otherwise."""
    kind = state.float_type(dtype)
    seed = np.random.randint(10_000_000) if seed is None else seed
    drawn = sampling.random_uniform(shape, 0.0, 1.0, kind, seed)
    return ops.cast(ops.less_equal(drawn, p), kind)


class Function:
    """A function of inputs to outputs, in the session of Keras.

    Args:
      inputs, outputs: tensors; updates: operations, or pairs of a variable and its new value; name: accepted.
      fetches: what runs besides, without waiting for the outputs. feed_dict: further feeds; it is read at each call.
      options, run_metadata: those of `Session.run`.
    Raises: ValueError for other arguments.
    """

    def __init__(
        self, inputs: Any, outputs: Any, updates: Any = None, name: str | None = None, *, fetches: Any = None,
        feed_dict: Any = None, options: Any = None, run_metadata: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        if kwargs:
            raise ValueError(f"Some keys in session_kwargs are not supported at this time: {list(kwargs)}")
        self.inputs = list(inputs)
        self._is_single = not isinstance(outputs, (list, tuple))
        self.outputs = [outputs] if self._is_single else list(outputs)
        with ops.control_dependencies([self.outputs[0]] if self.outputs else []):  # what is told is from before
            changes = [ops.assign(*item) if isinstance(item, tuple) else item for item in updates or []]
        self._besides = [ops.group(*changes)] if changes else []
        self._besides += list(fetches or [])
        self._feeds = feed_dict
        self._recording = {"options": options, "run_metadata": run_metadata}

    def __call__(self, inputs: Any) -> Any:
        """Return the outputs for inputs."""
        if not isinstance(inputs, (list, tuple)):
            inputs = [inputs]
        feeds = dict(self._feeds or {})
        for tensor, value in zip(self.inputs, _arrays(inputs)):
            if isinstance(tensor, (Tensor, Variable)) or is_sparse(tensor):
                feeds[tensor] = value
        fetches = [*self.outputs, *self._besides]
        found = get_session().run(fetches, feed_dict=feeds, **self._recording)[: len(self.outputs)]
        return found[0] if self._is_single else found


def _arrays(values: Any) -> list[Any]:
    """Values, with arrays in place of tensors and variables; all of these are of one step."""
    symbolic = {place: value for place, value in enumerate(values) if isinstance(value, (Tensor, Variable))}
    found = get_session().run(symbolic) if symbolic else {}
    return [found.get(place, value) for place, value in enumerate(values)]


def function(inputs: Any, outputs: Any, updates: Any = None, name: str | None = None, **kwargs: Any) -> Function:
    """Return a function of inputs to outputs.

    Args:
      inputs: tensors; the learning phase may be one. outputs: a tensor, or a list. updates: what runs besides.
      name, kwargs: see `Function`.
    """
    return Function([item for item in inputs if not isinstance(item, int)], outputs, updates, name, **kwargs)


def backend() -> str:
    """Return `tensorflow`: what Keras runs on, as it is."""
    return "tensorflow"
