"""How a dataset runs in a session: values of tensors it was made from, functions on elements.

A dataset is a description. The functions given to `map` and its like are built once, in the graph of the dataset, with
placeholders for an element; a session runs them as it runs any part of its graph, compiled. So they may use variables,
tables and random numbers. What a dataset was made from (`from_tensor_slices(x)`) is evaluated when its iterator is
initialized; inside a function that gives a dataset (`flat_map`), for each element.

For example `Dataset.range(3).map(lambda x: x * k)`: initializing the iterator evaluates nothing; for each element the
session runs the product with the placeholder of `map` fed, and reads `k` as it is then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ...base import nest
from ...base.errors import FailedPreconditionError
from ...building.basic_ops import placeholder
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...graph.node import Tensor

Element = tuple[Any, ...]  # an array per component


class Function:
    """A function of an element, as a part of the graph.

    Args:
      function: takes the components (a tuple as several arguments) and returns a structure of tensors, or a dataset.
      spec: types and shapes of the element, in its structure.
      scope: the name scope of its operations.

    Attributes:
      inputs: the placeholders.
      result: what it returned.
      outputs: the tensors in the result, converted; of a dataset, those it was made from.
    """

    def __init__(self, function: Callable[..., Any], spec: Spec, scope: str) -> None:
        graph = get_default_graph()
        with name_scope(scope), graph.control_dependencies(None), _counted_apart(graph):
            self.inputs = [
                placeholder(dtype, shape, name=f"args_{index}")
                for index, (dtype, shape) in enumerate(zip(spec.dtypes, spec.shapes))
            ]
            element = nest.pack_sequence_as(spec.structure, spec.wrapped(self.inputs))
            arguments = element if type(element) is tuple else (element,)
            self.result = function(*arguments)
            if hasattr(self.result, "_dataset_inputs"):
                self.outputs = self.result._dataset_inputs()
            else:
                # a list is most often what an operation returned (`decode_csv`), whose parts do not stack
                structure = tuple(self.result) if isinstance(self.result, list) else self.result
                self.result = nest.map_structure(_as_tensor, structure)
                self.outputs = nest.flatten(self.result)


@contextmanager
def _counted_apart(graph: Any) -> Iterator[None]:
    """Count operations as TensorFlow does, where a function has a graph of its own: from zero, and not in this one."""
    before, left_out = graph.version, graph._left_out
    graph._left_out = -before
    try:
        yield
    finally:
        graph._left_out = left_out - (graph.version - before)


def _as_tensor(value: Any) -> Any:
    return value if isinstance(value, Tensor) else convert_to_tensor(value)


class Spec:
    """Types and shapes of the components of an element, and the structure they stand in.

    Args:
      structure: any structure with a leaf a component.
      dtypes, shapes: of the components, flat.
      wraps: for components that are datasets themselves, by their numbers: from the tensor that holds such a dataset's
        elements to the dataset.
    """

    def __init__(
        self, structure: Any, dtypes: Sequence[Any], shapes: Sequence[Any],
        wraps: dict[int, Callable[[Tensor], Any]] | None = None,
    ) -> None:  # fmt: skip
        self.structure = structure
        self.dtypes = list(dtypes)
        self.shapes = list(shapes)
        self.wraps = wraps or {}

    def wrapped(self, tensors: Sequence[Tensor]) -> list[Any]:
        """The components as a user's function gets them: tensors, and datasets."""
        return [self.wraps[n](tensor) if n in self.wraps else tensor for n, tensor in enumerate(tensors)]

    @classmethod
    def of_tensors(cls, structure: Any) -> Spec:
        """That of a structure of tensors."""
        tensors = nest.flatten(structure)
        return cls(structure, [tensor.dtype.base_dtype for tensor in tensors], [tensor.shape for tensor in tensors])

    def with_shapes(self, shapes: Sequence[Any]) -> Spec:
        """The same with other shapes."""
        return Spec(self.structure, self.dtypes, shapes, self.wraps)

    def pack(self, items: Sequence[Any]) -> Any:
        """Items in the structure."""
        return nest.pack_sequence_as(self.structure, list(items))


class Runtime:
    """A session as datasets see it.

    Args:
      context: the kernel's.
      values: of tensors that are known: what the iterator was initialized with, or an element of an outer dataset.
    """

    def __init__(self, context: Any, values: dict[Tensor, Any] | None = None) -> None:
        self.context = context
        self._values = values or {}

    def value(self, tensor: Tensor) -> Any:
        """The value of a tensor a dataset was made from. Raises: FailedPreconditionError if it is not known."""
        try:
            return self._values[tensor]
        except KeyError:
            raise FailedPreconditionError(
                None, self.context.op, f"The value of '{tensor.name}', which a dataset was made from, is not known."
            ) from None

    def function(self, function: Function) -> Callable[..., Element]:
        """A function of the components that returns the values of the function's outputs."""
        places = {tensor: number for number, tensor in enumerate(function.inputs)}
        made = tuple(tensor for tensor in function.outputs if tensor not in places)
        run: Callable[..., Element] = self.context.state.part(tuple(function.inputs), made)
        if len(made) == len(function.outputs):
            return run

        def with_inputs(*arrays: Any) -> Element:
            """What is given is passed on as it is: the elements of a window are no array."""
            results = iter(run(*arrays)) if made else iter(())
            return tuple(arrays[places[t]] if t in places else next(results) for t in function.outputs)

        return with_inputs

    def inside(self, tensors: Sequence[Tensor], values: Sequence[Any]) -> Runtime:
        """The same, with the values of further tensors."""
        return Runtime(self.context, {**self._values, **dict(zip(tensors, values))})
