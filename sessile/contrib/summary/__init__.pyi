"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.summaries.graph_writers import SummaryWriter as SummaryWriter
from sessile.ops.library.summaries.graph_writers import all_summary_ops as all_summary_ops
from sessile.ops.library.summaries.graph_writers import always_record_summaries as always_record_summaries
from sessile.ops.library.summaries.graph_writers import audio as audio
from sessile.ops.library.summaries.graph_writers import create_db_writer as create_db_writer
from sessile.ops.library.summaries.graph_writers import create_file_writer as create_file_writer
from sessile.ops.library.summaries.graph_writers import create_summary_file_writer as create_summary_file_writer
from sessile.ops.library.summaries.graph_writers import eval_dir as eval_dir
from sessile.ops.library.summaries.graph_writers import flush as flush
from sessile.ops.library.summaries.graph_writers import generic as generic
from sessile.ops.library.summaries.graph_writers import graph as graph
from sessile.ops.library.summaries.graph_writers import histogram as histogram
from sessile.ops.library.summaries.graph_writers import image as image
from sessile.ops.library.summaries.graph_writers import import_event as import_event
from sessile.ops.library.summaries.graph_writers import initialize as initialize
from sessile.ops.library.summaries.graph_writers import never_record_summaries as never_record_summaries
from sessile.ops.library.summaries.graph_writers import record_summaries_every_n_global_steps as record_summaries_every_n_global_steps
from sessile.ops.library.summaries.graph_writers import scalar as scalar
from sessile.ops.library.summaries.graph_writers import should_record_summaries as should_record_summaries
from sessile.ops.library.summaries.graph_writers import summary_writer_initializer_op as summary_writer_initializer_op
