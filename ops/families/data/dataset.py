"""`Dataset`: sequences of elements, described in a graph and run in a session."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ...base import nest
from ...base.errors import InvalidArgumentError
from ...building.convert import convert_to_tensor
from ...building.default_graph import leave_out
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .attempts import NUMBERS, Attempts
from .composites import as_composite
from .runtime import Element, Runtime, Spec, as_component

Check = Callable[[Runtime], None]
Opener = Callable[[Runtime], Iterator[Element]]


class DatasetBase:
    """What all datasets have: a description of an element, and a way to run.

    Args:
      spec: types, shapes and structure of an element.
      inputs: the datasets it is made of.
      tensors: the tensors it is made from.
      open: from a runtime to the elements, each time anew; a Failure for one that cannot be made.
      size: from a runtime to how many elements there are: -1 without end, -2 where that is not known.
      check: raises for values that the dataset cannot be made from, before the first element is asked for.
      shuffling: of a dataset in a new order each time: what it is made of.
    """

    def __init__(
        self, spec: Spec, inputs: Sequence[Any], tensors: Sequence[Tensor], open: Opener,
        size: Callable[[Runtime], int] | None = None, check: Check | None = None, shuffling: Any = None,
    ) -> None:  # fmt: skip
        leave_out(1)  # the operation that TensorFlow has for each dataset
        self._spec = spec
        self._inputs = list(inputs)
        self._tensors = list(tensors)
        self._opener = open
        self._size = size or (lambda runtime: -2)
        self._own_check = check
        self._shuffling = shuffling
        self._options: Any = None

    def _open(self, runtime: Runtime) -> Iterator[Element]:
        """The elements, from the first one on. After one that cannot be made the next one may be asked for."""
        opened = self._opener(runtime)
        return opened if type(opened) is NUMBERS else Attempts(opened)

    def _check(self, runtime: Runtime) -> None:
        """Raise what is wrong with the values that it, and the datasets within it, are made from."""
        for dataset in self._inputs:
            dataset._check(runtime)
        if self._own_check is not None:
            self._own_check(runtime)

    def _begin(self, runtime: Runtime) -> Iterator[Element]:
        """Check, and open."""
        self._check(runtime)
        return self._open(runtime)

    def _dataset_inputs(self) -> list[Tensor]:
        """All tensors that it, and the datasets within it, are made from."""
        found: dict[Tensor, None] = {}
        for dataset in self._inputs:
            found.update(dict.fromkeys(dataset._dataset_inputs()))
        found.update(dict.fromkeys(self._tensors))
        return list(found)

    @property
    def output_types(self) -> Any:
        """The types of the components, in the structure of an element."""
        return self._spec.pack(self._spec.dtypes)

    @property
    def output_shapes(self) -> Any:
        """The static shapes of the components, in the structure of an element."""
        return self._spec.pack([TensorShape(shape) for shape in self._spec.shapes])

    @property
    def output_classes(self) -> Any:
        """The classes of the components: Tensor, SparseTensor, RaggedTensor."""
        return self._spec.classes

    @property
    def element_spec(self) -> Any:
        """Types and shapes of the components, in the structure of an element, as `TensorSpec` and its like."""
        return self._spec.description

    def __repr__(self) -> str:
        shapes = str(nest.map_structure(str, self.output_shapes)).replace("'", "")
        types = str(nest.map_structure(repr, self.output_types)).replace("'", "")
        return f"<DatasetV1Adapter shapes: {shapes}, types: {types}>"

    def __iter__(self) -> Any:
        raise RuntimeError(
            "__iter__() is only supported when eager execution is enabled: make an iterator "
            "with `dataset.make_one_shot_iterator()`, and run its `get_next()` in a Session."
        )


def tensor_of(value: Any, dtype: Any, name: str) -> Tensor:
    """A number or tensor that a dataset is made from."""
    return convert_to_tensor(value, dtype, name=name)


def scalar_of(value: Any, name: str) -> Tensor:
    """A count as an int64 scalar."""
    return convert_to_tensor(value, dtypes.int64, name=name)


def positive(value: Any, name: str) -> int:
    """A count as a number. Raises: InvalidArgumentError unless it is greater than zero."""
    if int(value) <= 0:
        raise InvalidArgumentError(None, None, f"{name} must be greater than zero.")
    return int(value)


def as_structure(value: Any) -> Any:
    """What a user gives as an element, lists being arrays and tuples and dictionaries structures."""
    composite = as_composite(value)
    if composite is not None:
        return composite
    if isinstance(value, dict):
        kind = OrderedDict if isinstance(value, OrderedDict) else dict
        return kind((key, as_structure(item)) for key, item in value.items())
    if isinstance(value, tuple):
        items = [as_structure(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return as_component(value)


def flat_shapes(structure: Any, shapes: Any) -> list[Any]:
    """Shapes given in a structure (or one for all) as a list."""
    return [TensorShape(shape) for shape in _up_to(structure, shapes)]


def _up_to(structure: Any, values: Any) -> list[Any]:
    """What stands where a structure has leaves. Raises: TypeError, ValueError for another structure."""
    if not isinstance(structure, (dict, tuple, list)):
        return [values]
    kind: Any = dict if isinstance(structure, dict) else tuple
    if not isinstance(values, kind):
        raise TypeError(f"A {kind.__name__} like {structure} is needed, not {values!r}.")
    keys: Any = sorted(structure) if isinstance(structure, dict) else range(len(structure))
    if (sorted(values) if kind is dict else range(len(values))) != keys:
        raise ValueError(f"The structure of {values!r} is not that of {structure}.")
    return [item for key in keys for item in _up_to(structure[key], values[key])]


def within(structure: Any) -> Iterator[Any]:
    """The parts of a structure, and what they are made of."""
    for part in structure.values() if isinstance(structure, dict) else structure if type(structure) is tuple else ():
        yield part
        yield from within(part)


def flat(structure: Any) -> list[Any]:
    """The leaves of a structure."""
    return nest.flatten(structure)
