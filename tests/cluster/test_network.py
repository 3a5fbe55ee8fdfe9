"""A cluster on two machines whose network is cut: namespaces of this one. In `make test-cluster`, as root on Linux."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SERVERS, WORKERS = f"sessile-a{os.getpid()}", f"sessile-b{os.getpid()}"  # the machines
FIRST, SECOND = "10.77.0.1", "10.77.0.2"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed"),
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("ip") is None,
        reason="namespaces of the network are made by root, with iproute2",
    ),
]


def ip(*words: str) -> None:
    """Call iproute2."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Machines:
    """Two namespaces with a cable between them, and processes in each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[str]] = []
        self._environment = {
            **os.environ, "PYTHONPATH": str(ROOT), "SESSILE_RAY_TOKEN": secrets.token_hex(8),
            "RAY_ADDRESS": f"{FIRST}:6400", "RAY_AUTH_MODE": "disabled", "RAY_DISABLE_USAGE_STATS": "1",
            "RAY_health_check_period_ms": "1000", "RAY_health_check_timeout_ms": "2000",
            "RAY_health_check_failure_threshold": "6",
        }  # fmt: skip
        for name in (SERVERS, WORKERS):
            ip("netns", "add", name)
        ip(
            "link",
            "add",
            "sessile-va",
            "netns",
            SERVERS,
            "type",
            "veth",
            "peer",
            "name",
            "sessile-vb",
            "netns",
            WORKERS,
        )
        for name, cable, address in ((SERVERS, "sessile-va", FIRST), (WORKERS, "sessile-vb", SECOND)):
            ip("-n", name, "addr", "add", f"{address}/24", "dev", cable)
            ip("-n", name, "link", "set", "lo", "up")
            ip("-n", name, "link", "set", cable, "up")
            ip("-n", name, "route", "add", "default", "dev", cable)  # by which Ray finds a machine's own address

    def start(self, machine: str, *arguments: str) -> subprocess.Popen[str]:
        """A Python in one of the machines, which has a /tmp/ray of its own: its processes find each other there."""
        files = self._folder / machine
        files.mkdir(exist_ok=True)
        Path("/tmp/ray").mkdir(exist_ok=True)
        inside = ["sh", "-c", 'mount --bind "$0" /tmp/ray && exec "$@"', str(files)]
        with (self._folder / "errors.txt").open("a") as errors:
            process = subprocess.Popen(
                ["ip", "netns", "exec", machine, *inside, sys.executable, *arguments],
                env=self._environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                text=True, start_new_session=True,
            )  # fmt: skip
        self._processes.append(process)
        return process

    def ray(self, machine: str, address: str, *options: str) -> None:
        """Ray's part of a machine."""
        self.start(
            machine, "-m", "ray.scripts.scripts", "start", "--block", f"--node-ip-address={address}", "--num-cpus=2",
            "--disable-usage-stats", "--object-store-memory=100000000", *options,
        )  # fmt: skip
        time.sleep(8)

    def cut(self, is_cut: bool) -> None:
        """Pull the cable out, or put it back."""
        ip("-n", SERVERS, "link", "set", "sessile-va", "down" if is_cut else "up")

    def close(self) -> None:
        """End all."""
        for process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        for name in (SERVERS, WORKERS):
            pids = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=False).stdout
            for pid in pids.split():
                os.kill(int(pid), signal.SIGKILL)
            ip("netns", "delete", name)


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    made = Machines(tmp_path)
    try:
        made.ray(SERVERS, FIRST, "--head", "--port=6400", "--include-dashboard=false")
        made.ray(WORKERS, SECOND, f"--address={FIRST}:6400")
        yield made
    finally:
        made.close()


def said(process: subprocess.Popen[Any], *beginnings: str) -> list[str]:
    """The words of the next line that begins with one of these; Ray prints others."""
    while line := process.stdout.readline():  # type: ignore[union-attr]
        if line.split()[:1] and line.split()[0] in beginnings:
            return line.split()
    raise AssertionError("the process has ended")


ANSWERS = ("done", "DeadlineExceededError", "UnavailableError", "AbortedError")


def ask(process: subprocess.Popen[Any], steps: int, limit: int = 0) -> list[str]:
    """Have the worker make steps."""
    process.stdin.write(f"{steps} {limit}\n")  # type: ignore[union-attr]
    process.stdin.flush()  # type: ignore[union-attr]
    return said(process, *ANSWERS)


def test_a_network_that_is_cut_loses_and_doubles_nothing(machines: Machines) -> None:
    server = machines.start(SERVERS, "-m", "tests.cluster.cut_off", "server", "ps")
    said(server, "up")
    worker = machines.start(WORKERS, "-m", "tests.cluster.cut_off", "worker")
    said(worker, "ready")
    assert ask(worker, 20) == ["done", "20", "20.0"]

    machines.cut(True)  # a short while: the limit is kept, and the session goes on behind it
    error, acknowledged, seconds = ask(worker, 1, limit=3000)
    machines.cut(False)
    assert (error, acknowledged) == ("DeadlineExceededError", "0")
    assert float(seconds) < 10
    _, _, total = ask(worker, 0)
    assert total in ("20.0", "21.0")  # the step that failed was applied, or not
    before = float(total)
    assert ask(worker, 20) == ["done", "20", str(before + 20)]


def test_a_machine_that_is_gone_is_said(machines: Machines) -> None:
    gone = machines.start(WORKERS, "-m", "tests.cluster.cut_off", "server", "worker")
    said(gone, "up")
    server = machines.start(SERVERS, "-m", "tests.cluster.cut_off", "worker", "ps")
    said(server, "ready")
    assert ask(server, 20) == ["done", "20", "20.0"]
    machines.cut(True)
    error, acknowledged, seconds = ask(server, 1)
    assert (error, acknowledged) == ("UnavailableError", "0")
    assert float(seconds) < 60  # Ray asks for signs of life six times
    assert ask(server, 0)[2] in ("20.0", "21.0")  # the variable is here, and the session still reads it
