"""Random numbers in machine code: Philox's blocks, and the normal float32 numbers that are made of them.

`ops/families/random/` says what the numbers are and computes them with NumPy; this does the same twenty times as fast
and, for normal numbers, with the float32 functions of the C library: with the same bits as TensorFlow, which uses them
too. Each function fills an array from the blocks `first`, `first + 1`, ...:

    uniform    four float32 in [0, 1) of each block
    doubles    two float64 in [0, 1) of each block
    blocks     the four numbers of each block
    normal     four normal numbers of each block, two of each pair of its numbers
    truncated  for each group of four numbers the first normal ones below 2 of blocks of its own, 256 apart
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ..machine import object_code

_ROUNDS: Final = 10
_M0, _M1, _W0, _W1 = 0xD2511F53, 0xCD9E8D57, 0x9E3779B9, 0xBB67AE85
_AT_ONCE: Final = 64  # blocks whose words wait for functions that are no vectors


def _round(number: int) -> str:
    """One round, from `%c0.n` ... `%c3.n`, `%k0.n`, `%k1.n` to those of n + 1."""
    n, m = number, number + 1
    return f"""
  %a.{n} = zext i32 %c0.{n} to i64
  %b.{n} = zext i32 %c2.{n} to i64
  %pa.{n} = mul i64 %a.{n}, {_M0}
  %pb.{n} = mul i64 %b.{n}, {_M1}
  %ha.{n} = lshr i64 %pa.{n}, 32
  %hb.{n} = lshr i64 %pb.{n}, 32
  %ta.{n} = trunc i64 %ha.{n} to i32
  %tb.{n} = trunc i64 %hb.{n} to i32
  %xa.{n} = xor i32 %ta.{n}, %c3.{n}
  %xb.{n} = xor i32 %tb.{n}, %c1.{n}
  %c0.{m} = xor i32 %xb.{n}, %k0.{n}
  %c1.{m} = trunc i64 %pb.{n} to i32
  %c2.{m} = xor i32 %xa.{n}, %k1.{n}
  %c3.{m} = trunc i64 %pa.{n} to i32
  %k0.{m} = add i32 %k0.{n}, {_W0 - 2**32}
  %k1.{m} = add i32 %k1.{n}, {_W1 - 2**32}"""


def _halves(value: str, low: str, high: str) -> str:
    return f"""
  {low} = trunc i64 {value} to i32
  {high}.wide = lshr i64 {value}, 32
  {high} = trunc i64 {high}.wide to i32"""


def block() -> str:
    """`block(key, low, high, number)`: the block at `high:low + number`. It returns words, so that loops that call it
    are loops over plain numbers, which LLVM turns into loops over vectors."""
    stores = "".join(
        f"\n  %o{i} = insertvalue %words {f'%o{i - 1}' if i else 'undef'}, i32 %c{i}.{_ROUNDS}, {i}" for i in range(4)
    )
    return f"""
%words = type {{ i32, i32, i32, i32 }}
define internal %words @block(i64 %key, i64 %low, i64 %high, i64 %number) alwaysinline {{
  %at = add i64 %low, %number
  %carries = icmp ult i64 %at, %low
  %carry = zext i1 %carries to i64
  %top = add i64 %high, %carry
{_halves("%at", "%c0.0", "%c1.0")}{_halves("%top", "%c2.0", "%c3.0")}{_halves("%key", "%k0.0", "%k1.0")}
{"".join(map(_round, range(_ROUNDS)))}
{stores}
  ret %words %o3
}}
"""


_UNIT = """
define internal float @unit(i32 %bits) {
  %low = and i32 %bits, 8388607
  %one = or i32 %low, 1065353216
  %number = bitcast i32 %one to float
  %unit = fsub float %number, 1.0
  ret float %unit
}
"""


DOUBLE: Final = """
define internal double @unit_double(i32 %first, i32 %second) {
  %high = and i32 %first, 1048575
  %one = or i32 %high, 1072693248
  %wide = zext i32 %one to i64
  %raised = shl i64 %wide, 32
  %low = zext i32 %second to i64
  %bits = or i64 %raised, %low
  %number = bitcast i64 %bits to double
  %unit = fsub double %number, 1.0
  ret double %unit
}
"""


def _normals() -> str:
    """`normals(first, second)`: two normal numbers of two numbers of 32 bits."""
    return f"""
