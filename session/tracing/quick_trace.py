"""Traced steps that cost little: one native step that fills the times into a message prepared before.

The first steps of a signature, and those of a new shape, are traced stage by stage (`tracing.py`). Where the whole
program turns out to be one native step, what such a step tells is the same each time but for the clock: then the
message is prepared, and the steps that follow only fill in the times and have protobuf read it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final

from ...compiler.program.services import Keyed, Listed, Result, Tupled, flat
from ...compiler.program.traced_calls import record_for, traced_call, traced_variant
from ...compiler.program.tracing import entries_of
from ...ops import proto
from .metadata import Metadata, draft_of_step

__all__ = ["DECLINED", "Metadata", "QuickTrace", "RunMetadata", "RunOptions"]

RunMetadata: Final = proto.RunMetadata
RunOptions: Final = proto.RunOptions
DECLINED: Final = object()  # what `run` returns for a step that has to be traced stage by stage
_MOST_RECORDS: Final = 16  # of one signature and thread


class QuickTrace:
    """The traced steps of one signature."""

    __slots__ = ("_calls", "_feeds", "_is_whole", "_local", "_program", "_serves", "_state", "_structure")

    def __init__(self, signature: Any, state: Any) -> None:
        self._program = signature.program
        self._feeds = signature.feeds
        # a step that returns None declines, so what may be None is not for it to return
        self._is_whole = isinstance(signature.structure, Keyed | Listed | Result | Tupled)
        self._structure = signature.structure if self._is_whole else flat("list", signature.result_count)
        self._state = state
        self._calls: dict[Any, Any] = {}  # per variant
        self._local = threading.local()  # a message is of one thread, which it names
        self._serves = not signature.fetches_feeds

    def run(self, signature: Any, values: Sequence[Any], metadata: Any) -> Any:
        """Run one step, and fill the user's RunMetadata; DECLINED, with nothing done, where that is not prepared."""
        try:
            step, record, message = self._local.current
        except AttributeError:
            return DECLINED
        results = step(*values, record)
        if results is None:
            results, message = self._run_again(values)
            if results is None:
                return DECLINED
        metadata.ParseFromString(message)
        return results if self._is_whole else signature.finish(results, values)

    def _run_again(self, values: Sequence[Any]) -> tuple[Any, Any]:
        """With arrays of the feeds, and what is known of their shapes."""
        self._state.check_open()
        arrays = [feed.array(value) for feed, value in zip(self._feeds, values)]
        found = self._local.known.get(tuple([array.shape for array in arrays]))
        if found is None:
            return None, None
        self._local.current = step, record, message = found
        return step(*arrays, record), message

    def prepare(self, values: Sequence[Any]) -> None:
        """Prepare the message of steps on values like these, which were just traced stage by stage."""
        if not self._serves or not self._program.compiles:
            return
        arrays = [feed.array(value) for feed, value in zip(self._feeds, values)]
        variant, shapes = traced_variant(self._program, arrays, self._state)
        if variant is None:
            self._serves = False
            return
        if variant not in self._calls:
            self._calls[variant] = traced_call(self._program, variant, self._state, self._structure)
        call = self._calls[variant]
        if call is None or call.step is None:
            return
        text, offsets = draft_of_step(entries_of(variant, shapes, call.written), threading.current_thread())
        message = bytearray(text)
        local = self._local
        known = local.__dict__.setdefault("known", {})
        if len(known) >= _MOST_RECORDS:
            known.clear()
        current = call.step, record_for(variant, shapes, message, offsets), message
        local.current = known[tuple([array.shape for array in arrays])] = current
