"""Functions of `tf.test`: the main program of a test, folders, what the machine has, graphs that are equal."""

from __future__ import annotations

import atexit
import inspect
import os
import shutil
import tempfile
from typing import Any, NoReturn
from unittest import mock

import sessile

__all__ = ["get_temp_dir", "main", "mock"]

_folder: list[str] = []


def main(argv: Any = None) -> NoReturn:
    """Run the tests of the script that calls this, and leave the process. See `unittest.main`.

    Args:
      argv: the arguments; default: those of the process. Flags of `tf.app.flags` are taken out.
    """
    import sys
    import unittest

    rest = sessile.app.parsed(sys.argv if argv is None else argv)
    unittest.main(argv=rest)
    raise SystemExit(0)


def get_temp_dir() -> str:
    """Return a folder for the tests of this process; it is removed at the end. `TEST_TMPDIR` says where it is made."""
    if not _folder:
        made = tempfile.mkdtemp(prefix="sessile-test-", dir=os.environ.get("TEST_TMPDIR"))
        _folder.append(made)
        atexit.register(shutil.rmtree, made, ignore_errors=True)
    return _folder[0]


def test_src_dir_path(relative_path: str) -> str:
    """Return the path of a file beside the one that calls this, or beneath the folder that `TEST_SRCDIR` names."""
    root = os.environ.get("TEST_SRCDIR")
    if root is None:
        root = os.path.dirname(os.path.abspath(inspect.stack()[1].filename))
    return os.path.join(root, relative_path)


test_src_dir_path.__test__ = False  # type: ignore[attr-defined]


def is_gpu_available(cuda_only: bool = False, min_cuda_compute_capability: Any = None) -> bool:
    """Return False: there is no device but the CPU."""
    return False


def gpu_device_name() -> str:
    """Return an empty string: there is no GPU."""
    return ""


def is_built_with_cuda() -> bool:
    """Return False."""
    return False


def is_built_with_rocm() -> bool:
    """Return False."""
    return False


def is_built_with_gpu_support() -> bool:
    """Return False."""
    return False


def assert_equal_graph_def(
    actual: Any, expected: Any, checkpoint_v2: bool = False, hash_table_shared_name: bool = False
) -> None:
    """Check that two GraphDefs have the same nodes, in whatever order.

    Args:
      actual, expected: GraphDef messages.
      checkpoint_v2: whether the names of temporary checkpoint files do not count.
      hash_table_shared_name: whether the shared names of lookup tables do not count.
    Raises: AssertionError that names what differs, TypeError for other messages.
    """
    for message, which in ((actual, "actual"), (expected, "expected")):
        if not hasattr(message, "node"):
            raise TypeError(f"Expected tf.GraphDef for {which}, got {type(message).__name__}")
    ours, theirs = (_nodes(message, checkpoint_v2, hash_table_shared_name) for message in (actual, expected))
    problems = [f"Found unexpected node '{name}'" for name in ours if name not in theirs]
    problems += [f"Did not find expected node '{name}'" for name in theirs if name not in ours]
    problems += [
        f"Node '{name}' differs:\n{ours[name]}\nexpected:\n{theirs[name]}"
        for name in ours
        if name in theirs and ours[name] != theirs[name]
    ]
    if problems:
        raise AssertionError("\n".join(problems))


def _nodes(message: Any, checkpoint: bool, tables: bool) -> dict[str, Any]:
    """The nodes by name, those attributes removed that do not count."""
    copy = type(message)()
    copy.CopyFrom(message)
    for node in copy.node:
        if checkpoint and node.op == "Const" and "_temp_" in str(node.attr["value"].tensor.string_val):
            del node.attr["value"]
        if tables and "HashTable" in node.op and "shared_name" in node.attr:
            del node.attr["shared_name"]
    return {node.name: node for node in copy.node}


def create_local_cluster(
    num_workers: int, num_ps: int, protocol: str = "grpc", worker_config: Any = None, ps_config: Any = None
) -> tuple[list[Any], list[Any]]:
    """Start servers of a cluster in this process; returns those of the job "worker" and those of "ps".

    Args:
      num_workers, num_ps: how many of each.
      protocol: as of `tf.train.Server`.
      worker_config, ps_config: ConfigProto messages.
    """
    ports = _free_ports(num_workers + num_ps)
    jobs = {"worker": ports[:num_workers], "ps": ports[num_workers:]}
    cluster = sessile.train.ClusterSpec({job: [f"localhost:{port}" for port in own] for job, own in jobs.items()})
    workers, servers = (
        [
            sessile.train.Server(cluster, job_name=job, protocol=protocol, task_index=index, config=config, start=True)
            for index in range(count)
        ]
        for job, count, config in (("worker", num_workers, worker_config), ("ps", num_ps, ps_config))
    )
    return workers, servers


def _free_ports(count: int) -> list[int]:
    import contextlib
    import socket

    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("localhost", 0))
        return [one.getsockname()[1] for one in sockets]
