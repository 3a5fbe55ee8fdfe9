"""The commands that take a model: run, inspect, bench, compile; as a person at a terminal uses them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf
from sessile.__main__ import main

BATCH = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one small layer as a saved model with a version, a graph, a meta graph; and an input."""
    folder = tmp_path_factory.mktemp("models")
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        w = tf.get_variable("w", initializer=tf.constant([[1.0], [2.0], [-1.0]]))
        y = tf.matmul(x, w, name="product")
        z = tf.nn.relu(y + 1.0, name="y")
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, str(folder / "saved" / "7"), {"rows": x}, {"scores": z, "sums": y})
        frozen = tf.graph_util.convert_variables_to_constants(session, session.graph_def, ["y"])
        (folder / "frozen.pb").write_bytes(frozen.SerializeToString())
        (folder / "frozen.pbtxt").write_text(str(frozen))
        tf.train.Saver().save(session, str(folder / "checkpoint" / "model"))
    np.save(folder / "batch.npy", BATCH)
    np.savez(folder / "arrays.npz", rows=BATCH, others=BATCH + 1)
    return folder


def scores(batch: Any) -> Any:
    return np.maximum(batch @ np.array([[1.0], [2.0], [-1.0]], np.float32) + 1, 0)


@pytest.mark.parametrize(
    "model, feed, fetch",
    [
        ("saved", "rows", "scores"),
        ("saved/7", "rows", "scores"),
        ("saved", "x:0", "y"),
        ("frozen.pb", "x", "y"),
        ("frozen.pbtxt", "x:0", "y:0"),
        ("checkpoint/model.meta", "x", "y"),
    ],
)
def test_run_writes_what_it_is_asked_for(models: Path, tmp_path: Path, model: str, feed: str, fetch: str) -> None:
    out = tmp_path / "out"
    words = [
        "run",
        str(models / model),
        "--feed",
        f"{feed}={models / 'batch.npy'}",
        "--fetch",
        fetch,
        "--out",
        str(out),
    ]
    assert main(words) == 0
    (path,) = out.iterdir()
    np.testing.assert_array_equal(np.load(path), scores(BATCH))


def test_run_takes_arrays_of_archives_and_json(
    models: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "rows.json").write_text("[[0, 0, 5]]")
    for value, wanted in (
        (f"{models / 'arrays.npz'}:others", scores(BATCH + 1)),
        ("[[1, 2, 3]]", scores(np.array([[1, 2, 3]], np.float32))),
        (str(tmp_path / "rows.json"), np.zeros((1, 1))),
    ):
        assert main(["run", str(models / "saved"), "--feed", f"rows={value}"]) == 0
        printed = capsys.readouterr().out
        assert printed.startswith(f"scores: float32{list(wanted.shape)}\n{np.asarray(wanted, np.float32)}\nsums: ")


