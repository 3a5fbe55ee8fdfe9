"""`import_graph_def`: names, maps, scopes, defaults; what is refused, and that a refusal leaves the graph as it was."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from google.protobuf import text_format
from google.protobuf.message import DecodeError
from sessile.ops.encoding.known_types import _messages, known_type

import sessile as tf
from tests.graphdef.playing import FIXTURES

X = "node { name: 'x' op: 'Placeholder' attr { key: 'dtype' value { type: DT_FLOAT } } }"
T = "attr { key: 'T' value { type: DT_FLOAT } }"
Y = f"node {{ name: 'y' op: 'Neg' input: 'x' {T} }}"


def graph_def(*nodes: str, producer: int = 2474) -> Any:
    """A GraphDef from the text of its nodes."""
    text = "\n".join(nodes) + f"\nversions {{ producer: {producer} }}"
    return text_format.Parse(text, tf.GraphDef())


def names() -> list[str]:
    """The names of the operations of the default graph."""
    return [op.name for op in tf.get_default_graph().get_operations()]


# Names.


@pytest.mark.parametrize(("name", "found"), [(None, "import/x"), ("", "x"), ("a/b", "a/b/x"), ("a/", "a/x")])
def test_prefix(name: str | None, found: str) -> None:
    """The prefix is "import", the given one, or none."""
    assert tf.import_graph_def(graph_def(X), name=name) is None
    assert names() == [found]


def test_a_second_import_has_other_names() -> None:
    """The prefix is made unique; without a prefix the names are."""
    for name in (None, None, "", ""):
        tf.import_graph_def(graph_def(X), name=name)
    assert names() == ["import/x", "import_1/x", "x", "x_1"]


def test_names_avoid_those_of_the_graph_def() -> None:
    """A new name is none of the GraphDef's own."""
    tf.no_op(name="a")
    nodes = ["node { name: 'a' op: 'NoOp' }", "node { name: 'a_1' op: 'NoOp' input: '^a' }"]
    found = tf.import_graph_def(graph_def(*nodes), name="", return_elements=["a", "a_1"])
    assert found is not None
    assert [op.name for op in found] == ["a_2", "a_1"]
    assert found[1].control_inputs == [found[0]]
    assert tf.no_op(name="a").name == "a_3"


def test_name_scopes() -> None:
    """A scope goes before the prefix; no prefix means no scope either."""
    with tf.name_scope("scope"):
        tf.import_graph_def(graph_def(X))
        tf.import_graph_def(graph_def(X), name="")
    assert names() == ["scope/import/x", "x"]


def test_order() -> None:
    """Operations come after their inputs, otherwise in the order of the nodes."""
    tf.import_graph_def(graph_def("node { name: 'c' op: 'NoOp' input: '^y' }", Y, "node { name: 'a' op: 'NoOp' }", X))
    assert names() == ["import/a", "import/x", "import/y", "import/c"]


# Maps and elements.


def test_return_elements() -> None:
    """Operations and tensors, by the names they have in the GraphDef."""
    op, tensor = tf.import_graph_def(graph_def(X, Y), return_elements=["y", "x:0"])
    assert (op.name, tensor.name) == ("import/y", "import/x:0")


@pytest.mark.parametrize("key", ["x", "x:0"])
def test_mapped_input(key: str) -> None:
    """A tensor takes the place of an output, and is returned for it."""
    mine = tf.placeholder(tf.float32, [2], name="mine")
    y, x = tf.import_graph_def(graph_def(X, Y), {key: mine}, ["y:0", "x:0"])
    assert y.op.inputs == (mine,)
    assert x is mine
    assert y.shape == [2]


def test_mapped_value() -> None:
    """A value becomes a constant under the prefix."""
    (y,) = tf.import_graph_def(graph_def(X, Y), {"x": np.float32(3)}, ["y:0"])
    assert y.op.inputs[0].name == "import/_inputs/Const:0"
    assert tf.Session().run(y) == -3


def test_mapped_variable() -> None:
    """A variable stands for its value."""
    variable = tf.Variable(2.0, name="v")
    (y,) = tf.import_graph_def(graph_def(X, Y), {"x": variable}, ["y:0"])
    assert y.op.inputs == (variable.value(),)


