"""`python -m bench`: choose, measure, report."""

from __future__ import annotations

import shutil
import signal
import sys
import time
from collections.abc import Sequence

from . import compare, machine, options, plot, report, runner
from .processes import Processes, peers_python
from .results import Results


class ProgressLine:
    """Shows what is being done on standard error: one line that changes, or plain lines where that is a file."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.live = sys.stderr.isatty()
        self.last = ""

    def __call__(self, text: str) -> None:
        """Show `text`; into a file, only when its first part (the workload) changes."""
        line = f"{time.monotonic() - self.start:4.0f} s  {text}"
        if self.live:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\033[K{line[:width]}", end="", file=sys.stderr, flush=True)
            return
        topic = text.partition(":")[0]
        if topic != self.last:
            print(f"{time.monotonic() - self.start:4.0f} s  {topic}", file=sys.stderr, flush=True)
        self.last = topic

    def clear(self) -> None:
        """Remove the changing line."""
        if self.live:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def measure(chosen: options.Options, results: Results, progress: ProgressLine) -> bool:
    """Run everything that was chosen, into `results`; return whether it was interrupted."""
    deadline = time.monotonic() + chosen.limit if chosen.limit else None
    pace = runner.Pace(chosen.rounds, chosen.budget, chosen.slow_rounds, deadline)
    try:
        with Processes(chosen.threads, peers_python(chosen.peers_python)) as processes:
            available = runner.find_backends(processes, chosen.backends, results, progress)
            runner.run(processes, chosen.workloads, available, pace, results, progress)
    except KeyboardInterrupt:
        results.notes.append("interrupted: these are the measurements until then")
        return True
    finally:
        progress.clear()
    return False


def write(chosen: options.Options, results: Results) -> None:
    """Print the tables, then write the JSON file and the picture."""
    print(report.summary_text(results))
    try:
        results.save(chosen.json)
        print(f"\nresults: {chosen.json}")
        path = plot.draw(results, chosen.plot) if chosen.plot else None
    except OSError as problem:
        print(f"\nnot kept: {problem}")
        return
    except plot.NoMatplotlibError as problem:
        print(problem)
        return
    if path:
        print(f"plot:    {path}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; return 0, 1 if a workload failed or gave a wrong result, or 130 if it was interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in compare.NAMES:
        return compare.main(words)
    chosen = options.parse(words)
    if chosen.list:
        print(report.listing())
        return 0
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # being told to stop is Ctrl-C too
    try:
        return _measured(chosen)
    finally:
        # Not left behind in a process that goes on: a worker of its process pools could survive being terminated.
        signal.signal(signal.SIGTERM, before)


def _measured(chosen: options.Options) -> int:
    """Measure what was chosen and write the results; return the status of `main`."""
    settings = {"suite": chosen.suite, "rounds": chosen.rounds, "budget": chosen.budget, "threads": chosen.threads}
    results = Results(machine=machine.facts(), settings=settings)
    try:
        interrupted = measure(chosen, results, ProgressLine())
    except FileNotFoundError as problem:
        print(f"python -m bench: {problem}", file=sys.stderr)
        return 2
    write(chosen, results)
    if interrupted:
        return 130
    return 1 if any(backend == "sessile" for _, backend, _ in results.failures) else 0


if __name__ == "__main__":
    sys.exit(main())
