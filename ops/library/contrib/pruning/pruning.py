"""When and how far masks are changed: `Pruning`, and its settings.

Source: Zhu and Gupta, "To prune, or not to prune: exploring the efficacy of pruning for model compression", 2017,
https://arxiv.org/abs/1710.01878, for how the sparsity grows.
"""

from __future__ import annotations

import re
from typing import Any

from ....building.basic_ops import no_op
from ....building.convert import convert_to_tensor
from ....building.default_graph import control_dependencies, name_scope
from ....families.arrays.filling import ones
from ....families.arrays.reshaping import expand_dims, reshape, squeeze
from ....families.arrays.shape_ops import shape as shape_of
from ....families.control_flow.cond import cond
from ....families.debugging.summaries import scalar
from ....families.elementwise.arithmetic import abs as magnitude
from ....families.elementwise.cast import cast
from ....families.elementwise.compare import greater_equal, less_equal, logical_and, logical_or
from ....families.elementwise.rounding import maximum, minimum
from ....families.elementwise.rounding import round as rounded
from ....families.indexing.gathering import gather
from ....families.nn.convolution.pooling import pool
from ....families.nn.normalization.moments import zero_fraction
from ....families.random.initializers import Zeros
from ....families.reductions.sorting import sort
from ....families.state.assignments import assign
from ....families.state.global_step import get_global_step
from ....families.state.variable_scope import get_variable, variable_scope
from ....graph.node import Tensor
from ....graph.operation import Operation
from ....types import dtypes
from ..training.hparams import HParams
from .masks import get_masks, get_thresholds, get_weights


def get_pruning_hparams() -> Any:
    """Return the settings of `Pruning` with their defaults; change them with `parse("target_sparsity=0.9")`.

    * `name`: of the scope of what is made.
    * `begin_pruning_step`, `end_pruning_step`: between which global steps masks change; -1: without end.
    * `weight_sparsity_map`: a list of `name:sparsity`, for weights whose names have this or fit the regular expression.
    * `block_height`, `block_width`, `block_dims_map` (`name:2x4`): weights of matrices are masked in such blocks, by
      the mean of their magnitudes or the largest (`block_pooling_function`, "AVG" or "MAX").
    * `threshold_decay`: which part of the last threshold stays.
    * `pruning_frequency`: how many steps lie between two changes.
    * `initial_sparsity`, `target_sparsity`: which part of weights is masked at first, and at last.
    * `sparsity_function_begin_step`, `sparsity_function_end_step`, `sparsity_function_exponent`: between which steps
      that grows, and by which power.
    * `nbins`, `use_tpu`: accepted.
    """
    return HParams(
        name="model_pruning",
        begin_pruning_step=0,
        end_pruning_step=-1,
        weight_sparsity_map=[""],
        block_dims_map=[""],
        threshold_decay=0.0,
        pruning_frequency=10,
        nbins=256,
        block_height=1,
        block_width=1,
        block_pooling_function="AVG",
        initial_sparsity=0.0,
        target_sparsity=0.5,
        sparsity_function_begin_step=0,
        sparsity_function_end_step=100,
        sparsity_function_exponent=3.0,
        use_tpu=False,
    )


