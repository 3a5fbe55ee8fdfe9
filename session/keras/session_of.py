"""The session of Keras: the default one, or one of its own; variables are initialized when they are first used."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any

import numpy as np

from ...ops.building.basic_ops import placeholder
from ...ops.building.default_graph import get_default_graph
from ...ops.families.state.assignments import assign
from ...ops.graph.defaults import get_default_session
from ...ops.graph.graph import Graph
from ...ops.graph.graph_keys import GraphKeys
from ..session import Session
from . import state

_OWN = threading.local()
_ASSIGNMENTS: weakref.WeakKeyDictionary[Any, tuple[Any, Any]] = weakref.WeakKeyDictionary()


def get_session(op_input_list: Any = ()) -> Session:
    """Return the default session if there is one, else that of Keras, made if need be; variables have values there.

    Args:
      op_input_list: accepted.
    """
    session = raw_session()
    if not state.initializes_by_hand():
        with session.graph.as_default():
            initialize_variables(session)
    return session


def raw_session() -> Session:
    """The session, whether or not variables have values."""
    default: Any = get_default_session()
    if default is not None:
        found: Session = default
        return found
    own = getattr(_OWN, "session", None)
    if own is None or own.graph is not get_default_graph():
        own = _OWN.session = Session(config=_config())
    return own


def _config() -> Any:
    from ...ops import proto

    config = proto.ConfigProto(allow_soft_placement=True)
    threads = os.environ.get("OMP_NUM_THREADS")
    if threads and threads.isdigit():
        config.intra_op_parallelism_threads = int(threads)
    return config


def set_session(session: Any) -> None:
    """Have Keras use a session where there is no default one."""
    _OWN.session = session


def clear_session() -> None:
    """Begin anew: with a new default graph, no session, and names counted from the first."""
    from ...ops.building.default_graph import reset_default_graph

    state.forget(get_default_graph())
    reset_default_graph()
    _OWN.session = None
    state.learning_phase()  # the first operation of the new graph, as in TensorFlow: seeds count operations


def initialize_variables(session: Any) -> None:
    """Run the initializers of the variables that have no value in the session."""
    graph: Graph = session.graph
    known = state.state_of(graph).initialized.setdefault(session, weakref.WeakSet())
    collected = [
        *graph.get_collection(GraphKeys.GLOBAL_VARIABLES),
        *graph.get_collection(GraphKeys.METRIC_VARIABLES),
        *state.state_of(graph).kept_variables,
    ]
    new = [variable for variable in dict.fromkeys(collected) if variable not in known]
    if not new:
        return
    have = session.run([_is_initialized(variable) for variable in new])
    missing = [variable for variable, has in zip(new, have) if not has]
    if missing:
        session.run([variable.initializer for variable in missing])
    for variable in new:
        known.add(variable)


def _is_initialized(variable: Any) -> Any:
    from ...ops.families.state.variable_lists import is_variable_initialized

    return is_variable_initialized(variable)


def get_value(x: Any) -> Any:
    """Return the value of a variable or tensor."""
    return get_session().run(x) if hasattr(x, "graph") else x


def batch_get_value(tensors: Any) -> list[Any]:
    """Return the values of several variables."""
    found: list[Any] = get_session().run(list(tensors)) if tensors else []
    return found


def set_value(x: Any, value: Any) -> None:
    """Give a variable a value."""
    batch_set_value([(x, value)])


def batch_set_value(tuples: Any) -> None:
    """Give several variables values.

    Args:
      tuples: pairs of a variable and a value.
    """
    if not tuples:
        return
    operations, feeds = [], {}
    for variable, value in tuples:
        array = np.asarray(value, dtype=variable.dtype.base_dtype.as_numpy_dtype)
        if variable not in _ASSIGNMENTS:
            with variable.graph.as_default():
                source = placeholder(variable.dtype.base_dtype, [None] * array.ndim)
                _ASSIGNMENTS[variable] = (source, _assigned(variable, source))
        source, operation = _ASSIGNMENTS[variable]
        operations.append(operation)
        feeds[source] = array
    get_session().run(operations, feed_dict=feeds)


def _assigned(variable: Any, source: Any) -> Any:
    if hasattr(variable, "handle"):
        return variable.assign(source, read_value=False)
    return assign(variable, source).op


def set_layer_weights(layer: Any, weights: Any) -> None:
    """Give the variables of a layer values. Raises: ValueError for other numbers or shapes."""
    variables = layer.weights
    if len(variables) != len(weights):
        raise ValueError(
            f'You called `set_weights(weights)` on layer "{layer.name}" with a  weight list of length {len(weights)}, '
            f"but the layer was expecting {len(variables)} weights. Provided weights: {str(weights)[:50]}..."
        )
    for variable, value in zip(variables, weights):
        if tuple(variable.shape.as_list()) != np.shape(value):
            raise ValueError(
                f"Layer weight shape {tuple(variable.shape.as_list())} not compatible with provided weight shape "
                f"{np.shape(value)}"
            )
    batch_set_value(list(zip(variables, weights)))
