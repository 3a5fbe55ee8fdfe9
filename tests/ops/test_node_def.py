"""Messages of operations, graphs, attributes and tensors. Expected bytes are those that TensorFlow 2.21 writes."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from sessile.ops import proto
from sessile.ops.building import basic_ops as core
from sessile.ops.building.constant import constant
from sessile.ops.building.default_graph import colocate_with, control_dependencies, device
from sessile.ops.encoding import node_def, tensor_proto
from sessile.ops.families.reductions import reductions as reduce_functions
from sessile.ops.graph.graph import Graph
from sessile.ops.types import dtypes


def fields(message: Any) -> dict[str, Any]:
    """The filled fields of a TensorProto except its shape."""
    filled = {field.name: value for field, value in message.ListFields() if field.name != "tensor_shape"}
    return {key: value if isinstance(value, (int, bytes)) else list(value) for key, value in filled.items()}


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        (1.5, None, {"dtype": 1, "float_val": [1.5]}),
        ([1.5, 2.5], None, {"dtype": 1, "tensor_content": b"\0\0\xc0?\0\0 @"}),
        (3, None, {"dtype": 3, "int_val": [3]}),
        ([7], None, {"dtype": 3, "int_val": [7]}),
        ([1, 2], None, {"dtype": 3, "tensor_content": b"\1\0\0\0\2\0\0\0"}),
        (2**40, None, {"dtype": 9, "int64_val": [2**40]}),
        ("abc", None, {"dtype": 7, "string_val": [b"abc"]}),
        (["a", b"b"], None, {"dtype": 7, "string_val": [b"a", b"b"]}),
        ([True, False], None, {"dtype": 10, "bool_val": [True, False]}),
        (1 + 2j, None, {"dtype": 18, "dcomplex_val": [1.0, 2.0]}),
        ([1, 2], "complex64", {"dtype": 8, "scomplex_val": [1.0, 0.0, 2.0, 0.0]}),
        ([1, 2], "uint16", {"dtype": 17, "int_val": [1, 2]}),
        ([-1, 2], "int8", {"dtype": 6, "tensor_content": b"\xff\2"}),
        ([1, 2], "bfloat16", {"dtype": 14, "tensor_content": b"\x80?\0@"}),
        (np.float16(1.0), None, {"dtype": 19, "half_val": [0x3C00]}),
        (5, "uint64", {"dtype": 23, "uint64_val": [5]}),
        ([], None, {"dtype": 1}),
    ],
)
def test_make_tensor_proto(values: Any, dtype: Any, expected: dict[str, Any]) -> None:
    assert fields(tensor_proto.make_tensor_proto(values, dtype)) == expected


def test_fewer_values_than_the_shape() -> None:
    message = tensor_proto.make_tensor_proto([1, 2], shape=[2, 3])
    assert fields(message) == {"dtype": 3, "int_val": [1, 2]}
    assert tensor_proto.to_ndarray(message).tolist() == [[1, 2, 2], [2, 2, 2]]


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"values": None}, ValueError, "None values"),
        ({"values": [1, 2, 3], "shape": [2]}, ValueError, "Takes at most 2, but got 3"),
        ({"values": [1, 2], "shape": [2, 3], "verify_shape": True}, TypeError, "Expected Tensor's shape"),
        ({"values": [1.5], "dtype": "int32"}, TypeError, "Expected int32"),
    ],
)
def test_make_tensor_proto_refuses(arguments: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        tensor_proto.make_tensor_proto(**arguments)


@pytest.mark.parametrize("dtype", [d for d in dtypes.ALL if d.kind != "r"])
@pytest.mark.parametrize("shape", [(), (1,), (0, 2), (2, 3)])
def test_arrays_survive(dtype: Any, shape: tuple[int, ...]) -> None:
    if dtype.kind == "s":
        array = np.full(shape, b"text", object)
    else:
        array = (np.arange(int(np.prod(shape))) % 2).reshape(shape).astype(dtype.np_dtype)
    message = tensor_proto.array_to_proto(array, dtype)
    back = tensor_proto.to_ndarray(proto.TensorProto.FromString(message.SerializeToString()))
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tolist() == array.tolist()
    assert back.flags.writeable


def test_negative_zero_and_nan_survive() -> None:
    array = np.array([-0.0, np.nan, np.inf], np.float32)
    back = tensor_proto.to_ndarray(tensor_proto.make_tensor_proto(array))
    assert np.signbit(back[0])
    assert np.isnan(back[1])
    single = tensor_proto.to_ndarray(tensor_proto.make_tensor_proto(ml_dtypes.bfloat16(-0.0)))
    assert np.signbit(single)


def test_damaged_tensors() -> None:
    message = tensor_proto.make_tensor_proto([1.0, 2.0])
    message.tensor_shape.dim[0].size = 3
    with pytest.raises(ValueError, match="has 2 values"):
        tensor_proto.to_ndarray(message)
    with pytest.raises(ValueError, match="of 1 elements has 2 values"):
        tensor_proto.to_ndarray(proto.TensorProto(dtype=3, int_val=[1, 2]))
    with pytest.raises(TypeError, match="Unsupported tensor type"):
        tensor_proto.to_ndarray(proto.TensorProto(dtype=20))


def test_a_message_without_values_is_zeros() -> None:
    shape = proto.TensorShapeProto(dim=[proto.TensorShapeProto.Dim(size=2)])
    assert tensor_proto.to_ndarray(proto.TensorProto(dtype=1, tensor_shape=shape)).tolist() == [0.0, 0.0]
    assert tensor_proto.to_ndarray(proto.TensorProto(dtype=7, tensor_shape=shape)).tolist() == [b"", b""]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", -3),
        ("float", 0.5),
        ("bool", True),
        ("string", b"\xffbytes"),
        ("type", dtypes.bfloat16),
        ("shape", (None, 3)),
        ("shape", ()),
        ("shape", None),
        ("list(int)", [1, 2]),
        ("list(type)", [dtypes.float32, dtypes.string]),
        ("list(shape)", [(2,), None]),
        ("list(string)", (b"loc:@a",)),
        ("list(float)", []),
    ],
)
def test_attributes_survive(kind: str, value: Any) -> None:
    message = node_def.attr_to_proto(kind, value)
    assert message.WhichOneof("value") is not None
    assert node_def.attr_from_proto(proto.AttrValue.FromString(message.SerializeToString())) == value


def test_an_attribute_without_value() -> None:
    with pytest.raises(ValueError, match="no value"):
        node_def.attr_from_proto(proto.AttrValue())


@pytest.fixture
def graph() -> Graph:
    result = Graph()
    with result.as_default():
        a = core.placeholder("float32", [None, 3], name="a")
        b = constant([1, 2], name="b")
        with control_dependencies([b]), device("/cpu:0"):
            c = core.identity(a, name="c")
        parts = core.identity_n([c, b], name="parts")
        with colocate_with(c.op):
            reduce_functions.reduce_sum(parts[0], 1, name="sum")
        core.ensure_shape(parts[0], [2, 3], name="checked")
        core.placeholder("int32", name="any")
        with control_dependencies([a, parts[1]]):
            core.no_op(name="end")
    return result


def test_graph_def(graph: Graph) -> None:
    message = graph.as_graph_def()
    assert message.versions == proto.VersionDef(producer=node_def.PRODUCER)
    rows = {node.name: (node.op, list(node.input), node.device) for node in message.node}
    assert rows["c"] == ("Identity", ["a", "^b"], "/device:CPU:0")
    assert rows["parts"] == ("IdentityN", ["c", "b"], "")
    assert rows["end"] == ("NoOp", ["^a", "^parts"], "")
    assert rows["sum"][1] == ["parts", "sum/reduction_indices"]
    assert message.node[0].attr["shape"].shape.dim[0].size == -1
    assert {node.name: node for node in message.node}["any"].attr["shape"].shape.unknown_rank
    assert [node.name for node in graph.as_graph_def(from_version=2).node] == list(rows)[2:]


def test_output_shapes(graph: Graph) -> None:
    nodes = {node.name: node for node in graph.as_graph_def(add_shapes=True).node}
    sizes = [[dim.size for dim in shape.dim] for shape in nodes["parts"].attr["_output_shapes"].list.shape]
    assert sizes == [[-1, 3], [2]]
    assert "_output_shapes" not in nodes["end"].attr


def test_get_attr(graph: Graph) -> None:
    def attr(name: str, key: str) -> Any:
        return graph.get_operation_by_name(name).get_attr(key)

    assert attr("a", "dtype") is dtypes.float32
    assert attr("a", "shape").dim[1].size == 3
    assert attr("parts", "T") == [dtypes.float32, dtypes.int32]
    assert attr("sum", "_class") == [b"loc:@c"]
    assert attr("sum", "keep_dims") is False
    assert attr("b", "value").tensor_content == b"\1\0\0\0\2\0\0\0"
    with pytest.raises(ValueError, match="Operation 'a' has no attr named 'zz'"):
        attr("a", "zz")


def test_nodes_build_the_same_graph(graph: Graph) -> None:
    message = graph.as_graph_def()
    copy = Graph()
    with copy.as_default():
        for node in message.node:
            inputs = [name for name in node.input if not name.startswith("^")]
            waits = [copy.get_operation_by_name(name[1:]) for name in node.input if name.startswith("^")]
            tensors = [copy.get_tensor_by_name(name if ":" in name else f"{name}:0") for name in inputs]
            with control_dependencies(waits), device(node.device or None):
                copy.create_op(node.op, tensors, name=node.name, attrs=dict(node.attr))
    assert copy.as_graph_def(add_shapes=True) == graph.as_graph_def(add_shapes=True)
