"""`tf.test`: a TestCase that runs graphs, and the functions beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf


class Case(tf.test.TestCase):  # type: ignore[misc, name-defined, unused-ignore]
    """What the tests below run by name."""

    __test__ = False

    def sessions(self) -> None:
        """Each kind of session is the default one, on the default graph."""
        x = tf.constant([1.0, 2.0])
        with self.session() as sess:
            assert tf.get_default_session() is sess
            self.assertAllEqual([2.0, 4.0], (x * 2.0).eval())
        with self.cached_session() as first:
            pass
        with self.test_session() as second:
            assert second is first
        self.assertAllClose(self.evaluate({"a": x})["a"], [1.0, 2.0])
        self.assertAllEqual(x + 1.0, [2.0, 3.0])

    def fresh(self) -> None:
        """Graph and seeds."""
        assert tf.get_default_graph().version == 0 and tf.get_default_graph().seed == 87654321

    def wrong(self) -> None:
        """Fails."""
        self.assertAllClose({"a": [1.0, 2.0]}, {"a": [1.0, 2.1]})

    def threads(self) -> None:
        """A thread's error fails the test."""
        thread = self.checkedThread(lambda: 1 / 0)
        thread.start()
        thread.join()


def run(name: str) -> unittest.TestResult:
    """The result of one test of `Case`."""
    result = Case(name).run()
    assert result is not None
    return result


@pytest.mark.parametrize("name", ["sessions", "fresh"])
def test_a_test_passes(name: str) -> None:
    result = run(name)
    assert result.wasSuccessful(), result.errors + result.failures


def test_a_failing_check_names_the_place() -> None:
    ((_, text),) = run("wrong").failures
    assert "a['a'], b['a']" in text
    ((_, text),) = run("threads").failures
    assert "division by zero" in text


def test_checks_of_arrays() -> None:
    case = Case("fresh")
    case.assertAllClose([[1.0], [2.0, 3.0]], [[1.0], [2.0, 3.0]])
    case.assertAllEqual([b"a", "b"], np.array(["a", "b"]))
    case.assertNotAllClose([1.0], [2.0])
    case.assertAllCloseAccordingToType(np.float16([1.0]), np.float16([1.0005]))
    case.assertAllInRange([1, 2], 1, 2)
    case.assertNear(1.0, 1.05, 0.1)
    case.assertArrayNear([1.0], [1.05], 0.1)
    case.assertShapeEqual(np.zeros([2, 3]), tf.zeros([2, 3]))
    case.assertDeviceEqual("/cpu:0", "/device:CPU:0")
    case.assertProtoEquals('name: "n"', tf.NodeDef(name="n"))
    failing: list[Any] = [
        lambda: case.assertAllEqual([1, 2], [1, 3]),
        lambda: case.assertAllEqual([1, 2], [[1, 2]]),
        lambda: case.assertAllClose([1.0], [1.0, 2.0]),
        lambda: case.assertAllInRange([1, 2], 1, 2, open_upper_bound=True),
        lambda: case.assertAllGreater([1, 2], 1),
        lambda: case.assertNear(1.0, 2.0, 0.1),
        lambda: case.assertShapeEqual(np.zeros([2, 3]), tf.zeros([3])),
        lambda: case.assertProtoEquals('name: "n"', tf.NodeDef(name="m")),
    ]
    for check in failing:
        with pytest.raises(AssertionError):
            check()


def test_checks_of_errors() -> None:
    case = Case("fresh")
    with tf.Session() as sess:
        x = tf.placeholder(tf.float32, name="fed")
        with case.assertRaisesOpError("You must feed a value"):
            sess.run(x)
        with case.assertRaisesWithPredicateMatch(tf.errors.InvalidArgumentError, lambda error: error.op is x.op):
            sess.run(x)
        with pytest.raises(AssertionError, match="does not match"), case.assertRaisesOpError("something else"):
            sess.run(x)


def test_what_is_written_is_captured() -> None:
    with Case("fresh").captureWritesToStream(sys.__stderr__) as captured:
        os.write(2, b"written")
    assert captured.contents() == "written"


def test_folders_and_devices() -> None:
    folder = tf.test.get_temp_dir()
    assert os.path.isdir(folder) and tf.test.get_temp_dir() == folder
    assert Case("fresh").get_temp_dir().startswith(folder)
    assert tf.test.test_src_dir_path("data") == str(Path(__file__).parent / "data")
    assert not tf.test.is_gpu_available() and not tf.test.is_built_with_cuda() and tf.test.gpu_device_name() == ""
    assert tf.test.mock.Mock is unittest.mock.Mock


def test_graphs_are_compared_by_node() -> None:
    def graph(value: float) -> Any:
        with tf.Graph().as_default() as made:
            tf.constant(value, name="a")
            tf.constant(1.0, name="b")
        return made.as_graph_def()

    tf.test.assert_equal_graph_def(graph(1.0), graph(1.0))
    with pytest.raises(AssertionError, match="Node 'a' differs"):
        tf.test.assert_equal_graph_def(graph(1.0), graph(2.0))
    with pytest.raises(TypeError, match="Expected tf.GraphDef for actual, got str"):
        tf.test.assert_equal_graph_def("", graph(2.0))


