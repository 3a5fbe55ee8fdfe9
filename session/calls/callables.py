"""What `Session.make_callable` returns where a native step is not the whole answer; none of it can be pickled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...compiler.program.services import refuse_keywords
from ...ops.base.pickling import ProcessBound
from .described import describe, told_of
from .feeds import Feed, expand_feed_keys

Step = Callable[..., Any]


class FeedFetchingStep(ProcessBound):
    """A step that gives back some of what it is fed, as arrays."""

    __slots__ = ("__dict__", "_check", "_feeds", "_finish", "_step")

    def __init__(self, step: Step, finish: Step, feeds: list[Feed], check: Step) -> None:
        self._step = step
        self._finish = finish
        self._feeds = feeds
        self._check = check

    def __call__(self, *values: Any, **named: Any) -> Any:
        refuse_keywords(named)
        self._check(values)
        arrays = [feed.array(value) for feed, value in zip(self._feeds, values)]
        return self._finish(self._step(*arrays), arrays)


class BoundStep(ProcessBound):
    """A function bound to what it needs: `function(*bound, *values, **named)`."""

    __slots__ = ("__dict__", "_bound", "_function")

    def __init__(self, function: Step, *bound: Any) -> None:
        self._function = function
        self._bound = bound

    def __call__(self, *values: Any, **named: Any) -> Any:
        return self._function(*self._bound, *values, **named)


def general_callable(
    session: Any, fetches: Any, elements: list[Any], keys: list[Any], handles: Any, accept_options: bool
) -> Step:
    """The callable of keys that are fed in another way than one value each, or of steps that take options."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) != len(keys):
            raise arity_error([Feed(t, handles) for t in expand_feed_keys(session.graph, keys)], len(args))
        return session.run(fetches, dict(zip(keys, args)), **kwargs)

    def call_with_options(*args: Any, options: Any = None, run_metadata: Any = None) -> Any:
        return call(*args, options=options, run_metadata=run_metadata)

    def call_without_options(*args: Any, **named: Any) -> Any:
        refuse_keywords(named)
        return call(*args)

    description = describe(elements, keys, ("options", "run_metadata") if accept_options else ())
    step: Step = told_of(BoundStep(call_with_options if accept_options else call_without_options), description)
    return step


def arity_error(feeds: list[Feed], given: int) -> TypeError:
    """The TypeError for a wrong number of arguments, with the placeholders named."""
    names = ", ".join(feed.tensor.name for feed in feeds) or "none"
    return TypeError(
        f"This callable takes {len(feeds)} positional arguments, one per feed ({names}), but {given} were given."
    )
