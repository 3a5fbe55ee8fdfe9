"""A server as it runs: a process of its own on the loopback, asked over HTTP."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("prometheus_client")


class Running:
    """A server in a process. `ask` sends a request and returns status and body."""

    def __init__(self, words: Sequence[str], folder: Path) -> None:
        self.log = folder / "server.log"
        with self.log.open("w") as log:
            command = [sys.executable, "-m", "sessile", "serve", *words, "--port", "0"]
            self.process = subprocess.Popen(command, stderr=log, stdout=log)
        self.port = self._port()

    def _port(self) -> int:
        for _ in range(1200):
            found = re.search(r"running on http://127\.0\.0\.1:(\d+)", self.log.read_text())
            if found:
                return int(found.group(1))
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def ask(self, path: str, body: Any = None) -> tuple[int, Any]:
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read().decode()
                return answer.status, json.loads(text) if text.startswith(("{", "[")) else text
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


def write_model(folder: Path, version: int, factor: float) -> None:
    """A saved model with a version: rows times a factor; bytes and back; examples to classes, scores and outputs."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        y = tf.identity(x * tf.constant(factor) + 1.0, name="y")
        words = tf.placeholder(tf.string, [None], name="words")
        joined = tf.string_join([words, tf.constant("!")])
        examples = tf.placeholder(tf.string, [None], name="examples")
        parsed = tf.parse_example(examples, {"a": tf.FixedLenFeature([2], tf.float32)})["a"]
        labels = tf.tile(tf.constant([["left", "right"]]), [tf.shape(parsed)[0], 1])
        utils = tf.saved_model.signature_def_utils
        info = tf.saved_model.utils.build_tensor_info
        signatures = {
            "serving_default": utils.predict_signature_def({"rows": x}, {"scaled": y}),
            "both": utils.predict_signature_def({"rows": x}, {"scaled": y, "sums": tf.reduce_sum(y, axis=1)}),
            "words": utils.predict_signature_def({"words": words}, {"joined": joined, "joined_bytes": joined}),
            "classes": utils.build_signature_def(
                {"inputs": info(examples)}, {"classes": info(labels), "scores": info(parsed)},
                "tensorflow/serving/classify",
            ),
            "value": utils.build_signature_def(
                {"inputs": info(examples)}, {"outputs": info(tf.reduce_sum(parsed, axis=1))},
                "tensorflow/serving/regress",
            ),
        }  # fmt: skip
        session.run(tf.global_variables_initializer())
        builder = tf.saved_model.builder.SavedModelBuilder(str(folder / str(version)))
        builder.add_meta_graph_and_variables(session, ["serve"], signatures)
        builder.save()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("serving")
    write_model(folder / "scale", 1, 2.0)
    write_model(folder / "scale", 2, 10.0)
    words = [f"scale={folder / 'scale'}", "--versions", "all", "--label", "stable=1", "--batch-wait", "20"]
    running = Running(words, folder)
    yield running
    assert running.stop() == 0


ROWS = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def test_predictions_by_row_and_by_column(server: Running) -> None:
    wanted = (np.array(ROWS) * 10 + 1).tolist()
    assert server.ask("/v1/models/scale:predict", {"instances": ROWS}) == (200, {"predictions": wanted})
    assert server.ask("/v1/models/scale:predict", {"inputs": ROWS}) == (200, {"outputs": wanted})
    named = {"instances": [{"rows": row} for row in ROWS]}
    assert server.ask("/v1/models/scale:predict", named) == (200, {"predictions": wanted})
    status, body = server.ask("/v1/models/scale:predict", {"signature_name": "both", "inputs": {"rows": ROWS}})
    assert (status, body) == (200, {"outputs": {"scaled": wanted, "sums": [63.0, 153.0]}})
    status, body = server.ask("/v1/models/scale:predict", {"signature_name": "both", "instances": ROWS})
    assert body == {"predictions": [{"scaled": wanted[0], "sums": 63.0}, {"scaled": wanted[1], "sums": 153.0}]}


def test_versions_and_labels_are_chosen(server: Running) -> None:
    wanted = (np.array(ROWS) * 2 + 1).tolist()
    for path in ("versions/1", "labels/stable"):
        assert server.ask(f"/v1/models/scale/{path}:predict", {"inputs": ROWS}) == (200, {"outputs": wanted})
    body = server.ask("/v1/models/scale")[1]
    assert [item["version"] for item in body["model_version_status"]] == ["2", "1"]
    assert {item["state"] for item in body["model_version_status"]} == {"AVAILABLE"}
    body = server.ask("/v1/models/scale/versions/1/metadata")[1]
    assert body["model_spec"] == {"name": "scale", "signature_name": "", "version": "1"}
    signature = body["metadata"]["signature_def"]["signature_def"]["both"]
    assert (
        signature["inputs"]["rows"]["dtype"] == "DT_FLOAT" and signature["method_name"] == "tensorflow/serving/predict"
    )


