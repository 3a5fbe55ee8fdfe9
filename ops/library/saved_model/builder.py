"""Writing saved models."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from typing import Any

from ...base.messages.logger import logger
from ...building.basic_ops import group
from ...building.default_graph import get_default_graph
from ...building.static_value import get_static_value
from ...graph.graph_keys import GraphKeys
from ...graph.node import Tensor
from ...graph.operation import Operation
from ...types.array_values import as_bytes
from ..checkpoint.saver import Saver
from ..graphdef.graph_io import write_message
from . import constants
from .signatures import predict_signature_def


class SavedModelBuilder:
    """Writes a saved model: graphs with tags, the variables that they share, files they need.

    Args:
      export_dir: the folder; made if it is not there.
    Raises: AssertionError if it is there and not empty.
    """

    def __init__(self, export_dir: Any) -> None:
        from ... import proto

        self._folder: str = os.fsdecode(export_dir)
        self._saved_model = proto.SavedModel(saved_model_schema_version=constants.SAVED_MODEL_SCHEMA_VERSION)
        if os.path.exists(self._folder):
            if os.listdir(self._folder):
                raise AssertionError(
                    "Export directory already exists, and isn't empty. Please choose a different export directory, or "
                    f"delete all the contents of the specified directory: {self._folder}"
                )
        else:
            os.makedirs(self._folder)
        self._has_saved_variables = False

    def add_meta_graph_and_variables(
        self,
        sess: Any,
        tags: Iterable[str],
        signature_def_map: Mapping[str, Any] | None = None,
        assets_collection: Any = None,
        legacy_init_op: Any = None,
        clear_devices: bool = False,
        main_op: Any = None,
        strip_default_attrs: bool = False,
        saver: Any = None,
    ) -> None:
        """Add the default graph, and save the variables; the first graph is added so.

        Args:
          sess: the session that the variables are in.
          tags: by which the graph is found.
          signature_def_map: from names to SignatureDef messages.
          assets_collection: string tensors: paths of files to copy; when it is loaded they are fed with the copies'.
          legacy_init_op: an older name of `main_op`.
          clear_devices: whether to leave devices out.
          main_op: an operation to run when it is loaded.
          strip_default_attrs: whether to leave attributes out that have their default.
          saver: the Saver; default: one of all variables.
        Raises: AssertionError if variables were saved already; TypeError, ValueError for arguments that are none.
        """
        if self._has_saved_variables:
            raise AssertionError(
                "Graph state including variables and assets has already been saved. Please invoke `add_meta_graph()` "
                "instead."
            )
        signatures = _checked_signatures(signature_def_map)
        assets = self._copy_assets(assets_collection)
        _add_main_op(main_op, legacy_init_op)
        saver = saver or _saver()
        folder = os.path.join(self._folder, constants.VARIABLES_DIRECTORY)
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, constants.VARIABLES_FILENAME)
        saver.save(sess, path, write_meta_graph=False, write_state=False)
        self._add(saver, tags, signatures, assets, clear_devices, strip_default_attrs)
        self._has_saved_variables = True

    def add_meta_graph(
        self,
        tags: Iterable[str],
        signature_def_map: Mapping[str, Any] | None = None,
        assets_collection: Any = None,
        legacy_init_op: Any = None,
        clear_devices: bool = False,
        main_op: Any = None,
        strip_default_attrs: bool = False,
        saver: Any = None,
    ) -> None:
        """Add the default graph, whose variables are saved; arguments as in `add_meta_graph_and_variables`.

        Raises: AssertionError if no variables were saved yet; as there.
        """
        if not self._has_saved_variables:
            raise AssertionError(
                "Graph state including variables and assets has not been saved yet. Please invoke "
                "`add_meta_graph_and_variables()` first."
            )
        signatures = _checked_signatures(signature_def_map)
        assets = self._copy_assets(assets_collection)
        _add_main_op(main_op, legacy_init_op)
        self._add(saver or _saver(), tags, signatures, assets, clear_devices, strip_default_attrs)

    def _add(
        self, saver: Any, tags: Iterable[str], signatures: Mapping[str, Any], assets: list[Any], clear_devices: bool,
        strip_default_attrs: bool,
    ) -> None:  # fmt: skip
        meta_graph = saver.export_meta_graph(clear_devices=clear_devices, strip_default_attrs=strip_default_attrs)
        meta_graph.meta_info_def.tags.extend(tags)
        for name, signature in signatures.items():
            meta_graph.signature_def[name].CopyFrom(signature)
        for asset in assets:
            meta_graph.collection_def[constants.ASSETS_KEY].any_list.value.add().Pack(asset)
        self._saved_model.meta_graphs.append(meta_graph)

    def _copy_assets(self, collection: Any) -> list[Any]:
        """Copy the files that string tensors name; returns AssetFileDef messages."""
        from ... import proto

        assets: list[Any] = []
        sources: dict[str, str] = {}  # from the name of a copy to its source
        for tensor in collection or ():
            value = get_static_value(tensor)
            if value is None:
                raise TypeError(f"Asset path tensor must be a constant: {tensor}")
            source = as_bytes(value[()]).decode()
            if not source:
                raise ValueError(f"Invalid asset filepath tensor {tensor}")
            name = _free_name(os.path.basename(source), source, sources)
            sources[name] = source
            asset = proto.AssetFileDef(filename=name)
            asset.tensor_info.name = tensor.name
            assets.append(asset)
        logger().info("Assets added to graph." if collection is not None else "No assets to save.")
        if sources:
            folder = os.path.join(self._folder, constants.ASSETS_DIRECTORY)
            os.makedirs(folder, exist_ok=True)
            for name, source in sources.items():
                shutil.copyfile(source, os.path.join(folder, name))
            logger().info("Assets written to: %s", folder)
        else:
            logger().info("No assets to write.")
        return assets

    def save(self, as_text: bool = False) -> bytes:
        """Write the file of the model, after all graphs are added.

        Args:
          as_text: whether as text, to `saved_model.pbtxt`.
        Returns: its path.
        """
        name = constants.SAVED_MODEL_FILENAME_PBTXT if as_text else constants.SAVED_MODEL_FILENAME_PB
        path = os.path.join(self._folder, name)
        write_message(self._saved_model, path, as_text)
        logger().info("SavedModel written to: %s", path)
        return path.encode()


def _free_name(name: str, source: str, taken: Mapping[str, str]) -> str:
    """A name that no other file has."""
    number, found = 1, name
    while taken.get(found, source) != source:
        found = f"{name}_{number}"
        number += 1
    return found


def _checked_signatures(signatures: Mapping[str, Any] | None) -> dict[str, Any]:
    from ... import proto

    result = {}
    for name, signature in (signatures or {}).items():
        adopted = proto.adopt(signature)
        for infos in (adopted.inputs, adopted.outputs):
            for info in infos.values():
                if info.WhichOneof("encoding") is None:
                    raise AssertionError(
                        f"All TensorInfo protos used in the SignatureDefs must have one of the 'name' field, "
                        f"'coo_sparse' field, or 'composite_tensor' field set:\n{info}"
                    )
                if info.dtype == 0:
                    raise AssertionError(
                        f"All TensorInfo protos used in the SignatureDefs must have the dtype field set:\n{info}"
                    )
        result[name] = adopted
    return result


def _add_main_op(main_op: Any, legacy_init_op: Any) -> None:
    for op, key in ((main_op, constants.MAIN_OP_KEY), (legacy_init_op, constants.LEGACY_INIT_OP_KEY)):
        if op is None:
            continue
        if not isinstance(op, (Operation, Tensor)):
            raise TypeError(f"{key} needs to be an Operation: {op!r}")
        graph = get_default_graph()
        if key == constants.LEGACY_INIT_OP_KEY and graph.get_collection(key):
            raise ValueError(f"graph already contains one or more elements under the collection {key}.")
        graph.add_to_collection(key, op)


def _saver() -> Saver:
    return Saver(sharded=True, write_version=2, allow_empty=True)


def simple_save(
    session: Any, export_dir: Any, inputs: Mapping[str, Any], outputs: Mapping[str, Any], legacy_init_op: Any = None
) -> None:
    """Write a saved model of one graph, for serving predictions.

    Args:
      session: the session that the variables are in.
      export_dir: the folder; not there yet, or empty.
      inputs, outputs: from names to tensors.
      legacy_init_op: an operation to run when it is loaded.
    Raises: AssertionError if the folder is not empty, ValueError without inputs or outputs.
    """
    signature = predict_signature_def(inputs, outputs)
    builder = SavedModelBuilder(export_dir)
    builder.add_meta_graph_and_variables(
        session,
        [constants.SERVING],
        {constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature},
        assets_collection=get_default_graph().get_collection(GraphKeys.ASSET_FILEPATHS),
        main_op=legacy_init_op,
        clear_devices=True,
    )
    builder.save()


def main_op() -> Operation:
    """Return an operation that initializes all variables and tables, for `main_op` of a saved model."""
    graph = get_default_graph()
    variables = [
        variable.initializer
        for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES)
        for variable in graph.get_collection(key)
    ]
    return group(*variables, *graph.get_collection(GraphKeys.TABLE_INITIALIZERS))


def main_op_with_restore(restore_op_name: Any) -> Operation:
    """Return `main_op` followed by the operation of that name."""
    with get_default_graph().control_dependencies([main_op()]):
        return group(restore_op_name)
