"""The operation types of lookup tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.context import KernelContext
from ...definition.opdef import NOT_DIFFERENTIABLE, Effects, OpDef
from ...definition.shapes import scalar_shape
from ...types.array_values import as_bytes
from .dense_table import DenseTable
from .table_resource import FixedTable, Table
from .text_file import pairs_of_file

_OWNS = Effects("table")
_LOOKS = Effects("table", reads=True)
_CHANGES = Effects("table", reads=True, writes=True)
_ATTRS: dict[str, Any] = {
    "container": ("string", b""),
    "shared_name": ("string", b""),
    "use_node_name_sharing": ("bool", False),
    "key_dtype": ("type",),
    "value_dtype": ("type",),
}


def _found(context: KernelContext, make: Callable[[str, Any], Table]) -> Table:
    """The table that an operation names. Raises: InvalidArgumentError if it has other types than its operation says."""
    attrs = context.op.attrs
    name = as_bytes(attrs.get("shared_name", b"")).decode() or context.op.name
    table: Table = context.state.resources.of_operation(context.op, "table", lambda op: make(name, op.attrs))
    if (table.key_dtype, table.value_dtype) != (attrs["key_dtype"], attrs["value_dtype"]):
        raise InvalidArgumentError(
            None, context.op,
            f"Conflicting key/value dtypes {attrs['key_dtype'].name}->{attrs['value_dtype'].name} with "
            f"{table.key_dtype.name}-{table.value_dtype.name} for table {name}",
        )  # fmt: skip
    return table


def _extents(shape: Any) -> tuple[int, ...]:
    if shape is None or None in shape:
        raise InvalidArgumentError(None, None, f"The shape of a table's values must be known, got {shape}.")
    return tuple(shape)


def _dense_kernel(context: KernelContext, empty_key: Any, deleted_key: Any) -> Table:
    def make(name: str, a: Any) -> Table:
        return DenseTable(
            name, a["key_dtype"], a["value_dtype"], _extents(a["value_shape"]), empty_key, deleted_key,
            a["initial_num_buckets"], a["max_load_factor"],
        )  # fmt: skip

    return _found(context, make)


HASH_TABLE = OpDef(
    name="HashTableV2",
    signature="-> table_handle: resource",
    attrs=_ATTRS,
    shape=scalar_shape,
    kernel=lambda context: _found(context, lambda name, a: FixedTable(name, a["key_dtype"], a["value_dtype"])),
    effects=_OWNS,
)
MUTABLE_HASH_TABLE = OpDef(
    name="MutableHashTableV2",
    signature="-> table_handle: resource",
    attrs=_ATTRS,
    shape=scalar_shape,
    kernel=lambda context: _found(context, lambda name, a: Table(name, a["key_dtype"], a["value_dtype"])),
    effects=_OWNS,
)
MUTABLE_HASH_TABLE_OF_TENSORS = OpDef(
    name="MutableHashTableOfTensorsV2",
    signature="-> table_handle: resource",
    attrs={**_ATTRS, "value_shape": ("shape", ())},
    shape=scalar_shape,
    kernel=lambda context: _found(
        context, lambda name, a: Table(name, a["key_dtype"], a["value_dtype"], _extents(a["value_shape"]))
    ),
    effects=_OWNS,
)
MUTABLE_DENSE_HASH_TABLE = OpDef(
    name="MutableDenseHashTableV2",
    signature="empty_key: key_dtype, deleted_key: key_dtype -> table_handle: resource",
    attrs={
        **_ATTRS,
        "value_shape": ("shape", ()),
        "initial_num_buckets": ("int", 131072),
        "max_load_factor": ("float", 0.8),
    },
    shape=scalar_shape,
    kernel=_dense_kernel,
    effects=_OWNS,
)


def _chosen(handle: Any) -> Table:
    """The table that a handle is; one that was picked from several lies in an array."""
    table: Table = handle.item() if isinstance(handle, np.ndarray) else handle
    return table


def _find_kernel(context: KernelContext, table_handle: Any, keys: Any, default_value: Any) -> Any:
    table = _chosen(table_handle)
    table.check_types(context.op.attrs["Tin"], context.op.attrs["Tout"])
    return table.find(keys, default_value)


def _find_shape(query: Any) -> Any:
    """That of the keys, each of them having a value: known where the table is in the graph."""
    keys, default = query.shapes[1], query.shapes[2]
    if default is not None and len(default) > 1:
        raise ValueError(f"Shape must be at most rank 1 but is rank {len(default)}")
    maker = query.makers[0] if query.makers else None
    if keys is None or default is None or maker is None or "key_dtype" not in maker.attrs:
        return None
    rank = maker.inputs[0].shape.ndims if maker.inputs else 0
    if rank is None or rank > len(keys):
        return None
    return (*keys[: len(keys) - rank], *default)


def _insert_kernel(context: KernelContext, table_handle: Any, keys: Any, values: Any) -> Any:
    table = _chosen(table_handle)
    table.check_types(context.op.attrs["Tin"], context.op.attrs["Tout"])
    table.insert(keys, values)
    return ()


def _import_kernel(context: KernelContext, table_handle: Any, keys: Any, values: Any) -> Any:
    table = _chosen(table_handle)
    attrs = context.op.attrs
    table.check_types(attrs["Tin"], attrs["Tout"])
    table.import_all(keys, values)
    return ()


def _initialize_kernel(context: KernelContext, table_handle: Any, keys: Any, values: Any) -> Any:
    table = _initializable(table_handle)
    table.check_types(context.op.attrs["Tkey"], context.op.attrs["Tval"])
    table.import_all(keys, values)
    return ()


def _initializable(handle: Any) -> FixedTable:
    table = _chosen(handle)
    if not isinstance(table, FixedTable):
        raise InvalidArgumentError(None, None, f"Table {table.name} is not initializable")
    return table


def _remove_kernel(context: KernelContext, table_handle: Any, keys: Any) -> Any:
    table = _chosen(table_handle)
    table.check_types(context.op.attrs["Tin"])
    table.remove(keys)
    return ()


def _export_kernel(context: KernelContext, table_handle: Any) -> Any:
    table = _chosen(table_handle)
    table.check_types(context.op.attrs["Tkeys"], context.op.attrs["Tvalues"])
    return table.export()


def _export_shape(query: Any) -> Any:
    maker = query.makers[0] if query.makers else None
    if maker is None or "key_dtype" not in maker.attrs:
        return [None, None]
    if maker.inputs:
        # The buckets of a dense table, always a matrix; TensorFlow says that they are vectors, which they are not.
        return [None, None]
    return [(None,), (None, *maker.attrs.get("value_shape", ()))]


def _same_vectors(query: Any) -> Any:
    """An initializer's keys and values are vectors of one length."""
    lengths = []
    for shape in query.shapes[1:]:
        if shape is not None and len(shape) != 1:
            raise ValueError(f"Shape must be rank 1 but is rank {len(shape)}")
        lengths.append(None if shape is None else shape[0])
    if None not in lengths and lengths[0] != lengths[1]:
        raise ValueError(f"Dimension 0 in both shapes must be equal, but are {lengths[0]} and {lengths[1]}")
    return []


