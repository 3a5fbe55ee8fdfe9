"""`Layer` of Keras: named by its class, built at its first call, remembered by the tensors it gives.

It is a layer of `tf.layers` whose variables are resources named by a name scope, not found by a variable scope.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ...ops.base import nest
from ...ops.building.convert import convert_to_tensor
from ...ops.building.default_graph import get_default_graph, init_scope, name_scope
from ...ops.families.elementwise.cast import cast
from ...ops.families.state.variables import Variable
from ...ops.graph.node import Tensor
from ...ops.library.layers import layer as plain
from ...ops.types import dtypes
from ...ops.types.tensor_shape import TensorShape
from . import state
from .functions import initializers, regularizers

InputSpec = plain.InputSpec


class Node(NamedTuple):
    """One call of a layer."""

    layer: Any
    inputs: Any
    outputs: Any
    arguments: dict[str, Any]


class History(NamedTuple):
    """Where a tensor is from: which output of which call of which layer."""

    layer: Any
    node_index: int
    tensor_index: int


_LISTS = ("_inbound", "_nodes", "_trainable_weights", "_non_trainable_weights", "_sublayers")


class Layer(plain.Layer):
    """Variables, and what is computed with them. Subclasses have `build(input_shape)` and `call(inputs, ...)`.

    Args:
      trainable: whether its variables are trainable.
      name: its name; default: one made of the class's name.
      dtype: of its variables; default: that of the first input.
      input_shape, batch_input_shape, batch_size: the shape of the input, where it is the first layer of a Sequential.
      weights: arrays to begin with.
      activity_regularizer: a function of the outputs, added to the loss.
      autocast: whether `call` gets inputs of floats in the layer's type.
    Raises: TypeError for other arguments.
    """

    def __init__(self, trainable: bool = True, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        shape = kwargs.pop("input_shape", None)
        batch_shape = kwargs.pop("batch_input_shape", None)
        size = kwargs.pop("batch_size", None)
        if "input_dim" in kwargs and shape is None and batch_shape is None:
            shape = (kwargs.pop("input_dim"),)
        kwargs.pop("dynamic", None)
        kwargs.pop("experimental_autocast", None)
        autocast = kwargs.pop("autocast", False)
        weights = kwargs.pop("weights", None)
        self._sublayers: list[Any] = []
        self._nodes: list[Node] = []
        self._callable_losses: list[Any] = []
        self._own_losses: list[Any] = []
        self._metrics: list[Any] = []
        unknown = set(kwargs) - {"activity_regularizer"}
        if unknown:
            raise TypeError(f"Keyword argument not understood: {', '.join(sorted(unknown))}")
        activity = regularizers.get(kwargs.pop("activity_regularizer", None))
        name = name or state.unique_name(state.snake_case(type(self).__name__))
        super().__init__(trainable, name, dtype, activity_regularizer=activity, autocast=autocast)
        self._batch_input_shape: Any = None
        if batch_shape is not None:
            self._batch_input_shape = tuple(batch_shape)
        elif shape is not None:
            self._batch_input_shape = (size, *(shape if isinstance(shape, (list, tuple)) else (shape,)))
        self._initial_weights = weights

    # Layers and variables that are attributes.

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        if "_sublayers" in own and not name.startswith(_LISTS):
            if isinstance(value, (plain.Layer, list, tuple, dict)):
                if not any(item is value for item in own["_sublayers"]) and _holds_layers(value):
                    own["_sublayers"].append(value)
            elif isinstance(value, Variable) and not any(value is known for known in self._own_variables()):
                self._note_variable(value, value.trainable)
        object.__setattr__(self, name, value)

    def _inner_layers(self) -> list[Any]:
        """The layers that are attributes, in the order they were set, each once."""
        found: list[Any] = []
        for held in self._sublayers:
            for layer in _layers_in(held):
                if layer is not self and not any(layer is known for known in found):
                    found.append(layer)
        return found

    @property
    def submodules(self) -> list[Any]:
        """The layers inside, and those inside them."""
        found: list[Any] = []
        for layer in self._inner_layers():
            found += [layer, *getattr(layer, "submodules", [])]
        return found

    @property
    def trainable_variables(self) -> list[Any]:
        """The variables that training changes, those of inner layers too."""
        if not self.trainable:
            return []
        return _once(
            [*self._trainable_weights, *(v for layer in self._inner_layers() for v in layer.trainable_weights)]
        )

    @property
    def non_trainable_variables(self) -> list[Any]:
        """The variables that training does not change, those of inner layers too."""
        inner = self._inner_layers()
        if not self.trainable:
            return _once([*self._own_variables(), *(variable for layer in inner for variable in layer.weights)])
        own = self._non_trainable_weights
        return _once([*own, *(variable for layer in inner for variable in layer.non_trainable_weights)])

    @property
    def variables(self) -> list[Any]:
        """All variables."""
        return _once([*self.trainable_variables, *self.non_trainable_variables])

    @property
    def weights(self) -> list[Any]:
        """The same as `variables`."""
        return self.variables

    def count_params(self) -> int:
        """How many numbers the variables hold. Raises: ValueError before it is built."""
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on {self.name}, but the layer isn't built. You can build it "
                f"manually via: `{self.name}.build(batch_input_shape)`."
            )
        return sum(int(variable.shape.num_elements()) for variable in self.weights)

    # Losses, updates, metrics.

    @property
    def losses(self) -> list[Any]:
        """The losses of regularizers and those that were added, of inner layers too."""
        found = list(self._own_losses)
        for function in self._callable_losses:
            loss = function()
            if loss is not None:
                found.append(loss)
        for layer in self._inner_layers():
            found += layer.losses
        return found

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Add losses: tensors, or functions of no arguments that return one."""
        for loss in nest.flatten(losses):
            if callable(loss) and not isinstance(loss, (Tensor, Variable)):
                self._callable_losses.append(loss)
            elif loss is not None:
                self._own_losses.append(loss if isinstance(loss, Tensor) else convert_to_tensor(loss))

    @property
    def updates(self) -> list[Any]:
        """The operations that run beside training, of inner layers too; none of a layer that is not trained."""
        if not self.trainable and not self.stateful:
            return []
        return [*self._updates, *(update for layer in self._inner_layers() for update in layer.updates)]

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Add operations to run beside training."""
        self._updates += [plain.as_update(update) for update in nest.flatten(updates) if update is not None]

    @property
    def metrics(self) -> list[Any]:
        """The metrics that were added, of inner layers too."""
        return [*self._metrics, *(metric for layer in self._inner_layers() for metric in layer.metrics)]

    def add_metric(self, value: Any, aggregation: str | None = None, name: str | None = None) -> None:
        """Have a model report the mean of a tensor beside its metrics.

        Args:
          value: the tensor, or what a Metric returned.
          aggregation: `mean`; None for what a Metric returned.
          name: what it is called; default: the Metric's name.
        Raises: ValueError without a name, for another aggregation, or for none if no Metric made the tensor.
        """
        from .functions import metrics

        metrics.add_to(self._metrics, value, aggregation, name)

    # Variables.

    def add_weight(  # type: ignore[override]
        self, name: str | None = None, shape: Any = None, dtype: Any = None, initializer: Any = None,
        regularizer: Any = None, trainable: bool | None = None, constraint: Any = None, partitioner: Any = None,
        use_resource: bool | None = None, **kwargs: Any,
    ) -> Any:  # fmt: skip
        """Make a variable.

        Args:
          name: of the variable, in the layer's scope; shape: default: a scalar; dtype: default: the layer's.
          initializer: a function of shape and type, its name, or None: uniform for floats, zeros for others.
          regularizer: a function of the variable, added to the losses; constraint: see `get_variable`.
          trainable: whether training changes it.
        """
        if isinstance(name, (list, tuple)) and not isinstance(shape, (list, tuple, TensorShape)):
            name, shape = shape, name  # `add_weight(shape, name)`, as Keras had it once
        kind = dtypes.as_dtype(dtype or self._dtype or state.floatx())
        self._dtype = self._dtype or kind.base_dtype.name  # `build` may be called by itself
        extents = [int(extent or 0) for extent in TensorShape(() if shape is None else shape).as_list()]
        first = initializers.get(initializer) if initializer is not None else _default_initializer(kind, name)
        trains = True if trainable is None else trainable
        with init_scope():
            variable = Variable(
                initial_value=partial(_initial, first, extents, kind), name=name, trainable=trains,
                constraint=constraint, dtype=kind, use_resource=True, validate_shape=True,
            )  # fmt: skip
        self._note_variable(variable, trains)
        regularizer = regularizers.get(regularizer)
        if regularizer is not None:
            self._callable_losses.append(_Regularization(regularizer, variable, name or "variable"))
        return variable

    def add_variable(self, *args: Any, **kwargs: Any) -> Any:
        """The same as `add_weight`."""
        return self.add_weight(*args, **kwargs)

    # Calling.

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Apply the layer, built before at the first call.

        Args:
          inputs: a tensor, or a structure of them; arrays are converted.
          *args, **kwargs: what `call` takes besides.
        Returns: what `call` returns.
        """
        inputs = nest.map_structure(self._converted, inputs)
        tensors = [tensor for tensor in nest.flatten(inputs) if isinstance(tensor, Tensor)]
        graph = tensors[0].graph if tensors else get_default_graph()
        given = dict(kwargs)
        self._add_mask(inputs, kwargs)
        with graph.as_default(), name_scope(self._scope_name()):
            self._build_once(inputs, tensors)
            outputs = self.call(self._in_own_type(inputs), *args, **kwargs)
            outputs = self._unlike(inputs, outputs)
            self._regularize_activity(inputs, outputs)
            self._set_mask(inputs, outputs, kwargs)
        self._remember(inputs, outputs, given)
        return outputs

    def _scope_name(self) -> str:
        return self.name

    def _converted(self, value: Any) -> Any:
        if isinstance(value, (np.ndarray, float, int)):
            array = np.asarray(value)
            if array.dtype == np.float64:
                array = array.astype(state.floatx())
            return convert_to_tensor(array)
        if isinstance(value, Variable):
            return convert_to_tensor(value)
        return value

    def _build_once(self, inputs: Any, tensors: list[Tensor]) -> None:
        was_built = self.built
        super()._build_once(inputs, tensors)
        if not was_built and self._initial_weights is not None:
            self._set_initial_weights(self._initial_weights)
            self._initial_weights = None

    def _set_initial_weights(self, values: Any) -> None:
        from .session_of import set_layer_weights

        set_layer_weights(self, values)

    def _unlike(self, inputs: Any, outputs: Any) -> Any:
        """Outputs that are inputs become tensors of their own, so that each tensor is from one layer."""
        from ...ops.building.basic_ops import identity

        known = {id(tensor) for tensor in nest.flatten(inputs)}

        def own(tensor: Any) -> Any:
            return identity(tensor) if isinstance(tensor, Tensor) and id(tensor) in known else tensor

        return nest.map_structure(own, outputs)

    def _regularize_activity(self, inputs: Any, outputs: Any) -> None:
        if self._activity_regularizer is None:
            return
        from ...ops.families.arrays.shape_ops import shape as shape_of

        with name_scope("ActivityRegularizer"):
            for output in nest.flatten(outputs):
                loss = self._activity_regularizer(output)
                count = cast(shape_of(output)[0], loss.dtype)
                self._own_losses.append(loss / count)

    def _remember(self, inputs: Any, outputs: Any, arguments: dict[str, Any]) -> None:
        self._nodes.append(Node(self, inputs, outputs, arguments))
        self._inbound.append((inputs, outputs))
        for index, tensor in enumerate(nest.flatten(outputs)):
            if isinstance(tensor, Tensor):
                tensor._keras_history = History(self, len(self._nodes) - 1, index)  # type: ignore[attr-defined]

    # Masks.

    def _takes_mask(self) -> bool:
        parameters = inspect.signature(self.call).parameters
        return "mask" in parameters

    def _add_mask(self, inputs: Any, kwargs: dict[str, Any]) -> None:
        if kwargs.get("mask") is None and self._takes_mask():
            masks = nest.map_structure(mask_of, inputs)
            if any(mask is not None for mask in nest.flatten(masks)):
                kwargs["mask"] = masks

    def _set_mask(self, inputs: Any, outputs: Any, kwargs: dict[str, Any]) -> None:
        given = kwargs.get("mask")
        masks = given if given is not None else nest.map_structure(mask_of, inputs)
        has_mask = any(mask is not None for mask in nest.flatten(masks))
        if not has_mask and type(self).compute_mask is Layer.compute_mask:
            return
        found = self.compute_mask(inputs, masks if has_mask else None)
        flat = nest.flatten(outputs)
        listed = found if isinstance(found, (list, tuple)) else [found]
        for tensor, mask in zip(flat, listed):
            if mask is not None and isinstance(tensor, Tensor):
                tensor._keras_mask = mask  # type: ignore[attr-defined]

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask of the outputs. Raises: TypeError if there is one and the layer supports none."""
        if not self.supports_masking:
            if any(item is not None for item in nest.flatten(mask)):
                return None
            return None
        return mask

    # What it is.

    @property
    def inbound_nodes(self) -> list[Node]:
        """The calls of the layer."""
        return self._nodes

    def get_input_at(self, node_index: int) -> Any:
        """The inputs of a call."""
        return self._at(node_index).inputs

    def get_output_at(self, node_index: int) -> Any:
        """The outputs of a call."""
        return self._at(node_index).outputs

    def get_input_shape_at(self, node_index: int) -> Any:
        """The shape of the inputs of a call."""
        return _shapes(self._at(node_index).inputs)

    def get_output_shape_at(self, node_index: int) -> Any:
        """The shape of the outputs of a call."""
        return _shapes(self._at(node_index).outputs)

    def _at(self, index: int) -> Node:
        if not 0 <= index < len(self._nodes):
            raise ValueError(
                f"Asked to get a call at node {index}, but the layer has only {len(self._nodes)} inbound nodes."
            )
        return self._nodes[index]

    @property
    def input_shape(self) -> Any:
        """The shape of the inputs, which are the same for all calls. Raises: AttributeError otherwise."""
        return self._common_shape("input", [_shapes(node.inputs) for node in self._nodes])

    @property
    def output_shape(self) -> Any:
        """The shape of the outputs, which are the same for all calls. Raises: AttributeError otherwise."""
        return self._common_shape("output", [_shapes(node.outputs) for node in self._nodes])

    def _common_shape(self, what: str, shapes: list[Any]) -> Any:
        if not shapes:
            raise AttributeError(f"The layer has never been called and thus has no defined {what} shape: {self.name!r}")
        if any(shape != shapes[0] for shape in shapes):
            raise AttributeError(
                f'The layer "{self.name}" has multiple inbound nodes, with different {what} shapes. Use '
                f"`get_{what}_shape_at(node_index)` instead."
            )
        return shapes[0]

    def get_weights(self) -> list[Any]:
        """Return the values of the variables in the session of Keras, as arrays."""
        from .session_of import batch_get_value

        return batch_get_value(self.weights)

    def set_weights(self, weights: Any) -> None:
        """Give the variables values in the session of Keras. Raises: ValueError for other numbers or shapes."""
        from .session_of import set_layer_weights

        set_layer_weights(self, weights)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        config: dict[str, Any] = {"name": self.name, "trainable": self.trainable}
        if self._batch_input_shape is not None:
            config["batch_input_shape"] = self._batch_input_shape
        config["dtype"] = self._dtype
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make a layer of what `get_config` returned."""
        return cls(**config)

    def __deepcopy__(self, memo: Any) -> Any:
        return self


