"""Exporting a model: the SavedModel of a checkpoint, in a folder named by the time."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from typing import Any

from ...ops.base.messages.logger import logger
from ...ops.building.basic_ops import group
from ...ops.building.default_graph import get_default_graph
from ...ops.families.state.variable_lists import local_variables_initializer, tables_initializer
from ...ops.graph.graph_keys import GraphKeys
from ...ops.library.checkpoint.saver import Saver
from ...ops.library.saved_model.builder import SavedModelBuilder
from ...ops.library.saved_model.signatures import predict_signature_def
from ...ops.library.training.mode_keys import ModeKeys
from ..session import Session
from .outputs import DEFAULT, signatures_of

_TAGS = {ModeKeys.TRAIN: "train", ModeKeys.EVAL: "eval", ModeKeys.PREDICT: "serve"}
_ATTEMPTS = 10


def export(
    spec: Any, receiver: Any, mode: str, base: str, checkpoint: str, assets_extra: Any, as_text: bool, config: Any
) -> bytes:
    """Write the default graph with a checkpoint's values. Returns: the folder's path.

    Args:
      spec: the EstimatorSpec; receiver: the ServingInputReceiver; mode: of the model function.
      base: the folder for the new one; checkpoint: the path.
      assets_extra, as_text: see `Estimator.export_saved_model`.
      config: the RunConfig.
    Raises: ValueError if there is nothing to export.
    """
    signatures = _signatures(spec, receiver, mode)
    _log_signatures(signatures)
    folder = timestamped_folder(base)
    temporary = os.path.join(base, f"temp-{os.path.basename(folder)}")
    graph = get_default_graph()
    with Session(config=config.session_config) as session:
        saver = spec.scaffold.saver or Saver(sharded=True)
        saver.restore(session, checkpoint)
        local_init = spec.scaffold.local_init_op
        if local_init is None:
            local_init = group(local_variables_initializer(), tables_initializer(), name="local_init")
        builder = SavedModelBuilder(temporary)
        builder.add_meta_graph_and_variables(
            session,
            [_TAGS[mode]],
            signature_def_map=signatures,
            assets_collection=graph.get_collection(GraphKeys.ASSET_FILEPATHS),
            main_op=local_init,
            saver=saver,
            strip_default_attrs=True,
        )
        builder.save(as_text)
    for target, source in (assets_extra or {}).items():
        place = os.path.join(temporary, "assets.extra", target)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copy(source, place)
    os.rename(temporary, folder)
    return os.fsencode(folder)


def _signatures(spec: Any, receiver: Any, mode: str) -> dict[str, Any]:
    if mode == ModeKeys.PREDICT:
        if not spec.export_outputs:
            raise ValueError("export_outputs must be defined in the EstimatorSpec to export the model.")
        alternatives = getattr(receiver, "receiver_tensors_alternatives", None)
        found = signatures_of(receiver.receiver_tensors, spec.export_outputs, alternatives)
        if not found:
            raise ValueError(f"No signature of {sorted(spec.export_outputs)} fits the receiver's tensors.")
        return found
    outputs: dict[str, Any] = {"loss": spec.loss}
    for key, (value, update) in spec.eval_metric_ops.items():
        outputs[f"metrics/{key}/value"], outputs[f"metrics/{key}/update_op"] = value, update
    predictions = spec.predictions
    if isinstance(predictions, Mapping):
        outputs.update({f"predictions/{key}": value for key, value in predictions.items()})
    elif predictions is not None:
        outputs["predictions/output"] = predictions
    key = "train" if mode == ModeKeys.TRAIN else "eval"
    return {key: predict_signature_def(dict(receiver.receiver_tensors), outputs)}


def _log_signatures(signatures: Mapping[str, Any]) -> None:
    """Tell which signatures are written, by what they do, as TensorFlow does."""
    methods = (
        ("Classify", "tensorflow/serving/classify"), ("Regress", "tensorflow/serving/regress"),
        ("Predict", "tensorflow/serving/predict"), ("Train", "train"), ("Eval", "eval"),
    )  # fmt: skip
    kinds = {key: key if key in ("train", "eval") else signature.method_name for key, signature in signatures.items()}
    for title, method in methods:
        keys = [key for key, kind in kinds.items() if kind == method]
        logger().info("Signatures INCLUDED in export for %s: %s", title, keys or None)


def timestamped_folder(base: str) -> str:
    """Return the path of a folder that is not there yet, named by the seconds since 1970.

    Raises: RuntimeError if another process takes each of ten such names.
    """
    os.makedirs(base, exist_ok=True)
    for _ in range(_ATTEMPTS):
        folder = os.path.join(base, str(int(time.time())))
        if not os.path.exists(folder):
            return folder
        time.sleep(1)
    raise RuntimeError(f"Failed to obtain a unique export directory name after {_ATTEMPTS} attempts.")


__all__ = ["DEFAULT", "export", "timestamped_folder"]
