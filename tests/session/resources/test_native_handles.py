"""Steps that read and keep handles run natively: no feed is converted in Python, and every promise holds there too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi
from sessile.session.calls.feeds import Feed
from sessile.session.resources.handles import HandleStore

import sessile as tf
from tests.compiler.programs import State, lines, program

native = pytest.mark.skipif(not abi.available(), reason="there are no native steps here")
LEVELS = ["off", "default", "on"]


def config_of(level: str) -> Any:
    """A configuration with a level of compilation: ON_1 compiles at once, OFF interprets."""
    levels = tf.OptimizerOptions
    known = {"off": levels.OFF, "default": levels.DEFAULT, "on": levels.ON_1}
    options = tf.OptimizerOptions(global_jit_level=known[level])
    return tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options))


def refuse(self: Feed, value: Any) -> Any:
    raise AssertionError("a feed was converted in Python")


def only_native(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on a step that leaves its native code fails."""
    monkeypatch.setattr(Feed, "array", refuse)


def warmed(step: Callable[..., Any], *arguments: Any) -> Any:
    """Call a step until its code is installed; returns the last result."""
    for _ in range(3):
        result = step(*arguments)
    return result


@native
def test_actions() -> None:
    from sessile.compiler.step.builder import Wanted
    from sessile.compiler.step.state import StatefulBuilder
    from sessile.compiler.step.text import actions_text

    holder, value = tf.get_session_tensor(tf.float32)
    kept = tf.get_session_handle(value * 2.0, name="keep")
    made, state = program([holder], [kept]), State()
    plan = made.stateful
    assert plan is not None
    variant = plan.program.variant_for([np.zeros(3, np.float32)])
    built = StatefulBuilder(Wanted(variant, plan.plan.inputs, plan.outputs), plan, {}, state).build()
    assert actions_text(built).strip() == lines("""
        CheckCount 1
        FindHandle GetSessionTensor 'GetSessionTensor' 0
        CheckArray %1 named by GetSessionTensor 'GetSessionTensor' 1 True
        Bind s0 %1 0
        Hold GetSessionTensor 'GetSessionTensor' %1
        Make %3 %3 array
        Launch %3 = kernel(%1) 'let go'
        KeepArray GetSessionHandle 'keep' %3 %4
        Return (%4) (0) (%1, %3)
    """)


