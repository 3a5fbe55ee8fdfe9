"""Variables in HDF5 files, a group for each layer, as Keras has them; h5py reads and writes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ...session_of import batch_get_value, batch_set_value


@contextmanager
def opened(path: str, mode: str) -> Iterator[Any]:
    """A file, open inside the block. Raises: ImportError without h5py, OSError if it cannot be opened."""
    try:
        import h5py
    except ImportError:
        raise ImportError(
            f"{path}: HDF5 files need h5py: pip install 'sessile[keras]'. Without it, `save_weights` writes "
            "checkpoints to paths that do not end in .h5."
        ) from None
    with h5py.File(path, mode) as file:
        yield file


def _ordered(layer: Any) -> list[Any]:
    return list(layer.weights)


def write_variables(group: Any, variables: list[Any]) -> None:
    """Write variables into a group, in order, with their names."""
    names = []
    for number, (variable, value) in enumerate(zip(variables, batch_get_value(variables))):
        name = getattr(variable, "name", f"param_{number}")
        base, copies = name, 1
        while name in names:
            name, copies = f"{base}_{copies}", copies + 1
        names.append(name)
        group.create_dataset(name, data=np.asarray(value))
    group.attrs["weight_names"] = np.array([name.encode() for name in names], "S") if names else np.zeros(0, "S1")


def read_variables(group: Any) -> list[Any]:
    """The values in a group, in order."""
    return [np.asarray(group[_text(name)]) for name in group.attrs["weight_names"]]


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)


def write_weights(file: Any, layers: list[Any], version: str) -> None:
    """Write the variables of layers."""
    file.attrs["layer_names"] = np.array([layer.name.encode() for layer in layers], "S")
    file.attrs["backend"], file.attrs["keras_version"] = b"tensorflow", version.encode()
    for layer in layers:
        write_variables(file.require_group(layer.name), _ordered(layer))


def read_weights(file: Any, layers: list[Any], by_name: bool) -> None:
    """Give the variables of layers the values in a file.

    Args:
      by_name: whether layers are found by name, and others are left alone; otherwise by their order.
    Raises: ValueError if layers or shapes differ.
    """
    names = [_text(name) for name in file.attrs["layer_names"]]
    with_weights = [name for name in names if len(file[name].attrs["weight_names"])]
    own = [layer for layer in layers if layer.weights]
    if by_name:
        chosen = [(layer, layer.name) for layer in own if layer.name in with_weights]
    else:
        if len(with_weights) != len(own):
            raise ValueError(
                f"You are trying to load a weight file containing {len(with_weights)} layers into a model with "
                f"{len(own)} layers."
            )
        chosen = list(zip(own, with_weights))
    pairs: list[Any] = []
    for layer, name in chosen:
        values, variables = read_variables(file[name]), _ordered(layer)
        if len(values) != len(variables):
            raise ValueError(
                f'Layer "{layer.name}" expects {len(variables)} weight(s), but the saved weights have {len(values)} '
                "element(s)."
            )
        for variable, value in zip(variables, values):
            if list(value.shape) != variable.shape.as_list():
                raise ValueError(
                    f'Layer "{layer.name}": {variable.name} has the shape {variable.shape}, but the saved weight has '
                    f"shape {value.shape}."
                )
            pairs.append((variable, value))
    batch_set_value(pairs)
