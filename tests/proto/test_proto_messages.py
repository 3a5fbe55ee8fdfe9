"""Our messages against the record of TensorFlow's: same bytes, same text, both ways. `record.py` made the record."""

from __future__ import annotations

import base64
import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from filler import fill
from google.protobuf import text_format
from sessile.ops import proto

FIXTURES = Path(__file__).resolve().parent / "fixtures"
FILLED: dict[str, dict[str, str]] = json.loads((FIXTURES / "filled.json").read_text())
REAL = sorted(FIXTURES.glob("*.binpb"))


def check_record(message_class: Any, data: bytes, text: str) -> Any:
    """Check that bytes and text are read, mean the same, and come out as they went in; return the message."""
    message = message_class.FromString(data)
    assert message.SerializeToString(deterministic=True) == data
    assert text_format.MessageToString(message, as_utf8=True) == text
    assert text_format.Parse(text, message_class()) == message
    return message


def test_every_message_is_recorded() -> None:
    """The record covers the schema: none was added without recording it."""
    assert {getattr(proto, name).DESCRIPTOR.full_name for name in proto.MESSAGES} == set(FILLED)


@pytest.mark.parametrize("full_name", FILLED)
def test_filled_message_is_tensorflows(full_name: str) -> None:
    """With every field set, bytes and text are TensorFlow's, and nothing was an unknown field."""
    message_class = getattr(proto, full_name.rpartition(".")[2])
    data = base64.b64decode(FILLED[full_name]["bytes"])
    message = check_record(message_class, data, FILLED[full_name]["text"])
    assert fill(message_class(), seed=1, depth=2) == message


@pytest.mark.parametrize("path", REAL, ids=[path.stem for path in REAL])
def test_real_message_is_tensorflows(path: Path) -> None:
    """What a TensorFlow 1 program wrote is read and written back unchanged."""
    message_class = getattr(proto, path.stem.rpartition(".")[2])
    check_record(message_class, path.read_bytes(), path.with_suffix(".pbtxt").read_text(encoding="utf-8"))


def test_recorded_graph_is_readable() -> None:
    """Names, attributes and oneofs of a real graph are where they belong."""
    graph = proto.GraphDef.FromString((FIXTURES / "graph.GraphDef.binpb").read_bytes())
    nodes = {node.name: node for node in graph.node}
    assert nodes["y"].op == "MatMul"
    assert nodes["x"].attr["dtype"].type == proto.DataType.DT_FLOAT
    assert nodes["x"].attr["shape"].WhichOneof("value") == "shape"
    assert [dim.size for dim in nodes["x"].attr["shape"].shape.dim] == [-1, 2]


def test_collection_bytes_are_messages() -> None:
    """The variables and loops that a meta graph keeps as bytes are read by the schema too."""
    meta_graph = proto.MetaGraphDef.FromString((FIXTURES / "saved.MetaGraphDef.binpb").read_bytes())
    variables = meta_graph.collection_def["variables"].bytes_list.value
    assert [proto.VariableDef.FromString(data).variable_name for data in variables] == ["weights:0"]
    loops = meta_graph.collection_def["while_context"].bytes_list.value
    assert [proto.WhileContextDef.FromString(data).context_name for data in loops] == ["while/while_context"]


def test_undeclared_field_passes_through() -> None:
    """TensorFlow 2's object graph is not declared, yet not lost."""
    data = b"\x3a\x03abc"  # Field 7, three bytes.
    assert proto.MetaGraphDef.FromString(data).SerializeToString() == data


def test_presence_of_proto2_fields() -> None:
    """The debug information tells a line of 0 from no line, as TensorFlow's does."""
    frame = proto.GraphDebugInfo.FileLineCol(line=0)
    assert (frame.HasField("line"), frame.HasField("col")) == (True, False)
    assert frame.SerializeToString() == b"\x10\x00"


def test_enums() -> None:
    """Top-level enums know names and numbers; nested values are read from the class."""
    assert proto.DataType.DT_HALF_REF == proto.DataType.DT_HALF + 100
    assert (proto.DataType.Name(1), proto.DataType.Value("DT_STRING")) == ("DT_FLOAT", 7)
    assert proto.Code.Name(16) == "UNAUTHENTICATED"
    assert proto.RunOptions.FULL_TRACE == proto.RunOptions.TraceLevel.Value("FULL_TRACE") == 3
    assert (proto.OptimizerOptions.OFF, proto.OptimizerOptions.L0, proto.OptimizerOptions.ON_2) == (-1, -1, 2)


def test_unknown_enum_number_survives() -> None:
    """A data type of a later TensorFlow is kept as its number."""
    data = proto.TensorProto(dtype=99).SerializeToString()
    assert proto.TensorProto.FromString(data).dtype == 99


@pytest.mark.parametrize("name", proto.MESSAGES)
def test_message_pickles_and_copies(name: str) -> None:
    """Every message goes through pickle, `copy` and `deepcopy`."""
    message = fill(getattr(proto, name)(), seed=2, depth=1)
    for other in (pickle.loads(pickle.dumps(message)), copy.copy(message), copy.deepcopy(message)):
        assert type(other) is type(message)
        assert other is not message
        assert other == message


def test_nested_messages_and_classes_pickle() -> None:
    """A nested message pickles, and so does a class itself: both are found by their place in this package."""
    metadata = proto.ConfigProto.Experimental(executor_type="interpreter")
    assert pickle.loads(pickle.dumps(metadata)) == metadata
    assert pickle.loads(pickle.dumps(proto.Summary.Value)) is proto.Summary.Value
    assert repr(proto.Summary.Value) == "<class 'sessile.ops.proto.Summary.Value'>"


def test_any_packs_ours() -> None:
    """`Any` of a meta graph holds and returns a message of ours."""
    meta_graph = proto.MetaGraphDef()
    meta_graph.meta_info_def.any_info.Pack(proto.VersionDef(producer=7))
    read, version = proto.MetaGraphDef.FromString(meta_graph.SerializeToString()), proto.VersionDef()
    assert read.meta_info_def.any_info.Unpack(version)
    assert version.producer == 7
    text = text_format.MessageToString(meta_graph, descriptor_pool=proto.POOL)
    assert "[type.googleapis.com/tensorflow.VersionDef]" in text
