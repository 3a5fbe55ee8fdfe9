"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.debugging.summaries import audio_summary as audio_summary
from sessile.ops.families.debugging.summaries import histogram_summary as histogram_summary
from sessile.ops.families.debugging.summaries import image_summary as image_summary
from sessile.ops.families.debugging.summaries import merge_all_summaries as merge_all_summaries
from sessile.ops.families.debugging.summaries import merge_summary as merge_summary
from sessile.ops.families.debugging.summaries import scalar_summary as scalar_summary
