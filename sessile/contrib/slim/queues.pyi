"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.input.running_queues import NestedQueueRunnerError as NestedQueueRunnerError
from sessile.ops.library.input.running_queues import QueueRunners as QueueRunners