def test_mapped_control_input() -> None:
    """`^name` maps a control input, to the operation of a tensor or to an operation."""
    gate = "node { name: 'gate' op: 'NoOp' }"
    waiting = f"node {{ name: 'y' op: 'Neg' input: 'x' input: '^gate' {T} }}"
    mine = tf.no_op(name="mine")
    for value in (mine, tf.constant(1.0, name="value")):
        (y,) = tf.import_graph_def(graph_def(X, gate, waiting), {"^gate": value}, ["y"])
        assert [op.name for op in y.control_inputs] == [value.name.split(":")[0]]


def test_mapped_away() -> None:
    """What is mapped needs not be in the GraphDef."""
    (y,) = tf.import_graph_def(graph_def(Y), {"x": tf.constant(1.0)}, ["y:0"])
    assert tf.Session().run(y) == -1


# What surrounds the import, and what nodes say.


def test_scopes_apply() -> None:
    """Devices fill what nodes leave open, control inputs are added to all nodes, gradients renamed."""
    gate = tf.no_op(name="gate")
    nodes = ["node { name: 'a' op: 'NoOp' }", "node { name: 'b' op: 'NoOp' input: '^a' device: '/cpu:1' }"]
    graph = tf.get_default_graph()
    with tf.device("/job:worker/cpu:0"), tf.control_dependencies([gate]), graph.gradient_override_map({"NoOp": "Mine"}):
        a, b = tf.import_graph_def(graph_def(*nodes), return_elements=["a", "b"])
    assert (a.device, b.device) == ("/job:worker/device:CPU:0", "/job:worker/device:CPU:1")
    assert (a.control_inputs, b.control_inputs) == ([gate], [a, gate])
    assert a.get_attr("_gradient_op_type") == b"Mine"


def test_colocation_follows_the_names() -> None:
    """`loc:@x` becomes `loc:@import/x`."""
    near = f"node {{ name: 'y' op: 'Neg' input: 'x' {T} attr {{ key: '_class' value {{ list {{ s: 'loc:@x' }} }} }} }}"
    (y,) = tf.import_graph_def(graph_def(X, near), return_elements=["y"])
    assert y.colocation_groups() == [b"loc:@import/x"]


def test_absent_attributes_have_their_defaults() -> None:
    """As the definition says."""
    product = f"node {{ name: 'p' op: 'MatMul' input: 'x' input: 'x' {T} }}"
    (p,) = tf.import_graph_def(graph_def(X, product), return_elements=["p"])
    assert (p.get_attr("transpose_a"), p.get_attr("transpose_b")) == (False, False)


def test_attributes_of_others() -> None:
    """Unknown attributes are kept, unless they have the default that the producer's list says."""
    newer = f"node {{ name: 'y' op: 'Neg' input: 'x' {T} attr {{ key: 'new' value {{ i: 3 }} }} }}"
    assert tf.import_graph_def(graph_def(X, newer), return_elements=["y"])[0].get_attr("new") == 3
    op_list = tf.train.export_meta_graph().meta_info_def.stripped_op_list
    definition = next(op for op in op_list.op if op.name == "Neg")
    definition.attr.add(name="new", type="int").default_value.i = 3
    (y,) = tf.import_graph_def(graph_def(X, newer), return_elements=["y"], producer_op_list=op_list)
    assert "new" not in y.node_def.attr


def test_output_shapes_are_read() -> None:
    """`_output_shapes` adds to what is known of shapes, and is left out."""
    shape = "attr { key: '_output_shapes' value { list { shape { dim { size: 3 } dim { size: -1 } } } } }"
    (x,) = tf.import_graph_def(graph_def(X.replace("} }", "} } " + shape, 1)), return_elements=["x"])
    assert x.outputs[0].shape.as_list() == [3, None]
    assert "_output_shapes" not in x.node_def.attr


