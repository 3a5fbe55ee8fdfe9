"""Calling a step many times without Python between: results of one turn are arguments of the next.

    turn:  results = step(*arguments);  let go of the results before;  go on unless it was the last turn
           arguments[feed] = results[place]   for each pair of a feed and what it takes

The results of a turn are a tuple, which owns what the next turn is given. Signals are looked for after each turn; after
128 turns other threads may run, though short steps never let go of the GIL themselves.

Given two sets of arrays for results, turns write to them in turns, and nothing is allocated: the last of 3 turns writes
to `last`, and so does the first, which the second turn reads while it writes to `other`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cache
from string import Template
from typing import Any, Final

from ..machine import abi as layout
from ..machine.assembler import function
from ..machine.code import Code

_OUT: Final = ("out",)
_KEPT: Final[list[Code]] = []  # the driver's code, which lives as long as the process
_TEXT: Final = Template("""
define ptr @step(ptr %fn, ptr %args, i64 %nargs, ptr %pairs, i64 %npairs, i64 %count, ptr %names, ptr %last.out, \
ptr %other.out) {
entry:
  %out = getelementptr ptr, ptr %args, i64 %nargs
  br label %turn
turn:
  %t = phi i64 [ 1, %entry ], [ %next, %again ]
  %before = phi ptr [ null, %entry ], [ %results, %again ]
  %left = sub i64 %count, %t
  %odd = trunc i64 %left to i1
  %chosen = select i1 %odd, ptr %other.out, ptr %last.out
  store ptr %chosen, ptr %out
  %results = call ptr $CALL(ptr %fn, ptr %args, i64 %nargs, ptr %names)
  %none = icmp eq ptr %before, null
  br i1 %none, label %look, label %drop
drop:
  call void $LESS(ptr %before)
  br label %look
look:
  %failed = icmp eq ptr %results, null
  %last = icmp uge i64 %t, %count
  %over = or i1 %failed, %last
  br i1 %over, label %end, label %fill
end:
  ret ptr %results
fill:
  %j = phi i64 [ 0, %look ], [ %j1, %pair ]
  %full = icmp uge i64 %j, %npairs
  br i1 %full, label %signals, label %pair
pair:
  %twice = shl i64 %j, 1
  %fp = getelementptr i64, ptr %pairs, i64 %twice
  %feed = load i64, ptr %fp
  %pp = getelementptr i64, ptr %fp, i64 1
  %place = load i64, ptr %pp
  %items = getelementptr i8, ptr %results, i64 $ITEMS
  %ip = getelementptr ptr, ptr %items, i64 %place
  %item = load ptr, ptr %ip
  %ap = getelementptr ptr, ptr %args, i64 %feed
  store ptr %item, ptr %ap
  %j1 = add i64 %j, 1
  br label %fill
signals:
  %raised = call i32 $SIGNALS()
  %quiet = icmp eq i32 %raised, 0
  br i1 %quiet, label %turns, label %lost
lost:
  call void $LESS(ptr %results)
  ret ptr null
turns:
  %next = add i64 %t, 1
  %some = and i64 %t, 127
  %breathes = icmp eq i64 %some, 0
  br i1 %breathes, label %breath, label %again
breath:
  %thread = call ptr $LEAVE()
  call void $ENTER(ptr %thread)
  br label %again
again:
  br label %turn
}
""")


@cache
def _driver() -> Any:
    """The loop as a function of ctypes that holds the GIL; None where there is no native code."""
    if not layout.available():
        return None
    text = _TEXT.substitute(
        ITEMS=layout.ITEMS,
        CALL=function("PyObject_Vectorcall"),
        LESS=function("Py_DecRef"),
        SIGNALS=function("PyErr_CheckSignals"),
        LEAVE=function("PyEval_SaveThread"),
        ENTER=function("PyEval_RestoreThread"),
    )
    _KEPT.append(Code(text, []))
    word, pointer = ctypes.c_int64, ctypes.c_void_p
    kind = ctypes.PYFUNCTYPE(
        ctypes.py_object, ctypes.py_object, pointer, word, pointer, word, word, pointer, pointer, pointer
    )
    return kind(_KEPT[-1].address)


def repeat(
    step: Callable[..., Any],
    arguments: Sequence[Any],
    pairs: Sequence[tuple[int, int]],
    count: int,
    outs: tuple[Any, Any] | None = None,
) -> Any:
    """Call a step so many times; returns the results of the last turn. Raises: what the step raises.

    Args:
      step: returns a tuple.
      pairs: which argument takes which of the results for the next turn.
      outs: what the step is given as `out`: by the last turn and every other one before it, and by those between.
    """
    driver = _driver() if layout.available() else None
    if driver is None:
        values = list(arguments)
        for turn in range(count):
            results = step(*values, **({} if outs is None else {"out": outs[(count - 1 - turn) % 2]}))
            for feed, place in pairs:
                values[feed] = results[place]
        return results
    given = (ctypes.c_void_p * (len(arguments) + 1))(*map(id, arguments))
    numbers = [number for pair in pairs for number in pair]
    named = (None, None, None) if outs is None else (id(_OUT), *map(id, outs))
    places = (ctypes.c_int64 * max(len(numbers), 1))(*numbers)
    return driver(step, given, len(arguments), places, len(pairs), count, *named)