def test_run_repeats_and_tells_times(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", str(models / "frozen.pb"), "--feed", "x=[[1, 2, 3]]", "--repeat", "20", "--threads", "1"]
    assert main(words) == 0
    printed = capsys.readouterr()
    assert "y: float32[1, 1]\n[[3.]]" in printed.out
    assert "first call" in printed.err and "median" in printed.err


@pytest.mark.parametrize(
    "words, said",
    [
        (["nowhere"], "no such file or folder"),
        (["saved", "--feed", "rows"], "--feed rows: write --feed NAME=VALUE"),
        (["saved", "--feed", "rows=[[1, 2]]"], "shape [1, 2] does not fit x:0, whose shape is (?, 3)"),
        (["saved", "--feed", "rows=none.npy"], "No such file"),
        (["saved", "--feed", "rows=1,2"], "neither a file"),
        (["saved", "--feed", "rows=[[1, 2, 3]]", "--feed", "rows=[[1, 2, 3]]"], "given twice"),
        (["saved", "--feed", "lines=[[1, 2, 3]]"], "the signature has rows, scores, sums"),
        (["saved"], "no value for the inputs rows of the signature 'serving_default'"),
        (["saved", "--signature", "other"], "no signature 'other'; there are: serving_default"),
        (["saved", "--tags", "train"], "no graph with the tags train; there are: serve"),
        (["frozen.pb", "--fetch", "y"], "InvalidArgumentError"),
        (["arrays.npz"], "holds no GraphDef"),
        (["."], "no saved model"),
    ],
)
def test_run_says_what_is_wrong(
    models: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(models)
    assert main(["run", *words]) == 1
    printed = capsys.readouterr()
    assert said in printed.err and printed.err.startswith("sessile run: ") and not printed.out
    assert "Traceback" not in printed.err


def test_inspect_tells_signatures_and_operations(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(models / "saved")]) == 0
    printed = capsys.readouterr().out
    assert "signature serving_default (tensorflow/serving/predict)" in printed
    assert "-> rows: float32 [?, 3]  x:0" in printed and "<- scores: float32 [?, 1]  y:0" in printed
    assert "all operations are built here" in printed
    assert main(["inspect", str(models / "frozen.pb"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {name: report["operations"][name] for name in ("MatMul", "Relu")} == {"MatMul": 1, "Relu": 1}
    assert report["placeholders"] == [{"name": "x", "type": "float32", "shape": [None, 3]}]


def test_inspect_names_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph_def = tf.GraphDef()
    graph_def.node.add(name="x", op="Placeholder").attr["dtype"].type = 1
    odd = graph_def.node.add(name="odd", op="NcclBroadcast", input=["x"])
    odd.attr["T"].type = 1
    odd.attr["shape"].shape.unknown_rank = True
    (tmp_path / "odd.pb").write_bytes(graph_def.SerializeToString())
    assert main(["inspect", str(tmp_path / "odd.pb")]) == 1
    assert "not built here: NcclBroadcast (1)" in capsys.readouterr().out
    with pytest.warns(UserWarning, match="NcclBroadcast"):
        assert main(["run", str(tmp_path / "odd.pb"), "--feed", "x=1"]) == 1
    assert "UnimplementedError: No kernel: operations of type NcclBroadcast ('odd')" in capsys.readouterr().err


def test_bench_tells_latency_by_threads(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["bench", str(models / "saved"), "--threads", "1,2", "--seconds", "0.05", "--batch", "4", "--json"]
    assert main(words) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["threads"] for row in rows] == [1, 2]
    for row in rows:
        assert row["fastest us"] <= row["median us"] <= row["p90 us"] <= row["p99 us"] <= row["slowest us"]
        assert row["calls"] >= 5 and row["calls per second"] > 0
    assert main(["bench", str(models / "saved"), "--shape", "rows=2,4"]) == 1
    assert "'rows' of shape (?, 3) cannot have the shape [2, 4]" in capsys.readouterr().err


def test_compiled_kernels_serve_a_later_process(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "kernels"
    command = [sys.executable, "-m", "sessile"]
    made = subprocess.run(
        [*command, "compile", str(models / "frozen.pb"), "--out", str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"in {folder}" in made.stdout
    before = {path for path in folder.rglob("*") if path.is_file()}
    assert before
    words = [*command, "run", str(models / "frozen.pb"), "--feed", f"x={models / 'batch.npy'}"]
    environment = {**os.environ, "SESSILE_CACHE_DIR": str(folder), "SESSILE_LOG": ""}
    ran = subprocess.run(words, capture_output=True, text=True, check=True, env=environment)
    assert "y: float32[2, 1]" in ran.stdout
    kernels = [path for path in folder.rglob("*") if path.is_file() and path not in before]
    assert not kernels, "the step compiled again what was compiled ahead"


def test_the_command_line_tells_its_version_and_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith(f"sessile {tf.__version__} (speaks TensorFlow {tf.VERSION})")
    with pytest.raises(SystemExit):
        main(["--help"])
    helped = capsys.readouterr().out
    assert all(f"    {name} " in helped for name in ("run", "inspect", "bench", "compile", "check", "cache"))


def test_completion_is_written_for_a_shell(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("shtab")
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    assert "--signature" in script and "complete " in script
    assert script.rstrip().endswith(" sessile") and "python -m" not in script  # which would take over `python`
    assert main(["completion", "zsh"]) == 0
    assert capsys.readouterr().out.startswith("#compdef sessile\n")


def test_modules_that_are_absent_are_one_line(tmp_path: Path) -> None:
    """Also in a package that is there, or is not; what a module misses itself is its own error."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    (tmp_path / "needy.py").write_text("import absent_as_well\n")
    start = [sys.executable, "-m", "sessile", "-m"]
    for name in ("absent_module", "package.absent_module", "absent.module"):
        run = subprocess.run([*start, name], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (run.returncode, run.stderr) == (2, f"python -m sessile: No module named {name}\n")
    run = subprocess.run([*start, "needy"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Traceback" in run.stderr and "absent_as_well" in run.stderr


def test_a_reader_that_stops_is_no_error() -> None:
    """`sessile completion bash | head -1` prints no traceback."""
    pytest.importorskip("shtab")
    command = f"{sys.executable} -m sessile completion bash | {sys.executable} -c 'pass'"
    run = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert run.stderr == ""


def test_models_to_serve_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A path without a name is told how a model is written, and so is a label without a version."""
    pytest.importorskip("starlette")
    assert main(["serve", "folder"]) == 1
    assert "model folder: write NAME=PATH" in capsys.readouterr().err
    assert main(["serve", "m=folder", "--label", "stable"]) == 1
    assert "write --label NAME=VERSION" in capsys.readouterr().err
