"""What sessile promises, as data: which row, held against what, and the most that the ratio of times may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .backends import BACKENDS
from .results import Results

BEST_PEER = "best peer"
CLOCK = "the clock"


@dataclass(frozen=True)
class Target:
    """sessile's time on `workload`, over the time of `against`, is at most `at_most`.

    Args:
      against: a backend, "reference", BEST_PEER: the fastest of the peers that were measured, or CLOCK: `at_most` is
        in seconds.
      at_most: the bound on the ratio of times.
      other: the workload whose time is the divisor, where it is not `workload`.
      per_byte: compare seconds per byte moved, so that `at_most=1 / 0.85` means 85% of the reference's bandwidth.
      statistic: "median" of the rounds, or the "best" one.
    """

    workload: str
    against: str
    at_most: float
    other: str | None = None
    per_byte: bool = False
    statistic: str = "median"

    @property
    def divisor(self) -> str:
        """The name of the workload that is divided by."""
        return self.other or self.workload


_CHOSEN = (
    "nth_element bincount histogram in_top_k unique unique_many where boolean_mask dynamic_partition dynamic_stitch"
    " reverse_sequence sequence_mask searchsorted hot_sums scatter_nd added_rows scatter_add gather_gradient"
)
_PRODUCTS = (
    "products_4", "products_8", "products_16", "narrow_layer", "residual", "attention", "strided_product",
    "dense_float16", "dense_bfloat16",
)  # fmt: skip

TARGETS: tuple[Target, ...] = (
    Target("callable_10", "reference", 0.5),
    Target("callable_10", "tensorflow", 1 / 20),
    Target("chain_1e2", "reference", 0.8),
    Target("into_array_10", "reference", 0.5),
    Target("repeat_1000", "reference", 0.5),
    Target("repeat_into_1e6", "reference", 1.0),
    Target("two_fetches_10", "reference", 1.0),
    Target("nested_fetches_10", "reference", 3.0),
    Target("run_10", "reference", 10.0),
    Target("counter", "reference", 1.5),
    Target("assign_add_1e7", "reference", 1 / 0.85, per_byte=True),
    Target("handle_8MB", "reference", 1.2),
    Target("chain_1e6", "numpy", 1 / 5),
    Target("handle_400B", "reference", 2.0),
    Target("queue_100", "tensorflow", 1 / 5),
    Target("dataset_small", "tensorflow", 1 / 5),
    Target("dataset_images", "tensorflow", 1.0),
    Target("records_2000", "tensorflow", 1.0),
    Target("examples_2000", "tensorflow", 1.0),
    Target("strings_numbers", "tensorflow", 1.0),
    Target("strings_lengths", "tensorflow", 1.0),
    Target("strings_hashes", "tensorflow", 1.0),
    Target("strings_split", "tensorflow", 1.0),
    Target("strings_joined", "tensorflow", 1.0),
    Target("strings_replaced", "tensorflow", 1.0),
    Target("csv_20000", "tensorflow", 1.0),
    Target("raw_20000", "tensorflow", 1.0),
    Target("random_normal_1e7", "tensorflow", 1.0),
    Target("save_256MB", "tensorflow", 1.0),
    Target("restore_256MB", "tensorflow", 1.0),
    Target("relu_1e7", "reference", 1 / 0.85, per_byte=True),
    Target("sum_squares_1e7", "reference", 1 / 0.85, per_byte=True, statistic="best"),
    Target("gelu_1e6", BEST_PEER, 1 / 1.6),
    Target("black_scholes", BEST_PEER, 1 / 1.3),
    Target("softmax", BEST_PEER, 1 / 1.3),
    Target("layer_norm", BEST_PEER, 1 / 1.3),
    Target("bias_relu_scale", BEST_PEER, 1.0),
    Target("bias_relu_scale", "tensorflow", 1 / 3),
    Target("loop_numbers", "jax", 1.0),
    Target("loop_numbers", "tensorflow", 1 / 300),
    Target("loop_map", "jax", 1.0),
    Target("loop_map", "tensorflow", 1 / 100),
    Target("loop_scan", "jax", 1.0),
    Target("loop_scan", "tensorflow", 1 / 100),
    Target("loop_products", "numpy", 1.1),
    Target("loop_branch", "sessile", 2.0, other="loop_no_branch"),
    Target("lstm", BEST_PEER, 1 / 1.5),
    Target("lstm_first", "tensorflow", 1.0),
    Target("threads_2", "sessile", 1 / 1.8, other="threads_1"),
    Target("batch_sizes_new", "sessile", 1.3, other="batch_sizes_repeated"),
    Target("batch_sizes_worst", "sessile", 1.3, other="batch_sizes_again"),
    Target("transpose", "reference", 1.3),
    Target("graph_1000", "jax", 1 / 5),
    Target("build_10000", "tensorflow", 1 / 4),
    Target("first_call_1000", "jax", 1.0),
    Target("first_call_4000", "sessile", 5.0, other="first_call_1000"),
    Target("network_alike", "tensorflow", 1.0),
    Target("network_alike_compiled", "tensorflow", 1.0),
    Target("network_differs", "tensorflow", 3.0),
    Target("network_differs_compiled", "tensorflow", 3.0),
    Target("network_warm", "sessile", 1 / 5, other="network_differs_compiled"),
    Target("three_operations", CLOCK, 0.005),
    Target("three_operations_compiled", CLOCK, 0.005),
    Target("new_process", "tensorflow", 1.0, other="first_call"),
    Target("new_process_compiled", "tensorflow", 1.0, other="first_call"),
    Target("first_call_10000", "sessile", 10.0, other="first_call_1000"),
    Target("first_call_10000_compiled", "sessile", 10.0, other="first_call_1000_compiled"),
    Target("warm_process", "reference", 3.0),
    Target("import_time", "reference", 1.6),
    Target("mlp_step", BEST_PEER, 1 / 1.5),
    Target("adam_1e6", "reference", 1 / 0.85, per_byte=True),
    Target("adam_1e6", "tensorflow", 1 / 3),
    Target("cnn_step", BEST_PEER, 1.0),
    Target("conv_relu_pool", BEST_PEER, 1.0),
    Target("transformer_step", BEST_PEER, 1 / 1.5),
    Target("embedding_step", "tensorflow", 1 / 5),
    Target("build_gradients_1000", "tensorflow", 1 / 5),
    Target("cnn_first_step", "tensorflow", 1.0),
    *(
        Target(name, BEST_PEER, 1.05)
        for name in ("k_means", "top_k", "segment_sum", "cumsum", "narrow_rows", "sort", "stencil", "nhwc_to_nchw")
    ),
    *(
        Target(name, against, at_most)
        for name in _CHOSEN.split()
        for against, at_most in ((BEST_PEER, 1.05), ("numpy", 1.0))
    ),
    *(Target(name, against, at_most) for name in _PRODUCTS for against, at_most in ((BEST_PEER, 1.05), ("numpy", 1.0))),
)


@dataclass(frozen=True)
class Verdict:
    """A target and what came of it: `ratio` is None if one of the two sides was not measured."""

    target: Target
    against: str
    ratio: float | None

    @property
    def reached(self) -> bool | None:
        """Whether the ratio is within the bound; None if it is not known."""
        return None if self.ratio is None else self.ratio <= self.target.at_most

    def to_json(self) -> dict[str, Any]:
        """Return plain data for the results file."""
        names = {"workload": self.target.workload, "against": self.against, "other": self.target.divisor}
        return names | {"ratio": self.ratio, "at_most": self.target.at_most, "reached": self.reached}


def judge(target: Target, results: Results) -> Verdict:
    """Hold the results against one target."""
    mine = results.seconds(target.workload, "sessile", target.statistic)
    against, theirs = _divisor(target, results)
    if mine is None or not theirs:
        return Verdict(target, against, None)
    ratio = mine / theirs
    if target.per_byte:
        workload = results.workloads[target.workload]
        assert workload.reference is not None and workload.bytes_moved
        ratio *= workload.reference.bytes_moved / workload.bytes_moved
    return Verdict(target, against, ratio)


def _divisor(target: Target, results: Results) -> tuple[str, float | None]:
    """Return what the row is held against, in words, and its seconds."""
    if target.against == BEST_PEER:
        best = results.best_peer(target.divisor, target.statistic)
        return (f"best peer ({BACKENDS[best[0]].label})", best[1]) if best else (BEST_PEER, None)
    if target.against == CLOCK:
        return CLOCK, 1.0
    seconds = results.seconds(target.divisor, target.against, target.statistic)
    return describe(target), seconds


def describe(target: Target) -> str:
    """Return what a target is held against, in words, e.g. `np.multiply of 10`."""
    from .registry import BY_NAME

    if target.against == "reference":
        reference = BY_NAME[target.divisor].reference
        return reference.title if reference else "reference"
    if target.against in (BEST_PEER, CLOCK):
        return target.against
    label = BACKENDS[target.against].label
    return f"{label}, {target.other}" if target.other else label


def wanted(target: Target) -> str:
    """Return the bound in words: bandwidth in percent, a gain as "times as fast", else the ratio.

    >>> wanted(Target("relu_1e7", "reference", 1 / 0.85, per_byte=True))
    '>= 85% of bandwidth'
    """
    if target.against == CLOCK:
        return f"<= {target.at_most * 1e3:.3g} ms"
    if target.per_byte:
        return f">= {100 / target.at_most:.0f}% of bandwidth"
    if target.at_most < 1 and target.against != "reference":
        return f">= {1 / target.at_most:.3g} times as fast"
    return "not slower" if target.at_most == 1 else f"<= {target.at_most:.3g} times the time"


def found(verdict: Verdict) -> str:
    """Return the ratio in the words of `wanted`, or `not measured`."""
    if verdict.ratio is None:
        return "not measured"
    target = verdict.target
    if target.against == CLOCK:
        return f"{verdict.ratio * 1e3:.3g} ms"
    if target.per_byte:
        return f"{100 / verdict.ratio:.0f}%"
    if target.at_most < 1 and target.against != "reference":
        return f"{1 / verdict.ratio:.3g}"
    return f"{verdict.ratio:.3g}"
