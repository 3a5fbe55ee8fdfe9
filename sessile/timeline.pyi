"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.tracing.timeline import RunTimeline as RunTimeline
from sessile.session.tracing.timeline import Timeline as Timeline
