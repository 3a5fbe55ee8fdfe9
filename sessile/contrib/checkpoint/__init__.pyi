"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.checkpoint.containers import AutoTrackable as Checkpointable
from sessile.ops.library.checkpoint.containers import List as List
from sessile.ops.library.checkpoint.containers import Mapping as Mapping
from sessile.ops.library.checkpoint.containers import NoDependency as NoDependency
from sessile.ops.library.checkpoint.containers import NumpyState as NumpyState
from sessile.ops.library.checkpoint.containers import PythonState as PythonStateWrapper
from sessile.ops.library.checkpoint.containers import Trackable as CheckpointableBase
from sessile.ops.library.checkpoint.containers import UniqueNameTracker as UniqueNameTracker
from sessile.ops.library.checkpoint.containers import dot_graph_from_checkpoint as dot_graph_from_checkpoint
from sessile.ops.library.checkpoint.containers import list_objects as list_objects
from sessile.ops.library.checkpoint.containers import object_metadata as object_metadata
from sessile.ops.library.checkpoint.manager import CheckpointManager as CheckpointManager
from sessile.ops.proto import TrackableObjectGraph as CheckpointableObjectGraph
