"""Strings in compiled code against the kernels that say what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sessile.compiler.executors import interpreter
from sessile.compiler.plan.plan import Instruction, Value
from sessile.compiler.routines.strings import routines, views
from sessile.compiler.routines.strings.views import Views, views_of
from sessile.ops.definition.registry import lookup
from sessile.ops.families.strings.at_once import replaced_at_once, runs_of
from sessile.ops.types import dtypes

import sessile as tf

pytestmark = pytest.mark.skipif(not views.available(), reason="no native code here")


@pytest.fixture(autouse=True)
def _also_few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(routines, "LEAST", 1)
    yield


def _array(items: Any, shape: Any = None) -> Any:
    result = np.empty(len(items), object)
    result[:] = items
    return result if shape is None else result.reshape(shape)


def _held(op_type: str, arrays: Any, results: Any, compiled: bool = True, **attrs: Any) -> None:
    """An operation's routine and its kernel make the same of arrays, and of strings that lie anywhere."""
    kinds = [dtypes.string if array.dtype == object else dtypes.as_dtype(array.dtype) for array in arrays]
    inputs = [Value(f"x{n}", kind, None) for n, kind in enumerate(kinds)]
    made = Instruction(lookup(op_type), attrs, inputs, [Value(f"r{n}", kind, None) for n, kind in enumerate(results)])
    wanted = interpreter.execute(made, arrays, None)
    shifted = [_anywhere(array) if array.dtype == object and array.size > 1 else array for array in arrays]
    for values in (arrays, shifted):
        found = routines.run(made, values)
        assert (found is not None) == compiled
        for mine, theirs in zip(found or (), wanted):
            mine = mine.array() if type(mine) is Views else mine
            assert mine.dtype == theirs.dtype and mine.shape == theirs.shape
            np.testing.assert_array_equal(mine, theirs)


def _anywhere(array: Any) -> Views:
    """The same strings, one behind the other with marks between them: they begin at any byte."""
    texts = array.ravel().tolist()
    data = np.frombuffer(b"A".join([b"", *texts, b""]), np.uint8).copy()
    sizes = np.array([len(text) for text in texts], np.int64)
    starts = np.cumsum(sizes + 1) - sizes
    return Views(starts.astype(np.uint64) + np.uint64(data.ctypes.data), sizes, array.shape, data)


_TEXTS = st.lists(st.binary(max_size=70) | st.text("aZ \t,1-", max_size=9).map(str.encode), min_size=2, max_size=40)
_SLOWLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_SLOWLY
@given(texts=_TEXTS)
def test_of_one_string(texts: Any) -> None:
    """Lengths, cases, hashes: any bytes, of any length."""
    x = _array(texts)
    _held("StringLength", [x], [dtypes.int32], unit=b"BYTE")
    _held("StringLower", [x], [dtypes.string], encoding=b"")
    _held("StringUpper", [x.reshape(1, -1)], [dtypes.string], encoding=b"")
    for kind, key in (("Fast", {}), ("", {}), ("Strong", {"key": (-5, 2**62 + 3)})):
        _held(f"StringToHashBucket{kind}", [x], [dtypes.int64], num_buckets=1000003, **key)


@_SLOWLY
@given(texts=_TEXTS, start=st.integers(-3, 3), count=st.integers(-1, 9))
def test_parts(texts: Any, start: int, count: int) -> None:
    """Parts counted from either end; where a string is too short, the kernel says so."""
    x = _array([b"abc" + text for text in texts])
    _held("Substr", [x, np.array(start), np.array(count)], [dtypes.string], unit=b"BYTE")


@_SLOWLY
@given(texts=_TEXTS, marks=st.sampled_from([b" ", b",", b" ,\t", b"\xff\0"]), skip=st.booleans())
def test_words(texts: Any, marks: bytes, skip: bool) -> None:
    """Words between single bytes, with and without empty ones."""
    results = [dtypes.int64, dtypes.string, dtypes.int64]
    is_plain = skip or all(texts)  # the kernel knows that an empty string has no word
    _held("StringSplit", [_array(texts), _array([marks], ())], results, is_plain, skip_empty=skip)
    _held("StringSplitV2", [_array(texts), _array([b""], ())], results, maxsplit=-1)
    _held("StringSplitV2", [_array(texts), _array([marks[:1]], ())], results, maxsplit=-1)


@_SLOWLY
@given(texts=_TEXTS, separator=st.sampled_from([b"", b"-", b"\0 and \xff then"]), count=st.integers(1, 4))
def test_joins(texts: Any, separator: bytes, count: int) -> None:
    """Strings joined with others and with one for all."""
    arrays = [_array(texts), _array([b"same"], ()), _array(texts[::-1]), _array([b""], ())][:count]
    _held("StringJoin", arrays, [dtypes.string], separator=separator, N=count)


