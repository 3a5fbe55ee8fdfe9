"""What Keras keeps beside a graph: the names it gave, the learning phase, the variables it has initialized."""

from __future__ import annotations

import contextlib
import re
import weakref
from collections.abc import Iterator
from typing import Any

from ...ops.building.basic_ops import placeholder_with_default
from ...ops.building.default_graph import get_default_graph, name_scope
from ...ops.graph.graph import Graph
from ...ops.library.layers.layer import layer_counts, unique_layer_name
from ...ops.types import dtypes

_FLOATX = ["float32"]
_EPSILON = [1e-7]
_IMAGE_DATA_FORMAT = ["channels_last"]
_BY_HAND = [False]


class GraphState:
    """What is kept for one graph."""

    def __init__(self) -> None:
        self.learning_phase: Any = None
        self.has_phase_value = False
        self.kept_variables: list[Any] = []
        self.initialized: weakref.WeakKeyDictionary[Any, weakref.WeakSet[Any]] = weakref.WeakKeyDictionary()


_STATES: weakref.WeakKeyDictionary[Graph, GraphState] = weakref.WeakKeyDictionary()


def state_of(graph: Graph | None = None) -> GraphState:
    """What is kept for a graph, the default one if none is given."""
    graph = graph or get_default_graph()
    if graph not in _STATES:
        _STATES[graph] = GraphState()
    return _STATES[graph]


def forget(graph: Graph) -> None:
    """Keep nothing of a graph any more."""
    _STATES.pop(graph, None)


def unique_name(base: str, zero_based: bool = True) -> str:
    """`dense`, `dense_1`, ... or, not zero-based, `input_1`, `input_2`, ... in the default graph."""
    return unique_layer_name(base, 0 if zero_based else 1)


def get_uid(prefix: str = "") -> int:
    """Return a number that goes up by 1 with each call of the same prefix in a graph."""
    counts = layer_counts()
    counts[prefix] = counts.get(prefix, 0) + 1
    return counts[prefix]


def reset_uids() -> None:
    """Begin to count anew."""
    layer_counts().clear()


def snake_case(name: str) -> str:
    """`BatchNormalization` as `batch_normalization`."""
    text = re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)).lower()
    return f"private{text}" if text.startswith("_") else text


def learning_phase() -> Any:
    """Return what tells whether a model is trained: a bool placeholder, False if not fed, or the value that was set."""
    state = state_of()
    if state.learning_phase is None:
        with name_scope(""):
            state.learning_phase = placeholder_with_default(False, shape=(), name="keras_learning_phase")
    return state.learning_phase


def symbolic_learning_phase() -> Any:
    """The placeholder of the learning phase if there is one, else None."""
    state = state_of()
    return None if state.has_phase_value else state.learning_phase


def set_learning_phase(value: Any) -> None:
    """Fix the learning phase: 0, a model is used, or 1, it is trained. Raises: ValueError for others."""
    if value not in (0, 1):
        raise ValueError("Expected learning phase to be 0 or 1.")
    state = state_of()
    state.learning_phase, state.has_phase_value = int(value), True


@contextlib.contextmanager
def learning_phase_scope(value: Any) -> Iterator[None]:
    """Fix the learning phase within a `with` block. Raises: ValueError for what is neither 0 nor 1."""
    state = state_of()
    before = state.learning_phase, state.has_phase_value
    set_learning_phase(value)
    try:
        yield
    finally:
        state.learning_phase, state.has_phase_value = before


def manual_variable_initialization(value: bool) -> None:
    """Say whether the program initializes variables itself; else Keras does when it needs its session."""
    _BY_HAND[0] = bool(value)


def initializes_by_hand() -> bool:
    """Whether the program initializes variables itself."""
    return _BY_HAND[0]


def floatx() -> str:
    """The type of floats by default, `float32`."""
    return _FLOATX[0]


def set_floatx(value: str) -> None:
    """Set the type of floats by default. Raises: ValueError for what is none."""
    if value not in ("float16", "float32", "float64"):
        raise ValueError(f"Unknown floatx type: {value}")
    _FLOATX[0] = value


def epsilon() -> float:
    """The small number that keeps divisions and logarithms finite, 1e-7."""
    return _EPSILON[0]


def set_epsilon(value: float) -> None:
    """Set the small number."""
    _EPSILON[0] = float(value)


def image_data_format() -> str:
    """Where images have their channels by default, `channels_last`."""
    return _IMAGE_DATA_FORMAT[0]


def set_image_data_format(data_format: str) -> None:
    """Set where images have their channels. Raises: ValueError for what is none."""
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(f"Unknown data_format: {data_format}")
    _IMAGE_DATA_FORMAT[0] = data_format


def float_type(dtype: Any = None) -> dtypes.DType:
    """A type, by default that of floats."""
    return dtypes.as_dtype(floatx() if dtype is None else dtype)
