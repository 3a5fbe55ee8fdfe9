"""`tensorflow.python.platform.resource_loader` and `sysconfig`: files beside a program."""

from __future__ import annotations

import os
import sys
from types import FrameType

import sessile


def load_resource(path: str) -> bytes:
    """Return the contents of a file beside the one that calls this. Raises: OSError."""
    with open(os.path.join(_folder(sys._getframe(1)), path), "rb") as file:
        return file.read()


def _folder(frame: FrameType) -> str:
    return os.path.dirname(str(frame.f_globals.get("__file__", "")))


def get_data_files_path() -> str:
    """Return the folder of the file that calls this."""
    return _folder(sys._getframe(1))


def get_path_to_datafile(path: str) -> str:
    """Return the full path of a file beside the one that calls this."""
    return os.path.join(_folder(sys._getframe(1)), path)


def get_root_dir_with_all_resources() -> str:
    """Return the folder of the file that calls this."""
    return _folder(sys._getframe(1))


def readahead_file_path(path: str, readahead: str = "128M") -> str:
    """Return the path; `readahead` is accepted."""
    return path


def get_include() -> str:
    """Return this package's folder; there are no C headers in it."""
    return os.path.dirname(os.path.abspath(sessile.__file__))


def get_lib() -> str:
    """Return this package's folder; there is no C library in it."""
    return os.path.dirname(os.path.abspath(sessile.__file__))
