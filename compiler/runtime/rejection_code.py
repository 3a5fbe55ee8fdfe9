"""Random numbers one after the other, in machine code: gamma and Poisson numbers, and shuffles.

    gamma      of each shape parameter of an array of doubles a gamma number
    poisson    of each rate a Poisson number, as a double
    shuffle    exchanges each place of an order (64-bit integers) with a later one, which a word of 32 bits tells

A gamma or Poisson number is a *lane*: it has a stretch of the stream of its own, of which it takes a block of two
doubles when it has none left, and uses the second one first, as `ops/families/random/rejection.py` does with NumPy.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ...ops.families.random.philox import BLOCKS_PER_NUMBER
from ..machine import object_code
from .philox_code import DOUBLE, block, constant

KINDS: Final = ("gamma", "poisson", "shuffle")

# A lane: the stream's key and first block, which block is next; how many uniform numbers are left, and these; the same
# of normal ones.
_LANE: Final = f"""
declare double @log(double)
declare double @sin(double)
declare double @cos(double)
declare double @log1p(double)
declare double @pow(double, double)
declare double @exp(double)
declare double @lgamma(double)
declare double @llvm.sqrt.f64(double)
declare double @llvm.floor.f64(double)
declare double @llvm.fabs.f64(double)

%job = type {{ i64, i64, i64, ptr, ptr, double }}
%lane = type {{ i64, i64, i64, i64, i64, [2 x double], i64, [2 x double] }}
%drawn = type {{ double, double }}

define internal %drawn @two(ptr %lane) {{
  %key = load i64, ptr %lane
  %low.of = getelementptr %lane, ptr %lane, i64 0, i32 1
  %low = load i64, ptr %low.of
  %high.of = getelementptr %lane, ptr %lane, i64 0, i32 2
  %high = load i64, ptr %high.of
  %next.of = getelementptr %lane, ptr %lane, i64 0, i32 3
  %next = load i64, ptr %next.of
  %after = add i64 %next, 1
  store i64 %after, ptr %next.of
  %words = call %words @block(i64 %key, i64 %low, i64 %high, i64 %next)
  %w0 = extractvalue %words %words, 0
  %w1 = extractvalue %words %words, 1
  %w2 = extractvalue %words %words, 2
  %w3 = extractvalue %words %words, 3
  %a = call double @unit_double(i32 %w0, i32 %w1)
  %b = call double @unit_double(i32 %w2, i32 %w3)
  %half = insertvalue %drawn undef, double %a, 0
  %both = insertvalue %drawn %half, double %b, 1
  ret %drawn %both
}}

define internal %drawn @two_normal(ptr %lane) {{
  %both = call %drawn @two(ptr %lane)
  %a = extractvalue %drawn %both, 0
  %b = extractvalue %drawn %both, 1
  %small = fcmp olt double %a, {constant(1e-7)}
  %share = select i1 %small, double {constant(1e-7)}, double %a
  %log = call double @log(double %share)
  %twice = fmul double %log, -2.0
  %distance = call double @llvm.sqrt.f64(double %twice)
  %angle = fmul double %b, {constant(2 * np.pi)}
  %sine = call double @sin(double %angle)
  %cosine = call double @cos(double %angle)
  %x = fmul double %sine, %distance
  %y = fmul double %cosine, %distance
  %half = insertvalue %drawn undef, double %x, 0
  %pair = insertvalue %drawn %half, double %y, 1
  ret %drawn %pair
}}
"""


def _take(name: str, field: int, draw: str) -> str:
    """`name(lane)`: the next of the lane's numbers that lie from a field on, of which `draw` makes two."""
    return f"""
define internal double @{name}(ptr %lane) {{
  %left.of = getelementptr %lane, ptr %lane, i64 0, i32 {field}
  %kept = getelementptr %lane, ptr %lane, i64 0, i32 {field + 1}
  %left = load i64, ptr %left.of
  %none = icmp eq i64 %left, 0
  br i1 %none, label %fill, label %take
fill:
  %both = call %drawn @{draw}(ptr %lane)
  store %drawn %both, ptr %kept
  br label %take
take:
  %count = phi i64 [ 2, %fill ], [ %left, %0 ]
  %place = sub i64 %count, 1
  store i64 %place, ptr %left.of
  %of = getelementptr double, ptr %kept, i64 %place
  %number = load double, ptr %of
  ret double %number
}}
"""


