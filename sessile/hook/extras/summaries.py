"""`tensorflow.python.ops.summary_op_util`, `distribute.summary_op_util`: what summaries of one's own are built with."""

from __future__ import annotations

from ...ops.families.debugging.summaries import _clean as clean_tag
from ...ops.families.debugging.summaries import collect, summary_scope

__all__ = ["clean_tag", "collect", "skip_summary", "summary_scope"]


def skip_summary() -> bool:
    """Return False: no other replica writes summaries."""
    return False
