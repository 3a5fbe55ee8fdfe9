"""The public names: per namespace, per module that defines them; `new=old` gives a name to another definition."""

from __future__ import annotations

from . import (
    contrib,
    data,
    estimator,
    feature_column,
    files,
    image,
    layers,
    linalg,
    math,
    nn,
    random,
    sparse,
    strings,
    tools,
    top,
    train,
)

_TABLES = (
    contrib,
    data,
    estimator,
    feature_column,
    files,
    image,
    layers,
    linalg,
    math,
    nn,
    random,
    sparse,
    strings,
    tools,
    top,
    train,
)
NAMES: dict[str, dict[str, str]] = {namespace: names for table in _TABLES for namespace, names in table.NAMES.items()}