def test_strings_go_as_text_and_as_base64(server: Running) -> None:
    raw = b"\xff\x00"
    body = {"signature_name": "words", "instances": ["plain", {"b64": base64.b64encode(raw).decode()}]}
    status, answer = server.ask("/v1/models/scale:predict", body)
    assert status == 200
    assert answer["predictions"][0] == {
        "joined": "plain!",
        "joined_bytes": {"b64": base64.b64encode(b"plain!").decode()},
    }
    assert base64.b64decode(answer["predictions"][1]["joined_bytes"]["b64"]) == raw + b"!"


def test_examples_are_classified_and_regressed(server: Running) -> None:
    examples = {"context": {"unused": 1}, "examples": [{"a": [0.25, 0.5]}, {"a": [1.0, 2.0]}]}
    status, body = server.ask("/v1/models/scale:classify", {"signature_name": "classes", **examples})
    assert (status, body) == (200, {"result": [[["left", 0.25], ["right", 0.5]], [["left", 1.0], ["right", 2.0]]]})
    status, body = server.ask("/v1/models/scale:regress", {"signature_name": "value", **examples})
    assert (status, body) == (200, {"result": [0.75, 3.0]})


def test_the_open_inference_protocol(server: Running) -> None:
    sent = {"name": "rows", "datatype": "FP32", "shape": [2, 3], "data": [1, 2, 3, 4, 5, 6]}
    status, body = server.ask("/v2/models/scale/infer", {"id": "7", "inputs": [sent]})
    assert status == 200 and body["id"] == "7" and body["model_version"] == "2"
    wanted = (np.array(ROWS) * 10 + 1).reshape(-1).tolist()
    assert body["outputs"] == [{"name": "scaled", "datatype": "FP32", "shape": [2, 3], "data": wanted}]
    status, body = server.ask("/v2/models/scale")
    assert body["inputs"] == [{"name": "rows", "datatype": "FP32", "shape": [-1, 3]}] and body["versions"] == ["1", "2"]
    assert server.ask("/v2/models/scale/versions/1/ready") == (200, {"name": "scale", "ready": True})
    assert server.ask("/v2/health/live") == (200, {"live": True})
    assert server.ask("/v2/health/ready") == (200, {"ready": True})
    assert server.ask("/v2")[1]["name"] == "sessile"


@pytest.mark.parametrize(
    "path, body, status, said",
    [
        ("/v1/models/other:predict", {"instances": ROWS}, 404, "other"),
        ("/v1/models/scale/versions/9:predict", {"instances": ROWS}, 404, "Servable not found for request: Specific"),
        ("/v1/models/scale/labels/new:predict", {"instances": ROWS}, 404, "Unrecognized servable version label: new"),
        ("/v1/models/scale:predict", b"{", 400, "JSON Parse error"),
        ("/v1/models/scale:predict", [], 400, "must be an object"),
        ("/v1/models/scale:predict", {}, 400, "either 'instances'"),
        ("/v1/models/scale:predict", {"instances": []}, 400, "at least one row"),
        ("/v1/models/scale:predict", {"instances": [[1.0, 2.0]]}, 400, "does not fit"),
        ("/v1/models/scale:predict", {"instances": [[1.0], [1.0, 2.0]]}, 400, "input 'rows'"),
        ("/v1/models/scale:predict", {"instances": [["a", "b", "c"]]}, 400, "no numbers"),
        ("/v1/models/scale:predict", {"inputs": {"columns": ROWS}}, 400, "no input 'columns'"),
        ("/v1/models/scale:predict", {"signature_name": "none", "inputs": ROWS}, 400, "signature key not found"),
        ("/v1/models/scale:classify", {"examples": [{"a": [1.0, 2.0]}]}, 400, "not take examples"),
        ("/v1/models/scale:classify", {"signature_name": "classes", "examples": []}, 400, "'examples'"),
        ("/v1/models/scale:explain", {"instances": ROWS}, 400, "Malformed request"),
        ("/v2/models/scale/infer", {"inputs": [{"name": "rows"}]}, 400, "'datatype'"),
        (
            "/v2/models/scale/infer",
            {"inputs": [{"name": "rows", "datatype": "INT32", "shape": [1], "data": [1]}]},
            400,
            "FP32, not INT32",
        ),
    ],
)
def test_wrong_requests_are_told_why(server: Running, path: str, body: Any, status: int, said: str) -> None:
    answered, text = server.ask(path, body)
    assert answered == status and said in text["error"]
    assert server.ask("/v1/models/scale:predict", {"inputs": ROWS})[0] == 200


