"""Finding or making the variables of `get_variable`: whole ones, and ones of several parts."""

from __future__ import annotations

from inspect import CO_VARKEYWORDS
from typing import Any

from ...base.origin import describe
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, init_scope, name_scope
from ...graph.graph_keys import GraphKeys
from ...graph.node import Tensor
from ...types.tensor_shape import TensorShape
from ..random.initializers import GlorotUniform, Zeros
from .partitioned import PartitionedVariable, PartitionInfo
from .scope_settings import AUTO_REUSE, VariableStore, variable_store
from .variables import Variable


def get_or_make(
    name: str, shape: Any = None, dtype: Any = None, partitioner: Any = None, reuse: Any = None, **arguments: Any
) -> Any:
    """Return the variable of a full name; see `get_variable`."""
    store = variable_store()
    reuse = store.current.reuse if reuse is None else reuse
    extents = None if shape is None else TensorShape(shape)
    if partitioner is not None and (extents is None or extents.ndims != 0):
        return _partitioned(store, name, extents, dtype, partitioner, reuse, arguments)
    if name in store.partitioned:
        return _partitioned(store, name, extents, dtype, None, reuse, arguments)
    return _single(store, name, extents, dtype, reuse, arguments)


def _single(store: VariableStore, name: str, shape: Any, dtype: Any, reuse: Any, arguments: Any) -> Any:
    """Find or make one variable. `arguments` has what else `Variable` takes, an initializer and a regularizer."""
    found = store.variables.get(name)
    if found is not None:
        return _reused(found, name, shape, dtype, reuse)
    _check_may_make(name, reuse)
    others = dict(arguments)
    regularizer, info = others.pop("regularizer", None), others.pop("partition_info", None)
    initial = _initial_value(name, shape, dtype, others.pop("initializer", None), info)
    with get_default_graph().name_scope(None):
        variable = Variable(initial, name=name, dtype=dtype, **others)
    store.variables[name] = variable
    if regularizer is not None:
        _regularize(variable, name, regularizer)
    return variable


def _check_may_make(name: str, reuse: Any) -> None:
    if reuse and reuse is not AUTO_REUSE:
        raise ValueError(
            f"Variable {name} does not exist, or was not created with tf.get_variable(). Did you mean to set "
            "reuse=tf.AUTO_REUSE in VarScope?"
        )


def _regularize(variable: Any, name: str, regularizer: Any) -> None:
    """Add a variable's loss to the collection of such losses."""
    graph = get_default_graph()
    # Out of the loop or branch that makes the variable, as a cell's variables are made in its loop.
    with graph.colocate_with(variable.op), name_scope(name + "/Regularizer/"), init_scope():
        loss = regularizer(variable)
    if loss is not None:
        graph.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)


def _partitioned(
    store: VariableStore, name: str, shape: Any, dtype: Any, partitioner: Any, reuse: Any, arguments: Any
) -> PartitionedVariable:
    """Find or make a variable of several parts."""
    counts = None if partitioner is None or shape is None else _counts(partitioner, shape, dtype)
    found = store.partitioned.get(name)
    if found is not None:
        return _reused_parts(found, name, shape, dtype, counts, reuse)
    if name in store.variables:
        raise ValueError(
            f"A partitioner was provided, but an unpartitioned version of the variable was found: {name}.  Perhaps a "
            "variable of the same name was already created without partitioning?"
        )
    _check_may_make(name, reuse)
    if shape is None or not shape.is_fully_defined():
        raise ValueError(
            "Shape of a new partitioned variable must be fully defined, but instead was "
            f"{TensorShape(None) if shape is None else shape}."
        )
    assert counts is not None
    axis = next((axis for axis, count in enumerate(counts) if count > 1), 0)
    whole = [int(extent) for extent in shape.as_list()]
    parts = []
    for number, (begin, size) in enumerate(_pieces(whole[axis], counts[axis])):
        offset, extents = [0] * len(whole), list(whole)
        offset[axis], extents[axis] = begin, size
        if begin >= whole[axis]:
            raise ValueError(
                f"Expected 0 <= offset < shape but found offset={begin}, shape={whole[axis]} for "
                f"var_offset={offset}, full_shape={whole}"
            )
        options = {**arguments, "partition_info": PartitionInfo(whole, offset)}
        part = _single(store, f"{name}/part_{number}", TensorShape(extents), dtype, reuse, options)
        part._set_save_slice_info(Variable.SaveSliceInfo(name, whole, offset, extents))
        parts.append(part)
    made = store.partitioned[name] = PartitionedVariable(name, shape, dtype, parts, counts)
    return made