declare float @logf(float)
declare float @sinf(float)
declare float @cosf(float)
declare float @llvm.sqrt.f32(float)

%pair = type {{ float, float }}
define internal %pair @normals(i32 %first, i32 %second) {{
  %drawn = call float @unit(i32 %first)
  %small = fcmp olt float %drawn, {constant(np.float32(1e-7))}
  %share = select i1 %small, float {constant(np.float32(1e-7))}, float %drawn
  %log = call float @logf(float %share)
  %twice = fmul float %log, -2.0
  %distance = call float @llvm.sqrt.f32(float %twice)
  %part = call float @unit(i32 %second)
  %wide = fpext float %part to double
  %around = fmul double %wide, {constant(2 * np.pi)}
  %angle = fptrunc double %around to float
  %sine = call float @sinf(float %angle)
  %cosine = call float @cosf(float %angle)
  %x = fmul float %sine, %distance
  %y = fmul float %cosine, %distance
  %half = insertvalue %pair undef, float %x, 0
  %whole = insertvalue %pair %half, float %y, 1
  ret %pair %whole
}}
"""


def constant(number: Any) -> str:
    """A number as LLVM writes floats and doubles: the bits of the double."""
    return f"0x{int(np.float64(number).view(np.uint64)):016X}"


def _entry(body: str) -> str:
    """The function that the pool calls with a job and a range of it: `%i` runs over the blocks of the range.

    A job is { key, low, high, out }; `body` branches to `latch`, where `%next` is the next `%i`.
    """
    return f"""
%job = type {{ i64, i64, i64, ptr }}
define void @{object_code.SYMBOL}(ptr %job, i64 %first, i64 %stop) {{
entry:
  %key = load i64, ptr %job
  %low.of = getelementptr %job, ptr %job, i64 0, i32 1
  %low = load i64, ptr %low.of
  %high.of = getelementptr %job, ptr %job, i64 0, i32 2
  %high = load i64, ptr %high.of
  %out.of = getelementptr %job, ptr %job, i64 0, i32 3
  %out = load ptr, ptr %out.of
  %drawn = alloca [{4 * _AT_ONCE} x i32], align 64
  %some = icmp ult i64 %first, %stop
  br i1 %some, label %body, label %done
body:
  %i = phi i64 [ %first, %entry ], [ %next, %latch ]
  %place = mul i64 %i, 4
  %to = getelementptr i32, ptr %out, i64 %place
{body}
  %more = icmp ult i64 %next, %stop
  br i1 %more, label %body, label %done
done:
  ret void
}}
"""


_NEXT = """  br label %latch
latch:
  %next = add i64 %i, 1"""


def _draw(number: str, to: str, change: str = "") -> str:
    """Store the words of a block; `change` names a function of them, of which numbers are stored."""
    text = f"\n  %block = call %words @block(i64 %key, i64 %low, i64 %high, i64 {number})"
    for i in range(4):
        text += f"\n  %word{i} = extractvalue %words %block, {i}"
        if change:
            text += f"\n  %number{i} = call float @{change}(i32 %word{i})"
        stored = f"float %number{i}" if change else f"i32 %word{i}"
        text += f"\n  %to{i} = getelementptr i32, ptr {to}, i64 {i}\n  store {stored}, ptr %to{i}"
    return text


def _draw_doubles() -> str:
    """Store the two doubles of the block `%i`."""
    text = "\n  %block = call %words @block(i64 %key, i64 %low, i64 %high, i64 %i)"
    for i in range(4):
        text += f"\n  %word{i} = extractvalue %words %block, {i}"
    for i in range(2):
        text += f"\n  %number{i} = call double @unit_double(i32 %word{2 * i}, i32 %word{2 * i + 1})"
        text += f"\n  %to{i} = getelementptr double, ptr %to, i64 {i}\n  store double %number{i}, ptr %to{i}"
    return text


# The words of some blocks first, by vectors; then the functions of the C library, one number at a time.
_FILL_NORMAL = f"""
  %left = sub i64 %stop, %i
  %many = icmp ugt i64 %left, {_AT_ONCE}
  %count = select i1 %many, i64 {_AT_ONCE}, i64 %left
  br label %draw
