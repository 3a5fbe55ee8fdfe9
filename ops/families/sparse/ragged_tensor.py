"""`RaggedTensor`: a name that exists to say that there are none here."""

from __future__ import annotations

from typing import Any, NoReturn

_REFUSAL = (
    "RaggedTensor is not supported: rows of different lengths are a SparseTensor here, or a padded Tensor with a "
    "tensor of lengths (see tf.sequence_mask)."
)


class _NotSupportedError(NotImplementedError, AttributeError):
    """An attribute that is not there because the class is not supported."""


class _Refusing(type):
    """Refuses every attribute of the class too: `RaggedTensor.from_row_splits(...)` says what to do instead."""

    def __getattr__(cls, name: str) -> NoReturn:
        raise _NotSupportedError(_REFUSAL)


class RaggedTensor(metaclass=_Refusing):
    """TensorFlow's tensor of rows of different lengths: not supported.

    Raises: NotImplementedError, whatever is asked of it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(_REFUSAL)
