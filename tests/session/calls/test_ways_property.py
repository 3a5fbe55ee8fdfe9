"""Property: `run`, `make_callable` with and without options, traced, timed, and every split of `partial_run` agree.

Graphs are drawn of pure operations, updates of variables, Python functions that count their calls and control edges.
Effects are chained by control edges, so that every order the edges allow gives one result.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import sessile as tf

FEEDS = 3
UNARY = (tf.negative, tf.square, lambda x: x[::-1], tf.identity, tf.cumsum)
BINARY = (tf.add, tf.multiply, tf.maximum)
KINDS = ("unary", "binary", "add to", "read", "count", "behind")


@st.composite
def programs(draw: Any) -> tuple[list[tuple[str, int, int, int]], list[int]]:
    """Rows `(kind, which, first, second)` that make tensors of earlier ones, and what is fetched."""
    rows = []
    for size in range(FEEDS, FEEDS + draw(st.integers(1, 9))):
        earlier = st.integers(0, size - 1)
        rows.append((draw(st.sampled_from(KINDS)), draw(st.integers(0, 9)), draw(earlier), draw(earlier)))
    chosen = st.lists(st.integers(0, FEEDS + len(rows) - 1), min_size=1, max_size=5, unique=True)
    return rows, draw(chosen)


class Built:
    """A drawn graph: its tensors, and per tensor the feeds it needs."""

    def __init__(self, rows: list[tuple[str, int, int, int]]) -> None:
        self.graph = tf.Graph()
        self.calls = 0
        with self.graph.as_default():
            self.tensors: list[Any] = [tf.placeholder(tf.float32, [None], name=f"x{i}") for i in range(FEEDS)]
            self.needs: list[set[int]] = [{i} for i in range(FEEDS)]
            self.variable = tf.Variable(np.ones(2, np.float32), name="v")
            self._last: Any = None
            self._last_needs: set[int] = set()
            for row in rows:
                self._add(*row)

    def _add(self, kind: str, which: int, first: int, second: int) -> None:
        x, y = self.tensors[first], self.tensors[second]
        needs = set(self.needs[first])
        if kind == "unary":
            made = UNARY[which % len(UNARY)](x)
        elif kind == "binary":
            made, needs = BINARY[which % len(BINARY)](x, y), needs | self.needs[second]
        elif kind == "behind":
            with tf.control_dependencies([y.op] if second >= FEEDS else []):
                made = tf.identity(x)
            needs |= self.needs[second] if second >= FEEDS else set()
        else:
            with tf.control_dependencies([] if self._last is None else [self._last]):
                made = self._effect(kind, x)
            needs |= self._last_needs
            self._last, self._last_needs = made.op, needs
        self.tensors.append(made)
        self.needs.append(needs)

    def _effect(self, kind: str, x: Any) -> Any:
        if kind == "add to":
            return tf.identity(tf.assign_add(self.variable, tf.stack([tf.reduce_max(x), 1.0])))
        if kind == "read":
            return tf.concat([self.variable.read_value(), tf.reduce_sum(x)[None]], 0)[:2]
        return tf.py_func(self._count, [x], tf.float32)

    def _count(self, value: Any) -> Any:
        self.calls += 1
        return value + np.float32(self.calls)

    def session(self, config: Any = None) -> Any:
        """A session in which nothing has run yet."""
        self.calls = 0
        sess = tf.Session(graph=self.graph, config=config)
        sess.run(self.variable.initializer)
        return sess

    def after(self, sess: Any) -> tuple[str, int]:
        """What the step left behind."""
        return repr(sess.run(self.variable)), self.calls


VALUES = [np.random.RandomState(i).randint(-3, 4, 2).astype(np.float32) for i in range(FEEDS)]


def interpreted() -> Any:
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.OFF
    return config


def compiled() -> Any:
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.ON_1
    return config


def in_parts(built: Built, sess: Any, fetches: list[int], plan: list[tuple[int, bool]]) -> dict[int, Any]:
    """One partial run; `plan` says which feed comes next, and whether what became known is fetched then or later."""
    handle = sess.partial_run_setup([built.tensors[i] for i in fetches], built.tensors[:FEEDS])
    found: dict[int, Any] = {}
    fed: set[int] = set()
    for number, (feed, takes) in enumerate(plan):
        fed.add(feed)
        ready = [i for i in fetches if i not in found and built.needs[i] <= fed]
        if not takes and number + 1 < len(plan):
            ready = ready[:1]
        results = sess.partial_run(handle, [built.tensors[i] for i in ready], {built.tensors[feed]: VALUES[feed]})
        found.update(zip(ready, results))
    assert handle.run.ended is not None and not sess._partial_runs
    return found


@settings(max_examples=60, deadline=None)
@given(
    programs(), st.permutations(range(FEEDS)), st.lists(st.booleans(), min_size=FEEDS, max_size=FEEDS), st.booleans()
)
def test_every_split_of_a_partial_run_is_the_run(program: Any, order: list[int], takes: list[bool], jit: bool) -> None:
    rows, fetches = program
    built = Built(rows)
    tensors = [built.tensors[i] for i in fetches]
    whole = built.session(interpreted())
    expected = whole.run(tensors, dict(zip(built.tensors, VALUES)))
    left = built.after(whole)
    sess = built.session(compiled() if jit else None)
    found = in_parts(built, sess, fetches, list(zip(order, takes)))
    assert repr([found[i] for i in fetches]) == repr(expected)
    assert built.after(sess) == left


@settings(max_examples=40, deadline=None)
@given(programs(), st.sampled_from(["list", "dict", "nested"]))
def test_every_way_of_a_call_is_the_run(program: Any, structure: str) -> None:
    rows, fetches = program
    built = Built(rows)
    tensors: Any = [built.tensors[i] for i in fetches]
    made = [tensor.op for tensor in tensors if tensor.op.type != "Placeholder"]
    if structure != "list":
        tensors = {"all": tensors, "operations": tuple(made)}
    if structure == "nested":
        tensors = [tensors, (tensors, {"first": built.tensors[fetches[0]]})]
    feeds = built.tensors[:FEEDS]
    options, metadata = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), tf.RunMetadata()
    limit = tf.RunOptions(timeout_in_ms=60_000)

    def ways(sess: Any) -> dict[str, Any]:
        general = sess.make_callable(tensors, feeds, accept_options=True)
        plain = sess.make_callable(tensors, feeds)
        nested = sess.make_callable(tensors, [(feeds[0], feeds[1]), feeds[2]], accept_options=True)
        return {
            "run": lambda: sess.run(tensors, dict(zip(feeds, VALUES))),
            "callable": lambda: plain(*VALUES),
            "with options": lambda: general(*VALUES),
            "traced": lambda: general(*VALUES, options=options, run_metadata=metadata),
            "timed": lambda: general(*map(list, VALUES), options=limit),
            "nested feeds": lambda: nested((VALUES[0], VALUES[1]), VALUES[2]),
        }

    base = built.session(interpreted())
    expected = [repr(base.run(tensors, dict(zip(feeds, VALUES)))) for _ in range(2)]
    left = built.after(base)
    for name in ways(base):
        sess = built.session()
        call = ways(sess)[name]
        assert [repr(call()) for _ in range(2)] == expected, name
        assert built.after(sess) == left, name


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.sampled_from(["handle", "sparse", "string", "fed", "operation"]), min_size=1, max_size=4), st.booleans()
)
def test_callables_with_all_kinds_of_fetches_and_feeds(kinds: list[str], feeds_handle: bool) -> None:
    x = tf.placeholder(tf.float32, [None], name="x")
    s = tf.sparse_placeholder(tf.float32, [3])
    texts = tf.placeholder(tf.string, [None])
    offered = {
        "handle": tf.get_session_handle(x * 2.0),
        "sparse": tf.SparseTensor(s.indices, s.values * 2.0, s.dense_shape),
        "string": tf.identity(texts),
        "fed": (x, s),
        "operation": tf.exp(x).op,
    }
    fetches = {f"{number} {kind}": [offered[kind]] for number, kind in enumerate(kinds)}
    sess = tf.Session()
    value: Any = np.array([1.0, 2.0], np.float32)
    if feeds_handle:
        value = sess.run(tf.get_session_handle(x * 1.0), {x: value})
    sparse = tf.SparseTensorValue(np.array([[1]]), np.array([5.0], np.float32), np.array([3]))
    arguments = (value, sparse, ["a", b"b"])
    plain = sess.make_callable(fetches, [x, s, texts])
    general = sess.make_callable(fetches, [x, s, texts], accept_options=True)
    expected = shown(sess.run(fetches, dict(zip((x, s, texts), arguments))))
    options, metadata = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), tf.RunMetadata()
    for _ in range(2):
        assert shown(plain(*arguments)) == expected
        assert shown(general(*arguments)) == expected
        assert shown(general(*arguments, options=options, run_metadata=metadata)) == expected
        assert shown(general(*arguments, options=tf.RunOptions(timeout_in_ms=60_000))) == expected
    assert len(sess._state.handles) == int(feeds_handle)


def shown(results: Any) -> str:
    """Results as text, with the values that handles name in their place."""
    if isinstance(results, dict):
        return repr({key: shown(value) for key, value in results.items()})
    if isinstance(results, (list, tuple)) and not isinstance(results, tf.SparseTensorValue):
        return repr([shown(value) for value in results])
    return f"handle of {results.eval()!r}" if hasattr(results, "get_raw_handle") else repr(results)
