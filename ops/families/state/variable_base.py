"""`Variable`: what both kinds of variables have in common, and what is made when it is called.

`Variable(...)` is one of two kinds: a reference (`RefVariable`), whose operation gives the place itself, or a resource
(`ResourceVariable`), whose operation gives a handle. Which one, and what user's creators make of it, says the function
that `variables.py` puts here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...base.errors import OperatorNotAllowedInGraphError
from ...base.late import late
from ...building.convert import _from_graph_element, convert_to_tensor, register_tensor_conversion_function
from ...building.default_graph import get_default_graph, init_scope
from ...graph.graph_keys import GraphKeys
from ...graph.node import Tensor
from ...graph.operation import Operation
from ...graph.operators import Operators
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from . import assignments as state
from . import save_slice_info as slices
from .updates import scatter_ops as scatter
from .variable_defs import variable_to_proto


class VariableSynchronization:
    """How a distributed variable's copies follow each other; kept, without effect in one process."""

    AUTO, NONE, ON_WRITE, ON_READ = range(4)


class VariableAggregation:
    """How a distributed variable's updates are combined; kept, without effect in one process."""

    NONE, SUM, MEAN, ONLY_FIRST_REPLICA, ONLY_FIRST_TOWER = 0, 1, 2, 3, 3


class VariableMetaclass(type):
    """Has `Variable(...)` make one of its kinds; the kinds are made as other classes' objects are."""

    create: Callable[..., Any]

    @property
    def __signature__(cls) -> Any:
        """What `inspect` shows: the arguments, not those of this class's `__call__`."""
        import inspect

        whole = inspect.signature(cls.__init__)  # type: ignore[misc]
        return whole.replace(parameters=list(whole.parameters.values())[1:], return_annotation=cls)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls.__dict__.get("_is_base"):
            return VariableMetaclass.create(*args, **kwargs)
        return super().__call__(*args, **kwargs)


