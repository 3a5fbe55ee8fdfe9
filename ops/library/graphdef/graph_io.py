"""Messages in files: `write_graph`, and reading and writing of text and bytes."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from ...graph.graph import Graph


def write_graph(graph_or_graph_def: Any, logdir: Any, name: str, as_text: bool = True) -> str:
    """Write a graph to the file `name` in the folder `logdir`, which is made if it is not there.

    Args:
      graph_or_graph_def: a Graph, or a GraphDef message.
      logdir: the folder.
      name: the name of the file.
      as_text: whether as text (`.pbtxt`), or as bytes (`.pb`).
    Returns: the path of the file.
    Raises: TypeError if it is no graph, NotFoundError if `name` has a folder that does not exist.
    """
    message = graph_or_graph_def.as_graph_def() if isinstance(graph_or_graph_def, Graph) else graph_or_graph_def
    if not hasattr(message, "DESCRIPTOR"):
        raise TypeError(f"write_graph takes a Graph or a GraphDef message, not {type(message).__name__}.")
    folder = os.fspath(logdir)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    write_message(message, path, as_text)
    return path


def write_message(message: Any, path: str, as_text: bool) -> None:
    """Write a message; readers see the old file or the new one, never a part.

    Raises: NotFoundError if the folder does not exist.
    """
    from google.protobuf import text_format

    data = text_format.MessageToString(message).encode() if as_text else message.SerializeToString(deterministic=True)
    target = Path(path)
    try:
        handle, temporary = tempfile.mkstemp(prefix=target.name + ".", suffix=".tmp", dir=target.parent)
    except FileNotFoundError:
        from ...base.errors import NotFoundError

        raise NotFoundError(None, None, f"{path}; No such file or directory") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def read_message(message: Any, path: Any) -> Any:
    """Fill `message` from a file of bytes or of text, and return it.

    Raises: OSError if there is no such file, or if it holds neither.
    """
    from google.protobuf import message as messages
    from google.protobuf import text_format

    place = Path(os.fsdecode(path))
    if not place.exists():
        raise OSError(f"File {place} does not exist.")
    data = place.read_bytes()
    try:
        message.ParseFromString(data)
        return message
    except messages.DecodeError:
        message.Clear()
    try:
        text_format.Merge(data.decode(), message)
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise OSError(
            f"Cannot parse file {place}: it holds no {message.DESCRIPTOR.name}, neither as bytes nor as text: {error}"
        ) from None
    return message
