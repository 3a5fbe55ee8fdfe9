"""The protocol buffers a Session is configured and asked with, checked and read."""

from __future__ import annotations

from typing import Any

_classes: dict[str, Any] = {}  # those that were asked for: protobuf is imported when it is needed


def message_of(value: Any, name: str, kind: str) -> Any:
    """Return `value` as our message `kind`; messages of TensorFlow's own classes are taken too. Raises: TypeError."""
    wanted = _classes.get(kind)
    if type(value) is wanted:
        return value
    from ...ops import proto

    wanted = _classes[kind] = getattr(proto, kind)
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
    return None if config is None else message_of(config, "config", "ConfigProto")


def jit_level(config: Any) -> str:
    """What `graph_options.optimizer_options.global_jit_level` says: "off", "default" or "on"."""
    if config is None:
        return "default"
    level = config.graph_options.optimizer_options.global_jit_level
    return "off" if level < 0 else "default" if level == 0 else "on"


def thread_count(config: Any) -> int:
    """How many threads may share a loop: `intra_op_parallelism_threads`; 0 is for those this process may use."""
    return 0 if config is None else max(0, int(config.intra_op_parallelism_threads))


def operation_timeout(config: Any) -> int:
    """The milliseconds that `operation_timeout_in_ms` gives to every step; 0 if there is no limit."""
    return 0 if config is None else max(0, int(config.operation_timeout_in_ms))


def memory_limit(config: Any) -> int:
    """The bytes that `memory_limit` lets the session hold; 0 if it says nothing. Raises: ValueError."""
    limit = 0 if config is None else int(config.memory_limit)
    if limit < 0:
        raise ValueError(f"ConfigProto.memory_limit is a number of bytes, got {limit}.")
    return limit


def builds_costs(config: Any) -> bool:
    """Whether `graph_options.build_cost_model` asks for the cost of each operation in every RunMetadata."""
    return config is not None and config.graph_options.build_cost_model > 0


def check_options(options: Any) -> Any:
    """Return a RunOptions or None. Raises: TypeError."""
    return None if options is None else message_of(options, "options", "RunOptions")
