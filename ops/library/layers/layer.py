"""`Layer`: what all layers share: names, scopes, variables, and the collections of losses and updates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from ...base import nest
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...families.arrays.shape_ops import shape as shape_of
from ...families.elementwise.cast import cast
from ...families.random.initializers import Ones, Zeros
from ...families.state.partitioned import PartitionedVariable
from ...families.state.scope_settings import get_variable_scope
from ...families.state.variable_scope import get_variable, variable_scope
from ...graph.graph_keys import GraphKeys
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .named import named

ZEROS: Final = Zeros()  # what biases begin with, and shifts
ONES: Final = Ones()


class InputSpec:
    """What a layer asks of an input: its rank, the least rank, the extents of some axes, the type.

    Args:
      dtype, shape, ndim, max_ndim, min_ndim: what an input has to have; None: whatever it has.
      axes: from axis to extent.
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Any = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: dict[int, int] | None = None,
    ) -> None:
        self.dtype = dtype
        self.shape = shape
        self.ndim = len(shape) if shape is not None else ndim
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.axes = axes or {}

    def check(self, tensor: Tensor, layer: str, index: int) -> None:
        """Raises: ValueError that names the layer if a tensor is not as it has to be."""
        extents = tensor._extents
        wants = f"Input {index} of layer {layer} is incompatible with the layer: "
        if extents is None:
            if self.ndim is None and self.min_ndim is None and self.max_ndim is None:
                return
            raise ValueError(f"{wants}its rank is undefined, but the layer requires a defined rank.")
        found = f"found ndim={len(extents)}. Full shape received: {list(extents)}"
        if self.ndim is not None and len(extents) != self.ndim:
            raise ValueError(f"{wants}expected ndim={self.ndim}, {found}")
        if self.max_ndim is not None and len(extents) > self.max_ndim:
            raise ValueError(f"{wants}expected max_ndim={self.max_ndim}, {found}")
        if self.min_ndim is not None and len(extents) < self.min_ndim:
            raise ValueError(f"{wants}expected min_ndim={self.min_ndim}, {found}")
        if self.dtype is not None and tensor.dtype.base_dtype.name != dtypes.as_dtype(self.dtype).name:
            raise ValueError(f"{wants}expected dtype={self.dtype}, found dtype={tensor.dtype.name}")
        for axis, extent in self.axes.items():
            if extent is not None and extents[axis] not in (extent, None):
                raise ValueError(
                    f"{wants}expected axis {axis} of input shape to have value {extent} but received input with shape "
                    f"{list(extents)}"
                )
        for extent, wanted in zip(extents, self.shape or ()):
            if wanted is not None and extent is not None and wanted != extent:
                raise ValueError(f"{wants}expected shape={tuple(self.shape)}, found shape={list(extents)}")


