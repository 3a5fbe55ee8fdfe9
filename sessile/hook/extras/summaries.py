"""`tensorflow.python.ops.summary_op_util`, `distribute.summary_op_util`: what summaries of one's own are built with;
`tensorflow.python.training.summary_io`: the cache of writers under the name it had there.
"""

from __future__ import annotations

from ...ops.families.debugging.summaries import _clean as clean_tag
from ...ops.families.debugging.summaries import collect, summary_scope
from ...ops.library.summaries.file_writer import FileWriterCache as SummaryWriterCache

__all__ = ["SummaryWriterCache", "clean_tag", "collect", "skip_summary", "summary_scope"]


def skip_summary() -> bool:
    """Return False: no other replica writes summaries."""
    return False
