"""Statistics of datasets: how long elements take, how large they are, as summaries."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ....building.build import build_operation
from ....definition.context import KernelContext
from ....definition.opdef import Effects, OpDef
from ....definition.shapes import scalar_shape
from ....graph.node import Tensor
from ...debugging.summary_ops import fill_histogram
from ..api import Dataset
from ..runtime import Element, Runtime, flat_parts


class StatsAggregator:
    """What collects statistics of datasets whose options name it.

    >>> from sessile.ops.families.data.extra.options import Options
    >>> aggregator, options = StatsAggregator(), Options()
    >>> options.experimental_stats.aggregator = aggregator
    >>> dataset = Dataset.range(3).apply(bytes_produced_stats("bytes")).with_options(options)
    >>> summary = aggregator.get_summary()
    """

    def __init__(self) -> None:
        self._values: weakref.WeakKeyDictionary[Any, dict[str, list[float]]] = weakref.WeakKeyDictionary()

    def get_summary(self) -> Tensor:
        """Return the histograms of what was collected so far, as a string scalar: a Summary message."""
        op: Any = build_operation(STATS_SUMMARY, name="StatsAggregatorSummary")
        op.aggregator = self
        result: Tensor = op.outputs[0]
        return result

    def add(self, context: Any, tag: str, value: float) -> None:
        """Keep a value, in the session that a kernel runs in."""
        self._values.setdefault(context.state, {}).setdefault(tag, []).append(value)

    def histograms(self, context: Any) -> dict[str, list[float]]:
        """What was kept, by tags."""
        return dict(self._values.get(context.state, {}))


def _summary_kernel(context: KernelContext) -> Any:
    from .... import proto

    summary = proto.Summary()
    for tag, values in sorted(context.op.aggregator.histograms(context).items()):
        fill_histogram(summary.value.add(tag=tag).histo, np.array(values))
    array = np.empty((), object)
    array[()] = summary.SerializeToString()
    return array


STATS_SUMMARY = OpDef(
    name="_StatsAggregatorSummary",
    signature="-> summary: string",
    shape=scalar_shape,
    kernel=_summary_kernel,
    effects=Effects("iterator", reads=True),
)


def latency_stats(tag: str) -> Any:
    """How long elements take, in microseconds, as a histogram; for `Dataset.apply`."""
    return lambda dataset: Dataset(*_measured(dataset, tag, lambda seconds, element: seconds * 1e6))


def bytes_produced_stats(tag: str) -> Any:
    """How many bytes elements have, as a histogram; for `Dataset.apply`."""
    return lambda dataset: Dataset(*_measured(dataset, tag, lambda seconds, element: _bytes(element)))


def _bytes(element: Element) -> float:
    """The size of an element; of strings, of their bytes too."""
    total = 0
    for part in flat_parts(element):
        strings = part.dtype == object
        total += part.nbytes + (sum(len(item) for item in part.ravel() if isinstance(item, bytes)) if strings else 0)
    return float(total)


def _measured(dataset: Any, tag: str, measure: Callable[[float, Element], float]) -> tuple[Any, ...]:
    def open(runtime: Runtime) -> Iterator[Element]:
        elements, options = dataset._open(runtime), runtime.stats
        while True:
            begin = time.perf_counter()
            element = next(elements, None)
            if element is None:
                return
            if options is not None:
                name = f"{options.prefix}::{tag}" if options.prefix else tag
                options.aggregator.add(runtime.context, name, measure(time.perf_counter() - begin, element))
            yield element

    return dataset._spec, [dataset], (), open, dataset._size


def set_stats_aggregator(stats_aggregator: StatsAggregator, prefix: str = "", counter_prefix: str = "") -> Any:
    """Statistics of the dataset go to an aggregator; for `Dataset.apply`."""
    from .options import Options

    def apply(dataset: Any) -> Any:
        options = Options()
        options.experimental_stats.aggregator = stats_aggregator
        options.experimental_stats.prefix = prefix
        options.experimental_stats.counter_prefix = counter_prefix
        return dataset.with_options(options)

    return apply