def _import_shape(query: Any) -> Any:
    """Of a table that is filled once, vectors of one length; others say it when it runs."""
    is_fixed = bool(query.makers) and query.makers[0].type == HASH_TABLE.name
    return _same_vectors(query) if is_fixed else []


def _file_kernel(context: KernelContext, table_handle: Any, filename: Any) -> Any:
    table = _initializable(table_handle)
    if filename.ndim:
        raise InvalidArgumentError(
            None, None, f"filename should be a single string, but got shape {list(filename.shape)}"
        )
    a = context.op.attrs
    table.initialize(pairs_of_file(
        as_bytes(filename.item()).decode(), (table.key_dtype, table.value_dtype), (a["key_index"], a["value_index"]),
        a["vocab_size"], as_bytes(a["delimiter"]),
    ))  # fmt: skip
    return ()


LOOKUP_TABLE_FIND = OpDef(
    name="LookupTableFindV2",
    signature="table_handle: resource, keys: Tin, default_value: Tout -> values: Tout",
    shape=_find_shape,
    kernel=_find_kernel,
    gradient=NOT_DIFFERENTIABLE,
    effects=_LOOKS,
)
LOOKUP_TABLE_INSERT = OpDef(
    name="LookupTableInsertV2",
    signature="table_handle: resource, keys: Tin, values: Tout ->",
    kernel=_insert_kernel,
    gradient=NOT_DIFFERENTIABLE,
    effects=_CHANGES,
)
LOOKUP_TABLE_REMOVE = OpDef(
    name="LookupTableRemoveV2",
    signature="table_handle: resource, keys: Tin ->",
    kernel=_remove_kernel,
    effects=_CHANGES,
)
LOOKUP_TABLE_SIZE = OpDef(
    name="LookupTableSizeV2",
    signature="table_handle: resource -> size: int64",
    shape=scalar_shape,
    kernel=lambda context, table_handle: np.array(_chosen(table_handle).size(), np.int64),
    effects=_LOOKS,
)
LOOKUP_TABLE_EXPORT = OpDef(
    name="LookupTableExportV2",
    signature="table_handle: resource -> keys: Tkeys, values: Tvalues",
    shape=_export_shape,
    kernel=_export_kernel,
    effects=_LOOKS,
)
LOOKUP_TABLE_IMPORT = OpDef(
    name="LookupTableImportV2",
    signature="table_handle: resource, keys: Tin, values: Tout ->",
    shape=_import_shape,
    kernel=_import_kernel,
    gradient=NOT_DIFFERENTIABLE,
    effects=_CHANGES,
)
INITIALIZE_TABLE = OpDef(
    name="InitializeTableV2",
    signature="table_handle: resource, keys: Tkey, values: Tval ->",
    shape=_same_vectors,
    kernel=_initialize_kernel,
    gradient=NOT_DIFFERENTIABLE,
    effects=_CHANGES,
)
INITIALIZE_TABLE_FROM_TEXT_FILE = OpDef(
    name="InitializeTableFromTextFileV2",
    signature="table_handle: resource, filename: string ->",
    attrs={
        "key_index": ("int",),
        "value_index": ("int",),
        "vocab_size": ("int", -1),
        "delimiter": ("string", b"\t"),
    },
    kernel=_file_kernel,
    effects=_CHANGES,
)
