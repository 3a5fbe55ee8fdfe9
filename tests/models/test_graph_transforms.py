"""`tensorflow.tools.graph_transforms.TransformGraph`: frozen graphs changed as TensorFlow 1.15 does it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf
from sessile.models.graph_transforms import TransformGraph, parsed

FED = np.array([[0.5, -1.0, 2.0]], np.float32)


@pytest.fixture
def graph_def() -> Any:
    """A small product, scaled and passed on, beside a sum of constants and a concatenation that nothing needs."""
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        weights = tf.constant(np.linspace(-1, 2, 9).reshape(3, 3).astype(np.float32), name="w")
        large = tf.constant(np.linspace(-1, 2, 1200).astype(np.float32), name="large")
        scaled = tf.multiply(tf.matmul(x, weights, name="mm"), tf.constant([1.0, 2.0, 3.0], name="s"), name="y")
        passed = tf.identity(scaled, name="i")
        tf.add(passed, 1.0, name="o")
        tf.add(tf.reduce_sum(large, name="sum"), x[0, 0], name="z")
        with tf.device("/cpu:0"):
            tf.concat([x, x], 1, name="cc")
    return graph.as_graph_def()


def _changed(graph_def: Any, *transforms: str, outputs: tuple[str, ...] = ("o", "z")) -> dict[str, Any]:
    made = TransformGraph(graph_def, ["x"], outputs, transforms)
    return {node.name: node for node in made.node}


def _results(graph_def: Any) -> Any:
    with tf.Graph().as_default(), tf.Session() as session:
        tensors = tf.import_graph_def(graph_def, name="", return_elements=["o:0", "z:0"])
        return session.run(tensors, {"x:0": FED})


@pytest.mark.parametrize(
    "transform",
    [
        "strip_unused_nodes",
        "fold_constants(ignore_errors=true)",
        "fold_batch_norms",
        "fold_old_batch_norms",
        "merge_duplicate_nodes",
        "obfuscate_names",
        "remove_nodes(op=Identity, op=CheckNumerics)",
        "remove_device",
        'set_device(device="/device:CPU:0")',
        "sort_by_execution_order",
        "backport_concatv2",
        "add_default_attributes",
        "round_weights(num_steps=2000)",
        "quantize_weights",
        "strip_unused_nodes fold_constants merge_duplicate_nodes fold_batch_norms remove_nodes(op=Identity)",
    ],
)
def test_graphs_give_the_same(graph_def: Any, transform: str) -> None:
    """What outputs are stays, but for what rounding of weights does."""
    loss = 3.0 if "weights" in transform else 1e-4
    before, after = _results(graph_def), _results(TransformGraph(graph_def, ["x"], ["o", "z"], [transform]))
    np.testing.assert_allclose(after[0], before[0], rtol=1e-5)
    np.testing.assert_allclose(after[1], before[1], atol=loss)


def test_each_transform_does_what_it_says(graph_def: Any) -> None:
    """Nodes, names, attributes and devices, beside what TensorFlow 1.15 makes of them."""
    assert "cc" not in _changed(graph_def, "strip_unused_nodes")
    assert _changed(graph_def, "fold_constants")["sum"].op == "Const"
    folded = _changed(graph_def, "fold_batch_norms")
    assert (folded["y"].op, "mm" in folded, list(folded["i"].input)) == ("MatMul", False, ["y"])
    assert _changed(graph_def, "remove_nodes(op=Identity)")["o"].input[0] == "y"
    assert _changed(graph_def, "remove_device")["cc"].device == ""
    placed = _changed(graph_def, 'set_device(device="/gpu:0", if_default=true)')
    assert placed["mm"].device == "/gpu:0" and placed["cc"].device != "/gpu:0"
    joined = _changed(graph_def, "backport_concatv2")["cc"]
    assert (joined.op, list(joined.input), "Tidx" in joined.attr) == ("Concat", ["cc/axis", "x", "x"], False)
    assert _changed(graph_def, "rename_op(old_op_name=Mul, new_op_name=Times)")["y"].op == "Times"
    assert not _changed(graph_def, "remove_attribute(attribute_name=T, op_name=Mul)")["y"].attr
    other = _changed(graph_def, "rename_attribute(old_attribute_name=T, new_attribute_name=U)")["y"]
    assert list(other.attr) == ["U"]
    assert set(_changed(graph_def, "obfuscate_names")) >= {"x", "o", "z", "0", "a", "b"}
    order = list(_changed(TransformGraph(graph_def, ["x"], ["o"], []), "sort_by_execution_order"))
    assert order.index("mm") < order.index("y") < order.index("o")


def test_weights_are_rounded_and_written_as_bytes(graph_def: Any) -> None:
    """The middles of equal steps, and codes between the least and the greatest value, as TensorFlow 1.15 has them."""
    rounded = tf.make_ndarray(_changed(graph_def, "round_weights(num_steps=4)")["large"].attr["value"].tensor)
    np.testing.assert_allclose(np.unique(rounded), [-0.625, 0.125, 0.875, 1.625])
    made = _changed(graph_def, "quantize_weights(minimum_size=2)")
    assert (made["w"].op, list(made["w"].input)) == (
        "Dequantize",
        ["w_quantized_const", "w_quantized_min", "w_quantized_max"],
    )
    codes = made["w_quantized_const"].attr["value"].tensor.tensor_content
    assert list(codes) == [0, 32, 64, 96, 128, 159, 191, 223, 255]
    assert _changed(graph_def, "quantize_weights")["w"].op == "Const"


def test_graphs_are_cut_at_their_inputs(graph_def: Any) -> None:
    """A fed node that is none becomes a placeholder of the type and shape that is told."""
    told = 'strip_unused_nodes(type=float, shape="5,3")'
    cut = {node.name: node for node in TransformGraph(graph_def, ["mm"], ["o:0"], [told]).node}
    assert (cut["mm"].op, "x" in cut, "w" in cut) == ("Placeholder", False, False)
    assert [dim.size for dim in cut["mm"].attr["shape"].shape.dim] == [5, 3]


def test_texts_of_transforms_are_read() -> None:
    """Several in one text, values in quotation marks, an argument several times."""
    assert parsed('a b(c=d, c="e f",g=1)\n h()') == [("a", {}), ("b", {"c": ["d", "e f"], "g": ["1"]}), ("h", {})]


@pytest.mark.parametrize(
    ("transforms", "names", "kind", "words"),
    [
        (["nonsense"], (["x"], ["o"]), tf.errors.InvalidArgumentError, "'nonsense' not recognized"),
        (["quantize_nodes"], (["x"], ["o"]), tf.errors.UnimplementedError, "'quantize_nodes' is not built"),
        (["remove_nodes"], (["x"], ["o"]), tf.errors.InvalidArgumentError, "at least one 'op'"),
        (["rename_op(old_op_name=Mul)"], (["x"], ["o"]), tf.errors.InvalidArgumentError, "'new_op_name'"),
        (["round_weights(num_steps=x)"], (["x"], ["o"]), tf.errors.InvalidArgumentError, "no whole number"),
        (["set_device(device=/cpu:0)"], (["x"], ["o"]), tf.errors.InvalidArgumentError, "Looking for parameter value"),
        (['set_device(device="a)'], (["x"], ["o"]), tf.errors.InvalidArgumentError, "quotation mark"),
        (["strip_unused_nodes(type=what)"], (["y"], ["o"]), tf.errors.InvalidArgumentError, "type argument 'what'"),
        (["fold_constants"], ([], []), tf.errors.InvalidArgumentError, "at least one target"),
        ([], (["q"], ["o"]), tf.errors.InvalidArgumentError, "Input node q not found"),
        ([], (["x"], ["q"]), tf.errors.InvalidArgumentError, "Output node q not found"),
    ],
)
def test_what_is_wrong_is_named(graph_def: Any, transforms: Any, names: Any, kind: Any, words: str) -> None:
    """A transform, an argument, or a node that there is not."""
    with pytest.raises(kind, match=words):
        TransformGraph(graph_def, *names, transforms)
    with pytest.raises(TypeError, match="GraphDef"):
        TransformGraph("text", ["x"], ["o"], [])


def test_constants_that_cannot_be_computed_stay(graph_def: Any) -> None:
    """`ignore_errors` leaves the graph; without it the error is the operation's."""
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [], name="x")
        tf.add(x, tf.linalg.inv(tf.zeros([2, 2]), name="bad"), name="o")
    with pytest.raises(tf.errors.InvalidArgumentError, match="not invertible"):
        TransformGraph(graph.as_graph_def(), ["x"], ["o"], ["fold_constants"])
    kept = TransformGraph(graph.as_graph_def(), ["x"], ["o"], ["fold_constants(ignore_errors=true)"])
    assert "MatrixInverse" in [node.op for node in kept.node]


def test_programs_find_it_under_tensorflows_name(tmp_path: Path) -> None:
    """The import that they have; `sessile check` knows it, and says nothing false about other tools of TensorFlow."""
    program = tmp_path / "program.py"
    program.write_text(
        "import tensorflow as tf\n"
        "from tensorflow.tools.graph_transforms import TransformGraph\n"
        "x = tf.placeholder(tf.float32, [2], name='x')\n"
        "y = tf.identity(x + tf.constant(1.0) * 2.0, name='y')\n"
        "made = TransformGraph(tf.get_default_graph().as_graph_def(), ['x'], ['y'], ['fold_constants'])\n"
        "print(sorted(node.op for node in made.node))\n"
    )
    start = [sys.executable, "-m", "sessile"]
    run = subprocess.run([*start, str(program)], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['AddV2', 'Const', 'Identity', 'Placeholder']"
    checked = subprocess.run([*start, "check", str(program)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    program.write_text("from tensorflow.tools.compatibility import ast_edits\n")
    checked = subprocess.run([*start, "check", str(program)], capture_output=True, text=True, check=False)
    assert "is not here" in checked.stdout and "nor in TensorFlow" not in checked.stdout
