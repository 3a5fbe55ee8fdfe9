"""Running the steps of a graph with either library, and writing them down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.graphdef import graphs, more_graphs
from tests.graphdef.graphs import Builder, Kept, Step
from tests.reference.encoding import decode_array, encode_array

FIXTURES = Path(__file__).parent / "fixtures"
BUILDERS: dict[str, Builder] = {
    function.__name__: function
    for function in (
        graphs.mlp, graphs.attention, graphs.mixture_density, graphs.normalisation, graphs.signal_windows,
        graphs.black_scholes, graphs.k_means, graphs.pairwise_sort, graphs.sparse_products, graphs.session_handles,
        graphs.variables, graphs.control_dependencies, graphs.old_operations, more_graphs.dynamic_shapes,
        more_graphs.images, more_graphs.searching, more_graphs.complex_numbers, more_graphs.matrices,
        more_graphs.devices, more_graphs.strings,
    )
}  # fmt: skip

Values = dict[str, Any]  # of one step, by name; None for operations and handles


def play(session: Any, steps: list[Step]) -> Iterator[Values]:
    """Run the steps one after the other and yield what each has fetched."""
    handles: dict[str, Any] = {}
    for step in steps:
        feeds = {
            name: handles[value.name].handle if isinstance(value, Kept) else value for name, value in step.feeds.items()
        }
        found = dict(zip(step.fetches, session.run(step.fetches, feeds)))
        for name, value in found.items():
            if hasattr(value, "handle"):
                handles[name] = value  # what it names lives as long as it does
                found[name] = None
            elif value is not None:
                found[name] = as_array(value)
        yield found


def as_array(value: Any) -> np.ndarray[Any, Any]:
    """A fetched value as an array; strings as objects."""
    if isinstance(value, bytes):
        result = np.empty((), object)
        result[()] = value
        return result
    return np.asarray(value)


def write_steps(path: Path, steps: list[Step], results: list[Values]) -> None:
    """Write feeds and values of the steps as JSON, a step a line."""
    rows = []
    for step, values in zip(steps, results):
        feeds = {name: _encoded(value) for name, value in step.feeds.items()}
        rows.append(json.dumps({"feeds": feeds, "fetches": {name: _encoded(value) for name, value in values.items()}}))
    path.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")


def read_steps(path: Path) -> tuple[list[Step], list[Values]]:
    """Read what `write_steps` wrote."""
    steps, results = [], []
    for row in json.loads(path.read_text(encoding="utf-8")):
        values = {name: _decoded(record) for name, record in row["fetches"].items()}
        steps.append(Step(list(values), {name: _decoded(record) for name, record in row["feeds"].items()}))
        results.append(values)
    return steps, results


def _encoded(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, Kept):
        return {"kept": value.name}
    array = as_array(value)
    dtype = "string" if array.dtype == object else array.dtype.name
    return {"dtype": dtype, **encode_array(array, dtype)}


def _decoded(record: Any) -> Any:
    if record is None:
        return None
    if "kept" in record:
        return Kept(record["kept"])
    return decode_array(record, record["dtype"])


def differences(values: Values, expected: Values, relative: float = 2e-5, absolute: float = 2e-6) -> list[str]:
    """What differs between the values of a step and those expected: types, shapes, elements."""
    found = []
    for name, wanted in expected.items():
        value = values[name]
        if wanted is None or value is None:
            if wanted is not value:
                found.append(f"{name}: {value!r} instead of {wanted!r}")
        elif (value.dtype, value.shape) != (wanted.dtype, wanted.shape):
            found.append(f"{name}: {value.dtype}{value.shape} instead of {wanted.dtype}{wanted.shape}")
        elif not _near(value, wanted, relative, absolute):
            found.append(f"{name}: {value!r} instead of {wanted!r}")
    return found


def _near(value: Any, wanted: Any, relative: float, absolute: float) -> bool:
    if wanted.dtype.kind in "fc":
        return bool(np.allclose(value, wanted, relative, absolute, equal_nan=True))
    return bool(np.array_equal(value, wanted))
