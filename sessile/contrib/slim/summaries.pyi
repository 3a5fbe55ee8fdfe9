"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.layers.named_summaries import add_histogram_summaries as add_histogram_summaries
from sessile.ops.library.contrib.layers.named_summaries import add_histogram_summary as add_histogram_summary
from sessile.ops.library.contrib.layers.named_summaries import add_image_summaries as add_image_summaries
from sessile.ops.library.contrib.layers.named_summaries import add_image_summary as add_image_summary
from sessile.ops.library.contrib.layers.named_summaries import add_scalar_summaries as add_scalar_summaries
from sessile.ops.library.contrib.layers.named_summaries import add_scalar_summary as add_scalar_summary
from sessile.ops.library.contrib.layers.named_summaries import add_zero_fraction_summaries as add_zero_fraction_summaries
from sessile.ops.library.contrib.layers.named_summaries import add_zero_fraction_summary as add_zero_fraction_summary
