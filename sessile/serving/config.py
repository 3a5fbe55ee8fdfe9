"""What a server is told: which models, how requests are batched, when load is shed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class RequestError(Exception):
    """A request that cannot be answered.

    Args:
      status: the HTTP status.
      message: what is wrong, for whoever sent it.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True)
class ServerConfig:
    """Settings of a server.

    Args:
      models: paths by the names that requests use.
      versions: "latest", "all", or the numbers to load, of models whose folder holds versions.
      labels: versions by label.
      batch_size: the most rows in a step; 1: requests are not batched.
      batch_wait: how long the first request of a batch waits for others, in seconds.
      queue_size: the most requests that wait or run; more are refused with status 503.
      poll: how often folders are looked through for new versions, in seconds; 0: never.
      threads: how many threads compute in a step; 0: as many as there are processors.
    """

    models: Mapping[str, str]
    versions: str | tuple[int, ...] = "latest"
    labels: Mapping[str, int] = field(default_factory=dict)
    batch_size: int = 32
    batch_wait: float = 0.0005
    queue_size: int = 256
    poll: float = 2.0
    threads: int = 0
