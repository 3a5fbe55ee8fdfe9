"""Options of datasets, checked as TensorFlow checks them; all but an aggregator of statistics change nothing."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

_Own = TypeVar("_Own", bound="OptionsBase")


class OptionsBase:
    """What all options have: a table of names, each with its types and default."""

    _fields: ClassVar[dict[str, tuple[Any, Any]]] = {}

    def __init__(self) -> None:
        values = {name: make() for name, (_, make) in self._fields.items()}
        object.__setattr__(self, "_values", values)

    def __getattr__(self, name: str) -> Any:
        try:
            return object.__getattribute__(self, "_values")[name]
        except KeyError:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'") from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._fields:
            raise AttributeError(f"Cannot set the property {name} on {type(self).__name__}.")
        kind = self._fields[name][0]
        if not isinstance(value, kind):
            raise TypeError(f'Property "{name}" must be of type {kind}, got: {value!r} (type: {type(value)!r})')
        self._values[name] = value

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._fields]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._values == other._values

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def _merged(self: _Own, other: _Own) -> _Own:
        """Both together. Raises: ValueError if they say different things."""
        result = type(self)()
        for name, (_, make) in self._fields.items():
            one, two, default = getattr(self, name), getattr(other, name), make()
            if isinstance(one, OptionsBase):
                result._values[name] = one._merged(two)
            elif two == default or one == two:
                result._values[name] = one
            elif one == default:
                result._values[name] = two
            else:
                raise ValueError(f"Cannot merge incompatible values ({one} and {two}) of option: {name}")
        return result


def _none() -> Any:
    return None


_BOOL, _INT = (bool, _none), (int, _none)


class MapVectorizationOptions(OptionsBase):
    """How functions on elements are made functions on batches."""

    _fields: ClassVar = {"enabled": _BOOL, "use_choose_fastest": _BOOL}


class OptimizationOptions(OptionsBase):
    """How datasets are to be made faster."""

    _fields: ClassVar = {
        **dict.fromkeys((
            "apply_default_optimizations", "autotune", "autotune_buffers", "filter_fusion",
            "filter_with_random_uniform_fusion", "hoist_random_uniform", "map_and_batch_fusion",
            "map_and_filter_fusion", "map_fusion", "map_parallelization", "noop_elimination", "parallel_batch",
            "shuffle_and_repeat_fusion",
        ), _BOOL),
        "autotune_algorithm": _INT,
        "autotune_cpu_budget": _INT,
        "map_vectorization": (MapVectorizationOptions, MapVectorizationOptions),
    }  # fmt: skip


class ThreadingOptions(OptionsBase):
    """How many threads there are to be."""

    _fields: ClassVar = {"max_intra_op_parallelism": _INT, "private_threadpool_size": _INT}


class DistributeOptions(OptionsBase):
    """How elements are spread over devices."""

    _fields: ClassVar = {"auto_shard": (bool, lambda: True), "num_devices": _INT}


class StatsOptions(OptionsBase):
    """What statistics are collected, and by which `StatsAggregator`."""

    _fields: ClassVar = {
        "aggregator": (object, _none),
        "prefix": (str, str),
        "counter_prefix": (str, str),
        "latency_all_edges": _BOOL,
    }

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "aggregator" and not hasattr(value, "get_summary"):
            raise TypeError(
                f'Property "aggregator" must be of type StatsAggregator, got: {value!r} (type: {type(value)!r})'
            )
        super().__setattr__(name, value)


class Options(OptionsBase):
    """Options of a dataset, for `Dataset.with_options`.

    >>> options = Options()
    >>> options.experimental_deterministic = False
    >>> options.experimental_deterministc = False
    Traceback (most recent call last):
    AttributeError: Cannot set the property experimental_deterministc on Options.
    """

    _fields: ClassVar = {
        "experimental_deterministic": _BOOL,
        "experimental_distribute": (DistributeOptions, DistributeOptions),
        "experimental_optimization": (OptimizationOptions, OptimizationOptions),
        "experimental_slack": _BOOL,
        "experimental_stateful_whitelist": (list, _none),
        "experimental_stats": (StatsOptions, StatsOptions),
        "experimental_threading": (ThreadingOptions, ThreadingOptions),
    }

    def merge(self, options: Options) -> Options:
        """Return these options and others together. Raises: ValueError where both say different things."""
        return self._merged(options)
