"""How many processors this process may use: by affinity, and by the quota of its control groups."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from functools import cache


@cache
def usable_cpus() -> int:
    """The number of processors this process may use, at least 1. Looked up once.

    It is what affinity allows, and not more than the CPU quota of the control groups, rounded up.
    """
    limits = [_affinity(), *(math.ceil(quota) for quota in cgroup_quotas("/proc/self", "/sys/fs/cgroup"))]
    return max(1, min(limits))


def _affinity() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return os.cpu_count() or 1


def cgroup_quotas(process: str, mounts: str) -> list[float]:
    """The CPU quotas, in processors, of the control groups a process is in and of those around them.

    Args:
      process: the folder of the process, `/proc/self`, with the files `cgroup` and `mountinfo`.
      mounts: where control groups are mounted if `mountinfo` does not tell.
    """
    quotas = []
    for folder in _folders(process, mounts):
        for quota in (_quota_v2(folder), _quota_v1(folder)):
            if quota is not None:
                quotas.append(quota)
    return quotas


def _folders(process: str, mounts: str) -> Iterator[str]:
    """The folders of the groups, the innermost first, per hierarchy that may limit processor time."""
    mounted = _mounted(_read(os.path.join(process, "mountinfo")))
    for line in _read(os.path.join(process, "cgroup")).splitlines():
        fields = line.split(":", 2)
        if len(fields) != 3:
            continue
        _, controllers, path = fields
        if controllers and "cpu" not in controllers.split(","):
            continue
        default = mounts if not controllers else os.path.join(mounts, "cpu")
        root, base = mounted.get("cpu" if controllers else "", ("/", default))
        relative = path[len(root) :] if root != "/" and path.startswith(root) else path
        if root != "/" and not path.startswith(root):
            relative = ""  # a container that sees its own group as the root
        yield from _upwards(base, relative.strip("/"))


def _upwards(base: str, relative: str) -> Iterator[str]:
    parts = [part for part in relative.split("/") if part and part != ".."]
    for length in range(len(parts), -1, -1):
        yield os.path.join(base, *parts[:length])


def _mounted(mountinfo: str) -> dict[str, tuple[str, str]]:
    """Root and mount point of the unified hierarchy (key "") and of the cpu controller's (key "cpu")."""
    found: dict[str, tuple[str, str]] = {}
    for line in mountinfo.splitlines():
        head, _, tail = line.partition(" - ")
        fields, kind = head.split(), tail.split()
        if len(fields) < 5 or len(kind) < 3:
            continue
        place = (_unescaped(fields[3]), _unescaped(fields[4]))
        if kind[0] == "cgroup2":
            found.setdefault("", place)
        elif kind[0] == "cgroup" and "cpu" in kind[2].split(","):
            found.setdefault("cpu", place)
    return found


def _unescaped(path: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), path)


def _quota_v2(folder: str) -> float | None:
    """`cpu.max`: "max 100000" or "150000 100000"."""
    fields = _read(os.path.join(folder, "cpu.max")).split()
    if len(fields) != 2:
        return None
    return _ratio(fields[0], fields[1])


def _quota_v1(folder: str) -> float | None:
    """`cpu.cfs_quota_us`, -1 where there is none, over `cpu.cfs_period_us`."""
    return _ratio(
        _read(os.path.join(folder, "cpu.cfs_quota_us")).strip(),
        _read(os.path.join(folder, "cpu.cfs_period_us")).strip(),
    )


def _ratio(quota: str, period: str) -> float | None:
    if not quota.isdigit() or not period.isdigit() or int(quota) == 0 or int(period) == 0:
        return None
    return int(quota) / int(period)


def _read(path: str) -> str:
    """The text of a file; nothing if it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
