"""`tf.test.TestCase`: unittest's, with a graph of its own per test, sessions, and checks of arrays."""

from __future__ import annotations

import contextlib
import os
import random
import re
import sys
import tempfile
import threading
import unittest
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

import sessile

from ..ops.graph.defaults import stack
from .checks import ArrayChecks
from .more_checks import MoreChecks

_SEED: Final = 87654321


class TestCase(ArrayChecks, MoreChecks, unittest.TestCase):
    """A test whose default graph and random seeds are fresh."""

    # Names that unittest had until Python 3.12.
    assertEquals = unittest.TestCase.assertEqual  # noqa: N815 -- unittest's name
    assertNotEquals = unittest.TestCase.assertNotEqual  # noqa: N815 -- unittest's name
    assertAlmostEquals = unittest.TestCase.assertAlmostEqual  # noqa: N815 -- unittest's name
    assertNotAlmostEquals = unittest.TestCase.assertNotAlmostEqual  # noqa: N815 -- unittest's name
    assertRegexpMatches = unittest.TestCase.assertRegex  # noqa: N815 -- unittest's name
    assertNotRegexpMatches = unittest.TestCase.assertNotRegex  # noqa: N815 -- unittest's name
    assertRaisesRegexp = unittest.TestCase.assertRaisesRegex  # noqa: N815 -- unittest's name
    assert_ = unittest.TestCase.assertTrue

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._cached: Any = None
        self._folder: str | None = None

    def setUp(self) -> None:
        """Begin with an empty default graph and fixed seeds."""
        if self._testMethodName == "test_session":
            self.skipTest("Not a test.")  # though unittest takes it for one, by its name
        self._close_cached()
        random.seed(_SEED)
        np.random.seed(_SEED)
        stack.graphs.clear()  # of blocks that a test before left open, or that it calls this in, as in TensorFlow
        sessile.reset_default_graph()
        sessile.set_random_seed(_SEED)

    def tearDown(self) -> None:
        """Close the cached session."""
        self._close_cached()

    def _close_cached(self) -> None:
        if self._cached is not None:
            self._cached.close()
            self._cached = None

    def get_temp_dir(self) -> str:
        """Return a folder of this test; the same one at each call."""
        if self._folder is None:
            from .functions import get_temp_dir

            self._folder = tempfile.mkdtemp(dir=get_temp_dir())
        return self._folder

    @contextlib.contextmanager
    def session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> Iterator[Any]:
        """A new session as the default one, on `graph` or the default graph; closed at the end.

        What is built in the block is placed on the CPU, unless with `use_gpu`.
        """
        self._check_gpu(force_gpu)
        with sessile.Session(graph=graph, config=config) as sess, self._placed(sess, use_gpu):
            yield sess

    @contextlib.contextmanager
    def cached_session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> Iterator[Any]:
        """The session of this test, kept until its end, as the default one.

        What is built in the block is placed on the CPU, unless with `use_gpu`.

        Raises: ValueError for another graph.
        """
        self._check_gpu(force_gpu)
        if self._cached is None:
            self._cached = sessile.Session(graph=graph, config=config)
        elif graph is not None and self._cached.graph is not graph:
            raise ValueError("The graph used to get the cached session is different than the one that was used before.")
        with self._cached.graph.as_default(), self._cached.as_default(), self._placed(self._cached, use_gpu):
            yield self._cached

    def test_session(self, *args: Any, **kwargs: Any) -> Any:
        """The older name: `cached_session` without a graph, `session` with one."""
        graph = args[0] if args else kwargs.get("graph")
        return self.cached_session(*args, **kwargs) if graph is None else self.session(*args, **kwargs)

    @staticmethod
    def _placed(session: Any, use_gpu: bool) -> Any:
        return contextlib.nullcontext() if use_gpu else session.graph.device("/device:CPU:0")

    def _check_gpu(self, force_gpu: bool) -> None:
        if force_gpu:
            raise sessile.errors.InvalidArgumentError(None, None, "There is no GPU device: this library has none.")

    def evaluate(self, tensors: Any) -> Any:
        """Return the values of tensors, run by the default session or else the one of this test."""
        sess = sessile.get_default_session()
        if sess is not None:
            return sess.run(tensors)
        with self.cached_session() as cached:
            return cached.run(tensors)

    def _GetNdArray(self, a: Any) -> Any:  # the name that subclasses of TensorFlow's class override
        if sessile.is_tensor(a):
            a = self.evaluate(a)
        return a if isinstance(a, (np.ndarray, np.generic)) else np.array(a)

    # Errors.

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(self, exception_type: Any, expected_err_re_or_predicate: Any) -> Iterator[None]:
        """The block raises an error of the type whose text matches, or of which the function says yes."""
        wanted = expected_err_re_or_predicate
        try:
            yield
        except exception_type as error:
            text = f"{error.message}\n{error.op}" if isinstance(error, sessile.OpError) else str(error)
            fits = wanted(error) if callable(wanted) else re.search(wanted, text)
            if not fits:
                raise AssertionError(f"Exception of type {type(error)}: {text} does not match {wanted!r}") from error
        else:
            self.fail(f"{exception_type} not raised")

    def assertRaisesOpError(self, expected_err_re_or_predicate: Any) -> Any:
        """The block raises an OpError that matches."""
        return self.assertRaisesWithPredicateMatch(sessile.OpError, expected_err_re_or_predicate)

    # Threads and streams.

    def checkedThread(self, target: Callable[..., Any], args: Any = None, kwargs: Any = None) -> CheckedThread:
        """Return a thread that is joined with its errors: those of `target` are failures of the test."""
        return CheckedThread(self, target, args or (), kwargs or {})

    @contextlib.contextmanager
    def captureWritesToStream(self, stream: Any) -> Iterator[Any]:
        """What is written to the descriptor of `stream` in the block; the object yielded has `contents()`."""
        stream.flush()
        descriptor = stream.fileno()
        kept = os.dup(descriptor)
        with tempfile.TemporaryFile() as file:
            os.dup2(file.fileno(), descriptor)
            captured = _Captured(file)
            try:
                yield captured
            finally:
                stream.flush()
                os.dup2(kept, descriptor)
                os.close(kept)
                captured.finish()


class _Captured:
    """What was written to a stream, once the block is over (or so far)."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._text: str | None = None

    def finish(self) -> None:
        """Keep the text beyond the file."""
        self._text = self.contents()

    def contents(self) -> str:
        """The text."""
        if self._text is not None:
            return self._text
        self._file.seek(0)
        text: str = self._file.read().decode(errors="replace")
        return text


class CheckedThread:
    """A thread of a test whose errors fail the test when it is joined."""

    def __init__(self, case: TestCase, target: Callable[..., Any], args: Any, kwargs: Any) -> None:
        self._case = case
        self._error: Any = None
        self._thread = threading.Thread(target=self._protected, args=(target, args, kwargs))
        self._joined = False

    def _protected(self, target: Callable[..., Any], args: Any, kwargs: Any) -> None:
        try:
            target(*args, **kwargs)
        except Exception:
            self._error = sys.exc_info()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def join(self) -> None:
        """Wait for the end; fails the test if the thread raised an error."""
        self._joined = True
        self._thread.join()
        if self._error is not None:
            self._case.fail(f"Error in checkedThread: {self._error[1]}")

    def check_termination(self) -> None:
        """Raises: an AssertionError unless the thread was joined."""
        self._case.assertTrue(self._joined, "checkedThread was not joined")
