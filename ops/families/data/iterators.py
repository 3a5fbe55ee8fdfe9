"""Iterators: what gives the elements of a dataset to a graph, one a step."""

from __future__ import annotations

import threading
from collections.abc import Iterator as PythonIterator
from typing import Any

import numpy as np

from ...base.errors import FailedPreconditionError, InvalidArgumentError, OutOfRangeError
from ...building.basic_ops import no_op
from ...building.build import build, build_operation
from ...building.default_graph import leave_out
from ...definition.context import KernelContext
from ...definition.opdef import Effects, OpDef
from ...definition.shapes import scalar_shape
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape, as_extents
from .composites import composite_of
from .dataset import DatasetBase, flat, flat_shapes
from .runtime import Element, Runtime, Spec, flat_parts

_TYPED = {"output_types": ("list(type)",), "output_shapes": ("list(shape)",)}


class IteratorResource:
    """The place of a session in a dataset.

    Attributes:
      name: by which a string handle names it.
      types, shapes: of the tensors of an element.
      position: how many elements it has given.
    """

    def __init__(self, op: Any, dataset: DatasetBase | None) -> None:
        self.name = op.name
        self.types, self.shapes = op.attrs["output_types"], op.attrs["output_shapes"]
        self._own = dataset  # of an iterator that initializes itself
        self._lock = threading.RLock()
        self._elements: PythonIterator[Element] | None = None
        self._begun: tuple[DatasetBase, Runtime] | None = None
        self.position = 0

    def initialize(self, dataset: DatasetBase, runtime: Runtime) -> None:
        """Begin anew."""
        with self._lock:
            elements = dataset._begin(runtime)
            self._begun, self.position = (dataset, runtime), 0
            self._elements = elements

    def go_to(self, position: int, context: Any) -> None:
        """Begin anew, and leave out as many elements. Raises: FailedPreconditionError before it is initialized."""
        with self._lock:
            if self._begun is None:
                if self._own is None:
                    raise FailedPreconditionError(
                        None, context.op,
                        f"Restore() failed because the iterator '{self.name}' has not been initialized. Ensure that "
                        "you have run the initializer operation for this iterator before restoring it.",
                    )  # fmt: skip
                self._begin(self._own, context)
            assert self._begun is not None
            dataset, runtime = self._begun
            runtime.shared.clear()
            self.initialize(dataset, runtime)
            while self.position < position:
                self.next(context)

    def next(self, context: Any) -> Element:
        """The next element. Raises: OutOfRangeError at the end, FailedPreconditionError before it is initialized."""
        with self._lock:
            if self._elements is None:
                if self._own is None:
                    raise FailedPreconditionError(
                        None, context.op,
                        f"GetNext() failed because the iterator '{self.name}' has not been initialized. Ensure that "
                        "you have run the initializer operation for this iterator before getting the next element.",
                    )  # fmt: skip
                self._begin(self._own, context)
            element = next(self._elements, None)  # type: ignore[arg-type]
            if element is None:
                raise OutOfRangeError(None, context.op, "End of sequence")
            self.position += 1
            return element

    def _begin(self, dataset: DatasetBase, context: Any) -> None:
        tensors = dataset._dataset_inputs()
        values = context.state.part((), tuple(tensors))() if tensors else ()
        self.initialize(dataset, Runtime(context, dict(zip(tensors, values))))

    def clear(self) -> None:
        """Be as new."""
        with self._lock:
            self._elements = self._begun = None
            self.position = 0


def _iterator_kernel(context: KernelContext) -> IteratorResource:
    own = getattr(context.op, "dataset", None)
    found: IteratorResource = context.state.resources.of_operation(
        context.op, "iterator", lambda op: IteratorResource(op, own)
    )
    return found


ITERATOR = OpDef(
    name="IteratorV2",
    signature="-> handle: resource",
    attrs={"shared_name": ("string",), "container": ("string",), **_TYPED},
    shape=scalar_shape,
    kernel=_iterator_kernel,
    effects=Effects("iterator"),
)