@pytest.mark.parametrize(("producer", "shape"), [(21, None), (22, [])])
def test_old_placeholders(producer: int, shape: Any) -> None:
    """In old graphs the empty shape of a Placeholder means that nothing is known."""
    node = X.replace("} }", "} } attr { key: 'shape' value { shape { } } }", 1)
    (x,) = tf.import_graph_def(graph_def(node, producer=producer), return_elements=["x:0"])
    assert x.shape.ndims == (None if shape is None else 0)


# What is refused.


def node(name: str, op: str, inputs: str = "", attrs: str = T) -> str:
    """The text of a node."""
    return f"node {{ name: '{name}' op: '{op}' {' '.join(f'input: {i!r}' for i in inputs.split())} {attrs} }}"


MALFORMED = {
    "missing input": ([node("y", "Neg", "x")], "Node 'y': Unknown input node 'x'"),
    "missing control input": ([X, node("y", "Neg", "x ^z")], "Unknown input node '\\^z'"),
    "missing output": ([X, node("y", "Neg", "x:1")], "invalid output 1 of source node x which has 1 outputs"),
    "control first": ([X, node("y", "Add", "x ^x x")], "Control dependencies must come after"),
    "cycle": ([X, node("y", "Neg", "z"), node("z", "Neg", "y")], "2 nodes in a cycle.*'y', 'z'"),
    "own input": ([node("y", "Neg", "y")], "1 nodes in a cycle"),
    "same names": ([X, X], "Node 'x' is not unique"),
    "bad name": ([node("a b", "NoOp", attrs="")], "invalid characters"),
    "no name": ([node("", "NoOp", attrs="")], "invalid characters"),
    "no type": ([node("a", "", attrs="")], "does not specify an operation"),
    "too many inputs": ([X, node("y", "Neg", "x x")], "'float' do not match 2 inputs"),
    "too few inputs": ([X, node("y", "Add", "x")], "'float, float' do not match 1 inputs"),
    "other type": ([X, node("y", "Neg", "x", T.replace("FLOAT", "INT32"))], "was passed float .* expected int32"),
    "no reference": ([X, node("y", "Assign", "x x")], "was passed float .* expected float_ref"),
    "type not allowed": ([X, node("y", "Neg", "x", T.replace("FLOAT", "STRING"))], "of string is not in the list"),
    "attribute missing": ([X, node("y", "Cast", "x", "")], "missing attrs 'DstT', 'SrcT'"),
    "attribute of a wrong kind": (
        [X, node("y", "Neg", "x", "attr { key: 'T' value { i: 1 } }")], "type 'int' when 'type' expected",
    ),
    "attribute without value": ([X, node("y", "Neg", "x", "attr { key: 'T' value { } }")], "missing value"),
    "attribute too small": (
        [node("y", "AddN", "", T + "attr { key: 'N' value { i: 0 } }")], "'N' of 0 must be at least minimum 1",
    ),
    "unknown choice": (
        [X, node("y", "BiasAdd", "x x", T + "attr { key: 'data_format' value { s: 'X' } }")], '"X" is not in the list',
    ),
    "unknown type": ([node("y", "Placeholder", "", "attr { key: 'dtype' value { type: 99 } }")], "is invalid"),
    "broken constant": (
        [node("y", "Const", "", "attr { key: 'dtype' value { type: DT_INT32 } } attr { key: 'value' value { tensor { "
              "dtype: DT_INT32 tensor_shape { dim { size: 2 } } tensor_content: 'abc' } } }")], "AttrValue is invalid",
    ),
    "constant of another type": (
        [node("y", "Const", "", "attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: 'value' value { tensor { "
              "dtype: DT_INT32 tensor_shape { } int_val: 2 } } }")], "does not fit a value of int32",
    ),
    "bad device": (["node { name: 'a' op: 'NoOp' device: 'nowhere' }"], "'nowhere'.*\n.*node 'a'"),
    "bad colocation": (
        [node("a", "NoOp", "", "attr { key: '_class' value { list { s: 'loc:@b' } } }")], "unknown node 'b'",
    ),
    "contradicting shapes": (
        [X, X.replace("'x'", "'z'").replace("} }", "} } attr { key: 'shape' value { shape { dim { size: 2 } } } }", 1),
         node("y", "MatMul", "x z")], "must be rank 2 but is rank 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed(case: str) -> None:
    """ValueError, and the graph is as before, names included."""
    nodes, message = MALFORMED[case]
    kept = tf.constant(1.0, name="kept")
    with pytest.raises(ValueError, match=message):
        tf.import_graph_def(graph_def(*nodes))
    assert names() == ["kept"]
    assert not kept.consumers()
    tf.import_graph_def(graph_def(X))
    assert names() == ["kept", "import/x"]


def test_damaged_messages() -> None:
    """Whatever a message says, it is imported or refused with ValueError or NotFoundError and leaves nothing."""
    random = np.random.RandomState(1)
    whole = [path.read_bytes() for path in sorted(FIXTURES.glob("*.pb"))]
    outcomes = set()
    for _ in range(400):
        data = bytearray(whole[random.randint(len(whole))])
        for _ in range(random.randint(1, 4)):
            data[random.randint(len(data))] = random.randint(256)
        try:
            message = tf.GraphDef.FromString(bytes(data))
        except DecodeError:
            continue
        with tf.Graph().as_default() as graph:
            try:
                tf.import_graph_def(message)
                outcomes.add("imported")
            except (ValueError, tf.errors.NotFoundError):
                outcomes.add("refused")
                assert not graph.get_operations()
                assert graph.unique_name("import") == "import"
    assert outcomes == {"imported", "refused"}


def test_a_late_failure_leaves_nothing() -> None:
    """Consumers, control outputs and new constants are taken back too."""
    mine = tf.placeholder(tf.float32, [3], name="mine")
    gate = tf.no_op(name="gate")
    bad = graph_def(X, Y, node("z", "MatMul", "x y"))
    with pytest.raises(ValueError), tf.control_dependencies([gate]):
        tf.import_graph_def(bad, {"x": mine})
    assert names() == ["mine", "gate"]
    assert not mine.consumers()
    assert not gate._control_outputs_list


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("nodes",), TypeError), ((None,), TypeError), ((b"",), TypeError), ((tf.ConfigProto(),), TypeError),
        ((graph_def(X), [("x", 1)]), TypeError), ((graph_def(X), {1: 1}), TypeError),
        ((graph_def(X, Y), {"q": 1.0}), ValueError), ((graph_def(X, Y), {"x:1": 1.0}), ValueError),
        ((graph_def(X, Y), {"x:a": 1.0}), ValueError), ((graph_def(X, Y), {"x": "text"}), ValueError),
        ((graph_def(X, Y), {"x": 1.0}, None, ""), ValueError),
        ((graph_def(X), None, [1]), TypeError), ((graph_def(X), None, ["q"]), ValueError),
        ((graph_def(X), None, ["q:0"]), ValueError), ((graph_def(X), None, ["x:7"]), ValueError),
        ((graph_def(X), None, ["x:a"]), ValueError), ((graph_def(X), None, None, 3), TypeError),
        ((graph_def(X), None, None, "a b"), ValueError),
    ],
)  # fmt: skip
def test_wrong_arguments(arguments: Any, error: type[Exception]) -> None:
    """The classes that TensorFlow raises; nothing is added."""
    with pytest.raises(error):
        tf.import_graph_def(*arguments)
    assert not names()