# `for each number i of the range: out[i] = one(lane, given[i], most)`
_ENTRY: Final = f"""
define void @{object_code.SYMBOL}(ptr %job, i64 %first, i64 %stop) {{
entry:
  %lane = alloca %lane
  %whole = load %job, ptr %job
  %key = extractvalue %job %whole, 0
  %low = extractvalue %job %whole, 1
  %high = extractvalue %job %whole, 2
  %out = extractvalue %job %whole, 3
  %given = extractvalue %job %whole, 4
  %most = extractvalue %job %whole, 5
  store i64 %key, ptr %lane
  %low.of = getelementptr %lane, ptr %lane, i64 0, i32 1
  store i64 %low, ptr %low.of
  %high.of = getelementptr %lane, ptr %lane, i64 0, i32 2
  store i64 %high, ptr %high.of
  %next.of = getelementptr %lane, ptr %lane, i64 0, i32 3
  %uniform.of = getelementptr %lane, ptr %lane, i64 0, i32 4
  %normal.of = getelementptr %lane, ptr %lane, i64 0, i32 6
  %some = icmp ult i64 %first, %stop
  br i1 %some, label %body, label %done
body:
  %i = phi i64 [ %first, %entry ], [ %i.next, %body ]
  %block = mul i64 %i, {BLOCKS_PER_NUMBER}
  store i64 %block, ptr %next.of
  store i64 0, ptr %uniform.of
  store i64 0, ptr %normal.of
  %given.at = getelementptr double, ptr %given, i64 %i
  %parameter = load double, ptr %given.at
  %number = call double @one(ptr %lane, double %parameter, double %most)
  %out.at = getelementptr double, ptr %out, i64 %i
  store double %number, ptr %out.at
  %i.next = add i64 %i, 1
  %more = icmp ult i64 %i.next, %stop
  br i1 %more, label %body, label %done
done:
  ret void
}}
"""

_GAMMA: Final = f"""
define internal double @one(ptr %lane, double %alpha, double %most) {{
  %is.one = fcmp oeq double %alpha, 1.0
  br i1 %is.one, label %plain, label %shaped
plain:
  %drawn = call double @uniform(ptr %lane)
  %less = fneg double %drawn
  %log1p = call double @log1p(double %less)
  %exponential = fneg double %log1p
  ret double %exponential
shaped:
  %below = fcmp olt double %alpha, 1.0
  %shift = select i1 %below, double {constant(2.0 / 3.0)}, double {constant(-1.0 / 3.0)}
  %d = fadd double %alpha, %shift
  %usable = fcmp ogt double %d, 0.0
  br i1 %usable, label %begin, label %hopeless
hopeless:
  %is.nan = fcmp uno double %alpha, 0.0
  %nothing = select i1 %is.nan, double %alpha, double 0.0
  ret double %nothing
begin:
  %root = call double @llvm.sqrt.f64(double %d)
  %c = fdiv double {constant(1.0 / 3.0)}, %root
  br label %try
try:
  %x = call double @normal(ptr %lane)
  %cx = fmul double %c, %x
  %w = fadd double %cx, 1.0
  %negative = fcmp ole double %w, 0.0
  br i1 %negative, label %try, label %weigh
weigh:
  %w2 = fmul double %w, %w
  %v = fmul double %w2, %w
  %u = call double @uniform(ptr %lane)
  %x2 = fmul double %x, %x
  %s1 = fmul double %x2, {constant(0.0331)}
  %s2 = fmul double %s1, %x2
  %bound = fsub double 1.0, %s2
  %at.once = fcmp olt double %u, %bound
  br i1 %at.once, label %taken, label %look
look:
  %log.u = call double @log(double %u)
  %half = fmul double %x2, 0.5
  %log.v = call double @log(double %v)
  %one.less = fsub double 1.0, %v
  %sum = fadd double %one.less, %log.v
  %scaled = fmul double %d, %sum
  %limit = fadd double %half, %scaled
  %fits = fcmp olt double %log.u, %limit
  br i1 %fits, label %taken, label %try
taken:
  %number = fmul double %d, %v
  br i1 %below, label %boost, label %done
boost:
  %more = call double @uniform(ptr %lane)
  %power = fdiv double 1.0, %alpha
  %factor = call double @pow(double %more, double %power)
  %boosted = fmul double %number, %factor
  ret double %boosted
done:
  ret double %number
}}
"""