@native
@pytest.mark.parametrize("form", ["string", "handle"])
@pytest.mark.parametrize("way", ["callable", "run"])
def test_a_loop_of_handles_leaves_no_native_code(form: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    holder, value = tf.get_session_tensor(tf.float32)
    kept = tf.get_session_handle(value + 1.0)
    with tf.Session() as session:
        called = session.make_callable(kept, [holder])
        step = called if way == "callable" else lambda handle: session.run(kept, {holder: handle})
        handle = session.run(tf.get_session_handle(tf.zeros([3])))
        for turn in range(20):
            if turn == 4:
                only_native(monkeypatch)
            handle = step(handle.handle if form == "string" else handle)
            assert len(session._state.handles) == 1
        np.testing.assert_array_equal(handle.eval(), [20.0] * 3)
        assert handle.dtype == tf.float32 and not session._state.handles.get(handle.handle).flags.writeable


@native
def test_what_is_kept_and_fetched_is_two_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    holder, value = tf.get_session_tensor(tf.float32)
    doubled = value * 2.0
    kept = tf.get_session_handle(doubled)
    with tf.Session() as session:
        start = session.run(tf.get_session_handle(tf.constant([1.0, 2.0])))
        step = session.make_callable({"kept": kept, "same": [kept, doubled, value]}, [holder])
        warmed(step, start)
        only_native(monkeypatch)
        found = step(start)
        (again, mine, read), handle = found["same"], found["kept"]
        assert again is handle
        mine[:], read[:] = 7.0, 8.0
        np.testing.assert_array_equal(handle.eval(), [2.0, 4.0])
        np.testing.assert_array_equal(start.eval(), [1.0, 2.0])


@native
def test_scalars_several_readers_and_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    (first, a), (second, b) = tf.get_session_tensor(tf.float64), tf.get_session_tensor(tf.float64)
    factor = tf.Variable(3.0, dtype=tf.float64)
    x = tf.placeholder(tf.float64, [])
    kept = [tf.get_session_handle(a * factor + x), tf.get_session_handle(a - b)]
    with tf.Session() as session:
        session.run(factor.initializer)
        ten, two = (session.run(tf.get_session_handle(tf.constant(n, tf.float64))) for n in (10.0, 2.0))
        step = session.make_callable([*kept, a + b], [first, second, x])
        warmed(step, ten, two, 1.0)
        only_native(monkeypatch)
        total, difference, plain = step(ten, two.handle, 1.0)
        assert (total.eval(), difference.eval(), plain) == (31.0, 8.0, 12.0)
        assert isinstance(plain, np.float64) and isinstance(total.eval(), np.float64)


@pytest.mark.parametrize("level", LEVELS)
def test_shapes_in_turn(level: str) -> None:
    holder, value = tf.get_session_tensor(tf.float32)
    kept = tf.get_session_handle(value * 2.0)
    x = tf.placeholder(tf.float32)
    start = tf.get_session_handle(x)
    with tf.Session(config=config_of(level)) as session:
        step = session.make_callable(kept, [holder])
        shapes = [(), (3,), (2, 3), (4,), (0,), (2, 0)]
        handles = [session.run(start, {x: np.ones(shape)}) for shape in shapes]
        for _ in range(4):
            handles = [step(handle) for handle in handles]
        for handle, shape in zip(handles, shapes):
            np.testing.assert_array_equal(handle.eval(), np.full(shape, 16.0, np.float32))
        assert len(session._state.handles) == len(shapes)


@pytest.mark.parametrize("level", LEVELS)
def test_errors_once_the_code_is_installed(level: str) -> None:
    holder, value = tf.get_session_tensor(tf.float32)
    kept = tf.get_session_handle(value * 2.0)
    with tf.Session(config=config_of(level)) as session, tf.Session() as other:
        start = session.run(tf.get_session_handle(tf.constant([1.0])))
        step = session.make_callable(kept, [holder])
        warmed(step, start)
        foreign = other.run(tf.get_session_handle(tf.constant([1.0])))
        whole = session.run(tf.get_session_handle(tf.constant([1])))
        for wrong, kind, text in [
            (foreign, tf.errors.InvalidArgumentError, "belongs to another session"),
            (foreign.handle, tf.errors.InvalidArgumentError, "belongs to another session"),
            (whole, tf.errors.InternalError, "int32, which does not match the declared output type float32"),
            ("garbage", ValueError, "is no session handle"),
            (3, TypeError, "not compatible with Tensor type"),
            (np.zeros(1, np.float32), TypeError, "not compatible with Tensor type"),
        ]:
            with pytest.raises(kind, match=text):
                step(wrong)
        text = start.handle
        np.testing.assert_array_equal(step(text.encode()).eval(), [2.0])
        start.delete()
        with pytest.raises(tf.errors.InvalidArgumentError, match="It was deleted"):
            step(text)
        assert len(session._state.handles) == 1  # `whole`
        session.close()
        with pytest.raises(RuntimeError, match="closed Session"):
            step(text)


@pytest.mark.parametrize("level", LEVELS)
def test_a_step_that_fails_keeps_nothing(level: str) -> None:
    holder, value = tf.get_session_tensor(tf.float32)
    index = tf.placeholder(tf.int32, [None])
    taken = tf.get_session_handle(tf.gather(value, index))
    doubled = tf.get_session_handle(value * 2.0)
    with tf.Session(config=config_of(level)) as session:
        start = session.run(tf.get_session_handle(tf.constant([1.0, 2.0])))
        step = session.make_callable([doubled, taken], [holder, index])
        warmed(step, start, [0])
        for _ in range(3):
            with pytest.raises(tf.errors.InvalidArgumentError, match="not in"):
                step(start, np.array([5], np.int32))
        assert len(session._state.handles) == 1
        both = step(start, np.array([1], np.int32))
        assert [handle.eval().tolist() for handle in both] == [[2.0, 4.0], [2.0]]


@native
@pytest.mark.parametrize("kind", [KeyboardInterrupt, MemoryError])
def test_the_second_of_two_handles_fails(kind: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept before goes again; without memory the step runs once more, in Python, and may succeed."""
    real, calls = HandleStore.keeper, []

    def failing(self: HandleStore, name: str, *others: Any) -> Any:
        keep = real(self, name, *others)

        def once(array: Any) -> Any:
            calls.append(name)
            if name == "second":
                raise kind
            return keep(array)

        return once

    monkeypatch.setattr(HandleStore, "keeper", failing)
    holder, value = tf.get_session_tensor(tf.float32)
    kept = [tf.get_session_handle(value * 2.0, "first"), tf.get_session_handle(value * 3.0, "second")]
    with tf.Session() as session:
        start = session.run(tf.get_session_handle(tf.constant([1.0])))
        step = session.make_callable(kept, [holder])
        if kind is MemoryError:
            assert [handle.eval() for handle in step(start)] == [2.0, 3.0]
        else:
            with pytest.raises(KeyboardInterrupt):
                step(start)
        assert calls == ["first", "second"]
        assert len(session._state.handles) == 1


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_no_native_step_means_the_same(level: str) -> None:
    """One array kept twice, as it is, beside a variable's update, as a target; a handle as bytes."""
    holder, value = tf.get_session_tensor(tf.float32)
    x = tf.placeholder(tf.float32, [2])
    total = tf.Variable([0.0, 0.0])
    doubled = value * 2.0
    with tf.Session(config=config_of(level)) as session:
        session.run(total.initializer)
        start = session.run(tf.get_session_handle(tf.constant([1.0, 2.0])))
        twice = session.make_callable([tf.get_session_handle(doubled), tf.get_session_handle(doubled)], [holder])
        same = session.make_callable(tf.get_session_handle(value), [holder])
        fed = session.make_callable(tf.get_session_handle(x), [x])
        adds = session.make_callable([tf.get_session_handle(doubled), tf.assign_add(total, value)], [holder])
        target = session.make_callable([doubled, tf.get_session_handle(doubled).op], [holder])
        name = session.make_callable(tf.identity(tf.get_session_handle(doubled)), [holder])
        both = session.make_callable([tf.get_session_handle(doubled), x], [holder, x])
        array = np.array([5.0, 6.0], np.float32)
        for turn in range(1, 5):
            first, second = twice(start)
            assert first is not second and first.eval().tolist() == second.eval().tolist() == [2.0, 4.0]
            assert same(start).eval().tolist() == [1.0, 2.0]
            kept = fed(array)
            array[:] = turn
            assert kept.eval().tolist() != array.tolist() or turn == 1
            handle, sums = adds(start)
            assert handle.eval().tolist() == [2.0, 4.0] and sums.tolist() == [turn, 2.0 * turn]
            assert target(start)[1] is None
            assert isinstance(name(start), bytes)
            handle, echo = both(start, array)
            assert handle.eval().tolist() == [2.0, 4.0] and echo.tolist() == array.tolist()
            del first, second, kept, handle
        assert len(session._state.handles) == 1 + 2 * 4  # targets and names have no owner