def test_elements_of_other_graphs() -> None:
    """A mapped tensor is of the default graph."""
    with tf.Graph().as_default():
        foreign = tf.constant(1.0)
    with pytest.raises(ValueError, match="does not exist in graph"):
        tf.import_graph_def(graph_def(X, Y), {"x": foreign})


def test_versions() -> None:
    """A GraphDef may say that we are too old for it."""
    for field, value in (("min_consumer", 10**6), ("bad_consumers", [2474])):
        message = graph_def(X)
        getattr(message.versions, field).extend(value) if field == "bad_consumers" else setattr(
            message.versions, field, value
        )
        with pytest.raises(ValueError, match="consumer"):
            tf.import_graph_def(message)


def test_finalized() -> None:
    """Nothing is added to a finalized graph."""
    tf.get_default_graph().finalize()
    with pytest.raises(RuntimeError, match="finalized"):
        tf.import_graph_def(graph_def(X))


def test_every_unsupported_operation_is_named() -> None:
    """All types and nodes at once, also those that nothing needs."""
    message = graph_def(X, node("a", "Mystery", "x"), node("b", "Other", "x"), node("c", "Mystery", "b:1"))
    with pytest.raises(tf.errors.NotFoundError, match="Op type not registered 'Mystery', 'Other'") as caught:
        tf.import_graph_def(message)
    assert "  Mystery: 'a', 'c'\n  Other: 'b'" in caught.value.message
    assert caught.value.unsupported == {"Mystery": ["a", "c"], "Other": ["b"]}  # type: ignore[attr-defined]
    assert not names()


