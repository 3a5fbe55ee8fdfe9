"""A callable of a `CallableOptions` message, which names what is fed, fetched and run: `_make_callable_from_options`.

It is a private method of TensorFlow's sessions that libraries use; Keras 2.2 runs all its steps by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...ops.base.errors import InvalidArgumentError
from ...ops.proto import adopt


def callable_from_options(session: Any, options: Any) -> Callable[..., list[Any]]:
    """Return a function of the values of what is fed, in its order, and of `run_metadata`; it returns a list of arrays.

    Args:
      session: the session.
      options: a `CallableOptions` message, or its bytes. A `tensor_connection` takes the value of one tensor for that
        of another; it is computed by a step of its own, before.
    Raises: InvalidArgumentError for a name that is not in the graph.
    """
    from ...ops.proto import CallableOptions

    message = CallableOptions.FromString(options) if isinstance(options, bytes) else adopt(options)
    feeds = [_tensor(session, name) for name in message.feed]
    fetches = [_tensor(session, name) for name in message.fetch]
    targets = [_element(session, name, False) for name in message.target]
    links = message.tensor_connection
    if links:
        sources = session.make_callable([_tensor(session, link.from_tensor) for link in links], feeds)
        feeds = [*feeds, *(_tensor(session, link.to_tensor) for link in links)]
    plain = session.make_callable([*fetches, *targets], feeds)
    run_options = message.run_options if message.HasField("run_options") else None
    with_options = session.make_callable([*fetches, *targets], feeds, accept_options=True)
    given, fetched = len(message.feed), len(fetches)

    def run(*values: Any, run_metadata: Any = None) -> list[Any]:
        if len(values) != given:
            raise InvalidArgumentError(None, None, f"Expected {given} feed tensors, but got {len(values)}")
        if links:
            values = (*values, *sources(*values))
        if run_options is None and run_metadata is None:
            results: Sequence[Any] = plain(*values)
        else:
            results = with_options(*values, options=run_options, run_metadata=run_metadata)
        return list(results[:fetched])

    return run


def _tensor(session: Any, name: str) -> Any:
    """The tensor of a name; `x` is `x:0`."""
    return _element(session, name if ":" in name else f"{name}:0", True)


def _element(session: Any, name: str, is_tensor: bool) -> Any:
    try:
        return session.graph.as_graph_element(name, is_tensor, not is_tensor)
    except (KeyError, ValueError) as error:
        message = f"{'Tensor' if is_tensor else 'Operation'} {name}, specified in CallableOptions, was not found"
        raise InvalidArgumentError(None, None, f"{message} in the graph: {error}") from None
