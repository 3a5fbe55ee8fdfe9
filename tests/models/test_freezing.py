"""Freezing and optimizing for inference: beside what TensorFlow 1.15 made of the same models (see `record.py`)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sessile.ops.library.graphdef.optimizing import fold_batch_norms, optimize_for_inference, strip_unused

import sessile as tf
from sessile.__main__ import main
from sessile.models.freezing import freeze_graph, freeze_graph_with_def_protos
from tests.models.record import FIXTURES, PROGRAMS, feed_of

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [Path(FIXTURES) / name for name in PROGRAMS]
TF1 = ROOT / ".venv-tf1" / "bin" / "python"


@pytest.fixture(params=FOLDERS, ids=lambda path: path.name)
def folder(request: pytest.FixtureRequest) -> Path:
    """A model that TensorFlow wrote."""
    found: Path = request.param
    return found


def read(path: Path) -> Any:
    return tf.GraphDef.FromString(path.read_bytes())


def wanted(folder: Path) -> Any:
    return np.array(json.loads((folder / "value.json").read_text()), np.float32)


def computed(graph_def: Any, name: str) -> Any:
    """What a graph gives, interpreted and compiled."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(graph_def, name="")
        first = session.run("y:0", {"x:0": feed_of(name)})
        np.testing.assert_allclose(session.make_callable("y:0", ["x:0"])(feed_of(name)), first, rtol=1e-5)
        return first


def rows(graph_def: Any) -> dict[str, tuple[str, list[str]]]:
    return {node.name: (node.op, list(node.input)) for node in graph_def.node}


@pytest.mark.parametrize("kind", ["frozen", "optimized"])
def test_what_tensorflow_froze_runs_here(folder: Path, kind: str) -> None:
    np.testing.assert_allclose(computed(read(folder / f"{kind}.pb"), folder.name), wanted(folder), rtol=2e-5, atol=1e-6)


def sources(folder: Path) -> Iterator[dict[str, Any]]:
    """The three ways to name a model."""
    if folder.name != "resources":
        yield {"input_graph": folder / "graph.pbtxt", "input_checkpoint": folder / "model"}
    yield {"input_meta_graph": folder / "model.meta", "input_checkpoint": folder / "model"}
    yield {"input_saved_model_dir": folder / "saved"}


def frozen_from(source: dict[str, Any], **more: Any) -> Any:
    arguments: dict[str, Any] = {
        "input_graph": None,
        "input_saver": "",
        "input_binary": False,
        "input_checkpoint": None,
        "output_node_names": "y",
        "restore_op_name": "",
        "filename_tensor_name": "",
        "output_graph": "",
        "clear_devices": True,
        "initializer_nodes": "",
    }
    return freeze_graph(**{**arguments, **source, **more})


def test_what_is_frozen_here_is_what_tensorflow_freezes(folder: Path, tmp_path: Path) -> None:
    """Names, types, inputs and order of the nodes, and the constants, of graph, meta graph and saved model."""
    theirs = read(folder / "frozen.pb")
    for source in sources(folder):
        ours = frozen_from(source, output_graph=tmp_path / "ours.pb")
        assert read(tmp_path / "ours.pb") == ours
        assert rows(ours) == rows(theirs)
        assert [node.name for node in ours.node] == [node.name for node in theirs.node]
        for mine, their in zip(ours.node, theirs.node):
            if mine.op == "Const":
                np.testing.assert_array_equal(
                    *(tf.make_ndarray(node.attr["value"].tensor) for node in (mine, their)), err_msg=mine.name
                )
        np.testing.assert_allclose(computed(ours, folder.name), wanted(folder), rtol=2e-5, atol=1e-6)


def test_optimized_graphs_compute_the_same(folder: Path) -> None:
    """Batch normalisation behind convolutions is gone, and so are identities; TensorFlow's keeps version 3."""
    theirs = read(folder / "frozen.pb")
    dtype = tf.as_dtype(feed_of(folder.name).dtype)
    optimized = optimize_for_inference(theirs, ["x"], ["y"], dtype.as_datatype_enum)
    np.testing.assert_allclose(computed(optimized, folder.name), wanted(folder), rtol=2e-5, atol=1e-6)
    types = [node.op for node in optimized.node]
    assert not {"FusedBatchNorm", "FusedBatchNormV3", "CheckNumerics"} & {*types}
    assert len(optimized.node) <= len(read(folder / "optimized.pb").node)
    if folder.name == "convolutions":
        assert types.count("BiasAdd") == 3 and not any(name.startswith("norm/moving") for name in rows(optimized))


