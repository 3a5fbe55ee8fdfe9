"""Ctrl-C during a step: KeyboardInterrupt at once, and the session works on. Each step runs in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
from sessile.compiler.machine import abi as layout

if sys.platform == "win32":
    pytest.skip("signals are sent as POSIX has them", allow_module_level=True)

BEGIN = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells start background jobs with SIGINT ignored
import numpy as np
import sessile as tf

def say(word):
    print(word, flush=True)

x = tf.placeholder(tf.float32, [None], name="x")
v = tf.Variable(0.0)
sess = tf.Session()
sess.run(v.initializer)
"""
END = """
for _ in range(2):  # the second one is compiled
    sess.run(fetch, small)
say("ready")
try:
    while True:
        sess.run(fetch, large, **options)
except KeyboardInterrupt:
    say("interrupted")
sess.run(fetch, small)
sess.run(v.assign_add(1.0))
assert sess.run(v) == 1.0
say("usable")
sys.exit(0)
"""
STEPS = {
    "one long kernel": """
y = tf.placeholder(tf.float32, [None])
fetch = tf.reduce_sum(tf.exp(x[:, None] * y[None, :]), 1)
big = np.linspace(0.0, 1.0, 200_000, dtype=np.float32)
small, large, options = {x: [1.0], y: [1.0, 2.0]}, {x: big, y: big}, {}
""",
    "many kernels": """
fetch = x
for _ in range(60):
    fetch = tf.cumsum(tf.exp(-tf.abs(fetch)))
small, large, options = {x: np.ones(4)}, {x: np.ones(1 << 20, np.float32)}, {}
""",
    "many fused kernels": """
fetch = x
for _ in range(6):
    fetch = tf.nn.softmax(tf.tanh(fetch) + tf.reduce_sum(fetch))
small, large, options = {x: np.ones(4)}, {x: np.ones(1 << 20, np.float32)}, {}
""",
    "a sleeping Python function": """
def sleep(value):
    if value.size > 10:
        time.sleep(60.0)
    return value
fetch = tf.py_func(sleep, [x], tf.float32) + 1.0
small, large, options = {x: np.ones(4)}, {x: np.ones(100)}, {}
""",
    "a callable": """
step = sess.make_callable(tf.nn.softmax(tf.exp(x)), [x])
class Steps:
    def run(self, *arguments, **options):
        return step(large) if arguments[-1] is large else sess_run(*arguments)
sess_run, sess = sess.run, Steps()
fetch, small, large, options = x * 2.0, {x: [1.0]}, np.ones(1 << 24, np.float32), {}
step(large)
""",
    "the interpreter": """
config = tf.ConfigProto()
config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.OFF
sess = tf.Session(config=config)
sess.run(v.initializer)
fetch = x
for _ in range(200):
    fetch = tf.cumsum(tf.exp(-tf.abs(fetch)))
small, large, options = {x: np.ones(4)}, {x: np.ones(1 << 18, np.float32)}, {}
""",
    "matrix products": """
m = tf.placeholder(tf.float32, [None, None])
fetch = m
for _ in range(40):
    fetch = tf.matmul(fetch, m) * 0.001
small, large, options = {m: np.ones((4, 4))}, {m: np.ones((900, 900), np.float32)}, {}
""",
    "factorizations": """
m = tf.placeholder(tf.float64, [None, None])
fetch = m
for _ in range(40):
    fetch = tf.linalg.inv(fetch)
small, large, options = {m: np.eye(4)}, {m: np.eye(500)}, {}
""",
    "compiling": """
class Steps:
    def run(self, *arguments, **options):
        if arguments[-1] is not large:
            return sess_run(*arguments)
        z = x
        for number in range(60):
            z = tf.cumsum(tf.sin(z * (1.5 + time.time() + number)))
        for _ in range(2):
            sess_run(z, {x: [1.0]})
sess_run, sess = sess.run, Steps()
fetch, small, large, options = x * 2.0, {x: [1.0]}, np.ones(1), {}
""",
    "a partial run": """
y = x
for _ in range(60):
    y = tf.cumsum(tf.exp(-tf.abs(y)))
class Steps:
    def run(self, *arguments, **options):
        if arguments[-1] is not large:
            return sess_run(*arguments)
        session.partial_run(session.partial_run_setup([y], [x]), y, {x: large})
session, sess_run, sess = sess, sess.run, Steps()
fetch, small, large, options = x * 2.0, {x: [1.0]}, np.ones(1 << 20, np.float32), {}
""",
    "a traced step": """
fetch = x
for _ in range(60):
    fetch = tf.cumsum(tf.exp(-tf.abs(fetch)))
small, large = {x: np.ones(4)}, {x: np.ones(1 << 20, np.float32)}
options = {"options": tf.RunOptions(trace_level=3), "run_metadata": tf.RunMetadata()}
""",
    "updates of a variable": """
w = tf.Variable(tf.zeros([1 << 22]))
sess.run(w.initializer)
fetch = tf.reduce_sum(tf.assign_add(w, tf.tanh(w + tf.reduce_sum(x))))
small, large, options = {x: np.ones(1)}, {x: np.ones(2)}, {}
""",
    "a step with a time limit": """
def sleep(value):
    if value.size > 10:
        time.sleep(3.0)
    return value
fetch = tf.py_func(sleep, [x], tf.float32) + 1.0
small, large = {x: np.ones(4)}, {x: np.ones(100)}
options = {"options": tf.RunOptions(timeout_in_ms=60_000)}
""",
}


@pytest.mark.parametrize("name", STEPS)
def test_interrupt(name: str) -> None:
    if name == "one long kernel" and not layout.available():
        pytest.skip("a kernel that Python calls runs to its end")
    child = subprocess.Popen(
        [sys.executable, "-c", BEGIN + STEPS[name] + END], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None and child.stderr is not None
    try:
        assert child.stdout.readline() == "ready\n", child.stderr.read()
        time.sleep(0.4)
        sent = time.monotonic()
        child.send_signal(signal.SIGINT)
        assert child.stdout.readline() == "interrupted\n", child.stderr.read()
        taken = time.monotonic() - sent
        assert child.stdout.readline() == "usable\n", child.stderr.read()
        assert child.wait(10.0) == 0
    finally:
        child.kill()
        child.communicate()
    print(f"{name}: {1000 * taken:.0f} ms")
    assert taken < 2.0
