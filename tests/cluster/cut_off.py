"""What a worker of a cluster on two machines sees while the network between them is cut. `test_network.py` runs it.

python -m tests.cluster.cut_off server ps      # a task, on its machine
python -m tests.cluster.cut_off worker         # a task that adds to the other's variable, told on standard input
"""

from __future__ import annotations

import sys
import time
from typing import Any

import sessile as tf

SPEC = {"ps": ["10.77.0.1:2222"], "worker": ["10.77.0.2:2222"]}


def say(*words: Any) -> None:
    """Tell the test."""
    print(*words, flush=True)


def counting(given: Any) -> tuple[Any, Any]:
    """A variable of the parameter server, and an operation that adds what the worker has computed."""
    with tf.device("/job:ps/task:0"):
        total = tf.Variable(0.0, name="total")
    with tf.device("/job:worker/task:0"):
        one = tf.sqrt(given)
    return total, tf.assign_add(total, one)


def main() -> None:
    """Serve; or step until the word to stop, and say what was seen."""
    role, job = sys.argv[1], sys.argv[-1]
    server = tf.train.Server(SPEC, job, 0)
    say("up")
    if role == "server":
        server.join()
    given = tf.placeholder(tf.float32, [])
    total, add = counting(given)
    with tf.Session(server.target) as session:
        session.run(total.initializer)
        say("ready")
        for line in sys.stdin:  # "25 4000": so many steps, each within so many milliseconds; 0 steps read the variable
            steps, limit = map(int, line.split())
            began, acknowledged = time.monotonic(), 0
            try:
                for _ in range(steps):
                    session.run(add, {given: 1.0}, options=tf.RunOptions(timeout_in_ms=limit))
                    acknowledged += 1
                say("done", acknowledged, session.run(total))
            except (tf.errors.DeadlineExceededError, tf.errors.UnavailableError, tf.errors.AbortedError) as error:
                say(type(error).__name__, acknowledged, round(time.monotonic() - began, 1))


if __name__ == "__main__":
    main()
