"""`FunctionGraph`: the graph in which a function is traced, and what a function is made of.

What a function takes from the graph around it becomes a further parameter of it, in the order it is first taken:

    w = tf.get_variable("w", [])
    f(x) = x * w      is traced as      f(x, w) = x * w
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...building.basic_ops import PLACEHOLDER
from ...graph.graph import Graph
from ...graph.make_node import finish
from ...graph.node import Tensor
from ...graph.operation import Operation
from ...types.tensor_shape import TensorShape


class Body:
    """What runs when a function is called.

    Attributes:
      graph: its graph.
      inputs: the parameters, placeholders of it.
      outputs: its results.
      targets: the operations that run for their effects.
      gradient: a Python function of an operation that calls it and gradients of its outputs, or None.
    """

    __slots__ = ("gradient", "graph", "inputs", "outputs", "targets")

    def __init__(
        self,
        graph: Graph,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        targets: Sequence[Operation] = (),
        effects: bool = True,
    ) -> None:
        self.graph = graph
        self.inputs = list(inputs)
        self.outputs = list(outputs)
        acting = [op for op in graph._operations if effects and not op.op_def.is_pure]
        self.targets = list(dict.fromkeys([*targets, *acting]))
        self.gradient: Callable[..., Any] | None = None


class FunctionGraph(Graph):
    """A graph that becomes a function.

    Args:
      outer: the graph that it is called in.
    Attributes:
      inputs: the parameters.
      captures: from each tensor taken from outside to its parameter.
      read_variables: the resource variables that are read in it, by their handles.
    """

    def __init__(self, outer: Graph) -> None:
        super().__init__()
        self.outer = outer
        self.seed = outer.seed
        self.inputs: list[Tensor] = []
        self.captures: dict[Tensor, Tensor] = {}
        self.read_variables: dict[Tensor, Any] = {}
        self._functions = outer._functions
        self._bodies = outer._bodies
        self._collections = outer._collections

    @property
    def building_function(self) -> bool:
        """True: this graph is the body of a function."""
        return True

    def parameter(self, dtype: Any, shape: Any, name: str) -> Tensor:
        """Add a parameter."""
        unique = self.unique_name(name)
        extents = TensorShape(shape)._extents
        with self.control_dependencies(None):
            op = finish(self, PLACEHOLDER, (), {"dtype": dtype, "shape": extents}, unique)
        self.inputs.append(op._outputs[0])
        return op._outputs[0]

    def capture(self, tensor: Tensor) -> Tensor:
        """Return what a tensor of another graph is in this one: a parameter.

        Raises: ValueError for a reference, which cannot be passed to a function.
        """
        if tensor.graph is self:
            return tensor
        found = self.captures.get(tensor)
        if found is None:
            if tensor.dtype._is_ref_dtype:
                raise ValueError(
                    f"'{tensor.name}' is a reference to a variable, which functions cannot take: only resource "
                    "variables (use_resource=True) can be assigned inside of a function."
                )
            outer = self.outer.capture(tensor) if self.outer.building_function else tensor
            found = self.captures[tensor] = self.parameter(outer.dtype, outer.shape, f"{tensor.op.name}_placeholder")
        return found


def traced(outer: Graph, function: Callable[..., Any], parameters: Sequence[tuple[Any, Any, str]]) -> Any:
    """Call a function on parameters in a graph of its own.

    Args:
      parameters: type, shape and name of each.
    Returns: the graph, and what the function returned.
    """
    graph = FunctionGraph(outer)
    with graph.as_default():
        given = [graph.parameter(*parameter) for parameter in parameters]
        return graph, function(*given)
