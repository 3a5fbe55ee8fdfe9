"""RunMetadata: what traced steps tell; timelines of them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi as layout

import sessile as tf
from sessile import timeline

FULL = tf.RunOptions.FULL_TRACE


def traced(sess: Any, fetches: Any, feeds: Any = None, level: int = FULL, times: int = 3, **more: Any) -> Any:
    metadata = tf.RunMetadata()
    options = tf.RunOptions(trace_level=level, **more)
    for _ in range(times):  # interpreted first, then compiled
        sess.run(fetches, feeds, options=options, run_metadata=metadata)
    return metadata


def kernels(metadata: Any) -> list[Any]:
    (device,) = metadata.step_stats.dev_stats
    assert device.device == "/job:localhost/replica:0/task:0/device:CPU:0"
    return list(device.node_stats)


def test_a_fused_group_lists_its_operations_and_their_shares() -> None:
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.exp(x * 2.0, name="y") + 1.0
    metadata = traced(tf.Session(), y, {x: np.ones(6)})
    (kernel,) = kernels(metadata)
    assert kernel.node_name == "group 0"
    assert kernel.timeline_label == "group 0 = Mul(mul 10%), Exp(y 80%), AddV2(add 10%) <- x, mul/y, add/y"
    description = kernel.output[0].tensor_description
    assert [dim.size for dim in description.shape.dim] == [6] and description.dtype == 1
    assert description.allocation_description.requested_bytes == 24
    assert kernel.memory[0].total_bytes == 24
    assert kernel.thread_id in metadata.step_stats.dev_stats[0].thread_names


def test_times_are_in_order_and_add_up() -> None:
    x = tf.placeholder(tf.float32, [None])
    y = tf.cumsum(tf.exp(tf.cumsum(x)))
    metadata = traced(tf.Session(), y, {x: np.ones(200_000)})
    entries = kernels(metadata)
    assert [entry.timeline_label.partition(" = ")[2].partition("(")[0] for entry in entries] == [
        "Cumsum",
        "Exp",
        "Cumsum",
    ]
    end = 0
    for entry in entries:
        assert entry.all_start_nanos >= end
        assert entry.all_start_micros == entry.all_start_nanos // 1000
        end = entry.all_start_nanos + entry.all_end_rel_nanos
        assert entry.op_end_rel_micros == entry.all_end_rel_micros


def test_the_interpreter_has_an_entry_per_operation() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    metadata = traced(tf.Session(), tf.negative(x * 2.0, name="n"), {x: [1, 2]}, times=1)
    assert [entry.timeline_label for entry in kernels(metadata)] == [
        "mul/y = Const()",
        "mul = Mul(x, mul/y)",
        "n = Neg(mul)",
    ]


@pytest.mark.parametrize("level", [tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1])
def test_a_variable_s_read_is_named_as_in_the_graph(level: Any) -> None:
    """It was called `w/read/read`, and a fetched assignment's result `AssignAdd/read`: no operation has such a name."""
    with tf.Graph().as_default() as graph:
        w = tf.Variable([1.0, 2.0], name="w")
        x = tf.placeholder(tf.float32, [2], name="x")
        fetches = [w * x, tf.assign_add(w, [1.0, 1.0])]
        config = tf.ConfigProto()
        config.graph_options.optimizer_options.global_jit_level = level
        with tf.Session(config=config) as sess:
            sess.run(w.initializer)
            for _ in range(3):
                metadata = tf.RunMetadata()
                sess.run(fetches, {x: [1.0, 2.0]}, tf.RunOptions(trace_level=FULL), metadata)
                names = {op.name for op in graph.get_operations()}
                shown = [stats.node_name for stats in kernels(metadata)]
                assert [name for name in shown if name not in names and not name.startswith("group ")] == []
                assert not any("/read/read" in stats.timeline_label for stats in kernels(metadata))