ONE_SHOT_ITERATOR = OpDef(
    name="_OneShotIterator",
    signature="-> handle: resource",
    attrs={"shared_name": ("string", b""), "container": ("string", b""), **_TYPED},
    shape=scalar_shape,
    kernel=_iterator_kernel,
    effects=Effects("iterator"),
)


def _make_kernel(context: KernelContext, components: list[Any], iterator: IteratorResource) -> Any:
    dataset = context.op.dataset
    iterator.initialize(dataset, Runtime(context, dict(zip(dataset._dataset_inputs(), components))))
    return ()


MAKE_ITERATOR = OpDef(
    name="_MakeIterator",
    signature="components: list(Tcomponents), iterator: resource ->",
    kernel=_make_kernel,
    effects=Effects("iterator", reads=True, writes=True),
)

ITERATOR_GET_NEXT = OpDef(
    name="IteratorGetNext",
    signature="iterator: resource -> components: list(output_types)",
    attrs={"output_shapes": ("list(shape)",)},
    shape=lambda q: [as_extents(shape) for shape in q.attrs["output_shapes"]],
    kernel=lambda context, iterator: flat_parts(iterator.next(context)),
    effects=Effects("iterator", reads=True, writes=True),
)


def _to_string_kernel(context: KernelContext, resource_handle: IteratorResource) -> Any:
    names = context.state.resources
    handle = np.empty((), object)
    handle[()] = f"iterator {id(resource_handle):x} {resource_handle.name}".encode()
    names.of_operation(_Named(handle.item()), "iterator handle", lambda op: _Held(resource_handle))
    return handle


class _Named:
    """What stands for an operation where a resource is looked up by a string."""

    def __init__(self, name: bytes) -> None:
        self.name = name.decode()
        self.attrs: dict[str, Any] = {}
        self.device = ""
        self._device = ""

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Named) and other.name == self.name


class _Held:
    """An iterator that a string handle names."""

    def __init__(self, iterator: IteratorResource | None) -> None:
        self.iterator = iterator

    def clear(self) -> None:
        """Forget it."""
        self.iterator = None


def _from_string_kernel(context: KernelContext, string_handle: Any) -> IteratorResource:
    held: _Held = context.state.resources.of_operation(
        _Named(string_handle.item()), "iterator handle", lambda op: _Held(None)
    )
    if held.iterator is None:
        raise InvalidArgumentError(
            None, context.op, f"The iterator handle {string_handle.item()!r} names no iterator of this session."
        )
    _check_handle(context.op, held.iterator)
    return held.iterator


def _check_handle(op: Any, iterator: IteratorResource) -> None:
    """Raises: InvalidArgumentError if an iterator's elements are not those that are expected."""
    types, shapes = op.attrs["output_types"], op.attrs["output_shapes"]
    if types and list(types) != list(iterator.types):
        raise InvalidArgumentError(
            None, op, f"Number or types of components do not match: expected {types} but got {iterator.types}."
        )
    for one, other in zip(shapes, iterator.shapes):
        if not TensorShape(one).is_compatible_with(TensorShape(other)):
            raise InvalidArgumentError(None, op, f"Incompatible shapes of a component: expected {one} but got {other}.")


ITERATOR_TO_STRING_HANDLE = OpDef(
    name="IteratorToStringHandle",
    signature="resource_handle: resource -> string_handle: string",
    shape=scalar_shape,
    kernel=_to_string_kernel,
    effects=Effects("iterator", reads=True),
)
ITERATOR_FROM_STRING_HANDLE = OpDef(
    name="IteratorFromStringHandleV2",
    signature="string_handle: string -> resource_handle: resource",
    attrs={"output_types": ("list(type)", ()), "output_shapes": ("list(shape)", ())},
    shape=scalar_shape,
    kernel=_from_string_kernel,
    effects=Effects("iterator", reads=True),
)


