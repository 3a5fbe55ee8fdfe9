"""Graphs that train, written against TensorFlow 1's names: recorded with TensorFlow, replayed here.

Each case is a function from the library's module to an optimizer, or to a value. `run_optimizer` gives what an
optimizer builds and what its updates compute, by gradients that are given.
"""

from __future__ import annotations

from typing import Any

import numpy as np

STEPS = 4
RATE = 0.05

OPTIMIZERS: dict[str, Any] = {
    "GradientDescent": lambda tf: tf.train.GradientDescentOptimizer(RATE),
    "GradientDescentLocking": lambda tf: tf.train.GradientDescentOptimizer(RATE, use_locking=True, name="sgd"),
    "Momentum": lambda tf: tf.train.MomentumOptimizer(RATE, 0.9),
    "Nesterov": lambda tf: tf.train.MomentumOptimizer(RATE, 0.9, use_nesterov=True),
    "Adagrad": lambda tf: tf.train.AdagradOptimizer(RATE),
    "AdagradDA": lambda tf: tf.train.AdagradDAOptimizer(
        RATE, tf.train.get_or_create_global_step(), l1_regularization_strength=0.01, l2_regularization_strength=0.02
    ),
    "Adadelta": lambda tf: tf.train.AdadeltaOptimizer(1.0),
    "RMSProp": lambda tf: tf.train.RMSPropOptimizer(RATE, momentum=0.5),
    "CenteredRMSProp": lambda tf: tf.train.RMSPropOptimizer(RATE, decay=0.8, centered=True),
    "Adam": lambda tf: tf.train.AdamOptimizer(RATE),
    "Ftrl": lambda tf: tf.train.FtrlOptimizer(RATE, l1_regularization_strength=0.1, l2_regularization_strength=0.2),
    "FtrlPower": lambda tf: tf.train.FtrlOptimizer(RATE, learning_rate_power=-0.7),
    "FtrlShrinkage": lambda tf: tf.train.FtrlOptimizer(RATE, l2_shrinkage_regularization_strength=0.3),
    "ProximalGradientDescent": lambda tf: tf.train.ProximalGradientDescentOptimizer(
        RATE, l1_regularization_strength=0.3, l2_regularization_strength=0.4
    ),
    "ProximalAdagrad": lambda tf: tf.train.ProximalAdagradOptimizer(
        RATE, l1_regularization_strength=0.3, l2_regularization_strength=0.4
    ),
}

