"""The protocol buffers a Session is configured and asked with, checked and read."""

from __future__ import annotations

import time
from typing import Any

from .devices import LOCAL_CPU


def _message(value: Any, name: str, kind: str) -> Any:
    """Return `value` as our message `kind`; messages of TensorFlow's own classes are taken too. Raises: TypeError."""
    from ..ops import proto

    wanted = getattr(proto, kind)
    if isinstance(value, wanted):
        return value
    try:
        adopted = proto.adopt(value)
    except TypeError:
        adopted = None
    if not isinstance(adopted, wanted):
        raise TypeError(f'Argument `{name}` must be a tf.{kind}, but got "{type(value).__name__}"')
    return adopted


def check_config(config: Any) -> Any:
    """Return a ConfigProto, or None for the defaults. Raises: TypeError."""
    return None if config is None else _message(config, "config", "ConfigProto")


def jit_level(config: Any) -> str:
    """What `graph_options.optimizer_options.global_jit_level` says: "off", "default" or "on"."""
    if config is None:
        return "default"
    level = config.graph_options.optimizer_options.global_jit_level
    return "off" if level < 0 else "default" if level == 0 else "on"


def thread_count(config: Any) -> int:
    """How many threads may share a loop: `intra_op_parallelism_threads`; 0 is for those this process may use."""
    return 0 if config is None else max(0, int(config.intra_op_parallelism_threads))


def check_options(options: Any) -> Any:
    """Return a RunOptions or None. Raises: TypeError."""
    return None if options is None else _message(options, "options", "RunOptions")


class Metadata:
    """Fills the RunMetadata that the user gave with what a step was.

    Raises: TypeError if it is none.
    """

    def __init__(self, run_metadata: Any, options: Any) -> None:
        if run_metadata is not None:
            _message(run_metadata, "run_metadata", "RunMetadata")
            run_metadata.Clear()
        self._target = run_metadata
        self._traces = options is not None and options.trace_level > 0
        self._start = time.time_ns()

    def finish(self, fetched: list[str]) -> None:
        """Note the end of the step. The whole step is one entry; per-operation times are not measured yet."""
        if self._target is None or not self._traces:
            return
        device = self._target.step_stats.dev_stats.add(device=LOCAL_CPU)
        taken = time.time_ns() - self._start
        device.node_stats.add(
            node_name="step",
            all_start_micros=self._start // 1000,
            op_end_rel_micros=taken // 1000,
            all_end_rel_micros=taken // 1000,
            timeline_label=f"step for {', '.join(fetched)}",
        )
