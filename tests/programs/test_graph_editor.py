"""`tf.contrib.graph_editor`: what is selected, copied and rewired, and what the graphs compute then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import sessile as tf
import sessile.contrib.graph_editor as ge


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    tf.reset_default_graph()
    yield


def graph() -> dict[str, Any]:
    with tf.name_scope("foo"):
        a, b = tf.constant(1.0, name="a"), tf.constant(2.0, name="b")
        c = tf.add(a, b, name="c")
    with tf.name_scope("bar"):
        d = tf.multiply(c, a, name="d")
        e = tf.sin(d, name="e")
        with tf.control_dependencies([e]):
            f = tf.cos(d, name="f")
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f}


def names(nodes: Any) -> str:
    return " ".join(sorted(node.name.split("/")[-1] for node in nodes))


def test_walks() -> None:  # as TensorFlow 1.15 walks
    t = graph()
    assert names(ge.get_backward_walk_ops(t["e"])) == "a b c d e"
    assert names(ge.get_backward_walk_ops([t["e"].op], inclusive=False)) == "a b c d"
    assert names(ge.get_backward_walk_ops(t["e"], stop_at_ts=[t["c"]])) == "a d e"
    assert names(ge.get_backward_walk_ops(t["f"], control_inputs=True)) == "a b c d e f"
    assert names(ge.get_backward_walk_ops(t["f"], within_ops=[t["f"].op, t["d"].op])) == "d f"
    assert names(ge.get_forward_walk_ops(t["a"].op)) == "a c d e f"
    assert names(ge.get_forward_walk_ops(t["a"], inclusive=False)) == "e f"
    assert names(ge.get_forward_walk_ops(t["c"], stop_at_ts=[t["d"]])) == "d"
    assert names(ge.get_forward_walk_ops(t["e"].op)) == "e"
    assert names(ge.get_forward_walk_ops(t["e"].op, control_outputs=True)) == "e f"
    assert names(ge.get_walks_intersection_ops(t["a"].op, t["e"].op)) == "a c d e"
    assert names(ge.get_walks_union_ops(t["c"].op, t["d"].op)) == "a b c d e f"


def test_selections() -> None:
    t = graph()
    here = tf.get_default_graph()
    assert names(ge.select_ops("foo/.*", graph=here)) == "a b c"
    assert names(ge.select_ops("foo/a", "bar/e", graph=here)) == "a e"
    assert names(ge.select_ts("(?#ts)bar/.*", graph=here)) == "d:0 e:0 f:0"
    ops, tensors = ge.select_ops_and_ts("foo/.*", "(?#ts)bar/.*:0", graph=here)
    assert (names(ops), names(tensors)) == ("a b c", "d:0 e:0 f:0")
    assert names(ge.filter_ops([t["a"].op, t["e"].op], lambda op: op.type == "Sin")) == "e"
    assert names(ge.filter_ts([t["a"].op, t["e"].op], True)) == "a:0 d:0 e:0"
    assert names(ge.filter_ts_from_regex([t["a"].op, t["e"].op], "^bar/.*")) == "d:0 e:0"
    assert names(ge.get_name_scope_ops(here, "foo")) == "a b c"
    assert names(ge.get_consuming_ops([t["a"], t["d"]])) == "c d e f"
    assert names(ge.get_generating_ops([t["a"], t["d"]])) == "a d"
    with pytest.raises(ValueError, match="Use the keyword argument 'graph'"):
        ge.select_ops("foo")
    with pytest.raises(TypeError, match="Expected a type in"):
        ge.make_list_of_op(3)


def test_a_view_knows_what_comes_in_and_goes_out() -> None:
    t = graph()
    view = ge.sgv([t["d"].op, t["e"].op])
    assert [x.name for x in view.inputs] == ["foo/c:0", "foo/a:0"]
    assert [x.name for x in view.outputs] == ["bar/d:0", "bar/e:0"]
    assert names(view.consumers()) == "f"
    scope = ge.sgv_scope("foo", graph=tf.get_default_graph())
    assert ([x.name for x in scope.outputs], scope.inputs) == (["foo/a:0", "foo/c:0"], [])
    assert [x.name for x in view.remap_inputs([1]).inputs] == ["foo/a:0"]


def test_copies_take_other_inputs() -> None:
    t = graph()
    x = tf.placeholder_with_default(7.0, [])
    view, info = ge.copy_with_input_replacements(ge.sgv([t["d"].op, t["e"].op]), {t["c"]: x})
    assert [op.name for op in view.ops] == ["bar/d_1", "bar/e_1"]
    assert info.transformed(t["e"]).name == "bar/e_1:0"
    assert info.original(view.ops[1]) is t["e"].op
    assert info.transformed(t["c"]) is None
    assert info._transformed_ops[t["d"].op].inputs[1] is t["a"]
    replaced = ge.graph_replace({"p": t["e"], "q": [t["f"]], "kept": t["b"]}, {t["a"]: x}, dst_scope="new")
    assert (replaced["p"].name, replaced["q"][0].name) == ("new/bar/e:0", "new/bar/f:0")
    assert replaced["kept"] is t["b"]
    assert [op.name for op in replaced["q"][0].op.control_inputs] == ["new/bar/e"]
    with tf.Session() as sess:
        found = sess.run([t["e"], view.outputs[0], replaced["p"]])
    np.testing.assert_allclose(found, np.sin([3.0, 7.0, 63.0]), rtol=1e-5)
    with pytest.raises(ValueError, match="not connected"):
        ge.graph_replace(t["a"], {t["e"]: x})


def test_a_plain_copy_takes_placeholders() -> None:
    t = graph()
    view, info = ge.copy(ge.sgv([t["d"].op, t["e"].op]))
    assert [x.name for x in view.ops[0].inputs] == ["foo/geph__c_0:0", "foo/geph__a_0:0"]  # as in TensorFlow 1.15
    with tf.Session() as sess:
        fed = dict(zip(view.ops[0].inputs, [2.0, 3.0]))
        assert sess.run(info.transformed(t["d"]), fed) == 6.0
    assert ge.placeholder_name() == "geph"
    assert ge.placeholder_name(t["a"], scope="other") == "other/geph__a_0"


def test_a_copied_loop_runs_and_copied_variables_are_in_collections() -> None:
    n = tf.placeholder_with_default(3, [])
    before = tf.get_default_graph().get_operations()
    _, total = tf.while_loop(lambda i, s: i < n, lambda i, s: (i + 1, s + i), [0, 10])
    tf.add_to_collection("totals", total)
    loop = [op for op in tf.get_default_graph().get_operations() if op not in before]
    _, info = ge.copy_with_input_replacements(loop, {n: tf.constant(5)})
    copied = info.transformed(total)
    assert tf.get_collection("totals") == [total, copied]
    with tf.Session() as sess:
        assert sess.run(total) == 13
        assert sess.run(copied) == 20


def test_edges_are_laid_anew() -> None:
    a, b = tf.constant(1.0), tf.constant(2.0)
    y, z, w = tf.negative(a), tf.exp(a), tf.square(b)
    with tf.Session() as sess:
        assert sess.run(y) == -1.0  # a program of the graph as it was
        assert ge.reroute_ts(b, a, can_modify=[y.op]) == 1
        assert sess.run([y, z]) == [-2.0, pytest.approx(np.exp(1))]
        assert ge.swap_ts([a], [b]) == 3
        assert sess.run([y, w]) == [-1.0, 1.0]
    with pytest.raises(ValueError, match="do not have the same length"):
        ge.reroute_ts([a, b], [a])
    ge.add_control_inputs(z.op, [w.op])
    assert list(z.op.control_inputs) == [w.op]
    ge.remove_control_inputs(z.op, [w.op])
    assert list(z.op.control_inputs) == []
    with pytest.raises(ValueError, match="is not a control_input"):
        ge.remove_control_inputs(z.op, [w.op])
