"""The end of a process: threads in kernels, callables in destructors, exits from threads. Never a signal or a hang."""

from __future__ import annotations

import subprocess
import sys

import pytest

BEGIN = """
import atexit, faulthandler, gc, os, sys, threading, time
faulthandler.enable()
import numpy as np
import sessile as tf

x = tf.placeholder(tf.float32, [None])
sess = tf.Session()
small, big = np.arange(3, dtype=np.float32), np.linspace(0, 1, 3_000_000, dtype=np.float32)
heavy = tf.exp(-x)
for _ in range(3):
    heavy = tf.tanh(heavy) + tf.sin(heavy)
call = sess.make_callable(heavy, [x])
call(small)

def forever(work):
    started = threading.Event()
    def body():
        number = 0
        while True:
            started.set()
            number += 1
            work(number)
    threading.Thread(target=body, daemon=True).start()
    started.wait()
"""
SCENARIOS = {
    "daemons in kernels": ("forever(lambda k: call(big)); forever(lambda k: call(big)); time.sleep(0.1)", 0, ""),
    "daemons in run": (
        "sess.run(heavy, {x: small}); forever(lambda k: sess.run(heavy, {x: big})); time.sleep(0.1)",
        0,
        "",
    ),
    "a daemon that compiles": (
        """
def compile_another(number):
    with sess.graph.as_default():
        sess.make_callable(tf.exp(x) * float(number), [x])(small)
forever(compile_another)
time.sleep(0.2)
""",
        0,
        "",
    ),
    "a daemon in a callable that nobody else holds": (
        """
forever(lambda k, call=call: call(big))

del call, heavy, x, sess
gc.collect()
time.sleep(0.1)
""",
        0,
        "",
    ),
    "callables in destructors": (
        """
class Late:
    def __init__(self, run):
        self.run = run
    def __del__(self):
        try:
            print(self.run(small).shape)
        except ImportError:
            print("(3,)")
first, cycle = Late(call), [Late(call)]
cycle.append(cycle)
sys.modules["late"] = Late(lambda value: sess.run(heavy, {x: value}))
""",
        0,
        "(3,)\n" * 3,
    ),
    "calls at exit": (
        "atexit.register(lambda: print(call(small).shape, sess.run(heavy, {x: small}).shape))",
        0,
        "(3,) (3,)\n",
    ),
    "an exit in another thread": (
        """
def leave():
    call(big)
    sys.exit(3)
threads = [threading.Thread(target=leave) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(call(small).shape)
""",
        0,
        "(3,)\n",
    ),
    "an exit in a callback": (
        """
def leave(value):
    sys.exit(7)
sess.make_callable(tf.py_func(leave, [x * 2.0], tf.float32) + 1.0, [x])(small)
""",
        7,
        "",
    ),
    "a quick exit beside kernels": ("forever(lambda k: call(big)); time.sleep(0.1); os._exit(4)", 4, ""),
    "threads that end later": ("for _ in range(3): threading.Thread(target=lambda: call(big)).start()", 0, ""),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_end(name: str) -> None:
    script, code, printed = SCENARIOS[name]
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + script], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, printed, "")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SCENARIOS if "daemon" in name])
def test_the_end_many_times(name: str) -> None:
    for _ in range(40):
        test_the_end(name)