class _Regularization:
    """The loss of a regularized variable; one tensor per graph."""

    def __init__(self, regularizer: Any, variable: Any, name: str) -> None:
        self._regularizer, self._variable, self._name = regularizer, variable, name
        self._loss: Any = None

    def __call__(self) -> Any:
        if self._loss is None:
            with name_scope(f"{self._variable.op.name}/Regularizer"):
                self._loss = self._regularizer(self._variable)
        return self._loss


def _initial(initializer: Any, extents: list[int], kind: Any) -> Any:
    if isinstance(initializer, type):
        initializer = initializer()
    return initializer(extents, dtype=kind)


def _default_initializer(kind: dtypes.DType, name: Any) -> Any:
    if kind.is_floating:
        return initializers.get("glorot_uniform")
    if kind.is_integer or kind.is_bool:
        return initializers.get("zeros")
    raise ValueError(f"An initializer for variable {name} of type {kind.name} is required.")


def mask_of(tensor: Any) -> Any:
    """The mask of a tensor, or None."""
    return getattr(tensor, "_keras_mask", None)


def _shapes(structure: Any) -> Any:
    return nest.map_structure(lambda tensor: tuple(tensor.shape.as_list()), structure)


def _once(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    seen: set[int] = set()
    for item in items:
        if id(item) not in seen:
            seen.add(id(item))
            found.append(item)
    return found


def _holds_layers(value: Any) -> bool:
    return isinstance(value, (plain.Layer, list, dict)) or any(True for _ in _layers_in(value))


def _layers_in(value: Any) -> Iterator[Any]:
    if isinstance(value, plain.Layer):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _layers_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _layers_in(item)
