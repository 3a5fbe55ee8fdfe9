"""The default graph of each thread, and the functions that act on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from ..graph.defaults import default_graph, stack
from ..graph.graph import Graph
from ..graph.node import Tensor
from ..graph.operation import Operation


def get_default_graph() -> Graph:
    """Return the graph that operations are added to: of the innermost `as_default` block, else the thread's own."""
    if stack.graphs:
        return stack.graphs[-1]
    if stack.outermost is None:
        stack.outermost = Graph()
    return stack.outermost


def reset_default_graph() -> None:
    """Begin a new default graph of this thread; what was built in the old one is no longer in the default graph.

    Raises: AssertionError inside a `with graph.as_default():` block.
    """
    if stack.graphs:
        raise AssertionError(
            "Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared graph, exit the nesting "
            "and create a new graph."
        )
    stack.outermost = Graph()


def leave_out(count: int) -> None:
    """Count operations that TensorFlow 1.15 makes here and this library does not; negative: fewer than this library.

    Without a seed of its own, a random operation's is the number of operations before it. So a program with
    `set_random_seed` repeats TensorFlow's numbers although, say, an assertion is one operation here and a branch of
    fifteen there.
    """
    get_default_graph()._left_out += count


def get_name_scope() -> str:
    """Return the name scope in force, such as `tower/layer`; empty outside of any."""
    return get_default_graph().get_name_scope()


class name_scope:  # noqa: N801 - TensorFlow's spelling
    """A context manager for operations that are built from several others.

    Args:
      name: the scope; None takes `default_name`.
      default_name: the name to use when `name` is None.
      values: the tensors used inside; they must be of one graph, which becomes the default graph inside.
    Raises: ValueError if the values are of several graphs, TypeError if there is a value list but no name.
    """

    def __init__(self, name: str | None, default_name: str | None = None, values: Any = None) -> None:
        if not (default_name is None or isinstance(default_name, str)):
            raise TypeError(
                f"`default_name` type ({type(default_name)}) is not a string type. You likely meant to pass this "
                "into the `values` kwarg."
            )
        self._name = default_name if name is None else name
        if self._name is None and values is not None:
            raise ValueError(f"At least one of name ({name}) and default_name ({default_name}) must be provided.")
        self._values = values
        self._entered: list[Any] = []

    @property
    def name(self) -> str | None:
        """The name that was given, or the default one."""
        return self._name

    def __enter__(self) -> str:
        inner = stack.graphs and stack.graphs[-1].building_function  # what is outside of a function is taken in
        graph = graph_of(self._values) if self._values and not inner else get_default_graph()
        managers = [] if graph is get_default_graph() else [default_graph(graph)]
        for manager in managers:
            manager.__enter__()
        scope = graph.name_scope(self._name)
        self._entered.append([*managers, scope])
        return scope.__enter__()

    def __exit__(self, *error: Any) -> None:
        for manager in reversed(self._entered.pop()):
            manager.__exit__(*error)


def graph_of(values: Any) -> Graph:
    """Return the graph the tensors among `values` are of, or the default one.

    Raises: ValueError if they are of several graphs.
    """
    first: Any = None
    for value in values:
        if not isinstance(value, (Tensor, Operation)):
            value = value._as_graph_element() if hasattr(value, "_as_graph_element") else None
        if value is None:
            continue
        if first is None:
            first = value
        elif first.graph is not value.graph:
            raise ValueError(
                f"{value} must be from the same graph as {first} (graphs are {value.graph} and {first.graph})."
            )
    return get_default_graph() if first is None else first.graph


def device(device_name_or_function: Any) -> Any:
    """`Graph.device` of the default graph."""
    return get_default_graph().device(device_name_or_function)


def control_dependencies(control_inputs: Any) -> Any:
    """`Graph.control_dependencies` of the default graph."""
    return get_default_graph().control_dependencies(control_inputs)


def colocate_with(op: Any, ignore_existing: bool = False) -> Any:
    """`Graph.colocate_with` of the default graph."""
    return get_default_graph().colocate_with(op, ignore_existing)


def container(container_name: str) -> Any:
    """`Graph.container` of the default graph."""
    return get_default_graph().container(container_name)


@contextmanager
def init_scope() -> Iterator[None]:
    """Lift the operations made inside the block out of control dependencies; names, devices and colocation stay.

    Inside of a function they are lifted out of it too.
    """
    graph: Any = get_default_graph()
    outside = graph
    while outside.building_function:
        outside = outside.outer
    with outside.as_default() if outside is not graph else nullcontext(), outside.control_dependencies(None):
        yield


def add_to_collection(name: Any, value: Any) -> None:
    """`Graph.add_to_collection` of the default graph."""
    get_default_graph().add_to_collection(name, value)


def add_to_collections(names: Any, value: Any) -> None:
    """`Graph.add_to_collections` of the default graph."""
    get_default_graph().add_to_collections(names, value)


def get_collection(key: Any, scope: str | None = None) -> list[Any]:
    """`Graph.get_collection` of the default graph."""
    return get_default_graph().get_collection(key, scope)


def get_collection_ref(key: Any) -> list[Any]:
    """`Graph.get_collection_ref` of the default graph."""
    return get_default_graph().get_collection_ref(key)


def set_random_seed(seed: int | None) -> None:
    """Set the graph-level random seed of the default graph."""
    get_default_graph().seed = seed
