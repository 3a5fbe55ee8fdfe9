"""`tensorflow.python.lib.io.file_io`: the functions of `tf.gfile` under their older names.

`tensorflow.python.saved_model.loader_impl`: what reads a saved model without loading it.
"""

from __future__ import annotations

from typing import Any

import sessile

from ...ops.library.saved_model.loader import asset_tensors as get_asset_tensors
from ...ops.library.saved_model.loader import read_saved_model

__all__ = ["get_asset_tensors"]


def parse_saved_model(export_dir: Any) -> Any:
    """Return the SavedModel message of a folder, with all its graphs. Raises: OSError if it has none to read."""
    return read_saved_model(export_dir)


def _parse_saved_model(export_dir: Any) -> Any:
    return read_saved_model(export_dir)


def file_exists(filename: str) -> bool:
    """Whether there is a file or folder."""
    return bool(sessile.gfile.Exists(filename))


def delete_file(filename: str) -> None:
    """Remove a file. Raises: NotFoundError if there is none."""
    sessile.gfile.Remove(filename)


def read_file_to_string(filename: str, binary_mode: bool = False) -> Any:
    """Return what a file holds: text, or bytes."""
    with sessile.gfile.GFile(filename, "rb" if binary_mode else "r") as file:
        return file.read()


def write_string_to_file(filename: str, file_content: Any) -> None:
    """Write text, or bytes, as a file."""
    with sessile.gfile.GFile(filename, "wb" if isinstance(file_content, bytes) else "w") as file:
        file.write(file_content)


def get_matching_files(filename: Any) -> list[str]:
    """Return the files that match a pattern."""
    return list(sessile.gfile.Glob(filename))


def create_dir(dirname: str) -> None:
    """Make a folder. Raises: NotFoundError if the folder above it is missing."""
    sessile.gfile.MkDir(dirname)


def recursive_create_dir(dirname: str) -> None:
    """Make a folder and those above it; one that is there is fine."""
    sessile.gfile.MakeDirs(dirname)


def copy(oldpath: str, newpath: str, overwrite: bool = False) -> None:
    """Copy a file."""
    sessile.gfile.Copy(oldpath, newpath, overwrite)


def rename(oldname: str, newname: str, overwrite: bool = False) -> None:
    """Rename or move a file."""
    sessile.gfile.Rename(oldname, newname, overwrite)


def delete_recursively(dirname: str) -> None:
    """Remove a folder and all in it."""
    sessile.gfile.DeleteRecursively(dirname)


def is_directory(dirname: str) -> bool:
    """Whether there is a folder."""
    return bool(sessile.gfile.IsDirectory(dirname))


def list_directory(dirname: str) -> list[str]:
    """Return the names in a folder."""
    return list(sessile.gfile.ListDirectory(dirname))


def walk(top: str, in_order: bool = True) -> Any:
    """Yield `(folder, names of folders, names of files)` for a folder and all below it."""
    return sessile.gfile.Walk(top, in_order)


def stat(filename: str) -> Any:
    """Return length and times of a file."""
    return sessile.gfile.Stat(filename)


def __getattr__(name: str) -> Any:
    if name == "FileIO":
        return sessile.gfile.GFile
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
