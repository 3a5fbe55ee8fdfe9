"""What libraries written for TensorFlow 1 do with its modules: star imports, classes and signatures of its own code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

import sessile


@pytest.fixture(autouse=True)
def hooked() -> Iterator[None]:
    """The hook for one test."""
    kept = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "tensorflow"}
    for name in kept:
        del sys.modules[name]
    sessile.install()
    yield
    sessile.uninstall()
    sys.modules.update(kept)


@pytest.mark.parametrize(
    ("module", "names", "not_there"),
    [
        ("tensorflow", "constant nn train keras estimator Tensor", "_inner"),
        ("tensorflow.compat.v1", "placeholder estimator keras", "_place"),
        ("tensorflow.compat.v2", "reduce_sum Variable nn", "placeholder"),
        ("tensorflow.nn", "relu conv2d", "constant"),
    ],
)
def test_a_star_import_gives_all_public_names(module: str, names: str, not_there: str) -> None:
    space: dict[str, Any] = {}
    exec(f"from {module} import *", space)
    assert set(names.split()) <= set(space)
    assert not_there not in space


def test_signatures_have_no_types_and_are_those_of_what_is_decorated() -> None:
    import tensorflow as tf
    from tensorflow.python.util import tf_inspect

    for get in (tf_inspect.getfullargspec, tf_inspect.getargspec):
        found = get(tf.concat)
        assert (found.args, found.varkw, found.defaults) == (["values", "axis", "name"], None, ("concat",))
        assert not found.annotations


def test_sparse_values_are_composite_tensors_and_so_are_ones_own() -> None:
    import tensorflow as tf
    from tensorflow.python.framework import composite_tensor, ops
    from tensorflow.python.keras.utils import tf_utils

    class Pair(composite_tensor.CompositeTensor):
        name = property(lambda self: "pair")
        dtype = property(lambda self: tf.float32)

        @property
        def _type_spec(self) -> Any:
            return self

        def _to_components(self, value: Any) -> Any:
            return [value.part]

        def __init__(self, part: Any) -> None:
            self.part = part

    pair = Pair(tf.constant(1.0))
    assert issubclass(tf.SparseTensor, composite_tensor.CompositeTensor) and pair._consumers() == []
    assert not issubclass(tf.Tensor, composite_tensor.CompositeTensor)
    with pytest.raises(TypeError, match="abstract"):
        composite_tensor.CompositeTensor()  # type: ignore[abstract]
    assert not ops.is_dense_tensor_like(pair) and not tf_utils.is_symbolic_tensor(pair)
    ops.register_dense_tensor_like_type(Pair)
    tf_utils.register_symbolic_tensor_type(Pair)
    assert ops.is_dense_tensor_like(pair) and tf_utils.is_symbolic_tensor(pair)
    with pytest.raises(TypeError, match="Type int does not define a `name` property"):
        ops.register_dense_tensor_like_type(int)
