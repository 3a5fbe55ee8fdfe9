"""Where the layers are in a clone: beside the folder of this package, not within it.

A script at the root of a clone finds `sessile/` there before any installed copy. This finder gives it the layers of the
same clone, whether a copy is installed or not. The path of the package is left alone: a walk through its modules would
find the package in itself.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from typing import Any, Final

_LAYERS: Final = ("ops", "compiler", "session")


class _Finder:
    """Finds the packages of the layers in one folder."""

    def __init__(self, package: str, folder: str) -> None:
        self._folders = {f"{package}.{layer}": os.path.join(folder, layer) for layer in _LAYERS}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        folder = self._folders.get(name)
        if folder is None:
            return None
        file = os.path.join(folder, "__init__.py")
        loader = SourceFileLoader(name, file)
        return spec_from_file_location(name, file, loader=loader, submodule_search_locations=[folder])


def find_layers(package: str, path: str) -> None:
    """Let the layers be found beside the folder `path` of `package`, before any other copy of them."""
    finder: Any = _Finder(package, os.path.dirname(os.path.abspath(path)))
    sys.meta_path.insert(0, finder)