def test_a_call_with_options_is_prepared_once_with_one_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """There were two copies of how a call finds its signature."""
    prepared = []
    prepare = tf.Session._prepare
    monkeypatch.setattr(tf.Session, "_prepare", lambda *args: prepared.append(args) or prepare(*args))
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [])
        y = x + 1.0
        assert sess.run(y, {x: 1.0}) == 2.0
        assert sess.run(y, {x: 2.0}, tf.RunOptions(timeout_in_ms=10_000)) == 3.0
        assert sess.run(y, {x: 3.0}, tf.RunOptions(trace_level=FULL), tf.RunMetadata()) == 4.0
    assert len(prepared) == 1


def test_a_new_shape_is_traced_with_its_sizes() -> None:
    x = tf.placeholder(tf.float32, [None])
    sess = tf.Session()
    for size in (3, 5, 1, 0, 7):
        metadata = traced(sess, tf.exp(x) + 1.0, {x: np.ones(size)})
        assert kernels(metadata)[-1].output[0].tensor_description.shape.dim[0].size == size


def test_effects_and_what_they_keep() -> None:
    v = tf.Variable([1.0, 2.0], name="v")
    update = v.assign_add([1.0, 1.0])
    sess = tf.Session()
    sess.run(v.initializer)
    for times in (1, 2, 3):
        metadata = traced(sess, update, times=times)
        labels = [entry.timeline_label for entry in kernels(metadata)]
        assert any("AssignAdd(" in label for label in labels)
        assert sum(entry.memory_stats.persistent_memory_size for entry in kernels(metadata)) >= 8
    assert len(labels) == 1 or not layout.available()  # one native step by now
    assert sess.run(v).tolist() == [7.0, 8.0]


@pytest.mark.parametrize("level", [tf.RunOptions.SOFTWARE_TRACE, tf.RunOptions.HARDWARE_TRACE, FULL])
def test_levels(level: int) -> None:
    assert len(kernels(traced(tf.Session(), tf.constant(1.0) * 2.0, level=level))) >= 1


def test_no_trace_fills_nothing_and_clears() -> None:
    x = tf.constant(1.0) * 2.0
    sess = tf.Session()
    metadata = traced(sess, x)
    sess.run(x, options=tf.RunOptions(), run_metadata=metadata)
    assert not metadata.ListFields()
    traced(sess, x)
    sess.run(x, run_metadata=metadata)
    assert not metadata.ListFields()


def test_make_callable_takes_the_same_options() -> None:
    x = tf.placeholder(tf.float32, [None])
    f = tf.Session().make_callable(tf.exp(x) * 2.0, [x], accept_options=True)
    metadata = tf.RunMetadata()
    for _ in range(3):
        result = f([0.0], options=tf.RunOptions(trace_level=FULL), run_metadata=metadata)
    assert result == [2.0]
    assert "Exp" in kernels(metadata)[-1].timeline_label


def test_traced_results_are_those_of_run() -> None:
    x = tf.placeholder(tf.float32, [None, 4])
    w = tf.placeholder(tf.float32, [4, 3])
    y = tf.nn.softmax(tf.matmul(x, w))
    fetches = {"y": y, "best": [tf.argmax(y, 1), tf.reduce_max(y)], "x": x, "op": y.op}
    feeds = {x: np.random.RandomState(0).randn(5, 4), w: np.random.RandomState(1).randn(4, 3)}
    sess, other = tf.Session(), tf.Session()
    options, metadata = tf.RunOptions(trace_level=FULL), tf.RunMetadata()
    for _ in range(5):
        assert repr(sess.run(fetches, feeds, options=options, run_metadata=metadata)) == repr(other.run(fetches, feeds))


def test_the_portable_step_is_traced_too(monkeypatch: pytest.MonkeyPatch) -> None:
    layout.available.cache_clear()
    monkeypatch.setenv("SESSILE_NATIVE", "0")
    try:
        x = tf.placeholder(tf.float32, [None], name="x")
        metadata = traced(tf.Session(), tf.cumsum(tf.exp(x * 2.0)), {x: np.ones(6)})
    finally:
        monkeypatch.undo()
        layout.available.cache_clear()
    first, second = kernels(metadata)
    assert first.node_name == "group 0" and second.node_name == "Cumsum"
    assert first.all_start_nanos + first.all_end_rel_nanos <= second.all_start_nanos
    assert second.all_end_rel_nanos > 0


