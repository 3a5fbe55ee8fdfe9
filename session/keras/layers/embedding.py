"""`Embedding`: rows of a table."""

from __future__ import annotations

from typing import Any

from ....ops.types.tensor_shape import TensorShape
from .. import state
from ..functions import constraints, initializers, regularizers
from ..layer import Layer
from ..operations import cast, identity, name_scope, not_equal


class Embedding(Layer):
    """The rows of a table that integers tell.

    Args:
      input_dim: how many rows there are; output_dim: how long they are.
      embeddings_initializer, embeddings_regularizer, embeddings_constraint: functions, or their names.
      mask_zero: whether 0 is none, and masked.
      input_length: of the sequences, where it is the first layer.
    """

    def __init__(
        self, input_dim: int, output_dim: int, embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None, activity_regularizer: Any = None, embeddings_constraint: Any = None,
        mask_zero: bool = False, input_length: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        if "input_shape" not in kwargs and "batch_input_shape" not in kwargs:
            if input_length is None:
                kwargs["input_shape"] = (None,)
            else:
                kwargs["input_shape"] = (
                    tuple(input_length) if isinstance(input_length, (list, tuple)) else (input_length,)
                )
        dtype = kwargs.pop("dtype", None) or state.floatx()
        super().__init__(dtype=dtype, activity_regularizer=activity_regularizer, **kwargs)
        self.input_dim, self.output_dim, self.input_length = input_dim, output_dim, input_length
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = self.supports_masking = mask_zero

    def build(self, input_shape: Any) -> None:
        """Make the table."""
        self.embeddings = self.add_weight(
            shape=(self.input_dim, self.output_dim), initializer=self.embeddings_initializer, name="embeddings",
            regularizer=self.embeddings_regularizer, constraint=self.embeddings_constraint,
        )  # fmt: skip
        self.built = True

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Where the integers are not 0."""
        return not_equal(inputs, 0) if self.mask_zero else None

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the rows."""
        if inputs.dtype.name not in ("int32", "int64"):
            inputs = cast(inputs, "int32")
        with name_scope("embedding_lookup") as scope:
            return identity(self.embeddings.sparse_read(inputs, name=scope))

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """A dimension more."""
        return TensorShape([*TensorShape(input_shape).as_list(), self.output_dim])

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {
            **super().get_config(), "input_dim": self.input_dim, "output_dim": self.output_dim,
            "embeddings_initializer": initializers.serialize(self.embeddings_initializer),
            "embeddings_regularizer": regularizers.serialize(self.embeddings_regularizer),
            "activity_regularizer": regularizers.serialize(self._activity_regularizer),
            "embeddings_constraint": constraints.serialize(self.embeddings_constraint),
            "mask_zero": self.mask_zero, "input_length": self.input_length,
        }  # fmt: skip
