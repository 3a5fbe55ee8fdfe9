"""TensorBoard in a browser without a screen shows the run of an example.

Skipped where there is no TensorBoard (here, or with the peers of `make peers`) or no Chromium (Debian's `chromium`).
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".venv-peers" / "bin" / "python"
BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)


def _python_with_tensorboard() -> str:
    if importlib.util.find_spec("tensorboard") is not None:
        return sys.executable
    if PEERS.exists():
        asked = subprocess.run([PEERS, "-c", "import importlib.util as u; print(u.find_spec('tensorboard'))"],
                               capture_output=True, text=True, check=False)  # fmt: skip
        if "ModuleSpec" in asked.stdout:
            return str(PEERS)
    return ""


def _get(address: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=20) as answer:
        data: bytes = answer.read()
        return data


@pytest.fixture
def board(tmp_path: Path) -> Iterator[str]:
    """The address of a TensorBoard that shows the run of `examples/tensorboard_run.py`."""
    python = _python_with_tensorboard()
    if not BROWSER or not python:
        pytest.skip("needs a browser (apt-get install chromium) and TensorBoard (pip install sessile[tensorboard])")
    runs = tmp_path / "runs"
    subprocess.run([sys.executable, ROOT / "examples" / "tensorboard_run.py", runs], check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [python, "-m", "tensorboard.main", "--logdir", runs, "--port", str(port), "--host", "127.0.0.1"]
    with subprocess.Popen([*command, "--load_fast=false"], stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(240):
                try:
                    if b"loss_1" in _get(f"{address}/data/plugin/scalars/tags"):
                        break
                except OSError:
                    pass
                time.sleep(0.5)
            yield address
        finally:
            process.terminate()


def _page(address: str, folder: Path) -> str:
    """What a page holds once its scripts have run."""
    command = [
        BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-proxy-server", "--window-size=1400,1600",
        f"--user-data-dir={folder}", "--virtual-time-budget=40000", "--dump-dom", address,
    ]  # fmt: skip
    found = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, env={**os.environ})
    return found.stdout


@pytest.mark.slow
def test_a_browser_shows_scalars_histograms_images_and_the_graph(board: str, tmp_path: Path) -> None:
    page = _page(f"{board}/#timeseries", tmp_path / "profile")
    for card in ("loss_1", "hidden/weights_1", "hidden/weights_2"):
        assert card in page
    graph = _get(f"{board}/data/plugin/graphs/graph?run=.&conceptual=false").decode()
    assert 'name: "hidden/MatMul"' in graph
    tags = json.loads(_get(f"{board}/data/plugin/graphs/info"))
    assert "step 59" in json.dumps(tags)
    times = _get(f"{board}/data/plugin/graphs/run_metadata?run=.&tag=step%2059").decode()
    assert "hidden/MatMul" in times  # the time of the kernel that it was fused into
