"""Functions that a layer is told by name or configuration: `activation="relu"`, `kernel_initializer="he_normal"`.

The names are Keras's, and so are the functions (`session/keras/functions/`), which a higher room provides.
"""

from __future__ import annotations

from typing import Any

from ...base.provided import provided


def named(kind: str, given: Any) -> Any:
    """Return the function of a name or configuration, or the one that is given.

    Args:
      kind: "activations", "initializers", "regularizers" or "constraints".
    Raises: ValueError for a name of none.
    """
    if not isinstance(given, (str, dict)):
        return given
    find = provided("named functions")
    if find is None:
        raise ValueError(f"There are no {kind} by name here: give {given!r} as a function")
    return find(kind, given)