def test_partition_graphs_hold_what_ran() -> None:
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.negative(x * 2.0, name="y")
    tf.exp(y, name="unused")
    z = tf.add(y, 1.0, name="z")
    metadata = tf.RunMetadata()
    tf.Session().run(z, {y: 1.0}, options=tf.RunOptions(output_partition_graphs=True), run_metadata=metadata)
    (graph,) = metadata.partition_graphs
    assert {node.name: node.op for node in graph.node} == {"z/y": "Const", "z": "Add", "y": "Placeholder"}
    assert all(node.device.endswith("CPU:0") for node in graph.node)
    assert not metadata.step_stats.dev_stats
    with tf.Graph().as_default():
        tf.import_graph_def(graph, name="")


def test_cost_graph() -> None:
    config = tf.ConfigProto()
    config.graph_options.build_cost_model = 1
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.cumsum(tf.exp(x, name="e"), name="y")
    sess = tf.Session(config=config)
    metadata = tf.RunMetadata()
    for _ in range(3):
        sess.run(y, {x: np.ones(100_000)}, run_metadata=metadata)
    nodes = {node.name: node for node in metadata.cost_graph.node}
    assert nodes["y"].is_final and not nodes["e"].is_final
    assert nodes["y"].compute_cost > 0 and not nodes["y"].inaccurate
    assert nodes["y"].input_info[0].preceding_node == nodes["e"].id
    assert nodes["y"].output_info[0].size == 400_000


def test_messages_and_oom_reports_are_accepted() -> None:
    sess = tf.Session()
    x = tf.constant(2.0) * 2.0
    assert sess.run(x, options=tf.RunOptions(report_tensor_allocations_upon_oom=True)) == 4.0
    with pytest.raises(TypeError, match="`run_metadata` must be a tf.RunMetadata"):
        sess.run(x, run_metadata=3)
    with pytest.raises(TypeError, match="`options` must be a tf.RunOptions"):
        sess.run(x, options=3)


# Timelines.

PHASES = {
    "M": {"name", "pid", "args"},
    "X": {"name", "cat", "pid", "tid", "ts", "dur", "args"},
    "s": {"name", "cat", "pid", "tid", "ts", "id"},
    "f": {"name", "cat", "pid", "tid", "ts", "id", "bp"},
    "C": {"name", "cat", "pid", "tid", "ts", "args"},
}


def valid(text: str) -> list[dict[str, Any]]:
    """Check the rules of the Trace Event Format; returns the events."""
    trace = json.loads(text)
    events: list[dict[str, Any]] = trace["traceEvents"]
    spans: dict[tuple[int, int], list[tuple[int, int]]] = {}
    flows: dict[int, dict[str, dict[str, Any]]] = {}
    for event in events:
        assert event.keys() - {"ph"} >= PHASES[event["ph"]] - {"tid"}, event
        assert all(isinstance(event[key], int) for key in ("pid", "tid", "ts", "dur", "id") if key in event)
        assert isinstance(event["name"], str) and isinstance(event.get("args", {}), dict)
        if event["ph"] == "X":
            assert event["dur"] > 0
            spans.setdefault((event["pid"], event["tid"]), []).append((event["ts"], event["ts"] + event["dur"]))
        if event["ph"] in "sf":
            assert event["ph"] not in flows.setdefault(event["id"], {})
            flows[event["id"]][event["ph"]] = event
        if event["ph"] == "C":
            assert all(isinstance(value, int) and value >= 0 for value in event["args"].values())
    for lane in spans.values():  # spans of one line nest or follow each other
        for first, second in zip(sorted(lane), sorted(lane)[1:]):
            assert second[0] >= first[1] or second[0] == first[0] or second[1] <= first[1]
    for flow in flows.values():
        assert set(flow) == {"s", "f"} and flow["s"]["ts"] <= flow["f"]["ts"]
        for event in flow.values():  # an arrow ends in a span
            lane = spans[event["pid"], event["tid"]]
            assert any(start <= event["ts"] <= end for start, end in lane)
    named = {event["pid"] for event in events if event["ph"] == "M"}
    assert named >= {event["pid"] for event in events}
    return events


