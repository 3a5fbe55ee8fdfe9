"""Models in files: variables as checkpoints or HDF5, configurations as JSON and YAML, all of it as HDF5."""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np

from .....ops.library.checkpoint.management import latest_checkpoint
from ...functions import lookup, losses
from ...layers import serialization
from . import checkpoints, hdf5

VERSION = "2.2.4-tf"  # the version of Keras that TensorFlow 1.15 has


# Configurations.


def configuration(model: Any) -> dict[str, Any]:
    """The configuration of a model, with the version of Keras it is for."""
    return {**serialization.serialize(model), "keras_version": VERSION, "backend": "tensorflow"}


def _plain(value: Any) -> Any:
    """What JSON has no form for, as numbers, lists and names."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if hasattr(value, "as_list"):
        return value.as_list()
    if hasattr(value, "__name__"):
        return value.__name__
    if hasattr(value, "get_config"):  # metrics and losses
        return {"class_name": type(value).__name__, "config": value.get_config()}
    raise TypeError(f"Not JSON Serializable: {value}")


def to_json(model: Any, **kwargs: Any) -> str:
    """Return the configuration as JSON."""
    return json.dumps(configuration(model), default=_plain, **kwargs)


def _yaml() -> Any:
    try:
        import yaml
    except ImportError:
        raise ImportError("Models as YAML need PyYAML: pip install 'sessile[keras]'.") from None
    return yaml


def to_yaml(model: Any, **kwargs: Any) -> str:
    """Return the configuration as YAML. Raises: ImportError without PyYAML."""
    text: str = _yaml().dump(json.loads(to_json(model)), **kwargs)
    return text


def model_from_config(config: dict[str, Any], custom_objects: Any = None) -> Any:
    """Return the model of a configuration. Raises: TypeError for a list."""
    if isinstance(config, list):
        raise TypeError("`model_from_config` expects a dictionary, not a list.")
    return serialization.deserialize(config, custom_objects)


def model_from_json(json_string: str, custom_objects: Any = None) -> Any:
    """Return the model of a configuration as JSON."""
    return model_from_config(json.loads(json_string), custom_objects)


def model_from_yaml(yaml_string: str, custom_objects: Any = None) -> Any:
    """Return the model of a configuration as YAML. Raises: ImportError without PyYAML."""
    return model_from_config(_yaml().safe_load(yaml_string), custom_objects)


# Variables.


def _is_hdf5(path: str, save_format: str | None) -> bool:
    if save_format is not None:
        if save_format.lower() not in ("h5", "hdf5", "keras", "tf", "tensorflow"):
            raise ValueError(f'Unknown format "{save_format}". Was expecting one of {{"tf", "h5"}}.')
        return save_format.lower() not in ("tf", "tensorflow")
    return path.endswith((".h5", ".keras", ".hdf5"))


def _check_built(model: Any) -> None:
    if not model.weights and not model.built:
        raise ValueError(
            f"Unable to save or load the weights of {model.name}: it is not built. Call it on some data first, or give "
            "its first layer an `input_shape`."
        )


def save_weights(model: Any, filepath: Any, overwrite: bool, save_format: str | None) -> None:
    """Write the variables of a model; see `Model.save_weights`."""
    path = os.fspath(filepath)
    _check_built(model)
    if _is_hdf5(path, save_format):
        if not overwrite and os.path.exists(path):
            raise FileExistsError(f"{path} is there: overwrite=False does not replace it.")
        with hdf5.opened(path, "w") as file:
            hdf5.write_weights(file, model.layers, VERSION)
        return
    checkpoints.write(model, path)


def load_weights(model: Any, filepath: Any, by_name: bool) -> Any:
    """Read the variables of a model; see `Model.load_weights`."""
    path = os.fspath(filepath)
    if os.path.isdir(path):
        path = latest_checkpoint(path) or path
    if _is_hdf5(path, None) or (os.path.exists(path) and not os.path.exists(f"{path}.index")):
        _check_built(model)
        with hdf5.opened(path, "r") as file:
            group = file["model_weights"] if "layer_names" not in file.attrs and "model_weights" in file else file
            hdf5.read_weights(group, model.layers, by_name)
        return None
    if by_name:
        raise NotImplementedError(
            "Weights may only be loaded based on topology into Models when loading TensorFlow-formatted weights (got "
            "by_name=True to load_weights)."
        )
    return checkpoints.read(model, path)


# Models.


def save_model(
    model: Any, filepath: Any, overwrite: bool = True, include_optimizer: bool = True, save_format: str | None = None
) -> None:
    """Write a model, its variables and its optimizer to an HDF5 file. Raises: NotImplementedError for others."""
    path = os.fspath(filepath)
    if _is_hdf5(path, save_format or "h5") and not (model._is_graph or hasattr(model, "_chain")):
        raise NotImplementedError(
            "Saving the model to HDF5 format requires the model to be a Functional model or a Sequential model. It "
            "does not work for subclassed models, because such models are defined via the body of a Python method, "
            "which isn't safely serializable. Consider using `save_weights`."
        )
    if save_format is not None and not _is_hdf5(path, save_format):
        raise NotImplementedError("SavedModels are written by tf.saved_model.simple_save, with Keras's session.")
    if not overwrite and os.path.exists(path):
        raise FileExistsError(f"{path} is there: overwrite=False does not replace it.")
    config = json.dumps(serialization.serialize(model), default=_plain)
    with hdf5.opened(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = VERSION.encode(), b"tensorflow"
        file.attrs["model_config"] = config.encode()
        hdf5.write_weights(file.create_group("model_weights"), model.layers, VERSION)
        if include_optimizer and model._arguments is not None:
            _write_training(file, model)


def _write_training(file: Any, model: Any) -> None:
    arguments = model._arguments
    training = {
        "optimizer_config": serialization_of_optimizer(model.optimizer),
        "loss": arguments["loss"],
        "metrics": arguments["metrics"],
        "weighted_metrics": arguments["weighted_metrics"],
        "sample_weight_mode": arguments["sample_weight_mode"],
        "loss_weights": arguments["loss_weights"],
    }
    file.attrs["training_config"] = json.dumps(training, default=_plain).encode()
    weights = getattr(model.optimizer, "weights", [])
    if weights:
        hdf5.write_variables(file.create_group("optimizer_weights"), weights)


def serialization_of_optimizer(optimizer: Any) -> dict[str, Any]:
    """The configuration of an optimizer."""
    return {"class_name": type(optimizer).__name__, "config": optimizer.get_config()}


def load_model(filepath: Any, custom_objects: Any = None, compile: bool = True) -> Any:
    """Return the model that `Model.save` wrote.

    Args:
      filepath: the HDF5 file. custom_objects: classes and functions by name. compile: whether to compile it.
    Raises: OSError if there is no file, ValueError if there is no model in it.
    """
    with hdf5.opened(os.fspath(filepath), "r") as file:
        text = file.attrs.get("model_config")
        if text is None:
            raise ValueError("No model found in config file.")
        with lookup.custom_object_scope(custom_objects or {}):
            model = serialization.deserialize(json.loads(_decoded(text)), custom_objects)
            hdf5.read_weights(file["model_weights"], model.layers, False)
            training = file.attrs.get("training_config")
            if compile and training is not None:
                _compile(model, json.loads(_decoded(training)))
                if "optimizer_weights" in file:
                    _restore_optimizer(model, hdf5.read_variables(file["optimizer_weights"]))
    return model


def _decoded(text: Any) -> str:
    return text.decode() if isinstance(text, bytes) else str(text)


def _compile(model: Any, training: dict[str, Any]) -> None:
    from ... import optimizers

    model.compile(
        optimizer=optimizers.deserialize(training["optimizer_config"]), loss=_losses(training["loss"]),
        metrics=training["metrics"], loss_weights=training["loss_weights"],
        weighted_metrics=training.get("weighted_metrics"),
    )  # fmt: skip


def _losses(saved: Any) -> Any:
    """Losses, of which those that were objects are made anew."""
    if isinstance(saved, dict):
        if set(saved) == {"class_name", "config"}:
            return losses.deserialize(saved)
        return {name: _losses(item) for name, item in saved.items()}
    return [_losses(item) for item in saved] if isinstance(saved, list) else saved


def _restore_optimizer(model: Any, values: list[Any]) -> None:
    if not model.outputs:
        return
    model._compile_now().step("train")  # which makes the slots
    model.optimizer.set_weights(values)
