"""TensorFlow's own tools as programs: `python -m sessile -m tensorflow.python.tools.freeze_graph` and its like."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sessile.ops import proto

import sessile as tf
from sessile.hook.tools import freeze_graph, inspect_checkpoint, optimize_for_inference, saved_model_cli, strip_unused


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model as a graph with a checkpoint, and as a saved model."""
    tf.reset_default_graph()
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    weights = tf.Variable([[1.0], [3.0]], name="w")
    y = tf.identity(tf.matmul(x, weights), name="y")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(tmp_path / "model"))
        tf.train.write_graph(session.graph_def, str(tmp_path), "graph.pbtxt")
        tf.saved_model.simple_save(session, str(tmp_path / "saved"), {"x": x}, {"y": y})
    return tmp_path


def _freeze(folder: Path) -> Path:
    words = [f"--input_graph={folder}/graph.pbtxt", f"--input_checkpoint={folder}/model"]
    assert freeze_graph.main([*words, "--output_node_names=y", f"--output_graph={folder}/frozen.pb"]) == 0
    return folder / "frozen.pb"


def _nodes(path: Path) -> dict[str, str]:
    return {node.name: node.op for node in proto.GraphDef.FromString(path.read_bytes()).node}


def test_freeze_graph_writes_constants(folder: Path, capsys: Any) -> None:
    """Of a graph with its checkpoint, and of a saved model."""
    assert _nodes(_freeze(folder))["w"] == "Const"
    words = [f"--input_saved_model_dir={folder}/saved", "--output_node_names", "y"]
    assert freeze_graph.main([*words, f"--output_graph={folder}/other.pb"]) == 0
    assert _nodes(folder / "other.pb") == _nodes(folder / "frozen.pb")
    assert freeze_graph.main([*words]) == 1
    assert "--output_graph" in capsys.readouterr().err


@pytest.mark.parametrize("tool", [optimize_for_inference, strip_unused])
def test_graphs_are_cut_at_their_inputs(folder: Path, tool: Any, capsys: Any) -> None:
    """The weights' own place becomes a placeholder when it is named as an input."""
    frozen, made = _freeze(folder), folder / "made.pb"
    names = ("input", "output", "input_names", "output_names")
    if tool is strip_unused:
        names = ("input_graph", "output_graph", "input_node_names", "output_node_names")
    words = [f"--{name}={value}" for name, value in zip(names, (frozen, made, "x, w/read", "y"))]
    assert tool.main(words) == 0
    assert _nodes(made)["w/read"] == "Placeholder" and "w" not in _nodes(made)
    assert tool.main(words[1:]) == 1
    assert f"--{names[0]} is needed" in capsys.readouterr().err


def test_inspect_checkpoint_prints_values(folder: Path, capsys: Any) -> None:
    """In the words and with the options of TensorFlow's."""
    name = f"--file_name={folder}/model"
    assert inspect_checkpoint.main([name, "--tensor_name", "w", "--printoptions", "precision=2"]) == 0
    assert capsys.readouterr().out == "tensor_name:  w\n[[1.]\n [3.]]\n# Total number of params: 2\n"
    assert inspect_checkpoint.main([name, "--all_tensor_names=true"]) == 0
    assert capsys.readouterr().out == "tensor_name:  w\n# Total number of params: 2\n"
    assert inspect_checkpoint.main([]) == 1 and inspect_checkpoint.main([f"--file_name={folder}/none"]) == 1


