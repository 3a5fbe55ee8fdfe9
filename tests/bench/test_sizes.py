"""The calls of batch sizes never seen: what is measured, and how processes become one number."""

from __future__ import annotations

import sys

import pytest
from sessile.compiler.jit import compile as jit

from bench import fresh, sizes
from bench.processes import Processes
from bench.registry import BY_NAME
from bench.workload import Call


def test_each_size_is_called_twice_and_none_before():
    seen = []
    times = sizes.measure(Call(lambda x, y: seen.append(len(x))))
    assert len(times["new"]) == len(times["again"]) == sizes.BATCHES
    assert seen[::2] == seen[1::2] == sorted(set(seen))
    assert sizes.ROWS not in seen[-2 * sizes.BATCHES :] and seen[-1] == sizes.ROWS + sizes.BATCHES


def test_a_moment_of_the_machine_is_not_a_slow_size():
    processes = [{"new": [1.0, 9.0, 1.2], "again": [1.0, 1.0, 1.0]}, {"new": [5.0, 1.0, 1.0], "again": [2.0, 1.1, 0.9]}]
    assert sizes.summary("new", processes) == 1.0
    assert sizes.summary("again", processes) == 1.0


def test_a_slow_size_is_slow_in_every_process():
    processes = [{"new": [1.0, 2.0 + noise, 1.0], "again": [1.0] * 3} for noise in (0.5, 0.0, 3.0)]
    assert sizes.summary("new", processes) == 2.0


def test_an_error_of_a_process_is_the_answer(monkeypatch: pytest.MonkeyPatch):
    workload = BY_NAME["batch_sizes_worst"]
    answers = iter([{"new": [1.0], "again": [1.0]}] * 3 + [{"error": "lost", "kind": "failed"}] * 2)
    with Processes(1, "python") as processes:
        monkeypatch.setattr(processes, "_times", lambda *arguments: next(answers))
        assert workload.fresh is not None
        assert processes.measure_fresh("sessile", workload, workload.fresh) == {"error": "lost", "kind": "failed"}


def test_a_size_that_has_something_compiled_is_an_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sizes, "measure", lambda call: monkeypatch.setattr(jit, "compiled_count", -1) or {"new": []})
    with pytest.raises(SystemExit, match="new sizes had"):
        fresh.timed_first_call("sessile", "batch_sizes_worst", 1, "new")


def test_numba_in_a_warm_process_is_an_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "numba", sys)
    with pytest.raises(SystemExit, match="numba was imported"):
        fresh.timed_first_call("sessile", "warm_process", 1, "both")