def _deserialize_kernel(context: KernelContext, resource_handle: IteratorResource, serialized: Any) -> Any:
    resource_handle.go_to(int(serialized), context)
    return ()


SERIALIZE_ITERATOR = OpDef(
    name="_SerializeIterator",
    signature="resource_handle: resource -> serialized: int64",
    shape=scalar_shape,
    kernel=lambda context, resource_handle: np.array(resource_handle.position, np.int64),
    effects=Effects("iterator", reads=True),
)
DESERIALIZE_ITERATOR = OpDef(
    name="_DeserializeIterator",
    signature="resource_handle: resource, serialized: int64 ->",
    kernel=_deserialize_kernel,
    effects=Effects("iterator", reads=True, writes=True),
)


class Iterator:
    """Gives the elements of a dataset, one a step.

    Args:
      resource: the tensor that stands for it.
      spec: of its elements.
      initializer: the operation that begins anew, or None if there is none yet or none is needed.
    """

    def __init__(self, resource: Tensor, spec: Spec, initializer: Any, why_none: str = "") -> None:
        self._iterator_resource = resource
        resource.graph.add_to_collection("iterators", resource)
        self._spec = spec
        self._initializer = initializer
        self._why_none = why_none

    @staticmethod
    def from_structure(
        output_types: Any, output_shapes: Any = None, shared_name: str | None = None, output_classes: Any = None
    ) -> Iterator:
        """Return an iterator without a dataset: `make_initializer` gives it one.

        Args:
          output_types, output_shapes: of its elements, in their structure.
          shared_name: the name under which iterators of several sessions are one.
          output_classes: Tensor or SparseTensor; default: Tensor for all components.
        """
        spec = _spec_of(output_types, output_shapes, output_classes)
        leave_out(1)
        return Iterator(_resource(spec, shared_name), spec, None, "make_initializer(dataset)")

    @staticmethod
    def from_string_handle(
        string_handle: Any, output_types: Any, output_shapes: Any = None, output_classes: Any = None
    ) -> Iterator:
        """Return the iterator that a string names, usually a fed one; see `string_handle`."""
        spec = _spec_of(output_types, output_shapes, output_classes)
        resource = build(
            ITERATOR_FROM_STRING_HANDLE,
            string_handle,
            output_types=spec.dtypes,
            output_shapes=[as_extents(shape) for shape in spec.shapes],
        )
        return Iterator(resource, spec, None, "the iterator that the handle names")

    @property
    def initializer(self) -> Any:
        """The operation that begins anew. Raises: ValueError for an iterator that has none."""
        if self._initializer is None:
            raise ValueError(f"Iterator does not have an initializer: use {self._why_none or 'none, it needs none'}.")
        return self._initializer

    def make_initializer(self, dataset: DatasetBase, name: str | None = None) -> Any:
        """Return the operation that makes this the iterator of a dataset, from its beginning.

        Raises: TypeError if the types of the elements differ, or shapes contradict each other.
        """
        if dataset._spec.dtypes != self._spec.dtypes:
            raise TypeError(
                f"Expected output types {self.output_types} but got dataset with output types {dataset.output_types}."
            )
        if dataset._spec.kinds() != self._spec.kinds():
            raise TypeError(
                f"Expected output classes {self.output_classes!r} but got dataset with output classes "
                f"{dataset.output_classes!r}."
            )
        for own, other in zip(self._spec.shapes, dataset._spec.shapes):
            if not TensorShape(own).is_compatible_with(TensorShape(other)):
                raise TypeError(
                    f"Expected output shapes compatible with {self.output_shapes} but got dataset with output shapes "
                    f"{dataset.output_shapes}."
                )
        return _make(dataset, self._iterator_resource, name)

    def get_next(self, name: str | None = None) -> Any:
        """Return the tensors of the next element: each step that runs them takes one.

        Raises when run: OutOfRangeError after the last element.
        """
        parts = self._spec.part_types()
        results = build(
            ITERATOR_GET_NEXT,
            self._iterator_resource,
            output_types=[dtype for dtype, _ in parts],
            output_shapes=[as_extents(shape) for _, shape in parts],
            name=name,
        )
        return self._spec.pack(self._spec.wrapped(results))

    def string_handle(self, name: str | None = None) -> Tensor:
        """Return a string that names this iterator in the session that evaluates it."""
        result: Tensor = build(ITERATOR_TO_STRING_HANDLE, self._iterator_resource, name=name)
        return result

    @property
    def output_types(self) -> Any:
        """The types of the components."""
        return self._spec.pack(self._spec.dtypes)

    @property
    def output_shapes(self) -> Any:
        """The static shapes of the components."""
        return self._spec.pack([TensorShape(shape) for shape in self._spec.shapes])

    @property
    def output_classes(self) -> Any:
        """The classes of the components."""
        return self._spec.classes

    @property
    def element_spec(self) -> Any:
        """Types and shapes of the components, as `TensorSpec` and its like."""
        return self._spec.description