def example() -> Any:
    x = tf.placeholder(tf.float32, [None], name="x")
    first = tf.cumsum(tf.exp(x), name="first")
    return traced(tf.Session(), tf.cumsum(first * 2.0 + first, name="second"), {x: np.ones(50_000)})


@pytest.mark.parametrize("dataflow", [False, True])
@pytest.mark.parametrize("memory", [False, True])
def test_chrome_trace(dataflow: bool, memory: bool) -> None:
    text = timeline.Timeline(example().step_stats).generate_chrome_trace_format(
        show_dataflow=dataflow, show_memory=memory
    )
    events = valid(text)
    spans = [event for event in events if event["ph"] == "X"]
    assert [event["args"]["name"] for event in spans] == ["Exp", "first", "group 1", "second"]
    assert spans[2]["name"] == "Mul, AddV2"
    assert bool([event for event in events if event["ph"] == "C"]) == memory
    arrows = [event["name"] for event in events if event["ph"] == "s"]
    assert arrows == (["Exp", "first", "add"] if dataflow else [])


def branches_and_loops() -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    _, y = tf.while_loop(lambda i, y: i < 5, lambda i, y: (i + 1, tf.cond(y > 0, lambda: y - 2, lambda: y + 3)), [0, x])
    return traced(tf.Session(), y, {x: 1.0})


def a_training_step() -> Any:
    v = tf.Variable(np.ones([4, 3], np.float32))
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    step = tf.train.AdamOptimizer().minimize(tf.reduce_sum(tf.nn.softmax(tf.matmul(x, v))))
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return traced(session, step, {x: np.ones([2, 4])})


def a_queue() -> Any:
    queue = tf.FIFOQueue(3, tf.float32, [[]])
    session = tf.Session()
    session.run(queue.enqueue_many([[1.0, 2.0, 3.0]]))  # more than one run takes
    x = tf.placeholder(tf.float32, [], name="x")
    return traced(session, queue.dequeue() * x, {x: 1.0})


@pytest.mark.parametrize("step", [branches_and_loops, a_training_step, a_queue], ids=lambda step: step.__name__)
def test_steps_of_every_kind_make_valid_traces(step: Any) -> None:
    """Perfetto, which takes the Trace Event Format, drops spans that overlap and arrows that end nowhere."""
    text = timeline.Timeline(step().step_stats).generate_chrome_trace_format(show_memory=True)
    assert [event for event in valid(text) if event["ph"] == "X"]


def test_memory_comes_and_goes() -> None:
    analysis = timeline.Timeline(example().step_stats).analyze_step_stats()
    most = analysis.allocator_maximums["cpu"]
    assert most.num_bytes == 400_000 and len(most.tensors) == 2
    counters = [event["args"]["cpu"] for event in analysis.chrome_trace.events if event["ph"] == "C"]
    assert max(counters) == 400_000 and counters[-1] == 0


def test_many_runs_in_one_trace(tmp_path: Any) -> None:
    runs = timeline.RunTimeline()
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.cumsum(tf.exp(x))
    sess = tf.Session()
    metadata = tf.RunMetadata()
    for size in (10, 20, 30, 40):
        feeds = {x: np.ones(size)}
        sess.run(y, feeds, options=tf.RunOptions(trace_level=FULL), run_metadata=metadata)
        runs.add(metadata)
    assert len(runs) == 4
    path = tmp_path / "trace.json"
    runs.save(path, show_memory=True)
    text = path.read_text()
    spans = [event for event in json.loads(text)["traceEvents"] if event["ph"] == "X"]
    assert len({event["pid"] for event in spans}) == 1
    assert [event["ts"] for event in spans] == sorted(event["ts"] for event in spans)


def test_wrong_things_have_no_timeline() -> None:
    for wrong in (None, 3, tf.RunMetadata()):
        with pytest.raises(TypeError, match="StepStats"):
            timeline.Timeline(wrong)
    with pytest.raises(TypeError, match="RunMetadata"):
        timeline.RunTimeline().add(3)
    stats = tf.RunMetadata().step_stats
    assert valid(timeline.Timeline(stats).generate_chrome_trace_format())
    with pytest.raises(ValueError, match="op_time"):
        timeline.Timeline(stats).generate_chrome_trace_format(op_time="never")
