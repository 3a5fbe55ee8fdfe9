"""Staging areas in the graph: `StagingArea` and `MapStagingArea`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...building.basic_ops import no_op
from ...building.build import build_operation
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...graph.node import Tensor
from ...types import dtypes as dtypes_
from ...types.tensor_shape import TensorShape
from . import staging_ops as types


class BaseStagingArea:
    """What both have in common.

    Args:
      dtypes: the types of an element's components.
      shapes: their shapes; default: unknown.
      names: names of the components; elements are then dictionaries.
      shared_name: the name by which areas of several graphs are one; default: its own.
      capacity: how many elements it holds; 0: any number.
      memory_limit: how many bytes it holds; 0: any number.
    Raises: ValueError for another number of shapes or names.
    """

    def __init__(
        self, dtypes: Any, shapes: Any = None, names: Any = None, shared_name: str | None = None, capacity: int = 0,
        memory_limit: int = 0,
    ) -> None:  # fmt: skip
        self._name = shared_name or get_default_graph().unique_name(type(self).__name__)
        self._dtypes = [dtypes_.as_dtype(item) for item in (dtypes if isinstance(dtypes, (list, tuple)) else [dtypes])]
        if shapes is not None and len(shapes) != len(self._dtypes):
            raise ValueError("StagingArea shapes must be the same length as dtypes")
        self._shapes = [TensorShape(None)] * len(self._dtypes) if shapes is None else [TensorShape(s) for s in shapes]
        if names is not None and len(names) != len(self._dtypes):
            raise ValueError("StagingArea names must be the same length as dtypes")
        self._names = names
        self._capacity = capacity
        self._memory_limit = memory_limit
        with name_scope(f"{self._name}_root"):
            self._place = no_op()

    @property
    def name(self) -> str:
        """The name of the staging area."""
        return self._name

    @property
    def dtypes(self) -> list[Any]:
        """The types of the components."""
        return self._dtypes

    @property
    def shapes(self) -> list[TensorShape]:
        """The shapes of the components."""
        return self._shapes

    @property
    def names(self) -> Any:
        """The names of the components, or None."""
        return self._names

    @property
    def capacity(self) -> int:
        """How many elements it holds; 0: any number."""
        return self._capacity

    @property
    def memory_limit(self) -> int:
        """How many bytes it holds; 0: any number."""
        return self._memory_limit

    def _add(self, op_def: Any, word: str, name: str | None, *inputs: Any, places: Any = None) -> Any:
        """Add an operation at the place of the area, that gives the components at `places`; returns it."""
        attrs = {} if op_def is types.STAGE else {"dtypes": [self._dtypes[place] for place in self._places(places)]}
        with get_default_graph().colocate_with(self._place):
            return build_operation(
                op_def, *inputs, capacity=self._capacity, memory_limit=self._memory_limit,
                shared_name=self._name.encode(), name=name or f"{self._name}_{word}", **attrs,
            )  # fmt: skip

    def _places(self, indices: Any) -> list[int]:
        """Numbers of components, given by number or by name; all for None."""
        if indices is None:
            return [*range(len(self._dtypes))]
        return [self._names.index(item) if isinstance(item, str) else int(item) for item in indices]

    def _given(self, vals: Any, indices: Any) -> tuple[list[Tensor], list[int]]:
        """Components as tensors, and which they are."""
        if isinstance(vals, Mapping):
            if not self._names:
                raise ValueError("Staging areas must have names to enqueue a dictionary")
            if not set(vals) <= set(self._names):
                raise ValueError(
                    f"Keys in dictionary to put do not match names of staging area. Dictionary: ({sorted(vals)}), "
                    f"Queue: ({sorted(self._names)})"
                )
            places = [index for index, name in enumerate(self._names) if name in vals]
            items = [vals[self._names[index]] for index in places]
        else:
            if self._names:
                raise ValueError("You must enqueue a dictionary in a staging area with names")
            items = list(vals) if isinstance(vals, (list, tuple)) else [vals]
            if indices is None:
                raise ValueError("Indices must be supplied when inserting a list of tensors")
            places = list(indices)
        if len(places) != len(items) or not all(0 <= place < len(self._dtypes) for place in places):
            raise ValueError(f"{len(items)} values for the components {places} of {len(self._dtypes)}.")
        tensors = [convert_to_tensor(item, self._dtypes[place]) for item, place in zip(items, places)]
        for tensor, place in zip(tensors, places):
            tensor.shape.assert_is_compatible_with(self._shapes[place])
        return tensors, places

    def _element(self, tensors: list[Tensor], places: list[int]) -> Any:
        for tensor, place in zip(tensors, places):
            tensor.set_shape(self._shapes[place])
        if self._names:
            return {self._names[place]: tensor for tensor, place in zip(tensors, places)}
        return list(tensors)


class StagingArea(BaseStagingArea):
    """Elements put in by one step and taken out by another, in the order they came.

    Args: see `BaseStagingArea`.

    >>> area = tf.contrib.staging.StagingArea([tf.float32])
    >>> put, get = area.put([tf.constant(2.0)]), area.get()
    >>> with tf.Session() as sess:
    ...     sess.run(put)
    ...     sess.run(get)
    [np.float32(2.0)]
    """

    def put(self, values: Any, name: str | None = None) -> Any:
        """Return the operation that puts an element in, waiting for room.

        Args:
          values: a tensor, a list of them, or a dictionary if the components have names.
          name: a name for the operation.
        Raises: ValueError if it is no element of this area.
        """
        tensors, places = self._given(values, range(len(self._dtypes)))
        if len(places) != len(self._dtypes):
            raise ValueError(f"An element has {len(self._dtypes)} components, got {len(places)}.")
        return self._add(types.STAGE, "put", name, tensors)

    def get(self, name: str | None = None) -> Any:
        """Return the oldest element, taken out: a list of tensors, or a dictionary; waits for one."""
        return self._element(self._add(types.UNSTAGE, "get", name).outputs, [*range(len(self._dtypes))])

    def peek(self, index: Any, name: str | None = None) -> Any:
        """Return an element that stays there, by its place; waits until there is one."""
        return self._element(self._add(types.STAGE_PEEK, "peek", name, index).outputs, [*range(len(self._dtypes))])

    def size(self, name: str | None = None) -> Tensor:
        """Return how many elements there are, an int32 scalar."""
        result: Tensor = self._add(types.STAGE_SIZE, "size", name).outputs[0]
        return result

    def clear(self, name: str | None = None) -> Any:
        """Return the operation that forgets all elements."""
        return self._add(types.STAGE_CLEAR, "clear", name)


class MapStagingArea(BaseStagingArea):
    """Elements put in by one step and taken out by another, by int64 keys; components may come and go one by one.

    Args:
      ordered: whether what is taken without a key is that of the smallest key.
      The others are those of `BaseStagingArea`.
    """

    def __init__(
        self, dtypes: Any, shapes: Any = None, names: Any = None, shared_name: str | None = None,
        ordered: bool = False, capacity: int = 0, memory_limit: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(dtypes, shapes, names, shared_name, capacity, memory_limit)
        self._types = types.ORDERED_MAP_STAGE if ordered else types.MAP_STAGE

    def put(self, key: Any, vals: Any, indices: Any = None, name: str | None = None) -> Any:
        """Return the operation that puts components of an element in, waiting for room.

        Args:
          key: an int64 scalar.
          vals: tensors, or a dictionary if the components have names.
          indices: which components they are.
          name: a name for the operation.
        Raises: ValueError if they are no components of this area.
        """
        tensors, places = self._given(vals, indices)
        return self._add(self._types.put, "put", name, key, places, tensors)

    def get(self, key: Any = None, indices: Any = None, name: str | None = None) -> Any:
        """Return a key and its element, taken out; waits for it. Without a key: some element.

        Args:
          key: an int64 scalar.
          indices: which components are taken, numbers or names; default: all.
          name: a name for the operation.
        """
        places = self._places(indices)
        if key is None:
            found = self._add(self._types.get_any, "get_nokey", name, places, places=places).outputs
            return found[0], self._element(found[1:], places)
        key = convert_to_tensor(key, dtypes_.int64)
        return key, self._element(self._some(self._types.get, "get", name, key, places), places)

    def peek(self, key: Any, indices: Any = None, name: str | None = None) -> Any:
        """Return components of an element that stays there; waits for it."""
        places = self._places(indices)
        return self._element(self._some(self._types.peek, "pop", name, key, places), places)

    def size(self, name: str | None = None) -> Tensor:
        """Return how many elements have come whole, an int32 scalar."""
        result: Tensor = self._add(self._types.size, "size", name).outputs[0]
        return result

    def incomplete_size(self, name: str | None = None) -> Tensor:
        """Return how many elements lack components, an int32 scalar."""
        result: Tensor = self._add(self._types.incomplete_size, "incomplete_size", name).outputs[0]
        return result

    def clear(self, name: str | None = None) -> Any:
        """Return the operation that forgets all elements."""
        return self._add(self._types.clear, "clear", name)

    def _some(self, op_def: Any, word: str, name: str | None, key: Any, places: list[int]) -> Any:
        return self._add(op_def, word, name, key, places, places=places).outputs
