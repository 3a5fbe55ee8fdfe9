"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.debugging.summaries import audio as audio
from sessile.ops.families.debugging.summaries import get_summary_description as get_summary_description
from sessile.ops.families.debugging.summaries import histogram as histogram
from sessile.ops.families.debugging.summaries import image as image
from sessile.ops.families.debugging.summaries import merge as merge
from sessile.ops.families.debugging.summaries import merge_all as merge_all
from sessile.ops.families.debugging.summaries import scalar as scalar
from sessile.ops.families.debugging.summaries import tensor_summary as tensor_summary
from sessile.ops.families.debugging.summaries import text as text
from sessile.ops.library.summaries.file_writer import FileWriter as FileWriter
from sessile.ops.library.summaries.file_writer import FileWriterCache as FileWriterCache
from sessile.ops.library.summaries.graph_writers import all_summary_ops as all_v2_summary_ops
from sessile.ops.library.summaries.graph_writers import initialize as initialize
from sessile.ops.proto import Event as Event
from sessile.ops.proto import SessionLog as SessionLog
from sessile.ops.proto import Summary as Summary
from sessile.ops.proto import SummaryDescription as SummaryDescription
from sessile.ops.proto import TaggedRunMetadata as TaggedRunMetadata
