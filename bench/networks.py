"""What small networks are made of, in the words of each library: one loss reads the same for all of them.

Images lie as [batch, height, width, channels], filters as [height, width, inputs, outputs]. `Library.cross_entropy`
takes logits and one distribution a row.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from .workload import Call, Values


class Library(Protocol):
    """The functions that losses are written with; `a @ b`, `+`, `*` and the like are the library's own."""

    relu: Callable[[Any], Any]
    reshape: Callable[[Any, Sequence[int]], Any]
    transpose: Callable[[Any, Sequence[int]], Any]
    softmax: Callable[[Any], Any]
    conv: Callable[[Any, Any], Any]
    pool: Callable[[Any], Any]
    cross_entropy: Callable[[Any, Any], Any]
    norm: Callable[[Any, Any, Any], Any]


class Plain:
    """NumPy: the definition of what is computed."""

    def relu(self, x: Any) -> Any:
        return np.maximum(x, np.float32(0))

    def reshape(self, x: Any, shape: Sequence[int]) -> Any:
        return x.reshape(shape)

    def transpose(self, x: Any, order: Sequence[int]) -> Any:
        return x.transpose(order)

    def softmax(self, x: Any) -> Any:
        raised = np.exp(x - x.max(axis=-1, keepdims=True))
        return raised / raised.sum(axis=-1, keepdims=True)

    def conv(self, x: Any, weights: Any) -> Any:
        height, width = x.shape[1:3]
        sides = weights.shape[0] // 2, weights.shape[1] // 2
        x = np.pad(x, ((0, 0), (sides[0],) * 2, (sides[1],) * 2, (0, 0)))
        places = np.ndindex(*weights.shape[:2])
        return sum(x[:, i : i + height, j : j + width] @ weights[i, j] for i, j in places)

    def pool(self, x: Any) -> Any:
        batch, height, width, channels = x.shape
        return x.reshape(batch, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))

    def cross_entropy(self, logits: Any, labels: Any) -> Any:
        top = logits.max(axis=-1, keepdims=True)
        total = np.log(np.exp(logits - top).sum(axis=-1)) + top[..., 0]
        return np.mean(total - (logits * labels).sum(axis=-1))

    def norm(self, x: Any, scale: Any, shift: Any) -> Any:
        mean = x.mean(axis=-1, keepdims=True)
        variance = np.square(x - mean).mean(axis=-1, keepdims=True)
        return (x - mean) / np.sqrt(variance + np.float32(1e-5)) * scale + shift


class Graphs:
    """TensorFlow 1, and sessile."""

    def __init__(self, tf: Any) -> None:
        self.tf = tf
        self.relu, self.softmax = tf.nn.relu, tf.nn.softmax
        self.reshape, self.transpose = tf.reshape, tf.transpose

    def conv(self, x: Any, weights: Any) -> Any:
        return self.tf.nn.conv2d(x, weights, strides=[1, 1, 1, 1], padding="SAME")

    def pool(self, x: Any) -> Any:
        return self.tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")

    def cross_entropy(self, logits: Any, labels: Any) -> Any:
        return self.tf.reduce_mean(self.tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits))

    def norm(self, x: Any, scale: Any, shift: Any) -> Any:
        mean, variance = self.tf.nn.moments(x, [-1], keep_dims=True)
        return self.tf.nn.batch_normalization(x, mean, variance, shift, scale, 1e-5)


class Jax:
    """JAX."""

    def __init__(self) -> None:
        self.jax: Any = importlib.import_module("jax")
        self.relu, self.softmax = self.jax.nn.relu, self.jax.nn.softmax
        self.reshape, self.transpose = self.jax.numpy.reshape, self.jax.numpy.transpose

    def conv(self, x: Any, weights: Any) -> Any:
        return self.jax.lax.conv_general_dilated(x, weights, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))

    def pool(self, x: Any) -> Any:
        window = (1, 2, 2, 1)
        return self.jax.lax.reduce_window(x, -np.inf, self.jax.lax.max, window, window, "SAME")

    def cross_entropy(self, logits: Any, labels: Any) -> Any:
        return -(self.jax.nn.log_softmax(logits) * labels).sum(axis=-1).mean()

    def norm(self, x: Any, scale: Any, shift: Any) -> Any:
        mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
        return (x - mean) * self.jax.lax.rsqrt(variance + 1e-5) * scale + shift


class Torch:
    """PyTorch; its images are views with the channels second, lying with them last."""

    def __init__(self) -> None:
        self.torch: Any = importlib.import_module("torch")
        self._functions = self.torch.nn.functional
        self.relu, self.reshape = self.torch.relu, self.torch.reshape

    def transpose(self, x: Any, order: Sequence[int]) -> Any:
        return x.permute(*order)

    def softmax(self, x: Any) -> Any:
        return self.torch.softmax(x, dim=-1)

    def conv(self, x: Any, weights: Any) -> Any:
        found = self._functions.conv2d(x.permute(0, 3, 1, 2), weights.permute(3, 2, 0, 1), padding="same")
        return found.permute(0, 2, 3, 1)

    def pool(self, x: Any) -> Any:
        return self._functions.max_pool2d(x.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)

    def cross_entropy(self, logits: Any, labels: Any) -> Any:
        return self._functions.cross_entropy(logits, labels)

    def norm(self, x: Any, scale: Any, shift: Any) -> Any:
        return self._functions.layer_norm(x, x.shape[-1:], scale, shift, 1e-5)


Loss = Callable[..., Any]  # (library, *values, *weights) -> the loss
RATE = 0.01


def train_jax(loss: Loss, weights: Values, values: Values) -> Call:
    """A step of gradient descent by JAX, compiled whole, its weights in place of the old ones."""
    library = Jax()
    jax = library.jax
    gradient = jax.value_and_grad(lambda weights, *values: loss(library, *values, *weights))

    def update(weights: Any, *values: Any) -> Any:
        found, slopes = gradient(weights, *values)
        return found, [weight - RATE * slope for weight, slope in zip(weights, slopes)]

    compiled = jax.jit(update, donate_argnums=0)
    state = [jax.numpy.asarray(weight) for weight in weights]
    fed = [jax.numpy.asarray(value) for value in values]

    def step() -> Any:
        nonlocal state
        found, state = jax.block_until_ready(compiled(state, *fed))
        return found

    return Call(step)


def train_torch(loss: Loss, weights: Values, values: Values, threads: int) -> Call:
    """A step of gradient descent by PyTorch, the loss compiled."""
    library = Torch()
    torch = library.torch
    torch.set_num_threads(threads)
    torch._dynamo.reset()
    torch.set_grad_enabled(True)
    compiled = torch.compile(lambda *arrays: loss(library, *arrays))
    state = [torch.from_numpy(weight.copy()).requires_grad_() for weight in weights]
    fed = [torch.from_numpy(value) for value in values]
    optimizer = torch.optim.SGD(state, lr=RATE)

    def step() -> Any:
        optimizer.zero_grad()
        found = compiled(*fed, *state)
        found.backward()
        optimizer.step()
        return found.detach()

    return Call(step)


def train_graph(tf: Any, loss: Loss, weights: Values, values: Values) -> tuple[Any, list[Any]]:
    """The TF1 program of a step of gradient descent: the loss, once the update is done, and the feeds."""
    feeds = [tf.placeholder(tf.float32, value.shape) for value in values]
    variables = [tf.Variable(weight) for weight in weights]
    found = loss(Graphs(tf), *feeds, *variables)
    update = tf.train.GradientDescentOptimizer(RATE).minimize(found)
    with tf.control_dependencies([update]):
        return tf.identity(found), feeds
