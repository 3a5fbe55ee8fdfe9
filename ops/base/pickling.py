"""What belongs to this process refuses to be pickled and deep-copied, and says what to do instead.

Without that, a process pool pickles such an object piece by piece and fails in the worker, where nobody sees it: the
pool waits for ever.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

CALLABLE: Final = (
    "a callable of a Session: its code and its state belong to this process. "
    "Make the Session and its callable in the process that calls it, or use threads"
)
GRAPH: Final = (
    "a Graph: it belongs to this process. `graph.as_graph_def()` gives it as a message that can be copied, pickled and "
    "written to a file, and tf.import_graph_def builds it in another graph"
)
ELEMENT: Final = (
    "'{name}', which is a part of a Graph of this process. Pass its name, and the graph as the message that "
    "`graph.as_graph_def()` gives"
)
SESSION: Final = (
    "a Session: its state belongs to this process. Make one in the process that uses it; `session.graph_def` is the "
    "message of its graph"
)


def refuse(what: str) -> NoReturn:
    """Raises: TypeError that says what cannot be pickled, and what can."""
    raise TypeError(f"cannot pickle or deep-copy {what}.")


class ProcessBound:
    """Base of functions with a state of this process: copies are the same object, pickling is refused."""

    __slots__ = ()

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        refuse(CALLABLE)
