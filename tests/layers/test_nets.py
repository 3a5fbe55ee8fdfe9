"""`slim.nets`: names and shapes of variables and of outputs are those of TensorFlow 1.15 (recorded there)."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

import sessile as tf

slim = tf.contrib.slim
NETS = slim.nets


def _described(name: str, network: object, scope: object, size: int, **options: object) -> tuple[int, int, str]:
    with tf.Graph().as_default():
        images = tf.placeholder(tf.float32, [2, size, size, 3])
        with slim.arg_scope(scope()):
            net, outputs = network(images, **options)
        lines = [f"{v.op.name} {v.get_shape().as_list()}" for v in tf.global_variables()]
        count = len(lines)
        lines += [f"{key} {tensor.op.name} {tensor.get_shape().as_list()}" for key, tensor in outputs.items()]
        lines.append(f"{net.op.name} {net.get_shape().as_list()}")
        return count, len(outputs), hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


CASES = {
    "alexnet_v2": lambda: (NETS.alexnet.alexnet_v2, NETS.alexnet.alexnet_v2_arg_scope, 224, {}),
    "vgg_16": lambda: (NETS.vgg.vgg_16, NETS.vgg.vgg_arg_scope, 224, {}),
    "overfeat": lambda: (NETS.overfeat.overfeat, NETS.overfeat.overfeat_arg_scope, 231, {}),
    "inception_v1": lambda: (NETS.inception.inception_v1, NETS.inception.inception_v1_arg_scope, 224, {}),
    "inception_v2": lambda: (
        NETS.inception.inception_v2,
        NETS.inception.inception_v2_arg_scope,
        100,
        {"depth_multiplier": 0.5, "num_classes": 10},
    ),
    "inception_v3": lambda: (NETS.inception.inception_v3, NETS.inception.inception_v3_arg_scope, 299, {}),
    "resnet_v1_50": lambda: (
        NETS.resnet_v1.resnet_v1_50,
        NETS.resnet_v1.resnet_arg_scope,
        129,
        {"num_classes": 21, "is_training": False, "global_pool": False, "output_stride": 16},
    ),
    "resnet_v2_101": lambda: (
        NETS.resnet_v2.resnet_v2_101,
        NETS.resnet_v2.resnet_arg_scope,
        224,
        {"num_classes": 1000},
    ),
}
# What `_described` gave in TensorFlow 1.15: how many variables and outputs, the digest of names and shapes.
RECORDED = {
    "alexnet_v2": (16, 11, "b02c5ab71cbbd04b"),
    "vgg_16": (32, 21, "63259aaa1ddc87c1"),
    "overfeat": (16, 11, "ee4d43e4b66da45c"),
    "inception_v1": (230, 18, "19947d3e95c6b8a1"),
    "inception_v2": (277, 17, "6bd9ee5e6c350892"),
    "inception_v3": (388, 22, "36890df309000665"),
    "resnet_v1_50": (267, 75, "b4a9f3577f742bdb"),
    "resnet_v2_101": (544, 143, "e8ea048be9886fcc"),
}


@pytest.mark.parametrize("name", CASES)
def test_names_and_shapes(name: str) -> None:
    network, scope, size, options = CASES[name]()
    assert _described(name, network, scope, size, **options) == RECORDED[name]


def test_a_checkpoint_of_parts_and_a_step_of_training() -> None:
    """A small network of the blocks learns: logits, losses of the weights and moving moments are one graph."""
    resnet = NETS.resnet_v2
    with tf.Graph().as_default(), tf.Session() as session:
        images = tf.placeholder(tf.float32, [4, 16, 16, 3])
        blocks = [resnet.resnet_v2_block("block1", 4, 2, 2), resnet.resnet_v2_block("block2", 8, 1, 1)]
        with slim.arg_scope(resnet.resnet_arg_scope()):
            logits, outputs = resnet.resnet_v2(images, blocks, num_classes=3, output_stride=8)
        tf.losses.sparse_softmax_cross_entropy([0, 1, 2, 0], logits[:, 0, 0])
        loss = tf.losses.get_total_loss()
        train = slim.learning.create_train_op(loss, tf.train.GradientDescentOptimizer(0.1))
        session.run(tf.global_variables_initializer())
        fed = {images: np.random.RandomState(0).rand(4, 16, 16, 3)}
        losses = [session.run(train, fed) for _ in range(8)]
        assert losses[-1] < losses[0] * 0.7
        assert session.run(outputs["predictions"], fed).sum() == pytest.approx(4, abs=1e-4)


def test_an_output_stride_that_cannot_be_had_says_so() -> None:
    images = tf.placeholder(tf.float32, [1, 32, 32, 3])
    with pytest.raises(ValueError, match="multiple of 4"):
        NETS.resnet_v1.resnet_v1_50(images, output_stride=6)
    with pytest.raises(ValueError, match="Unknown final endpoint"):
        NETS.inception.inception_v1_base(images, final_endpoint="Mixed_9z")


def test_a_name_that_is_missing_costs_little_in_a_large_graph() -> None:
    """Programs ask graphs for names that may not be there; the nearest of thousands were looked for among all."""
    from time import process_time

    with tf.Graph().as_default() as graph:
        for number in range(4000):
            tf.no_op(f"a_scope_of_some_length/another_scope/layer_{number}/weights/Initializer")
        begun = process_time()
        for number in range(20):
            with pytest.raises(KeyError, match="Did you mean"):
                graph.get_operation_by_name(f"a_scope_of_some_length/another_scope/layer_{number}/weights/Initialiser")
        assert process_time() - begun < 3  # it was 0.2 s and more each


def test_the_parts_of_residual_networks_are_reached_by_way_of_the_networks() -> None:
    nets = slim.nets
    assert nets.resnet_v1.resnet_utils is nets.resnet_v2.resnet_utils is nets.resnet_utils
    assert nets.resnet_v2.resnet_utils.resnet_arg_scope is nets.resnet_v2.resnet_arg_scope