draw:
  %j = phi i64 [ 0, %body ], [ %j.next, %draw ]
  %number = add i64 %i, %j
  %j.place = mul i64 %j, 4
  %j.to = getelementptr i32, ptr %drawn, i64 %j.place{_draw("%number", "%j.to")}
  %j.next = add i64 %j, 1
  %j.more = icmp ult i64 %j.next, %count
  br i1 %j.more, label %draw, label %pairs
pairs:
  %words.count = mul i64 %count, 4
  br label %use
use:
  %q = phi i64 [ 0, %pairs ], [ %q.next, %use ]
  %p = getelementptr i32, ptr %drawn, i64 %q
  %a = load i32, ptr %p
  %q.second = add i64 %q, 1
  %p.second = getelementptr i32, ptr %drawn, i64 %q.second
  %b = load i32, ptr %p.second
  %both = call %pair @normals(i32 %a, i32 %b)
  %x = extractvalue %pair %both, 0
  %y = extractvalue %pair %both, 1
  %x.to = getelementptr float, ptr %to, i64 %q
  store float %x, ptr %x.to
  %y.to = getelementptr float, ptr %to, i64 %q.second
  store float %y, ptr %y.to
  %q.next = add i64 %q, 2
  %q.more = icmp ult i64 %q.next, %words.count
  br i1 %q.more, label %use, label %latch
latch:
  %next = add i64 %i, %count"""

# Each turn of `try` uses half a block, and keeps of its two numbers those below 2 while fewer than four are kept.
_FILL_TRUNCATED = f"""
  %start = mul i64 %i, {4 * 64}
  br label %try
try:
  %n = phi i64 [ 0, %body ], [ %n.next, %kept ]
  %have = phi i64 [ 0, %body ], [ %have.2, %kept ]
  %odd = and i64 %n, 1
  %half = lshr i64 %n, 1
  %number = add i64 %start, %half
  %fresh = icmp eq i64 %odd, 0
  br i1 %fresh, label %draw, label %use
draw:{_draw("%number", "%drawn")}
  br label %use
use:
  %word = mul i64 %odd, 2
  %p = getelementptr i32, ptr %drawn, i64 %word
  %q = getelementptr i32, ptr %p, i64 1
  %a = load i32, ptr %p
  %b = load i32, ptr %q
  %both = call %pair @normals(i32 %a, i32 %b)
  %x = extractvalue %pair %both, 0
  %y = extractvalue %pair %both, 1
  %x.size = call float @llvm.fabs.f32(float %x)
  %y.size = call float @llvm.fabs.f32(float %y)
  %x.fits = fcmp olt float %x.size, 2.0
  %y.fits = fcmp olt float %y.size, 2.0
  br i1 %x.fits, label %keep.x, label %after.x
keep.x:
  %x.to = getelementptr float, ptr %to, i64 %have
  store float %x, ptr %x.to
  br label %after.x
after.x:
  %x.one = zext i1 %x.fits to i64
  %have.1 = add i64 %have, %x.one
  %room = icmp ult i64 %have.1, 4
  %y.kept = and i1 %y.fits, %room
  br i1 %y.kept, label %keep.y, label %kept
keep.y:
  %y.to = getelementptr float, ptr %to, i64 %have.1
  store float %y, ptr %y.to
  br label %kept
kept:
  %y.one = zext i1 %y.kept to i64
  %have.2 = add i64 %have.1, %y.one
  %n.next = add i64 %n, 1
  %again = icmp ult i64 %have.2, 4
  br i1 %again, label %try, label %latch
latch:
  %next = add i64 %i, 1"""


def text(kind: str) -> str:
    """The module of a function, "uniform", "doubles", "blocks", "normal" or "truncated"."""
    if kind == "blocks":
        return block() + _entry(_draw("%i", "%to") + "\n" + _NEXT)
    if kind == "uniform":
        return block() + _UNIT + _entry(_draw("%i", "%to", "unit") + "\n" + _NEXT)
    if kind == "doubles":
        return block() + DOUBLE + _entry(_draw_doubles() + "\n" + _NEXT)
    body = _FILL_NORMAL if kind == "normal" else _FILL_TRUNCATED
    return "declare float @llvm.fabs.f32(float)\n" + block() + _UNIT + _normals() + _entry(body)
