"""What the project promises to offer under TensorFlow's names is there, and every other public name works."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sessile as tf
from sessile import absent
from sessile.lazy import expanded
from sessile.names import NAMES, WHERE

PROMISED = {
    "": """
        Graph GraphKeys Operation Tensor TensorShape Dimension DType Session InteractiveSession Variable TensorSpec
        ConfigProto RunOptions RunMetadata GraphDef OptimizerOptions
        convert_to_tensor register_tensor_conversion_function make_ndarray constant placeholder placeholder_with_default
        identity no_op group tuple get_default_graph reset_default_graph name_scope device control_dependencies
        init_scope
        identity_n ensure_shape get_static_value Assert Print print py_func get_default_session
        add subtract multiply divide truediv realdiv floordiv truncatediv mod floormod truncatemod negative abs sign
        reciprocal square sqrt rsqrt pow exp log log1p sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh
        sigmoid log_sigmoid erf erfc lgamma digamma igamma igammac zeta polygamma betainc maximum minimum
        squared_difference floor ceil round rint clip_by_value expm1
        logical_and logical_or logical_not logical_xor equal not_equal less less_equal greater greater_equal
        is_nan is_inf is_finite where
        cast to_float to_double to_int32 to_int64 to_bfloat16 saturate_cast bitcast real imag conj angle
        complex zeros_like ones_like stop_gradient add_n
        reduce_sum reduce_mean reduce_prod reduce_max reduce_min reduce_all reduce_any reduce_logsumexp argmax argmin
        cumsum cumprod norm count_nonzero
        shape shape_n size rank reshape expand_dims squeeze transpose matrix_transpose concat stack unstack split slice
        strided_slice tile pad reverse gather gather_nd one_hot range linspace fill zeros ones broadcast_to meshgrid
        broadcast_dynamic_shape broadcast_static_shape diag diag_part matrix_diag matrix_band_part boolean_mask unique
        invert_permutation sequence_mask roll matmul tensordot einsum
        mul sub neg div pack unpack
        get_variable global_variables_initializer global_variables assign assign_add assign_sub
        get_session_handle get_session_tensor delete_session_tensor
        float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 complex64 complex128 bool
        string qint8 quint8 qint16 quint16 qint32 resource variant half double as_dtype newaxis
        set_random_seed add_to_collection get_collection container colocate_with is_tensor dimension_value
    """,
    "bitwise": "bitwise_and bitwise_or bitwise_xor invert left_shift right_shift",
    "nn": """
        relu relu6 elu selu leaky_relu softplus softsign softmax log_softmax l2_normalize sigmoid tanh
    """,
    "math": """
        reduce_variance reduce_std reduce_euclidean_norm log_sigmoid erf igamma polygamma zeta betainc floormod add exp
        reduce_sum cumsum count_nonzero is_nan is_finite top_k special
    """,
    "linalg": "matmul matvec einsum norm tensordot diag diag_part band_part matrix_transpose trace",
    "nest": "flatten map_structure pack_sequence_as assert_same_structure is_nested",
    "errors": """
        OpError InvalidArgumentError FailedPreconditionError NotFoundError CancelledError OutOfRangeError
        UnimplementedError DeadlineExceededError
    """,
    "compat.v1": "Session placeholder get_session_tensor get_default_graph ConfigProto",
}
PAIRS = [(module, name) for module, names in PROMISED.items() for name in names.split()]


@pytest.mark.parametrize(("module", "name"), PAIRS, ids=[f"{module}.{name}".strip(".") for module, name in PAIRS])
def test_promised_names_exist(module: str, name: str) -> None:
    """Each can be reached as `tf.module.name`."""
    holder: Any = tf
    for part in module.split(".") if module else ():
        holder = getattr(holder, part)
    assert getattr(holder, name, None) is not None or name == "newaxis"


@pytest.mark.ours
@pytest.mark.parametrize("name", dir(tf))
def test_listed_names_can_be_reached(name: str) -> None:
    """What `dir` lists is no empty promise."""
    value = getattr(tf, name)
    if type(value).__name__ == "module" and not name.startswith("_"):
        for inner in dir(value):
            getattr(value, inner)


@pytest.mark.ours
def test_where_names_are_written_is_known_without_reading_them() -> None:
    """Of each namespace of the top level, the files that have names in it or below it."""
    folder = Path(tf.__file__).parent / "names"
    written: dict[str, set[str]] = {}
    for file in sorted(path.stem for path in folder.glob("[a-z]*.py")):
        for namespace in importlib.import_module(f"sessile.names.{file}").NAMES:
            if namespace:
                written.setdefault(namespace.partition(".")[0], set()).add(file)
    assert {namespace: set(files) for namespace, files in WHERE.items()} == written


@pytest.mark.ours
def test_a_name_reads_the_tables_of_its_namespace_alone() -> None:
    code = "import sys, sessile\nsessile.nn.relu\nprint(*sorted(m for m in sys.modules if '.names.' in m))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["sessile.names.nn", "sessile.names.top"]


def absent_names() -> list[str]:
    """The public names of TensorFlow 1.15 that are not here, of the modules that are."""
    found = []
    for module, names in absent._recorded()[0].items():
        if module in NAMES:
            known = expanded(module)
            holder: Any = importlib.import_module(f"sessile.{module}" if module else "sessile")
            found += [
                f"{module}.{name}".strip(".") for name in names if name not in known and not hasattr(holder, name)
            ]
    return sorted(found)


@pytest.mark.ours
@pytest.mark.parametrize("name", absent_names())
def test_a_name_of_tensorflow_that_is_not_built_says_so(name: str) -> None:
    """Rather than offering `rint` for `gradients`."""
    module, _, last = name.rpartition(".")
    holder: Any = importlib.import_module(f"sessile.{module}" if module else "sessile")
    with pytest.raises(AttributeError, match=f"'{last}'. Of TensorFlow 1, this is not built here: [a-zA-Z]") as caught:
        getattr(holder, last)
    assert "Did you mean" not in str(caught.value)


@pytest.mark.ours
def test_modules_of_contrib_are_there_when_contrib_is() -> None:
    """`tf.contrib.tensorboard.plugins.projector` needs no import of its own: asked in a process that made none."""
    folder = Path(tf.__file__).parent
    modules = [path.relative_to(folder).with_suffix("") for path in (folder / "contrib").rglob("*.py")]
    names = sorted({".".join(path.parts).removesuffix(".__init__") for path in modules})
    code = f"import operator, sessile\nfor name in {names}: operator.attrgetter(name)(sessile)"
    assert "contrib.tensorboard.plugins.projector" in names
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.ours
@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("contrib.opt.ShampooOptimizer", "a rare part of contrib"),
        ("Module", "another part of TensorFlow"),
        ("gradient", None),
        ("nn.conv2", None),
    ],
)
def test_subjects_of_names(name: str, subject: str | None) -> None:
    assert absent.subject_of(name) == subject


@pytest.mark.ours
def test_a_misspelled_name_offers_the_nearest() -> None:
    with pytest.raises(AttributeError, match="Did you mean 'placeholder'"):
        tf.placehodler  # noqa: B018
