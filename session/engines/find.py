"""From a target to its engine, in this process or in a cluster."""

from __future__ import annotations

import os
import time
from typing import Any

from ...ops.base.errors import NotFoundError
from . import engine as engines

_WAIT = 10.0  # seconds that a session waits for a server that is being started


def find_engine(target: Any) -> engines.Engine:
    """Return the engine of a target: `""`, a server's, `ray://local`, `ray://address` of a Ray cluster.

    Raises: TypeError if it is no string, NotFoundError if there is none, InvalidArgumentError for one without address,
      UnavailableError if Ray cannot be reached.
    """
    text = target.decode(errors="replace") if isinstance(target, bytes) else target
    scheme, _, address = text.partition("://") if isinstance(text, str) else ("", "", "")
    if not engines.is_registered(text) if isinstance(text, str) else False:
        if scheme == "ray":
            return _of_ray(text, address)
        if scheme == "grpc" and (os.environ.get("SESSILE_RAY") or os.environ.get("RAY_ADDRESS")):
            return _of_cluster(text, address)
    return engines.find_engine(target)


def _of_cluster(target: str, address: str) -> engines.Engine:
    """The task of a server in another process."""
    from .remote.engine import engine_at, no_task
    from .remote.fabric import cluster_token, ray_fabric, wanted_address

    fabric = ray_fabric(wanted_address())
    end = time.monotonic() + _WAIT
    while True:
        found = engine_at(fabric, target, address, cluster_token())
        if found is not None:
            return found
        if time.monotonic() > end:
            raise no_task(target)
        time.sleep(0.2)


def _of_ray(target: str, address: str) -> engines.Engine:
    """A task of a Ray cluster that lives as long as this process, for sessions without a server."""
    from .cluster import ClusterSpec
    from .remote.engine import RemoteEngine
    from .remote.fabric import cluster_token, ray_fabric

    if not address:
        raise NotFoundError(None, None, f"The target {target!r} names no Ray: write ray://local, or ray://host:port.")
    fabric, token = ray_fabric(address), cluster_token()
    name = f"localhost:{os.getpid()}-{os.urandom(4).hex()}"
    cluster = ClusterSpec({"localhost": [name]})
    fabric.create(name, "localhost", 0, name, cluster.as_dict(), token)
    engine = RemoteEngine(target, ("localhost", 0), cluster, fabric, token)
    engines.register_remote(target, engine)
    return engine
