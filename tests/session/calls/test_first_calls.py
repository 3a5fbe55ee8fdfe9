"""The first call of a callable is interpreted while its kernels compile; from the second on calls are compiled."""

from __future__ import annotations

import gc
import logging
import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from sessile.compiler.executors import first_step
from sessile.compiler.executors.interpreter import Interpreter
from sessile.compiler.jit import compile as jit
from sessile.compiler.machine import background
from sessile.compiler.machine.lock import LOCK

import sessile as tf

pytestmark = pytest.mark.usefixtures("interpreted_first")
PATIENCE = 60  # seconds
SMALL = np.linspace(0.25, 2.0, 7, dtype=np.float32)


@pytest.fixture
def session() -> Iterator[Any]:
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


class Steps:
    """Counts the steps that the interpreter ran."""

    count = 0


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> Steps:
    steps = Steps()
    run = Interpreter.run

    def counting(self: Any, *arguments: Any) -> Any:
        steps.count += 1
        return run(self, *arguments)

    monkeypatch.setattr(Interpreter, "run", counting)
    return steps


_numbers = iter(range(1, 10_000))


def new_kernel(x: Any) -> Any:
    """A function of `x` whose loop nobody has compiled, in this process or before."""
    return tf.tanh(x) ** (2.0 + 0.01 * next(_numbers) + time.time() % 1)  # an exponent stays in its loop


def prepared() -> int:
    """Kernels compiled or loaded so far."""
    return jit.compiled_count + jit.loaded_count


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_one_call_is_interpreted(session: Any, interpreted: Steps) -> None:
    x = tf.placeholder(tf.float32, [None])
    y = new_kernel(x)
    call = session.make_callable(y, [x])
    before = prepared()
    first = call(SMALL)
    assert interpreted.count == 1
    others = [call(SMALL) for _ in range(3)]
    assert interpreted.count == 1 and prepared() == before + 1
    for other in others:
        np.testing.assert_allclose(other, first, rtol=1e-5)
    np.testing.assert_array_equal(others[0], others[1])


def test_the_second_call_waits(session: Any, interpreted: Steps) -> None:
    x = tf.placeholder(tf.float32, [None])
    call = session.make_callable(new_kernel(x), [x])
    results: list[Any] = []
    with LOCK:  # nothing compiles meanwhile
        expected = call(SMALL)
        thread = threading.Thread(target=lambda: results.append(call(SMALL)))
        thread.start()
        thread.join(0.2)
        assert thread.is_alive() and not results
    thread.join(PATIENCE)
    np.testing.assert_allclose(results[0], expected, rtol=1e-5)
    assert interpreted.count == 1


