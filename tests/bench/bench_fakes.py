"""A set of processes that measure nothing: answers are made up, and every request is noted."""

from bench.registry import BY_NAME
from bench.results import Cell, Results


class FakeProcesses:
    """Answers as workers would; `broken` maps (backend, request) to the answer that goes wrong."""

    def __init__(self, missing=(), broken=None, interrupt_at=None):
        self.missing, self.broken, self.interrupt_at = missing, broken or {}, interrupt_at
        self.requests = []

    def ask(self, backend, request):
        """Answer one request."""
        self.requests.append((backend, request["do"]))
        if self.interrupt_at == len(self.requests):
            raise KeyboardInterrupt
        if (backend, request["do"]) in self.broken:
            return self.broken[backend, request["do"]]
        if request["do"] == "facts":
            return {"missing": "No module"} if backend in self.missing else {"version": "1.0"}
        return {"seconds": 0.001 * len(backend), "number": 7}

    def measure_fresh(self, backend, workload, fresh):
        """Answer for a fresh process."""
        self.requests.append((backend, "fresh"))
        return self.broken.get((backend, "fresh"), {"seconds": 0.5})


def made_results(times, versions=None):
    """Return Results holding `{workload: {backend: seconds}}`."""
    results = Results(machine={"cpu": "a CPU", "cores": 2, "load_at_start": 0.0}, settings={"threads": 2})
    results.versions = versions or {"sessile": "0.1", "numpy": "2.0"}
    for name, row in times.items():
        results.workloads[name] = BY_NAME[name]
        results.rows[name] = {backend: Cell(rounds=[seconds]) for backend, seconds in row.items()}
    return results
