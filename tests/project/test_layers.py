"""Imports point one way, between the layers, between their rooms, and between modules."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sessile.ops.definition import families
from sessile.ops.definition.opdef import REGISTRY

from tests.project import source

FILES = source.files(*source.LAYERS)
MODULES = {source.module_of(path): path for path in FILES}

# Per place with rooms, the rooms by floor: a room imports from lower floors, never from beside it. Imports inside
# functions count. What a lower room needs of a higher one goes through `ops/base/late.py`.
FLOORS = {
    "sessile.ops": (
        "base", "proto", "types", "formats definition", "encoding", "graph", "building", "families", "library",
    ),
    "sessile.ops.families": (
        "elementwise quantized signal", "arrays special", "reductions",
        "control_flow debugging functions indexing lists", "getitem linalg sparse",
        "io operators ragged random strings", "data dataflow nn state tables", "images old_types", "newer older",
    ),
    "sessile.compiler": (
        "plan machine mathlib", "executors runtime numba tree", "jit", "passes", "partition", "specialize", "fusion",
        "codegen", "routines", "step", "native", "program",
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(source.ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    """No file imports a layer above its own, inside functions neither; other layers are imported relatively."""
    own = path.relative_to(source.ROOT).parts[0]
    for line, module, relative in source.imports(path):
        layer = source.layer_of(module)
        if layer is None:
            assert module.split(".")[0] not in source.LAYERS, f"{path}:{line} imports {module} bare"
            continue
        assert relative or layer == own, f"{path}:{line}: write the import of {module} relatively"
        rank = source.LAYERS.index
        assert rank(layer) <= rank(own), f"{path}:{line}: {own} imports {module} of the higher layer {layer}"


@pytest.mark.parametrize("path", source.files("tests", "bench", "examples"), ids=lambda path: path.stem)
def test_layers_are_never_imported_bare(path: Path) -> None:
    """`import ops` works from the project's folder and would load everything a second time."""
    for line, module, relative in source.imports(path):
        first = module.split(".")[0]
        assert relative or first not in source.LAYERS[:-1], f"{path}:{line} imports {module} bare"


def test_every_module_is_shipped() -> None:
    """Each folder with modules is one of the packages in pyproject.toml."""
    text = (source.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    packages = {".".join(source.package_of(path)) for path in FILES}
    missing = [package for package in sorted(packages) if f'    "{package}",\n' not in text]
    assert not missing


def _own_imports(path: Path) -> set[str]:
    """The modules of ours that a file imports when it runs."""
    found = set()
    for _, name in source.runtime_imports(path):
        while name and name not in MODULES:
            name = name.rpartition(".")[0]
        found.add(name)
    return found - {"", source.module_of(path)}


@pytest.mark.parametrize("place", FLOORS)
def test_rooms_import_from_lower_floors(place: str) -> None:
    """No room imports from a higher floor, nor from another room of its own."""
    floor = {room: number for number, rooms in enumerate(FLOORS[place]) for room in rooms.split()}
    inside = f"{place}."
    wrong = []
    for module, path in MODULES.items():
        if not module.startswith(inside):
            continue
        own = module.removeprefix(inside).split(".")[0]
        assert own in floor, f"{module} is in no room of FLOORS"
        for other in _own_imports(path):
            room = other.removeprefix(inside).split(".")[0]
            if other.startswith(inside) and room != own and floor[room] >= floor[own]:
                wrong.append(f"{module} imports {other}")
    assert not wrong


def test_a_session_takes_programs_from_the_compiler() -> None:
    """Nothing else of it."""
    wrong = [
        f"{module} imports {other}"
        for module, path in MODULES.items()
        if module.startswith("sessile.session.")
        for other in _own_imports(path)
        if other.startswith("sessile.compiler.") and not other.startswith("sessile.compiler.program")
    ]
    assert not wrong


def test_modules_import_in_no_circle() -> None:
    """Inside functions neither: repeatedly taking away what imports nothing of the rest leaves nothing."""
    graph = {module: _own_imports(path) - {"sessile"} for module, path in MODULES.items()}
    while True:
        free = [module for module, others in graph.items() if not others & graph.keys()]
        if not free:
            break
        for module in free:
            del graph[module]
    assert not graph


def test_there_is_one_door_upward() -> None:
    """Modules are imported by computed names only where that is said: by the door, by what loads whole families."""
    allowed = {"sessile.ops.base.late", "sessile.ops.definition.families", "sessile.ops.proto.build"}
    allowed |= {"sessile.compiler.mathlib.function"}  # numba asks an object for its type
    users = {
        module
        for module, path in MODULES.items()
        if "import_module(" in path.read_text(encoding="utf-8")
        and module.startswith(("sessile.ops", "sessile.compiler"))
    }
    assert users <= allowed


def test_folders_are_small() -> None:
    """About a dozen files in a folder of the layers."""
    sizes = {folder: len(list(folder.glob("*.py"))) for folder in {path.parent for path in FILES}}
    assert not {str(folder): size for folder, size in sizes.items() if size > 17 and folder != source.ROOT / "sessile"}


def test_the_compiler_lists_no_operation_types() -> None:
    """It names them to build them, as an argument of a call; what is true of some types stands in their OpDef."""
    families.load_all()
    wrong = []
    for path in source.files("compiler"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        listing = [node for node in ast.walk(tree) if isinstance(node, (ast.Compare, ast.Set, ast.Tuple, ast.Dict))]
        wrong += [
            f"{path}:{part.lineno} {part.value}"
            for node in listing
            for part in ast.iter_child_nodes(node)
            if isinstance(part, ast.Constant) and part.value in REGISTRY
        ]
    assert not wrong
