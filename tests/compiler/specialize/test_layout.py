"""What native steps rely on is checked in the running process; where it does not hold, steps run from Python."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi as layout

import sessile as tf
from tests.compiler.programs import numbered

pytestmark = pytest.mark.skipif(not layout.available(), reason="native steps are off")


@pytest.fixture(autouse=True)
def looked_up_again() -> Iterator[None]:
    """Forget what was found before and after the test."""
    layout.available.cache_clear()
    yield
    layout.available.cache_clear()


def is_portable_and_right(reason: str) -> None:
    """Assert that a new callable runs from Python, with the right result, and that `explain` tells why."""
    assert not layout.available()
    x = tf.placeholder(tf.float32, [None, None])
    with tf.Session() as session:
        fetches = [x * 2.0 + 1.0, tf.reduce_sum(x)]
        call = session.make_callable(fetches, [x])
        for _ in range(3):
            results = call(numbered(3, 4))
            np.testing.assert_array_equal(results[0], numbered(3, 4) * 2 + 1)
            assert results[1] == numbered(3, 4).sum()
        assert "builtin" not in type(call).__name__
        last = session.explain(fetches, [x]).splitlines()[-1]
    if reason == layout.SWITCHED_OFF:  # the user's own wish
        assert "steps run from Python" not in last
    else:
        assert last.startswith("# steps run from Python") and reason in last


def test_here_steps_are_native() -> None:
    assert layout.refusal() is None
    x = tf.placeholder(tf.float32, [None])
    with tf.Session() as session:
        assert "steps run from Python" not in session.explain(x * 2.0, [x])


@pytest.mark.parametrize("name", sorted(layout.FUNCTIONS))
def test_a_function_that_is_missing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Without:
        """CPython's functions without one."""

        def __getattr__(self, asked: str) -> Any:
            if asked == name:
                raise AttributeError(asked)
            return getattr(real, asked)

    real = ctypes.pythonapi
    monkeypatch.setattr(ctypes, "pythonapi", Without())
    assert layout.refusal() == f"this CPython has no {name}"
    assert not layout.available()


def test_a_missing_function_runs_the_portable_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_has_function", lambda name: name != "PyErr_CheckSignals")
    is_portable_and_right("this CPython has no PyErr_CheckSignals")


@pytest.mark.parametrize("field", ["TYPE", "DATA", "RANK", "DIMS", "BASE", "DESCR", "FLAGS", "CONTIGUOUS_ALIGNED"])
def test_a_field_that_lies_elsewhere(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"DIMS": layout.DATA, "RANK": layout.RANK + 4, "FLAGS": layout.FLAGS + 4, "CONTIGUOUS_ALIGNED": 0x0800}
    monkeypatch.setattr(layout, field, other.get(field, layout.DIMS))
    is_portable_and_right("fields of arrays")


def test_references_that_are_counted_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "REFERENCES", layout.DATA)
    is_portable_and_right("count of references")


def _another_new(*arguments: Any) -> Any:
    return np.empty((3, 5))


ENTRIES = {  # functions that are harmless to call as those that are expected are
    "PyArray_Return": (layout.API_RETURN, ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)(lambda array: array)),
    "PyArray_New": (layout.API_NEW, ctypes.PYFUNCTYPE(ctypes.py_object, *[ctypes.c_void_p] * 9)(_another_new)),
    "fields of arrays": (layout.API_ARRAY_TYPE, ctypes.CFUNCTYPE(None)(lambda: None)),
}


@pytest.mark.parametrize("reason", ENTRIES)
def test_another_table_of_numpy(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, function = ENTRIES[reason]
    address, found = ctypes.cast(function, ctypes.c_void_p).value, layout.api_address
    monkeypatch.setattr(layout, "api_address", lambda index: address if index == entry else found(index))
    is_portable_and_right(reason)


@pytest.mark.parametrize("error", [AttributeError, OSError, TypeError, ValueError])
def test_a_check_that_raises(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(index: int) -> int:
        raise error("no such table")

    monkeypatch.setattr(layout, "api_address", fail)
    is_portable_and_right("no such table")


@pytest.mark.parametrize("value", ["0"])
def test_switched_off(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSILE_NATIVE", value)
    is_portable_and_right("SESSILE_NATIVE=0")


def test_all_that_is_called_is_checked() -> None:
    """The names in the sources are those of the list."""
    folder = Path(layout.__file__).parents[1]
    named = set()
    for path in folder.rglob("*.py"):
        if path.name != "abi.py":
            named |= set(re.findall(r"function(?:_address)?\(f?[\"'](Py\w+)", path.read_text(encoding="utf-8")))
    assert named
    built = {f"{word}_{end}" for word in ("PyList", "PyTuple") for end in ("New", "SetItem")}
    used_by_ctypes = {"PyCFunction_NewEx"}
    assert named | built | used_by_ctypes == layout.FUNCTIONS
