"""`contrib.saved_model`: a model of Keras as a SavedModel, and back.

The folder has, besides the graph for predictions, the model's configuration (`assets/saved_model.json`) and a
checkpoint by the places of its layers, as TensorFlow 1.15 writes and reads them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .....ops.graph.graph import Graph
from .....ops.library.checkpoint.saver import Saver
from .....ops.library.saved_model import constants
from .....ops.library.saved_model.builder import SavedModelBuilder
from .....ops.library.saved_model.signatures import predict_signature_def
from ....session import Session
from ... import state
from . import checkpoints, saving

_CONFIGURATION = "saved_model.json"


def save_keras_model(
    model: Any, saved_model_path: Any, custom_objects: Any = None, as_text: bool = False, input_signature: Any = None,
    serving_only: bool = False,
) -> None:  # fmt: skip
    """Write a model of Keras as a SavedModel that predicts (`serve`); graphs for training are not written.

    Args:
      model: built, of layers that know their configurations.
      saved_model_path: the folder, not there yet or empty.
      custom_objects: classes and functions by name.
      as_text: whether the graph is written as text.
      input_signature: not built. serving_only: accepted: it is always so.
    Raises: NotImplementedError for an input signature.
    """
    if input_signature is not None:
        raise NotImplementedError("save_keras_model(input_signature=...) is not built: inputs are the model's.")
    folder = Path(os.fspath(saved_model_path))
    text, values = saving.to_json(model), model.get_weights()
    with Graph().as_default(), Session() as session:
        state.set_learning_phase(0)  # of this graph
        copy = saving.model_from_json(text, custom_objects)
        for variable, value in zip(copy.weights, values):
            variable.load(value, session)
        signature = predict_signature_def(
            dict(zip(copy.input_names, copy.inputs)), dict(zip(copy.output_names, copy.outputs))
        )
        found = checkpoints.keyed(copy)
        builder = SavedModelBuilder(str(folder))
        builder.add_meta_graph_and_variables(
            session,
            [constants.SERVING],
            {constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature},
            saver=Saver(found, allow_empty=True),
        )
        builder.save(as_text)
    assets = folder / constants.ASSETS_DIRECTORY
    assets.mkdir(exist_ok=True)
    (assets / _CONFIGURATION).write_text(text, encoding="utf-8")
    saving.save_weights(model, _variables(folder), True, "tf")  # the same values, and the graph of the layers' places


def load_keras_model(saved_model_path: Any, custom_objects: Any = None) -> Any:
    """Return the model of Keras in a folder that `save_keras_model` wrote; it has to be compiled before it trains.

    Args:
      saved_model_path: the folder.
      custom_objects: classes and functions by name.
    Raises: ValueError for a folder without a model's configuration.
    """
    folder = Path(os.fspath(saved_model_path))
    file = folder / constants.ASSETS_DIRECTORY / _CONFIGURATION
    if not file.exists():
        raise ValueError(f"{folder} has no {file.relative_to(folder)}: save_keras_model did not write it.")
    model = saving.model_from_json(file.read_text(encoding="utf-8"), custom_objects)
    saving.load_weights(model, _variables(folder), False)
    return model


def _variables(folder: Path) -> str:
    return str(folder / constants.VARIABLES_DIRECTORY / constants.VARIABLES_FILENAME)
