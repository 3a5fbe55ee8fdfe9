"""Frozen models beside what people would use instead on processors: onnxruntime and OpenVINO.

    python -m bench.frozen [--peers-python PATH] [--models mlp,cnn] [--seconds S]

Each model is built and frozen here, at batch 1 and 32. sessile, onnxruntime (through tf2onnx) and OpenVINO (which reads
the frozen graph itself) then call it in turns, each in a process of its own that waits while the others work, with the
same threads; what they answer is compared before any time is taken. The median of each is told, and its ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROUNDS = 5
PEERS = ("onnxruntime", "openvino")


def mlp(tf: Any, batch: int) -> Any:
    """784-256-256-10."""
    x = tf.placeholder(tf.float32, [batch, 784], name="x")
    h = tf.layers.dense(tf.layers.dense(x, 256, tf.nn.relu), 256, tf.nn.relu)
    return tf.nn.softmax(tf.layers.dense(h, 10))


def cnn(tf: Any, batch: int) -> Any:
    """Two convolutions of 3 x 3 with pooling over 28 x 28, and a layer."""
    x = tf.placeholder(tf.float32, [batch, 28, 28, 1], name="x")
    h = tf.layers.max_pooling2d(tf.layers.conv2d(x, 16, 3, padding="same", activation=tf.nn.relu), 2, 2)
    h = tf.layers.max_pooling2d(tf.layers.conv2d(h, 32, 3, padding="same", activation=tf.nn.relu), 2, 2)
    return tf.nn.softmax(tf.layers.dense(tf.reshape(h, [batch, 7 * 7 * 32]), 10))


def lstm(tf: Any, batch: int) -> Any:
    """64 units over 20 steps of 32 numbers, unrolled."""
    x = tf.placeholder(tf.float32, [batch, 20, 32], name="x")
    outputs, _ = tf.nn.static_rnn(tf.nn.rnn_cell.BasicLSTMCell(64), tf.unstack(x, axis=1), dtype=tf.float32)
    return tf.layers.dense(outputs[-1], 10)


def transformer(tf: Any, batch: int) -> Any:
    """A block of 4 heads of 16 over 32 places, with a layer of 256."""
    x = tf.placeholder(tf.float32, [batch, 32, 64], name="x")

    def heads() -> Any:
        return tf.transpose(tf.reshape(tf.layers.dense(x, 64), [batch, 32, 4, 16]), [0, 2, 1, 3])

    def norm(y: Any) -> Any:
        mean = tf.reduce_mean(y, -1, keepdims=True)
        return (y - mean) * tf.rsqrt(tf.reduce_mean(tf.square(y - mean), -1, keepdims=True) + 1e-5)

    queries, keys, values = heads(), heads(), heads()
    weights = tf.nn.softmax(tf.matmul(queries, keys, transpose_b=True) * 0.25)
    mixed = tf.reshape(tf.transpose(tf.matmul(weights, values), [0, 2, 1, 3]), [batch, 32, 64])
    y = norm(x + tf.layers.dense(mixed, 64))
    return norm(y + tf.layers.dense(tf.layers.dense(y, 256, tf.nn.relu), 64))


MODELS: dict[str, Callable[[Any, int], Any]] = {"mlp": mlp, "cnn": cnn, "lstm": lstm, "transformer": transformer}


def write(name: str, batch: int, folder: Path) -> None:
    """Freeze a model: `NAME-BATCH.pb`, and what is fed, `NAME-BATCH.npy`."""
    import sessile as tf

    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        output = tf.identity(MODELS[name](tf, batch), name="y")
        session.run(tf.global_variables_initializer())
        frozen = tf.graph_util.convert_variables_to_constants(session, session.graph_def, [output.op.name])
        shape = session.graph.get_tensor_by_name("x:0").shape.as_list()
    (folder / f"{name}-{batch}.pb").write_bytes(frozen.SerializeToString())
    np.save(folder / f"{name}-{batch}.npy", np.random.default_rng(2).standard_normal(shape).astype(np.float32))


def open_sessile(path: str, threads: int) -> Callable[[Any], Any]:
    """The model's callable."""
    import sessile as tf

    graph_def = tf.GraphDef.FromString(Path(path).read_bytes())
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
        session = tf.Session(graph=graph, config=tf.ConfigProto(intra_op_parallelism_threads=threads))
        call: Callable[[Any], Any] = session.make_callable("y:0", ["x:0"])
    return call


