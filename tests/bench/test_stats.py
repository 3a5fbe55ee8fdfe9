"""Statistics and the timing loop."""

import pytest

from bench import stats, timing
from bench.workload import Call


def test_summary_is_median_best_and_spread():
    summary = stats.summarize([3.0, 1.0, 2.0])
    assert (summary.median, summary.best) == (2.0, 1.0)
    assert summary.spread == pytest.approx(0.5)
    assert summary.to_json()["rounds"] == [3.0, 1.0, 2.0]


def test_one_slow_round_of_five_does_not_widen_the_spread():
    assert stats.summarize([1.0, 1.0, 1.0, 1.0, 50.0]).spread == 0.0


def test_no_rounds_is_an_error():
    with pytest.raises(ValueError, match="no round"):
        stats.summarize([])


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(6.12e-8, "61.2 ns"), (9.996e-7, "1.00 us"), (0.00125, "1.25 ms"), (0.9999, "1.00 s"), (123.4, "123 s")],
)
def test_times_read_with_three_digits_and_a_unit(seconds, text):
    assert stats.seconds_text(seconds) == text


def test_the_loop_calls_with_exactly_the_arguments():
    seen = []
    call = Call(lambda *args: seen.append(args), (1, "two"))
    timing.make_timer(call).timeit(3)
    assert seen == [(1, "two")] * 3


class FakeTimer:
    """A call that takes `each` seconds, without waiting for it."""

    def __init__(self, each):
        self.each, self.asked = each, []

    def timeit(self, number):
        self.asked.append(number)
        return number * self.each


def test_calibration_makes_the_loop_long_enough():
    timer = FakeTimer(1e-7)
    number = timing.calibrate(timer, 0.01)
    assert number * timer.each >= 0.01
    assert number * timer.each < 0.2
    assert len(timer.asked) < 12


def test_calibration_leaves_a_slow_call_alone():
    assert timing.calibrate(FakeTimer(5.0), 0.01) == 1


def test_calibration_ends_for_a_clock_that_stands_still():
    assert timing.calibrate(FakeTimer(0.0), 0.01) >= 10**8


def test_samples_are_a_handful():
    assert len(timing.sample(Call(int), 10, budget=10.0)) == timing.SAMPLES
    assert len(timing.sample(Call(int), 10, budget=0.0)) == timing.FEWEST