class Pruning:
    """Changes the masks of `apply_mask` as training goes on.

    Args:
      spec: settings, of `get_pruning_hparams`; default: those.
      global_step: the step that training counts; default: the graph's.
      sparsity: which part of weights is masked, a number or a tensor, in place of the function of the settings.
    Raises: ValueError for settings that cannot be, and without a global step.
    """

    def __init__(self, spec: Any = None, global_step: Any = None, sparsity: Any = None) -> None:
        self._spec: Any = get_pruning_hparams() if spec is None else spec
        self._validate_spec()
        step = get_global_step() if global_step is None else global_step
        if step is None:
            raise ValueError("Pruning: there is no global step; make one with tf.train.get_or_create_global_step().")
        self._global_step = cast(step, dtypes.int32)
        self._sparsity = self._setup_sparsity() if sparsity is None else convert_to_tensor(sparsity, dtypes.float32)
        with variable_scope(self._spec.name):
            self._last_update_step = get_variable(
                "last_mask_update_step", [], dtypes.int32, Zeros(), trainable=False
            )  # fmt: skip
        self._sparsities = _named(self._spec.weight_sparsity_map, float)
        if any(value > 1 for value in self._sparsities.values()):
            raise ValueError(f"Weight sparsity can not exceed 1.0: {self._sparsities}")
        self._blocks = _named(self._spec.block_dims_map, _block)

    def _validate_spec(self) -> None:
        spec = self._spec
        if spec.begin_pruning_step < 0:
            raise ValueError(f"Illegal value for begin_pruning_step: {spec.begin_pruning_step}")
        if spec.begin_pruning_step >= spec.end_pruning_step != -1:
            raise ValueError(
                f"Pruning must begin before it can end. begin_step={spec.begin_pruning_step}, "
                f"end_step={spec.end_pruning_step}. Set end_pruning_step to -1 if pruning is required till training "
                "stops"
            )
        if spec.sparsity_function_begin_step >= spec.sparsity_function_end_step:
            raise ValueError("Sparsity function requires begin_step < end_step")
        for name in ("threshold_decay", "initial_sparsity", "target_sparsity"):
            if not 0.0 <= getattr(spec, name) < 1.0:
                raise ValueError(f"{name} must be in range [0,1); it is {getattr(spec, name)}")
        if spec.block_pooling_function not in ("AVG", "MAX"):
            raise ValueError(f"block_pooling_function must be AVG or MAX; it is {spec.block_pooling_function!r}")

    def _setup_sparsity(self) -> Tensor:
        """Which part of weights is masked: from the first value to the last, by a power of what is left."""
        spec = self._spec
        begin, end = spec.sparsity_function_begin_step, spec.sparsity_function_end_step
        with name_scope(spec.name):
            part = cast(self._global_step - begin, dtypes.float32) / float(end - begin)
            left = 1.0 - minimum(1.0, maximum(0.0, part))
            grown = (spec.initial_sparsity - spec.target_sparsity) * left**spec.sparsity_function_exponent
            sparsity: Tensor = grown + spec.target_sparsity
            return sparsity

    def _sparsity_of(self, weights: Any) -> Tensor:
        own = _of_name(self._sparsities, weights.op.name)
        scaled: Tensor = self._sparsity if own is None else self._sparsity * (own / self._spec.target_sparsity)
        return scaled

    def _new_mask(self, weights: Tensor, threshold: Any, sparsity: Tensor) -> tuple[Tensor, Tensor]:
        """The mask of weights whose magnitude is at least the new threshold; and that."""
        sizes = magnitude(weights)
        count = weights.shape.num_elements()
        kept = cast(rounded((1 - sparsity) * float(count or 0)), dtypes.int32)
        ordered = sort(reshape(sizes, [-1]), direction="DESCENDING")
        found = gather(ordered, maximum(kept - 1, 0))
        decay = self._spec.threshold_decay
        smoothed = threshold * decay + found * (1 - decay)
        return cast(greater_equal(sizes, smoothed), weights.dtype.base_dtype), smoothed

    def _new_block_mask(self, weights: Any, threshold: Any) -> tuple[Tensor, Tensor]:
        sparsity = self._sparsity_of(weights)
        block = _of_name(self._blocks, weights.op.name) or (self._spec.block_height, self._spec.block_width)
        matrix = squeeze(weights)
        if matrix.shape.ndims != 2 or tuple(block) == (1, 1):
            return self._new_mask(convert_to_tensor(weights), threshold, sparsity)
        image = expand_dims(expand_dims(magnitude(matrix), 0), -1)
        kind = self._spec.block_pooling_function
        pooled = squeeze(pool(image, block, kind, "SAME", strides=block, name=f"{weights.op.name}_pooled"), [0, 3])
        mask, smoothed = self._new_mask(pooled, threshold, sparsity)
        high, wide = (int(extent) for extent in pooled.shape)
        spread = mask[:, None, :, None] * ones([1, block[0], 1, block[1]], mask.dtype)
        whole = reshape(spread, [high * block[0], wide * block[1]])
        rows, columns = (int(extent) for extent in matrix.shape)
        return reshape(whole[:rows, :columns], shape_of(weights)), smoothed

    def _mask_assign_ops(self) -> list[Any]:
        made = []
        for mask, weights, threshold in zip(get_masks(), get_weights(), get_thresholds()):
            with name_scope(f"{weights.op.name}_pruning_ops"):
                new_mask, smoothed = self._new_block_mask(weights, threshold)
                made += [assign(threshold, smoothed).op, assign(mask, new_mask).op]
        return made

    def mask_update_op(self) -> Operation:
        """Return the operation that changes all masks and thresholds, and notes the step."""
        with name_scope(self._spec.name):
            changed = self._mask_assign_ops()
            noted = assign(self._last_update_step, self._global_step, name="last_mask_update_step_assign")
            with control_dependencies([*changed, noted]):
                return no_op("mask_update")

    def conditional_mask_update_op(self) -> Any:
        """Return what changes them if the step is one at which that is to be done."""
        spec = self._spec
        with name_scope(spec.name):
            step = self._global_step
            before_end = logical_or(less_equal(step, spec.end_pruning_step), spec.end_pruning_step < 0)
            within = logical_and(greater_equal(step, spec.begin_pruning_step), before_end)
            due = logical_and(within, less_equal(self._last_update_step + spec.pruning_frequency, step))
        return cond(due, self.mask_update_op, no_op)

    def add_pruning_summaries(self) -> None:
        """Make summaries of the sparsity, of each mask's, and of thresholds."""
        with name_scope(f"{self._spec.name}_summaries"):
            scalar("sparsity", self._sparsity)
            scalar("last_mask_update_step", self._last_update_step)
            for mask, threshold in zip(get_masks(), get_thresholds()):
                scalar(f"{mask.op.name}/sparsity", zero_fraction(mask))
                scalar(f"{threshold.op.name}/threshold", threshold)

    def print_hparams(self) -> None:
        """Print the settings."""
        print(self._spec.to_json())


def _block(text: str) -> tuple[int, int]:
    high, wide = text.split("x")
    return int(high), int(wide)


def _named(entries: Any, read: Any) -> dict[str, Any]:
    """The values of `name:value` entries. Raises: ValueError for entries of another form, or one name twice."""
    found: dict[str, Any] = {}
    for entry in [entry for entry in entries or () if entry]:
        name, colon, text = entry.rpartition(":")
        try:
            value = read(text) if colon and name else None
        except ValueError:
            value = None
        if value is None:
            raise ValueError(f"{entry!r} is no name and value with a colon between them.")
        if name in found:
            raise ValueError(f"{name!r} has two values.")
        found[name] = value
    return found


def _of_name(values: dict[str, Any], name: str) -> Any:
    """The value of the entry that a variable's name fits, or None. Raises: ValueError if it fits several."""
    fitting = [key for key in values if key in name or re.search(key, name)]
    if len(fitting) > 1:
        raise ValueError(f"Variable {name} fits several of {fitting}.")
    return values[fitting[0]] if fitting else None