# Updates that no optimizer of `train` builds, as raw operations on resources: variables, then the other inputs.
RAW: dict[str, tuple[str, dict[str, Any]]] = {
    "ResourceApplyKerasMomentum": ("var accum", {"lr": 0.05, "momentum": 0.9}),
    "ResourceApplyKerasMomentum nesterov": ("var accum", {"lr": 0.05, "momentum": 0.9, "use_nesterov": True}),
    "ResourceApplyMomentum nesterov": ("var accum", {"lr": 0.05, "momentum": 0.9, "use_nesterov": True}),
    "ResourceApplyAdam nesterov": (
        "var m v",
        {
            "beta1_power": 0.9, "beta2_power": 0.999, "lr": 0.05, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
            "use_nesterov": True,
        },
    ),
    "ResourceApplyAdagrad still": ("var accum", {"lr": 0.05, "update_slots": False}),
    "ResourceApplyAdagradV2": ("var accum", {"lr": 0.05, "epsilon": 1e-3}),
    "ResourceApplyAdaMax": (
        "var m v", {"beta1_power": 0.9, "lr": 0.05, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8},
    ),
    "ResourceApplyAdamWithAmsgrad": (
        "var m v vhat",
        {"beta1_power": 0.9, "beta2_power": 0.999, "lr": 0.05, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    ),
    "ResourceApplyAddSign": ("var m", {"lr": 0.05, "alpha": 1.0, "sign_decay": 0.7, "beta": 0.9}),
    "ResourceApplyPowerSign": ("var m", {"lr": 0.05, "logbase": 1.0, "sign_decay": 0.7, "beta": 0.9}),
}  # fmt: skip


def drawn(seed: int, *shape: int) -> Any:
    return np.random.RandomState(seed).randn(*shape)


def run_optimizer(tf: Any, name: str, is_resource: bool, dtype: str, config: Any = None) -> dict[str, Any]:
    """Apply an optimizer to a dense and a sparse gradient, several times.

    Returns: the nodes it added, its slots, and the values of the variables and slots after each step.
    """
    with tf.Graph().as_default() as graph:
        kind = tf.as_dtype(dtype)
        dense = tf.get_variable("net/w", initializer=drawn(1, 3, 2).astype(dtype), use_resource=is_resource)
        table = tf.get_variable("table", initializer=drawn(2, 5, 2).astype(dtype), use_resource=is_resource)
        optimizer = OPTIMIZERS[name](tf)
        gradients = [tf.placeholder(kind, [3, 2], name="g"), tf.placeholder(kind, [3, 2], name="rows")]
        slices = tf.IndexedSlices(gradients[1], tf.constant([4, 1, 4]), tf.constant([5, 2]))
        before = len(graph.get_operations())
        step = optimizer.apply_gradients(
            [(gradients[0], dense), (slices, table)], global_step=tf.train.get_or_create_global_step()
        )
        nodes = [node_line(op) for op in graph.get_operations()[before:]]
        variables = [dense, table, *optimizer.variables()]
        values = []
        with tf.Session(config=config) as session:
            session.run(tf.global_variables_initializer())
            for number in range(STEPS):
                given = {gradients[0]: drawn(10 + number, 3, 2), gradients[1]: drawn(20 + number, 3, 2)}
                session.run(step, given)
                values.append([np.asarray(value).tolist() for value in session.run(variables)])
        return {
            "nodes": nodes,
            "slots": optimizer.get_slot_names(),
            "variables": [variable.name for variable in variables],
            "values": values,
        }


def node_line(op: Any) -> str:
    """A node as text: name, type, inputs, control inputs, group, and the attributes that training has."""
    node = op.node_def
    names = ["use_locking", "use_nesterov", "update_slots"] + ["validate_shape"] * (op.type == "Assign")
    attrs = {key: node.attr[key].b for key in names if key in node.attr}
    group = sorted(text.decode() for text in node.attr["_class"].list.s) if "_class" in node.attr else []
    parts = [op.name, op.type, *(tensor.name for tensor in op.inputs)]
    parts += sorted("^" + other.name for other in op.control_inputs)
    return " ".join([*parts, *group, *(f"{key}={value}" for key, value in sorted(attrs.items()))])


def run_raw(tf: Any, name: str, config: Any = None) -> list[Any]:
    """Run a raw update several times; returns the values of its variables after each step."""
    words, given = RAW[name]
    with tf.Graph().as_default():
        variables = {
            word: tf.get_variable(word, initializer=np.abs(drawn(number, 4)).astype("float32"), use_resource=True)
            for number, word in enumerate(words.split())
        }
        gradient = tf.placeholder(tf.float32, [4])
        inputs = {word: variable.handle for word, variable in variables.items()}
        step = getattr(tf.raw_ops, name.split(" ")[0])(grad=gradient, **inputs, **given)
        values = []
        with tf.Session(config=config) as session:
            session.run(tf.global_variables_initializer())
            for number in range(STEPS):
                session.run(step, {gradient: drawn(30 + number, 4)})
                values.append([value.tolist() for value in session.run(list(variables.values()))])
        return values


DECAYS: dict[str, Any] = {
    "exponential": lambda tf, step: tf.train.exponential_decay(0.1, step, 10, 0.5),
    "exponential staircase": lambda tf, step: tf.train.exponential_decay(0.1, step, 10, 0.5, staircase=True),
    "natural": lambda tf, step: tf.train.natural_exp_decay(0.1, step, 10, 0.5),
    "natural staircase": lambda tf, step: tf.train.natural_exp_decay(0.1, step, 10, 0.5, staircase=True),
    "inverse time": lambda tf, step: tf.train.inverse_time_decay(0.1, step, 10, 0.5),
    "inverse time staircase": lambda tf, step: tf.train.inverse_time_decay(0.1, step, 10, 0.5, staircase=True),
    "polynomial": lambda tf, step: tf.train.polynomial_decay(0.1, step, 10, 0.01, power=2.0),
    "polynomial cycle": lambda tf, step: tf.train.polynomial_decay(0.1, step, 10, 0.01, power=0.5, cycle=True),
    "cosine": lambda tf, step: tf.train.cosine_decay(0.1, step, 10, alpha=0.1),
    "cosine restarts": lambda tf, step: tf.train.cosine_decay_restarts(0.1, step, 10, 2.0, 0.9, 0.1),
    "cosine restarts alike": lambda tf, step: tf.train.cosine_decay_restarts(0.1, step, 10, t_mul=1.0),
    "linear cosine": lambda tf, step: tf.train.linear_cosine_decay(0.1, step, 10),
    "piecewise": lambda tf, step: tf.train.piecewise_constant(step, [5, 10], [1.0, 0.5, 0.1]),
}
TIMES = (0, 1, 4, 5, 6, 9, 10, 11, 15, 20, 29, 30, 31, 75)


def run_decay(tf: Any, name: str) -> list[float]:
    """A learning rate at several steps."""
    with tf.Graph().as_default():
        step = tf.placeholder(tf.int64, [])
        rate = DECAYS[name](tf, step)
        with tf.Session() as session:
            return [float(session.run(rate, {step: time})) for time in TIMES]


AVERAGES: dict[str, dict[str, Any]] = {
    "plain": {}, "counted": {"num_updates": 3}, "without the start": {"zero_debias": True},
}  # fmt: skip


def run_averages(tf: Any, name: str, is_resource: bool) -> dict[str, Any]:
    """The averages of a variable and of a tensor after several updates."""
    with tf.Graph().as_default():
        variable = tf.get_variable("w", initializer=drawn(1, 3).astype("float32"), use_resource=is_resource)
        given = tf.placeholder(tf.float32, [3], name="given")
        averages = tf.train.ExponentialMovingAverage(0.9, **AVERAGES[name])
        update = averages.apply([variable, given])
        kept = [averages.average(variable), averages.average(given)]
        values = []
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for number in range(STEPS):
                variable.load(drawn(number, 3).astype("float32"), session)
                session.run(update, {given: drawn(40 + number, 3)})
                values.append([value.tolist() for value in session.run(kept)])
        restored = {key: value.name for key, value in averages.variables_to_restore().items()}
        return {"names": [average.name for average in kept], "restored": restored, "values": values}
