"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.dataflow.barriers import Barrier as Barrier
from sessile.ops.families.dataflow.queues import FIFOQueue as FIFOQueue
from sessile.ops.families.dataflow.queues import PaddingFIFOQueue as PaddingFIFOQueue
from sessile.ops.families.dataflow.queues import PriorityQueue as PriorityQueue
from sessile.ops.families.dataflow.queues import QueueBase as QueueBase
from sessile.ops.families.dataflow.queues import RandomShuffleQueue as RandomShuffleQueue
