"""`contrib.checkpoint`: containers and NumPy arrays in checkpoints of objects, under TensorFlow's keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sessile as tf

c = tf.contrib.checkpoint


def _keys(path: str) -> list[str]:
    return [name.partition("/.ATTRIBUTES")[0] for name, _ in tf.train.list_variables(path) if "/.ATTRIBUTES" in name]


def test_containers_are_saved_and_restored(tmp_path: Path) -> None:
    owner = c.Checkpointable()
    owner.parts, owner.named = [tf.Variable(1.0)], {"k": tf.Variable(2.0)}
    owner.left_out, owner.pair = c.NoDependency([tf.Variable(3.0)]), (1, 2)
    items, table, tracker = c.List([tf.Variable(4.0)]), c.Mapping(a=tf.Variable(5.0)), c.UniqueNameTracker()
    items.append(tf.Variable(6.0))
    table["b"] = tf.Variable(7.0)
    first, second = (tracker.track(tf.Variable(8.0 + number), "v") for number in range(2))
    assert (
        isinstance(owner.left_out, list)
        and len(items) == 2
        and [part.name for part in tracker._checkpoint_dependencies] == ["v", "v_1"]
    )
    root = tf.train.Checkpoint(x=owner, l=items, m=table, u=tracker)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        path = root.save(tmp_path / "model", sess)
        sess.run([owner.parts[0].assign(0.0), items[1].assign(0.0), second.assign(0.0), owner.left_out[0].assign(0.0)])
        root.restore(path).assert_consumed().run_restore_ops(sess)
        wanted = [owner.parts[0], items[1], first, second, owner.left_out[0]]
        assert sess.run(wanted) == [1.0, 6.0, 8.0, 9.0, 0.0]
    assert _keys(path) == ["l/0", "l/1", "m/a", "m/b", "save_counter", "u/v", "u/v_1", "x/named/k", "x/parts/0"]
    assert c.list_objects(root)[:2] == [root, items]
    assert len(c.object_metadata(path).nodes) == len(c.list_objects(root))
    drawn = c.dot_graph_from_checkpoint(path)
    assert 'N_0 -> N_1 [label="l"]' in drawn
    assert f'tooltip="Variable {items[0].op.name} shape=[] float32"]' in drawn


def test_containers_refuse_what_cannot_be_saved() -> None:
    with pytest.raises(ValueError, match="Only trackable objects"):
        c.List([1])
    with pytest.raises(TypeError, match="only string keys"):
        c.Mapping()[1] = tf.Variable(1.0)
    table = c.Mapping(a=tf.Variable(1.0))
    with pytest.raises(ValueError, match="append-only"):
        table["a"] = tf.Variable(2.0)
    with pytest.raises(AttributeError, match="append-only"):
        c.List([tf.Variable(1.0)]).pop()
    with pytest.raises(ValueError, match="trackable"):
        c.UniqueNameTracker().track(3, "x")
    with pytest.raises(ValueError, match="already declared"):
        owner = c.CheckpointableBase()
        owner._track_trackable(tf.Variable(1.0), "x")
        owner._track_trackable(tf.Variable(1.0), "x")
    with pytest.raises(NotImplementedError, match="not a NumPy array"):
        c.NumpyState().x = 3.0


def test_arrays_of_python_are_restored_without_a_session(tmp_path: Path) -> None:
    """Their bytes end with zeros, which NumPy's strings drop."""
    state = c.NumpyState()
    state.x = np.zeros(3)
    root = tf.train.Checkpoint(state=state, v=tf.Variable(1.0))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        path = root.save(tmp_path / "model", sess)
        state.x[:] = 5.0
        later = root.save(tmp_path / "model", sess)
    assert "state/x" in _keys(path)
    root.restore(path)
    assert state.x.tolist() == [0.0, 0.0, 0.0]
    empty = c.NumpyState()
    tf.train.Checkpoint(state=empty, v=tf.Variable(1.0)).restore(later).assert_consumed()
    assert empty.x.tolist() == [5.0, 5.0, 5.0]


def test_states_of_ones_own(tmp_path: Path) -> None:
    class Counter(c.PythonStateWrapper):  # type: ignore[name-defined, misc]
        count = 3

        def serialize(self) -> bytes:
            return b"\0" * self.count

        def deserialize(self, string_value: bytes) -> None:
            self.count = len(string_value)

    counter = Counter()
    root = tf.train.Checkpoint(counter=counter)
    with tf.Session() as sess:
        path = root.save(tmp_path / "model", sess)
        counter.count = 0
        root.restore(path).initialize_or_restore(sess)
    assert counter.count == 3


def test_python_functions_return_bytes_that_end_with_zeros() -> None:
    text = tf.placeholder(tf.string, [])
    same = tf.py_func(lambda value: value + b"a\0\0", [text], tf.string)
    pair = tf.py_func(lambda: ([b"a\0", b"\0"], b"b"), [], [tf.string, tf.string])
    shown = tf.py_function(lambda value: value.numpy() + value.numpy().decode().encode(), [text], tf.string)
    with tf.Session() as sess:
        assert sess.run(same, {text: b"\0"}) == b"\0a\0\0"
        assert sess.run(pair[0]).tolist() == [b"a\0", b"\0"]
        assert sess.run(shown, {text: b"q\0"}) == b"q\0q\0"


def test_strategies_give_variables_to_the_task_with_the_least_load() -> None:
    training = tf.contrib.training
    strategy = training.GreedyLoadBalancingStrategy(2, training.byte_size_load_fn)
    assert [strategy(tf.zeros([size]).op) for size in (10, 2, 3, 1)] == [0, 1, 1, 1]
    assert training.byte_size_load_fn(tf.placeholder(tf.float64, [None]).op) == 8
    with pytest.raises(ValueError, match="single output"):
        training.byte_size_load_fn(tf.unique([1, 1])[0].op)


def test_kinds_of_specs_have_a_common_class() -> None:
    assert isinstance(tf.TensorSpec([1]), tf.TypeSpec)
    assert issubclass(tf.SparseTensorSpec, tf.TypeSpec)
    assert not isinstance(tf.constant(1), tf.TypeSpec)
