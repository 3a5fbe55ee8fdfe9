"""Variables as operations: the cell that holds a value, and the operations that read and change it.

`VariableV2` gives the cell itself: its output type is a reference (`float32_ref`). An input declared `Ref(T)` receives
the cell; every other consumer of a reference receives the value the cell holds when the consumer runs. A cell never
changes an array in place: it takes a new one, so an array that a user or another operation holds stays as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from ...base import forks
from ...base.errors import FailedPreconditionError, InternalError, OutOfRangeError
from ...base.ownership import is_owned
from ...building.build import build
from ...definition.context import KernelContext
from ...definition.opdef import NOT_DIFFERENTIABLE, Effects, OpDef
from ...definition.shapes import merge, scalar_shape
from ...definition.update import Update
from ...graph.node import Tensor, TensorLike
from ...types.dtypes import NUMERIC, QUANTIZED, DType, int32, int64
from ...types.tensor_shape import TensorShape, brackets, format_extents

Array = np.ndarray[Any, Any]


def _count_of_one_holder() -> int:
    """What `own_array` counts as references of an array that only its cell holds."""
    box = np.full(1, None, object)
    box[0] = np.zeros(1)
    value = box.item()
    return sys.getrefcount(value)


_ALONE = _count_of_one_holder()
_NUMBERS = NUMERIC + QUANTIZED
_HOLDS = Effects("variable")
_READS = Effects("variable", reads=True)
_WRITES = Effects("variable", reads=True, writes=True)


class VariableCell:
    """The place of one variable in a session.

    Attributes:
      name: the variable's name, for messages.
      extents: the declared shape; a value assigned with `validate_shape=True` must fit the value's or else this one.
      value: the value as a read-only array, or None before the first assignment.
      lock: held while a read-modify-write operation works, so that updates of several threads add up.
      box: an object array of one element, the value: compiled steps read and write it at its address.
      busy: an integer array of one element, not zero while an update is under way: compiled steps keep away then.
    """

    __slots__ = ("__weakref__", "box", "busy", "dtype", "extents", "lock", "name")

    def __init__(self, name: str, dtype: DType, extents: Any) -> None:
        self.name = name
        self.dtype = dtype
        self.extents = extents
        self.box = np.full(1, None, object)
        self.busy = np.zeros(1, np.int64)
        self.lock = forks.busy_lock(self.busy)

    @property
    def value(self) -> Array | None:
        """The value as a read-only array, or None before the first assignment."""
        value: Array | None = self.box.item()
        return value

    @contextmanager
    def updating(self) -> Iterator[Array]:
        """Hold off other updates inside the block. Yields: the value."""
        with self.lock:
            self.busy[0] += 1
            try:
                yield self.read()
            finally:
                self.busy[0] -= 1

    def read(self, op_name: str | None = None) -> Array:
        """Return the value; never modified afterwards. Raises: FailedPreconditionError before the first assignment."""
        if self.busy[0]:
            with self.lock:  # it may be changed in place now, by another thread
                value = self.value
        else:
            value = self.value
        if value is None:
            raise FailedPreconditionError(
                None, None, f"Attempting to use uninitialized value {self.name}"
                + (f" (needed by '{op_name}')" if op_name and op_name != self.name else "")
                + ". Run its initializer first, for instance tf.global_variables_initializer().",
            )  # fmt: skip
        return value

    def own_array(self) -> Array:
        """The value as an array that may be changed, inside of `updating`, and is given to `set` then.

        It is the value's own memory if nobody but the cell holds it, else a copy.
        """
        value = self.box.item()
        if sys.getrefcount(value) <= _ALONE:
            with suppress(ValueError):
                value.flags.writeable = True
                return value  # type: ignore[no-any-return]
        return np.array(value, order="C")

    def set(self, value: Any) -> None:
        """Take `value` over: the caller gives the array away; it is read-only from now on."""
        array = np.asarray(value, self.dtype.np_dtype)
        array.flags.writeable = False
        self.box[0] = array

    def clear(self) -> None:
        """Lose the value, and with it the shape: the variable is uninitialized again."""
        with self.lock:
            self.box[0] = None

    def shape_now(self) -> Any:
        """The extents a new value must have: those of the value, or the declared ones."""
        return self.extents if self.value is None else self.value.shape

    def __repr__(self) -> str:
        return f"<VariableCell {self.name} {self.dtype.name}{format_extents(self.shape_now())}>"


def _variable_kernel(context: KernelContext) -> VariableCell:
    """Find the variable's cell in the session, making it at the first use."""
    op = context.op
    cell: VariableCell = context.state.resources.of_operation(op, "variable", _make_cell)
    if cell.dtype is not op.attrs["dtype"]:
        raise InternalError(
            None, op,
            f"Output 0 of type {cell.dtype.name}_ref does not match declared output type {op.attrs['dtype'].name}_ref: "
            f"'{op.name}' shares the variable '{cell.name}' of its container, which another graph made.",
        )  # fmt: skip
    return cell


