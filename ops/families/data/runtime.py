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
from itertools import islice
from typing import Any

from ...base import nest
from ...base.errors import FailedPreconditionError
from ...building.basic_ops import placeholder
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...building.tensor_spec import TensorSpec
from ...graph.node import Tensor
from ...types.tensor_shape import TensorShape
from .composites import Composite, as_composite, composite_of

Element = tuple[Any, ...]  # an array per component; of a sparse or ragged tensor a tuple of arrays


class Function:
    """A function of an element, as a part of the graph.

    Args:
      function: takes the components (a tuple as several arguments) and returns a structure of tensors, or a dataset.
      spec: types and shapes of the element, in its structure.
      scope: the name scope of its operations.

    Attributes:
      spec: that of what it takes.
      inputs: the placeholders.
      result: what it returned.
      outputs: the tensors in the result, converted; of a dataset, those it was made from.
      result_spec: types and shapes of the result; None of a dataset.
    """

    def __init__(self, function: Callable[..., Any], spec: Spec, scope: str) -> None:
        graph = get_default_graph()
        self.spec = spec
        self.result_spec: Spec | None = None
        with name_scope(scope), graph.control_dependencies(None), _counted_apart(graph):
            self.inputs = [
                placeholder(dtype, shape, name=f"args_{index}")
                for index, (dtype, shape) in enumerate(spec.part_types())
            ]
            element = nest.pack_sequence_as(spec.structure, spec.wrapped(self.inputs))
            arguments = element if type(element) is tuple else (element,)
            self.result = function(*arguments)
            if hasattr(self.result, "_dataset_inputs"):
                self.outputs = self.result._dataset_inputs()
            else:
                # a list is most often what an operation returned (`decode_csv`), whose parts do not stack
                structure = tuple(self.result) if isinstance(self.result, list) else self.result
                if structure is None:
                    raise TypeError(f"The function of `{scope}` returned None, which is no tensor.")
                self.result = nest.map_structure(as_component, structure)
                self.outputs = nest.flatten(self.result, expand_composites=True)
                self.result_spec = Spec.of_tensors(self.result)


@contextmanager
def _counted_apart(graph: Any) -> Iterator[None]:
    """Count operations as TensorFlow does, where a function has a graph of its own: from zero, and not in this one."""
    before, left_out = graph.version, graph._left_out
    graph._left_out = -before
    try:
        yield
    finally:
        graph._left_out = left_out - (graph.version - before)


def as_component(value: Any) -> Any:
    """A tensor, sparse or ragged tensor of what a user gives as a component."""
    if isinstance(value, Tensor):
        return value
    found = as_composite(value)
    return convert_to_tensor(value, name="component") if found is None else found


class Spec:
    """Types and shapes of the components of an element, and the structure they stand in.

    Args:
      structure: any structure with a leaf a component.
      dtypes, shapes: of the components, flat.
      wraps: for components that are datasets themselves, by their numbers: from the tensor that holds such a dataset's
        elements to the dataset.
      composites: for components that several tensors make, by their numbers: how.
    """

    def __init__(
        self, structure: Any, dtypes: Sequence[Any], shapes: Sequence[Any],
        wraps: dict[int, Callable[[Tensor], Any]] | None = None, composites: dict[int, Composite] | None = None,
    ) -> None:  # fmt: skip
        self.structure = structure
        self.dtypes = list(dtypes)
        self.shapes = list(shapes)
        self.wraps = wraps or {}
        self.composites = composites or {}

    @classmethod
    def of_tensors(cls, structure: Any) -> Spec:
        """That of a structure of tensors, sparse and ragged tensors."""
        tensors = nest.flatten(structure)
        composites = {number: kind for number, item in enumerate(tensors) if (kind := composite_of(item)) is not None}
        kinds = [tensor.dtype.base_dtype for tensor in tensors]
        return cls(structure, kinds, [tensor.shape for tensor in tensors], None, composites)

    @classmethod
    def together(cls, structure: Any, specs: Sequence[Spec]) -> Spec:
        """That of the components of several, one after the other."""
        whole = cls(structure, [], [])
        for spec in specs:
            before = len(whole.dtypes)
            whole.wraps.update({before + number: wrap for number, wrap in spec.wraps.items()})
            whole.composites.update({before + number: kind for number, kind in spec.composites.items()})
            whole.dtypes += spec.dtypes
            whole.shapes += spec.shapes
        return whole

    def only(self, number: int) -> Spec:
        """That of one component alone."""
        wraps = {0: self.wraps[number]} if number in self.wraps else None
        composites = {0: self.composites[number]} if number in self.composites else None
        return Spec(None, [self.dtypes[number]], [self.shapes[number]], wraps, composites)

    def with_shapes(self, shapes: Sequence[Any], composites: dict[int, Composite] | None = None) -> Spec:
        """The same with other shapes, and with other ways how several tensors make a component, if given."""
        kinds = self.composites if composites is None else composites
        return Spec(self.structure, self.dtypes, shapes, self.wraps, kinds)

    def pack(self, items: Sequence[Any]) -> Any:
        """Items in the structure."""
        return nest.pack_sequence_as(self.structure, list(items))

    # Components that several tensors make.

    def part_types(self) -> list[tuple[Any, Any]]:
        """Types and shapes of all tensors of an element."""
        if not self.composites:
            return list(zip(self.dtypes, self.shapes))
        found: list[tuple[Any, Any]] = []
        for number, (dtype, shape) in enumerate(zip(self.dtypes, self.shapes)):
            kind = self.composites.get(number)
            found += [(dtype, shape)] if kind is None else kind.part_types(dtype, shape)
        return found

    def joined(self, arrays: Sequence[Any]) -> Element:
        """The element that arrays or tensors, one for each tensor, make."""
        if not self.composites:
            return tuple(arrays)
        rest = iter(arrays)
        counts = [self.composites[n].count if n in self.composites else 0 for n in range(len(self.dtypes))]
        return tuple(tuple(islice(rest, count)) if count else next(rest) for count in counts)

    def wrapped(self, tensors: Sequence[Tensor]) -> list[Any]:
        """The components as a user's function gets them: tensors, sparse and ragged tensors, and datasets."""
        return [
            self.wraps[number](part) if number in self.wraps
            else self.composites[number].assembled(part) if number in self.composites
            else part
            for number, part in enumerate(self.joined(tensors))
        ]  # fmt: skip

    def kinds(self) -> list[Any]:
        """The classes of the components, to compare."""
        return [self.composites.get(number, Tensor) for number in range(len(self.dtypes))]

    @property
    def classes(self) -> Any:
        """The classes of the components, in the structure."""
        return self.pack([
            self.composites[number].legacy_class(dtype, shape) if number in self.composites else Tensor
            for number, (dtype, shape) in enumerate(zip(self.dtypes, self.shapes))
        ])  # fmt: skip

    @property
    def description(self) -> Any:
        """Types, shapes and classes of the components as `TensorSpec` and its like, in the structure."""
        return self.pack([
            self.composites[number].spec(dtype, shape) if number in self.composites else TensorSpec(shape, dtype)
            for number, (dtype, shape) in enumerate(zip(self.dtypes, self.shapes))
        ])  # fmt: skip