def test_normalisation_that_is_needed_stays() -> None:
    """While training, between other readers, by values that are no constants, or where the convolution is fetched."""
    filters = tf.constant(np.ones([1, 1, 2, 2], np.float32))
    ones = tf.constant([1.0, 2.0])
    with_values = {"scale": ones, "offset": ones, "mean": ones, "variance": ones, "is_training": False}

    def graph(**more: Any) -> Any:
        x = tf.placeholder(tf.float32, [None, 4, 4, 2], name="x")
        inner = tf.nn.conv2d(x, filters, 1, "SAME", name="inner")
        if more.pop("read", False):
            tf.identity(inner, name="reader")
        if more.pop("fed", False):
            more["mean"] = tf.placeholder(tf.float32, [2])
        if more.get("is_training"):
            more.update(mean=None, variance=None)
        y, _, _ = tf.nn.fused_batch_norm(inner, **{**with_values, **more})
        tf.identity(y, name="y")
        return tf.get_default_graph().as_graph_def()

    for more, keep in (({"read": True}, []), ({"fed": True}, []), ({"is_training": True}, []), ({}, ["inner"])):
        with tf.Graph().as_default():
            filters, ones = tf.constant(np.ones([1, 1, 2, 2], np.float32)), tf.constant([1.0, 2.0])
            with_values.update(scale=ones, offset=ones, mean=ones, variance=ones)
            before = graph(**more)
            assert fold_batch_norms(before, ["y", *keep]).node == before.node, more
    with tf.Graph().as_default():
        filters, ones = tf.constant(np.ones([1, 1, 2, 2], np.float32)), tf.constant([1.0, 2.0])
        with_values.update(scale=ones, offset=ones, mean=ones, variance=ones)
        assert "BiasAdd" in [node.op for node in fold_batch_norms(graph(), ["y"]).node]


def test_inputs_become_placeholders() -> None:
    """A node inside of the graph too; types are one for all or one each; names must be there."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        n = tf.placeholder(tf.int32, [], name="n")
        middle = tf.exp(x, name="middle")
        tf.multiply(middle, tf.cast(n, tf.float32), name="y")
        graph_def = graph.as_graph_def(add_shapes=True)
    cut = strip_unused(graph_def, ["middle", "n"], ["y"], [tf.float32.as_datatype_enum, tf.int32])
    assert rows(cut) == {
        "n": ("Placeholder", []),
        "middle": ("Placeholder", []),
        "Cast": ("Cast", ["n"]),
        "y": ("Mul", ["middle", "Cast"]),
    }
    with tf.Graph().as_default(), tf.Session() as session:
        middle, y = tf.import_graph_def(cut, return_elements=["middle:0", "y:0"], name="")
        assert middle.shape.as_list() == [None, 3]
        assert session.run(y, {middle: np.ones([1, 3]), "n:0": 2}).tolist() == [[2.0, 2.0, 2.0]]
    with pytest.raises(ValueError, match="1 types of placeholders are given for 2 inputs"):
        strip_unused(graph_def, ["middle", "n"], ["y"], [1])
    with pytest.raises(AssertionError, match="z is not in graph"):
        strip_unused(graph_def, ["z"], ["y"], 1)
    with pytest.raises(TypeError, match="GraphDef"):
        optimize_for_inference("graph", ["x"], ["y"], 1)


def test_what_cannot_be_frozen_says_why(tmp_path: Path) -> None:
    """No checkpoint, no names, a variable that the file lacks, a resource that is written."""
    folder = Path(FIXTURES) / "convolutions"
    with pytest.raises(tf.errors.NotFoundError, match="Input checkpoint '.*nowhere' doesn't exist!"):
        frozen_from({"input_graph": folder / "graph.pbtxt", "input_checkpoint": folder / "nowhere"})
    with pytest.raises(ValueError, match="name of a node"):
        frozen_from({"input_saved_model_dir": folder / "saved"}, output_node_names=" ")
    with tf.Graph().as_default() as graph, tf.Session() as session:
        v = tf.get_variable("v", initializer=1.0)
        tf.get_variable("r", initializer=2.0, use_resource=True)
        read = tf.identity(v, name="read")
        written = tf.assign_add(tf.get_variable("w", initializer=2.0, use_resource=True), 1.0)
        session.run(tf.global_variables_initializer())
        tf.train.Saver([v]).save(session, str(tmp_path / "model"))
        other = tf.identity(tf.get_variable("other", initializer=1.0), name="other_read")
        graph_def = graph.as_graph_def()
        with pytest.raises(tf.errors.NotFoundError, match="cannot be converted: '.*' \\(AssignAddVariableOp\\)"):
            tf.graph_util.convert_variables_to_constants(session, graph_def, [written.op.name])
    with pytest.raises(tf.errors.NotFoundError, match="other"):
        freeze_graph_with_def_protos(graph_def, None, tmp_path / "model", [other.op.name], "", "", "", True, "")
    assert freeze_graph_with_def_protos(graph_def, None, tmp_path / "model", [read.op.name], "", "", "", True, "").node


def test_programs_find_the_tools_under_tensorflows_name() -> None:
    """A script of TensorFlow 1 that freezes and optimizes runs unchanged."""
    program = f"""