class Variable(Operators, metaclass=VariableMetaclass):
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
      use_resource: whether it is a resource; default: what the variable scope says, else
        `enable_resource_variables`.
      synchronization, aggregation: kept.
      shape: the shape; default: that of the initial value.
    Raises: ValueError without an initial value, or if its shape is not known and `validate_shape`.
    """

    _is_base = True  # of this class alone
    _save_slice_info: slices.SaveSliceInfo | None = None
    SaveSliceInfo = slices.SaveSliceInfo

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
            self._restore(variable_def, import_scope)
            return
        if initial_value is None:
            raise ValueError("initial_value must be specified.")
        if constraint is not None and not callable(constraint):
            raise ValueError("The `constraint` argument must be a callable.")
        self._trainable = True if trainable is None else bool(trainable)
        self._constraint = constraint
        self.synchronization = synchronization
        self.aggregation = aggregation
        joined = _collections(collections, self._trainable)
        with init_scope():
            self._build(
                initial_value,
                None if dtype is None else dtypes.as_dtype(dtype),
                name,
                validate_shape,
                shape,
                caching_device,
            )
        get_default_graph().add_to_collections(joined, self)

    # What a kind of variable says of itself.

    _initializer: Operation
    _initial_value: Tensor | None

    def _build(
        self, initial: Any, dtype: Any, name: str | None, validate: bool, shape: Any, caching_device: Any
    ) -> None:
        """Add the operations."""
        raise NotImplementedError

    def _restore(self, variable_def: Any, import_scope: str | None) -> None:
        """Find the operations that a VariableDef message names."""
        raise NotImplementedError

    def _dense_tensor(self, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
        """The tensor that stands for the variable where one is wanted."""
        raise NotImplementedError

    def value(self) -> Tensor:
        """The tensor of the value: what the variable is converted to."""
        raise NotImplementedError

    def read_value(self) -> Tensor:
        """A new tensor of the value, read where it is made: inside `control_dependencies` after those."""
        raise NotImplementedError

    def initialized_value(self) -> Tensor:
        """A tensor of the value, or of the initial value if the variable has none yet."""
        from ..control_flow.cond import cond

        result: Tensor = cond(state.is_variable_initialized(self), self.read_value, lambda: self.initial_value)
        return result

    def _as_graph_element(self) -> Tensor:
        raise NotImplementedError

    @property
    def name(self) -> str:
        """`operation:0`."""
        raise NotImplementedError

    @property
    def dtype(self) -> dtypes.DType:
        """The type; of a reference a reference type (`float32_ref`)."""
        raise NotImplementedError

    @property
    def shape(self) -> TensorShape:
        """The static shape."""
        raise NotImplementedError

    @property
    def op(self) -> Operation:
        """The operation of the variable: `VariableV2`, or `VarHandleOp`."""
        raise NotImplementedError

    # What it is.

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self.shape

    @property
    def graph(self) -> Any:
        """The graph it is in."""
        return self.op.graph

    @property
    def device(self) -> str:
        """The device that was asked for."""
        return self.op.device

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
    def initial_value(self) -> Any:
        """The tensor of the initial value."""
        return self._initial_value

    @property
    def _shared_name(self) -> str:
        return self.name[: self.name.index(":")]

    def _set_save_slice_info(self, save_slice_info: slices.SaveSliceInfo) -> None:
        self._save_slice_info = save_slice_info

    def _get_save_slice_info(self) -> slices.SaveSliceInfo | None:
        return self._save_slice_info

    # Reading.

    def eval(self, session: Any = None) -> Any:
        """Return the value in `session`, or in the default session."""
        return self._as_graph_element().eval(session=session)

    def sparse_read(self, indices: Any, name: str | None = None) -> Tensor:
        """The rows at `indices`, as `gather`."""
        from ..indexing.gathering import gather

        return gather(self, indices, name=name)

    def gather_nd(self, indices: Any, name: str | None = None) -> Tensor:
        """The elements or slices at `indices`, as the function `gather_nd`."""
        from ..indexing.batch_gathering import gather_nd

        return gather_nd(self, indices, name=name)

    # Changing.

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
        """Return an operation's output that gives the variable a new value and is the variable after that.

        Args:
          value: the new value.
          use_locking: kept in the graph.
          name: a name for the operation.
          read_value: False returns the Operation.
        """
        return _output(state.assign(self._as_graph_element(), value, use_locking=use_locking, name=name), read_value)

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Add `delta`; arguments as in `assign`."""
        return _output(state.assign_add(self._as_graph_element(), delta, use_locking, name), read_value)

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Subtract `delta`; arguments as in `assign`."""
        return _output(state.assign_sub(self._as_graph_element(), delta, use_locking, name), read_value)

    def count_up_to(self, limit: int) -> Any:
        """Increment; the value before. Raises when run: OutOfRangeError at `limit`."""
        return state.count_up_to(self, limit)

    def scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Set the rows that the IndexedSlices `sparse_delta` names."""
        return scatter.scatter_update(self, *_rows(sparse_delta), use_locking, name)

    def scatter_add(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Add to the rows that the IndexedSlices `sparse_delta` names."""
        return scatter.scatter_add(self, *_rows(sparse_delta), use_locking, name)

    def scatter_sub(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Subtract from the rows that the IndexedSlices `sparse_delta` names."""
        return scatter.scatter_sub(self, *_rows(sparse_delta), use_locking, name)

    def scatter_mul(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Multiply the rows that the IndexedSlices `sparse_delta` names."""
        return scatter.scatter_mul(self, *_rows(sparse_delta), use_locking, name)

    def scatter_div(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Divide the rows that the IndexedSlices `sparse_delta` names."""
        return scatter.scatter_div(self, *_rows(sparse_delta), use_locking, name)

    def scatter_min(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Take the minimum of the rows that the IndexedSlices `sparse_delta` names and its values."""
        return scatter.scatter_min(self, *_rows(sparse_delta), use_locking, name)

    def scatter_max(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Take the maximum of the rows that the IndexedSlices `sparse_delta` names and its values."""
        return scatter.scatter_max(self, *_rows(sparse_delta), use_locking, name)

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Set elements or slices; see the function `scatter_nd_update`."""
        return scatter.scatter_nd_update(self, indices, updates, True, name)

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Add to elements or slices; see the function `scatter_nd_update`."""
        return scatter.scatter_nd_add(self, indices, updates, True, name)

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Subtract from elements or slices; see the function `scatter_nd_update`."""
        return scatter.scatter_nd_sub(self, indices, updates, True, name)

    def batch_scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Set rows along the last dimension of the indices, for each index of the dimensions before it."""
        from .updates.batch_scatter import batch_scatter_update

        return batch_scatter_update(self, *_rows(sparse_delta), use_locking, name)

    def _strided_slice_assign(self, begin: Any, end: Any, strides: Any, value: Any, name: str, masks: Any) -> Any:
        """Build the assignment of `variable[...].assign(value)`."""
        raise NotImplementedError

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

    def _checked_type(self, dtype: Any) -> None:
        """Raises: ValueError if a tensor of another type is wanted."""
        if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(self.dtype):
            raise ValueError(
                f"Incompatible type conversion requested to type '{dtypes.as_dtype(dtype).name}' for variable of type "
                f"'{self.dtype.name}'"
            )

    def __getitem__(self, key: Any) -> Any:
        return late("getitem").getitem(self.value(), key, self)

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


register_tensor_conversion_function(Variable, _from_graph_element)


def _output(reference: Any, read_value: bool) -> Any:
    return reference if read_value else reference.op


def _rows(sparse_delta: Any) -> tuple[Any, Any]:
    """What IndexedSlices name. Raises: TypeError for something else."""
    if not hasattr(sparse_delta, "indices"):
        raise TypeError(f"sparse_delta is not IndexedSlices: {sparse_delta!r}")
    return sparse_delta.indices, sparse_delta.values


def own_group(name: str) -> Any:
    """Place what is made inside with the variable of that name, unless it is placed with something else already."""
    graph = get_default_graph()
    return graph._attr_scope({} if graph._scopes.colocation else {"_class": (b"loc:@" + name.encode(),)})


def tensors_in(value: Any) -> list[Any]:
    """The value in a list if it is a tensor or stands for one, for the graph of a name scope."""
    return [value] if isinstance(value, Tensor) or hasattr(value, "_as_graph_element") else []


def from_function(function: Any, dtype: Any) -> Tensor:
    """The tensor that a function given as initial value returns. Raises: ValueError if it is a function again."""
    value = function()
    if callable(value) and not isinstance(value, (Tensor, Variable)):
        raise ValueError(f"The function given as initial_value must return a value, not the function {value!r}.")
    return convert_to_tensor(value, dtype, name="initial_value")


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
