"""The table of operation types by module says where they are made."""

from __future__ import annotations

import importlib
import subprocess
import sys

from sessile.ops.definition.families import load_all
from sessile.ops.definition.opdef import REGISTRY
from sessile.ops.definition.type_places import PLACES


def test_each_module_makes_the_types_of_its_line() -> None:
    load_all()
    for module, types in PLACES.items():
        importlib.import_module(f"sessile.ops.families.{module}")
        assert set(types.split()) <= set(REGISTRY), module


def test_nearly_all_types_have_a_line() -> None:
    """Types without one load all families; `tools/make_type_places.py` adds them."""
    load_all()
    known = {name for types in PLACES.values() for name in types.split()}
    public = {name for name in REGISTRY if not name.startswith("_")}
    assert len(public - known) < 0.05 * len(public)


def test_a_type_loads_its_module_alone() -> None:
    script = (
        "import sys\n"
        "from sessile.ops.definition.registry import lookup\n"
        "assert lookup('Tile').name == 'Tile'\n"
        "assert 'sessile.ops.families.arrays.rearranging' in sys.modules\n"
        "assert not any('.families.images.' in name for name in sys.modules)\n"
        "assert lookup('NonMaxSuppressionV3').name == 'NonMaxSuppressionV3'\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
