"""`tf.test.Benchmark`: methods whose names begin with `benchmark`, run by hand or by a program's own runner."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

from ..ops import proto
from ..ops.graph.defaults import get_default_session
from ..session.session import Session


def benchmark_config() -> Any:
    """Return the ConfigProto for benchmarks: as TensorFlow's, which leaves nodes to control edges as they are."""
    config = proto.ConfigProto()
    config.graph_options.rewrite_options.dependency_optimization = proto.RewriterConfig.OFF
    return config


class Benchmark:
    """Base of classes with benchmarks.

    >>> class Products(Benchmark):
    ...     def benchmark_small(self):
    ...         with Session() as session:
    ...             self.run_op_benchmark(session, product, min_iters=100, name="small")
    """

    def evaluate(self, tensors: Any) -> Any:
        """Return the values of tensors, computed in the default session."""
        session = get_default_session()
        if session is not None:
            return session.run(tensors)
        with Session() as own:
            return own.run(tensors)

    def run_op_benchmark(
        self,
        sess: Any,
        op_or_tensor: Any,
        feed_dict: Mapping[Any, Any] | None = None,
        burn_iters: int = 2,
        min_iters: int = 10,
        store_trace: bool = False,
        store_memory_usage: bool = True,
        name: str | None = None,
        extras: Mapping[str, Any] | None = None,
        mbs: float = 0,
    ) -> dict[str, Any]:
        """Run an operation or tensor over and over, report the median of the times, and return what was reported.

        Args:
          sess: the session; op_or_tensor: what it runs, a list of several too; feed_dict: what it is fed.
          burn_iters, min_iters: runs that do not count, and that do.
          store_trace: whether a trace of one more run is reported, as `full_trace_chrome_format`.
          store_memory_usage: has no effect.
          name: what it is called behind the class's name. extras: further values to report.
          mbs: the megabytes that a run moves, for `throughput` in megabytes a second.
        """
        wanted = op_or_tensor if isinstance(op_or_tensor, list) else [op_or_tensor]
        fetches = [getattr(item, "op", item) for item in wanted]
        for _ in range(burn_iters):
            sess.run(fetches, feed_dict=feed_dict)
        times = []
        for _ in range(min_iters):
            start = time.perf_counter()
            sess.run(fetches, feed_dict=feed_dict)
            times.append(time.perf_counter() - start)
        told = dict(extras or {})
        if store_trace:
            told["full_trace_chrome_format"] = _trace(sess, fetches, feed_dict)
        median = sorted(times)[len(times) // 2] if times else -1.0
        throughput = mbs / median if median > 0 else 0
        result = {
            "iters": min_iters, "wall_time": median, "extras": told, "name": name, "throughput": throughput
        }  # fmt: skip
        self.report_benchmark(iters=min_iters, wall_time=median, name=name, extras=told, throughput=throughput or None)
        result["name"] = self._name_of(name)
        return result

    def report_benchmark(
        self,
        iters: int | None = None,
        cpu_time: float | None = None,
        wall_time: float | None = None,
        throughput: float | None = None,
        extras: Mapping[str, Any] | None = None,
        name: str | None = None,
        metrics: Any = None,
    ) -> None:
        """Print a result as TensorFlow does, in the text form of its BenchmarkEntries.

        Args:
          iters: how many runs; cpu_time, wall_time: seconds of one; throughput: what is done in a second.
          extras: further numbers and texts. name: behind the class's name; default: the calling method's.
          metrics: dicts with `name`, `value`, `min_value`, `max_value`.
        """
        lines = [f'  name: "{self._name_of(name)}"']
        numbers = {"iters": iters, "cpu_time": cpu_time, "wall_time": wall_time, "throughput": throughput}
        lines += [f"  {key}: {value}" for key, value in numbers.items() if value is not None]
        for key, value in sorted((extras or {}).items()):
            is_number = isinstance(value, (int, float))
            kind, shown = ("double_value", float(value)) if is_number else ("string_value", f'"{value}"')
            lines += ["  extras {", f'    key: "{key}"', "    value {", f"      {kind}: {shown}", "    }", "  }"]
        for metric in metrics or ():
            lines += ["  metrics {", *(f"    {key}: {value}" for key, value in sorted(metric.items())), "  }"]
        print("\n".join(["entry {", *lines, "}\n"]))

    def _name_of(self, name: str | None) -> str:
        return f"{type(self).__name__}.{name or self._calling_method()}"

    def _calling_method(self) -> str:
        """The benchmark that is running: the innermost method of this object outside of this file."""
        frame: Any = sys._getframe(1)
        while frame is not None:
            if frame.f_locals.get("self") is self and frame.f_code.co_filename != __file__:
                return str(frame.f_code.co_name)
            frame = frame.f_back
        return "benchmark"


def _trace(sess: Any, fetches: Any, feed_dict: Any) -> str:
    from ..session.tracing.timeline import Timeline

    metadata = proto.RunMetadata()
    options = proto.RunOptions(trace_level=proto.RunOptions.FULL_TRACE)
    sess.run(fetches, feed_dict=feed_dict, options=options, run_metadata=metadata)
    return Timeline(metadata.step_stats).generate_chrome_trace_format()


class StubOutForTesting:
    """Puts other objects in the places of attributes, and back. `mock.patch.object` does the same."""

    def __init__(self) -> None:
        self.stubs: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> StubOutForTesting:
        return self

    def __exit__(self, *_: Any) -> None:
        self.CleanUp()

    def Set(self, parent: Any, child_name: str, new_child: Any) -> None:
        """Put an object in the place of an attribute."""
        own = vars(parent) if hasattr(parent, "__dict__") else {}
        self.stubs.append((parent, child_name, own.get(child_name, getattr(parent, child_name))))
        setattr(parent, child_name, new_child)

    SmartSet = Set

    def UnsetAll(self) -> None:
        """Put everything back, the last first."""
        while self.stubs:
            parent, name, old = self.stubs.pop()
            setattr(parent, name, old)

    SmartUnsetAll = CleanUp = UnsetAll
