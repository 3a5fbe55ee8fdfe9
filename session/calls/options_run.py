"""`Session.run` with RunOptions and RunMetadata: steps with a time limit of their own, and traced ones."""

from __future__ import annotations

from typing import Any

from . import options as opts

_tracing: Any = None  # the module `quick_trace`, imported when it is first needed: it brings protobuf
_RunOptions: Any = None  # with its classes of messages
_RunMetadata: Any = None


def run_with_options(session: Any, signature: Any, values: Any, options: Any, run_metadata: Any) -> Any:
    """Run one step as the options say. See `Session.run`."""
    quick = signature.quick_trace
    is_ours = type(options) is _RunOptions and type(run_metadata) is _RunMetadata
    if quick is not None and is_ours and _asks_for_a_trace_alone(options):
        result = quick.run(signature, values, run_metadata)
        if result is not _tracing.DECLINED:
            return result
    return _run(session, signature, values, opts.check_options(options), run_metadata)


def _asks_for_a_trace_alone(options: Any) -> Any:
    return options.trace_level > 0 and options.timeout_in_ms <= 0 and not options.output_partition_graphs


def _run(session: Any, signature: Any, values: Any, options: Any, run_metadata: Any) -> Any:
    limit = 0
    is_traced = session._builds_costs and run_metadata is not None
    if options is not None:
        limit = options.timeout_in_ms
        is_traced |= run_metadata is not None and (options.trace_level > 0 or options.output_partition_graphs)
    if run_metadata is not None:
        opts.message_of(run_metadata, "run_metadata", "RunMetadata")
        run_metadata.Clear()
    if is_traced:
        return _run_traced(session, signature, values, options, limit, run_metadata)
    if limit <= 0 and not session._timeout:
        return signature.run(values)
    from .deadline import limited

    state = session._state
    return limited(limit, session._timeout, None, lambda step: signature.run_watched(values, step), state)


def _run_traced(session: Any, signature: Any, values: Any, options: Any, limit: int, run_metadata: Any) -> Any:
    global _tracing, _RunOptions, _RunMetadata
    if _tracing is None:
        from ..tracing import quick_trace

        _tracing, _RunOptions, _RunMetadata = quick_trace, quick_trace.RunOptions, quick_trace.RunMetadata
    from .deadline import limited

    state = session._state
    trace_step = getattr(signature.program, "trace_step", None)
    if trace_step is not None:  # of a cluster: its tasks tell
        graphs = options is not None and options.output_partition_graphs
        traced = lambda step: trace_step(signature, values, step, run_metadata, graphs)  # noqa: E731
        return limited(limit, session._timeout, None, traced, state)
    metadata = _tracing.Metadata(run_metadata, options, session._builds_costs)
    result = limited(limit, session._timeout, metadata.trace, lambda step: signature.run_watched(values, step), state)
    metadata.finish(signature)
    if limit <= 0 and not (session._timeout or session._builds_costs or options.output_partition_graphs):
        if signature.quick_trace is None:
            signature.quick_trace = _tracing.QuickTrace(signature, state)
        signature.quick_trace.prepare(values)
    return result