def _make_cell(op: Any) -> VariableCell:
    return VariableCell(op.name, op.attrs["dtype"], op.attrs["shape"])


_VARIABLE_ATTRS = {
    "shape": ("shape",),
    "dtype": ("type",),
    "container": ("string", b""),
    "shared_name": ("string", b""),
}

VARIABLE_V2 = OpDef(
    name="VariableV2",
    signature="-> ref: Ref(dtype)",
    attrs=_VARIABLE_ATTRS,
    shape=lambda q: q.attrs["shape"],
    kernel=_variable_kernel,
    effects=_HOLDS,
    update=Update(0),
)

VARIABLE = OpDef(
    name="Variable",
    signature="-> ref: Ref(dtype)",
    attrs=_VARIABLE_ATTRS,
    shape=lambda q: q.attrs["shape"] or None,  # the old operation means "unknown" by an empty shape
    kernel=_variable_kernel,
    effects=_HOLDS,
    update=Update(0),
)


def _assign_shape(query: Any) -> Any:
    if query.attrs["validate_shape"]:
        return merge(query.shapes[0], query.shapes[1])
    return query.shapes[1]


def _assign_kernel(context: KernelContext, ref: VariableCell, value: Array, *, validate_shape: Any) -> VariableCell:
    if validate_shape:
        wanted = ref.shape_now()
        if wanted != value.shape and not TensorShape._of(wanted).is_compatible_with(value.shape):
            raise ValueError(
                "Assign requires shapes of both tensors to match. "
                f"lhs shape= {brackets(wanted)} rhs shape= {brackets(value.shape)}"
            )
    if not is_owned(value):  # a view may be of an array that the user fed
        value = np.array(value, order="C")
    ref.set(value)
    return ref


ASSIGN = OpDef(
    name="Assign",
    signature="ref: Ref(T), value: T -> output_ref: Ref(T)",
    attrs={"validate_shape": ("bool", True), "use_locking": ("bool", True)},
    shape=_assign_shape,
    kernel=_assign_kernel,
    effects=Effects("variable", writes=True),
    gradient=NOT_DIFFERENTIABLE,
    update=Update(1, lambda g, attrs, ref, value: (value,) if attrs["validate_shape"] else None),
)


def after(context: KernelContext, ref: VariableCell) -> Any:
    """What an update returns: the reference, if the operation has an output."""
    return ref if context.op.op_def.outputs else ()


