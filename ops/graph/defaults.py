"""The default graph and the default session of each thread, as `with` blocks set them.

They stand beside Graph and Tensor, which need them: `Graph.as_default`, `Tensor.eval`, `Operation.run`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .graph import Graph


class _Stack(threading.local):
    def __init__(self) -> None:
        self.sessions: list[Any] = []
        self.graphs: list[Graph] = []  # of the `as_default` blocks
        self.outermost: Graph | None = None  # what is default outside of them


stack = _Stack()


def get_default_session() -> Any:
    """Return the innermost session of this thread that was entered with `with` or `as_default()`, or None."""
    return stack.sessions[-1] if stack.sessions else None


@contextmanager
def default_session(session: Any) -> Iterator[Any]:
    """Make `session` the default one of this thread inside the block."""
    push(session)
    try:
        yield session
    finally:
        pop(session)


def push(session: Any) -> None:
    """Make `session` the default one of this thread until `pop`."""
    stack.sessions.append(session)


def pop(session: Any) -> None:
    """Undo `push`. Raises: AssertionError if blocks were left in another order than entered."""
    if not stack.sessions or stack.sessions[-1] is not session:
        raise AssertionError(
            "Nesting violated by exiting the context managers of default sessions in another order than they were "
            "entered."
        )
    stack.sessions.pop()


def session_for(graph: Graph, session: Any, doing: str, method: str) -> Any:
    """Return `session` or the default one, checked to run `graph`. Raises: ValueError."""
    if session is None:
        session = get_default_session()
        if session is None:
            raise ValueError(
                f"Cannot {doing} using `{method}()`: No default session is registered. Use "
                f"`with sess.as_default()` or pass an explicit session to `{method}(session=sess)`"
            )
        if session.graph is not graph:
            raise ValueError(
                f"Cannot use the default session to {doing}: the graph is different from the session's graph. Pass an "
                f"explicit session to `{method}(session=sess)`."
            )
    elif session.graph is not graph:
        raise ValueError(f"Cannot use the given session to {doing}: the graph is different from the session's graph.")
    return session


@contextmanager
def default_graph(graph: Graph) -> Iterator[Graph]:
    """Make `graph` the default one of this thread inside the block."""
    stack.graphs.append(graph)
    try:
        yield graph
    finally:
        if stack.graphs:  # none is there if a test's `setUp` began anew inside the block
            if stack.graphs[-1] is not graph:
                raise AssertionError(
                    "Nesting violated for default graphs: the blocks were left in another order than entered."
                )
            stack.graphs.pop()
