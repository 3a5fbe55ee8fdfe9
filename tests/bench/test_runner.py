"""Turns, failures, deadlines and interruptions, over processes that only pretend."""

import pytest
from bench_fakes import FakeProcesses

from bench import runner
from bench.registry import BY_NAME, select
from bench.results import Results

THREE_ROUNDS = runner.Pace(rounds=3, budget=0.0)


def silent(text):
    """A progress line nobody sees."""


def run(processes, pattern, backends, pace=THREE_ROUNDS):
    """Run the workloads that match `pattern` and return the results."""
    results = Results()
    workloads = select([pattern], everything=True)
    runner.run(processes, workloads, backends, pace, results, silent)
    return results


def test_backends_take_turns_and_the_first_one_changes():
    processes = FakeProcesses()
    results = run(processes, "callable_10", ["numpy", "sessile"])
    timed = [backend for backend, request in processes.requests if request == "time"]
    assert timed == ["numpy", "sessile", "sessile", "numpy", "numpy", "sessile"]
    assert results.rows["callable_10"]["sessile"].rounds == [0.007] * 3
    assert results.rows["callable_10"]["sessile"].number == 7


def test_a_backend_without_this_workload_has_no_cell():
    results = run(FakeProcesses(), "counter", ["numpy", "jax", "reference"])
    assert list(results.rows["counter"]) == ["numpy", "reference"]


def test_missing_backends_are_skipped_with_the_reason():
    results = Results()
    found = runner.find_backends(FakeProcesses(missing=("jax",)), ["numpy", "jax"], results, silent)
    assert found == ["numpy"]
    assert results.skipped == {"jax": "No module"}


@pytest.mark.parametrize("kind", ["mismatch", "failed", "crashed", "timeout"])
def test_what_goes_wrong_in_one_backend_leaves_the_others(kind):
    answer = {"error": "no good", "kind": kind}
    processes = FakeProcesses(broken={("jax", "prepare"): answer})
    results = run(processes, "callable_10", ["numpy", "jax"])
    assert results.rows["callable_10"]["jax"].kind == kind
    assert len(results.rows["callable_10"]["numpy"].rounds) == 3
    assert ("jax", "time") not in processes.requests
    assert (("jax", "release") in processes.requests) == (kind in ("mismatch", "failed"))
    assert [failure[1] for failure in results.failures] == ["jax"]


def test_unsupported_is_no_failure():
    answer = {"error": "not here", "kind": "unsupported"}
    results = run(FakeProcesses(broken={("jax", "prepare"): answer}), "callable_10", ["numpy", "jax"])
    assert results.failures == []


def test_fresh_workloads_start_processes():
    processes = FakeProcesses()
    results = run(processes, "import_time", ["reference", "sessile"], runner.Pace(9, 0.0, slow_rounds=2))
    assert results.rows["import_time"]["sessile"].rounds == [0.5, 0.5]
    assert {request for _, request in processes.requests} == {"fresh"}


def test_a_slow_call_gets_fewer_rounds():
    processes = FakeProcesses(broken={("tensorflow", "time"): {"seconds": 2.5, "number": 1}})
    results = run(processes, "build_10000", ["sessile", "tensorflow"], runner.Pace(5, 0.0, slow_rounds=2))
    assert len(results.rows["build_10000"]["tensorflow"].rounds) == 2
    assert len(results.rows["build_10000"]["sessile"].rounds) == 5


def test_past_the_deadline_nothing_starts_and_the_note_says_what():
    results = run(FakeProcesses(), "chain_*", ["numpy"], runner.Pace(3, 0.0, deadline=0.0))
    assert results.rows == {}
    assert "chain_1e2, chain_1e4" in results.notes[0]


def test_an_interruption_leaves_what_was_measured():
    processes, results = FakeProcesses(interrupt_at=4), Results()
    with pytest.raises(KeyboardInterrupt):
        runner.run(processes, [BY_NAME["callable_10"]], ["numpy"], runner.Pace(5, 0.0), results, silent)
    assert len(results.rows["callable_10"]["numpy"].rounds) == 2