def update_kernel(combine: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """The kernel of an update that combines the value with another of its shape."""

    def kernel(context: KernelContext, ref: VariableCell, value: Array) -> Any:
        with ref.updating() as current:
            if current.shape != value.shape:
                raise ValueError(
                    f"{context.op.type}: shapes of variable '{ref.name}' and value must match, but are "
                    f"{brackets(current.shape)} and {brackets(value.shape)}"
                )
            ref.set(combine(current, value))
        return after(context, ref)

    return kernel


ASSIGN_ADD = OpDef(
    name="AssignAdd",
    signature="ref: Ref(T), value: T -> output_ref: Ref(T)",
    where={"T": _NUMBERS},
    attrs={"use_locking": ("bool", False)},
    shape=lambda q: merge(q.shapes[0], q.shapes[1]),
    kernel=update_kernel(np.add),
    effects=_WRITES,
    gradient=NOT_DIFFERENTIABLE,
    update=Update(1, lambda g, attrs, ref, value: (g("AddV2", ref, value),)),
)

ASSIGN_SUB = OpDef(
    name="AssignSub",
    signature="ref: Ref(T), value: T -> output_ref: Ref(T)",
    where={"T": _NUMBERS},
    attrs={"use_locking": ("bool", False)},
    shape=lambda q: merge(q.shapes[0], q.shapes[1]),
    kernel=update_kernel(np.subtract),
    effects=_WRITES,
    gradient=NOT_DIFFERENTIABLE,
    update=Update(1, lambda g, attrs, ref, value: (g("Sub", ref, value),)),
)


def _is_initialized_kernel(context: KernelContext, ref: VariableCell) -> Array:
    return np.array(ref.value is not None)


IS_VARIABLE_INITIALIZED = OpDef(
    name="IsVariableInitialized",
    signature="ref: Ref(dtype) -> is_initialized: bool",
    shape=scalar_shape,
    kernel=_is_initialized_kernel,
    effects=_READS,
)


def count_up_to_kernel(context: KernelContext, ref: VariableCell, *, limit: int) -> Array:
    """Count, and return the number before."""
    with ref.updating() as current:
        if current >= limit:
            raise OutOfRangeError(None, None, f"Reached limit of {limit}")
        ref.set(np.array(current + 1, current.dtype))
    return current


COUNT_UP_TO = OpDef(
    name="CountUpTo",
    signature="ref: Ref(T) -> output: T",
    where={"T": (int32, int64)},
    attrs={"limit": ("int",)},
    shape=scalar_shape,
    kernel=count_up_to_kernel,
    effects=_WRITES,
)


def _place(ref: Any) -> tuple[Tensor, tuple[bytes, ...]]:
    """The reference tensor of a variable, and the group its updates are placed with."""
    tensor = ref if isinstance(ref, Tensor) else ref._as_graph_element()
    return tensor, tuple(tensor.op.colocation_groups())


def is_resource(ref: Any) -> bool:
    """Whether a variable is a resource variable; its operations are `ref`'s own methods."""
    return hasattr(ref, "_handle")


def _require_variable(ref: Any, method: str) -> None:
    if isinstance(ref, Tensor) and not ref.dtype._is_ref_dtype:
        raise AttributeError(f"'Tensor' object has no attribute '{method}': {ref!r} is no variable.")


def assign(
    ref: Any,
    value: TensorLike,
    validate_shape: bool | None = None,
    use_locking: bool | None = None,
    name: str | None = None,
) -> Any:
    """Give a variable a new value.

    Args:
      ref: the variable.
      value: the value, of the variable's type.
      validate_shape: whether the value must have the variable's shape (default); False lets the shape change.
      use_locking: kept in the graph; assignments never overlap here.
      name: a name for the operation.
    Returns: the variable's reference after the assignment.
    Raises: ValueError for a shape that does not fit, TypeError for another type.
    """
    if is_resource(ref) or isinstance(ref, Tensor) and hasattr(ref, "assign"):  # `variable[...]` is such a tensor
        return ref.assign(value, name=name)
    _require_variable(ref, "assign")
    tensor, group = _place(ref)
    attrs = {} if validate_shape is None else {"validate_shape": validate_shape}
    locking = {} if use_locking is None else {"use_locking": use_locking}
    return build(ASSIGN, tensor, value, name=name, _class=group, **attrs, **locking)


def update_variable(
    op_def: OpDef, method: str, ref: Any, values: tuple[Any, ...], use_locking: bool | None, name: str | None
) -> Any:
    """Build an update of a reference."""
    _require_variable(ref, method)
    tensor, group = _place(ref)
    locking = {} if use_locking is None else {"use_locking": use_locking}
    return build(op_def, tensor, *values, name=name, _class=group, **locking)


def assign_add(ref: Any, value: TensorLike, use_locking: bool | None = None, name: str | None = None) -> Any:
    """Add `value` to a variable; returns its reference after that. Arguments as in `assign`."""
    if is_resource(ref):
        return ref.assign_add(value)
    return update_variable(ASSIGN_ADD, "assign_add", ref, (value,), use_locking, name)


def assign_sub(ref: Any, value: TensorLike, use_locking: bool | None = None, name: str | None = None) -> Any:
    """Subtract `value` from a variable; returns its reference after that. Arguments as in `assign`."""
    if is_resource(ref):
        return ref.assign_sub(value)
    return update_variable(ASSIGN_SUB, "assign_sub", ref, (value,), use_locking, name)


def count_up_to(ref: Any, limit: int, name: str | None = None) -> Any:
    """Increment an integer variable; returns the value before. Raises when run: OutOfRangeError at `limit`."""
    if is_resource(ref):
        return ref._count_up_to(limit, name)
    tensor, group = _place(ref)
    return build(COUNT_UP_TO, tensor, name=name, limit=limit, _class=group)


def is_variable_initialized(ref: Any, name: str | None = None) -> Tensor:
    """Return a bool tensor: whether the variable has a value in the session."""
    if is_resource(ref):
        result: Tensor = ref.is_initialized(name)
        return result
    tensor, group = _place(ref)
    result = build(IS_VARIABLE_INITIALIZED, tensor, name=name, _class=group)
    return result
