"""Files and functions stay small enough to be read at once."""

from __future__ import annotations

import statistics

from tests.project import source

LONGEST_FILE = 600
LONGEST_FUNCTION = 60
MEDIAN_FUNCTION = 12


def test_no_file_is_too_long() -> None:
    """One idea a file, at most 600 lines."""
    sizes = {
        path.relative_to(source.ROOT): len(path.read_text(encoding="utf-8").splitlines())
        for path in source.files(*source.LAYERS, "tests", "bench", "examples", "tools")
        if "cases" not in path.parts
    }
    assert not {path: size for path, size in sizes.items() if size > LONGEST_FILE}


def test_no_function_is_too_long() -> None:
    """At most 60 lines without the docstring."""
    found = [function for path in source.files(*source.LAYERS, "tests", "bench") for function in source.functions(path)]
    assert not [str(function) for function in found if function.length > LONGEST_FUNCTION]


def test_the_usual_function_is_short() -> None:
    """The median over the layers is small."""
    lengths = [function.length for path in source.files(*source.LAYERS) for function in source.functions(path)]
    assert statistics.median(lengths) <= MEDIAN_FUNCTION