def test_who_holds_the_lock_of_compilations_does_not_wait_for_himself(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    call = session.make_callable(new_kernel(x), [x])
    with LOCK:
        np.testing.assert_allclose(call(SMALL), call(SMALL), rtol=1e-5)


@pytest.mark.parametrize("other", ["run", "callable"])
def test_one_step_of_a_signature_is_interpreted_whoever_runs_it(session: Any, interpreted: Steps, other: str) -> None:
    x = tf.placeholder(tf.float32, [None])
    y = new_kernel(x)
    call = session.make_callable(y, [x])
    first = session.run(y, {x: SMALL}) if other == "run" else session.make_callable(y, [x])(SMALL)
    np.testing.assert_allclose(call(SMALL), first, rtol=1e-5)
    np.testing.assert_allclose(session.run(y, {x: SMALL}), first, rtol=1e-5)
    assert interpreted.count == 1


def test_threads_that_call_at_once(session: Any, interpreted: Steps) -> None:
    x = tf.placeholder(tf.float32, [None])
    call = session.make_callable(new_kernel(x), [x])
    barrier, results = threading.Barrier(6), []

    def body() -> None:
        barrier.wait(PATIENCE)
        results.append(call(SMALL))

    threads = [threading.Thread(target=body) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(results) == 6 and interpreted.count == 1
    for result in results:
        np.testing.assert_allclose(result, results[0], rtol=1e-5)


def test_big_arrays_compile_at_once(session: Any, interpreted: Steps) -> None:
    x = tf.placeholder(tf.float32, [None])
    call = session.make_callable(new_kernel(x), [x])
    call(np.ones(first_step.LIGHT, np.float32))
    assert interpreted.count == 0


@pytest.mark.parametrize(
    ("fed", "shape", "light"),
    [((400,), [None], True), ((3000,), [None], False), ((1000, 3), [None, None], True)],
)
def test_what_a_step_makes_is_estimated(session: Any, fed: Any, shape: Any, light: bool, interpreted: Steps) -> None:
    """3000 numbers by 3000 are 9 million; the table of a small feed is small."""
    x = tf.placeholder(tf.float32, shape)
    row = tf.reshape(x, [-1])
    table = row[:, None] * row[None, :] if len(fed) == 1 else x * 2.0
    session.make_callable(tf.reduce_sum(new_kernel(table)), [x])(np.full(fed, 0.5, np.float32))
    assert interpreted.count == light


def test_many_operations_may_make_more(session: Any) -> None:
    x = tf.placeholder(tf.float32, [100_000])
    y = x
    for _ in range(300):
        y = y * 1.5 - tf.tanh(y)
    (fed,) = [np.ones(100_000, np.float32)]
    short, _ = session._signature_program([x * 2.0], [x])
    long, _ = session._signature_program([y], [x])
    assert first_step.is_light(short.plan, [fed]) and not first_step.is_light(long.plan, [fed])
    assert first_step.is_light(long.plan, [fed[:10]]) is False  # the graph says how large it is


def test_a_loop_of_some_turns_is_interpreted(session: Any, interpreted: Steps) -> None:
    x = tf.placeholder(tf.float32, [7])
    weights = tf.Variable(np.eye(7, dtype=np.float32))
    turn = lambda i, y: (i + 1, tf.tanh(tf.matmul(y, weights)))  # noqa: E731
    _, y = tf.while_loop(lambda i, _: i < 20, turn, [0, tf.reshape(x, [1, 7])])
    slope = tf.gradients(tf.reduce_sum(y), weights)[0]
    session.run(tf.global_variables_initializer())
    call = session.make_callable([y, slope], [x])
    before = interpreted.count
    first = call(SMALL)
    assert interpreted.count > before + 20
    before = interpreted.count
    for _ in range(3):
        for one, other in zip(call(SMALL), first, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
    assert interpreted.count == before


def test_loops_compile_at_once(session: Any, interpreted: Steps) -> None:
    x = tf.placeholder(tf.float32, [None])
    _, y = tf.while_loop(lambda i, _: i < 1000, lambda i, y: (i + 1, y * 1.001), [0, x])
    session.make_callable(y, [x])(SMALL)
    assert interpreted.count == 0


def test_a_level_or_the_environment_has_the_first_call_compiled(
    interpreted: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = tf.placeholder(tf.float32, [None])
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.ON_1
    with tf.Session(config=config) as at_once:
        at_once.make_callable(new_kernel(x), [x])(SMALL)
    monkeypatch.setenv("SESSILE_FIRST_CALL", "compile")
    with tf.Session() as told:
        told.make_callable(new_kernel(x), [x])(SMALL)
    assert interpreted.count == 0


def test_what_was_compiled_ahead_is_not_interpreted(session: Any, interpreted: Steps) -> None:
    x = tf.placeholder(tf.float32, [None])
    y = new_kernel(x)
    before = prepared()
    assert tf.compile_ahead(y, [x]) == 1 and prepared() == before + 1
    session.make_callable(y, [x])(SMALL)
    assert interpreted.count == 0


def test_compile_ahead_waits_for_what_compiles(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    y = new_kernel(x)
    before = prepared()
    session.make_callable(y, [x])(SMALL)
    assert tf.compile_ahead(y, [x]) == 1 and prepared() == before + 1


def test_kernels_compile_without_a_second_call(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    before = prepared()
    session.make_callable(new_kernel(x), [x])  # the callable is gone, or may be: nobody needs kernels then
    call = session.make_callable(new_kernel(x), [x])
    assert prepared() == before
    call(SMALL)
    until(lambda: prepared() == before + 1)


# State.


def test_variables_take_the_call_in_its_place(session: Any, interpreted: Steps) -> None:
    v = tf.Variable([1.0, 2.0])
    x = tf.placeholder(tf.float32, [None])
    session.run(v.initializer)
    interpreted.count = 0
    add = session.make_callable(tf.assign_add(v, x * 2.0), [x])
    assert [add([1.0, 1.0]).tolist() for _ in range(4)] == [[3.0, 4.0], [5.0, 6.0], [7.0, 8.0], [9.0, 10.0]]
    assert session.run(v).tolist() == [9.0, 10.0]
    assert interpreted.count == 2  # the first of `add`, and the one of `v`


def test_native_updates_begin_at_the_second_call(session: Any, slow: Any) -> None:
    """Variables: the step compiles as a whole, once, and is in place when the second call comes."""
    v = tf.Variable([1.0, 2.0])
    x = tf.placeholder(tf.float32, [2])
    session.run(v.initializer)
    add = session.make_callable(tf.assign_add(v, new_kernel(x)), [x])
    fed, before = np.float32([0.5, 0.25]), prepared()
    add(fed)
    until(lambda: prepared() == before + 1)
    add(fed)  # may have come before the step was there
    count = slow.count
    add(fed)
    assert slow.count == count <= 2 and prepared() == before + 1


def test_random_numbers_go_on(session: Any) -> None:
    def drawn(first: str) -> list[Any]:
        os.environ["SESSILE_FIRST_CALL"] = first  # the fixture takes it back
        with tf.Graph().as_default(), tf.Session() as fresh:
            call = fresh.make_callable(tf.random_uniform([3], seed=7) * 2.0, [])
            return [call().tolist() for _ in range(4)]

    assert drawn("interpret") == drawn("compile")


def test_handles(session: Any) -> None:
    holder, value = tf.get_session_tensor(tf.float32)
    step = session.make_callable(tf.get_session_handle(value * 2.0), [holder])
    handle = session.run(tf.get_session_handle(tf.constant([1.0, 2.0])))
    for _ in range(4):
        handle = step(handle.handle)
    assert handle.eval().tolist() == [16.0, 32.0]


# What else a callable takes.


def test_out_is_filled_by_the_first_call_and_by_the_others(session: Any, interpreted: Steps) -> None:
    x = tf.placeholder(tf.float32, [None])
    fresh, place = session.make_callable([new_kernel(x)], [x]), [np.zeros_like(SMALL)]
    found = [fresh(SMALL, out=place)[0].copy() for _ in range(3)]
    assert interpreted.count == 1 and found[0].any()
    np.testing.assert_allclose(found[1], found[0], rtol=1e-5)
    np.testing.assert_array_equal(found[1], found[2])
    call = session.make_callable({"y": new_kernel(x), "z": x * 3.0}, [x])
    out = {"y": np.zeros_like(SMALL), "z": np.zeros_like(SMALL)}
    for _ in range(3):
        assert call(SMALL, out=out)["z"] is out["z"] and out["z"].tolist() == (SMALL * 3).tolist()
        out["z"][:] = 0


def test_calls_with_out_alone_become_native(session: Any, slow: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    call = session.make_callable(new_kernel(x), [x])
    out = np.zeros_like(SMALL)
    for _ in range(3):
        call(SMALL, out=out)
    plain = session.make_callable(x + 1.0, [x])
    for _ in range(3):
        plain(SMALL, out=out)
    assert out.tolist() == (SMALL + 1).tolist()
    with pytest.raises(TypeError, match="no keyword arguments"):
        plain(SMALL, other=1)


def test_keywords_are_refused_before_anything_is_compiled(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    with pytest.raises(TypeError, match="no keyword arguments"):
        session.make_callable(x * 2.0, [x])(SMALL, other=1)


def test_repeated_steps_compile_at_once(session: Any, interpreted: Steps) -> None:
    x = tf.placeholder(tf.float32, [None])
    y = x * 0.5 + 1.0
    step = session.make_callable(y, [x], repeat=50, carry={x: y})
    np.testing.assert_allclose(step(SMALL), 2.0, rtol=1e-6)
    assert interpreted.count == 0


def test_options_and_traces(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    y = new_kernel(x)
    call, traced = session.make_callable(y, [x]), session.make_callable(y, [x], accept_options=True)
    expected = call(SMALL)
    metadata, options = tf.RunMetadata(), tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    np.testing.assert_allclose(traced(SMALL, options=options, run_metadata=metadata), expected, rtol=1e-5)
    labels = [node.timeline_label for device in metadata.step_stats.dev_stats for node in device.node_stats]
    assert any("Pow" in label for label in labels)


def test_a_time_limit_does_not_count_the_waiting(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    y = new_kernel(x)
    expected = session.make_callable(y, [x])(SMALL)
    options = tf.RunOptions(timeout_in_ms=150)
    results: list[Any] = []

    def body() -> None:
        results.append(session.run(y, {x: SMALL}, options=options))

    with LOCK:
        thread = threading.Thread(target=body)
        thread.start()
        thread.join(0.4)
        assert thread.is_alive()
    thread.join(PATIENCE)
    np.testing.assert_allclose(results[0], expected, rtol=1e-5)


def test_explain_shows_the_loop(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    y = new_kernel(x)
    session.make_callable(y, [x])(SMALL)
    assert "tanh" in session.explain(y, [x])


def test_errors_of_the_first_call_are_those_of_the_second(session: Any) -> None:
    x, y = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [None])
    call = session.make_callable(x + y, [x, y])
    messages = []
    for _ in range(3):
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            call(np.ones(2, np.float32), np.ones(3, np.float32))
        messages.append(str(caught.value))
    assert len(set(messages)) == 1
    assert call([1.0], [2.0]).tolist() == [3.0]


def test_what_fails_in_the_background_fails_where_it_is_needed(
    session: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any) -> Any:
        raise RuntimeError("no machine code today")

    x = tf.placeholder(tf.float32, [None])
    call = session.make_callable(new_kernel(x), [x])
    with caplog.at_level(logging.DEBUG, "sessile"), monkeypatch.context() as patch:
        patch.setattr("sessile.compiler.program.region.Variant", refuse)
        first = call(SMALL)
        with pytest.raises(RuntimeError, match="no machine code today"):
            call(SMALL)
    assert "compiling in the background failed" in caplog.text
    np.testing.assert_allclose(call(SMALL), first, rtol=1e-5)  # and it is well when it works again


def test_the_log_tells_what_compiled(session: Any, caplog: pytest.LogCaptureFixture) -> None:
    x = tf.placeholder(tf.float32, [None])
    call = session.make_callable(new_kernel(x), [x])
    with caplog.at_level(logging.INFO, "sessile"):
        call(SMALL)
        call(SMALL)
    assert "compiled kernel of" in caplog.text and "(first call)" in caplog.text


# The ends of sessions and callables.


def test_closing_gives_up_what_compiles(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    check, ended = background.check, []

    def slowly() -> None:
        if background.is_behind():
            begun.set()
            go_on.wait(PATIENCE)
            try:
                check()
            except BaseException as error:
                ended.append(type(error))
                raise

    x = tf.placeholder(tf.float32, [None])
    other = tf.Session()
    call = other.make_callable(new_kernel(x), [x])
    before = prepared()
    with monkeypatch.context() as patch:
        patch.setattr(background, "check", slowly)
        call(SMALL)
        assert begun.wait(PATIENCE)
        other.close()
        go_on.set()
        until(lambda: bool(ended))
    assert ended == [background.GivenUp] and prepared() == before
    with pytest.raises(RuntimeError, match="closed Session"):
        call(SMALL)
    theirs = session.make_callable(new_kernel(x), [x])
    np.testing.assert_allclose(theirs(SMALL), theirs(SMALL), rtol=1e-5)  # the thread works on for others


def test_a_callable_that_is_gone_compiles_nothing_and_is_not_kept(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    before = prepared()
    with LOCK:  # the thread cannot begin yet
        call = session.make_callable(new_kernel(x), [x])
        call(SMALL)
        native = getattr(call, "__self__", None)
        gone = weakref.ref(call if native is None else native.slow)
        del call, native
        gc.collect()
        assert gone() is None
    other = session.make_callable(new_kernel(x), [x])
    other(SMALL)
    other(SMALL)
    assert prepared() == before + 1


def test_feeds_are_not_kept_for_the_compilation(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    call = session.make_callable(new_kernel(x), [x])
    fed = SMALL.copy()
    gone = weakref.ref(fed)
    with LOCK:
        call(fed)
        del fed
        assert gone() is None
    assert call(SMALL).shape == SMALL.shape


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("moment", ["before it begins", "in the middle"])
def test_a_child_forked_between_the_calls_compiles_for_itself(session: Any, moment: str) -> None:
    x = tf.placeholder(tf.float32, [None])
    call = session.make_callable(new_kernel(x), [x])
    if moment == "before it begins":
        with LOCK:
            expected = call(SMALL)
            child = os.fork()
    else:
        expected = call(SMALL)
        child = os.fork()  # waits for the compilation, if it has begun
    if child == 0:
        code = 1
        try:
            code = 0 if np.allclose(call(SMALL), expected, rtol=1e-5) else 2
        finally:
            os._exit(code)
    deadline, done, status = time.monotonic() + PATIENCE, 0, -1
    while not done and time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        time.sleep(0.005)
    if not done:
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert done and os.waitstatus_to_exitcode(status) == 0
    np.testing.assert_allclose(call(SMALL), expected, rtol=1e-5)


BEGIN = """
import os, signal, sys, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)
import numpy as np
import sessile as tf
x = tf.placeholder(tf.float32, [None])
y, small = x, np.ones(3, np.float32)
for number in range(40):
    y = tf.cumsum(tf.tanh(y) * tf.exp(-y) ** (1.5 + number)) + tf.reduce_sum(y)
call = tf.Session().make_callable(y, [x])
"""
ENDS = {
    "at the end of the program": ("call(small)", 0, ""),
    "at the end of a thread": ("t = threading.Thread(target=call, args=(small,)); t.start(); t.join()", 0, ""),
    "in the middle": ("call(small); time.sleep(0.5)", 0, ""),
    "by sys.exit": ("call(small); sys.exit(3)", 3, ""),
    "by os._exit": ("call(small); time.sleep(0.3); os._exit(4)", 4, ""),
    "with a call at exit": (
        "import atexit; atexit.register(lambda: print(call(small).shape)); call(small)",
        0,
        "(3,)\n",
    ),
    "with calls after the thread has stopped": (
        """
import atexit
first = tf.Session().make_callable(x * 2.0, [x])
atexit.register(lambda: print(first(small), call(small).shape))
call(small)
call(small)
""",
        0,
        "[2. 2. 2.] (3,)\n",
    ),
    "by Ctrl-C while the second call waits": (
        """
first = call(small)
threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
began = time.monotonic()
try:
    call(small)
    time.sleep(60)  # it was quicker than the timer
except KeyboardInterrupt:
    print("interrupted")
print(bool(np.allclose(call(small), first, rtol=1e-3, equal_nan=True)))
""",
        0,
        "interrupted\nTrue\n",
    ),
}


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")
def test_the_end_of_a_process_that_compiles(name: str) -> None:
    script, code, printed = ENDS[name]
    variables = {**os.environ, "SESSILE_CACHE": "0"}
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + script],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        env=variables,
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, printed, "")


LOADED = """
import sys
import numpy as np
import sessile as tf
x = tf.placeholder(tf.float32, [None])
call = tf.Session().make_callable(tf.tanh(x) * 2.0, [x])
from sessile.compiler.machine import background
background.start = lambda work: work.drop()  # what the first call itself needs
call(np.ones(3, np.float32))
print([name for name in sys.modules if name.startswith(("llvmlite", "numba", "sessile.compiler.codegen"))])
"""


def test_a_first_result_needs_no_compiler() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


def test_without_native_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    script = BEGIN + "first = call(small); print(np.allclose(call(small), first, rtol=1e-3, equal_nan=True))"
    for switch in ({"SESSILE_NATIVE": "0"}, {"SESSILE_COMPILER": "direct"}):
        done = subprocess.run(
            [sys.executable, "-c", script.replace("range(40)", "range(2)")],
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
            env={**os.environ, **switch},
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")