def open_onnxruntime(path: str, threads: int) -> Callable[[Any], Any]:
    """The model through tf2onnx, with all of onnxruntime's optimisations."""
    import onnxruntime
    import tensorflow as tf
    import tf2onnx

    graph_def = tf.compat.v1.GraphDef.FromString(Path(path).read_bytes())
    model, _ = tf2onnx.convert.from_graph_def(graph_def, input_names=["x:0"], output_names=["y:0"], opset=17)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"x:0": x})[0]


def open_openvino(path: str, threads: int) -> Callable[[Any], Any]:
    """The frozen graph as OpenVINO reads it, for latency, in float32."""
    import openvino

    options = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    request = openvino.Core().compile_model(path, "CPU", options).create_infer_request()
    return lambda x: request.infer([x], share_inputs=True, share_outputs=True)[0]


OPENERS = {"sessile": open_sessile, "onnxruntime": open_onnxruntime, "openvino": open_openvino}


def work(library: str, path: str, threads: int, seconds: float) -> None:
    """A process that answers each line of its input with the times of so many seconds, after a first answer."""
    call = OPENERS[library](path, threads)
    x = np.load(path.removesuffix(".pb") + ".npy")
    for _ in range(3):
        value = call(x)
    print(json.dumps(np.asarray(value).ravel()[:8].tolist()), flush=True)
    for _ in sys.stdin:
        times = []
        end = time.perf_counter() + seconds
        while (start := time.perf_counter()) < end or len(times) < 20:
            call(x)
            times.append(time.perf_counter() - start)
        print(json.dumps([statistics.median(times), min(times)]), flush=True)


def compare(path: str, pythons: dict[str, str], threads: int, seconds: float) -> dict[str, tuple[float, float]]:
    """Median and fastest call of each library, in seconds: the least of ROUNDS medians, taken in turns.

    Raises: SystemExit if a library cannot take the model, or answers otherwise than sessile.
    """
    workers = {
        library: subprocess.Popen(
            [python, "-m", "bench.frozen", "--work", library, path, str(threads), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        )
        for library, python in pythons.items()
    }
    try:
        answers = {library: _line(library, path, worker) for library, worker in workers.items()}
        for library, answer in answers.items():
            np.testing.assert_allclose(answer, answers["sessile"], rtol=2e-3, atol=1e-4, err_msg=f"{library}: {path}")
        rounds: dict[str, list[Any]] = {library: [] for library in workers}
        for _ in range(ROUNDS):
            for library, worker in workers.items():
                assert worker.stdin is not None
                worker.stdin.write("\n")
                worker.stdin.flush()
                rounds[library].append(_line(library, path, worker))
        return {library: (min(row[0] for row in rows), min(row[1] for row in rows)) for library, rows in rounds.items()}
    finally:
        for worker in workers.values():
            worker.kill()
            worker.communicate()  # closes its pipes


def _line(library: str, path: str, worker: subprocess.Popen[str]) -> Any:
    assert worker.stdout is not None
    line = worker.stdout.readline()
    if not line:
        raise SystemExit(f"{library} does not take {path}: is it installed? (make peers)")
    return json.loads(line)


def main() -> None:
    """Compare, and print a table."""
    if sys.argv[1:2] == ["--work"]:
        library, path, threads, seconds = sys.argv[2:]
        work(library, path, int(threads), float(seconds))
        return
    parser = argparse.ArgumentParser(prog="python -m bench.frozen", description=__doc__)
    parser.add_argument("--peers-python", default=os.environ.get("SESSILE_PEERS_PYTHON", ".venv-peers/bin/python"))
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--batches", default="1,32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=0.5, help="for each library in each of five rounds")
    options = parser.parse_args()
    pythons = {"sessile": sys.executable, **dict.fromkeys(PEERS, options.peers_python)}
    print("| model | batch | sessile us | " + " | ".join(f"{peer} us" for peer in PEERS) + " | best peer / sessile |")
    print("| --- | --- " + "| --- " * (len(PEERS) + 2) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.models.split(","):
            for batch in map(int, options.batches.split(",")):
                write(name, batch, Path(folder))
                path = os.path.join(folder, f"{name}-{batch}.pb")
                found = compare(path, pythons, options.threads, options.seconds)
                medians = {library: times[0] * 1e6 for library, times in found.items()}
                best = min(medians[peer] for peer in PEERS)
                cells = [f"{medians[library]:.4g}" for library in pythons]
                print(f"| {name} | {batch} | {' | '.join(cells)} | {best / medians['sessile']:.2f} |", flush=True)


if __name__ == "__main__":
    main()
