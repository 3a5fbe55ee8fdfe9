"""`python -m sessile cache`."""

from __future__ import annotations

from pathlib import Path

import pytest
from sessile.compiler.machine.cache import KernelCache, file_name

from sessile.__main__ import main
from tests.cache.processes import run_python

KEY = b"numba 0.61\nllvmlite 0.44\nfeatures +a,-b\ncpu tiny\ntypes f32\nintegers 3\n\ndef kernel(): pass\n"


def test_show(kernels: KernelCache, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Folder, number, size, and what made the entries."""
    assert main(["cache"]) == 0
    assert f"folder   {folder}" in (text := capsys.readouterr().out) and "entries  0" in text
    kernels.store(KEY, bytes(20_000))
    kernels.store(b"no key of ours", b"")
    assert main(["cache", "show"]) == 0
    text = capsys.readouterr().out
    assert "entries  2" in text and "size     20 KB of 256.0 MB" in text
    assert "1 entry: numba 0.61, llvmlite 0.44, cpu tiny\n" in text and "1 entry: unknown\n" in text
    folder.chmod(0o777)
    main(["cache", "show"])
    assert f"unused   {folder} belongs to another user, or others may write into it\n" in capsys.readouterr().out


def test_verify(kernels: KernelCache, capsys: pytest.CaptureFixture[str]) -> None:
    """Damage is named and is the exit code; repairing removes the damaged entries only."""
    kernels.store(KEY, b"code")
    kernels.store(b"other", b"code")
    assert main(["cache", "verify"]) == 0
    assert capsys.readouterr().out == "2 entries, 0 damaged\n"
    path = Path(kernels.folder) / file_name(KEY)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert main(["cache", "verify"]) == 1
    assert capsys.readouterr().out == f"{path.name}: the checksum does not match\n2 entries, 1 damaged\n"
    assert main(["cache", "show"]) == 0
    assert "1 entry: damaged" in capsys.readouterr().out
    assert main(["cache", "verify", "--repair"]) == 0
    assert f"{path.name}: the checksum does not match; removed\n" in capsys.readouterr().out
    assert [entry.name for entry in kernels.entries()] == [file_name(b"other")]
    assert main(["cache", "verify"]) == 0


def test_clear(kernels: KernelCache, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All goes, the folder too."""
    kernels.store(KEY, b"code")
    assert main(["cache", "clear"]) == 0
    assert capsys.readouterr().out == f"1 entry removed from {kernels.folder}\n"
    assert not folder.exists()


def test_no_cache(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Switched off."""
    monkeypatch.setenv("SESSILE_CACHE", "0")
    assert main(["cache", "verify"]) == 0
    assert "switched off" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["cache", "polish"], ["cash"]])
def test_wrong_arguments(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Usage, and exit code 2."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2 and "usage: python -m sessile" in capsys.readouterr().err


def test_the_module_runs(kernels: KernelCache) -> None:
    """As a process, without what compiles."""
    kernels.store(KEY, b"code")
    script = (
        "import runpy, sys\nsys.argv = ['sessile', 'cache', 'verify']\n"
        "try:\n    runpy.run_module('sessile', run_name='__main__')\n"
        "except SystemExit as end:\n    print(end.code, 'numba' in sys.modules, 'llvmlite' in sys.modules)\n"
    )
    assert run_python(script) == "1 entry, 0 damaged\n0 False False\n"
