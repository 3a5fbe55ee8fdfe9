"""`check_numerics` and what is made of it."""

from __future__ import annotations

from typing import Any

import numpy as np

INF, NAN = float("inf"), float("nan")


def _all_checks(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0], name="x")
    i = tf.constant(1, name="i")
    parts = tf.unstack(x, name="parts")
    h = tf.cast(x, tf.float16)
    checks = tf.add_check_numerics_ops()
    with tf.control_dependencies([checks]):
        return tf.identity(parts[0]), tf.identity(i), tf.identity(h)


def _all_checks_failing(tf: Any) -> Any:
    x = tf.log(tf.constant([-1.0]), name="logarithm")
    with tf.control_dependencies([tf.add_check_numerics_ops()]):
        return tf.identity(x)


def _nothing_to_check(tf: Any) -> Any:
    i = tf.constant(1, name="i")
    with tf.control_dependencies([tf.add_check_numerics_ops()]):
        return tf.identity(i)


CASES = {
    "finite": lambda tf: tf.check_numerics([1.0, -2.0, 0.0], "m"),
    "empty": lambda tf: tf.check_numerics(np.zeros((0, 2), np.float32), "m"),
    "scalar_double": lambda tf: tf.check_numerics(tf.constant(1.0, tf.float64), message="m", name="named"),
    "half": lambda tf: tf.check_numerics(tf.constant([1.0], tf.float16), "m"),
    "bfloat16": lambda tf: tf.check_numerics(tf.cast(tf.constant([1.0]), tf.bfloat16), b"m"),
    "nan": lambda tf: tf.check_numerics([1.0, NAN], "m"),
    "inf": lambda tf: tf.check_numerics([1.0, INF], "m"),
    "minus_inf": lambda tf: tf.check_numerics([-INF], "m"),
    "both": lambda tf: tf.check_numerics([NAN, INF], "m"),
    "half_nan": lambda tf: tf.check_numerics(tf.constant([NAN], tf.float16), "m"),
    "integers": lambda tf: tf.check_numerics(tf.constant([1]), "m"),
    "no_text": lambda tf: tf.check_numerics([1.0], 3),
    "in_debugging": lambda tf: tf.debugging.check_numerics([1.0], "m"),
    "verify": lambda tf: tf.verify_tensor_all_finite([1.0, 2.0], "m"),
    "verify_by_name": lambda tf: tf.verify_tensor_all_finite(x=tf.constant([1.0]), message="m", name="named"),
    "verify_nan": lambda tf: tf.verify_tensor_all_finite([NAN], "m"),
    "verify_nothing": lambda tf: tf.verify_tensor_all_finite(message="m"),
    "verify_without_words": lambda tf: tf.verify_tensor_all_finite([1.0]),
    "verify_twice": lambda tf: tf.verify_tensor_all_finite([1.0], "m", x=[1.0]),
    "assert_all_finite": lambda tf: tf.debugging.assert_all_finite([1.0], "m"),
    "placeholder": lambda tf: (lambda p: (tf.check_numerics(p, "m"), {p: [2.0]}))(tf.placeholder(tf.float32, [None])),
    "all": _all_checks,
    "all_failing": _all_checks_failing,
    "all_of_nothing": _nothing_to_check,
}
