"""Clusters of real processes on Ray: a small one in every run, a whole one in `make test-cluster`."""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "cluster_mlp.py"

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install 'sessile[ray]'"
)


def test_sessile_does_not_load_ray() -> None:
    code = "import sys, sessile as tf; tf.train.Server.create_local_server(); sys.exit('ray' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_without_ray_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import sessile as tf

    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(tf.errors.NotFoundError, match=r"Ray is not installed.*sessile\[ray\]"):
        tf.Session("ray://local", graph=tf.Graph())


LOCAL = """
import sessile as tf
with tf.Session("ray://local") as session:
    x = tf.placeholder(tf.float32, [None])
    v = tf.Variable(2.0)
    y = v * x
    session.run(v.initializer)
    for _ in range(3):
        assert session.run(y, {x: [1.0, 2.0]}).tolist() == [2.0, 4.0]
    assert session.list_devices()[0].name == "/job:localhost/replica:0/task:0/device:CPU:0"
    try:
        session.run(tf.check_numerics(tf.log(-v), "bad"))
    except tf.errors.InvalidArgumentError as error:
        assert "<string>" in error.created_at, error
        print("ran and failed as it should")
"""


def run_alone(arguments: list[str]) -> str:
    """The output of a Python with a Ray of its own."""
    environment = {**os.environ, "SESSILE_RAY": "local", "PYTHONPATH": str(ROOT), "RAY_AUTH_MODE": "disabled"}
    environment.pop("RAY_ADDRESS", None)
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


@needs_ray
def test_a_session_on_a_local_ray() -> None:
    output = run_alone(["-c", LOCAL])
    assert "ran and failed as it should" in output, output


@needs_ray
@pytest.mark.slow
def test_a_parameter_server_that_is_killed_comes_back() -> None:
    output = run_alone(["-m", "tests.cluster.two_tasks"])
    assert "trained, killed, recovered" in output, output


GLOBAL_STEP = """
import sys
import sessile as tf
servers = tf.ConfigProto(device_filters=["/job:ps"])  # the workers are gone: nobody waits for them
for task in (0, 1):
    with tf.Graph().as_default(), tf.device(f"/job:ps/task:{task}"):
        step = tf.train.get_or_create_global_step()
        with tf.Session("grpc://" + sys.argv[1], config=servers) as session:
            if session.run(tf.is_variable_initialized(step)):
                print(session.run(step))
"""


class Cluster:
    """Processes of `examples/cluster_mlp.py` on a Ray of their own."""

    def __init__(self, environment: dict[str, str], folder: Path, **jobs: int) -> None:
        self._environment, self._folder = environment, folder
        self._hosts = {job: [f"localhost:{free_port()}" for _ in range(count)] for job, count in jobs.items()}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        for job, count in jobs.items():
            for index in range(count):
                self.start(job, index)

    def start(self, job: str, index: int) -> None:
        """Start a task, after a kill anew."""
        arguments = [f"--{name}_hosts={','.join(hosts)}" for name, hosts in self._hosts.items()]
        arguments += [f"--job_name={job}", f"--task_index={index}", f"--checkpoint_dir={self._folder / 'model'}"]
        arguments += ["--steps=500", "--pause=0.02"]
        with (self._folder / f"{job}{index}.txt").open("ab") as output:
            self.processes[f"{job}{index}"] = subprocess.Popen(
                [sys.executable, str(SCRIPT), *arguments], env=self._environment, stdout=output, stderr=output
            )

    def kill(self, name: str) -> None:
        """End a task at once."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def text(self, name: str) -> str:
        """What a task wrote."""
        return (self._folder / f"{name}.txt").read_text(errors="replace")

    def global_step(self) -> int:
        """The value of the variable, on whichever server it is."""
        done = subprocess.run(
            [sys.executable, "-c", GLOBAL_STEP, self._hosts["ps"][0]],
            env=self._environment, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        return int(done.stdout)

    def wait_for_step(self, name: str, step: int, seconds: float = 60) -> None:
        """Wait until a worker says that it has reached a step."""
        end = time.monotonic() + seconds
        while not any(int(n) >= step for n in re.findall(r"step (\d+),", self.text(name))):
            assert time.monotonic() < end, self.text(name)
            time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def ray_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A Ray cluster for the tests of this module, and the environment that leads to it."""
    port = free_port()
    environment = {**os.environ, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    environment |= {"PYTHONPATH": str(ROOT), "SESSILE_RAY_TOKEN": secrets.token_hex(8)}
    with (tmp_path_factory.mktemp("ray") / "head.txt").open("wb") as output:
        head = subprocess.Popen(
            [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", f"--port={port}", "--block",
             "--include-dashboard=false", "--num-cpus=8", "--disable-usage-stats"],
            env=environment, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("localhost", port)) == 0:
                    break
            time.sleep(0.2)
        time.sleep(3.0)
        yield {**environment, "RAY_ADDRESS": f"127.0.0.1:{port}"}
        head.terminate()  # it ends its processes
        try:
            head.wait(90)
        except subprocess.TimeoutExpired:
            os.killpg(head.pid, signal.SIGKILL)
            head.wait()


@pytest.fixture
def cluster(ray_environment: dict[str, str], tmp_path: Path) -> Iterator[Any]:
    made = Cluster(ray_environment, tmp_path, ps=2, worker=3)
    yield made
    for process in made.processes.values():
        process.kill()
        process.wait()


@needs_ray
@pytest.mark.slow
def test_two_servers_and_three_workers_train(cluster: Any) -> None:
    for index in range(3):
        assert cluster.processes[f"worker{index}"].wait(120) == 0, cluster.text(f"worker{index}")
    shares = re.findall(r"right ([\d.]+)", "".join(cluster.text(f"worker{index}") for index in range(3)))
    counts = [int(n) for i in range(3) for n in re.findall(r"(\d+) steps in", cluster.text(f"worker{i}"))]
    assert float(shares[-1]) > 0.8
    assert sum(counts) == cluster.global_step()  # nothing is applied twice, and nothing is lost
    # The hook reads the step that its own step began with: each of the other two may go on once more than it should.
    assert 500 <= sum(counts) <= 504


@needs_ray
@pytest.mark.slow
def test_kills_of_each_kind_of_task(cluster: Any) -> None:
    cluster.wait_for_step("worker0", 100)
    cluster.kill("ps1")
    cluster.start("ps", 1)
    cluster.wait_for_step("worker0", 200)
    cluster.kill("worker1")
    cluster.start("worker", 1)
    for name in ("worker0", "worker1", "worker2"):
        assert cluster.processes[name].wait(120) == 0, cluster.text(name)
    assert float(re.findall(r"right ([\d.]+)", cluster.text("worker0"))[-1]) > 0.8
