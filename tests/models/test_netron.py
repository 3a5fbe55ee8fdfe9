"""Netron in a browser without a screen shows a graph that was frozen here.

Skipped where there is no netron (`pip install sessile[netron]`), or no Chromium with its driver (Debian's
`chromium-driver`).
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sessile.__main__ import main
from tests.models.record import FIXTURES

DRIVER, BROWSER = shutil.which("chromedriver"), shutil.which("chromium")
ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-proxy-server", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=760,1250",
]  # fmt: skip


class Browser:
    """A browser behind a WebDriver at an address."""

    def __init__(self, address: str) -> None:
        self.address = f"{address}/session"
        options = {"goog:chromeOptions": {"args": ARGUMENTS, "binary": BROWSER}}
        self.address += "/" + self.ask("POST", "", {"capabilities": {"alwaysMatch": options}})["sessionId"]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request; returns its value."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.loads(answer.read())["value"]

    def run(self, script: str) -> Any:
        """What a script returns."""
        return self.ask("POST", "/execute/sync", {"script": script, "args": []})

    def wait(self, script: str) -> None:
        """Wait until a script returns something true."""
        for _ in range(120):
            if self.run(script):
                return
            time.sleep(0.25)
        raise AssertionError(f"still not: {script}")


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A browser with an empty profile."""
    if DRIVER is None or BROWSER is None:
        pytest.skip("needs a browser and its driver (apt-get install chromium-driver)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen([DRIVER, f"--port={port}"], stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            found = Browser(f"http://127.0.0.1:{port}")
            yield found
            found.ask("DELETE", "")
        finally:
            process.terminate()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # netron's sockets
def test_netron_shows_the_operations_of_a_frozen_graph(browser: Browser, tmp_path: Path) -> None:
    netron = pytest.importorskip("netron", reason="an extra: pip install sessile[netron]")
    graph = str(tmp_path / "frozen.pb")
    assert main(["freeze", f"{FIXTURES}/convolutions/saved", "--out", graph, "--optimize"]) == 0
    host, port = netron.start(graph, address=("127.0.0.1", 0), browse=False)
    try:
        browser.ask("POST", "/url", {"url": f"http://{host}:{port}/"})
        # it asks once for cookies, unless it finds that it need not
        agreed = "button = document.getElementById('message-button'); button && button.click();"
        browser.wait(f"{agreed} return document.body.className == 'default'")
        shown = browser.run("return Array.from(document.querySelectorAll('#target text')).map(n => n.textContent)")
    finally:
        netron.stop((host, port))
    assert sorted(name for name in shown if name.isidentifier() and name != "Placeholder") == [
        "BiasAdd", "BiasAdd", "BiasAdd", "Conv2D", "Conv2D", "DepthwiseConv2dNative", "Mean", "Relu", "Relu6",
    ]  # fmt: skip
