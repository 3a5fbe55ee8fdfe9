"""Quantizing and dequantizing at once, and its gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Case = Callable[[Any], Any]

VALUES = [[-9.0, -6.03, -6.0, -0.3], [0.001, 0.0, 5.06, 0.53], [1.7, 3.0, 5.98, float("inf")]]
SLOPES = [[1.0, 2.0, 3.0, 4.0], [0.5, 0.25, 1.5, -1.0], [7.0, -2.0, 1.0, 0.5]]
RANGES = {"default": (-6, 6, 8, False), "narrow": (-0.3, 1.7, 4, True), "above": (0.5, 3.0, 2, False)}


def _cases() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for note, (low, high, bits, narrow) in RANGES.items():
        more = {"num_bits": bits, "narrow_range": narrow}
        cases[f"args_{note}"] = lambda tf, low=low, high=high, more=more: [
            tf.quantization.fake_quant_with_min_max_args(VALUES, low, high, **more),
            tf.quantization.fake_quant_with_min_max_args_gradient(SLOPES, VALUES, low, high, **more),
        ]
        cases[f"vars_{note}"] = lambda tf, low=low, high=high, more=more: [
            tf.quantization.fake_quant_with_min_max_vars(VALUES, low, high, **more),
            *tf.quantization.fake_quant_with_min_max_vars_gradient(SLOPES, VALUES, low, high, **more),
        ]
        cases[f"channels_{note}"] = lambda tf, low=low, high=high, more=more: [
            tf.quantization.fake_quant_with_min_max_vars_per_channel(VALUES, [low] * 4, [high] * 4, **more),
            *tf.quantization.fake_quant_with_min_max_vars_per_channel_gradient(
                SLOPES, VALUES, [low] * 4, [high] * 4, **more
            ),
        ]
    cases["args_reversed"] = lambda tf: tf.quantization.fake_quant_with_min_max_args(VALUES, 2.0, 1.0)
    cases["args_one_bit"] = lambda tf: tf.quantization.fake_quant_with_min_max_args(VALUES, num_bits=1)
    cases["args_integers"] = lambda tf: tf.quantization.fake_quant_with_min_max_args(tf.constant([1, 2]))
    cases["vars_vector"] = lambda tf: tf.quantization.fake_quant_with_min_max_vars(VALUES, [0.0, 0.0], [1.0, 1.0])
    cases["vars_zero"] = lambda tf: tf.quantization.fake_quant_with_min_max_vars(VALUES, 0.0, 0.0)
    cases["channels_other"] = lambda tf: tf.quantization.fake_quant_with_min_max_vars_per_channel(
        VALUES, [0.0] * 3, [1.0] * 3
    )
    return cases


CASES: dict[str, Case] = _cases()
