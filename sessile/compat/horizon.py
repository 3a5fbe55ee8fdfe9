"""Which version's behaviour a program may rely on: `forward_compatible`, by dates.

TensorFlow lets a new behaviour wait until programs of three weeks before can read its graphs; a library asks for the
date on which it may use it. The horizon is that of TensorFlow 1.15.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from contextlib import contextmanager

# The environment variable moves it by days; TensorFlow reads it when it is imported.
_OWN = datetime.date(2019, 8, 21) + datetime.timedelta(int(os.environ.get("TF_FORWARD_COMPATIBILITY_DELTA_DAYS", "0")))
_horizon = _OWN


def forward_compatible(year: int, month: int, day: int) -> bool:
    """Return whether behaviour that waits for a date may be used: whether the horizon is past it.

    Args:
      year, month, day: the date, of which only the order counts: month 13 is after all of a year.
    Source: TensorFlow 1.15.5, whose horizon is 2019-08-21.
    """
    return (_horizon.year, _horizon.month, _horizon.day) > (year, month, day)


@contextmanager
def forward_compatibility_horizon(year: int, month: int, day: int) -> Iterator[None]:
    """Within, the horizon is the date given, so that code of both ages can be tested.

    Raises: ValueError for what is no date.
    Source: TensorFlow 1.15.5; as there, leaving an inner one leaves the outer one too.
    """
    global _horizon
    _horizon = datetime.date(year, month, day)
    try:
        yield
    finally:
        _horizon = _OWN