def _spec_of(output_types: Any, output_shapes: Any, output_classes: Any = None) -> Spec:
    kinds = [dtypes.as_dtype(item) for item in flat(output_types)]
    shapes = [TensorShape(None)] * len(kinds) if output_shapes is None else flat_shapes(output_types, output_shapes)
    classes = [None] * len(kinds) if output_classes is None else flat(output_classes)
    composites = {number: kind for number, item in enumerate(classes) if (kind := composite_of(item)) is not None}
    return Spec(output_types, kinds, shapes, None, composites)


def _resource(spec: Spec, shared_name: str | None, op_def: OpDef = ITERATOR, name: str | None = None) -> Tensor:
    resource: Tensor = build(op_def,
        shared_name=(shared_name or "").encode(), container=b"", output_types=spec.dtypes,
        output_shapes=[as_extents(shape) for shape in spec.shapes], name=name,
    )  # fmt: skip
    return resource


def _make(dataset: DatasetBase, resource: Tensor, name: str | None = None) -> Any:
    op: Any = build_operation(MAKE_ITERATOR, dataset._dataset_inputs(), resource, name=name or "MakeIterator")
    op.dataset = dataset  # what the message of a node cannot tell
    return op


def make_initializable(dataset: DatasetBase, shared_name: str | None = None) -> Iterator:
    """An iterator with an `initializer`."""
    resource = _resource(dataset._spec, shared_name)
    leave_out(4)  # of TensorFlow's optimizations, and of the handle as a string
    return Iterator(resource, dataset._spec, _make(dataset, resource))


def make_one_shot(dataset: DatasetBase) -> Iterator:
    """An iterator that begins by itself. Raises: ValueError if the dataset depends on placeholders."""
    for tensor in dataset._dataset_inputs():
        _check_self_contained(tensor)
    resource = _resource(dataset._spec, None, ONE_SHOT_ITERATOR, "OneShotIterator")
    resource.op.dataset = dataset  # type: ignore[attr-defined]
    leave_out(1)
    return Iterator(resource, dataset._spec, None, "no initializer: it begins by itself")


def _check_self_contained(tensor: Tensor) -> None:
    pending, seen = [tensor.op], set()
    while pending:
        op = pending.pop()
        if op in seen:
            continue
        seen.add(op)
        if op.op_def.is_placeholder and op.op_def.kernel is None:
            raise ValueError(
                f"Cannot capture a placeholder (name:{op.name}, type:{op.type}) by value. If you are using "
                "Dataset.make_one_shot_iterator(), please use Dataset.make_initializable_iterator() instead."
            )
        pending += [source.op for source in op.inputs]


def initializer_of(iterator: Iterator) -> Any:
    """The initializer, or an operation that does nothing."""
    return iterator._initializer if iterator._initializer is not None else no_op()
