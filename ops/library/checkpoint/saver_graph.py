"""The operations of a Saver: what saves, what restores, and the message that names them.

    save/filename/input  save/filename  save/Const       the path, fed by `Saver.save` and `Saver.restore`
    save/SaveV2  save/control_dependency                 writes; gives the path when that is done
    save/RestoreV2  save/Assign ...  save/restore_all    reads; assigns; is done when all is assigned

Operations have the names that TensorFlow gives them, so a graph that was exported there is saved and restored here, and
the other way round.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from ...base.device_spec import DeviceSpec
from ...building.basic_ops import group, identity, placeholder_with_default
from ...building.build import build
from ...building.default_graph import get_default_graph, name_scope
from ...definition.registry import lookup
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.stacking import stack
from ...families.io import save_restore
from ...graph.node import Tensor
from .saveables import SaveableObject, saveables_of

V1 = 1
V2 = 2


class BulkSaverBuilder:
    """Builds the operations of a Saver. Args: write_version: 2, or 1 for checkpoints of TensorFlow's first format."""

    def __init__(self, write_version: int = V2) -> None:
        self._write_version = write_version

    def build(
        self,
        names_to_saveables: Any,
        reshape: bool = False,
        sharded: bool = False,
        max_to_keep: int = 5,
        keep_checkpoint_every_n_hours: float = 10000.0,
        name: str | None = None,
        restore_sequentially: bool = False,
        filename: str = "model",
    ) -> Any:
        """Add the operations to the default graph. Arguments as `Saver` has them.

        Returns: a SaverDef message.
        Raises: RuntimeError for another `write_version`.
        """
        from ... import proto

        if self._write_version not in (V1, V2):
            raise RuntimeError(f"Unexpected write_version: {self._write_version}")
        saveables = saveables_of(names_to_saveables)
        with name_scope(name, "save", [saveable.op for saveable in saveables]):
            named = placeholder_with_default(filename or "model", [], name="filename")
            prefix = placeholder_with_default(named, [], name="Const")
            if sharded:
                by_device = _by_device(saveables)
                saved = self._sharded_save(prefix, by_device)
                restored = _sharded_restore(prefix, by_device, reshape)
            else:
                saved = self._save(prefix, saveables)
                restored = _restore(prefix, saveables, reshape, "restore_all")
        return proto.SaverDef(
            filename_tensor_name=prefix.name,
            save_tensor_name=saved.name,
            restore_op_name=restored.name,
            max_to_keep=max_to_keep,
            sharded=sharded,
            keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
            version=self._write_version,
        )

    def _save(self, prefix: Tensor, saveables: Sequence[SaveableObject]) -> Tensor:
        """Add what writes; the tensor returned is the path, there when all is written."""
        specs = [spec for saveable in saveables for spec in saveable.specs]
        names = [spec.name for spec in specs]
        slices = [spec.slice_spec for spec in specs]
        tensors = [spec.tensor for spec in specs]
        if self._write_version == V2:
            write = build(save_restore.SAVE_V2, prefix, names, slices, tensors)
        else:
            write = build(save_restore.SAVE_SLICES, prefix, names, slices, tensors, name="save")
        graph = get_default_graph()
        with (
            name_scope("control_dependency") as scope,
            graph.colocate_with(prefix.op),
            graph.control_dependencies([write]),
        ):
            done: Tensor = identity(prefix, name=scope)
            return done

    def _sharded_save(self, prefix: Tensor, by_device: list[tuple[str, list[SaveableObject]]]) -> Tensor:
        """Add what writes a file per device, and what makes one checkpoint of them."""
        graph = get_default_graph()
        base = prefix
        if self._write_version == V2:
            base = build(lookup("StringJoin"), [prefix, f"_temp_{uuid.uuid4().hex}/part"])
        count = _number(len(by_device), "num_shards")
        written = []
        for shard, (device, saveables) in enumerate(by_device):
            with graph.device(_first_cpu(device) if self._write_version == V2 else device or None):
                name = build(save_restore.SHARDED_FILENAME, base, shard, count)
                written.append((name, self._save(name, saveables)))
        dones = [done.op for _, done in written]
        if self._write_version != V2:
            with graph.control_dependencies(dones):
                spec: Tensor = build(save_restore.SHARDED_FILESPEC, prefix, count)
            return spec
        with graph.device(_first_cpu(by_device[-1][0])):
            with graph.control_dependencies(dones):
                prefixes = stack([name for name, _ in written], name="MergeV2Checkpoints/checkpoint_prefixes")
            merge = build(save_restore.MERGE_V2_CHECKPOINTS, prefixes, prefix)
            with graph.control_dependencies([*dones, merge]):
                done: Tensor = identity(prefix)
                return done


BaseSaverBuilder = BulkSaverBuilder


def _number(value: int, name: str) -> Tensor:
    from ...building.constant import constant
    from ...types.dtypes import int32

    return constant(value, int32, name=name)


def _first_cpu(device: str) -> str:
    """The first CPU of the task that a device is of."""
    spec = DeviceSpec.from_string(device or "")
    return spec.replace(device_type="CPU", device_index=0).to_string()


def _by_device(saveables: Sequence[SaveableObject]) -> list[tuple[str, list[SaveableObject]]]:
    groups: dict[str, list[SaveableObject]] = {}
    for saveable in saveables:
        groups.setdefault(saveable.device or "", []).append(saveable)
    return sorted(groups.items())


def _restore(prefix: Tensor, saveables: Sequence[SaveableObject], reshape: bool, name: str) -> Any:
    """Add what reads and assigns; the operation returned is done when all is assigned."""
    graph = get_default_graph()
    specs = [spec for saveable in saveables for spec in saveable.specs]
    with graph.device("cpu:0"):
        values = build(
            save_restore.RESTORE_V2,
            prefix,
            [spec.name for spec in specs],
            [spec.slice_spec for spec in specs],
            dtypes=[spec.dtype.base_dtype for spec in specs],
        )
    rest = iter(values)
    assigned: list[Any] = []
    for saveable in saveables:
        shapes = [_shape(spec.tensor) for spec in saveable.specs] if reshape else None
        with graph.device(saveable.device or None) if saveable.device else ExitStack():
            assigned.append(saveable.restore([next(rest) for _ in saveable.specs], shapes))
    return group(*assigned, name=name)


def _shape(tensor: Any) -> Any:
    return tensor.shape.as_list() if tensor.shape.is_fully_defined() else shape_of(tensor)


def _sharded_restore(prefix: Tensor, by_device: list[tuple[str, list[SaveableObject]]], reshape: bool) -> Any:
    graph = get_default_graph()
    shards = []
    for device, saveables in by_device:
        with graph.device(device) if device else ExitStack():
            shards.append(_restore(prefix, saveables, reshape, "restore_shard"))
    return group(*shards, name="restore_all")