def _counts(partitioner: Any, shape: TensorShape, dtype: Any) -> list[int]:
    """In how many parts each dimension is cut. Raises: ValueError if a partitioner says what cannot be."""
    counts = partitioner(shape=shape, dtype=dtype)
    if not isinstance(counts, (list, tuple)):
        raise ValueError(f"Partitioner must return a sequence, but saw: {counts}")
    if len(counts) != shape.ndims:
        raise ValueError(
            f"Partitioner returned a partition list that does not match the Variable's rank: {list(counts)} vs. {shape}"
        )
    if any(count < 1 for count in counts):
        raise ValueError(f"Partitioner returned zero partitions for some axes: {list(counts)}")
    if sum(count > 1 for count in counts) > 1:
        raise ValueError(f"Can only slice a variable along one dimension: shape: {shape}, partitioning: {list(counts)}")
    return list(counts)


def _pieces(extent: int, count: int) -> list[tuple[int, int]]:
    """Where the parts of a dimension begin, and how long they are; the first ones are longer by what is left."""
    size, rest = divmod(extent, count)
    begin, pieces = 0, []
    for number in range(count):
        length = size + (number < rest)
        pieces.append((begin, length))
        begin += length
    return pieces


def _reused_parts(
    found: PartitionedVariable, name: str, shape: Any, dtype: Any, counts: list[int] | None, reuse: Any
) -> PartitionedVariable:
    if not reuse:
        raise ValueError(
            f"Partitioned variable with name {name} already exists. Did you mean to set reuse=True or "
            "reuse=tf.AUTO_REUSE in VarScope?"
        )
    if shape is not None and not shape.is_compatible_with(found.shape):
        raise ValueError(
            f"Trying to reuse partitioned variable {name}, but specified shape {shape} and found shape {found.shape}."
        )
    if dtype is not None and not dtype.is_compatible_with(found.dtype):
        raise ValueError(
            f"Trying to reuse partitioned variable {name}, but specified dtype {dtype.name} and found dtype "
            f"{found.dtype.name}."
        )
    if counts is not None and counts != found._get_partitions():
        raise ValueError(
            f"Trying to reuse partitioned variable {name}, but specified partitions {counts} and found partitions "
            f"{found._get_partitions()}."
        )
    return found


def _reused(found: Variable, name: str, shape: Any, dtype: Any, reuse: Any) -> Variable:
    if not reuse:
        raise ValueError(
            f"Variable {name} already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in "
            f"VarScope? Originally defined at: {describe(found.op._frames)}"
        )
    if shape is not None and not found.shape.is_compatible_with(shape):
        raise ValueError(
            f"Trying to share variable {name}, but specified shape {TensorShape(shape)} and found shape {found.shape}."
        )
    if dtype is not None and not dtype.is_compatible_with(found.dtype):
        raise ValueError(
            f"Trying to share variable {name}, but specified dtype {dtype.name} and found dtype "
            f"{found.dtype.base_dtype.name}."
        )
    return found


def _initial_value(name: str, extents: Any, dtype: Any, initializer: Any, partition_info: Any) -> Any:
    if initializer is None:
        if extents is None:
            raise ValueError(f"Variable {name} did not get an initializer, so its `shape` argument must be specified.")
        initializer = GlorotUniform() if dtype.is_floating or dtype.is_complex else Zeros()
    if isinstance(initializer, type):
        initializer = initializer()
    if not callable(initializer) or isinstance(initializer, (Tensor, Variable)):
        if partition_info is not None:
            return _part_of(initializer, dtype, extents, partition_info)
        if extents is not None:
            raise ValueError("If initializer is a constant, do not specify shape.")
        return initializer
    if extents is None:
        return initializer
    if not extents.is_fully_defined():
        raise ValueError(
            "The initializer passed is not valid. It should be a callable with no arguments and the shape should not "
            "be provided or an instance of `tf.initializers.*' and `shape` should be fully defined."
        )
    known = {"partition_info": partition_info} if _takes(initializer, "partition_info") else {}
    return lambda: initializer(extents.as_list(), dtype=dtype, **known)


def _takes(function: Any, name: str) -> bool:
    """Whether a function, or an object that is called as one, has an argument of that name, or takes any."""
    called = function if hasattr(function, "__code__") else type(function).__call__
    code = getattr(called, "__code__", None)
    if code is None or code.co_flags & CO_VARKEYWORDS:
        return True
    return name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _part_of(initializer: Any, dtype: Any, extents: TensorShape, partition_info: PartitionInfo) -> Any:
    """The part of given values that is a part's initial value."""
    from ..arrays.slicing import slice as slice_of

    whole = convert_to_tensor(initializer, dtype)
    return slice_of(whole, partition_info.var_offset, extents.as_list())
