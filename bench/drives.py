"""How a TF1 program becomes a call that can be timed.

A drive takes what was built and returns a Call. Most workloads go through `make_callable`; the others time a `run` with
a dictionary of feeds, the building of the graph itself, or a loop in which a tensor stays in the session.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .workload import Built, Call, Values


def placeholders(tf: Any, values: Values) -> list[Any]:
    """Return a placeholder for each array: its dtype and rank, every extent unknown."""
    return [tf.placeholder(tf.as_dtype(value.dtype), [None] * value.ndim) for value in values]


def open_session(tf: Any, threads: int, variables: bool) -> Any:
    """Return a Session on the current graph with so many threads; its variables are initialized."""
    config = tf.ConfigProto(intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads)
    session = tf.Session(config=config)
    if variables:
        session.run(tf.global_variables_initializer())
    return session


def through_callable(built: Built) -> Call:
    """One call of `make_callable(fetches, feed_list)` with the values."""
    function = built.session.make_callable(built.fetches, feed_list=list(built.feeds))
    return Call(function, built.values)


def into_array(built: Built) -> Call:
    """The same of one fetch, whose result goes into an array of the first value's shape and type."""
    function, out = (
        built.session.make_callable(built.fetches, feed_list=list(built.feeds)),
        np.empty_like(built.values[0]),
    )
    first, second = built.values

    def call() -> Any:
        return function(first, second, out=out)

    return Call(call)


def repeated(built: Built) -> Call:
    """One call that runs a step 1000 times; the first feed takes the one fetch for the next turn."""
    first, *others = built.feeds
    step = built.session.make_callable(built.fetches, [first, *others], repeat=1000, carry={first: built.fetches})
    return Call(step, built.values)


def repeated_into_array(built: Built) -> Call:
    """The same, 100 times, into an array that is given."""
    first, *others = built.feeds
    step = built.session.make_callable(built.fetches, [first, *others], repeat=100, carry={first: built.fetches})
    out, values = np.empty_like(built.values[0]), built.values
    return Call(lambda: step(*values, out=out))


def through_run(built: Built) -> Call:
    """One `session.run(fetches, feed_dict)`; the dictionary is made once."""
    feeds = dict(zip(built.feeds, built.values, strict=True))
    return Call(built.session.run, (built.fetches, feeds))


def through_handles(built: Built) -> Call:
    """One turn of a loop whose tensor stays in the session: read the handle, compute, keep the result.

    The fetch must be the result and the first feed the holder of `get_session_tensor`; the first value starts the loop.
    """
    tf, session = built.tf, built.session
    stored = tf.get_session_handle(built.fetches)
    start = tf.get_session_handle(tf.constant(built.values[0]))
    step = session.make_callable(stored, feed_list=list(built.feeds))
    handle = session.run(start)

    def turn() -> None:
        nonlocal handle
        handle = step(handle.handle)

    def once() -> Any:
        turn()
        return handle.eval()

    return Call(turn, check=once, keep=session)


def building(built: Built) -> Call:
    """Building the whole graph anew; no step is run."""
    tf = built.tf

    def build_once() -> Any:
        with tf.Graph().as_default():
            return built.build(tf, built.values)

    def run_once() -> Any:
        feeds = dict(zip(built.feeds, built.values, strict=True))
        return built.session.run(built.fetches, feeds)

    return Call(build_once, check=run_once)


def fresh_variables(built: Built) -> Call:
    """A callable that updates variables; checked on its first step, right after they were initialized."""
    return Call(built.session.make_callable(built.fetches, feed_list=list(built.feeds)), built.values)


def first_result(call: Call) -> Call:
    """A call that is checked by what it gave the first time: later steps train on."""
    results: list[Any] = []

    def step(*args: Any) -> Any:
        found = call.function(*args)
        results.append(found) if not results else None
        return found

    return Call(step, call.args, check=lambda: results[0] if results else step(*call.args), keep=call.keep)


def first_step(built: Built) -> Call:
    """A callable that updates variables, in a process of its own."""
    return first_result(fresh_variables(built))


def in_place(function: Any, args: Sequence[Any], result: Any) -> Call:
    """NumPy's side of a stateful workload: `function(*args)` updates `result`, which is what is checked."""

    def once() -> Any:
        function(*args)
        return result.copy()

    return Call(function, tuple(args), check=once)
