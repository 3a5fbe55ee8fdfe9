"""Record what TensorFlow's own messages look like as bytes and as text. Run with an interpreter that has TensorFlow:

    TF_CPP_MIN_LOG_LEVEL=3 python tests/proto/record.py

Writes into `fixtures/`: `filled.json`, every message of the schema with all its fields set, and a few real ones (a
graph with a loop, a traced step, a saved meta graph, ...) as `NAME.Message.binpb` beside `NAME.Message.pbtxt`.
"""

from __future__ import annotations

import base64
import importlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filler import fill
from google.protobuf import message_factory, text_format
from live_tensorflow import tensorflow_pool
from standalone import import_proto

FIXTURES = Path(__file__).resolve().parent / "fixtures"
# More would make the repository heavy; `live_tensorflow.py` goes deeper and through every member of every oneof.
SEED, DEPTH = 1, 2
# Of contrib, or with further fields in TensorFlow 2: recorded once with TensorFlow 1.15's classes.
ONLY_IN_1_15 = {
    f"tensorflow.{name}" for name in ("ProjectorConfig", "EmbeddingInfo", "SpriteMetadata", "TrackableObjectGraph")
}


def printed(message: Any) -> str:
    """Return the text of a message, letters beyond ASCII as they are: protobuf 4 would escape them by default."""
    return str(text_format.MessageToString(message, as_utf8=True))


def encoded(message: Any) -> dict[str, str]:
    """Return the deterministic bytes of a message, in base64, and its text."""
    data = message.SerializeToString(deterministic=True)
    return {"bytes": base64.b64encode(data).decode(), "text": printed(message)}


def record_filled() -> None:
    """Write `filled.json`: full name to bytes and text."""
    proto, pool = import_proto(), tensorflow_pool()
    record = json.loads((FIXTURES / "filled.json").read_text())
    for name in proto.MESSAGES:
        full_name = getattr(proto, name).DESCRIPTOR.full_name
        if full_name in ONLY_IN_1_15:
            continue
        made = message_factory.GetMessageClass(pool.FindMessageTypeByName(full_name))
        record[full_name] = encoded(fill(made(), SEED, depth=DEPTH))
    (FIXTURES / "filled.json").write_text(json.dumps(record, indent=0, sort_keys=True) + "\n")


def real_messages() -> Iterator[tuple[str, Any]]:
    """Make messages the way a TensorFlow 1 program meets them; yield each with the name of its file."""
    tf = importlib.import_module("tensorflow.compat.v1")
    tf.disable_v2_behavior()
    with tf.Graph().as_default() as graph, tempfile.TemporaryDirectory() as folder:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        weights = tf.get_variable("weights", initializer=[[0.5], [0.25]])
        loop = tf.while_loop(lambda i: i < 3, lambda i: i + 1, [tf.constant(0)])
        y = tf.matmul(x, weights, name="y") + tf.cast(loop, tf.float32)
        tf.summary.histogram("histogram", y)
        merged = tf.summary.merge_all()
        saver = tf.train.Saver()
        config = tf.ConfigProto(allow_soft_placement=True, device_count={"CPU": 1, "GPU": 0})
        config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.ON_1
        config.session_inter_op_thread_pool.add(num_threads=2, global_name="größer")
        options, metadata = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), tf.RunMetadata()
        with tf.Session(config=config) as session:
            session.run(tf.global_variables_initializer())
            values = [y, merged]
            summary = session.run(values, {x: [[1.0, 2.0]]}, options=options, run_metadata=metadata)[1]
            meta_graph = saver.export_meta_graph(f"{folder}/meta", clear_devices=True)
            # The registered definitions of all operations: large, and no more than OpDef tells.
            del meta_graph.meta_info_def.stripped_op_list.op[5:]
            for device in metadata.step_stats.dev_stats:
                del device.node_stats[12:]
        yield "config", config
        yield "options", options
        yield "graph", graph.as_graph_def()
        yield "traced_step", metadata
        yield "saved", meta_graph
        yield "summary", tf.Summary.FromString(summary)


def main() -> None:
    """Write every fixture anew."""
    FIXTURES.mkdir(exist_ok=True)
    record_filled()
    for name, message in real_messages():
        stem = f"{name}.{message.DESCRIPTOR.name}"
        (FIXTURES / f"{stem}.binpb").write_bytes(message.SerializeToString(deterministic=True))
        (FIXTURES / f"{stem}.pbtxt").write_text(printed(message), encoding="utf-8")
    sizes = sum(path.stat().st_size for path in FIXTURES.iterdir())
    print(f"wrote {FIXTURES} ({sizes} bytes)")


if __name__ == "__main__":
    main()
