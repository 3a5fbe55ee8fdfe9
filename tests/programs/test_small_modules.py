"""Modules of a few names: scopes of XLA, who belongs to a cluster, files beside a program, summaries of 0.x."""

import json
from typing import Any

import numpy as np
import pytest

import sessile as tf

resolvers = tf.distribute.cluster_resolver


def test_a_computation_for_xla() -> None:
    x = tf.constant([1.0, 2.0])
    v = tf.Variable(0.0)
    compiled = tf.contrib.compiler.xla.compile(lambda x: (x + 1, x * 2, v.assign(3.0).op), [x])
    assert [output.name for output in compiled] == ["output_0:0", "output_1:0"]
    with tf.Session() as session:
        session.run(v.initializer)
        np.testing.assert_array_equal(session.run(compiled), [[2, 3], [2, 4]])
        assert session.run(v) == 3.0
        assert session.run(tf.xla.experimental.compile(lambda: {"a": tf.constant(5)})) == {"a": 5}
    with pytest.raises(TypeError, match="list"):
        tf.xla.experimental.compile(lambda x: x, x)


def test_scopes_for_xla_are_noted_in_the_graph() -> None:
    x = tf.constant(1.0)
    with tf.contrib.compiler.jit.experimental_jit_scope():
        inside = x + 1
        with tf.xla.experimental.jit_scope(compile_ops=False):
            within = x + 2
    with tf.xla.experimental.jit_scope():
        other = x + 3
    scopes = [value.op.get_attr("_XlaScope") for value in (inside, within, other)]
    assert scopes == [b"jit_scope_0", b"jit_scope_0", b"jit_scope_1"]
    assert [value.op.get_attr("_XlaCompile") for value in (inside, within)] == [True, False]
    assert tf.Session().run(other) == 4.0
    with pytest.raises(NotImplementedError, match="function"), tf.xla.experimental.jit_scope(lambda node: True):
        pass


def test_numbers_of_arguments() -> None:
    told = tf.contrib.compiler.xla.check_function_argument_count
    assert told(lambda a: 0, 1, None) is None and told(lambda *a: 0, 7, None) is None
    assert told(lambda a: 0, 2, None) == "exactly 1 argument"
    assert told(lambda a, b=1: 0, 0, None) == "at least 1 argument"
    assert told(lambda a, b=1: 0, 3, None) == "at most 2 arguments"


def test_a_cluster_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = {"worker": ["a:1", "b:2"], "ps": ["c:3"]}
    config = {"cluster": cluster, "task": {"type": "worker", "index": 1}, "rpc_layer": "grpc"}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    found = resolvers.TFConfigClusterResolver()
    assert found.cluster_spec().as_dict() == cluster
    assert (found.task_type, found.task_id, found.rpc_layer) == ("worker", 1, "grpc")
    assert found.master() == "grpc://b:2" and found.master("ps", 0) == "grpc://c:3"
    given = resolvers.SimpleClusterResolver(tf.train.ClusterSpec({"worker": ["x:1"]}), master="m")
    union = resolvers.UnionResolver(given, found)
    assert union.cluster_spec().as_dict() == {"worker": ["x:1", "a:1", "b:2"], "ps": ["c:3"]}
    assert union.master() == "m" and union.task_type is None
    monkeypatch.delenv("TF_CONFIG")
    alone = resolvers.TFConfigClusterResolver()
    assert alone.cluster_spec().as_dict() == {} and alone.master() == ""


def test_clusters_that_are_none() -> None:
    with pytest.raises(TypeError, match="ClusterSpec"):
        resolvers.SimpleClusterResolver({"worker": ["a:1"]})
    with pytest.raises(ValueError, match="At least one"):
        resolvers.UnionResolver()
    with pytest.raises(TypeError, match="must be a ClusterResolver"):
        resolvers.UnionResolver(3)
    numbered = resolvers.SimpleClusterResolver(tf.train.ClusterSpec({"ps": {2: "z:1"}}))
    with pytest.raises(KeyError, match="two addresses"):
        resolvers.UnionResolver(numbered, numbered).cluster_spec()
    with pytest.raises(NotImplementedError, match="no TPUs"):
        tf.contrib.cluster_resolver.TPUClusterResolver()


def test_files_beside_a_program() -> None:
    own = tf.resource_loader.get_path_to_datafile("test_small_modules.py")
    assert own == __file__ and tf.resource_loader.get_data_files_path() == own.rpartition("/")[0]
    assert b"files beside a program" in tf.resource_loader.load_resource("test_small_modules.py")


def test_summaries_of_version_0() -> None:
    summary: Any = tf.contrib.deprecated.scalar_summary(["a", "b"], tf.constant([1.0, 2.0]))
    assert summary.name == "ScalarSummary:0"
    parsed = tf.Summary.FromString(tf.Session().run(tf.contrib.deprecated.merge_all_summaries()))
    assert [(value.tag, value.simple_value) for value in parsed.value] == [("a", 1.0), ("b", 2.0)]
