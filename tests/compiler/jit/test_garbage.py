"""The collector of cycles rests while plans are made, and is as it was afterwards."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sessile.compiler.machine.garbage import uncollected

import sessile as tf


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    """The collector is on, and on again after the test."""
    gc.enable()
    yield
    gc.enable()


@uncollected
def state(error: bool = False) -> bool:
    """Whether it is on inside."""
    if error:
        raise ValueError("inside")
    return gc.isenabled()


def test_it_rests_inside_and_goes_on_afterwards() -> None:
    assert not state() and gc.isenabled()
    with pytest.raises(ValueError, match="inside"):
        state(error=True)
    assert gc.isenabled()
    assert not uncollected(state)() and gc.isenabled()


def test_what_the_user_has_switched_off_stays_off() -> None:
    gc.disable()
    assert not state() and not gc.isenabled()


@contextmanager
def another_thread_plans() -> Iterator[None]:
    """The collector rests for another thread meanwhile."""
    entered, leave = threading.Event(), threading.Event()

    @uncollected
    def wait() -> None:
        entered.set()
        leave.wait(10)

    other = threading.Thread(target=wait)
    other.start()
    entered.wait(10)
    yield
    leave.set()
    other.join()


def test_the_last_thread_switches_it_on() -> None:
    with another_thread_plans():
        state()
        assert not gc.isenabled()
    assert gc.isenabled()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_child_of_a_process_that_plans_collects() -> None:
    with another_thread_plans():
        child = os.fork()
        if not child:
            os._exit(0 if gc.isenabled() and not state() and gc.isenabled() else 1)
        _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_session_leaves_it_on() -> None:
    x = tf.placeholder(tf.float32, [None])
    with tf.Session() as session:
        call = session.make_callable(tf.reduce_sum(x * 2.0), [x])
        for _ in range(3):
            assert call([1.0, 2.0]) == 6.0
            assert gc.isenabled()
