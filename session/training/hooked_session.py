"""`HookedSession`: one session with hooks around each `run`; monitored sessions and programs' own are made of it."""

from __future__ import annotations

from typing import Any

from .hook import SessionRunArgs, SessionRunContext, SessionRunValues


class WrappedSession:
    """A session that hands its calls on to another one.

    Args:
      sess: a session, or another wrapper.
    """

    def __init__(self, sess: Any) -> None:
        self._sess = sess

    graph = property(lambda self: self._sess.graph, doc="The graph.")
    sess_str = property(lambda self: self._sess.sess_str, doc="The target.")

    def should_stop(self) -> bool:
        """Whether it is closed, or something within it wants to stop."""
        if self._sess is None or self._check_stop():
            return True
        within = self._sess
        return bool(within.should_stop()) if hasattr(within, "should_stop") else False

    def _check_stop(self) -> bool:
        """Whether this wrapper itself wants to stop; for classes derived from it."""
        return False

    def close(self) -> None:
        """Close what is within, once."""
        session, self._sess = self._sess, None
        if session is not None:
            session.close()

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """Run what is within."""
        return self._sess.run(*args, **kwargs)


class HookedSession(WrappedSession):
    """A session that calls hooks before and after each step.

    Args:
      sess: a session, or another wrapper.
      hooks: SessionRunHooks, called in this order.
    """

    def __init__(self, sess: Any, hooks: Any) -> None:
        super().__init__(sess)
        self._hooks = hooks
        self._should_stop = False

    def _check_stop(self) -> bool:
        return self._should_stop

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """Run one step, with the hooks. Raises: RuntimeError if the session is closed, or two of them feed a tensor."""
        from ...ops import proto

        if self.should_stop():
            raise RuntimeError("Run called even after should_stop requested.")
        wanted: dict[Any, Any] = {"caller": fetches}
        context = SessionRunContext(SessionRunArgs(fetches, feed_dict), self._sess)  # without options, as TensorFlow
        options = options or proto.RunOptions()
        feeds = self._ask_hooks(context, wanted, options, feed_dict)
        metadata = run_metadata or proto.RunMetadata()
        if options.ByteSize() or run_metadata is not None:
            results = self._sess.run(wanted, feeds or None, options=options, run_metadata=metadata)
        else:
            results = self._sess.run(wanted, feeds or None)
        for hook in self._hooks:
            hook.after_run(context, SessionRunValues(results.get(hook), options, metadata))
        self._should_stop = self._should_stop or context.stop_requested
        return results["caller"]

    def _ask_hooks(self, context: Any, wanted: dict[Any, Any], options: Any, feed_dict: Any) -> dict[Any, Any]:
        """Note what hooks want in `wanted` and `options`. Returns: the feeds, the caller's among them."""
        feeds: dict[Any, Any] = {}
        for hook in self._hooks:
            asked = hook.before_run(context)
            if asked is None:
                continue
            if asked.fetches is not None:
                wanted[hook] = asked.fetches
            _unite(feeds, asked.feed_dict, "two hooks")
            if asked.options is not None:
                _merge_options(options, asked.options)
        _unite(feeds, feed_dict, "a SessionRunHook and user")
        return feeds


def _unite(feeds: dict[Any, Any], more: Any, whose: str) -> None:
    both = [key for key in more or () if key in feeds]
    if both:
        raise RuntimeError(f"Same tensor is fed by {whose}. Conflict(s): {both}")
    feeds.update(more or {})


def _merge_options(options: Any, asked: Any) -> None:
    """Take the larger of what is asked for, into `options`."""
    options.trace_level = max(options.trace_level, asked.trace_level)
    options.timeout_in_ms = max(options.timeout_in_ms, asked.timeout_in_ms)
    options.output_partition_graphs = options.output_partition_graphs or asked.output_partition_graphs
    options.debug_options.debug_tensor_watch_opts.extend(asked.debug_options.debug_tensor_watch_opts)
