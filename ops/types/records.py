"""Frozen records: what `dataclasses.dataclass(frozen=True)` makes, at a fiftieth of its price.

`dataclasses` writes and compiles functions for each class, half a millisecond's worth: for the kinds of actions that
would be 20 ms before the first step of every process. Records share theirs. To a type checker they are dataclasses.

    @record
    class Bind:
        symbol: str
        axis: int = 0

    Bind("n0") == Bind("n0", 0) == Bind(symbol="n0")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform

    @dataclass_transform(frozen_default=True)
    def record(cls: type[T]) -> type[T]:
        """Make a class a frozen record of its annotated fields."""

else:

    def record(cls: type[T]) -> type[T]:
        """Make a class a frozen record of its annotated fields.

        Fields are given by place or by name; those with a value in the class may be left out. Records are equal if
        they are of one class and their fields are, but for those listed in `_uncompared`.
        """
        names = tuple(cls.__dict__.get("__annotations__", ()))  # noqa: RUF063  # `inspect` takes milliseconds
        cls._fields = names
        cls._compared = tuple(name for name in names if name not in getattr(cls, "_uncompared", ()))
        cls._defaults = {name: cls.__dict__[name] for name in names if name in cls.__dict__}
        cls.__init__, cls.__repr__ = _init, _repr
        cls.__eq__, cls.__hash__ = _eq, _hash
        cls.__setattr__ = cls.__delattr__ = _refuse
        return cls


def fields_of(item: Any) -> list[Any]:
    """The values of a record's fields, in order."""
    return [getattr(item, name) for name in item._fields]


def _init(self: Any, *values: Any, **named: Any) -> None:
    fields = self._fields
    known = {**self._defaults, **dict(zip(fields, values)), **named}
    is_repeated = not named.keys().isdisjoint(fields[: len(values)])
    if len(values) > len(fields) or len(known) != len(fields) or is_repeated:
        raise TypeError(f"{type(self).__name__} takes {', '.join(fields)}")
    self.__dict__.update(known)


def _key(self: Any) -> tuple[Any, ...]:
    return tuple([self.__dict__[name] for name in self._compared])


def _eq(self: Any, other: Any) -> Any:
    return _key(self) == _key(other) if type(self) is type(other) else NotImplemented


def _hash(self: Any) -> int:
    return hash((type(self), _key(self)))


def _repr(self: Any) -> str:
    return f"{type(self).__name__}({', '.join(f'{name}={self.__dict__[name]!r}' for name in self._fields)})"


def _refuse(self: Any, name: str, value: Any = None) -> NoReturn:
    raise AttributeError(f"a {type(self).__name__} is not changed once made")
