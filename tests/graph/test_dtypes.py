"""`DType`: every type, its facts and its other names."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest

import sessile as tf

FACTS = [
    # name, number in the DataType enumeration, bytes, floating, integer, unsigned, complex, quantised
    ("float16", 19, 2, True, False, False, False, False),
    ("float32", 1, 4, True, False, False, False, False),
    ("float64", 2, 8, True, False, False, False, False),
    ("bfloat16", 14, 2, True, False, False, False, False),
    ("int8", 6, 1, False, True, False, False, False),
    ("int16", 5, 2, False, True, False, False, False),
    ("int32", 3, 4, False, True, False, False, False),
    ("int64", 9, 8, False, True, False, False, False),
    ("uint8", 4, 1, False, True, True, False, False),
    ("uint16", 17, 2, False, True, True, False, False),
    ("uint32", 22, 4, False, True, True, False, False),
    ("uint64", 23, 8, False, True, True, False, False),
    ("complex64", 8, 8, False, False, False, True, False),
    ("complex128", 18, 16, False, False, False, True, False),
    ("bool", 10, 1, False, False, False, False, False),
    ("string", 7, 0, False, False, False, False, False),
    ("qint8", 11, 1, False, False, False, False, True),
    ("quint8", 12, 1, False, False, False, False, True),
    ("qint16", 15, 2, False, False, False, False, True),
    ("quint16", 16, 2, False, False, False, False, True),
    ("qint32", 13, 4, False, False, False, False, True),
    ("resource", 20, 0, False, False, False, False, False),
    ("variant", 21, 0, False, False, False, False, False),
]


@pytest.mark.parametrize("facts", FACTS, ids=[row[0] for row in FACTS])
def test_facts(facts: tuple[object, ...]) -> None:
    """Number, size and kind of each type."""
    dtype = tf.as_dtype(facts[0])
    assert dtype is getattr(tf, str(facts[0]))
    found = (dtype.name, dtype.as_datatype_enum, dtype.size, dtype.is_floating, dtype.is_integer, dtype.is_unsigned)
    assert (*found, dtype.is_complex, dtype.is_quantized) == facts
    assert dtype.is_bool == (facts[0] == "bool")
    assert repr(dtype) == f"tf.{facts[0]}" and str(dtype) == f"<dtype: '{facts[0]}'>"
    assert tf.as_dtype(dtype.as_datatype_enum) is dtype
    assert pickle.loads(pickle.dumps(dtype)) is dtype and copy.deepcopy(dtype) is dtype


@pytest.mark.parametrize("name", [row[0] for row in FACTS if row[0] not in ("resource", "variant")])
def test_references(name: str) -> None:
    """Each type has a `_ref` form; it may stand where the type is wanted, and not the other way round."""
    dtype, ref = tf.as_dtype(name), tf.as_dtype(f"{name}_ref")
    assert ref.name == f"{name}_ref" and ref.base_dtype is dtype is dtype.base_dtype
    assert ref != dtype and dtype.is_compatible_with(ref) and not ref.is_compatible_with(dtype)
    assert ref.as_datatype_enum == dtype.as_datatype_enum + 100


def test_other_names() -> None:
    """Python's and NumPy's types, and the short names."""
    for other, dtype in (
        (float, tf.float32),
        (bool, tf.bool),
        (np.float32, tf.float32),
        (np.dtype("float64"), tf.float64),
        (np.int8, tf.int8),
        ("float", tf.float32),
        ("double", tf.float64),
        ("half", tf.float16),
        (np.dtype("S3"), tf.string),
        (np.dtype("U3"), tf.string),
        (object, tf.string),
        (np.complex64, tf.complex64),
        (np.str_, tf.string),
        (1, tf.float32),
    ):
        assert tf.as_dtype(other) is dtype, other
    assert tf.half is tf.float16 and tf.double is tf.float64


@pytest.mark.parametrize("value", ["nothing", 99, None, list, [], np.dtype([("a", int)])])
def test_what_is_no_type(value: object) -> None:
    """A TypeError."""
    with pytest.raises(TypeError):
        tf.as_dtype(value)


def test_equality() -> None:
    """A type equals its other names."""
    assert tf.float32 == np.float32 and tf.float32 == "float32" and tf.float32 != tf.float64
    assert tf.float32 != None and tf.float32 != "nothing"  # noqa: E711
    assert {tf.float32: 1}[tf.as_dtype("float32")] == 1


def test_limits() -> None:
    """Smallest and largest values."""
    assert (tf.int8.min, tf.int8.max) == (-128, 127)
    assert (tf.uint16.min, tf.uint16.max) == (0, 65535)
    assert tf.float32.max == np.finfo(np.float32).max and tf.float32.min == np.finfo(np.float32).min
    assert tf.int32.limits == (0, 2**31 - 1)  # of intensities: none is negative
    assert tf.float32.limits == (0, 1)
    assert float(tf.bfloat16.max) == pytest.approx(3.38953e38)
    for dtype in (tf.string, tf.complex64, tf.bool, tf.qint8):
        with pytest.raises(TypeError):
            _ = dtype.min


def test_numpy_types() -> None:
    """`as_numpy_dtype` is the NumPy type of values."""
    assert tf.float32.as_numpy_dtype is np.float32 and tf.int64.as_numpy_dtype is np.int64
    assert tf.string.as_numpy_dtype in (object, np.object_)
    assert tf.bool.as_numpy_dtype is np.bool_
    assert tf.complex64.real_dtype is tf.float32 and tf.complex128.real_dtype is tf.float64
    assert tf.float64.real_dtype is tf.float64


BEFORE_NUMPY_KNOWS_IT = """
import sys
import sessile as tf
x = tf.placeholder(tf.bfloat16, [None])
assert "ml_dtypes" not in sys.modules
import ml_dtypes, numpy as np
assert tf.as_dtype(ml_dtypes.bfloat16) is tf.bfloat16 is tf.as_dtype(np.dtype(ml_dtypes.bfloat16))
assert tf.bfloat16._as_ref is tf.as_dtype("bfloat16_ref") and tf.bfloat16._as_ref.base_dtype is tf.bfloat16
print(tf.Session().run(x * 2, {x: np.ones(2, ml_dtypes.bfloat16)}))
"""


def test_bfloat16_is_known_whoever_loads_it() -> None:
    done = subprocess.run([sys.executable, "-c", BEFORE_NUMPY_KNOWS_IT], capture_output=True, text=True, timeout=60)
    assert done.stdout == "[2 2]\n", done.stderr
