"""Weights of examples and of steps, as `fit` and its like take them: checked, and one array for each output.

Source: TensorFlow 1.15.5's answers and errors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from . import data as of_data

TEMPORAL: Final = "temporal"


def modes(given: Any, names: Sequence[str]) -> list[str | None]:
    """What the weights of each output are of: steps for "temporal", else examples.

    Args:
      given: a mode for all outputs, a list, or a dictionary by the names of outputs.
    Raises: ValueError for other names or numbers, AssertionError for another mode.
    """
    if isinstance(given, Mapping):
        _refuse_unknown(given, names, "sample_weight_mode")
        for name in names:
            if name not in given:
                raise ValueError(f"Output {name} missing from `_sample_weight_modes` dictionary")
        found = [given[name] for name in names]
    elif isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise ValueError(
                "When passing a list as sample_weight_mode, it should have one entry per model output. The model has "
                f"{len(names)} outputs, but you passed {len(given)} modes."
            )
        found = list(given)
    else:
        found = [given] * len(names)
    for mode in found:
        if mode not in (None, TEMPORAL, "samplewise"):
            raise AssertionError(f"sample_weight_mode is 'temporal' or None, not {mode!r}")
    return found


def _refuse_unknown(given: Mapping[str, Any], names: Sequence[str], what: str) -> None:
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise ValueError(
            f"Unknown entries in {what} dictionary: {unknown}. Only expected following keys: {list(names)}"
        )


def per_output(given: Any, names: Sequence[str], all_names: Sequence[str]) -> list[Any]:
    """The weights of each output, None where none are given.

    Args:
      given: an array, a list of arrays, or a dictionary by the names of outputs.
      names: of the outputs that have a loss; all_names: of all outputs.
    Raises: ValueError for other names or numbers, TypeError for one array where there are several outputs.
    """
    if isinstance(given, Mapping):
        _refuse_unknown(given, all_names, "sample_weight")
        return [given.get(name) for name in names]
    if given is None:
        return [None] * len(names)
    if isinstance(given, (list, tuple)) and (len(names) > 1 or len(given) == 1 and np.ndim(given[0]) > 0):
        if len(given) != len(names):
            raise ValueError(
                f"Provided `sample_weight` was a list of {len(given)} elements, but the model has {len(names)} "
                "outputs. You should provide one `sample_weight` array per model output."
            )
        return list(given)
    if len(names) > 1:
        raise TypeError(
            "The model has multiple outputs, so `sample_weight` should be either a list or a dict. Provided "
            f"`sample_weight` type not understood: {given}"
        )
    return [given]


def standardized(weight: Any, target: Any, mode: str | None, class_weight: Any) -> Any:
    """The weights of the examples, or steps, of an output.

    Args:
      weight: [examples], with a mode "temporal" [examples, steps]; None for ones.
      target: the targets.
      class_weight: weights by class, which are factors of the others, or None.
    Raises: ValueError for other shapes.
    """
    wanted = 2 if mode == TEMPORAL else 1
    if mode == TEMPORAL and target.ndim < 3:
        raise ValueError(
            f"Found a sample_weight array for an input with shape {target.shape}. Timestep-wise sample weighting (use "
            'of sample_weight_mode="temporal") is restricted to outputs that are at least 3D, i.e. that have a time '
            "dimension."
        )
    if weight is None:
        found = np.ones(target.shape[:wanted])
    else:
        found = np.asarray(weight, float)
        _check(found, target, wanted)
    return found if class_weight is None else found * of_data.class_weights(target, class_weight)


def _check(weight: Any, target: Any, wanted: int) -> None:
    if weight.ndim != wanted and wanted == 2:
        raise ValueError(
            f"Found a sample_weight array with shape {weight.shape}. In order to use timestep-wise sample weighting, "
            "you should pass a 2D sample_weight array."
        )
    if weight.ndim != wanted:
        raise ValueError(
            f"Found a sample_weight array with shape {weight.shape}. In order to use timestep-wise sample weights, you "
            'should specify sample_weight_mode="temporal" in compile(). If you just mean to use sample-wise weights, '
            "make sure your sample_weight array is 1D."
        )
    if weight.shape != target.shape[:wanted]:
        raise ValueError(
            f"Found a sample_weight array with shape {weight.shape} for an input with shape {target.shape}. "
            "sample_weight cannot be broadcast."
        )
