"""Which checkpoints there are: the file `checkpoint` of a folder, finding the last one, removing."""

from __future__ import annotations

import glob
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ...base.messages.logger import logger
from ...formats.bundle_writer import data_files
from ...formats.tensor_bundle import index_path
from ..graphdef.graph_io import write_message

_V1 = 1
_V2 = 2


def state_path(folder: str, latest_filename: str | None) -> str:
    """The path of the state file of a folder."""
    return os.path.join(folder, latest_filename or "checkpoint")


def generate_checkpoint_state_proto(
    save_dir: Any,
    model_checkpoint_path: Any,
    all_model_checkpoint_paths: Sequence[Any] | None = None,
    all_model_checkpoint_timestamps: Sequence[float] | None = None,
    last_preserved_timestamp: float | None = None,
) -> Any:
    """Return a CheckpointState message.

    Args:
      save_dir: the folder of the checkpoints; if its path is relative, paths are stored relative to it.
      model_checkpoint_path: the last checkpoint.
      all_model_checkpoint_paths: all that are kept, the oldest first; the last one is added if it is not among them.
      all_model_checkpoint_timestamps: when each was written, in seconds since 1970.
      last_preserved_timestamp: of the last one that is kept for good.
    Raises: ValueError if there are not as many times as paths.
    """
    from ... import proto

    save_dir, last = os.fspath(save_dir), os.fspath(model_checkpoint_path)
    paths = [os.fspath(path) for path in all_model_checkpoint_paths or ()]
    if not paths or paths[-1] != last:
        logger().info("%s is not in all_model_checkpoint_paths. Manually adding it.", last)
        paths.append(last)
    times = all_model_checkpoint_timestamps
    if times and len(times) != len(paths):
        raise ValueError(
            f"Checkpoint timestamps, if provided, must match checkpoint paths (got paths {paths} and timestamps "
            f"{times})"
        )
    if not os.path.isabs(save_dir):
        paths = [_relative(path, save_dir) for path in paths]
        last = _relative(last, save_dir)
    return proto.CheckpointState(
        model_checkpoint_path=last,
        all_model_checkpoint_paths=paths,
        all_model_checkpoint_timestamps=times,
        last_preserved_timestamp=last_preserved_timestamp,
    )


def _relative(path: str, folder: str) -> str:
    return path if os.path.isabs(path) else os.path.relpath(path, folder)


def update_checkpoint_state(
    save_dir: Any,
    model_checkpoint_path: Any,
    all_model_checkpoint_paths: Sequence[Any] | None = None,
    latest_filename: str | None = None,
    all_model_checkpoint_timestamps: Sequence[float] | None = None,
    last_preserved_timestamp: float | None = None,
) -> None:
    """Write the state file of a folder, whole. Arguments as in `generate_checkpoint_state_proto`, and:

    Args:
      latest_filename: the name of the file; default: `checkpoint`.
    Raises: RuntimeError if the file would have the name of the checkpoint.
    """
    write_state(
        save_dir, model_checkpoint_path, all_model_checkpoint_paths, latest_filename, False,
        all_model_checkpoint_timestamps, last_preserved_timestamp,
    )  # fmt: skip


def write_state(
    save_dir: Any, last: Any, paths: Sequence[Any] | None, latest_filename: str | None, relative: bool,
    times: Sequence[float] | None = None, preserved: float | None = None,
) -> None:  # fmt: skip
    """As `update_checkpoint_state`; `relative` stores paths relative to the folder even if they are absolute."""
    target = state_path(os.fspath(save_dir), latest_filename)
    last = os.fspath(last)
    paths = [os.fspath(path) for path in paths or ()]
    if relative:
        last = os.path.relpath(last, save_dir) if os.path.isabs(last) else last
        paths = [os.path.relpath(path, save_dir) if os.path.isabs(path) else path for path in paths]
    state = generate_checkpoint_state_proto(save_dir, last, paths, times, preserved)
    if target == state.model_checkpoint_path:
        raise RuntimeError(f"Save path '{last}' conflicts with path used for checkpoint state. Use another save path.")
    write_message(state, target, as_text=True)


