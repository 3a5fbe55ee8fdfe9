"""Turns of a loop in machine code: the native step of an iteration is called again and again, without Python between.

The loop's values stand in a Python list, whose items are exchanged for the step's results after each turn:

    values = [variables, invariants, what the condition's plan left]
    turn:  args = values[order];  results = step(args);  values[...] = results[picks]
           go on if the condition among the results is true

Some arguments may be items of lists, the last one first, and some results are put at the end of others: the stacks of a
loop that is differentiated (`../executors/lifted_loop.py`).

The driver is one function for all loops; it is made once in a process.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache
from string import Template
from typing import Any, Final

from ..machine import abi as layout
from ..machine.assembler import address, function
from ..machine.code import Code

ENDED, WANTS_PYTHON, GOES_ON = 0, 1, 2  # how the driver comes back
_KEPT: Final[list[Code]] = []  # the driver's code, which lives as long as the process


_TEXT: Final = Template("""
define i64 @step(ptr %fn, ptr %list, ptr %order, i64 %nargs, ptr %args, ptr %picks, i64 %nout, ptr %fresh, i64 %count,
                 i64 %crossing, i64 %limit, ptr %popped, ptr %collected, i64 %base_number, ptr %turns_run) {
entry:
  %at = getelementptr i8, ptr %list, i64 $ITEMS
  %items = load ptr, ptr %at
  br label %turn
turn:
  %t = phi i64 [ 0, %entry ], [ %t1, %turn_again ]
  store i64 %t, ptr %turns_run
  br label %fill
fill:
  %k = phi i64 [ 0, %turn ], [ %k1, %put_argument ]
  %full = icmp uge i64 %k, %nargs
  br i1 %full, label %run, label %filled
filled:
  %op = getelementptr i64, ptr %order, i64 %k
  %o = load i64, ptr %op
  %is_popped = icmp slt i64 %o, 0
  br i1 %is_popped, label %pop, label %own
pop:
  %list_number = xor i64 %o, -1
  %list_at = getelementptr ptr, ptr %popped, i64 %list_number
  %stack = load ptr, ptr %list_at
  %size_at = getelementptr i8, ptr %stack, i64 $SIZE
  %size = load i64, ptr %size_at
  %left = sub i64 %size, %t
  %top = sub i64 %left, 1
  %is_empty = icmp slt i64 %top, 0
  br i1 %is_empty, label %no_item, label %popped_item
no_item:
  ret i64 $WANTS_PYTHON
popped_item:
  %stack_at = getelementptr i8, ptr %stack, i64 $ITEMS
  %stack_items = load ptr, ptr %stack_at
  br label %put_argument
own:
  br label %put_argument
put_argument:
  %from = phi ptr [ %stack_items, %popped_item ], [ %items, %own ]
  %place_of = phi i64 [ %top, %popped_item ], [ %o, %own ]
  %vp = getelementptr ptr, ptr %from, i64 %place_of
  %v = load ptr, ptr %vp
  %ap = getelementptr ptr, ptr %args, i64 %k
  store ptr %v, ptr %ap
  %k1 = add i64 %k, 1
  br label %fill
run:
  %res = call ptr $CALL(ptr %fn, ptr %args, i64 %nargs, ptr null)
  %failed = icmp eq ptr %res, null
  br i1 %failed, label %fail, label %look
fail:
  ret i64 -1
look:
  %none = icmp eq ptr %res, $NONE
  br i1 %none, label %python, label %take
python:
  call void $LESS(ptr %res)
  ret i64 $WANTS_PYTHON
take:
  %j = phi i64 [ 0, %look ], [ %j1, %taken ]
  %all = icmp uge i64 %j, %nout
  br i1 %all, label %exchange, label %pick
pick:
  %pp = getelementptr i64, ptr %picks, i64 %j
  %p = load i64, ptr %pp
  %is_result = icmp slt i64 %p, 0
  %number = xor i64 %p, -1
  %results = getelementptr i8, ptr %res, i64 $ITEMS
  %base = select i1 %is_result, ptr %results, ptr %items
  %place = select i1 %is_result, i64 %number, i64 %p
  %rp = getelementptr ptr, ptr %base, i64 %place
  %r = load ptr, ptr %rp
  br label %taken
taken:
  call void $MORE(ptr %r)
  %fp = getelementptr ptr, ptr %fresh, i64 %j
  store ptr %r, ptr %fp
  %j1 = add i64 %j, 1
  br label %take
exchange:
  call void $LESS(ptr %res)
  %predp = getelementptr ptr, ptr %fresh, i64 %count
  %pred = load ptr, ptr %predp
  %datap = getelementptr i8, ptr %pred, i64 $DATA
  %data = load ptr, ptr %datap
  %truth = load i8, ptr %data
  call void $LESS(ptr %pred)
  br label %put
put:
  %i = phi i64 [ 0, %exchange ], [ %i1, %stored ]
  %done = icmp uge i64 %i, %nout
  br i1 %done, label %next, label %which
which:
  %is_pred = icmp eq i64 %i, %count
  br i1 %is_pred, label %stored, label %whither
whither:
  %is_collected = icmp uge i64 %i, %base_number
  br i1 %is_collected, label %collect, label %swap
collect:
  %into_number = sub i64 %i, %base_number
  %into_at = getelementptr ptr, ptr %collected, i64 %into_number
  %into = load ptr, ptr %into_at
  %item_at = getelementptr ptr, ptr %fresh, i64 %i
  %item = load ptr, ptr %item_at
  %put_there = call i32 $APPEND(ptr %into, ptr %item)
  call void $LESS(ptr %item)
  %no_room = icmp slt i32 %put_there, 0
  br i1 %no_room, label %fail, label %stored
swap:
  %behind = icmp ugt i64 %i, %count
  %shift = sub i64 %crossing, %count
  %later = add i64 %i, %shift
  %later1 = sub i64 %later, 1
  %home = select i1 %behind, i64 %later1, i64 %i
  %hp = getelementptr ptr, ptr %items, i64 %home
  %old = load ptr, ptr %hp
  %np = getelementptr ptr, ptr %fresh, i64 %i
  %new = load ptr, ptr %np
  store ptr %new, ptr %hp
  call void $LESS(ptr %old)
  br label %stored
stored:
  %i1 = add i64 %i, 1
  br label %put
next:
  %t1 = add i64 %t, 1
  store i64 %t1, ptr %turns_run
  %no = icmp eq i8 %truth, 0
  br i1 %no, label %ended, label %again
ended:
  ret i64 $ENDED
again:
  %enough = icmp uge i64 %t1, %limit
  br i1 %enough, label %rest, label %turn_again
turn_again:
  br label %turn
rest:
  ret i64 $GOES_ON
}
""")


def _text() -> str:
    """The module of the driver."""
    return _TEXT.substitute(
        ITEMS=layout.ITEMS,
        DATA=layout.DATA,
        NONE=address(None),
        CALL=function("PyObject_VectorcallDict"),
        MORE=function("Py_IncRef"),
        LESS=function("Py_DecRef"),
        APPEND=function("PyList_Append"),
        SIZE=layout.SIZE,
        ENDED=ENDED,
        WANTS_PYTHON=WANTS_PYTHON,
        GOES_ON=GOES_ON,
    )


@cache
def _driver() -> Any:
    """The driver as a function of ctypes that holds the GIL; None where there is no native code."""
    if not layout.available():
        return None
    code = Code(_text(), [])
    word, pointer = ctypes.c_int64, ctypes.c_void_p
    kind = ctypes.PYFUNCTYPE(
        word, ctypes.py_object, ctypes.py_object, pointer, word, pointer, pointer, word, pointer, word, word, word,
        pointer, pointer, word, pointer,
    )  # fmt: skip
    _KEPT.append(code)
    return kind(code.address)


class Turns:
    """Runs turns of one loop.

    Args:
      order: which of the loop's values are the step's arguments; `~` which of the lists whose items are.
      picks: per output of an iteration, which value it is, or `~` which of the step's results.
      count: how many variables there are; the condition is the output behind them.
      crossing: where what the condition's plan left stands among the values.
      collected: how many of the last outputs are put into lists.
    """

    __slots__ = ("_base", "_count", "_crossing", "_nargs", "_nout", "_order", "_picks")

    def __init__(
        self, order: Sequence[int], picks: Sequence[int], count: int, crossing: int, collected: int = 0
    ) -> None:
        self._nargs, self._nout, self._count, self._crossing = len(order), len(picks), count, crossing
        self._base = len(picks) - collected
        self._order = (ctypes.c_int64 * max(len(order), 1))(*order)
        self._picks = (ctypes.c_int64 * max(len(picks), 1))(*picks)

    def run(
        self,
        step: Any,
        values: list[Any],
        limit: int,
        popped: Sequence[list[Any]] = (),
        collected: Sequence[list[Any]] = (),
    ) -> tuple[int, int]:
        """Run at most so many turns. Raises: what the step raises, if there are no lists.

        Args:
          step: a native step, or another one that is called alike.
          values: the loop's values, exchanged in place.
          popped, collected: lists whose last items are arguments, and onto which results are put.
        Returns: `ENDED`, `WANTS_PYTHON` or `GOES_ON`, and how many turns were run.
        """
        args, fresh = (ctypes.c_void_p * max(self._nargs, 1))(), (ctypes.c_void_p * max(self._nout, 1))()
        done = ctypes.c_int64(0)
        try:
            found: int = _driver()(
                step, values, self._order, self._nargs, args, self._picks, self._nout, fresh, self._count,
                self._crossing, limit, _addresses(popped), _addresses(collected), self._base, ctypes.addressof(done),
            )  # fmt: skip
        except Exception:
            if not (popped or collected):
                raise
            return WANTS_PYTHON, done.value  # the turn that failed changed nothing: it is run again, and fails there
        return found, done.value


def _addresses(lists: Sequence[list[Any]]) -> Any:
    return (ctypes.c_void_p * max(len(lists), 1))(*map(id, lists))


def available() -> bool:
    """Whether there is a driver."""
    return _driver() is not None
