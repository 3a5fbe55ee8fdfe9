"""Every module that defines operation types is known to `families`, so that types can be looked up by name."""

from __future__ import annotations

import subprocess
import sys

from sessile.ops.definition.registry import lookup

# In a process of its own: here, other tests have imported modules that `load_all` may not know.
SCRIPT = """
import importlib, pkgutil
import sessile.ops
from sessile.ops.definition import families, opdef
families.load_all()
known = set(opdef.REGISTRY)
for module in pkgutil.walk_packages(sessile.ops.__path__, "sessile.ops."):
    importlib.import_module(module.name)
print(*sorted(set(opdef.REGISTRY) - known))
"""


def test_families_are_complete() -> None:
    """No module of the layer defines a type that is not there after `load_all`."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == []


def test_types_are_found_by_name() -> None:
    assert lookup("Cumsum").name == "Cumsum"
