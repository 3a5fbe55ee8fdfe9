"""The operations that write tensors to checkpoints and read them: TensorFlow's formats, see `ops/formats`.

A checkpoint appears whole, when all of its tensors are written; what is restored was summed and compared before any of
it is given on, so that a broken file changes no variable.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError, NotFoundError
from ...definition.context import KernelContext
from ...definition.opdef import Effects, OpDef
from ...definition.shape_checks import check_ranks, ranked, require_extent
from ...definition.shapes import merge, scalar_shape
from ...formats.bundle_writer import BundleWriter, merge_bundles
from ...formats.checkpoints import open_checkpoint
from ...formats.file_system import as_op_error
from ...formats.old_checkpoint import OldWriter
from ...formats.tensor_slice import parse_shape_and_slice
from ...types.array_values import as_bytes
from ...types.dtypes import DType

Array = np.ndarray[Any, Any]
_READS = Effects("file", reads=True)
_WRITES = Effects("file", reads=True, writes=True)


def _text(value: Any) -> str:
    """The one string of a tensor."""
    array = np.asarray(value)
    if array.size != 1:
        raise InvalidArgumentError(None, None, f"a path must be one string, got shape {list(array.shape)}")
    return as_bytes(array.reshape(-1)[0]).decode()


def _texts(value: Array, count: int, what: str) -> list[str]:
    if value.shape != (count,):
        raise InvalidArgumentError(None, None, f"{what}: shape [{count}] expected, got {list(value.shape)}")
    return [as_bytes(item).decode() for item in value]


def _write(
    writer: Any, names: Sequence[str], slices: Sequence[str], tensors: Sequence[Array], types: Sequence[DType]
) -> None:
    for name, spec, tensor, dtype in zip(names, slices, tensors, types):
        if not spec:
            writer.add(name, tensor, dtype)
            continue
        shape, part, extents = parse_shape_and_slice(spec)
        if extents != tensor.shape:
            raise InvalidArgumentError(
                None, None,
                f"Slice in shape_and_slice specification does not match the shape of the tensor to save: {spec}, "
                f"tensor: {list(tensor.shape)}",
            )  # fmt: skip
        writer.add_slice(name, shape, part, tensor, dtype)
    writer.finish()


def _save_kernel(
    context: KernelContext, prefix: Array, tensor_names: Array, shape_and_slices: Array, tensors: list[Array], *,
    dtypes: Any,
) -> tuple[()]:  # fmt: skip
    names = _texts(tensor_names, len(tensors), "tensor_names")
    slices = _texts(shape_and_slices, len(tensors), "shape_and_slices")
    try:
        with BundleWriter(_text(prefix)) as writer:
            _write(writer, names, slices, tensors, dtypes)
    except OSError as error:
        raise as_op_error(error) from error
    return ()


def _saved_shape(query: Any) -> list[Any]:
    """No output; a name and a slice for each tensor."""
    check_ranks(query, 0, 1, 1)
    for names in query.shapes[1:3]:
        if names is not None:
            require_extent(names[0], len(query.attrs["dtypes"]))
    return []


SAVE_V2 = OpDef(
    name="SaveV2",
    signature="prefix: string, tensor_names: string, shape_and_slices: string, tensors: list(dtypes) ->",
    shape=_saved_shape,
    kernel=_save_kernel,
    effects=_WRITES,
)


def _restore_kernel(
    context: KernelContext, prefix: Array, tensor_names: Array, shape_and_slices: Array, *, dtypes: Any
) -> tuple[Array, ...]:
    names = _texts(tensor_names, len(dtypes), "tensor_names")
    slices = _texts(shape_and_slices, len(dtypes), "shape_and_slices")
    return _restore(_text(prefix), names, slices, dtypes)


def _restore(prefix: str, names: Sequence[str], slices: Sequence[str], types: Sequence[DType]) -> tuple[Array, ...]:
    with open_checkpoint(prefix) as reader:
        for name, dtype in zip(names, types):
            if name not in reader:
                raise NotFoundError(None, None, f"Key {name} not found in checkpoint")
            if reader.dtype(name) is not dtype:
                raise InvalidArgumentError(
                    None, None,
                    f"tensor_name = {name}; expected dtype {_short(dtype)} does not equal original dtype "
                    f"{_short(reader.dtype(name))}",
                )  # fmt: skip
        values = []
        for name, spec in zip(names, slices):
            if not spec:
                values.append(reader.read(name))
                continue
            shape, part, _ = parse_shape_and_slice(spec)
            if shape != reader.shape(name):
                raise InvalidArgumentError(
                    None, None,
                    f"tensor_name = {name}; shape in shape_and_slice spec {list(shape)} does not match the shape "
                    f"stored in checkpoint: {list(reader.shape(name))}",
                )  # fmt: skip
            values.append(reader.read_slice(name, part))
        return tuple(values)


def _short(dtype: DType) -> str:
    return {"float32": "float", "float64": "double", "float16": "half"}.get(dtype.name, dtype.name)


def _restored_shapes(query: Any) -> list[Any]:
    check_ranks(query, 0, 1, 1)
    merge(query.shapes[1], query.shapes[2])
    count = len(query.attrs["dtypes"])
    specs = query.value(2)
    if specs is None or specs.shape != (count,):
        return [None] * count
    return [_extents_of(spec) for spec in specs.tolist()]


def _extents_of(spec: Any) -> Any:
    """The extents of a slice; None of a whole tensor, whose extents the checkpoint knows."""
    text = as_bytes(spec).decode() if isinstance(spec, (str, bytes)) else ""
    if not text:
        return None
    try:
        return parse_shape_and_slice(text)[2]
    except ValueError as error:
        raise ValueError(f"Invalid slice: {error}") from None


RESTORE_V2 = OpDef(
    name="RestoreV2",
    signature="prefix: string, tensor_names: string, shape_and_slices: string -> tensors: list(dtypes)",
    shape=_restored_shapes,
    kernel=_restore_kernel,
    effects=_READS,
)


def _merge_kernel(
    context: KernelContext, checkpoint_prefixes: Array, destination_prefix: Array, *, delete_old_dirs: bool
) -> tuple[()]:
    prefixes = [as_bytes(item).decode() for item in checkpoint_prefixes.reshape(-1)]
    try:
        merge_bundles(prefixes, _text(destination_prefix), delete_old_dirs)
    except OSError as error:
        raise as_op_error(error) from error
    return ()


MERGE_V2_CHECKPOINTS = OpDef(
    name="MergeV2Checkpoints",
    signature="checkpoint_prefixes: string, destination_prefix: string ->",
    attrs={"delete_old_dirs": ("bool", True)},
    kernel=_merge_kernel,
    effects=_WRITES,
)


def _save_old_kernel(
    context: KernelContext, filename: Array, tensor_names: Array, data: list[Array], *, T: Any
) -> tuple[()]:  # fmt: skip
    _write_old(filename, tensor_names, [""] * len(data), data, T)
    return ()


def _save_slices_kernel(
    context: KernelContext, filename: Array, tensor_names: Array, shapes_and_slices: Array, data: list[Array], *, T: Any
) -> tuple[()]:  # fmt: skip
    _write_old(filename, tensor_names, _texts(shapes_and_slices, len(data), "shapes_and_slices"), data, T)
    return ()


def _write_old(filename: Array, tensor_names: Array, slices: list[str], data: list[Array], types: Any) -> None:
    try:
        _write(OldWriter(_text(filename)), _texts(tensor_names, len(data), "tensor_names"), slices, data, types)
    except OSError as error:
        raise as_op_error(error) from error


SAVE = OpDef(
    name="Save",
    signature="filename: string, tensor_names: string, data: list(T) ->",
    kernel=_save_old_kernel,
    effects=_WRITES,
)

SAVE_SLICES = OpDef(
    name="SaveSlices",
    signature="filename: string, tensor_names: string, shapes_and_slices: string, data: list(T) ->",
    kernel=_save_slices_kernel,
    effects=_WRITES,
)


def _restore_old_kernel(context: KernelContext, file_pattern: Array, tensor_name: Array, *, dt: DType) -> Array:
    return _restore(_text(file_pattern), [_text(tensor_name)], [""], [dt])[0]


def _restore_slice_kernel(
    context: KernelContext, file_pattern: Array, tensor_name: Array, shape_and_slice: Array, *, dt: DType
) -> Array:
    return _restore(_text(file_pattern), [_text(tensor_name)], [_text(shape_and_slice)], [dt])[0]


RESTORE = OpDef(
    name="Restore",
    signature="file_pattern: string, tensor_name: string -> tensor: dt",
    attrs={"dt": ("type",), "preferred_shard": ("int", -1)},
    kernel=_restore_old_kernel,
    effects=_READS,
)

RESTORE_SLICE = OpDef(
    name="RestoreSlice",
    signature="file_pattern: string, tensor_name: string, shape_and_slice: string -> tensor: dt",
    attrs={"dt": ("type",), "preferred_shard": ("int", -1)},
    kernel=_restore_slice_kernel,
    effects=_READS,
)


def _string(value: str) -> Array:
    result = np.empty((), object)
    result[()] = value.encode()
    return result


def _number(value: Array) -> int:
    if value.ndim:
        raise InvalidArgumentError(None, None, f"shard numbers must be scalars, got shape {list(value.shape)}")
    return int(value)


def _sharded_kernel(basename: Array, shard: Array, num_shards: Array) -> Array:
    return _string(f"{_text(basename)}-{_number(shard):05d}-of-{_number(num_shards):05d}")


SHARDED_FILENAME = OpDef(
    name="ShardedFilename",
    signature="basename: string, shard: int32, num_shards: int32 -> filename: string",
    shape=ranked(scalar_shape, 0, 0, 0),
    kernel=_sharded_kernel,
)

SHARDED_FILESPEC = OpDef(
    name="ShardedFilespec",
    signature="basename: string, num_shards: int32 -> filename: string",
    shape=ranked(scalar_shape, 0, 0),
    kernel=lambda basename, num_shards: _string(f"{_text(basename)}-?????-of-{_number(num_shards):05d}"),
)
