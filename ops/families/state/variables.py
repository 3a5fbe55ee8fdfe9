"""`Variable`: a tensor whose value lives in the session and can be changed, and the functions on all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from ...base.errors import OperatorNotAllowedInGraphError
from ...building.basic_ops import group, identity
from ...building.convert import _from_graph_element, convert_to_tensor, register_tensor_conversion_function
from ...building.default_graph import get_default_graph, init_scope, name_scope
from ...graph.graph_keys import GraphKeys
from ...graph.node import Tensor
from ...graph.operation import Operation
from ...graph.operators import Operators
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from . import assignments as state
from .variable_defs import restore_variable, variable_to_proto


class VariableSynchronization:
    """How a distributed variable's copies follow each other; kept, without effect in one process."""

    AUTO, NONE, ON_WRITE, ON_READ = range(4)


class VariableAggregation:
    """How a distributed variable's updates are combined; kept, without effect in one process."""

    NONE, SUM, MEAN, ONLY_FIRST_REPLICA, ONLY_FIRST_TOWER = 0, 1, 2, 3, 3


class Variable(Operators):
    """A value that outlives a step: kept by the session, given first by its initializer, changed by assignments.

    Where a tensor is wanted a variable stands for its value at that place of the step; order updates and reads by
    `control_dependencies` or by using the result of the update.

    Args:
      initial_value: a tensor, what can become one, or a function without arguments that returns it.
      trainable: whether it joins `GraphKeys.TRAINABLE_VARIABLES`; default: yes.
      collections: names of the collections it joins; default: `GraphKeys.GLOBAL_VARIABLES`.
      validate_shape: False lets the shape be unknown, and change.
      caching_device: a device to read it on.
      name: a name; made unique.
      variable_def: a VariableDef message: the variable is made of operations that the graph has.
      dtype: the type; default: that of the initial value.
      expected_shape: ignored, as in TensorFlow.
      import_scope: only with `variable_def`.
      constraint: a function from value to value for optimizers to apply after an update.
      use_resource: ignored: reads and updates are ordered the same either way.
      synchronization, aggregation: kept.
      shape: the shape; default: that of the initial value.
    Raises: ValueError without an initial value, or if its shape is not known and `validate_shape`.
    """

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        expected_shape: Any = None,
        import_scope: str | None = None,
        constraint: Any = None,
        use_resource: bool | None = None,
        synchronization: Any = VariableSynchronization.AUTO,
        aggregation: Any = VariableAggregation.NONE,
        shape: Any = None,
    ) -> None:
        if variable_def is not None:
            if initial_value is not None:
                raise ValueError("variable_def and initial_value are mutually exclusive.")
            restore_variable(self, variable_def, import_scope)
            return
        if initial_value is None:
            raise ValueError("initial_value must be specified.")
        if constraint is not None and not callable(constraint):
            raise ValueError("The `constraint` argument must be a callable.")
        self._trainable = True if trainable is None else bool(trainable)
        self._collections = _collections(collections, self._trainable)
        self._constraint = constraint
        self.synchronization = synchronization
        self.aggregation = aggregation
        with init_scope():
            self._build(
                initial_value,
                None if dtype is None else dtypes.as_dtype(dtype),
                name,
                validate_shape,
                shape,
                caching_device,
            )
        get_default_graph().add_to_collections(self._collections, self)

    def _build(
        self, initial: Any, dtype: Any, name: str | None, validate: bool, shape: Any, caching_device: Any
    ) -> None:
        """Add the operations: the initial value, the variable, the assignment of the one to the other, the read."""
        is_function = callable(initial)
        with name_scope(name, "Variable", [] if is_function else _tensors(initial)) as scope:
            graph = get_default_graph()
            own_group = {"_class": (b"loc:@" + scope.rstrip("/").encode(),)} if is_function else {}
            with graph._attr_scope(own_group), graph.device(None) if is_function else ExitStack():
                if is_function:
                    with name_scope("Initializer"):
                        self._initial_value = _from_function(initial, dtype)
                else:
                    self._initial_value = convert_to_tensor(initial, dtype, name="initial_value")
                extents = _extents(self._initial_value, validate, shape)
                self._variable: Tensor = state.VARIABLE_V2.build(
                    name=scope, shape=extents, dtype=self._initial_value.dtype.base_dtype, container=graph._container
                )
            with graph.colocate_with(self._variable.op):
                assigned = state.assign(self._variable, self._initial_value, validate, True, "Assign")
                self._initializer: Operation = assigned.op
                with graph.device(caching_device) if caching_device is not None else ExitStack():
                    self._snapshot = identity(self._variable, name="read")

    # What it is.

    @property
    def name(self) -> str:
        """`operation:0`."""
        return self._variable.name

    @property
    def dtype(self) -> dtypes.DType:
        """The reference type (`float32_ref`)."""
        return self._variable.dtype

    @property
    def shape(self) -> TensorShape:
        """The static shape."""
        return self._variable.shape

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self._variable.shape

    def set_shape(self, shape: Any) -> None:
        """Add what you know to what is known of the shape."""
        self._variable.set_shape(shape)
        self._snapshot.set_shape(shape)

    @property
    def op(self) -> Operation:
        """The `VariableV2` operation."""
        return self._variable.op

    @property
    def graph(self) -> Any:
        """The graph it is in."""
        return self._variable.graph

    @property
    def device(self) -> str:
        """The device that was asked for."""
        return self._variable.device

    @property
    def trainable(self) -> bool:
        """Whether optimizers change it."""
        return self._trainable

    @property
    def constraint(self) -> Any:
        """The function from value to value that was given, or None."""
        return self._constraint

    @property
    def initializer(self) -> Operation:
        """The operation that assigns the initial value."""
        return self._initializer

    @property
    def initial_value(self) -> Tensor:
        """The tensor of the initial value."""
        return self._initial_value

    # Reading.

    def value(self) -> Tensor:
        """The tensor of the value: what the variable is converted to."""
        snapshot: Tensor = self._snapshot
        return snapshot

    def read_value(self) -> Tensor:
        """A new tensor of the value, read where it is made: inside `control_dependencies` after those."""
        read: Tensor = identity(self._variable, name="read")
        return read

    def initialized_value(self) -> Tensor:
        """A tensor of the value, or of the initial value if the variable has none yet."""
        result: Tensor = state.INITIALIZED_VALUE.build(self._variable, self._initial_value, name="initialized_value")
        return result

    def eval(self, session: Any = None) -> Any:
        """Return the value in `session`, or in the default session."""
        return self._variable.eval(session=session)

    def sparse_read(self, indices: Any, name: str | None = None) -> Tensor:
        """The rows at `indices`, as `gather`."""
        from ..indexing.gathering import gather  # type: ignore[import-not-found, unused-ignore]

        result: Tensor = gather(self, indices, name=name)
        return result

    # Changing.

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
        """Return an operation's output that gives the variable a new value and is the variable after that.

        Args:
          value: the new value.
          use_locking: kept in the graph.
          name: a name for the operation.
          read_value: False returns the Operation.
        """
        return _output(state.assign(self._variable, value, use_locking=use_locking, name=name), read_value)

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Add `delta`; arguments as in `assign`."""
        return _output(state.assign_add(self._variable, delta, use_locking=use_locking, name=name), read_value)

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Subtract `delta`; arguments as in `assign`."""
        return _output(state.assign_sub(self._variable, delta, use_locking=use_locking, name=name), read_value)

    def count_up_to(self, limit: int) -> Any:
        """Increment; the value before. Raises when run: OutOfRangeError at `limit`."""
        return state.count_up_to(self._variable, limit)

    def scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Set the rows that the IndexedSlices `sparse_delta` names."""
        return state.scatter_update(self._variable, sparse_delta.indices, sparse_delta.values, use_locking, name)

    def scatter_add(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Add to the rows that the IndexedSlices `sparse_delta` names."""
        return state.scatter_add(self._variable, sparse_delta.indices, sparse_delta.values, use_locking, name)

    def scatter_sub(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Subtract from the rows that the IndexedSlices `sparse_delta` names."""
        return state.scatter_sub(self._variable, sparse_delta.indices, sparse_delta.values, use_locking, name)

    def load(self, value: Any, session: Any = None) -> None:
        """Set the value from outside of the graph, by running the initializer with another value.

        Raises: ValueError without a session, or for a shape that does not fit.
        """
        from ...graph.defaults import get_default_session

        session = get_default_session() if session is None else session
        if session is None:
            raise ValueError(
                "Either session argument should be provided or default session should be established: use "
                "`with sess.as_default()` or pass an explicit session to `load(value, session=sess)`."
            )
        session.run(self._initializer, {self._initializer.inputs[1]: value})

    # As a message.

    def to_proto(self, export_scope: str | None = None) -> Any:
        """Return a VariableDef message with the names of the variable's operations.

        Args:
          export_scope: a name scope to leave out of the names; None is returned for a variable outside of it.
        """
        return variable_to_proto(self, export_scope)

    @staticmethod
    def from_proto(variable_def: Any, import_scope: str | None = None) -> Variable:
        """Return the variable that a VariableDef message names; its operations are in the default graph.

        Args:
          variable_def: the message.
          import_scope: a name scope to put before the names.
        Raises: KeyError if an operation is missing.
        """
        return Variable(variable_def=variable_def, import_scope=import_scope)

    # Standing for a tensor.

    def _as_graph_element(self) -> Tensor:
        return self._variable

    def _ref(self) -> Tensor:
        return self._variable

    def _dense_tensor(self, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
        if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(self.dtype):
            wanted = dtypes.as_dtype(dtype).name
            raise ValueError(
                f"Incompatible type conversion requested to type '{wanted}' for variable of type '{self.dtype.name}'"
            )
        return self._variable if as_ref else self._snapshot

    def __iter__(self) -> Iterator[Any]:
        raise OperatorNotAllowedInGraphError(
            f"Iterating over a symbolic variable is not allowed: '{self.name}' has no value until a Session runs it."
        )

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __repr__(self) -> str:
        return f"<tf.Variable '{self.name}' shape={self.shape} dtype={self.dtype.name}>"


RefVariable = Variable
register_tensor_conversion_function(Variable, _from_graph_element)


def _output(reference: Any, read_value: bool) -> Any:
    return reference if read_value else reference.op


def _tensors(value: Any) -> list[Any]:
    return [value] if isinstance(value, Tensor) or hasattr(value, "_as_graph_element") else []


def _from_function(function: Any, dtype: Any) -> Tensor:
    value = function()
    if callable(value) and not isinstance(value, (Tensor, Variable)):
        raise ValueError(f"The function given as initial_value must return a value, not the function {value!r}.")
    return convert_to_tensor(value, dtype, name="initial_value")


def _extents(initial: Tensor, validate: bool, shape: Any) -> Any:
    if shape is not None:
        return TensorShape(shape)._extents
    if validate and not initial.shape.is_fully_defined():
        raise ValueError(f"initial_value must have a shape specified: {initial}")
    return initial._extents if validate else None


def _collections(collections: Any, trainable: bool) -> list[Any]:
    if collections is None:
        collections = [GraphKeys.GLOBAL_VARIABLES]
    if not isinstance(collections, (list, tuple, set)):
        raise ValueError(
            "collections argument to Variable constructor must be a list, tuple, or set. "
            f"Got {collections} of type {type(collections)}"
        )
    names = list(collections)
    if trainable and GraphKeys.TRAINABLE_VARIABLES not in names:
        names.append(GraphKeys.TRAINABLE_VARIABLES)
    return names


def global_variables(scope: str | None = None) -> list[Any]:
    """The variables of the default graph that are shared by all of a model: what `Variable` makes.

    Args:
      scope: keep those whose names match this regular expression at their start.
    """
    return get_default_graph().get_collection(GraphKeys.GLOBAL_VARIABLES, scope)


all_variables = global_variables


def local_variables(scope: str | None = None) -> list[Any]:
    """The variables of the collection `LOCAL_VARIABLES`."""
    return get_default_graph().get_collection(GraphKeys.LOCAL_VARIABLES, scope)


def model_variables(scope: str | None = None) -> list[Any]:
    """The variables of the collection `MODEL_VARIABLES`."""
    return get_default_graph().get_collection(GraphKeys.MODEL_VARIABLES, scope)


def trainable_variables(scope: str | None = None) -> list[Any]:
    """The variables made with `trainable=True`."""
    return get_default_graph().get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


def variables_initializer(var_list: Any, name: str = "init") -> Operation:
    """Return an operation that gives every variable of the list its initial value."""
    return group(*[variable.initializer for variable in var_list], name=name)


initialize_variables = variables_initializer


def global_variables_initializer() -> Operation:
    """Return an operation that gives all global variables made so far their initial values."""
    return variables_initializer(global_variables())


initialize_all_variables = global_variables_initializer


def local_variables_initializer() -> Operation:
    """Return an operation that gives all local variables made so far their initial values."""
    return variables_initializer(local_variables())


initialize_local_variables = local_variables_initializer


def is_variable_initialized(variable: Any) -> Tensor:
    """Return a bool tensor: whether the variable has a value in the session."""
    return state.is_variable_initialized(variable)


def report_uninitialized_variables(var_list: Any = None, name: str = "report_uninitialized_variables") -> Tensor:
    """Return a string vector: the names of the variables without a value.

    Args:
      var_list: the variables; default: all global and local ones.
      name: a name for the scope.
    """
    from ...building.constant import constant
    from ..arrays.stacking import stack
    from ..elementwise.compare import logical_not
    from ..indexing.masking import boolean_mask  # type: ignore[import-not-found, unused-ignore]

    variables = global_variables() + local_variables() if var_list is None else list(var_list)
    with name_scope(name):
        if not variables:
            return constant([], dtypes.string, [0])
        missing = logical_not(stack([is_variable_initialized(variable) for variable in variables]))
        names = constant([variable.op.name for variable in variables], dtypes.string)
        result: Tensor = boolean_mask(names, missing)
        return result


def assert_variables_initialized(var_list: Any = None) -> Any:
    """Return an operation that raises FailedPreconditionError when a variable has no value; None without variables.

    Args:
      var_list: the variables; default: all global and local ones.
    """
    variables = global_variables() + local_variables() if var_list is None else list(var_list)
    return group(*[variable.read_value() for variable in variables]) if variables else None
