"""`Session.run` with RunOptions and RunMetadata: steps with a time limit of their own, and traced ones."""

from __future__ import annotations

from typing import Any

from . import options as opts
from .deadline import limited
from .feeds import expand_feeds
from .fetches import structure_key


def run_with_options(session: Any, fetches: Any, feed_dict: Any, options: Any, run_metadata: Any) -> Any:
    """Run one step as the options say. See `Session.run`."""
    options = opts.check_options(options)
    session._check_open()
    metadata = None if run_metadata is None else _metadata(run_metadata, options, session._config)
    signature, values = _bind(session, fetches, feed_dict or {})
    trace = None if metadata is None else metadata.trace
    if trace is None and not session._timeout and (options is None or options.timeout_in_ms <= 0):
        result = signature.run(values)
    else:
        result = limited(options, session._timeout, trace, lambda step: signature.run_watched(values, step))
    if metadata is not None:
        metadata.finish(signature)
    return result


def _metadata(run_metadata: Any, options: Any, config: Any) -> Any:
    global _make_metadata
    if _make_metadata is None:
        from .tracing import Metadata

        _make_metadata = Metadata
    return _make_metadata(run_metadata, options, config)


_make_metadata: Any = None  # imported when it is first needed: it brings protobuf


def _bind(session: Any, fetches: Any, feed_dict: Any) -> tuple[Any, list[Any]]:
    """The signature of a call, prepared once, and the values of its feeds in order."""
    key: Any = None
    prepared = None
    try:
        key = structure_key(fetches), tuple(feed_dict)
        prepared = session._prepared.get(key)
    except TypeError:
        key = None
    if prepared is None or prepared.signature.edits != session._graph._edits:
        prepared = session._prepare(key, fetches, feed_dict)
    signature, order = prepared
    if order is not None and isinstance(feed_dict, dict):
        given = list(feed_dict.values())
        return signature, [given[position] for position in order]
    pairs = dict(expand_feeds(session._graph, feed_dict))
    return signature, [pairs[feed.tensor] for feed in signature.feeds]
