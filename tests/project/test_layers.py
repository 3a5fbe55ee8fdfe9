"""Imports point one way: ops <- compiler <- session <- sessile."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import source

FILES = source.files(*source.LAYERS)


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
