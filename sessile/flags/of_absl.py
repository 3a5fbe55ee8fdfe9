"""The flags of absl-py, with what TensorFlow adds: the command line is parsed when a flag is first read."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, Final

from absl import flags as _absl  # type: ignore[import-not-found, unused-ignore]

from .renamed import new_names


class _Parsing:
    """absl's FLAGS; what needs parsed flags parses them first."""

    def __init__(self, values: Any) -> None:
        self.__dict__["_values"] = values

    def __getattr__(self, name: str) -> Any:
        values = self._values
        if not values.is_parsed() and name in values:
            values(sys.argv)
        return getattr(values, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._values, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._values, name)

    def __dir__(self) -> list[str]:
        return dir(self._values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __setitem__(self, name: str, flag: Any) -> None:
        self._values[name] = flag

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._values(*args, **kwargs)

    def _parse_flags(self, args: Any = None) -> Any:
        """TensorFlow's before 1.5: parse now; returns what is no flag."""
        return self._values(sys.argv if args is None else ["", *args], known_only=True)[1:]


FLAGS: Final = _Parsing(_absl.FLAGS)


_absl.disclaim_key_flags()  # absl notes which module defines a flag: that is the one that calls this


def __getattr__(name: str) -> Any:
    value = getattr(_absl, name)
    return _taking_old_names(value) if name.startswith("DEFINE_") else value


def _taking_old_names(define: Callable[..., Any]) -> Callable[..., Any]:
    return functools.wraps(define)(lambda *args, **kwargs: define(*args, **new_names(kwargs)))


def __dir__() -> list[str]:
    return dir(_absl)
