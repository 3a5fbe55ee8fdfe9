"""What programs import of `tensorflow.python.ops.rnn_cell_impl` beyond the cells."""

from __future__ import annotations

from typing import Any

from ...ops.library.contrib.legacy_seq2seq.wrappers import Linear as _Linear
from ...ops.library.recurrent.cell import LayerRNNCell as _LayerRNNCell
from ...ops.library.recurrent.cell import RNNCell as _RNNCell
from ...ops.library.recurrent.cell import joined_shape as _concat
from ...ops.library.recurrent.cell import zero_states as _zero_state_tensors
from ...ops.library.recurrent.stepping import assert_like_rnncell

_WEIGHTS_VARIABLE_NAME = "kernel"
_BIAS_VARIABLE_NAME = "bias"


def _linear(
    args: Any, output_size: int, bias: bool, bias_initializer: Any = None, kernel_initializer: Any = None
) -> Any:
    """The product of arguments side by side with a new matrix of weights, and a bias if wanted."""
    return _Linear(args, output_size, bias, bias_initializer, kernel_initializer)(args)


__all__ = [
    "_BIAS_VARIABLE_NAME",
    "_WEIGHTS_VARIABLE_NAME",
    "_LayerRNNCell",
    "_Linear",
    "_RNNCell",
    "_concat",
    "_linear",
    "_zero_state_tensors",
    "assert_like_rnncell",
]
