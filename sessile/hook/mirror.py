"""`Mirror`: a module of TensorFlow's name that takes its attributes from this library when they are asked for."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any, Final

from . import class_names
from .places import Place, imported_there, is_module, place_of
from .spellings import public_name

# TensorFlow's packages that show a function under the name of the module it is in; `import` finds the module.
_FUNCTIONS: Final = frozenset({"contrib.framework.python.ops.arg_scope"})


class Mirror(ModuleType):
    """A module such as `tensorflow.python.ops.math_ops`.

    Args:
      name: its full name.
      inner: the same without `tensorflow.`.
      place: where its names are.
    """

    def __init__(self, name: str, inner: str, place: Place) -> None:
        super().__init__(name, f"`{name}`, as sessile has it.")
        self.__dict__.update(_inner=inner, _place=place, __path__=[])
        if inner.startswith(("keras", "python.keras")):
            class_names.show()
        if not inner or inner in ("compat.v1", "compat.v2"):
            root = importlib.import_module("sessile")
            version = importlib.import_module("sessile.version")
            self.__dict__.update(
                __version__=root.VERSION,
                __git_version__=version.GIT_VERSION,
                __compiler_version__=version.COMPILER_VERSION,
                __sessile_version__=root.__version__,
            )

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":  # asked for by `from tensorflow import *`
            return [public for public in dir(self) if not public.startswith("_") and hasattr(self, public)]
        if name.startswith("__") and (name, self._inner) != ("__version__", "keras"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        inside = self._inside(name)
        if is_module(inside) and inside not in _FUNCTIONS:  # a mirror too, so that both ways of importing give the same
            return importlib.import_module(f"{self.__name__}.{name}")
        found, value = self._older(name) or self._place.find(name)
        if not found:
            found, value = self._spelled_otherwise(name)
        if found:
            self.__dict__[name] = value
            return value
        if place_of(self._inside(name)) is not None:  # of TensorFlow, with nothing of it here
            return importlib.import_module(f"{self.__name__}.{name}")
        beside = imported_there(self._inner, name)
        if beside is not None:
            return importlib.import_module(f"tensorflow.{beside}")
        raise AttributeError(self._missing(name))

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Mirror) and self._inside(name) in _FUNCTIONS:
            return  # Python sets a package's attribute when a module within is imported
        super().__setattr__(name, value)

    def _older(self, name: str) -> tuple[bool, Any] | None:
        """What takes TensorFlow 0.x's arguments too, under the name `tensorflow` alone."""
        if self._inner != "nn":
            return None
        found = importlib.import_module("sessile.old").IN_NN.get(name)
        return None if found is None else (True, found)

    def _spelled_otherwise(self, name: str) -> tuple[bool, Any]:
        """What public names show under another name than TensorFlow's own module."""
        public = public_name(self._inner, name)
        if public is None:
            return False, None
        if not public.startswith("."):
            place: Place = self._place
            return place.find(public)
        module, _, last = f"sessile{public}".rpartition(".")
        try:
            return True, getattr(importlib.import_module(module), last)
        except (ImportError, AttributeError):
            return False, None

    def _inside(self, name: str) -> str:
        return f"{self._inner}.{name}" if self._inner else name

    def _missing(self, name: str) -> str:
        from ..absent import subject_of
        from ..ops.base.suggest import nearest

        subject = subject_of(self._inside(name).removeprefix("compat.v1.").removeprefix("compat.v2."))
        if subject is None and not self._place.sources:
            subject = f"{self._inner}, of which nothing is here"
        why = f" Of TensorFlow 1, this is not built: {subject}." if subject else nearest(name, dir(self))
        return f"module {self.__name__!r}, which is sessile, has no attribute {name!r}.{why}"

    def __dir__(self) -> list[str]:
        names = {name for source in self._place.sources for name in dir(importlib.import_module(source))}
        return sorted({*self.__dict__, *(name for name in names if not name.startswith("_"))})

    def __repr__(self) -> str:
        return f"<module {self.__name__!r} (sessile)>"