def test_a_saved_model_is_shown(folder: Path, capsys: Any) -> None:
    """Recorded from TensorFlow 1.15.5."""
    saved = f"{folder}/saved"
    assert (
        saved_model_cli.main(["show", "--dir", saved, "--tag_set", "serve", "--signature_def", "serving_default"]) == 0
    )
    assert capsys.readouterr().out.splitlines() == [
        "The given SavedModel SignatureDef contains the following input(s):",
        "  inputs['x'] tensor_info:",
        "      dtype: DT_FLOAT",
        "      shape: (-1, 2)",
        "      name: x:0",
        "The given SavedModel SignatureDef contains the following output(s):",
        "  outputs['y'] tensor_info:",
        "      dtype: DT_FLOAT",
        "      shape: (-1, 1)",
        "      name: y:0",
        "Method name is: tensorflow/serving/predict",
    ]
    assert saved_model_cli.main(["show", "--dir", saved]) == 0
    assert capsys.readouterr().out == "The given SavedModel contains the following tag-sets:\nserve\n"
    assert saved_model_cli.main(["scan", "--dir", saved]) == 0
    assert capsys.readouterr().out == "MetaGraph with tag set ['serve'] does not contain blacklisted ops.\n"
    assert saved_model_cli.main(["show", "--dir", saved, "--tag_set", "other"]) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--inputs", "x"], 'format is incorrect. Please follow "<input_key>=<filename>"'),
        (["--input_exprs", "z=1"], '"z" is not a valid input key. Please choose from "x"'),
        (["--input_exprs", "x=np.one(3)"], "AttributeError"),
        ([], "give at least one of"),
    ],
)
def test_wrong_arguments_of_a_call_are_told(folder: Path, capsys: Any, words: list[str], message: str) -> None:
    """In one line."""
    call = ["run", "--dir", f"{folder}/saved", "--tag_set", "serve", "--signature_def", "serving_default"]
    assert saved_model_cli.main([*call, *words]) == 1
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_a_saved_model_is_called(folder: Path, capsys: Any) -> None:
    """With an expression, and arrays of files; what is there is not written over."""
    call = ["run", "--dir", f"{folder}/saved", "--tag_set", "serve", "--signature_def", "serving_default"]
    out = ["--outdir", str(folder / "out")]
    assert saved_model_cli.main([*call, *out, "--input_exprs", "x=np.ones((1, 2))"]) == 0
    assert capsys.readouterr().out.startswith("Result for output key y:\n[[4.]]\n")
    np.savez(folder / "many.npz", a=np.ones([3, 2]), b=np.float32([[1, 2]]))
    assert saved_model_cli.main([*call, *out, "--inputs", f"x={folder}/many.npz[b]"]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert saved_model_cli.main([*call, *out, "--overwrite", "--inputs", f"x={folder}/many.npz[b]"]) == 0
    assert np.load(folder / "out/y.npy").tolist() == [[7.0]]
    assert saved_model_cli.main([*call, "--inputs", f"x={folder}/many.npz"]) == 1
    assert "has 2 arrays" in capsys.readouterr().err


def test_examples_are_made_of_dictionaries(tmp_path: Path, capsys: Any) -> None:
    """For signatures that parse them."""
    serialized = tf.placeholder(tf.string, [None], name="examples")
    parsed = tf.parse_example(serialized, {"a": tf.FixedLenFeature([2], tf.float32)})
    with tf.Session() as session:
        tf.saved_model.simple_save(session, str(tmp_path / "m"), {"x": serialized}, {"y": parsed["a"] * 2.0})
    call = ["run", "--dir", f"{tmp_path}/m", "--tag_set", "serve", "--signature_def", "serving_default"]
    assert saved_model_cli.main([*call, "--input_examples", 'x=[{"a": [1.0, 2.5]}]']) == 0
    assert capsys.readouterr().out == "Result for output key y:\n[[2. 5.]]\n"


def test_tools_are_programs(folder: Path) -> None:
    """`-m` runs what is one, and says what is none."""
    start = [sys.executable, "-m", "sessile", "-m"]
    tool = [*start, "tensorflow.python.tools.inspect_checkpoint", f"--file_name={folder}/model"]
    assert "Total number of params: 2" in subprocess.run(tool, capture_output=True, text=True, check=True).stdout
    for name, message in (("ops.math_ops", "is no program"), ("tools.nothing", "no module or name 'nothing'")):
        done = subprocess.run([*start, f"tensorflow.python.{name}"], capture_output=True, text=True)
        assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr
