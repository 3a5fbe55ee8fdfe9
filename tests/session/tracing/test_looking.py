"""Graphs and plans as a notebook shows them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

import sessile as tf


class _Checked(HTMLParser):
    """Fails on tags that are closed in another order than they were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(html: str) -> str:
    """The text of a page whose tags are in order."""
    page = _Checked()
    page.feed(html)
    page.close()
    assert not page.open
    return page.text


@pytest.fixture
def graph() -> tf.Graph:
    with tf.Graph().as_default() as made:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        with tf.name_scope("layer"):
            y = tf.nn.relu(tf.matmul(x, tf.ones([3, 4])) + 1.0, name="y")
        tf.reduce_sum(tf.exp(y) * 2.0, name="total")
    return made


def test_a_plan_is_a_text_with_parts(graph: tf.Graph) -> None:
    with tf.Session(graph=graph) as session:
        plan = session.explain("total:0", ["x:0"])
    assert isinstance(plan, str) and "group 0:" in plan and str(plan) == plan
    assert plan.plan.startswith("plan(%x: f32[?,3])") and "def kernel" not in plan.plan
    assert list(plan.groups) == ["0"] and plan.groups["0"].startswith("# group 0:")
    assert "def kernel(" in plan.groups["0"] and "variant" not in plan.groups["0"]
    page = shown(plan._repr_html_())
    assert "source of group 0" in page and "variants and memory" in page and "exp_f32" in page
    assert re.search(r"\d+ instructions, 1 groups", page)


def test_a_graph_is_folded_by_its_scopes(graph: tf.Graph) -> None:
    page = shown(graph._repr_html_())
    assert f"graph of {len(graph.get_operations())} operations" in page
    assert "layer/ (" in page and "Relu" in page and "(?, 4)" in page
    with graph.as_default():
        for _ in range(2100):
            tf.no_op()
    assert "more operations" in shown(graph._repr_html_())


def test_names_are_escaped() -> None:
    with tf.Graph().as_default() as graph:
        tf.constant("<script>", name="a>b")
    assert "<script>" not in graph._repr_html_() and "a&gt;b" in graph._repr_html_()
