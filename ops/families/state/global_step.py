"""The variable that counts training steps: `train.get_or_create_global_step` and its like."""

from __future__ import annotations

from typing import Any

from ...building.default_graph import get_default_graph
from ...graph.graph import Graph
from ...graph.graph_keys import GraphKeys
from ...types import dtypes
from ..random.initializers import zeros_initializer
from .variable_scope import get_variable
from .variables import Variable


def get_global_step(graph: Graph | None = None) -> Any:
    """Return the graph's step counter, or None.

    Args:
      graph: default: the default graph.
    Raises: TypeError if what is registered, or named `global_step`, is no scalar of integers.
    """
    graph = graph or get_default_graph()
    registered = graph.get_collection(GraphKeys.GLOBAL_STEP)
    if len(registered) == 1:
        found = registered[0]
    elif registered:
        return None
    else:
        try:
            found = graph.get_tensor_by_name("global_step:0")
        except KeyError:
            return None
    _check(found)
    return found


def create_global_step(graph: Graph | None = None) -> Variable:
    """Make the graph's step counter, an int64 variable that begins at 0.

    Args:
      graph: default: the default graph.
    Raises: ValueError if there is one.
    """
    graph = graph or get_default_graph()
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.')
    with graph.as_default(), graph.name_scope(None):
        counter: Variable = get_variable(
            GraphKeys.GLOBAL_STEP,
            shape=[],
            dtype=dtypes.int64,
            initializer=zeros_initializer(),
            trainable=False,
            collections=[GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP],
        )
        return counter


def get_or_create_global_step(graph: Graph | None = None) -> Any:
    """Return the graph's step counter; make it if there is none. Arguments as in `get_global_step`."""
    graph = graph or get_default_graph()
    found = get_global_step(graph)
    return create_global_step(graph) if found is None else found


def assert_global_step(global_step_tensor: Any) -> None:
    """Check that something can be the step counter.

    Args:
      global_step_tensor: a variable or tensor.
    Raises: TypeError if it is no scalar of integers.
    """
    _check(global_step_tensor)


def global_step(sess: Any, global_step_tensor: Any) -> int:
    """Return the count as a number.

    Args:
      sess: the session that runs it.
      global_step_tensor: the counter.
    """
    return int(sess.run(global_step_tensor))


def _check(counter: Any) -> None:
    if not counter.dtype.base_dtype.is_integer:
        raise TypeError(f'Existing "global_step" does not have integer type: {counter.dtype}')
    if counter.shape.ndims not in (0, None):
        raise TypeError(f'Existing "global_step" is not scalar: {counter.shape}')