class Layer:
    """Variables, and what is computed with them. Subclasses have `build(input_shape)` and `call(inputs, ...)`.

    Args:
      trainable: whether its variables are trainable.
      name: its name, and that of its scope; default: one made of the class's name.
      dtype: of its variables; default: that of the first input.
      autocast: whether `call` gets inputs of floats in the layer's type.
      _reuse: whether it uses variables that are there already.
    """

    def __init__(self, trainable: bool = True, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        scope = kwargs.pop("_scope", None)
        self._reuse = kwargs.pop("_reuse", None)
        self._autocast = bool(kwargs.pop("autocast", False))
        self._activity_regularizer = named("regularizers", kwargs.pop("activity_regularizer", None))
        if kwargs:
            raise TypeError(f"{type(self).__name__} got unexpected arguments: {', '.join(sorted(kwargs))}")
        self.trainable = trainable
        self.built = False
        self.stateful = False
        self.input_spec: Any = None
        self.supports_masking = False
        self._dtype = None if dtype is None else dtypes.as_dtype(dtype).name
        self._trainable_weights: list[Any] = []  # subclasses add to them
        self._non_trainable_weights: list[Any] = []
        self._losses: list[Any] = []
        self._losses_of_calls: list[Any] = []
        self._updates: list[Any] = []
        self._inbound: list[tuple[Any, Any]] = []
        self._scope: Any = None
        self._graph: Any = None
        self._base_name = name or _snake_case(type(self).__name__)
        self._name = name or unique_layer_name(self._base_name, first=1)
        if scope is not None:
            self._set_scope(scope)

    # What it is.

    @property
    def name(self) -> str:
        """The name of the layer."""
        return self._name

    @property
    def dtype(self) -> str | None:
        """The name of the type of its variables."""
        return self._dtype

    @property
    def graph(self) -> Any:
        """The graph it was first called in."""
        return self._graph

    @property
    def scope_name(self) -> str:
        """The name of its variable scope. Raises: ValueError before the first call."""
        if self._scope is None:
            raise ValueError(
                f"No name available for layer scope because the layer {self._name!r} has not been used yet."
            )
        name: str = self._scope.name
        return name

    @property
    def variables(self) -> list[Any]:
        """Its variables: the trainable ones, then the others."""
        return [*self.trainable_variables, *self.non_trainable_variables]

    weights = variables

    @property
    def trainable_variables(self) -> list[Any]:
        """The variables that training changes."""
        if not self.trainable:
            return []
        return list(self._trainable_weights)

    @property
    def non_trainable_variables(self) -> list[Any]:
        """The variables that training does not change."""
        if not self.trainable:
            return [*self._trainable_weights, *self._non_trainable_weights]
        return list(self._non_trainable_weights)

    @property
    def trainable_weights(self) -> list[Any]:
        """The same as `trainable_variables`."""
        return self.trainable_variables

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The same as `non_trainable_variables`."""
        return self.non_trainable_variables

    @property
    def losses(self) -> list[Any]:
        """The losses of its regularizers and those that were added."""
        return list(self._losses)

    @property
    def updates(self) -> list[Any]:
        """The operations that have to run beside training, such as those of moving averages."""
        return list(self._updates)

    @property
    def input(self) -> Any:
        """What it was called with. Raises: AttributeError if it was not called just once."""
        return self._only_call("input")[0]

    @property
    def output(self) -> Any:
        """What it returned. Raises: AttributeError if it was not called just once."""
        return self._only_call("output")[1]

    @property
    def input_shape(self) -> Any:
        """The static shape of `input`, as a tuple."""
        return nest.map_structure(lambda tensor: tuple(tensor._shape_as_list or ()), self.input)

    @property
    def output_shape(self) -> Any:
        """The static shape of `output`, as a tuple."""
        return nest.map_structure(lambda tensor: tuple(tensor._shape_as_list or ()), self.output)

    def _only_call(self, what: str) -> tuple[Any, Any]:
        if len(self._inbound) != 1:
            state = "has never been called" if not self._inbound else "has several inbound nodes"
            raise AttributeError(f"Layer {self._name} {state}, hence the notion of layer {what} is ill-defined.")
        return self._inbound[0]

    def count_params(self) -> int:
        """How many numbers its variables hold. Raises: ValueError before it is built."""
        if not self.built:
            raise ValueError(f"count_params of {self._name}: the layer isn't built yet, its variables do not exist.")
        return sum(variable.shape.num_elements() for variable in self._own_variables())

    def _own_variables(self) -> list[Any]:
        """The variables made here, not those of layers inside."""
        return [*self._trainable_weights, *self._non_trainable_weights]

    def _note_variable(self, variable: Any, trains: bool) -> None:
        """Take in a variable that was made."""
        (self._trainable_weights if trains else self._non_trainable_weights).append(variable)

    # What subclasses give.

    def build(self, input_shape: Any) -> None:
        """Make the variables; called once, before the first call."""
        self.built = True

    def call(self, inputs: Any, **kwargs: Any) -> Any:
        """Return the outputs for the inputs."""
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The static shape of the output for one of the input."""
        raise NotImplementedError(f"{type(self).__name__} does not say the shape of its output.")

    def _compute_output_shape(self, input_shape: Any) -> Any:
        return self.compute_output_shape(input_shape)

    # What they use.

    def add_weight(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        trainable: bool | None = None,
        constraint: Any = None,
        use_resource: bool | None = None,
        synchronization: Any = 0,
        aggregation: Any = 0,
        partitioner: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Make a variable of the layer, or find it where variables are reused; see `get_variable`."""
        wanted = True if trainable is None else trainable
        regularizer = named("regularizers", regularizer)
        known = {id(variable) for variable in get_default_graph().get_collection(GraphKeys.GLOBAL_VARIABLES)}
        kind = dtypes.as_dtype(dtype or self._dtype or dtypes.float32).base_dtype
        self._dtype = self._dtype or kind.name
        with self._own_scope():
            variable = get_variable(
                name,
                shape=shape,
                dtype=kind,
                initializer=named("initializers", initializer),
                trainable=wanted and self.trainable,
                constraint=named("constraints", constraint),
                partitioner=partitioner,
                use_resource=use_resource,
                **kwargs,
            )
            self._note_variable(variable, wanted)
            if regularizer is not None:
                self._regularize(name, [part for part in _parts_of(variable) if id(part) not in known], regularizer)
        return variable

    @contextmanager
    def _own_scope(self) -> Iterator[None]:
        """The layer's variable scope, also where `build` is called by itself."""
        self._set_scope()
        if get_variable_scope().name == self._scope.name:
            yield
            return
        scope = variable_scope(self._scope, reuse=self._reuses(), auxiliary_name_scope=False)
        with scope, name_scope(self._scope.original_name_scope):
            yield

    def _regularize(self, name: str, variables: list[Any], regularizer: Any) -> None:
        """Add the losses of new variables, under the name that the layer has for them."""
        for variable in variables:
            with name_scope(f"{name}/Regularizer"):
                loss = regularizer(variable)
            if loss is not None:
                self.add_loss(loss)

    add_variable = add_weight

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Add losses to the layer's, and to the collection of regularization losses.

        Args:
          losses: tensors.
          inputs: what they depend on, for `get_losses_for`; None for losses that belong to no call.
        """
        found = [loss for loss in nest.flatten(losses) if loss is not None]
        self._losses += found
        if inputs is not None:
            self._losses_of_calls += found
        _add_new(found, GraphKeys.REGULARIZATION_LOSSES)

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Add operations to the layer's updates, and to the collection `UPDATE_OPS`."""
        found = [as_update(update) for update in nest.flatten(updates) if update is not None]
        self._updates += found
        _add_new(found, GraphKeys.UPDATE_OPS)

    def get_updates_for(self, inputs: Any) -> list[Any]:
        """The updates of the layer."""
        return self.updates

    def get_losses_for(self, inputs: Any) -> list[Any]:
        """The losses that depend on `inputs`; with None those that were added without any."""
        of_calls = {id(loss) for loss in self._losses_of_calls}
        if inputs is None:
            return [loss for loss in self._losses if id(loss) not in of_calls]
        return [loss for loss in self._losses if id(loss) in of_calls and _depends(loss, nest.flatten(inputs))]

    # Calling.

    def apply(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The same as calling the layer."""
        return self(inputs, *args, **kwargs)

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Apply the layer, made before at the first call.

        Args:
          inputs: a tensor, or a structure of them; what is none is converted.
          *args, **kwargs: what `call` takes besides; `scope` names the variable scope.
        Returns: what `call` returns.
        Raises: ValueError for inputs the layer cannot take, or of several graphs.
        """
        self._set_scope(kwargs.pop("scope", None))
        inputs = nest.map_structure(_as_tensor, inputs)
        tensors = [tensor for tensor in nest.flatten(inputs) if isinstance(tensor, Tensor)]
        graph = tensors[0].graph if tensors else get_default_graph()
        if self._graph is None:
            self._graph = graph
        elif self._graph is not graph:
            raise ValueError(
                f"Input graph and Layer graph are not the same: layer {self._name!r} has variables of another."
            )
        scope = variable_scope(self._scope, reuse=self._reuses(), auxiliary_name_scope=False)
        with graph.as_default(), scope, name_scope(self._scope.original_name_scope):
            self._build_once(inputs, tensors)
            outputs = self.call(self._in_own_type(inputs), *args, **kwargs)
            if self._activity_regularizer is not None:
                self._regularize_activity(inputs, nest.flatten(outputs))
        self._inbound.append((inputs, outputs))
        return outputs

    def _regularize_activity(self, inputs: Any, outputs: list[Any]) -> None:
        """Add the losses of what was computed, of one example on the average: the mean over the first dimension."""
        with name_scope("ActivityRegularizer"):
            for output in outputs:
                loss = self._activity_regularizer(output)
                self.add_loss(loss / cast(shape_of(output)[0], loss.dtype), inputs=inputs)

    def _in_own_type(self, inputs: Any) -> Any:
        """The inputs, those of floats in the layer's type if it casts."""
        if not self._autocast or self._dtype is None or not dtypes.as_dtype(self._dtype).is_floating:
            return inputs

        def convert(value: Any) -> Any:
            return cast(value, self._dtype) if isinstance(value, Tensor) and value.dtype.is_floating else value

        return nest.map_structure(convert, inputs)

    def _reuses(self) -> Any:
        return True if self.built else self._reuse

    def _build_once(self, inputs: Any, tensors: list[Tensor]) -> None:
        specs = self.input_spec if isinstance(self.input_spec, (list, tuple)) else [self.input_spec]
        for index, (spec, tensor) in enumerate(zip(specs, tensors)):
            if spec is not None:
                spec.check(tensor, self._name, index)
        if self.built:
            return
        if self._dtype is None and tensors:
            self._dtype = tensors[0].dtype.base_dtype.name
        self.build(nest.map_structure(lambda tensor: tensor.shape if isinstance(tensor, Tensor) else None, inputs))
        self.built = True

    def _set_scope(self, scope: Any = None) -> None:
        """Open the variable scope for the first time: that decides its name."""
        if self._scope is not None:
            return
        if self._reuse:
            opened = variable_scope(scope if scope is not None else self._base_name)
        else:
            opened = variable_scope(scope, default_name=self._base_name)
        with opened as captured:
            self._scope = captured

    def __deepcopy__(self, memo: Any) -> Any:
        import copy

        result = type(self).__new__(type(self))
        memo[id(self)] = result
        shallow = {
            "_graph",
            "_scope",
            "_trainable_weights",
            "_non_trainable_weights",
            "_losses",
            "_losses_of_calls",
            "_updates",
            "_inbound",
        }
        for key, value in self.__dict__.items():
            setattr(result, key, copy.copy(value) if key in shallow else copy.deepcopy(value, memo))
        return result


def _depends(tensor: Tensor, sources: list[Any]) -> bool:
    """Whether a tensor is computed from any of `sources`."""
    seen: set[Any] = set()
    waiting: list[Any] = [tensor]
    while waiting:
        current = waiting.pop()
        if any(current is source for source in sources):
            return True
        if current.op not in seen:
            seen.add(current.op)
            waiting += current.op.inputs
    return False


def _parts_of(variable: Any) -> list[Any]:
    """The parts of a partitioned variable; another one itself."""
    return list(variable) if isinstance(variable, PartitionedVariable) else [variable]


def _as_tensor(value: Any) -> Any:
    return convert_to_tensor(value) if not hasattr(value, "_nest_components") and value is not None else value


def as_update(update: Any) -> Any:
    """An update as the operation that makes it, or as it is where it has none."""
    return getattr(update, "op", update)


def _add_new(items: list[Any], key: str) -> None:
    known = get_default_graph().get_collection_ref(key)
    known += [item for item in items if item not in known]


def _snake_case(name: str) -> str:
    text = re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)).lower()
    return f"private{text}" if text.startswith("_") else text


def unique_layer_name(base: str, first: int) -> str:
    """The name of a layer that has none: `dense_1`, `dense_2`, ... in a graph; Keras's layers begin with `dense`.

    Both count together.
    """
    counts = layer_counts()
    number = counts.get(base, 0)
    counts[base] = number + 1
    return f"{base}_{number + first}" if number + first else base


def layer_counts() -> dict[str, int]:
    """How many layers of each kind have taken a name, in the default graph."""
    graph: Any = get_default_graph()
    counts: dict[str, int] | None = getattr(graph, "_layer_names", None)
    if counts is None:
        counts = graph._layer_names = {}
    return counts


def extents_of(shape: Any) -> list[int | None]:
    """A shape as a list of extents."""
    return TensorShape(shape).as_list()


def functional(layer: Layer, inputs: Any, **kwargs: Any) -> Any:
    """Apply a layer that a function made and nobody keeps."""
    return layer(inputs, **kwargs)


Activation = Callable[[Any], Any]
