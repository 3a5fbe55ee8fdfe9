"""Requests that come close together are one step: rows of several callers, computed at once and handed back apart.

A request joins others if it calls the same signature of the same version with inputs whose first extents are open, and
its arrays agree with theirs in types and in all other extents. The first of a batch waits a moment for others; a full
batch starts at once. Steps run in threads, whose kernels leave the interpreter free to read the next requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..models.model import Model, Signature
from .config import RequestError, ServerConfig
from .metrics import Metrics

Key = tuple[Any, ...]


@dataclass
class _Waiting:
    """A batch that is filled: the arrays of its requests and who waits for each."""

    items: list[tuple[Mapping[str, Any], int, asyncio.Future[dict[str, Any]]]] = field(default_factory=list)
    rows: int = 0
    timer: asyncio.TimerHandle | None = None


class Batcher:
    """Runs requests for all models of a server, in an event loop.

    Args:
      config: see `ServerConfig`.
      metrics: where sizes of batches are counted.
    """

    def __init__(self, config: ServerConfig, metrics: Metrics) -> None:
        self._config = config
        self._metrics = metrics
        self._waiting: dict[Key, _Waiting] = {}
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sessile-serving")
        self._running: set[asyncio.Task[None]] = set()
        self.pending = 0

    def close(self) -> None:
        """End the threads when their steps are done."""
        self._threads.shutdown(wait=True)

    async def run(self, model: Model, signature: Signature, feeds: Mapping[str, Any]) -> dict[str, Any]:
        """Compute all outputs of a signature for one request.

        Args:
          model, signature: what is called.
          feeds: an array per input.
        Raises: RequestError with status 503 if too many requests wait; the step's errors.
        """
        if self.pending >= self._config.queue_size:
            raise RequestError(503, f"too many requests wait ({self.pending}); try again later")
        self.pending += 1
        try:
            rows = _rows(signature, feeds)
            if rows is None or self._config.batch_size <= 1 or rows >= self._config.batch_size:
                loop = asyncio.get_running_loop()
                self._metrics.batch_rows.observe(rows or 1)
                return await loop.run_in_executor(self._threads, _call, model, signature, feeds)
            return await self._joined(model, signature, feeds, rows)
        finally:
            self.pending -= 1

    def _joined(
        self, model: Model, signature: Signature, feeds: Mapping[str, Any], rows: int
    ) -> asyncio.Future[dict[str, Any]]:
        loop = asyncio.get_running_loop()
        key = (id(model), signature.name, *((name, array.dtype.str, array.shape[1:]) for name, array in feeds.items()))
        batch = self._waiting.get(key)
        if batch is not None and batch.rows + rows > self._config.batch_size:
            self._start(key, model, signature)
            batch = None
        if batch is None:
            batch = self._waiting[key] = _Waiting()
            batch.timer = loop.call_later(self._config.batch_wait, self._start, key, model, signature)
        answer: asyncio.Future[dict[str, Any]] = loop.create_future()
        batch.items.append((feeds, rows, answer))
        batch.rows += rows
        if batch.rows >= self._config.batch_size:
            self._start(key, model, signature)
        return answer

    def _start(self, key: Key, model: Model, signature: Signature) -> None:
        batch = self._waiting.pop(key, None)
        if batch is None:
            return
        if batch.timer is not None:
            batch.timer.cancel()
        task = asyncio.get_running_loop().create_task(self._compute(batch, model, signature))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _compute(self, batch: _Waiting, model: Model, signature: Signature) -> None:
        loop = asyncio.get_running_loop()
        self._metrics.batch_rows.observe(batch.rows)
        try:
            parts = await loop.run_in_executor(self._threads, _call_together, model, signature, batch.items)
        except Exception as error:
            if len(batch.items) > 1:  # one of them is at fault: each alone, so that the others are answered
                for item in batch.items:
                    await self._compute(_Waiting([item], item[1]), model, signature)
                return
            parts = [error]
        for (_, _, answer), part in zip(batch.items, parts):
            if answer.done():
                continue  # whoever asked has gone
            if isinstance(part, Exception):
                answer.set_exception(part)
            else:
                answer.set_result(part)


def _rows(signature: Signature, feeds: Mapping[str, Any]) -> int | None:
    """How many rows a request has, if it can be joined with others; else None."""
    counts = {array.shape[0] if array.ndim else None for array in feeds.values()}
    tensors = [*signature.inputs.values(), *signature.outputs.values()]
    is_open = all(tensor.shape.ndims and tensor.shape.as_list()[0] is None for tensor in tensors)
    if not is_open or len(counts) != 1:
        return None
    (rows,) = counts
    return rows or None


def _call(model: Model, signature: Signature, feeds: Mapping[str, Any]) -> dict[str, Any]:
    return model.call(feeds, signature=signature.name)


def _call_together(model: Model, signature: Signature, items: Sequence[Any]) -> list[Any]:
    if len(items) == 1:
        return [_call(model, signature, items[0][0])]
    joined = {name: np.concatenate([feeds[name] for feeds, _, _ in items]) for name in items[0][0]}
    values = _call(model, signature, joined)
    ends = np.cumsum([rows for _, rows, _ in items])
    if any(np.ndim(value) == 0 or len(value) != ends[-1] for value in values.values()):
        return [_call(model, signature, feeds) for feeds, _, _ in items]  # outputs are not by row after all
    return [{name: value[end - rows : end] for name, value in values.items()} for (_, rows, _), end in zip(items, ends)]
