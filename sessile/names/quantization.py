"""Public names of `quantization`."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "quantization": {
        "ops.families.quantized.fake_quant": (
            "fake_quant_with_min_max_args fake_quant_with_min_max_args_gradient fake_quant_with_min_max_vars "
            "fake_quant_with_min_max_vars_gradient fake_quant_with_min_max_vars_per_channel "
            "fake_quant_with_min_max_vars_per_channel_gradient"
        ),
    },
}
