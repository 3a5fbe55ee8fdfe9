"""Handles of a session on a cluster: the arrays stay on the tasks that made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ....ops.base.device_spec import DeviceSpec
from ....ops.base.errors import InvalidArgumentError
from ....ops.types.dtypes import DType
from ...resources.handles import HandleStore

if TYPE_CHECKING:
    from .link import Link, TaskName


class RemoteHandles(HandleStore):
    """The arrays that a session's handles name, wherever they are.

    An array whose last handle goes is forgotten when the session runs the next time: handles end at any moment, also in
    the middle of a call.

    Args:
      link: the session's connection to the tasks.
    """

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link
        self._copies: dict[str, set[TaskName]] = {}  # other tasks that have the array too
        self.arrays = self._elsewhere = _Elsewhere()

    def get(self, name: str, dtype: DType | None = None) -> Any:
        """See `HandleStore.get`; the array comes here."""
        (value,) = self._link.ask([self._owner(name)], "read_handle", self._link.session, name)
        return value[0]

    def delete(self, name: str) -> None:
        """See `HandleStore.delete`."""
        self.get(name)  # says what is wrong
        self.arrays.pop(name)
        self.flush()

    def flush(self) -> None:
        """Have tasks forget the arrays whose handles are gone."""
        names = self._elsewhere.take_gone()
        if names:
            self._link.drop_handles(names)
            for name in names:
                self._copies.pop(name, None)

    def bring(self, name: str, task: TaskName) -> None:
        """Have an array on a task too; it goes there from the one that has it."""
        owner = self._owner(name)
        known = self._copies.setdefault(name, {owner})
        if task not in known:
            self._link.move_handle(name, owner, task)
            known.add(task)

    def _owner(self, name: str) -> TaskName:
        spec = DeviceSpec.from_string(name.rpartition(";")[2]) if name.count(";") == 2 else DeviceSpec()
        task = spec.job or "", spec.task or 0
        if not self._link.has(task):
            raise InvalidArgumentError(
                None, None,
                f"The tensor with handle '{name}' is not in the session store: it is no handle of a task of this "
                "session's cluster.",
            )  # fmt: skip
        return task


class _Elsewhere(dict[str, Any]):
    """What stands for the arrays: all that was not dropped is there."""

    def __init__(self) -> None:
        super().__init__()
        self._gone: list[str] = []
        self._dropped: set[str] = set()

    def __contains__(self, name: object) -> bool:
        return name not in self._dropped

    def pop(self, name: str, default: Any = None) -> Any:
        """Forget an array, when it is time."""
        self._dropped.add(name)
        self._gone.append(name)
        return default

    def take_gone(self) -> list[str]:
        """What has to be forgotten since the last call."""
        gone, self._gone = self._gone, []
        return gone
