"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.nn.quantized import quantized_concat as quantized_concat
from sessile.ops.families.quantized.fake_quant import fake_quant_with_min_max_args as fake_quant_with_min_max_args
from sessile.ops.families.quantized.fake_quant import fake_quant_with_min_max_args_gradient as fake_quant_with_min_max_args_gradient
from sessile.ops.families.quantized.fake_quant import fake_quant_with_min_max_vars as fake_quant_with_min_max_vars
from sessile.ops.families.quantized.fake_quant import fake_quant_with_min_max_vars_gradient as fake_quant_with_min_max_vars_gradient
from sessile.ops.families.quantized.fake_quant import fake_quant_with_min_max_vars_per_channel as fake_quant_with_min_max_vars_per_channel
from sessile.ops.families.quantized.fake_quant import fake_quant_with_min_max_vars_per_channel_gradient as fake_quant_with_min_max_vars_per_channel_gradient
from sessile.ops.families.quantized.quantize import dequantize as dequantize
from sessile.ops.families.quantized.quantize import quantize as quantize
from sessile.ops.families.quantized.quantize import quantize_and_dequantize as quantize_and_dequantize
