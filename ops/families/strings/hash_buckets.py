"""Strings put in buckets by their hashes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...building.build import build
from ...definition.opdef import OpDef
from ...definition.shapes import same_shape
from ...graph.node import Tensor
from .hashing import fingerprint, murmur, siphash, uint64_of_each

_FEW = 16  # strings that are computed one by one


def _buckets(function: Callable[[Any], Any], texts: Any, count: int) -> Any:
    listed = texts.ravel().tolist()
    if len(listed) < _FEW:
        return np.array([function(text) % count for text in listed], np.int64).reshape(texts.shape)
    hashes = uint64_of_each(function, listed)
    return (hashes % np.uint64(count)).astype(np.int64).reshape(texts.shape)


STRING_TO_HASH_BUCKET = OpDef(
    name="StringToHashBucket",
    signature="string_tensor: string -> output: int64",
    attrs={"num_buckets": ("int",)},
    routine=("strings", "old bucket"),
    shape=same_shape,
    kernel=lambda string_tensor, *, num_buckets: _buckets(murmur, string_tensor, num_buckets),
)

STRING_TO_HASH_BUCKET_FAST = OpDef(
    name="StringToHashBucketFast",
    signature="input: string -> output: int64",
    attrs={"num_buckets": ("int",)},
    routine=("strings", "bucket"),
    shape=same_shape,
    kernel=lambda texts, *, num_buckets: _buckets(fingerprint, texts, num_buckets),
)


def _strong_kernel(input: Any, *, num_buckets: int, key: Any) -> Any:
    if len(key) != 2:
        raise ValueError("Key must have 2 elements")
    return _buckets(lambda text: siphash(text, (key[0], key[1])), input, num_buckets)


STRING_TO_HASH_BUCKET_STRONG = OpDef(
    name="StringToHashBucketStrong",
    signature="input: string -> output: int64",
    attrs={"num_buckets": ("int",), "key": ("list(int)",)},
    routine=("strings", "strong"),
    shape=same_shape,
    kernel=_strong_kernel,
)


def string_to_hash_bucket(
    string_tensor: Any = None, num_buckets: Any = None, name: str | None = None, input: Any = None
) -> Tensor:
    """Return a number below `num_buckets` for each string, always the same for the same string.

    Args:
      string_tensor: strings of any shape; `input` is its other name.
      num_buckets: how many buckets there are, at least 1.
    Returns: int64, of the same shape.
    Raises: ValueError if both names of the strings are given.

    >>> with tf.Session() as sess:
    ...     sess.run(tf.strings.to_hash_bucket(["a", "b", "a"], 100)).tolist()
    [68, 70, 68]
    """
    if string_tensor is not None and input is not None:
        raise ValueError("Cannot specify both 'string_tensor' and 'input'")
    given = string_tensor if string_tensor is not None else input
    result: Tensor = build(STRING_TO_HASH_BUCKET, given, num_buckets=num_buckets, name=name)
    return result


def string_to_hash_bucket_fast(input: Any, num_buckets: int, name: str | None = None) -> Tensor:
    """Return a number below `num_buckets` for each string, int64, always the same for the same string."""
    result: Tensor = build(STRING_TO_HASH_BUCKET_FAST, input, num_buckets=num_buckets, name=name)
    return result


def string_to_hash_bucket_strong(input: Any, num_buckets: int, key: Any, name: str | None = None) -> Tensor:
    """Return a number below `num_buckets` for each string, which nobody can foresee who does not know the key.

    Args:
      input: strings of any shape.
      num_buckets: how many buckets there are, at least 1.
      key: two integers.
    Returns: int64, of the same shape.
    Raises when run: InvalidArgumentError if the key has not two elements.
    """
    result: Tensor = build(STRING_TO_HASH_BUCKET_STRONG, input, num_buckets=num_buckets, key=key, name=name)
    return result