def get_checkpoint_state(checkpoint_dir: Any, latest_filename: str | None = None) -> Any:
    """Return the state of a folder as a CheckpointState message, its paths as they can be opened, or None.

    Args:
      checkpoint_dir: the folder.
      latest_filename: the name of the state file; default: `checkpoint`.
    """
    from google.protobuf import text_format

    from ... import proto

    folder = os.fspath(checkpoint_dir)
    path = state_path(folder, latest_filename)
    if not os.path.exists(path):
        return None
    state = proto.CheckpointState()
    try:
        with open(path, encoding="utf-8") as file:
            text_format.Merge(file.read(), state)
    except (OSError, UnicodeDecodeError, text_format.ParseError) as error:
        logger().warning("%s: Checkpoint ignored: %s", path, error)
        return None
    if not state.model_checkpoint_path:
        raise ValueError(f"Invalid checkpoint state loaded from {folder}")
    state.model_checkpoint_path = _opened(folder, state.model_checkpoint_path)
    state.all_model_checkpoint_paths[:] = [_opened(folder, item) for item in state.all_model_checkpoint_paths]
    return state


def _opened(folder: str, path: str) -> str:
    return path if os.path.isabs(path) else os.path.join(folder, path)


def latest_checkpoint(checkpoint_dir: Any, latest_filename: str | None = None) -> str | None:
    """Return the path of the last checkpoint that a folder's state file names, or None if there is none.

    Args:
      checkpoint_dir: the folder.
      latest_filename: the name of the state file; default: `checkpoint`.
    """
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None:
        return None
    path: str = state.model_checkpoint_path
    if checkpoint_exists(path):
        return path
    logger().error("Couldn't match files for checkpoint %s", path)
    return None


def checkpoint_exists(checkpoint_prefix: Any) -> bool:
    """Whether there is a checkpoint of that path, of either format; `*` and `?` match."""
    prefix = os.fspath(checkpoint_prefix)
    return any(glob.glob(pattern) for pattern in (index_path(prefix), prefix, f"{prefix}-?????-of-?????"))


def get_checkpoint_mtimes(checkpoint_prefixes: Sequence[Any]) -> list[float]:
    """Return when the checkpoints were written, in seconds since 1970; those that are gone are left out."""
    times = []
    for item in checkpoint_prefixes:
        prefix = os.fspath(item)
        found = [*glob.glob(index_path(prefix)), *glob.glob(prefix), *glob.glob(f"{prefix}-?????-of-?????")]
        if found:
            times.append(os.stat(found[0]).st_mtime)
    return times


def meta_graph_filename(checkpoint_filename: str, meta_graph_suffix: str = "meta") -> str:
    """The path of the graph beside a checkpoint."""
    return re.sub(r"-[\d\?]+-of-\d+$", "", checkpoint_filename) + "." + meta_graph_suffix


def remove_checkpoint(
    checkpoint_prefix: Any, checkpoint_format_version: int = _V2, meta_graph_suffix: str = "meta"
) -> None:
    """Remove a checkpoint and the graph beside it; what is not there is passed over.

    Args:
      checkpoint_prefix: its path.
      checkpoint_format_version: 2, or 1 for TensorFlow's first format.
      meta_graph_suffix: what the graph's file ends with.
    """
    prefix = os.fspath(checkpoint_prefix)
    _remove(meta_graph_filename(prefix, meta_graph_suffix))
    if checkpoint_format_version == _V2:
        _remove(index_path(prefix))
        for path in data_files(prefix):
            _remove(path)
    else:
        for path in glob.glob(prefix):
            _remove(path)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return


def checkpoints_iterator(
    checkpoint_dir: Any,
    min_interval_secs: float = 0,
    timeout: float | None = None,
    timeout_fn: Callable[[], bool] | None = None,
) -> Iterator[str]:
    """Yield the last checkpoint of a folder, again and again as new ones come.

    Args:
      checkpoint_dir: the folder.
      min_interval_secs: how many seconds lie between two of them at least.
      timeout: how many seconds to wait for a new one; default: for ever.
      timeout_fn: called when that time is over: whether to stop. Default: stop.
    """
    last = None
    while True:
        new = _wait_for_new(checkpoint_dir, last, timeout)
        if new is None:
            if timeout_fn is None or timeout_fn():
                return
            continue
        start = time.monotonic()
        last = new
        yield new
        time.sleep(max(0.0, start + min_interval_secs - time.monotonic()))


def _wait_for_new(folder: Any, last: str | None, timeout: float | None, pause: float = 1.0) -> str | None:
    logger().info("Waiting for new checkpoint at %s", folder)
    end = None if timeout is None else time.monotonic() + timeout
    while True:
        found = latest_checkpoint(folder)
        if found is not None and found != last:
            logger().info("Found new checkpoint at %s", found)
            return found
        if end is not None and time.monotonic() + pause > end:
            return None
        time.sleep(pause)
