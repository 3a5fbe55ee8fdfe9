"""The table of workloads: names, choice, and that each formula and its pieces fit together."""

import numpy as np
import pytest

from bench import drives, registry
from bench.backends import BACKENDS, float32_expression
from bench.fresh import timed_first_call
from bench.targets import BEST_PEER, CLOCK, TARGETS, describe, wanted
from bench.workload import Call, MismatchError, Workload, check

SMALL = [w for w in registry.WORKLOADS if not w.name.endswith(("1e7", "transpose")) and "10000" not in w.name]


def test_names_are_unique():
    assert len(registry.BY_NAME) == len(registry.WORKLOADS)


def test_backends_and_statistics_exist():
    for workload in registry.WORKLOADS:
        assert set(workload.backends) <= set(BACKENDS), workload.name
        assert workload.statistic in ("min", "median", "max"), workload.name
        assert "sessile" in workload.backends, workload.name


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: f"{t.workload}-{t.against}")
def test_targets_name_what_is_measured(target):
    workload, divisor = registry.BY_NAME[target.workload], registry.BY_NAME[target.divisor]
    assert target.against in (BEST_PEER, CLOCK) or divisor.takes_part(target.against)
    assert target.at_most > 0
    assert wanted(target)
    assert describe(target)
    if target.per_byte:
        assert workload.bytes_moved > 0
        assert workload.reference.bytes_moved > 0


def test_globs_select_in_the_order_of_the_table():
    names = [w.name for w in registry.select(["chain_1e?", "callable_*"], everything=False)]
    assert names == ["callable_10", "chain_1e2", "chain_1e4", "chain_1e6", "chain_1e7"]


def test_main_is_part_of_everything():
    main = registry.select([], everything=False)
    assert {w.name for w in main} < set(registry.BY_NAME)
    assert registry.select([], everything=True) == registry.WORKLOADS


def test_unknown_names_offer_near_ones():
    with pytest.raises(registry.UnknownNameError, match="did you mean softmax"):
        registry.select(["sofmax"], everything=False)
    with pytest.raises(registry.UnknownNameError, match="did you mean tensorflow"):
        registry.choose(["tensorfow"], BACKENDS, "backend")
    with pytest.raises(registry.UnknownNameError, match="there are: one, two"):
        registry.choose(["xyz"], ["one", "two"], "thing")


@pytest.mark.parametrize("workload", SMALL, ids=lambda w: w.name)
def test_numpy_agrees_with_the_formula(workload: Workload):
    values = workload.values()
    call = BACKENDS["numpy"].prepare(np, workload, values, 1)
    check(workload, call, values)


@pytest.mark.parametrize("workload", [w for w in SMALL if w.reference], ids=lambda w: w.name)
def test_references_run(workload: Workload):
    call = BACKENDS["reference"].prepare(np, workload, workload.values(), 1)
    call.function(*call.args)


def test_a_wrong_result_is_a_mismatch():
    workload = registry.BY_NAME["callable_10"]
    values = workload.values()
    with pytest.raises(MismatchError, match="differs from NumPy's in 10 of 10"):
        check(workload, Call(lambda x, y: x * y + 1, values), values)
    with pytest.raises(MismatchError, match="shape"):
        check(workload, Call(lambda x, y: x[:1], values), values)
    with pytest.raises(MismatchError, match="2 results"):
        check(workload, Call(lambda x, y: [x, y], values), values)


def test_literals_become_float32():
    text, constants = float32_expression("maximum(2.5 * a1 + b, 0.0)")
    assert text == "maximum(_k0 * a1 + b, _k1)"
    assert all(value.dtype == np.float32 for value in constants.values())
    assert constants["_k0"] == 2.5


@pytest.mark.parametrize("faster", [np.sum, np.max])
def test_bandwidth_of_reading_is_that_of_the_faster_loop(monkeypatch: pytest.MonkeyPatch, faster):
    times = iter([[1.0, 3.0], [2.0, 2.0]] if faster is np.sum else [[2.0, 2.0], [3.0, 1.0]])
    monkeypatch.setattr("timeit.repeat", lambda statement, number: next(times))
    workload = registry.BY_NAME["sum_squares_1e7"]
    assert workload.reference.make((np.ones(3),)).function is faster


TRAINED_ANEW = [name for name, one in registry.BY_NAME.items() if one.fresh is not None and one.variables]


@pytest.mark.parametrize("name", TRAINED_ANEW)
def test_first_calls_that_train_are_checked_by_what_they_gave(name: str) -> None:
    """In a new process the call is timed before it is checked: calling it again would check the second step."""
    assert registry.BY_NAME[name].drive is drives.first_step


def test_the_first_call_of_a_training_step_agrees_with_numpy() -> None:
    assert set(timed_first_call("sessile", "lstm_first", 1, "first")) == {"first"}