_NUMBERS = ["0", "-0", "+7", "1.5", "-.5", "3.", "1e3", "inf", "nan", " 12", "12 ", "123456789012345678", "-2147483648",
            "0.1", "3.4028235e38", "179769313486231570", "000000000000000000000000.1"]  # fmt: skip


@pytest.mark.parametrize("kind", [dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64], ids=str)
def test_numbers(kind: Any) -> None:
    """Plain numbers are read at once; others by the kernel, and what is no number by nobody."""
    texts = [text.encode() for text in _NUMBERS]
    rng = np.random.default_rng(3)
    texts += [b"%.*f" % (int(rng.integers(0, 9)), value) for value in rng.normal(size=200) * 1000]
    good = []
    for text in texts:
        try:
            lookup("StringToNumber").kernel(_array([text]), out_type=kind)
            good.append(text)
        except tf.errors.InvalidArgumentError:
            continue
    _held("StringToNumber", [_array(good)], [kind], out_type=kind)
    inputs, outputs = [Value("x", dtypes.string, None)], [Value("r", kind, None)]
    hexadecimal = () if kind.is_floating else (b"0x1",)  # TensorFlow reads it as a floating-point number
    for wrong in (b"", b"-", b".", b"1.2.3", b"1_0", b"\0", *hexadecimal):
        made = Instruction(lookup("StringToNumber"), {"out_type": kind}, inputs, outputs)
        assert routines.run(made, [_array([b"1", wrong])]) is None


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int32, np.int64])
def test_digits(kind: Any) -> None:
    """Integers as strings, the least and the largest among them."""
    info = np.iinfo(kind)
    x = np.array([0, 1, -1, 9, 10, -10, 99, info.min, info.max], kind).reshape(3, 3)
    attrs = {"precision": -1, "scientific": False, "shortest": False, "width": -1, "fill": b""}
    _held("AsString", [x], [dtypes.string], T=dtypes.as_dtype(kind), **attrs)


_PATTERNS = [b"[0-9]+", b"a", b"[a-c]{2,3}Z", b"[^,]*,", b"\\s+", b"[^\\w]+", b"Z?a", b"\\d\\d", b"[[:alpha:]]+"]


_OF_CHARACTERS = [b".", b"[^\\w]", b"[^a]{2,}"]


@_SLOWLY
@given(texts=_TEXTS, pattern=st.sampled_from(_PATTERNS), rewrite=st.sampled_from([b"", b"n", b"a longer one"]))
def test_patterns(texts: Any, pattern: bytes, rewrite: bytes) -> None:
    """Runs of bytes, replaced and matched."""
    x, is_first = _array(texts), len(texts) % 2 == 0
    given_ = [x, _array([pattern], ()), _array([rewrite], ())]
    _held("RegexReplace", given_, [dtypes.string], replace_global=not is_first)
    _held("RegexFullMatch", given_[:2], [dtypes.bool_])


@pytest.mark.parametrize(
    "pattern",
    [*_OF_CHARACTERS, b"^a", b"a$", b"\\ba", b"a*", b"a*ab", b"(a)", b"ab|b", b"a+?b", b"(?i)a", b"[a-z]+b"],
)
def test_other_patterns(pattern: bytes) -> None:
    """What is more than runs, counts characters of UTF-8, or would need a second try, is left to the kernel."""
    if pattern not in _OF_CHARACTERS:
        assert runs_of(re.compile(pattern)) is None
    _held("RegexFullMatch", [_array([b"ab", b"b"]), _array([pattern], ())], [dtypes.bool_], compiled=False)


@pytest.mark.parametrize(
    "pattern", [b"(a|b)+", b"[^\\n]+?Z", b"(?i)z", b"x.y", b"a|1", b"\\d+", b"\\s", b"[^a]", b"a*", b"^a"]
)
def test_joined_searches(pattern: bytes) -> None:
    """Where many strings are searched as one, each match is the one that its string has alone."""
    compiled = re.compile(pattern)
    texts = [b"aab1", b"Zz z", b"", b"\xff\0a", b"x1y xxy", b"a"] * 4
    wanted = [compiled.sub(b"<\\g<0>>", text) for text in texts]
    found = replaced_at_once(compiled, b"<\\g<0>>", texts)
    assert found == (None if pattern in (b"\\s", b"[^a]", b"a*", b"^a") else wanted)
    assert replaced_at_once(compiled, b"", [*texts, b"with\nline ends"]) is None


