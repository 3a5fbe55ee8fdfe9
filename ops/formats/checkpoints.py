"""Opening a checkpoint of either of TensorFlow's formats."""

from __future__ import annotations

import os

from ..base.errors import DataLossError
from .old_checkpoint import OldReader, old_files
from .string_table import why_no_table
from .tensor_bundle import BundleReader, index_path


def open_checkpoint(prefix: str) -> BundleReader | OldReader:
    """Return the reader of a checkpoint; use it in a `with`.

    Args:
      prefix: its path, as `Saver.save` returns it.
    Raises: NotFoundError if there is none, DataLossError if its files are not what was written.
    """
    if not os.path.exists(index_path(prefix)):
        files = old_files(prefix)
        if files:
            return OldReader(files)
        if os.path.exists(prefix):
            is_folder = os.path.isdir(prefix)
            reason = f"{prefix}; Is a directory" if is_folder else why_no_table(os.path.getsize(prefix))
            raise DataLossError(
                None, None,
                f"Unable to open table file {prefix}: {'Failed precondition' if is_folder else 'Data loss'}: {reason}: "
                "perhaps your file is in a different file format and you need to use a different restore operator?",
            )  # fmt: skip
    return BundleReader(prefix)