_POISSON: Final = f"""
define internal double @one(ptr %lane, double %rate, double %most) {{
  %size = call double @llvm.fabs.f64(double %rate)
  %finite = fcmp olt double %size, {constant(np.inf)}
  %negative = fcmp olt double %rate, 0.0
  br i1 %negative, label %none, label %look
none:
  ret double 0.0
look:
  br i1 %finite, label %which, label %never.any
never.any:
  ret double {constant(np.nan)}
which:
  %small = fcmp olt double %rate, 10.0
  br i1 %small, label %products, label %begin
products:
  %less = fneg double %rate
  %end = call double @exp(double %less)
  br label %factor
factor:
  %product = phi double [ 1.0, %products ], [ %times, %again ]
  %count = phi double [ 0.0, %products ], [ %counted, %again ]
  %drawn = call double @uniform(ptr %lane)
  %times = fmul double %product, %drawn
  %over = fcmp ole double %times, %end
  br i1 %over, label %counts, label %again
again:
  %counted = fadd double %count, 1.0
  br label %factor
counts:
  ret double %count
begin:
  %root = call double @llvm.sqrt.f64(double %rate)
  %b1 = fmul double %root, {constant(2.53)}
  %b = fadd double %b1, {constant(0.931)}
  %a1 = fmul double %b, {constant(0.02483)}
  %a = fadd double %a1, {constant(-0.059)}
  %log.rate = call double @log(double %rate)
  %b2 = fsub double %b, 2.0
  %v1 = fdiv double {constant(3.6224)}, %b2
  %v.most = fsub double {constant(0.9277)}, %v1
  %b34 = fsub double %b, {constant(3.4)}
  %i1 = fdiv double {constant(1.1328)}, %b34
  %inverse = fadd double %i1, {constant(1.1239)}
  br label %try
try:
  %u1 = call double @uniform(ptr %lane)
  %u = fsub double %u1, 0.5
  %v = call double @uniform(ptr %lane)
  %u.size = call double @llvm.fabs.f64(double %u)
  %shifted = fsub double 0.5, %u.size
  %a2 = fmul double %a, 2.0
  %k1 = fdiv double %a2, %shifted
  %k2 = fadd double %k1, %b
  %k3 = fmul double %k2, %u
  %k4 = fadd double %k3, %rate
  %k5 = fadd double %k4, {constant(0.43)}
  %k = call double @llvm.floor.f64(double %k5)
  %is.number = fcmp ole double %k, %most
  br i1 %is.number, label %weigh, label %try
weigh:
  %wide = fcmp oge double %shifted, {constant(0.07)}
  %low.v = fcmp ole double %v, %v.most
  %at.once = and i1 %wide, %low.v
  br i1 %at.once, label %taken, label %never
never:
  %k.negative = fcmp olt double %k, 0.0
  %narrow = fcmp olt double %shifted, {constant(0.013)}
  %above = fcmp ogt double %v, %shifted
  %outside = and i1 %narrow, %above
  %no = or i1 %k.negative, %outside
  br i1 %no, label %try, label %compare
compare:
  %l1 = fmul double %v, %inverse
  %l2 = fmul double %shifted, %shifted
  %l3 = fdiv double %a, %l2
  %l4 = fadd double %l3, %b
  %l5 = fdiv double %l1, %l4
  %left = call double @log(double %l5)
  %r1 = fmul double %k, %log.rate
  %r2 = fsub double %r1, %rate
  %k.more = fadd double %k, 1.0
  %r3 = call double @lgamma(double %k.more)
  %right = fsub double %r2, %r3
  %fits = fcmp ole double %left, %right
  br i1 %fits, label %taken, label %try
taken:
  ret double %k
}}
"""

# `most`: how many places there are.
_SHUFFLE: Final = f"""
define void @{object_code.SYMBOL}(ptr %job, i64 %first, i64 %stop) {{
entry:
  %whole = load {{ i64, i64, i64, ptr, ptr, double }}, ptr %job
  %order = extractvalue {{ i64, i64, i64, ptr, ptr, double }} %whole, 3
  %words = extractvalue {{ i64, i64, i64, ptr, ptr, double }} %whole, 4
  %most = extractvalue {{ i64, i64, i64, ptr, ptr, double }} %whole, 5
  %places = fptoui double %most to i64
  %some = icmp ult i64 %first, %stop
  br i1 %some, label %body, label %done
body:
  %i = phi i64 [ %first, %entry ], [ %next, %body ]
  %word.at = getelementptr i32, ptr %words, i64 %i
  %word = load i32, ptr %word.at
  %left = sub i64 %places, %i
  %fewer = trunc i64 %left to i32
  %step32 = urem i32 %word, %fewer
  %step = zext i32 %step32 to i64
  %other = add i64 %i, %step
  %here.at = getelementptr i64, ptr %order, i64 %i
  %there.at = getelementptr i64, ptr %order, i64 %other
  %here = load i64, ptr %here.at
  %there = load i64, ptr %there.at
  store i64 %there, ptr %here.at
  store i64 %here, ptr %there.at
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %stop
  br i1 %more, label %body, label %done
done:
  ret void
}}
"""


def text(kind: str) -> str:
    """The module of a function of `KINDS`."""
    if kind == "shuffle":
        return _SHUFFLE
    lanes = block() + DOUBLE + _LANE + _take("uniform", 4, "two") + _take("normal", 6, "two_normal")
    return lanes + (_GAMMA if kind == "gamma" else _POISSON) + _ENTRY
