"""Processes that `multiprocessing` starts anew, by `spawn` or `forkserver`, install the hook as their parent did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

_FIRST: Final = "try:\n    import sessile; sessile.install()\nexcept ImportError:\n    pass\n"
_replaced: list[tuple[Any, str, Any]] = []


def follow() -> None:
    """From now on such processes install the hook; twice is fine."""
    from multiprocessing import spawn, util

    if not _replaced:
        _replace(spawn, "get_command_line", _spawned)
        _replace(util, "spawnv_passfds", _served)


def leave() -> None:
    """They do not any more."""
    while _replaced:
        module, name, function = _replaced.pop()
        setattr(module, name, function)


def _replace(module: Any, name: str, wrap: Callable[[Any], Any]) -> None:
    function = getattr(module, name)
    _replaced.append((module, name, function))
    setattr(module, name, wrap(function))


def _spawned(command_line: Callable[..., list[str]]) -> Callable[..., list[str]]:
    def with_hook(**options: Any) -> list[str]:
        words = command_line(**options)
        if "-c" in words:
            code = words.index("-c") + 1
            words[code] = _FIRST + words[code]
        return words

    return with_hook


def _served(start: Callable[..., int]) -> Callable[..., int]:
    """The server that forks such processes is started by the same function as others of multiprocessing's."""

    def with_hook(path: Any, args: Any, passfds: Any) -> int:
        words = [
            _FIRST + word if isinstance(word, str) and word.startswith("from multiprocessing.forkserver") else word
            for word in args
        ]
        return start(path, words, passfds)

    return with_hook
