"""Programs with branches and loops, written against TensorFlow 1's interface: built and run here and there.

Each takes the module and returns `(feeds, fetches)`, feeds as pairs of a placeholder and its values for several steps.
"""

from __future__ import annotations

from typing import Any

ROWS = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0], [1.0, 1.0, 1.0]]


def branches(tf: Any) -> Any:
    """Branches of one and several results, nested ones, constants, values from outside, groups of assignments."""
    x = tf.placeholder(tf.float32, [], name="x")
    v = tf.Variable(2.0, name="v", use_resource=False)
    y = tf.cond(x > 0, lambda: x * 2.0, lambda: tf.constant(3.0) + x)
    a, b = tf.cond(x > 0, lambda: [x, v], lambda: [v + 1, x * x])
    constants = tf.cond(x > 0, lambda: 1.0, lambda: 2.0)
    nested = tf.cond(x > 0, lambda: tf.cond(x > 5, lambda: 1.0, lambda: x), lambda: 2.0)
    structure = tf.cond(x > 0, lambda: {"a": x, "b": (x + 1, x)}, lambda: {"a": -x, "b": (x, x * 3)})
    assigned = tf.cond(x > 0, lambda: tf.group(tf.assign(v, 100.0)), lambda: tf.group(tf.assign(v, -100.0)))
    with tf.control_dependencies([assigned]):
        after = v.read_value() + 0.0
    return [(x, [0.5, -1.0, 6.0])], [y, constants, nested, structure, after, a + b * 0.0]


def loops(tf: Any) -> Any:
    """Loops of several variables, nested ones, with branches and assignments inside, of changing shapes."""
    x = tf.placeholder(tf.float32, [], name="x")
    v = tf.Variable(0.0, name="v", use_resource=False)
    z = tf.while_loop(lambda i, a: i < 10, lambda i, a: (i + 1, a * x + 1.0), [tf.constant(0), x])

    def counted(i: Any) -> Any:
        with tf.control_dependencies([tf.assign_add(v, tf.cast(i, tf.float32))]):
            return i + 1

    w = tf.while_loop(lambda i: i < 5, counted, [0])
    with tf.control_dependencies([w]):
        total = v.read_value() + 0.0

    def outer(i: Any, s: Any) -> Any:
        _, t = tf.while_loop(
            lambda j, t: j < i,
            lambda j, t: (j + 1, t + tf.cond(tf.equal(j % 2, 0), lambda: j * i, lambda: -j)),
            [0, s],
        )
        return i + 1, t

    n = tf.while_loop(lambda i, s: i < 6, outer, (0, 0), maximum_iterations=4)
    m = tf.while_loop(
        lambda i, m: i < 3,
        lambda i, m: (i + 1, tf.concat([m, m], 0)),
        [0, tf.ones([1, 2]) * x],
        shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 2])],
    )
    return [(x, [0.5, -1.0, 2.0])], [z, w, total, n, m[1]]


def gradients(tf: Any) -> Any:
    """Gradients through branches, loops, and loops in loops with branches in them."""
    x = tf.placeholder(tf.float32, [], name="x")
    n = tf.placeholder(tf.int32, [], name="n")
    y = tf.cond(x > 0, lambda: x * x, lambda: tf.exp(x))
    _, z = tf.while_loop(
        lambda i, a: i < n, lambda i, a: (i + 1, a * x + tf.sin(a)), [tf.constant(0), tf.constant(1.0)]
    )

    def outer(i: Any, a: Any) -> Any:
        _, b = tf.while_loop(
            lambda j, b: j < i,
            lambda j, b: (j + 1, b * x + tf.cond(b > 1.0, lambda: b * b * x * 0.01, lambda: tf.sin(b))),
            [0, a],
        )
        return i + 1, b

    _, w = tf.while_loop(lambda i, a: i < n, outer, [0, x])
    found = [tf.gradients(value, x)[0] for value in (y, z, w)]
    return [(x, [0.7, -0.3, 1.2]), (n, [4, 5, 3])], [y, z, w, *found]


def tensor_arrays(tf: Any) -> Any:
    """All methods of TensorArrays, and gradients through them."""
    x = tf.placeholder(tf.float32, [4, 3], name="x")
    k = tf.placeholder(tf.float32, [], name="k")
    given = tf.TensorArray(tf.float32, size=4).unstack(x)
    made = tf.TensorArray(tf.float32, size=0, dynamic_size=True, clear_after_read=False, element_shape=[3])
    _, made = tf.while_loop(
        lambda i, t: i < 4,
        lambda i, t: (i + 1, t.write(i, given.read(i) ** 2 * tf.cast(i, tf.float32) + k)),
        [0, made],
    )
    stacked = made.stack()
    parts = tf.TensorArray(tf.float32, size=2, infer_shape=False).split(x, [1, 3])
    scattered = tf.TensorArray(tf.float32, size=4, clear_after_read=False).scatter([1, 0, 3, 2], x)
    rest = [made.size(), made.read(2), made.concat(), made.gather([1, 2]), parts.concat(), scattered.gather([2, 2])]
    return [(x, [ROWS]), (k, [0.5])], [stacked, *rest, *tf.gradients([stacked, made.concat()], [x, k])]


def functional(tf: Any) -> Any:
    """map_fn, scan, foldl, foldr over matrices and vectors, with gradients."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    a = tf.map_fn(lambda r: r * 2.0 + tf.reduce_sum(r), x)
    b = tf.map_fn(lambda r: (r[0] + r[1], tf.reduce_sum(r[0])), (x, x), dtype=(tf.float32, tf.float32))
    c = tf.scan(lambda s, r: s + r, x)
    d = tf.scan(
        lambda s, r: (s[0] + tf.reduce_sum(r), s[1] * 2.0),
        x,
        initializer=(tf.constant(0.0), tf.constant(1.0)),
        reverse=True,
    )
    e = tf.foldl(lambda s, r: s * 0.5 + r, x)
    f = tf.foldr(lambda s, r: s * 0.5 + r, x, initializer=tf.zeros([3]))
    g = tf.gradients([tf.reduce_sum(a), tf.reduce_sum(c), tf.reduce_sum(f)], x)[0]
    v = x[:, 0]
    h = tf.map_fn(lambda r: tf.cond(r > 2.0, lambda: r * 2.0, lambda: r), v)
    i = tf.scan(lambda s, r: s * 0.9 + r, v)
    return [(x, [ROWS])], [a, b, c, d, e, f, g, h, i]


PROGRAMS = {function.__name__: function for function in (branches, loops, gradients, tensor_arrays, functional)}
