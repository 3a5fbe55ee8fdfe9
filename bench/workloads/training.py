"""Training: steps of small networks, optimizers, the building of gradients, the first call of a step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import drives, networks
from ..workload import Call, Fresh, Reference, Values, Workload
from .data import uniform

PARAMETERS = 1_000_000
WORDS, WIDTH, LOOKED_UP = 50_000, 64, 512


def _weights(*shapes: tuple[int, ...]) -> Values:
    """Matrices and filters drawn for their inputs, vectors of zeros."""
    random = np.random.default_rng(2)
    drawn = []
    for shape in shapes:
        scale = 0.0 if len(shape) == 1 else 1 / np.sqrt(np.prod(shape[:-1]))
        drawn.append((random.standard_normal(shape) * scale).astype(np.float32))
    return tuple(drawn)


def _labelled(shape: tuple[int, ...], classes: int) -> Callable[[], Values]:
    """Inputs, and one class of so many each."""

    def make() -> Values:
        random = np.random.default_rng(3)
        inputs = random.uniform(-1, 1, shape).astype(np.float32)
        return inputs, np.eye(classes, dtype=np.float32)[random.integers(0, classes, shape[0])]

    return make


def _perceptron(nn: Any, x: Any, y: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
    return nn.cross_entropy(nn.relu(x @ w1 + b1) @ w2 + b2, y)


def _convolutional(nn: Any, x: Any, y: Any, f1: Any, b1: Any, f2: Any, b2: Any, w: Any, b: Any) -> Any:
    x = nn.pool(nn.relu(nn.conv(x, f1) + b1))
    x = nn.pool(nn.relu(nn.conv(x, f2) + b2))
    return nn.cross_entropy(nn.reshape(x, [32, 7 * 7 * 32]) @ w + b, y)


def _transformer(nn: Any, x: Any, y: Any, *weights: Any) -> Any:
    """One block of 4 heads over 8 texts of 64 places by 128 numbers; what it makes is to be `y`."""
    g1, s1, wq, wk, wv, wo, g2, s2, w1, b1, w2, b2 = weights
    rows = nn.reshape(nn.norm(x, g1 + 1.0, s1), [512, 128])

    def heads(w: Any) -> Any:
        return nn.transpose(nn.reshape(rows @ w, [8, 64, 4, 32]), [0, 2, 1, 3])

    seen = nn.softmax((heads(wq) @ nn.transpose(heads(wk), [0, 1, 3, 2])) * (1 / np.float32(np.sqrt(32))))
    mixed = nn.reshape(nn.transpose(seen @ heads(wv), [0, 2, 1, 3]), [512, 128]) @ wo
    x = nn.reshape(x, [512, 128]) + mixed
    x = x + nn.relu(nn.norm(x, g2 + 1.0, s2) @ w1 + b1) @ w2 + b2
    return nn.cross_entropy(x, nn.softmax(nn.reshape(y, [512, 128])))


def _step(name: str, title: str, loss: networks.Loss, values: Any, shapes: Any, **others: Any) -> Workload:
    """A row of a training step, by gradient descent."""
    weights = _weights(*shapes)
    return Workload(
        name=name,
        title=title,
        values=values,
        build=lambda tf, values: networks.train_graph(tf, loss, weights, values),
        formula=lambda xp, *values: loss(networks.Plain(), *values, *weights),
        own={
            "jax": lambda _, values, threads: drives.first_result(networks.train_jax(loss, weights, values)),
            "torch": lambda _, values, threads: networks.train_torch(loss, weights, values, threads),
        },
        variables=True,
        rtol=1e-3,
        **{
            "group": "training",
            "drive": drives.fresh_variables,
            "backends": ("sessile", "tensorflow", "jax", "torch"),
            **others,
        },
    )


CNN = ((3, 3, 1, 16), (16,), (3, 3, 16, 32), (32,), (7 * 7 * 32, 10), (10,))
BLOCK = (
    (128,), (128,), (128, 128), (128, 128), (128, 128), (128, 128),
    (128,), (128,), (128, 512), (512,), (512, 128), (128,),
)  # fmt: skip


def _block_of_images(nn: Any, x: Any, filters: Any, bias: Any) -> Any:
    return nn.pool(nn.relu(nn.conv(x, filters) + bias))


def _build_block(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    feeds = [tf.placeholder(tf.float32, value.shape) for value in values]
    return _block_of_images(networks.Graphs(tf), *feeds), feeds


def _jax_block(jax: Any, values: Values, threads: int) -> Call:
    library = networks.Jax()
    compiled = jax.jit(lambda *arrays: _block_of_images(library, *arrays))
    fed = [jax.numpy.asarray(value) for value in values]
    return Call(lambda: jax.block_until_ready(compiled(*fed)))


def _torch_block(torch: Any, values: Values, threads: int) -> Call:
    library = networks.Torch()
    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    compiled = torch.compile(lambda *arrays: _block_of_images(library, *arrays))
    return Call(compiled, tuple(torch.from_numpy(value) for value in values))


def _build_adam(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    (slope,) = drives.placeholders(tf, values)
    variable = tf.Variable(tf.zeros([PARAMETERS]))
    return tf.train.AdamOptimizer(0.01).apply_gradients([(slope, variable)]), [slope]


def _updated(built: Any) -> Call:
    """The step returns nothing; the variable is read once, to be checked."""
    step = drives.through_callable(built)
    variable = built.tf.trainable_variables()[0]

    def once() -> Any:
        step.function(*step.args)
        return built.session.run(variable)

    return Call(step.function, step.args, check=once)


def _adam_formula(xp: Any, slope: Any) -> Any:
    """The first step from zero: the moments are the slope and its square, times what their corrections take back."""
    return -np.float32(0.01) * slope / (np.abs(slope) + np.float32(1e-8 / np.sqrt(0.001)))


def _jax_adam(jax: Any, values: Values, threads: int) -> Call:
    jnp = jax.numpy

    def update(state: Any, slope: Any) -> Any:
        count, variable, first, second = state
        count = count + 1.0
        first, second = first + 0.1 * (slope - first), second + 0.001 * (slope * slope - second)
        rate = 0.01 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
        return count, variable - rate * first / (jnp.sqrt(second) + 1e-8), first, second

    compiled = jax.jit(update, donate_argnums=0)
    state = (jnp.float32(0), *(jnp.zeros(PARAMETERS, jnp.float32) for _ in range(3)))
    slope = jnp.asarray(values[0])

    def step() -> Any:
        nonlocal state
        state = jax.block_until_ready(compiled(state, slope))
        return state[1]

    return Call(step)


def _copy(values: Values) -> Call:
    source = np.ones(14 * PARAMETERS // 4, np.float32)
    return Call(np.copyto, (np.zeros_like(source), source))


def _words() -> Values:
    random = np.random.default_rng(4)
    return random.integers(0, WORDS, LOOKED_UP).astype(np.int32), random.uniform(-1, 1, (LOOKED_UP, WIDTH)).astype(
        np.float32
    )


def _build_embedding(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    words, wanted = drives.placeholders(tf, values)
    table = tf.Variable(tf.zeros([WORDS, WIDTH]))
    loss = tf.reduce_mean(tf.square(tf.nn.embedding_lookup(table, words) - wanted))
    update = tf.train.AdagradOptimizer(0.1).minimize(loss)
    with tf.control_dependencies([update]):
        return tf.identity(loss), [words, wanted]


def _build_gradients(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    """A thousand operations, and the gradients of the last for the first."""
    x, y = drives.placeholders(tf, values)
    z = x
    for _ in range(250):
        z = tf.tanh(z * y) + x
    return tf.gradients(z, [x, y]), [x, y]


def _gradients_formula(xp: Any, x: Any, y: Any) -> list[Any]:
    """By forward differentiation, for each input at once: there is one element."""
    z, by_x, by_y = x.astype(np.float64), np.ones_like(x, np.float64), np.zeros_like(x, np.float64)
    for _ in range(250):
        t = np.tanh(z * y)
        by_x, by_y = (1 - t * t) * by_x * y + 1, (1 - t * t) * (by_y * y + z)
        z = t + x
    return [by_x, by_y]


TRAINING = (
    _step(
        "mlp_step", "training step: 784-256-10, batch 64, SGD", _perceptron, _labelled((64, 784), 10),
        ((784, 256), (256,), (256, 10), (10,)),
    ),
    _step(
        "cnn_step", "training step: two convolutions, 28 x 28, batch 32, SGD", _convolutional,
        _labelled((32, 28, 28, 1), 10), CNN,
    ),
    _step(
        "transformer_step", "training step: a transformer block, 8 x 64 x 128, SGD", _transformer,
        uniform((8, 64, 128), (8, 64, 128)), BLOCK,
    ),
    _step(
        "cnn_first_step", "first call of the step with two convolutions, empty cache", _convolutional,
        _labelled((32, 28, 28, 1), 10), CNN, drive=drives.first_step, group="compilation",
        fresh=Fresh("first", cache="cold"), backends=("sessile", "tensorflow", "jax"),
    ),
    Workload(
        name="conv_relu_pool",
        title="3x3 convolution, bias, relu, pooling: 16 x 28 x 28 x 16 to 32",
        group="training",
        values=uniform((16, 28, 28, 16), (3, 3, 16, 32), (32,)),
        build=_build_block,
        formula=lambda xp, *values: _block_of_images(networks.Plain(), *values),
        own={"jax": _jax_block, "torch": _torch_block},
        backends=("sessile", "tensorflow", "jax", "torch"),
        atol=1e-4,
    ),
    Workload(
        name="adam_1e6",
        title="Adam's update of 1e6 float32",
        group="training",
        values=uniform((PARAMETERS,)),
        build=_build_adam,
        formula=_adam_formula,
        own={"jax": _jax_adam},
        drive=_updated,
        variables=True,
        backends=("sessile", "tensorflow", "jax"),
        reference=Reference("np.copyto of 3.5e6", _copy, bytes_moved=28 * PARAMETERS),
        bytes_moved=28 * PARAMETERS,
        rtol=1e-3,
    ),
    Workload(
        name="embedding_step",
        title="training step: 512 rows of a table of 50,000 x 64, Adagrad",
        group="training",
        values=_words,
        build=_build_embedding,
        formula=lambda xp, words, wanted: np.mean(np.square(wanted)),
        drive=drives.fresh_variables,
        variables=True,
        backends=("sessile", "tensorflow"),
    ),
    Workload(
        name="build_gradients_1000",
        title="building 750 operations and their gradients",
        group="compilation",
        values=uniform((1,), (1,), low=0.4, high=0.6),
        build=_build_gradients,
        formula=_gradients_formula,
        drive=drives.building,
        backends=("sessile", "tensorflow"),
        rtol=1e-2,
    ),
)  # fmt: skip