def state_function(
    function: Callable[..., Any], before: Spec, own: Spec, scope: str, state_of: Callable[[Any], Any]
) -> tuple[Function, Spec]:
    """A function of a state and an element, and the state's types and shapes: as open as those it becomes.

    Args:
      before: the state's at the beginning.
      own: an element's.
      state_of: from what the function returns to the next state.
    Raises: TypeError if the next state has other types, or another structure.
    """
    while True:
        made = Function(function, Spec.together((before.structure, own.structure), [before, own]), scope)
        after = Spec.of_tensors(state_of(made.result))
        if after.dtypes != before.dtypes:
            raise TypeError(
                f"The element types for the new state must match the initial state. Expected {before.dtypes}; got "
                f"{after.dtypes}."
            )
        if after.kinds() != before.kinds():
            raise TypeError(f"The element classes for the new state must match the initial state: {before.classes}.")
        shapes = [
            TensorShape(one).most_specific_compatible_shape(TensorShape(other))
            for one, other in zip(before.shapes, after.shapes)
        ]
        if [shape.as_list() if shape.ndims is not None else None for shape in shapes] == [
            shape.as_list() if shape.ndims is not None else None for shape in map(TensorShape, before.shapes)
        ]:
            return made, before
        before = before.with_shapes(shapes)


def flat_parts(element: Element) -> list[Any]:
    """The arrays of an element, one for each tensor."""
    found: list[Any] = []
    for part in element:
        if type(part) is tuple:
            found += part
        else:
            found.append(part)
    return found


class Runtime:
    """A session as datasets see it.

    Args:
      context: the kernel's.
      values: of tensors that are known: what the iterator was initialized with, or an element of an outer dataset.
      stats: the options that say what collects statistics; None if nothing does.

    Attributes:
      shared: what datasets keep from one time they are gone through to the next, until the iterator begins anew.
      counts_places: whether the elements of arrays' rows are numbers, the rows' places; see `places.py`.
    """

    def __init__(self, context: Any, values: dict[Tensor, Any] | None = None, stats: Any = None) -> None:
        self.context = context
        self._values = values or {}
        self.stats = stats
        self.shared: dict[Any, Any] = {}
        self.counts_places = False

    def of_places(self) -> Runtime:
        """The same, where the rows of arrays are told by their places."""
        made = Runtime(self.context, self._values, self.stats)
        made.shared, made.counts_places = self.shared, True
        return made

    def with_options(self, options: Any) -> Runtime:
        """The same for a dataset with options."""
        stats = options.experimental_stats
        made = Runtime(self.context, self._values, self.stats if stats.aggregator is None else stats)
        made.shared = self.shared
        return made

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

        def with_inputs(*arrays: Any) -> Element:
            """What is given is passed on as it is: the elements of a window are no array."""
            results = iter(run(*arrays)) if made else iter(())
            return tuple(arrays[places[t]] if t in places else next(results) for t in function.outputs)

        whole = run if len(made) == len(function.outputs) else with_inputs
        result = function.result_spec
        if not function.spec.composites and (result is None or not result.composites):
            return whole

        def with_composites(*element: Any) -> Element:
            """Components that several tensors make are taken apart, and put together again."""
            found = whole(*flat_parts(element))
            return found if result is None else result.joined(found)

        return with_composites

    def inside(self, tensors: Sequence[Tensor], values: Sequence[Any]) -> Runtime:
        """The same, with the values of further tensors."""
        return Runtime(self.context, {**self._values, **dict(zip(tensors, values))}, self.stats)
