"""Lookup tables: what TensorFlow 1.15.5 gave and refused in the same places."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.ops.families.tables.integer_index import IntegerIndex

import sessile as tf

LOOKUP = tf.contrib.lookup


@pytest.fixture
def words(tmp_path: Path) -> str:
    """A file of three words."""
    path = tmp_path / "words.txt"
    path.write_text("emerson\nlake\npalmer\n", encoding="utf-8")
    return str(path)


def int64(*values: int) -> Any:
    """An int64 tensor."""
    return tf.constant(values, tf.int64)


def pairs() -> Any:
    """What fills a table of two strings."""
    return tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2], tf.string, tf.int64)


def test_names_and_types_are_those_of_tensorflow() -> None:
    table = tf.lookup.StaticHashTable(pairs(), -1)
    table.lookup(tf.constant(["a"]))
    table.size()
    table.export()
    found = [(op.name, op.type) for op in tf.get_default_graph().get_operations()]
    assert found == [
        ("keys", "Const"), ("values", "Const"), ("Const", "Const"), ("hash_table", "HashTableV2"),
        ("key_value_init/LookupTableImportV2", "LookupTableImportV2"), ("Const_1", "Const"),
        ("hash_table_Lookup/LookupTableFindV2", "LookupTableFindV2"),
        ("hash_table_Size/LookupTableSizeV2", "LookupTableSizeV2"),
        ("hash_table_Export/LookupTableExportV2", "LookupTableExportV2"),
    ]  # fmt: skip
    assert (table.name, table.key_dtype, table.value_dtype) == ("hash_table", tf.string, tf.int64)
    assert tf.get_collection(tf.GraphKeys.TABLE_INITIALIZERS) == [table.initializer]
    assert table.lookup(tf.placeholder(tf.string, [None, 2])).shape.as_list() == [None, 2]


def test_a_static_table_is_filled_once_and_looked_up() -> None:
    table = tf.lookup.StaticHashTable(pairs(), -1)
    found, size = table.lookup(tf.constant([["a", "c"], ["b", "b"]])), table.size()
    sparse = table.lookup(tf.SparseTensor([[0, 1], [2, 0]], ["b", "x"], [3, 2]))
    with tf.Session() as sess:
        with pytest.raises(tf.errors.FailedPreconditionError, match="Table not initialized"):
            sess.run(found)
        assert sess.run(size) == 0
        with pytest.raises(tf.errors.AbortedError, match="HashTable is not initialized"):
            sess.run(table.export())
        for _ in range(2):  # once more changes nothing
            sess.run(tf.tables_initializer())
        assert sess.run([found, size])[0].tolist() == [[1, -1], [2, 2]]
        assert sess.run(size) == 2
        value = sess.run(sparse)
        assert value.values.tolist() == [2, -1]
        assert value.dense_shape.tolist() == [3, 2]
        keys, values = sess.run(table.export())
        assert dict(zip(keys, values)) == {b"a": 1, b"b": 2}
        callable_step = sess.make_callable(found)
        assert callable_step().tolist() == [[1, -1], [2, 2]]
    with tf.Session() as sess, pytest.raises(tf.errors.FailedPreconditionError):
        sess.run(found)  # another session has its own


@pytest.mark.parametrize(
    ("keys", "values", "error", "words"),
    [
        (["a", "a"], [1, 2], tf.errors.FailedPreconditionError, "Key a has 1 and trying to add value 2"),
        (["a"], [1, 2], ValueError, "Dimension 0 in both shapes must be equal, but are 1 and 2"),
        ("a", 1, ValueError, "Shape must be rank 1 but is rank 0"),
        ([["a"]], [[1]], ValueError, "Shape must be rank 1 but is rank 2"),
        ([], [], tf.errors.InvalidArgumentError, "keys and values cannot be empty tensors"),
    ],
)
def test_wrong_pairs_are_refused(keys: Any, values: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words), tf.Session() as sess:
        initializer = tf.lookup.KeyValueTensorInitializer(keys, values, tf.string, tf.int64)
        sess.run(tf.lookup.StaticHashTable(initializer, 0).initializer)


def test_wrong_types_are_refused() -> None:
    table = tf.lookup.StaticHashTable(pairs(), -1)
    with pytest.raises(TypeError, match="Keys must be dtype"):
        table.lookup(tf.constant([1]))
    with pytest.raises(ValueError, match="must have the same rank"):
        tf.lookup.StaticHashTable(pairs(), [1, 2])
    handle = tf.raw_ops.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64, shared_name="y")
    other = tf.raw_ops.HashTableV2(key_dtype=tf.string, value_dtype=tf.float32, shared_name="y")
    numbers = tf.raw_ops.HashTableV2(key_dtype=tf.float32, value_dtype=tf.float32, shared_name="z")
    refused: list[tuple[Any, Any, str]] = [
        (tf.raw_ops.LookupTableFindV2(table_handle=handle, keys=["a"], default_value=1.0),
         tf.errors.InvalidArgumentError, "Signature mismatch"),
        (tf.raw_ops.LookupTableFindV2(table_handle=handle, keys=["a"], default_value=int64(1)),
         tf.errors.FailedPreconditionError, "not initialized"),
        (tf.raw_ops.LookupTableInsertV2(table_handle=handle, keys=["a"], values=int64(1)),
         tf.errors.UnimplementedError, "Insert not supported"),
        (tf.raw_ops.LookupTableRemoveV2(table_handle=handle, keys=["a"]),
         tf.errors.UnimplementedError, "Remove not supported"),
        (tf.raw_ops.LookupTableSizeV2(table_handle=other),
         tf.errors.InvalidArgumentError, "Conflicting key/value dtypes string->float32 with string-int64 for table y"),
        (tf.raw_ops.LookupTableSizeV2(table_handle=numbers), tf.errors.InvalidArgumentError, "int32, int64 or string"),
    ]  # fmt: skip
    with tf.Session() as sess:
        for fetch, error, words in refused:
            with pytest.raises(error, match=words):
                sess.run(fetch)


def test_tables_of_one_shared_name_are_one(words: str) -> None:
    def initializer() -> Any:
        return tf.lookup.TextFileInitializer(words, tf.string, -2, tf.int64, -1)

    first, second = (tf.lookup.StaticHashTable(initializer(), default) for default in (-1, -5))
    one = LOOKUP.HashTable(tf.lookup.KeyValueTensorInitializer(["a"], [1]), 0, shared_name="x")
    same = LOOKUP.HashTable(tf.lookup.KeyValueTensorInitializer(["a"], [7]), 0, shared_name="x")
    more = LOOKUP.HashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], [7, 8]), 0, shared_name="x")
    with tf.Session() as sess:
        sess.run(first.initializer)
        assert sess.run(second.lookup(tf.constant(["lake", "w"]))).tolist() == [1, -5]
        sess.run([one.init])
        sess.run(same.initializer)
        assert sess.run(one.lookup(tf.constant("a"))) == 1
        with pytest.raises(tf.errors.FailedPreconditionError, match="already initialized with different data"):
            sess.run(more.initializer)


def test_a_server_keeps_tables_until_its_container_is_cleared() -> None:
    server = tf.train.Server.create_local_server()
    with tf.container("shop"):
        table = LOOKUP.MutableHashTable(tf.string, tf.int64, -1, name="t")
    put, found = table.insert(["a"], [1]), table.lookup(tf.constant("a"))
    with tf.Session(server.target) as sess:
        sess.run(put)
    with tf.Session(server.target) as sess:
        assert sess.run(found) == 1
    tf.Session.reset(server.target, ["shop"])
    with tf.Session(server.target) as sess:
        assert sess.run(found) == -1


FILE_CASES: dict[str, tuple[str, dict[str, Any], Any]] = {
    "columns": ("a 1\nb 2\n", {"key_index": 0, "value_index": 1, "delimiter": " "}, {b"a": 1, b"b": 2}),
    "lines": ("x\r\ny", {"key_index": -2, "value_index": -1}, {b"x": 0, b"y": 1}),
    "some": ("x\ny\nz\n", {"key_index": -2, "value_index": -1, "vocab_size": 2}, {b"x": 0, b"y": 1}),
    "few columns": (
        "a 1\n", {"key_index": 0, "value_index": 1},
        (tf.errors.InvalidArgumentError, r"Invalid number of columns in .* line 0 \(a 1\) : expected 1 got 1"),
    ),
    "no number": (
        "1 a\n", {"key_index": 0, "value_index": 1, "delimiter": " "},
        (tf.errors.InvalidArgumentError, "Field a in line 0 is not a valid int64"),
    ),
    "few lines": (
        "x\n", {"key_index": -2, "value_index": -1, "vocab_size": 5},
        (tf.errors.InvalidArgumentError, "Invalid vocab_size in .*: expected 5 but got 1"),
    ),
    "no lines": ("", {"key_index": -2, "value_index": -1}, (tf.errors.OutOfRangeError, "Read less bytes")),
    "twice": (
        "x\ny\nx\n", {"key_index": -2, "value_index": -1},
        (tf.errors.FailedPreconditionError, "Key x has 0 and trying to add value 2"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FILE_CASES)
def test_tables_of_files(case: str, tmp_path: Path) -> None:
    text, arguments, expected = FILE_CASES[case]
    path = tmp_path / "file.txt"
    path.write_bytes(text.encode())
    initializer = tf.lookup.TextFileInitializer(str(path), tf.string, value_dtype=tf.int64, **arguments)
    table = tf.lookup.StaticHashTable(initializer, -1)
    with tf.Session() as sess:
        if isinstance(expected, tuple):
            with pytest.raises(expected[0], match=expected[1]):
                sess.run(table.initializer)
            return
        sess.run(table.initializer)
        keys, values = sess.run(table.export())
        assert dict(zip(keys, values)) == expected
    assert [tensor.op.name for tensor in tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)] == ["asset_path"]


def test_wrong_files_are_refused(words: str) -> None:
    of_file = tf.lookup.TextFileInitializer
    for arguments, text in (
        (("", tf.string, -2, tf.int64, -1), "Filename required"),
        ((words, tf.string, -3, tf.int64, -1), "Invalid key index -3"),
        ((words, tf.string, -1, tf.int64, -1), "Keys must be dtype"),
        ((words, tf.string, -2, tf.int64, -1, 0), "Invalid vocab_size 0"),
    ):
        with pytest.raises(ValueError, match=text):
            of_file(*arguments)
    table = tf.lookup.StaticHashTable(of_file(words + "?", tf.string, -2, tf.int64, -1), -1)
    with pytest.raises(tf.errors.NotFoundError, match="No such file"), tf.Session() as sess:
        sess.run(table.initializer)


def test_vocabularies(words: str) -> None:
    buckets = LOOKUP.index_table_from_file(words, num_oov_buckets=2)
    assert (type(buckets).__name__, buckets.name) == ("IdTableWithHashBuckets", "hash_table")
    cases: list[tuple[Any, Any, list[Any]]] = [
        (LOOKUP.index_table_from_file(words), ["lake", "q"], [1, -1]),
        (buckets, ["lake", "q", "x"], [1, 4, 3]),
        (LOOKUP.index_table_from_file(words, vocab_size=2, default_value=9), ["lake", "palmer"], [1, 9]),
        (
            LOOKUP.index_table_from_file(words, num_oov_buckets=2, hasher_spec=LOOKUP.StrongHashSpec([1, 2])),
            ["lake", "q", "x"],
            [1, 4, 3],
        ),
        (LOOKUP.index_table_from_tensor(["a", "b"]), ["b", "c"], [1, -1]),
        (LOOKUP.index_table_from_tensor(np.array([7, 8]), 1, dtype=tf.int64), np.array([8, 9]), [1, 2]),
        (LOOKUP.index_table_from_tensor(np.array([7, 8], np.int32), 1, dtype=tf.int32), np.int32([8, 9]), [1, 2]),
        (LOOKUP.index_to_string_table_from_file(words), np.array([0, 2, 9]), [b"emerson", b"palmer", b"UNK"]),
        (LOOKUP.index_to_string_table_from_tensor(["x", "y"], "?"), np.array([1, 5]), [b"y", b"?"]),
        (LOOKUP.IdTableWithHashBuckets(None, 3, name="z"), ["lake", "q"], [1, 2]),
        (LOOKUP.HashTable(LOOKUP.TextFileStringTableInitializer(words), "u"), np.array([1, 7]), [b"lake", b"u"]),
        (LOOKUP.HashTable(LOOKUP.TextFileIdTableInitializer(words), -1), ["palmer", "q"], [2, -1]),
        (
            tf.lookup.StaticVocabularyTable(
                tf.lookup.KeyValueTensorInitializer(int64(5, 6), int64(0, 1)), 3, lookup_key_dtype=tf.int64
            ),
            np.array([5, 6, 7, 8, 9]),
            [0, 1, 3, 3, 4],
        ),
    ]  # fmt: skip
    of_names = LOOKUP.string_to_index(tf.constant(["a", "z"]), tf.constant(["a"]))
    of_numbers = LOOKUP.index_to_string(int64(0, 5), tf.constant(["a"]))
    size = buckets.size()
    with tf.Session() as sess:
        sess.run(tf.tables_initializer())
        for table, keys, expected in cases:
            assert sess.run(table.lookup(tf.constant(keys))).tolist() == expected
        assert sess.run(of_names).tolist() == [0, -1]
        assert sess.run(of_numbers).tolist() == [b"a", b"UNK"]
        assert sess.run(size) == 5


def test_wrong_vocabularies_are_refused(words: str) -> None:
    table = tf.lookup.StaticVocabularyTable
    cases: list[tuple[Any, Any, str]] = [
        (lambda: LOOKUP.index_table_from_file(words, -1), ValueError, "greater or equal than 0, got -1"),
        (lambda: LOOKUP.index_table_from_file(words, vocab_size=0), ValueError, "vocab_size must be greater than 0"),
        (lambda: LOOKUP.index_table_from_file(""), ValueError, "vocabulary_file must be specified"),
        (lambda: LOOKUP.index_table_from_file(words, 1, hasher_spec=5), TypeError, "must be of type HasherSpec, got 5"),
        (lambda: LOOKUP.index_table_from_file(words, key_dtype=tf.float32), TypeError, "Only integer and string"),
        (lambda: LOOKUP.index_table_from_tensor(None), ValueError, "mapping must be specified"),
        (lambda: LOOKUP.index_table_from_tensor([1, 2]), ValueError, "Expected non-integer"),
        (lambda: LOOKUP.index_table_from_tensor(["a"], dtype=tf.int64), ValueError, "Expected integer"),
        (lambda: LOOKUP.StrongHashSpec([1]), ValueError, "key must have size 2, got 1"),
        (lambda: LOOKUP.StrongHashSpec(["a", 2]), TypeError, "Invalid key"),
        (
            lambda: LOOKUP.index_table_from_file(words, 1, hasher_spec=LOOKUP.HasherSpec("my", None)).lookup(
                tf.constant(["q"])
            ),
            ValueError,
            "Unknown hasher my",
        ),
        (lambda: table(pairs(), 0), ValueError, "oov_buckets must be > 0"),
        (lambda: table(tf.lookup.KeyValueTensorInitializer(["a"], [1.0]), 1), TypeError, "Invalid value dtype"),
        (lambda: table(pairs(), 1, lookup_key_dtype=tf.float32), TypeError, "expected integer or string"),
        (lambda: table(pairs(), 1, lookup_key_dtype=tf.int64), TypeError, "expected integer but got"),
    ]  # fmt: skip
    for call, error, text in cases:
        with pytest.raises(error, match=text):
            call()


def test_mutable_tables_change_while_a_session_runs() -> None:
    table = LOOKUP.MutableHashTable(tf.string, tf.int64, -1, name="tab")
    put = table.insert(tf.constant(["a", "b"]), int64(1, 2))
    found, taken, all_of_it = table.lookup(["a", "z"]), table.remove(tf.constant(["a", "q"])), table.export()
    with tf.Session() as sess:
        assert sess.run(found).tolist() == [-1, -1]
        sess.run(put)
        sess.run(table.insert([["b"]], [[7]]))
        assert sess.run(found).tolist() == [1, -1]
        sess.run(taken)
        keys, values = sess.run(all_of_it)
        assert (keys.tolist(), values.tolist(), sess.run(table.size())) == ([b"b"], [7], 1)
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Expected shape \[2\] for value, got \[1\]"):
            sess.run(table.insert(tf.constant(["a", "b"]), int64(1)))
    rows = LOOKUP.MutableHashTable(tf.string, tf.float32, [0.0, 1.0])
    with tf.Session() as sess:
        sess.run(rows.insert(["a"], [[3.0, 4.0]]))
        assert sess.run(rows.lookup([["a"], ["b"]])).tolist() == [[[3.0, 4.0]], [[0.0, 1.0]]]
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Expected shape \[1,2\] for value, got \[1\]"):
            sess.run(rows.insert(["a"], [1.0]))


def test_dense_tables() -> None:
    dense = LOOKUP.MutableDenseHashTable
    table = dense(tf.int64, tf.int64, -1, empty_key=100, deleted_key=200, initial_num_buckets=8)
    with tf.Session() as sess:
        sess.run(table.insert(int64(*range(6)), int64(*range(6))))
        keys, values = sess.run(table.export())
        assert keys.tolist() == [[n] for n in (0, 1, 2, 3, 4, 5, 100, 100)]
        assert values.tolist() == [[n] for n in (0, 1, 2, 3, 4, 5, 0, 0)]
        sess.run(table.insert_or_assign(int64(*range(7)), int64(*range(7))))
        assert len(sess.run(table.export())[0]) == 32  # as it grows in TensorFlow
        sess.run(table.erase(int64(0, 77)))
        assert sess.run([table.size(), table.lookup(int64(0, 6))])[1].tolist() == [-1, 6]
        for key, word in ((100, "empty_key"), (200, "deleted_key")):
            for make in (lambda k: table.insert(k, k), table.lookup, table.remove):
                with pytest.raises(tf.errors.InvalidArgumentError, match=f"Using the {word} as a table key"):
                    sess.run(make(int64(key)))
        rows = dense(tf.int64, tf.float32, 0.0, empty_key=[0, 0], deleted_key=[-1, -1], initial_num_buckets=4)
        sess.run(rows.insert(tf.constant([[1, 2], [3, 4]], tf.int64), [5.0, 6.0]))
        found = rows.lookup(tf.constant([[1, 2], [3, 5]], tf.int64))
        assert (sess.run(found).tolist(), found.shape.as_list()) == ([5.0, 0.0], [2])
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"must end with the table's key shape \[2\]"):
            sess.run(rows.lookup(tf.constant([[1, 2, 3]], tf.int64)))
        for arguments, text in (((1, 1, 4), "cannot be equal"), ((1, 2, 12), "at least 4 and a power of 2, got: 12")):
            with pytest.raises(tf.errors.InvalidArgumentError, match=text):
                sess.run(dense(tf.int64, tf.int64, -1, *arguments).size())


def test_tables_are_saved_and_restored(tmp_path: Path) -> None:
    table = LOOKUP.MutableHashTable(tf.string, tf.int64, -1, name="tab")
    dense = LOOKUP.MutableDenseHashTable(tf.int64, tf.float32, 0.0, 7, 8, initial_num_buckets=4, name="den")
    LOOKUP.MutableHashTable(tf.string, tf.int64, -1, name="left_out", checkpoint=False)
    put = [table.insert(["a", "b"], [1, 2]), dense.insert(int64(1, 2), [1.0, 2.0])]
    other = [table.insert(["a", "q"], [5, 2]), dense.insert(int64(1, 9), [3.0, 2.0])]
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(put)
        path = saver.save(sess, str(tmp_path / "model"))
        sess.run(other)
        saver.restore(sess, path)
        assert dict(zip(*sess.run(table.export()))) == {b"a": 1, b"b": 2}
    assert tf.train.list_variables(path) == [
        ("den-keys", [4, 1]), ("den-values", [4, 1]), ("tab-keys", [2]), ("tab-values", [2]),
    ]  # fmt: skip
    with tf.Session() as sess:
        saver.restore(sess, path)
        assert sess.run(dense.lookup(int64(1, 2, 9))).tolist() == [1.0, 2.0, 0.0]
        only = tf.train.Saver([table]).save(sess, str(tmp_path / "only"), write_meta_graph=False)
        assert [name for name, _ in tf.train.list_variables(only)] == ["tab-keys", "tab-values"]


def test_raw_operations_import_and_refuse() -> None:
    raw = tf.raw_ops
    table = raw.MutableHashTableV2(key_dtype=tf.string, value_dtype=tf.int64, shared_name="z")
    everything = raw.LookupTableExportV2(table_handle=table, Tkeys=tf.string, Tvalues=tf.int64)
    with tf.Session() as sess:
        sess.run(raw.LookupTableImportV2(table_handle=table, keys=["a", "b"], values=int64(1, 2)))
        sess.run(raw.LookupTableImportV2(table_handle=table, keys=["c"], values=int64(5)))
        assert [array.tolist() for array in sess.run(everything)] == [[b"c"], [5]]
        for op in (
            raw.InitializeTableV2(table_handle=table, keys=["a"], values=int64(1)),
            raw.InitializeTableFromTextFileV2(table_handle=table, filename="x", key_index=-2, value_index=-1),
        ):
            with pytest.raises(tf.errors.InvalidArgumentError, match="is not initializable"):
                sess.run(op)
        fixed = raw.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64, shared_name="f")
        sess.run(raw.InitializeTableV2(table_handle=fixed, keys=["a"], values=int64(4)))
        assert sess.run(raw.LookupTableFindV2(table_handle=fixed, keys=["a"], default_value=int64(0)[0])) == [4]


def test_datasets_look_up_tables() -> None:
    table = tf.lookup.StaticHashTable(pairs(), -1)
    iterator = tf.data.Dataset.from_tensor_slices(["a", "zz"]).map(table.lookup).make_initializable_iterator()
    following = iterator.get_next()
    with tf.Session() as sess:
        sess.run([table.initializer, iterator.initializer])
        assert [sess.run(following) for _ in range(2)] == [1, -1]


def test_a_graph_with_tables_is_exported_and_imported(words: str) -> None:
    table = LOOKUP.index_table_from_file(words, num_oov_buckets=2, name="words")
    keys = tf.placeholder(tf.string, [None], name="keys")
    tf.identity(table.lookup(keys), name="found")
    tf.identity(table.initializer.inputs[1], name="file")
    message = tf.get_default_graph().as_graph_def()
    initializer = table.initializer.name
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(message, name="")
        with tf.Session(graph=graph) as sess:
            sess.run(initializer)
            assert sess.run("found:0", {"keys:0": ["lake", "q", "x"]}).tolist() == [1, 4, 3]


def test_threads_insert_what_all_of_them_find() -> None:
    table = LOOKUP.MutableHashTable(tf.int64, tf.int64, -1)
    key = tf.placeholder(tf.int64, [None])
    put, found, size = table.insert(key, key * 2), table.lookup(key), table.size()
    wrong: list[int] = []
    with tf.Session() as sess:

        def work(number: int) -> None:
            for start in range(0, 200, 10):
                keys = np.arange(start, start + 10) * 4 + number
                sess.run(put, {key: keys})
                if sess.run(found, {key: keys}).tolist() != (keys * 2).tolist():
                    wrong.append(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (wrong, sess.run(size)) == ([], 800)


@settings(deadline=None, max_examples=60)
@given(
    keys=st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-20, 60), min_size=1, max_size=40, unique=True),
    wanted=st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-30, 70), max_size=40),
    is_short=st.booleans(),
)
def test_an_index_of_integers_is_a_dictionary(keys: list[int], wanted: list[int], is_short: bool) -> None:
    dtype = np.int32 if is_short else np.int64
    if is_short:
        keys, wanted = list({key % 1000 - 300 for key in keys}), [key % 1200 - 400 for key in wanted]
    for values in (np.arange(len(keys)) * 10, np.array([b"%d" % key for key in keys], object)):
        index = IntegerIndex(np.array(keys, dtype), values)
        entries = dict(zip(keys, values.tolist()))
        asked = np.array([*wanted, *keys], dtype)
        default = -7 if values.dtype != object else b"none"
        assert index.find(asked, default).tolist() == [entries.get(key, default) for key in asked.tolist()]


@pytest.mark.parametrize("step", [1, 10**9])
def test_many_integers_are_looked_up_in_tables_that_change(step: int) -> None:
    table = tf.contrib.lookup.MutableHashTable(tf.int64, tf.string, b"?")
    keys = np.arange(100, dtype=np.int64) * step
    names = np.array([b"%d" % number for number in range(100)], object)
    asked = tf.placeholder(tf.int64, [None])
    with tf.Session() as session:
        session.run(table.insert(keys, names))
        find = session.make_callable(table.lookup(asked), [asked])
        for _ in range(3):
            assert find(keys[::-1]).tolist() == names[::-1].tolist()
            assert find(keys + 1)[-1] == b"?"
        session.run(table.insert(keys[:2], [b"x", b"y"]))
        assert find(keys)[:3].tolist() == [b"x", b"y", b"2"]
        session.run(table.remove(keys[2:4]) if hasattr(table, "remove") else table.insert(keys[2:4], [b"?", b"?"]))
        assert find(keys)[:5].tolist() == [b"x", b"y", b"?", b"?", b"4"]
        assert find(keys.reshape(-1)[:0]).tolist() == []
