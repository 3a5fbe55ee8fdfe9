"""Import `sessile.ops.proto` where sessile is not installed, as in an interpreter that has TensorFlow."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def import_proto() -> types.ModuleType:
    """Return `sessile.ops.proto`, the installed one or else that of this source tree.

    The schema needs nothing of sessile but `ops.suggest`, so empty parent packages that know their folders do.
    """
    try:
        return importlib.import_module("sessile.ops.proto")
    except ImportError:
        for name, folder in (("sessile", "sessile"), ("sessile.ops", "ops")):
            parent = types.ModuleType(name)
            parent.__path__ = [str(ROOT / folder)]
            sys.modules[name] = parent
        return importlib.import_module("sessile.ops.proto")