def test_a_local_cluster() -> None:
    workers, servers = tf.test.create_local_cluster(2, 1)
    assert (len(workers), len(servers)) == (2, 1)
    with tf.Graph().as_default(), tf.Session(workers[0].target) as sess:
        assert sess.run(tf.constant(1.0) + 1.0) == 2.0


def test_main_runs_the_tests_of_a_script(tmp_path: Path) -> None:
    script = tmp_path / "square_test.py"
    script.write_text(
        "import sessile as tf\n"
        "class SquareTest(tf.test.TestCase):\n"
        "    def testSquare(self):\n"
        "        with self.test_session():\n"
        "            self.assertAllEqual(tf.square([2, 3]).eval(), [4, 9])\n"
        "if __name__ == '__main__':\n"
        "    tf.test.main()\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "OK (skipped=1)" in done.stderr  # `test_session`


def test_an_interactive_session_is_default_until_it_is_closed() -> None:
    """`close` failed on a name that had moved."""
    sess = tf.InteractiveSession()
    assert tf.get_default_session() is sess and tf.constant(1.0).eval() == 1.0
    sess.close()
    assert tf.get_default_session() is None


class Inherited(tf.test.TestCase):  # type: ignore[misc, name-defined, unused-ignore]
    """Checks that come from absl, and names that unittest had."""

    __test__ = False

    def right(self) -> None:
        """What holds."""
        self.assertEmpty([])
        self.assertNotEmpty([1])
        self.assertLen("ab", 2)
        self.assertSameElements([1, 2], [2, 1, 1])
        self.assertItemsEqual([{}, 2], [2, {}])
        self.assertContainsSubset([1], [1, 2])
        self.assertNoCommonElements([1], [2])
        self.assertContainsInOrder(["a", "b"], "a-b")
        self.assertContainsSubsequence([1, 2, 3], [1, 3])
        self.assertContainsExactSubsequence([1, 2, 3], [2, 3])
        self.assertBetween(2, 1, 3)
        self.assertEndsWith("abc", "bc")
        self.assertNotStartsWith("abc", "b")
        self.assertNotEndsWith("abc", "b")
        self.assertSequenceStartsWith([1], [1, 2])
        self.assertSequenceAlmostEqual([1.0], [1.0 + 1e-9])
        self.assertTotallyOrdered([1, 1], [2])
        self.assertRegexMatch("abc", ["x", "b"])
        self.assertJsonEqual('{"a": 1}', '{ "a":1 }')
        self.assertDTypeEqual(np.zeros(2, np.float32), np.float32)
        self.assertRaisesWithLiteralMatch(ValueError, "a.b", self.raises)
        getattr(self, "assertEquals")(1, 1)  # noqa: B009 -- ruff renames what is called plainly
        with getattr(self, "assertRaisesRegexp")(ValueError, "a.b"):  # noqa: B009
            self.raises()
        with open(self.create_tempfile("a.txt", "text"), encoding="utf-8") as file:
            assert file.read() == "text"
        assert os.path.isdir(self.create_tempdir("folder").full_path)

    def raises(self) -> None:
        """Fails."""
        raise ValueError("a.b")


def test_a_set_up_inside_a_block_of_a_graph_begins_anew() -> None:
    """As decorators of libraries call it, and after a test that left such a block open."""
    case = Case("fresh")
    with tf.Graph().as_default() as graph:
        case.setUp()
        assert tf.get_default_graph() is not graph
        case.fresh()
    case.doCleanups()
    tf.Graph().as_default().__enter__()
    Case("fresh").debug()


def test_checks_of_absl() -> None:
    Inherited("right").debug()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("assertEmpty", ([1],)), ("assertNotEmpty", ([],)), ("assertLen", ([1], 2)), ("assertSameElements", ([1], [2])),
        ("assertItemsEqual", ([1, 1], [1])), ("assertContainsSubset", ([3], [1])),
        ("assertNoCommonElements", ([1], [1])), ("assertContainsInOrder", (["b", "a"], "ab")),
        ("assertContainsSubsequence", ([1, 2], [2, 1])), ("assertContainsExactSubsequence", ([1, 2, 3], [1, 3])),
        ("assertBetween", (4, 1, 3)), ("assertEndsWith", ("a", "b")), ("assertSequenceStartsWith", ([2], [1])),
        ("assertSequenceAlmostEqual", ([1.0], [1.1])), ("assertTotallyOrdered", ([2], [1])),
        ("assertRegexMatch", ("a", ["b"])), ("assertDTypeEqual", (np.zeros(1), np.float32)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_checks_of_absl_fail(name: str, arguments: Any) -> None:
    with pytest.raises(AssertionError):
        getattr(Inherited("right"), name)(*arguments)


def test_scalars_beside_lists_are_compared_item_by_item() -> None:
    case = Inherited("right")
    ones: list[Any] = [1.0, [1.0, 2.0]]
    case.assertAllClose(ones, [np.float32(1.0), np.array([1.0, 2.0])])
    case.assertAllClose([[np.float32(1.0), np.array([2.0])]], [[1.0, [2.0]]])
    with pytest.raises(AssertionError):
        case.assertAllClose(ones, [1.0, [1.0, 3.0]])
