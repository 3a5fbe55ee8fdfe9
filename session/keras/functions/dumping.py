"""Functions in configurations: their code in Python's own form, as Keras writes that of Lambda layers."""

from __future__ import annotations

import base64
import marshal
import sys
from types import CellType, FunctionType
from typing import Any

from . import lookup


def dumped(function: Any) -> tuple[Any, str, Any]:
    """A function for a configuration.

    Returns: its code, defaults and closure, `lambda`, and the module of its names; or its name,
    `function` and its module if it has no code of its own.
    """
    if not isinstance(function, FunctionType) or hasattr(function, "__wrapped__"):  # whose closure is a function
        return getattr(function, "__name__", type(function).__name__), "function", getattr(function, "__module__", None)
    code = base64.encodebytes(marshal.dumps(function.__code__)).decode("ascii")
    closure = tuple(cell.cell_contents for cell in function.__closure__) if function.__closure__ else None
    # The module is where its names are looked up, which for what wraps a function is that of the wrapper.
    return (code, function.__defaults__, closure), "lambda", function.__globals__["__name__"]


def loaded(value: Any, kind: str, module: Any, custom_objects: Any = None) -> Any:
    """The function that `dumped` gave. Code runs when it is called: load no models that you do not trust.

    Args:
      value, kind, module: what `dumped` returned. custom_objects: what names stand for.
    Raises: ValueError for a name that is not known, or code of another version of Python.
    """
    names = dict(vars(sys.modules[module])) if module in sys.modules else {}
    if kind == "function":
        return lookup.by_name(value, names, "function in Lambda layer", custom_objects)
    code, defaults, closure = value if isinstance(value, (list, tuple)) else (value, None, None)
    try:
        made = marshal.loads(base64.decodebytes(code.encode("ascii")))
    except (ValueError, EOFError, TypeError) as error:
        raise ValueError(f"The function of a Lambda layer is no code of this version of Python: {error}") from None
    cells = None if closure is None else tuple(CellType(item) for item in closure)
    names.update(custom_objects or {})
    return FunctionType(made, names, made.co_name, None if defaults is None else tuple(defaults), cells)
