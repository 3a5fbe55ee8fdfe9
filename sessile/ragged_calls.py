"""Public functions that take ragged tensors besides dense ones.

They are wrapped where a program gets them by their public names. As long as there is no ragged tensor, a call costs one
look into `sys.modules` more.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, Final

_DISPATCH: Final = f"{__package__}.ops.library.ragged.dispatch"
_CLASSES: Final = f"{__package__}.ops.library.ragged.ragged_tensor"
_NAMES: Final = frozenset(
    " ".join((
        "abs acos acosh add add_n angle as_string asin asinh atan atan2 atanh batch_gather bitwise_and",
        "bitwise_or bitwise_xor cast ceil check_numerics clip_by_value complex concat conj cos cosh",
        "decode_base64 decode_compressed digamma div_no_nan divide encode_base64 equal erf erfc exp",
        "expand_dims expm1 floor floordiv floormod gather greater greater_equal identity imag invert",
        "is_finite is_inf is_nan left_shift less less_equal lgamma log log1p log_sigmoid logical_and",
        "logical_not logical_or logical_xor maximum minimum multiply negative not_equal ones_like pow rank",
        "real realdiv reciprocal reduce_all reduce_any reduce_max reduce_mean reduce_min reduce_prod",
        "reduce_sum regex_full_match regex_replace right_shift rint round rsqrt saturate_cast sign sin sinh",
        "size sqrt square squared_difference squeeze stack string_join string_length string_strip",
        "string_to_hash_bucket string_to_hash_bucket_fast string_to_hash_bucket_strong string_to_number",
        "substr subtract tan tile truediv unicode_script truncatediv truncatemod unsorted_segment_max",
        "unsorted_segment_min divide_no_nan mod unsorted_segment_prod unsorted_segment_sum where zeros_like",
    )).split()
)  # fmt: skip


def takes_ragged(module: str, attribute: str) -> bool:
    """Whether a definition is one of these."""
    return (
        attribute in _NAMES
        and module.startswith(("ops.families.", "ops.building.", "old"))
        and ".sparse." not in module
    )


@functools.cache
def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which also takes ragged tensors; the same wrapper for all its public names."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if _CLASSES in sys.modules:
            from .ops.library.ragged import dispatch

            if dispatch.has_ragged(args, kwargs):
                return dispatch.call(function, args, kwargs)
        return function(*args, **kwargs)

    return call
