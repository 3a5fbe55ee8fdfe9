"""The worker: requests and answers, and the processes that hold it."""

import io
import json
import sys

import numpy as np
import pytest

from bench import memory
from bench.backends import Backend
from bench.processes import Processes, WorkerProcess, environment, peers_python
from bench.worker import Worker, serve
from bench.workload import Call, UnsupportedError, Workload


def values():
    """Two arrays of ten."""
    return np.ones(10, np.float32), np.full(10, 2, np.float32)


def workload(name):
    """A workload that adds."""
    return Workload(name, "adds", "test", values, build=lambda tf, v: (None, []), formula=lambda xp, x, y: x + y)


def prepare(module, chosen, arrays, threads):
    """A backend that is right, wrong, unable or broken, by the workload's name."""
    if chosen.name == "unable":
        raise UnsupportedError("no form of it")
    if chosen.name == "broken":
        raise RuntimeError("out of order")
    return Call((lambda x, y: x - y) if chosen.name == "wrong" else np.add, arrays)


@pytest.fixture
def worker():
    """A worker over the fake backend."""
    names = ("right", "wrong", "unable", "broken")
    return Worker(Backend("fake", "json", prepare), 1, {name: workload(name) for name in names})


def talk(worker, *requests):
    """Send requests as lines and return the answers."""
    answers = io.StringIO()
    serve(worker, io.StringIO("".join(json.dumps(request) + "\n" for request in requests)), answers)
    return [json.loads(line) for line in answers.getvalue().splitlines()]


def test_a_whole_conversation(worker):
    facts, prepared, timed, released = talk(
        worker,
        {"do": "facts"},
        {"do": "prepare", "workload": "right"},
        {"do": "time", "round": 0, "budget": 0.001},
        {"do": "release"},
        {"do": "quit"},
        {"do": "never read"},
    )
    assert facts["version"]
    assert prepared["seconds"] >= 0
    assert timed["seconds"] == min(timed["samples"])
    assert timed["number"] >= 1
    assert released == {}
    assert worker.call is None


@pytest.mark.parametrize(("name", "kind"), [("wrong", "mismatch"), ("unable", "unsupported"), ("broken", "failed")])
def test_what_goes_wrong_is_an_answer(worker, name, kind):
    answer, after = talk(worker, {"do": "prepare", "workload": name}, {"do": "prepare", "workload": "right"})
    assert answer["kind"] == kind
    assert answer["error"]
    assert "seconds" in after


def test_timing_nothing_and_unknown_requests_are_errors(worker):
    for answer in talk(worker, {"do": "time", "round": 0, "budget": 0.001}, {"do": "dance"}):
        assert answer["kind"] == "failed"


def test_a_backend_that_cannot_be_imported_is_missing():
    missing = Worker(Backend("fake", "no_such_module_here", prepare), 1)
    incomplete = Worker(Backend("fake", "json", prepare, needs="Session"), 1)
    assert "no_such_module_here" in missing.answer({"do": "facts"})["missing"]
    assert "no Session" in incomplete.answer({"do": "facts"})["missing"]


def test_peak_memory_is_that_of_the_rounds(worker):
    """What a call holds for a moment counts, beyond what was there before the workload."""
    if not memory.reset_peak():
        pytest.skip("this system counts no peak of resident memory")
    chosen = workload("right")
    large = lambda call, turn, budget: [float(np.ones(8_000_000).sum())]  # noqa: E731  (64 MB for a moment)
    for name, sampler in (("small", None), ("large", large)):
        worker.workloads[name] = Workload(name, "", "test", values, chosen.build, chosen.formula, sampler=sampler)
    requests = [{"do": "prepare", "workload": "large"}, {"do": "time", "round": 0, "budget": 0.0}]
    _, first, _, second, _, third = talk(
        worker, *requests, *requests, {"do": "prepare", "workload": "small"}, requests[1]
    )
    assert 60e6 < first["memory"] < 120e6
    assert 60e6 < second["memory"] < 120e6
    assert third["memory"] < 20e6


def test_a_sampler_replaces_the_loop(worker):
    chosen = workload("right")
    sampler = lambda call, turn, budget: [1.0, 5.0 + turn, 2.0]  # noqa: E731  (shorter than a function)
    worker.workloads["sampled"] = Workload(
        "sampled", "", "test", values, chosen.build, chosen.formula, sampler=sampler, statistic="max"
    )
    _, timed = talk(worker, {"do": "prepare", "workload": "sampled"}, {"do": "time", "round": 2, "budget": 0.0})
    assert timed["seconds"] == 7.0


def process(code):
    """A worker process that runs `code` instead of a worker."""
    return WorkerProcess([sys.executable, "-c", code], environment(1, "unused"))


def test_a_crash_is_an_answer_with_the_last_words():
    crashing = process("import sys; sys.stderr.write('terrible\\n'); sys.exit(3)")
    answer = crashing.ask({"do": "facts"}, 10)
    crashing.close()
    assert answer["kind"] == "crashed"
    assert "exit code 3" in answer["error"]
    assert "terrible" in answer["error"]


def test_silence_is_a_timeout_and_the_process_is_gone():
    silent = process("import time; time.sleep(60)")
    answer = silent.ask({"do": "facts"}, 0.2)
    assert answer["kind"] == "timeout"
    assert silent.process is None
    silent.close()


def test_a_real_worker_times_numpy():
    with Processes(1, sys.executable) as processes:
        assert "version" in processes.ask("numpy", {"do": "facts"})
        assert "seconds" in processes.ask("numpy", {"do": "prepare", "workload": "callable_10"})
        assert processes.ask("numpy", {"do": "time", "round": 0, "budget": 0.001})["seconds"] > 0


def test_the_peers_python_is_the_option_then_the_variable(monkeypatch):
    monkeypatch.setenv("SESSILE_PEERS_PYTHON", sys.executable)
    assert peers_python(None) == sys.executable
    monkeypatch.setenv("SESSILE_PEERS_PYTHON", "/lost/python")
    with pytest.raises(FileNotFoundError, match="SESSILE_PEERS_PYTHON: /lost/python"):
        peers_python(None)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        monkeypatch.delenv("SESSILE_PEERS_PYTHON")
        monkeypatch.setattr("bench.processes.ROOT", type(__import__("pathlib").Path())("/nonexistent"))
        peers_python("/nowhere/python")
