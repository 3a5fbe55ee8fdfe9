"""Which functions of TensorFlow take ragged tensors, and what does it for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from . import arrays, elementwise, reductions
from .ragged_tensor import is_ragged

_OF_ONE: Final = tuple(
    " ".join((
        "check_numerics identity ones_like zeros_like clip_by_value invert abs acos acosh angle asin asinh",
        "atan atanh cast ceil conj cos cosh digamma erf erfc exp expm1 floor imag is_finite is_inf is_nan",
        "lgamma log log1p log_sigmoid logical_not negative real reciprocal rint round rsqrt saturate_cast",
        "sign sin sinh sqrt square tan decode_compressed string_to_number string_to_hash_bucket as_string",
        "decode_base64 encode_base64 regex_full_match regex_replace string_strip string_to_hash_bucket_fast",
        "string_to_hash_bucket_strong substr string_length unicode_script",
    )).split()
)  # fmt: skip
_OF_TWO: Final = tuple(
    " ".join((
        "bitwise_and bitwise_or bitwise_xor left_shift right_shift add atan2 complex div_no_nan divide equal",
        "floordiv floormod greater greater_equal less less_equal logical_and logical_or logical_xor maximum",
        "minimum multiply not_equal pow realdiv squared_difference subtract truediv truncatediv truncatemod",
        "divide_no_nan mod",
    )).split()
)  # fmt: skip
_OWN: Final[dict[str, Callable[..., Any]]] = {
    "batch_gather": arrays.batch_gather,
    "concat": arrays.concat,
    "expand_dims": arrays.expand_dims,
    "gather": arrays.gather_rows,
    "rank": elementwise.rank,
    "reduce_all": reductions.reduce_all,
    "reduce_any": reductions.reduce_any,
    "reduce_max": reductions.reduce_max,
    "reduce_mean": reductions.reduce_mean,
    "reduce_min": reductions.reduce_min,
    "reduce_prod": reductions.reduce_prod,
    "reduce_sum": reductions.reduce_sum,
    "size": arrays.size,
    "squeeze": arrays.squeeze,
    "stack": arrays.stack,
    "tile": arrays.tile,
    "where": arrays.where,
}
_SEGMENTS: Final = tuple(f"unsorted_segment_{name}" for name in ("sum", "prod", "min", "max"))


def call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a function of TensorFlow gives for arguments of which one is ragged."""
    name = function.__name__
    if name in _OWN:
        return _OWN[name](*args, **kwargs)
    if name in _SEGMENTS:
        return reductions.segmented(function)(*args, **kwargs)
    if name in ("add_n", "string_join"):
        return elementwise.elementwise_of_list(function)(*args, **kwargs)
    return elementwise.elementwise(function, 2 if name in _OF_TWO else 1)(*args, **kwargs)


def has_ragged(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether one of the arguments is ragged, or has something ragged in it."""
    return any(
        is_ragged(value) or (isinstance(value, (list, tuple)) and any(map(is_ragged, value)))
        for value in (*args, *kwargs.values())
    )


NAMES: Final = frozenset({*_OF_ONE, *_OF_TWO, *_OWN, *_SEGMENTS, "add_n", "string_join"})
