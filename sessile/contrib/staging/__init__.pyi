"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.dataflow.staging import MapStagingArea as MapStagingArea
from sessile.ops.families.dataflow.staging import StagingArea as StagingArea
