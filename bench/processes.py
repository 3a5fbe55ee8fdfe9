"""The parent's side: worker processes that are asked one at a time, and fresh ones that measure once."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from .backends import BACKENDS
from .sizes import PROCESSES, summary
from .workload import Fresh, Workload

ROOT = Path(__file__).resolve().parent.parent
PREPARE_TIMEOUT = 180.0  # seconds; torch compiles C++
TIME_TIMEOUT = 120.0


def peers_python(chosen: str | None) -> str:
    """Return the Python that has the peers: the option, SESSILE_PEERS_PYTHON, `.venv-peers`, or this one.

    Raises: FileNotFoundError if one that was named is not there.
    """
    variable = os.environ.get("SESSILE_PEERS_PYTHON")
    for source, named in (("--peers-python", chosen), ("SESSILE_PEERS_PYTHON", variable)):
        if named and shutil.which(named):
            return named
        if named:
            raise FileNotFoundError(f"{source}: {named} is not a program")
    own = str(ROOT / ".venv-peers" / "bin" / "python")
    return own if shutil.which(own) else sys.executable


def environment(threads: int, cache: str) -> dict[str, str]:
    """Return a child's variables: this project on the path, thread counts, and a cache folder of its own."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    counts = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    folders = {"SESSILE_CACHE_DIR": cache, "TORCHINDUCTOR_CACHE_DIR": os.path.join(cache, "torch")}
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, **counts, **folders, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


class WorkerProcess:
    """One backend's worker. It is started when first asked, and again after it died."""

    def __init__(self, command: list[str], variables: dict[str, str]) -> None:
        self.command, self.variables = command, variables
        self.process: subprocess.Popen[bytes] | None = None
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  (`close` ends it)
        self.pending = b""

    def ask(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        """Send a request and return its answer; a death or a timeout becomes an answer with "error"."""
        if self.process is None:
            self._start()
        process = self.process
        assert process is not None and process.stdin is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            line = self._line(timeout)
        except (BrokenPipeError, EOFError):
            code = process.wait()
            self.end()
            return {"error": f"the process ended ({_ended(code)}){self._last_words()}", "kind": "crashed"}
        except TimeoutError:
            self.end()
            return {"error": f"no answer within {timeout:.0f} s; stopped", "kind": "timeout"}
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _start(self) -> None:
        self.pending = b""
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            cwd=ROOT,
            env=self.variables,
            start_new_session=True,  # Ctrl-C is for the parent, which keeps what was measured
        )

    def _line(self, timeout: float) -> bytes:
        """Return the next line of output; EOFError at its end, TimeoutError if it does not come."""
        assert self.process is not None and self.process.stdout is not None
        end = time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in self.pending:
                if not selector.select(max(0.0, end - time.monotonic())):
                    raise TimeoutError
                more = os.read(self.process.stdout.fileno(), 1 << 16)
                if not more:
                    raise EOFError
                self.pending += more
        line, _, self.pending = self.pending.partition(b"\n")
        return line

    def _last_words(self) -> str:
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").strip().splitlines()
        return f": {lines[-1][:200]}" if lines else ""

    def end(self) -> None:
        """End the process; it is started again if something else is asked."""
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with suppress(BrokenPipeError):  # what was still to be sent is of no use to a dead process
                    pipe.close()

    def close(self) -> None:
        """End the process for good."""
        self.end()
        self.log.close()


def _ended(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


class Processes:
    """Every process a run of the bench starts; a context manager that ends them all and removes their caches."""

    def __init__(self, threads: int, peers: str) -> None:
        self.threads, self.peers = threads, peers
        self.cache = tempfile.mkdtemp(prefix="bench-cache-")
        self.workers: dict[str, WorkerProcess] = {}

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *problem: object) -> None:
        for worker in self.workers.values():
            worker.close()
        shutil.rmtree(self.cache, ignore_errors=True)

    def python(self, backend: str) -> str:
        """Return the Python that runs this backend."""
        return self.peers if BACKENDS[backend].peer else sys.executable

    def ask(self, backend: str, request: dict[str, Any]) -> dict[str, Any]:
        """Ask one backend's worker; "facts" is asked again of a worker that was restarted."""
        if backend not in self.workers:
            command = [self.python(backend), "-m", "bench.worker"]
            command += ["--backend", backend, "--threads", str(self.threads)]
            self.workers[backend] = WorkerProcess(command, environment(self.threads, self.cache))
        worker = self.workers[backend]
        if worker.process is None and request["do"] != "facts":
            facts = worker.ask({"do": "facts"}, PREPARE_TIMEOUT)
            if "version" not in facts:
                return {"error": facts.get("error") or facts.get("missing"), "kind": "crashed"}
        return worker.ask(request, TIME_TIMEOUT if request["do"] == "time" else PREPARE_TIMEOUT)

    def measure_fresh(self, backend: str, workload: Workload, fresh: Fresh) -> dict[str, Any]:
        """Run one fresh process and return {"seconds": ...}, or the error."""
        if fresh.phase in ("new", "again"):
            return self._measure_sizes(backend, workload, fresh)
        if fresh.cache == "warm":
            folder = Path(self.cache, "warm", backend, workload.name)
            if not folder.exists():
                folder.mkdir(parents=True)
                if backend == "sessile":  # the only one that keeps its kernels there
                    self._run_fresh(backend, workload, fresh, str(folder))
            return self._run_fresh(backend, workload, fresh, str(folder))
        with tempfile.TemporaryDirectory(prefix="bench-cold-") as empty:
            return self._run_fresh(backend, workload, fresh, empty)

    def _measure_sizes(self, backend: str, workload: Workload, fresh: Fresh) -> dict[str, Any]:
        answers = [self._times(backend, workload, fresh, self.cache) for _ in range(PROCESSES)]
        for answer in answers:
            if "error" in answer:
                return answer
        return {"seconds": summary(fresh.phase, answers)}

    def _run_fresh(self, backend: str, workload: Workload, fresh: Fresh, cache: str) -> dict[str, Any]:
        times = self._times(backend, workload, fresh, cache)
        if "error" in times:
            return times
        if backend == "reference":
            return {"seconds": times["import"]}
        if fresh.phase == "both":
            return {"seconds": times["import"] + times["first"]}
        return {"seconds": times["import" if fresh.phase == "import" else "first"]}

    def _times(self, backend: str, workload: Workload, fresh: Fresh, cache: str) -> dict[str, Any]:
        """Run one fresh process and return what it prints, or the error."""
        command = [self.python(backend), "-m", "bench.fresh", backend, workload.name, fresh.phase, str(self.threads)]
        variables = environment(self.threads, cache)
        variables.update((name, value.format(threads=self.threads)) for name, value in BACKENDS[backend].environment)
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=variables, capture_output=True, timeout=PREPARE_TIMEOUT, text=True, check=False
            )
        except subprocess.TimeoutExpired:
            return {"error": f"no answer within {PREPARE_TIMEOUT:.0f} s; stopped", "kind": "timeout"}
        if done.returncode:
            last = (done.stderr.strip().splitlines() or [""])[-1]
            return {"error": f"{_ended(done.returncode)}: {last[:300]}", "kind": "failed"}
        times: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return times
