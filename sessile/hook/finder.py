"""The finder of `tensorflow` and `tensorflow_estimator`, and of all modules within them."""

from __future__ import annotations

import importlib
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

from .mirror import Mirror
from .places import place_of

ROOT: Final = "tensorflow"
# A package of its own that TensorFlow 1.15 installs beside itself; its modules are named as TensorFlow's of estimators
# are: `tensorflow_estimator.python.estimator.util`.
_ESTIMATORS: Final = "tensorflow_estimator"
_IN_ESTIMATORS: Final = ("", "estimator", "python", "python.estimator", "contrib", "contrib.estimator")


def _inner(name: str) -> str | None:
    """The module's name within TensorFlow, empty for the root; None for modules of other packages."""
    root, _, inner = name.partition(".")
    if root == _ESTIMATORS:
        package = ".".join(inner.split(".")[:2]).removesuffix(".")
        return inner if package in _IN_ESTIMATORS else None
    return inner if root == ROOT else None


class _Finder:
    """Finds `tensorflow`, `tensorflow_estimator`, modules within them, and makes them: it is its own loader."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return the spec of a module of TensorFlow's; None for other names, and where `find_spec` is asked.

        Raises: ModuleNotFoundError for a module that neither TensorFlow 1.15 has nor this library.
        """
        own = _name_of_own(name)
        inner = _inner(own)
        if inner is None:
            return None
        if place_of(inner) is None:
            asking = _asking()
            if "_find_and_load" not in asking:  # `importlib.util.find_spec` says by None that there is no module
                return None
            raise _unknown(own, is_taken_from="_handle_fromlist" in asking)
        loader: Any = self
        return ModuleSpec(name, loader, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module."""
        own = _name_of_own(spec.name)
        if own != spec.name:
            return importlib.import_module(own)
        inner = _inner(spec.name)
        assert inner is not None
        place = place_of(inner)
        assert place is not None
        return Mirror(spec.name, inner, place)

    def exec_module(self, module: ModuleType) -> None:
        """Finish a module: it takes its names where they are asked for."""
        if module.__spec__ is not None and module.__spec__.name != module.__name__:  # found by another package's name
            module.__spec__ = ModuleSpec(module.__name__, module.__spec__.loader, is_package=True)


FINDER: Final = _Finder()


def _name_of_own(name: str) -> str:
    """The name under which TensorFlow has a module that is asked for within a package of another name.

    Programs give our modules to `sys.modules` under other names: after `sys.modules["keras"] = tensorflow.keras`,
    `import keras.layers` asks for `tensorflow.keras.layers`.
    """
    outer, _, last = name.rpartition(".")
    package = sys.modules.get(outer)
    return f"{package.__name__}.{last}" if isinstance(package, Mirror) else name


def _asking() -> set[str]:
    """The names of Python's own functions of imports that ask, back to the line of the program."""
    found: set[str] = set()
    frame = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename == "<frozen importlib._bootstrap>":
        found.add(frame.f_code.co_name)
        frame = frame.f_back  # type: ignore[assignment]
    return found


def _unknown(name: str, is_taken_from: bool) -> ModuleNotFoundError:
    """The error for a module, or for a name that is imported from one: Python asks for it as a module then.

    Args:
      name: the full name.
      is_taken_from: whether `from tensorflow.nn import name` asks. Python would take an error that tells the name for
        its own then, and lose the text; elsewhere the name tells that this very module is absent (`pydoc.locate`).
    """
    from ..absent import names_are_recorded, subject_of

    outer, _, last = name.rpartition(".")
    within = name.partition(".")[2]
    subject = subject_of(within)
    place = place_of(within.rpartition(".")[0])
    if subject is None and place is not None and not place.sources:
        subject = f"all of {within.rpartition('.')[0]}"
    if not is_taken_from and place is not None and place.find(last)[0]:
        return ModuleNotFoundError(f"{name!r}, which is sessile, is a name in {outer!r} and no module.", name=name)
    if subject is not None:
        why = f" Of TensorFlow 1, this is not built: {subject}."
    else:
        is_sure = names_are_recorded(name) and not last.startswith("_")
        why = " TensorFlow 1.15 has none." if is_sure else ""
    text = f"{outer!r}, which is sessile, has no module or name {last!r}.{why}"
    return ModuleNotFoundError(text, name=None if is_taken_from else name)
