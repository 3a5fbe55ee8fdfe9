"""How the schema is loaded: late, once, into a pool of its own, from a file that is up to date."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from sessile.ops import proto

HERE = Path(__file__).resolve().parent


def run_python(code: str, **environment: str) -> str:
    """Run code in a new interpreter and return what it prints."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **environment}).stdout


def foreign_config() -> Any:
    """Return an instance of another package's `tensorflow.ConfigProto`, which has but one field of it."""
    file = descriptor_pb2.FileDescriptorProto(name="elsewhere.proto", package="tensorflow", syntax="proto3")
    for name in ("ConfigProto", "Elsewhere"):
        field = file.message_type.add(name=name).field.add(name="placement_period", number=3)
        field.type, field.label = field.TYPE_INT32, field.LABEL_OPTIONAL
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return pool, message_factory.GetMessageClass(pool.FindMessageTypeByName("tensorflow.ConfigProto"))


def test_import_does_not_load_protobuf() -> None:
    """Only the first name asked for imports `google.protobuf`; tools that inspect the module do not."""
    code = (
        "import sys, sessile.ops.proto as proto\n"
        "hasattr(proto, '__wrapped__')\n"
        "print('google.protobuf' in sys.modules)\n"
        "proto.ConfigProto\n"
        "print('google.protobuf' in sys.modules)\n"
    )
    assert run_python(code).split() == ["False", "True"]


def test_default_pool_stays_empty() -> None:
    """Nothing of ours is registered for the whole process."""
    assert proto.ConfigProto.DESCRIPTOR.file.pool is proto.POOL
    assert proto.POOL is not descriptor_pool.Default()
    code = (
        "from google.protobuf import descriptor_pool\n"
        "from sessile.ops.proto import GraphDef\n"
        "try:\n"
        "    descriptor_pool.Default().FindMessageTypeByName('tensorflow.GraphDef')\n"
        "except KeyError:\n"
        "    print('absent')\n"
    )
    assert run_python(code).strip() == "absent"


def test_pure_python_protobuf_serves_too() -> None:
    """Where protobuf has no compiled part, its Python one does."""
    code = (
        "import pickle\n"
        "from google.protobuf.internal import api_implementation\n"
        "from sessile.ops.proto import NodeDef, OpDef\n"
        "node = NodeDef(name='n')\n"
        "node.attr['T'].type = 1\n"
        "argument = OpDef.ArgDef(name='x', type=1)\n"
        "equal = [pickle.loads(pickle.dumps(message)) == message for message in (node, argument)]\n"
        "print(api_implementation.Type(), *equal)\n"
    )
    assert run_python(code, PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION="python").split() == ["python", "True", "True"]


def test_threads_get_the_same_classes() -> None:
    """A first use from many threads at once builds one pool."""
    code = (
        "import threading, sessile.ops.proto as proto\n"
        "start, seen = threading.Barrier(8), []\n"
        "def use():\n"
        "    start.wait()\n"
        "    seen.append(proto.GraphDef)\n"
        "threads = [threading.Thread(target=use) for _ in range(8)]\n"
        "[thread.start() for thread in threads], [thread.join() for thread in threads]\n"
        "print(len(seen), len(set(seen)))\n"
    )
    assert run_python(code).split() == ["8", "1"]


def test_names_are_listed() -> None:
    """`dir` shows the messages, the enums and the rest; all of them are there."""
    names = dir(proto)
    assert {"ConfigProto", "HistogramProto", "DataType", "Code", "MESSAGES", "ENUMS", "POOL", "adopt"} <= set(names)
    assert all(hasattr(proto, name) for name in names)
    assert list(proto.MESSAGES) == sorted(proto.MESSAGES)


@pytest.mark.parametrize(
    ("name", "offer"),
    [("ConfigProt", "'ConfigProto'"), ("Graph_Def", "'GraphDef'"), ("AttrDef", "'OpDef.AttrDef'")],
)
def test_unknown_name_offers_near_ones(name: str, offer: str) -> None:
    """The error for a name that is not there says what may have been meant, nested messages included."""
    with pytest.raises(AttributeError, match=f"no message or enum '{name}'.*{offer}"):
        getattr(proto, name)
    with pytest.raises(AttributeError, match="no message or enum 'qqqqq'"):
        _ = proto.qqqqq


def test_adopt_takes_messages_of_other_pools() -> None:
    """Another package's message of a known name becomes ours with its content; our own is passed on."""
    _, config_class = foreign_config()
    adopted = proto.adopt(config_class(placement_period=5))
    assert type(adopted) is proto.ConfigProto
    assert adopted.placement_period == 5
    assert proto.adopt(adopted) is adopted


def test_adopt_refuses_others() -> None:
    """What is no message, or none of the schema, is refused by name."""
    pool, _ = foreign_config()
    elsewhere = message_factory.GetMessageClass(pool.FindMessageTypeByName("tensorflow.Elsewhere"))
    with pytest.raises(TypeError, match=r"has no message 'tensorflow\.Elsewhere'"):
        proto.adopt(elsewhere())
    with pytest.raises(TypeError, match="not dict"):
        proto.adopt({"placement_period": 5})


def test_shipped_descriptors_are_current() -> None:
    """`descriptors.binpb` is what the .proto files say; mend it with `python -m sessile.ops.proto.build`."""
    pytest.importorskip("grpc_tools")
    build = importlib.import_module("sessile.ops.proto.build")
    assert build.is_current()
    assert build.main(["--check"]) == 0


def test_schema_errors_are_reported(tmp_path: Path) -> None:
    """A .proto file that does not compile is an error, and nothing is written."""
    pytest.importorskip("grpc_tools")
    build = importlib.import_module("sessile.ops.proto.build")
    (tmp_path / "broken.proto").write_text('syntax = "proto3"; message {')
    with pytest.raises(RuntimeError, match="could not compile the schema"):
        build.compile_schema(tmp_path)


@pytest.mark.parametrize("order", [[], ["--tensorflow-first"]])
def test_schema_is_tensorflows(order: list[str]) -> None:
    """Live comparison; set SESSILE_TENSORFLOW_PYTHON to an interpreter that has TensorFlow."""
    python = os.environ.get("SESSILE_TENSORFLOW_PYTHON")
    if not python:
        pytest.skip("SESSILE_TENSORFLOW_PYTHON names no interpreter with TensorFlow")
    command = [python, str(HERE / "live_tensorflow.py"), *order]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
