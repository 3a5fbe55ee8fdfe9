"""Tables, verdicts, the JSON file, the picture and the command line."""

import json
import signal

import pytest
from bench_fakes import FakeProcesses, made_results

import bench.__main__ as command
from bench import options, plot, report
from bench.registry import WORKLOADS
from bench.results import Cell
from bench.targets import Target, found, judge, wanted

TIMES = {
    "callable_10": {"reference": 2e-7, "numpy": 5e-7, "sessile": 8e-8, "tensorflow": 1.6e-4, "jax": 6e-6},
    "relu_1e7": {"reference": 0.008, "numpy": 0.03, "sessile": 0.012, "jax": 0.02},
    "threads_1": {"sessile": 0.002},
    "threads_2": {"sessile": 0.001},
}


def test_times_table_has_medians_and_gains():
    lines = report.times_table(made_results(TIMES)).splitlines()
    assert lines[0].split()[:3] == ["reference", "NumPy", "sessile"]
    row = next(line for line in lines if "callable_10" in line)
    assert "80.0 ns" in row
    assert row.split()[-2:] == ["6.25x", "75.0x"]


def test_peak_memory_has_a_table_of_its_own():
    results = made_results(TIMES)
    assert report.memory_table(results) == ""
    results.rows["relu_1e7"]["sessile"].memory = 40_000_000
    results.rows["relu_1e7"]["jax"].memory = 0
    results.rows["callable_10"]["sessile"].memory = 4096
    lines = report.memory_table(results).splitlines()
    assert len(lines) == 2
    assert lines[1].split() == ["relu_1e7", "40", "0"]
    assert "beyond what the process held before" in report.summary_text(results)
    assert results.to_json()["rows"]["relu_1e7"]["backends"]["sessile"]["memory"] == 40_000_000


def test_marks_tell_what_went_wrong_and_problems_are_told_once():
    results = made_results(TIMES)
    for name in ("threads_1", "threads_2"):
        results.rows[name]["tensorflow"] = Cell(error="boom", kind="crashed")
    results.rows["relu_1e7"]["jax"] = Cell(error="differs", kind="mismatch")
    text = report.summary_text(results)
    assert "CRASHED" in text
    assert "WRONG" in text
    assert "tensorflow: threads_1, threads_2: crashed: boom" in text


def test_rounds_that_disagree_are_marked():
    assert report.cell_text(Cell(rounds=[1.0, 2.0])).startswith("~")
    assert not report.cell_text(Cell(rounds=[1.0, 1.01])).startswith("~")


@pytest.mark.parametrize(
    ("target", "ratio", "reached", "words"),
    [
        (Target("callable_10", "reference", 0.5), 0.4, True, "<= 0.5 times the time"),
        (Target("callable_10", "best peer", 1 / 100), 8e-8 / 6e-6, False, ">= 100 times as fast"),
        (Target("relu_1e7", "reference", 1 / 0.85, per_byte=True), 1.0, True, ">= 85% of bandwidth"),
        (Target("threads_2", "sessile", 1 / 1.8, other="threads_1"), 0.5, True, ">= 1.8 times as fast"),
        (Target("relu_1e7", "jax", 1.0), 0.6, True, "not slower"),
    ],
)
def test_verdicts(target, ratio, reached, words):
    verdict = judge(target, made_results(TIMES))
    assert verdict.ratio == pytest.approx(ratio)
    assert verdict.reached is reached
    assert wanted(target) == words
    assert found(verdict)


def test_a_target_without_its_peer_is_not_measured():
    results = made_results({"softmax": {"sessile": 1.0, "numpy": 2.0}})
    table = report.targets_table(results)
    assert "not measured" in table
    assert "0 reached, 0 not reached, 1 not measured" in table


def test_the_results_file_reads_back(tmp_path):
    path = tmp_path / "deep" / "results.json"
    results = made_results(TIMES)
    results.rows["relu_1e7"]["torch"] = Cell(error="no", kind="failed")
    results.save(path)
    data = json.loads(path.read_text())
    assert data["rows"]["callable_10"]["backends"]["sessile"]["median"] == 8e-8
    assert data["rows"]["relu_1e7"]["backends"]["torch"] == {"error": "no", "kind": "failed"}
    assert data["machine"]["cores"] == 2
    assert {"callable_10", "relu_1e7", "threads_2"} <= {row["workload"] for row in data["targets"]}


def test_the_list_names_every_workload():
    text = report.listing()
    assert all(workload.name in text for workload in WORKLOADS)


@pytest.mark.parametrize("times", [TIMES, {"callable_10": {"numpy": 1e-6, "jax": 2e-6}}])
def test_the_picture_is_drawn(tmp_path, times):
    pytest.importorskip("matplotlib")
    path = plot.draw(made_results(times), tmp_path / "picture.png")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_nothing_to_compare_is_no_picture(tmp_path):
    pytest.importorskip("matplotlib")
    assert plot.draw(made_results({"threads_1": {"sessile": 1.0}}), tmp_path / "picture.png") is None


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [(["--only", "chian_1e6"], "chain_1e6"), (["pears"], "peers"), (["--backends", "jacks"], "jax")],
)
def test_unknown_names_on_the_command_line_offer_near_ones(arguments, hint, capsys):
    with pytest.raises(SystemExit):
        options.parse(arguments)
    assert f"did you mean {hint}" in capsys.readouterr().err


def test_the_suites_differ():
    main, peers = options.parse([]), options.parse(["peers"])
    assert "torch" not in main.backends
    assert "torch" in peers.backends
    assert main.limit is not None
    assert peers.limit is None
    assert len(main.workloads) < len(peers.workloads)


class Interrupted(FakeProcesses):
    """Fake processes that are interrupted at the sixth request."""

    def __init__(self, threads, peers):
        super().__init__(interrupt_at=6)

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        return None


def test_an_interrupted_run_still_writes(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "Processes", Interrupted)
    path = tmp_path / "r.json"
    arguments = ["--only", "chain_1e4", "--backends", "numpy", "--no-plot", "--json", str(path)]
    before = signal.getsignal(signal.SIGTERM)
    assert command.main(arguments) == 130
    assert signal.getsignal(signal.SIGTERM) is before  # else pools of processes, forked later, may outlive their end
    assert "interrupted" in capsys.readouterr().out
    assert json.loads(path.read_text())["rows"]["chain_1e4"]


def test_a_folder_that_cannot_be_written_loses_no_table(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "Processes", Interrupted)
    (tmp_path / "file").touch()
    arguments = ["--only", "chain_1e4", "--backends", "numpy", "--json", str(tmp_path / "file" / "r.json")]
    assert command.main(arguments) == 130
    shown = capsys.readouterr().out
    assert "chain_1e4" in shown and "not kept: " in shown
