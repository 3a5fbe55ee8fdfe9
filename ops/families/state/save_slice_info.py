"""`SaveSliceInfo`: which part of a whole a variable is, for checkpoints that hold the whole."""

from __future__ import annotations

from typing import Any

from .variable_defs import with_scope, without_scope


class SaveSliceInfo:
    """Where a part of a partitioned variable lies in it.

    Args:
      full_name: the name of the whole.
      full_shape: its shape; var_offset: where the part begins; var_shape: the shape of the part.
      save_slice_info_def: a SaveSliceInfoDef message in place of these.
      import_scope: only with the message: a name scope to put before the name.

    >>> SaveSliceInfo("w", [5, 4], [3, 0], [2, 4]).spec
    '5 4 3,2:0,4'
    """

    def __init__(
        self,
        full_name: str | None = None,
        full_shape: Any = None,
        var_offset: Any = None,
        var_shape: Any = None,
        save_slice_info_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        if save_slice_info_def is not None:
            full_name = with_scope(save_slice_info_def.full_name, import_scope)
            full_shape = list(save_slice_info_def.full_shape)
            var_offset = list(save_slice_info_def.var_offset)
            var_shape = list(save_slice_info_def.var_shape)
        self.full_name = full_name
        self.full_shape = full_shape
        self.var_offset = var_offset
        self.var_shape = var_shape

    @property
    def spec(self) -> str:
        """The text that checkpoints keep: the whole's extents, and `begin,count` of each."""
        whole = " ".join(str(extent) for extent in self.full_shape)
        return whole + " " + ":".join(f"{begin},{count}" for begin, count in zip(self.var_offset, self.var_shape))

    def to_proto(self, export_scope: str | None = None) -> Any:
        """Return a SaveSliceInfoDef message; None for a variable outside of `export_scope`."""
        from ... import proto

        if export_scope and not str(self.full_name).startswith(export_scope):
            return None
        return proto.SaveSliceInfoDef(
            full_name=without_scope(str(self.full_name), export_scope),
            full_shape=list(self.full_shape),
            var_offset=list(self.var_offset),
            var_shape=list(self.var_shape),
        )