from tensorflow.python.tools import freeze_graph, optimize_for_inference_lib
from tensorflow.python.tools.strip_unused_lib import strip_unused
import tensorflow as tf
frozen = freeze_graph.freeze_graph({str(FOLDERS[0] / "graph.pbtxt")!r}, "", False, {str(FOLDERS[0] / "model")!r}, "y",
    "save/restore_all", "save/Const:0", "", True, "")
small = optimize_for_inference_lib.optimize_for_inference(frozen, ["x"], ["y"], tf.float32.as_datatype_enum)
print(len(small.node) < len(frozen.node), len(strip_unused(frozen, ["x"], ["y"], 1).node) == len(frozen.node))
"""
    code = f"import sessile; sessile.install(); exec({program!r})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert ran.stdout == "True True\n", ran.stderr


@pytest.mark.parametrize("model", ["saved", "model.meta"])
def test_freeze_as_a_command(folder: Path, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By signature or by node, frozen or optimized; `run` takes what it wrote."""
    plain, small = tmp_path / "plain.pb", tmp_path / "small.pbtxt"
    output = ["--output", "out" if model == "saved" else "y"]
    assert main(["freeze", str(folder / model), *output, "--out", str(plain)]) == 0
    assert rows(read(plain)) == rows(read(folder / "frozen.pb"))
    assert main(["freeze", str(folder / model), *output, "--out", str(small), "--optimize"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert "outputs y" in printed[0] and " nodes (of " in printed[1]
    np.save(tmp_path / "x.npy", feed_of(folder.name))
    words = ["--feed", f"x={tmp_path / 'x.npy'}", "--fetch", "y", "--out", str(tmp_path)]
    assert main(["run", str(small), *words]) == 0
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), wanted(folder), rtol=2e-5, atol=1e-6)


def test_freeze_of_a_graph_alone_needs_its_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph, out = str(FOLDERS[0] / "graph.pbtxt"), str(tmp_path / "frozen.pb")
    assert main(["freeze", graph, "--output", "y", "--out", out]) == 1
    assert "give --checkpoint" in capsys.readouterr().err
    assert main(["freeze", graph, "--output", "y", "--input", "x", "--out", out]) == 1
    capsys.readouterr()
    assert main(["freeze", graph, "--output", "y", "--out", out, "--checkpoint", str(FOLDERS[0] / "model")]) == 0
    assert rows(read(Path(out))) == rows(read(FOLDERS[0] / "frozen.pb"))
    assert main(["freeze", graph, "--output", "nothing", "--out", out, "--checkpoint", "nowhere"]) == 1
    assert "no tensor 'nothing'" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(not TF1.exists(), reason="TensorFlow 1.15 is not installed (make peers)")
def test_tensorflow_runs_what_is_frozen_here(tmp_path: Path) -> None:
    """Frozen and optimized graphs, and saved models, of programs built here."""
    values = {}
    for name, program in PROGRAMS.items():
        with tf.Graph().as_default(), tf.Session() as session:
            tf.set_random_seed(1)
            ends = program(tf)
            session.run(tf.global_variables_initializer())
            values[name] = session.run(ends["y"], {ends["x"]: feed_of(name)})
            tf.saved_model.simple_save(session, str(tmp_path / f"{name}.saved"), {"in": ends["x"]}, {"out": ends["y"]})
        for kind, words in (("frozen", []), ("optimized", ["--optimize"])):
            out = str(tmp_path / f"{name}.{kind}.pb")
            assert main(["freeze", str(tmp_path / f"{name}.saved"), "--out", out, *words]) == 0
    script = Path(__file__).with_name("record.py")
    ran = subprocess.run([TF1, script, "check", tmp_path], capture_output=True, text=True, cwd=tmp_path, check=True)
    found = json.loads(ran.stdout)
    assert len(found) == 6
    for path, value in found.items():
        np.testing.assert_allclose(value, values[path.split(".")[0]], rtol=2e-5, atol=1e-6, err_msg=path)
