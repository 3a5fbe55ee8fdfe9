"""Two result files compared: losses show, noise does not, and a slower machine is no loss."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench import compare
from bench.__main__ import main


def results(rows: dict[str, dict[str, list[float]]]) -> dict[str, Any]:
    """A result file with rounds per row and backend."""

    def cell(rounds: list[float]) -> dict[str, Any]:
        return {"median": sorted(rounds)[len(rounds) // 2], "rounds": rounds}

    made = {name: {"backends": {who: cell(rounds) for who, rounds in row.items()}} for name, row in rows.items()}
    return {"format": 1, "rows": made}


OLD = results(
    {
        "same": {"sessile": [1.0, 1.01, 0.99], "reference": [2.0, 2.0, 2.0]},
        "lost": {"sessile": [1.0, 1.01, 0.99], "reference": [2.0, 2.0, 2.0]},
        "won": {"sessile": [1.0, 1.01, 0.99], "reference": [2.0, 2.0, 2.0]},
        "noisy": {"sessile": [1.0, 2.0, 0.5], "reference": [2.0, 2.0, 2.0]},
        "gone": {"sessile": [1.0], "reference": [2.0]},
    }
)
NEW = results(  # on a machine that is half as fast
    {
        "same": {"sessile": [2.0, 2.02, 1.98], "reference": [4.0, 4.0, 4.0]},
        "lost": {"sessile": [2.6, 2.61, 2.59], "reference": [4.0, 4.0, 4.0]},
        "won": {"sessile": [1.0, 1.01, 0.99], "reference": [4.0, 4.0, 4.0]},
        "noisy": {"sessile": [1.0, 2.4, 4.6], "reference": [4.0, 4.0, 4.0]},
        "new": {"sessile": [1.0], "reference": [2.0]},
    }
)


def test_changes_are_relative_to_what_ran_beside() -> None:
    found = {change.workload: change for change in compare.changes(OLD, NEW)}
    assert list(found) == ["same", "lost", "won", "noisy"]
    assert {name: change.verdict(1.05) for name, change in found.items()} == {
        "same": "same",
        "lost": "slower",
        "won": "faster",
        "noisy": "same",
    }
    assert found["lost"].ratio == pytest.approx(1.3) and found["won"].ratio == pytest.approx(0.5)
    assert found["lost"].others == pytest.approx(2.0)


def test_the_command_prints_the_losses_first_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / "old.json", tmp_path / "new.json"]
    for path, data in zip(paths, (OLD, NEW)):
        path.write_text(json.dumps(data))
    assert main(["compare", *map(str, paths)]) == 1
    printed = capsys.readouterr().out
    assert printed.index("lost") < printed.index("same") and "slower: lost" in printed and "4 rows" in printed
    assert main(["compare", str(paths[0]), str(paths[0])]) == 0
    assert "no row is slower" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["compare", str(paths[0]), str(tmp_path / "none.json")])


def test_a_history_is_kept_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history = tmp_path / "kept" / "history.jsonl"
    for data in (OLD, NEW):
        path = tmp_path / "results.json"
        path.write_text(json.dumps(data))
        assert main(["keep", str(path), "--history", str(history)]) == 0
    capsys.readouterr()
    assert main(["history", "--history", str(history), "--only", "l*"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and lines[1].split() == ["lost", "0.500x", "0.650x"]