def test_records() -> None:
    """Plain lines; fields in quotes, empty ones and too many are the kernel's."""
    lines = _array([b"%d,%d.5,w %d\xff\0" % (k, -k, k) for k in range(50)])
    defaults = [np.zeros(1, np.int32), np.zeros(1, np.float32), _array([b""])]
    types = [dtypes.int32, dtypes.float32, dtypes.string]
    attrs = {"field_delim": b",", "use_quote_delim": True, "na_value": b"", "select_cols": (), "OUT_TYPE": types}
    _held("DecodeCSV", [lines, *defaults], types, **attrs)
    picked = {**attrs, "select_cols": [0, 2], "OUT_TYPE": [types[0], types[2]]}
    _held("DecodeCSV", [lines, defaults[0], defaults[2]], [types[0], types[2]], **picked)
    for odd in (b'1,2,"w"', b"1,,w"):
        _held("DecodeCSV", [_array([b"1,2,w", odd]), *defaults], types, compiled=False, **attrs)


def test_raw() -> None:
    """Numbers in binary."""
    rows = np.arange(120, dtype=np.int32).reshape(5, 24)
    x = _array([row.tobytes() for row in rows])
    for kind in (dtypes.int32, dtypes.uint8, dtypes.complex64):
        made = Instruction(lookup("DecodeRaw"), {"out_type": kind, "little_endian": True},
                           [Value("x", dtypes.string, None)], [Value("r", kind, None)])  # fmt: skip
        np.testing.assert_array_equal(routines.run(made, [x])[0], interpreter.execute(made, [x], None)[0])


def test_other_objects_are_no_views() -> None:
    """Text, numbers and subclasses of bytes are not taken for bytes."""

    class Special(bytes):
        """Bytes of another type."""

    assert views_of(_array([b"a", b""])) is not None
    for other in ("a", 1, None, bytearray(b"a"), Special(b"a")):
        assert views_of(_array([b"a", other])) is None


def test_chains_in_a_session() -> None:
    """Strings go through several operations without becoming objects, and come out as if they had."""
    words = _array([b"%d Some\0Words\xff" % number for number in range(5000)])
    x = tf.placeholder(tf.string, [None])
    lower = tf.strings.lower(tf.strings.substr(x, 0, 6))
    parts = tf.string_split(tf.string_join([lower, x], " "))
    with tf.Session() as sess:
        found, values, lengths = sess.run([lower, parts.values, tf.strings.length(parts.values)], {x: words})
        plain = sess.run(tf.regex_replace(lower, "(o)", "\\1\\1"), {x: words})  # not by a routine
    joined = [word[:6].lower() + b" " + word for word in words]
    assert found.tolist() == [word[:6].lower() for word in words]
    assert values.tolist() == [part for text in joined for part in text.split(b" ") if part]
    assert lengths.tolist() == [len(value) for value in values]
    assert plain.tolist() == [word[:6].lower().replace(b"o", b"oo") for word in words]


def test_fed_strings_are_checked() -> None:
    """Among many strings, one that is text is encoded, and one that is no string is refused."""
    words = _array([b"a"] * 20000)
    x = tf.placeholder(tf.string, [None])
    y = tf.strings.length(x)
    with tf.Session() as sess:
        words[777] = "é"
        assert sess.run(y, {x: words})[777] == 2
        words[777] = 5
        with pytest.raises(TypeError):
            sess.run(y, {x: words})


def test_hashes_of_small_arrays_are_compiled_when_asked_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones are the kernel's; the values are the same before and after."""
    monkeypatch.setattr(routines, "LEAST", views.LEAST)
    monkeypatch.setattr(routines, "_hashed", {})
    monkeypatch.setattr(routines, "_ENOUGH", 300)
    texts = [b"w%d" % number for number in range(100)]
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.string, [None])
        call = session.make_callable(tf.string_to_hash_bucket_fast(x, 1000), [x])
        first = call(texts).tolist()
        assert all(call(texts).tolist() == first for _ in range(8))
        assert routines._hashed == {"bucket": 300}
        assert call(texts[:70]).tolist() == first[:70] and call(texts[:9]).tolist() == first[:9]


@_SLOWLY
@given(texts=_TEXTS, pad=st.booleans())
def test_base_64(texts: Any, pad: bool) -> None:
    """Any bytes to letters and back, with and without marks at the end; other letters are left to the kernel."""
    x = _array(texts)
    _held("EncodeBase64", [x], [dtypes.string], pad=pad)
    (letters,) = interpreter.execute(
        Instruction(lookup("EncodeBase64"), {"pad": pad}, [], [Value("r", dtypes.string, None)]), [x], None
    )
    _held("DecodeBase64", [letters], [dtypes.string])
    made = Instruction(lookup("DecodeBase64"), {}, [Value("x", dtypes.string, None)], [Value("r", dtypes.string, None)])
    for wrong in (b"YW*h", b"YWJjY", b"YW=h", b"Y===", b"\xff\xff\xff\xff"):
        assert routines.run(made, [_array([*letters.tolist(), wrong])]) is None
