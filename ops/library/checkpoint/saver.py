"""`Saver`: the variables of a graph in checkpoints, as many as are to be kept."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...base.errors import FailedPreconditionError, InvalidArgumentError, NotFoundError, OpError
from ...base.messages.logger import logger
from ...building.default_graph import control_dependencies, get_default_graph
from ...families.state.global_step import global_step as read_global_step
from ...families.state.variable_defs import with_scope, without_scope
from ...graph.graph_keys import GraphKeys
from ..graphdef.meta_graph import export_meta_graph
from . import management
from .reader import keys_by_names
from .saveables import saveables_of
from .saver_graph import V2, BulkSaverBuilder

_HINT = (
    "Restoring from checkpoint failed. This is most likely due to {} the checkpoint. Please ensure that you have not "
    "altered the graph expected based on the checkpoint. Original error:\n\n{}"
)


class Saver:
    """Saves variables to checkpoints in TensorFlow's format and restores them.

    Args:
      var_list: a list of variables, or a dictionary from names in the checkpoint to variables; default: all global
        variables (`GLOBAL_VARIABLES`) and `SAVEABLE_OBJECTS`.
      reshape: whether what is restored may have another shape, with as many elements.
      sharded: whether to write a file per device.
      max_to_keep: how many checkpoints to keep; older ones are removed. 0 or None: all.
      keep_checkpoint_every_n_hours: besides, keep one for good for every so many hours of training.
      name: a name for the scope of its operations; default: `save`.
      restore_sequentially: accepted for compatibility: one operation reads all variables, as in TensorFlow 1.15.
      saver_def: a SaverDef message: the operations that it names are in the graph already.
      builder: makes the operations; default: a BulkSaverBuilder.
      defer_build: whether the operations are made later, by `build`.
      allow_empty: whether there may be nothing to save; otherwise that is an error.
      write_version: SaverDef.V2 or V1, TensorFlow's first format; both are read.
      pad_step_number: whether step numbers in file names have eight digits, so that names sort.
      save_relative_paths: whether the file `checkpoint` has relative paths, so that the folder can be moved.
      filename: the path where none is given; rarely of use.
    Raises: ValueError if there is nothing to save, TypeError for items that cannot be saved.

    A process killed while it saves leaves earlier checkpoints whole, also one of the same path.
    """

    def __init__(
        self,
        var_list: Any = None,
        reshape: bool = False,
        sharded: bool = False,
        max_to_keep: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000.0,
        name: str | None = None,
        restore_sequentially: bool = False,
        saver_def: Any = None,
        builder: Any = None,
        defer_build: bool = False,
        allow_empty: bool = False,
        write_version: int = V2,
        pad_step_number: bool = False,
        save_relative_paths: bool = False,
        filename: str | None = None,
    ) -> None:
        if defer_build and var_list:
            raise ValueError(
                "If `var_list` is provided then build cannot be deferred. Either set defer_build=False or "
                "var_list=None."
            )
        self._var_list = var_list
        self._reshape = reshape
        self._sharded = sharded
        self._max_to_keep = max_to_keep
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._name = name
        self._restore_sequentially = restore_sequentially
        self.saver_def = saver_def
        self._builder = builder
        self._is_built = False
        self._is_empty = False
        self._allow_empty = allow_empty
        self._write_version = write_version
        self._pad_step_number = pad_step_number
        self._save_relative_paths = save_relative_paths
        self._filename = filename
        self._last_checkpoints: list[tuple[str, float]] = []
        self._by_objects: Saver | None = None  # for checkpoints of objects
        if not defer_build:
            self.build()
        if self.saver_def is not None:
            self._check_saver_def()
            self._write_version = self.saver_def.version
        self._next_checkpoint_time = time.time() + self._hours_to_keep() * 3600

    def build(self) -> None:
        """Make the operations in the default graph, if that was deferred."""
        if self._is_built:
            return
        self._is_built = True
        if self.saver_def is not None:
            if getattr(getattr(self.saver_def, "DESCRIPTOR", None), "name", None) != "SaverDef":
                raise ValueError(f"saver_def must be a saver_pb2.SaverDef: {self.saver_def}")
            self.saver_def = _renamed(self.saver_def, lambda name: with_scope(name, self._name or ""))
            return
        variables = _all_saveables() if self._var_list is None else self._var_list
        if not variables:
            if not self._allow_empty:
                raise ValueError("No variables to save")
            self._is_empty = True
            return
        builder = self._builder or BulkSaverBuilder(self._write_version)
        self.saver_def = builder.build(
            variables,
            reshape=self._reshape,
            sharded=self._sharded,
            max_to_keep=self._max_to_keep or 0,
            keep_checkpoint_every_n_hours=self._keep_checkpoint_every_n_hours,
            name=self._name,
            restore_sequentially=self._restore_sequentially,
            filename=self._filename or "model",
        )

    def _check_saver_def(self) -> None:
        for field in ("save_tensor_name", "restore_op_name"):
            if not getattr(self.saver_def, field):
                raise ValueError(f"saver_def must specify the {field}: {str(self.saver_def).strip()}")

    def _hours_to_keep(self) -> float:
        return float(self.saver_def.keep_checkpoint_every_n_hours) if self.saver_def is not None else 10000.0

    # Saving.

    def save(
        self,
        sess: Any,
        save_path: Any,
        global_step: Any = None,
        latest_filename: str | None = None,
        meta_graph_suffix: str = "meta",
        write_meta_graph: bool = True,
        write_state: bool = True,
        strip_default_attrs: bool = False,
        save_debug_info: bool = False,
    ) -> str | None:
        """Write a checkpoint.

        Args:
          sess: the session that the variables are in.
          save_path: the path of the checkpoint.
          global_step: a number to add to the path, `model.ckpt-1000`: a number, or a tensor or variable with it.
          latest_filename: the name of the file that knows the checkpoints; default: `checkpoint`.
          meta_graph_suffix: what the name of the graph's file ends with.
          write_meta_graph: whether to write the graph beside it.
          write_state: whether to write the file `checkpoint`.
          strip_default_attrs: whether the graph leaves attributes out that have their default.
          save_debug_info: whether to write, beside the graph, where its operations were made (`.debug`).
        Returns: the path of the checkpoint, for `restore`; None if there is nothing to save.
        Raises: TypeError if `sess` is no session; ValueError for a path in no folder and a `latest_filename` with one.
        """
        self._check_built("save")
        if latest_filename is not None and os.path.split(latest_filename)[0]:
            raise ValueError("'latest_filename' must not contain path components")
        if not (hasattr(sess, "run") and hasattr(sess, "graph")):
            raise TypeError(f"'sess' must be a Session; {sess}")
        path = self._path(sess, os.fspath(save_path), global_step, latest_filename or "checkpoint")
        folder = os.path.dirname(os.fspath(save_path))
        checkpoint = path if self._is_empty else self._written(sess, path, folder)
        # The graph comes first: what the file `checkpoint` calls the last one is complete.
        if write_meta_graph:
            with sess.graph.as_default():
                self.export_meta_graph(
                    management.meta_graph_filename(checkpoint, meta_graph_suffix),
                    strip_default_attrs=strip_default_attrs,
                    save_debug_info=save_debug_info,
                )
        if self._is_empty:
            return None
        if write_state:
            outdated = self._record(checkpoint)
            management.write_state(
                folder, checkpoint, self.last_checkpoints, latest_filename, self._save_relative_paths
            )
            for path in outdated:
                management.remove_checkpoint(path, self.saver_def.version, meta_graph_suffix)
        return checkpoint

    def _written(self, sess: Any, path: str, folder: str) -> str:
        """Run what writes; returns the path that it gives, which for shards of the first format is a pattern."""
        try:
            written = sess.run(self.saver_def.save_tensor_name, {self.saver_def.filename_tensor_name: path})
        except (FailedPreconditionError, NotFoundError) as error:
            if folder and not os.path.isdir(folder):
                raise ValueError(f"Parent directory of {path} doesn't exist, can't save.") from error
            raise
        return os.fsdecode(written)

    def _path(self, sess: Any, save_path: str, global_step: Any, latest: str) -> str:
        if global_step is None:
            path = save_path
            if os.path.basename(save_path) == latest and not self._sharded:
                raise ValueError(f"'latest_filename' collides with 'save_path': '{latest}' and '{save_path}'")
        else:
            if not isinstance(global_step, (int, np.integer)):
                global_step = read_global_step(sess, global_step)
            path = f"{save_path}-{int(global_step):08d}" if self._pad_step_number else f"{save_path}-{global_step}"
        return path

    def _check_built(self, method: str) -> None:
        if not self._is_built:
            raise RuntimeError(f"`build()` should be called before {method} if defer_build==True")

    def _record(self, checkpoint: str) -> list[str]:
        """Add a checkpoint to those that there are; returns the ones to remove, if there are more than are to be kept.

        One that was written when the time had come to keep one for good is left alone.
        """
        keep = self.saver_def.max_to_keep
        if not keep:
            return []
        self._last_checkpoints = [item for item in self._last_checkpoints if item[0] != checkpoint]
        self._last_checkpoints.append((checkpoint, time.time()))
        outdated = []
        while len(self._last_checkpoints) > keep:
            path, written = self._last_checkpoints.pop(0)
            if written > self._next_checkpoint_time:
                self._next_checkpoint_time += self._hours_to_keep() * 3600
            else:
                outdated.append(path)
        return outdated

    # Restoring.

    def restore(self, sess: Any, save_path: Any) -> None:
        """Give the variables the values of a checkpoint; they need no initialization.

        Args:
          sess: the session.
          save_path: the path that `save`, or `latest_checkpoint`, returned.
        Raises: ValueError for a path where no checkpoint is; NotFoundError if one of the variables is not in it,
          InvalidArgumentError if its shape or type is another, DataLossError if the files are not what was written; no
          variable is changed then, but for shapes, which are compared one by one.
        """
        if self._is_empty:
            return
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        path = os.fsdecode(save_path)
        if not path or not management.checkpoint_exists(path):
            raise ValueError(f"The passed save_path is not a valid checkpoint: {path}")
        self._check_built("restore")
        logger().info("Restoring parameters from %s", path)
        try:
            sess.run(self.saver_def.restore_op_name, {self.saver_def.filename_tensor_name: path})
        except NotFoundError as error:
            if self._restored_by_objects(sess, path):
                return
            reason = "a Variable name or other graph key that is missing from"
            raise _with_hint(error, reason) from error
        except InvalidArgumentError as error:
            raise _with_hint(error, "a mismatch between the current graph and the graph from") from error

    def _restored_by_objects(self, sess: Any, path: str) -> bool:
        """Restore from a checkpoint of objects (`tf.train.Checkpoint`), which knows the names of variables too.

        Returns: whether it is one.
        """
        keys = keys_by_names(path)
        if keys is None or self._var_list is None and not self._is_built:
            return False
        if self._by_objects is None:
            with sess.graph.as_default(), control_dependencies(None):
                saveables = saveables_of(_all_saveables() if self._var_list is None else self._var_list)
                missing = [saveable.name for saveable in saveables if saveable.name not in keys]
                if missing:
                    return False
                named = {keys[saveable.name]: getattr(saveable, "variable", saveable) for saveable in saveables}
                self._by_objects = Saver(named, max_to_keep=None)
        self._by_objects.restore(sess, path)
        return True

    # The checkpoints that there are.

    @property
    def last_checkpoints(self) -> list[str]:
        """The paths of the checkpoints not yet removed, the oldest first; for `recover_last_checkpoints`."""
        return [path for path, _ in self._last_checkpoints]

    def set_last_checkpoints(self, last_checkpoints: Sequence[str]) -> None:
        """Take over a list of paths, of times unknown. Deprecated: `set_last_checkpoints_with_time`."""
        assert isinstance(last_checkpoints, list)
        self._last_checkpoints = [(path, float("inf")) for path in last_checkpoints]

    def set_last_checkpoints_with_time(self, last_checkpoints_with_time: Sequence[tuple[str, float]]) -> None:
        """Take over a list of paths and times of writing, in seconds since 1970, the oldest first."""
        assert isinstance(last_checkpoints_with_time, list)
        self._last_checkpoints = list(last_checkpoints_with_time)

    def recover_last_checkpoints(self, checkpoint_paths: Sequence[str]) -> None:
        """Go on with the checkpoints of an earlier process: those of the paths that are still there."""
        known = [path for path in checkpoint_paths if management.checkpoint_exists(path)]
        times = management.get_checkpoint_mtimes(known)
        self._last_checkpoints = list(zip(known, times))

    # As messages.

    def as_saver_def(self) -> Any:
        """The SaverDef message."""
        return self.saver_def

    def to_proto(self, export_scope: str | None = None) -> Any:
        """Return a SaverDef message, names without `export_scope`; None if it is not in that scope."""
        if export_scope is None:
            return self.saver_def
        if not (self.saver_def.filename_tensor_name or "").startswith(export_scope.rstrip("/") + "/"):
            return None
        return _renamed(self.saver_def, lambda name: without_scope(name, export_scope))

    @staticmethod
    def from_proto(saver_def: Any, import_scope: str | None = None) -> Saver:
        """Return the Saver that a SaverDef message names, its names put under `import_scope`."""
        return Saver(saver_def=saver_def, name=import_scope)

    def export_meta_graph(
        self,
        filename: Any = None,
        collection_list: Any = None,
        as_text: bool = False,
        export_scope: str | None = None,
        clear_devices: bool = False,
        clear_extraneous_savers: bool = False,
        strip_default_attrs: bool = False,
        save_debug_info: bool = False,
    ) -> Any:
        """Return the default graph as a MetaGraphDef message with this Saver. Arguments: `train.export_meta_graph`."""
        return export_meta_graph(
            filename,
            graph_def=get_default_graph().as_graph_def(add_shapes=True),
            saver_def=self.saver_def,
            collection_list=collection_list,
            as_text=as_text,
            export_scope=export_scope,
            clear_devices=clear_devices,
            clear_extraneous_savers=clear_extraneous_savers,
            strip_default_attrs=strip_default_attrs,
            save_debug_info=save_debug_info,
        )


def _all_saveables() -> list[Any]:
    graph = get_default_graph()
    return graph.get_collection(GraphKeys.GLOBAL_VARIABLES) + graph.get_collection(GraphKeys.SAVEABLE_OBJECTS)


def _renamed(saver_def: Any, rename: Any) -> Any:
    from ... import proto

    copy = proto.SaverDef()
    copy.CopyFrom(proto.adopt(saver_def))
    for field in ("filename_tensor_name", "save_tensor_name", "restore_op_name"):
        setattr(copy, field, rename(getattr(copy, field)))
    return copy


def _with_hint(error: OpError, reason: str) -> OpError:
    return type(error)(None, error.op, _HINT.format(reason, error.message))