def _count(server: Running, name: str) -> float:
    text = server.ask("/metrics")[1]
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


def test_requests_at_the_same_time_are_batched_and_answered_apart(server: Running) -> None:
    steps, rows = _count(server, "sessile_batch_rows_count"), _count(server, "sessile_batch_rows_sum")

    def ask(number: int) -> bool:
        row = [float(number), 0.0, -1.0]
        status, body = server.ask("/v1/models/scale:predict", {"instances": [row]})
        return status == 200 and body["predictions"] == [[number * 10 + 1.0, 1.0, -9.0]]

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(ask, range(160)))
    assert _count(server, "sessile_batch_rows_sum") - rows == 160
    assert _count(server, "sessile_batch_rows_count") - steps < 160
    assert _count(server, 'sessile_requests_total{kind="predict",model="scale",status="200"}') >= 160


def test_versions_are_taken_up_and_dropped_while_it_runs(tmp_path: Path) -> None:
    write_model(tmp_path / "scale", 1, 2.0)
    running = Running([f"scale={tmp_path / 'scale'}", "--poll", "0.1"], tmp_path)
    assert running.ask("/v1/models/scale:predict", {"inputs": [[1.0, 1.0, 1.0]]})[1] == {"outputs": [[3.0, 3.0, 3.0]]}
    write_model(tmp_path / "new", 2, 5.0)
    os.rename(tmp_path / "new" / "2", tmp_path / "scale" / "2")  # whole at once
    for _ in range(600):
        if (
            running.ask("/v1/models/scale/versions/2")[0] == 200
            and running.ask("/v1/models/scale/versions/1")[0] == 404
        ):
            break
        time.sleep(0.05)
    assert running.ask("/v1/models/scale:predict", {"inputs": [[1.0, 1.0, 1.0]]})[1] == {"outputs": [[6.0, 6.0, 6.0]]}
    assert running.ask("/v1/models/scale/versions/1:predict", {"inputs": [[1.0, 1.0, 1.0]]})[0] == 404
    assert running.stop() == 0


def _slow_model(folder: Path) -> None:
    """A model whose step takes as long as its input says: so many products of matrices."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [], name="x")
        n = tf.cast(x, tf.int32)
        start = tf.eye(300)
        body = lambda i, m: (i + 1, tf.matmul(m, start))  # noqa: E731
        _, last = tf.while_loop(lambda i, m: i < n, body, (tf.constant(0), start))
        tf.saved_model.simple_save(session, str(folder / "1"), {"x": x}, {"trace": tf.trace(last)})


def test_load_is_shed_and_requests_under_way_are_answered_before_the_end(tmp_path: Path) -> None:
    _slow_model(tmp_path / "slow")
    running = Running([f"slow={tmp_path / 'slow'}", "--queue", "2", "--threads", "1"], tmp_path)
    assert running.ask("/v1/models/slow:predict", {"inputs": 2.0}) == (200, {"outputs": 300.0})
    start = time.perf_counter()
    running.ask("/v1/models/slow:predict", {"inputs": 100.0})
    seconds = (time.perf_counter() - start) / 100
    rounds = float(int(2.0 / seconds) + 1)
    answers: list[tuple[int, Any]] = []

    def ask() -> None:
        answers.append(running.ask("/v1/models/slow:predict", {"inputs": rounds}))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.7)
    code = running.stop()
    for thread in threads:
        thread.join()
    statuses = sorted(status for status, _ in answers)
    assert code == 0
    assert statuses == [200, 200] + [503] * 6
    assert all(body == {"outputs": 300.0} for status, body in answers if status == 200)
    assert all("try again later" in body["error"] for status, body in answers if status == 503)


@pytest.mark.parametrize(
    "words, said",
    [
        (["scale=nowhere"], "nowhere"),
        (["scale"], "write NAME=PATH"),
        (["a=.", "--versions", "x"], "whole numbers"),
    ],
)
def test_a_server_that_cannot_start_says_why(tmp_path: Path, words: list[str], said: str) -> None:
    command = [sys.executable, "-m", "sessile", "serve", *words, "--port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert ended.returncode == 1 and said in ended.stderr and "Traceback" not in ended.stderr
