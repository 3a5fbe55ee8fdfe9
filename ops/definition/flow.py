"""Control flow in values: the value of a branch that is not taken."""

from __future__ import annotations

from typing import Final


class Dead:
    """The value of what did not run because its branch was not taken. There is one, `DEAD`; it is passed on by every
    operation but `Merge`, which takes the input that is alive."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "DEAD"


DEAD: Final = Dead()