def test_what_is_not_built_is_imported_and_not_run() -> None:
    """A warning names the types; a step that needs one is refused before it begins, others run."""
    message = tf.GraphDef()
    message.CopyFrom(graph_def(X, Y))
    broken = message.node.add(name="broken", op="NcclReduce", input=["x", "y"])
    broken.attr["T"].type = tf.float32.as_datatype_enum
    broken.attr["num_devices"].i = 2
    broken.attr["reduction"].s = b"sum"
    with pytest.warns(UserWarning, match=r"not built here were imported \(NcclReduce\)") as caught:
        elements = tf.import_graph_def(message, name="", return_elements=["broken:0", "y:0"])
    assert caught[0].filename == __file__
    assert elements is not None and elements[0].dtype is tf.float32 and elements[0].shape.ndims is None
    count = tf.Variable(0)
    added = count.assign_add(1)
    with tf.Session() as session:
        session.run(count.initializer)
        assert session.run("y:0", {"x:0": 2.0}) == -2
        with tf.control_dependencies([added]):
            after = tf.identity(elements[0])
        with pytest.raises(tf.errors.UnimplementedError, match="NcclReduce .'broken'. can be imported but not run"):
            session.run(after, {"x:0": 2.0})
        assert session.run(count) == 0
        assert session.run(after, {"broken:0": 3.0}) == 3
    assert "NcclReduce" in {node.op for node in tf.get_default_graph().as_graph_def().node}
    assert not hasattr(tf.raw_ops, "NcclReduce")


def test_definitions_of_what_is_not_built() -> None:
    """Each type of TensorFlow's can be read; those that are built are not taken from there."""
    for name in _messages():
        definition = known_type(name)
        if definition is not None:
            assert definition.name == name and definition.attrs is not None and definition.kernel is None
    assert known_type("Mystery") is None
    assert str(known_type("QueueDequeue")).count("is_ref: true") == 1


def test_large_graphs() -> None:
    """Ten thousand nodes take less than a few seconds on a busy machine (0.6 s when measured), in any order."""
    message = graph_def(X)
    for number in range(10_000):
        entry = message.node.add(name=f"n{number}", op="Neg", input=[f"n{number - 1}" if number else "x"])
        entry.attr["T"].type = tf.float32.as_datatype_enum
    backwards = tf.GraphDef(node=reversed(message.node))
    for order in (message, backwards):
        start = time.perf_counter()
        with tf.Graph().as_default():
            tf.import_graph_def(order)
        assert time.perf_counter() - start < 5


def test_names_of_return_elements_may_be_bytes() -> None:
    """As in TensorFlow."""
    assert [element.name for element in tf.import_graph_def(graph_def(X), return_elements=[b"x", b"x:0"])] == [
        "import/x",
        "import/x:0",
    ]


def test_an_error_about_a_thousand_types_is_short() -> None:
    """It names some of them, says how many more there are, and carries all."""
    graph_def = tf.GraphDef()
    for number in range(1000):
        for place in range(30):
            graph_def.node.add(name=f"node_{number}_{place}", op=f"Unheard{number:04}")
    graph_def.node.add(name="n" * 1_000_000, op="Z" * 1_000_000)
    with tf.Graph().as_default(), pytest.raises(tf.errors.NotFoundError, match="and 981 more") as caught:
        tf.import_graph_def(graph_def)
    assert len(str(caught.value)) < 20_000
    assert len(caught.value.unsupported) == 1001  # type: ignore[attr-defined]
