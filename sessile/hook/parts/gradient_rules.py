"""`tensorflow.python.ops.array_grad` and its like: `_GatherV2Grad` is the gradient rule of `GatherV2`."""

from __future__ import annotations

import re
from typing import Any

from ...ops.library.gradients.registered import named_rule


def __getattr__(name: str) -> Any:
    found = re.fullmatch(r"_(\w+?)Grad", name)
    try:
        rule = None if found is None else named_rule(found[1])
    except LookupError:
        rule = None
    if rule is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return rule
