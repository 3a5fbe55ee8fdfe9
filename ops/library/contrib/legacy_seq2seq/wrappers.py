"""Cells around a cell: an embedding before it, a projection before or behind it."""

from __future__ import annotations

import math
from typing import Any

from ....base import nest
from ....building.default_graph import device, name_scope
from ....families.arrays.reshaping import reshape
from ....families.arrays.stacking import concat
from ....families.linalg.products import matmul
from ....families.nn.bias import bias_add
from ....families.nn.embedding import embedding_lookup
from ....families.random.initializers import Constant, RandomUniform
from ....families.state.variable_scope import get_variable, get_variable_scope, variable_scope
from ...recurrent.cell import RNNCell
from ...recurrent.stepping import assert_like_rnncell


class Linear:
    """Products of arguments side by side with a matrix of weights, and a bias; its variables are made at once.

    Args:
      args: a tensor `[batch, size]`, or a list of such.
      output_size: how many columns the result has.
      build_bias: whether there is a bias.
      bias_initializer, kernel_initializer: what they begin with; a bias begins with zeros.
    Raises: ValueError if there are no arguments, or of another rank or unknown size.
    """

    def __init__(
        self,
        args: Any,
        output_size: int,
        build_bias: bool,
        bias_initializer: Any = None,
        kernel_initializer: Any = None,
    ) -> None:
        if args is None or (nest.is_nested(args) and not args):
            raise ValueError("`args` must be specified")
        self._is_sequence = nest.is_nested(args)
        listed = args if self._is_sequence else [args]
        total = 0
        for shape in [item.shape for item in listed]:
            if shape.ndims != 2:
                raise ValueError(f"linear is expecting 2D arguments: {[str(item.shape) for item in listed]}")
            if shape[1].value is None:
                raise ValueError(f"linear expects shape[1] to be provided for shape {shape}, but saw {shape[1]}")
            total += shape[1].value
        dtype = listed[0].dtype
        with variable_scope(get_variable_scope()) as outer:
            self._weights = get_variable("kernel", [total, output_size], dtype=dtype, initializer=kernel_initializer)
            self._biases = None
            if build_bias:
                with variable_scope(outer) as inner:
                    inner.set_partitioner(None)
                    start = bias_initializer or Constant(0.0, dtype=dtype)
                    self._biases = get_variable("bias", [output_size], dtype=dtype, initializer=start)

    def __call__(self, args: Any) -> Any:
        """Return the result for arguments as those it was made for."""
        listed = args if self._is_sequence else [args]
        whole = listed[0] if len(listed) == 1 else concat(listed, 1)
        result = matmul(whole, self._weights)
        return result if self._biases is None else bias_add(result, self._biases)


class _Around(RNNCell):
    """A cell around another one."""

    def __init__(self, cell: Any, reuse: Any = None) -> None:
        super().__init__(**({} if reuse is None else {"_reuse": reuse}))
        assert_like_rnncell("cell", cell)
        self._cell = cell
        self._linear: Any = None

    @property
    def state_size(self) -> Any:
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """The state that the cell within begins with.

        Args:
          batch_size: how many sequences there are.
          dtype: the type.
        """
        with name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)


class EmbeddingWrapper(_Around):
    """A cell whose inputs are ids, of which it takes the embeddings.

    Args:
      cell: an RNNCell.
      embedding_classes: how many ids there are.
      embedding_size: how long an embedding is.
      initializer: of the embeddings; default: that of the scope, else uniform numbers of variance 1.
      reuse: whether the variables exist.
    Raises: ValueError if a size is not positive.
    """

    def __init__(
        self, cell: Any, embedding_classes: int, embedding_size: int, initializer: Any = None, reuse: Any = None
    ) -> None:
        super().__init__(cell, reuse)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError(
                f"Both embedding_classes and embedding_size must be > 0: {embedding_classes}, {embedding_size}."
            )
        self._classes, self._size, self._initializer = embedding_classes, embedding_size, initializer

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Run the cell on embeddings."""
        with device("/cpu:0"):
            start = self._initializer or get_variable_scope().initializer
            if not start:
                start = RandomUniform(-math.sqrt(3), math.sqrt(3))
            dtype = (state[0] if isinstance(state, tuple) else state).dtype
            embedding = get_variable("embedding", [self._classes, self._size], initializer=start, dtype=dtype)
            embedded = embedding_lookup(embedding, reshape(inputs, [-1]))
            return self._cell(embedded, state)


class InputProjectionWrapper(_Around):
    """A cell whose inputs are multiplied with a matrix.

    Args:
      cell: an RNNCell.
      num_proj: how many columns its inputs have then.
      activation: a function of them, or None.
      input_size: has no meaning any more.
      reuse: whether the variables exist.
    """

    def __init__(
        self, cell: Any, num_proj: int, activation: Any = None, input_size: Any = None, reuse: Any = None
    ) -> None:
        super().__init__(cell, reuse)
        self._num_proj, self._activation = num_proj, activation

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Run the cell on projected inputs."""
        if self._linear is None:
            self._linear = Linear(inputs, self._num_proj, True)
        projected = self._linear(inputs)
        return self._cell(self._activation(projected) if self._activation else projected, state)


class OutputProjectionWrapper(_Around):
    """A cell whose outputs are multiplied with a matrix.

    Args:
      cell: an RNNCell.
      output_size: how many columns its outputs have then.
      activation: a function of them, or None.
      reuse: whether the variables exist.
    Raises: ValueError if the size is not positive.
    """

    def __init__(self, cell: Any, output_size: int, activation: Any = None, reuse: Any = None) -> None:
        super().__init__(cell, reuse)
        if output_size < 1:
            raise ValueError(f"Parameter output_size must be > 0: {output_size}.")
        self._output_size, self._activation = output_size, activation

    @property
    def output_size(self) -> Any:
        return self._output_size

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Run the cell, and project its output."""
        output, following = self._cell(inputs, state)
        if self._linear is None:
            self._linear = Linear(output, self._output_size, True)
        projected = self._linear(output)
        return (self._activation(projected) if self._activation else projected), following
