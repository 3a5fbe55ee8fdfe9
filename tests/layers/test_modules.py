"""`tf.Module`; names and orders are those TensorFlow 1.15 gave."""

from __future__ import annotations

from typing import Any

import pytest

import sessile as tf


class Part(tf.Module):
    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.w = tf.Variable(1.0, name="w")
        self.b = tf.Variable(2.0, trainable=False, name="b")


class MyNetV2(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        with self.name_scope:
            self.z = tf.Variable(0.0, name="z")
        self.parts: list[Any] = [Part(), {"y": Part("two"), "x": (Part(),)}]
        self.a = Part()
        self.again = self.a
        self.parts.append(self.a)
        self.table = {3: tf.Variable(9.0, name="nine")}

    @tf.Module.with_name_scope
    def increased(self, x: Any) -> Any:
        """A method in the module's scope."""
        return tf.add(x, 1.0)


def names(found: Any) -> list[str]:
    return [item.name for item in found]


def test_a_modules_own_variables_come_first_and_each_once() -> None:
    net = MyNetV2()
    assert net.name == "my_net_v2" and names(net.submodules) == ["part", "part", "part", "two"]
    assert names(net.variables) == [
        "nine:0", "my_net_v2/z:0", "b_3:0", "w_3:0", "b:0", "w:0", "b_2:0", "w_2:0", "b_1:0", "w_1:0",
    ]  # fmt: skip
    assert names(net.trainable_variables) == ["nine:0", "my_net_v2/z:0", "w_3:0", "w:0", "w_2:0", "w_1:0"]


def test_methods_and_blocks_are_in_the_scope_that_was_new() -> None:
    net, other = MyNetV2(), MyNetV2()
    assert [net.increased(1.0).name for _ in range(2)] == ["my_net_v2/Add:0", "my_net_v2/Add_1:0"]
    with other.name_scope as scope:
        assert scope == "my_net_v2_1/"
    with tf.name_scope("outer"):
        inner = tf.Module("q")
    with inner.name_scope as scope:
        assert scope == "outer/q/"


@pytest.mark.parametrize("name", ["a b", "1", "a/b", ""])
def test_a_name_is_an_identifier(name: str) -> None:
    with pytest.raises(ValueError, match="is not a valid module name"):
        tf.Module(name)


@pytest.mark.parametrize(
    ("written", "name"), [("HTTPServer", "http_server"), ("Net2D", "net2_d"), ("ABc", "a_bc"), ("X1Y2", "x1_y2")]
)
def test_without_a_name_it_is_the_classs(written: str, name: str) -> None:
    assert type(written, (tf.Module,), {})().name == name


def test_a_walk_knows_every_path_and_leaves_out_what_it_is_told() -> None:
    class Lazy(Part):
        _TF_MODULE_IGNORED_PROPERTIES = frozenset(["w"]).union(tf.Module._TF_MODULE_IGNORED_PROPERTIES)

    net = MyNetV2()
    paths = [path for path, _ in net._flatten(predicate=lambda leaf: leaf is net.a, with_path=True)]
    assert paths == [("a",), ("again",), ("parts", 2)]
    assert sum(leaf is net.a for leaf in net._flatten(recursive=False)) == 1
    backwards = net._flatten(False, lambda leaf: isinstance(leaf, tf.Variable), lambda key: -ord(key[0]))
    assert names(backwards) == ["my_net_v2/z:0", "nine:0"]
    assert len(Lazy().variables) == 1
