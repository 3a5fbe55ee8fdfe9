"""A pool of native threads that share the iterations of one loop.

The threads are made when first needed, never hold the GIL, and sleep while there is nothing to do. The code is LLVM IR
over pthreads; where there are none, a loop runs in its caller alone.

How it works: a caller puts a *job* on its stack into the list `@jobs`, wakes workers, and takes parts of the loop until
none is left; so does every worker that comes in time. Parts are taken by counting up `cursor`, so a worker that comes
late costs nothing. The caller leaves when the workers that joined its job have left it. Several callers may have jobs
in the list at once. All lists and counts change under `@mutex`, apart from `cursor`.

After a fork the child has no workers: it starts with an empty pool.

Worked example, of a loop of 1000 rounds for 4 threads: 4 parts for each thread, so parts of 1000 / 16 = 63 rounds. The
caller links its job (count 1000, length 63, cursor 0, wanted 3), and up to 3 workers join. Whoever is free adds 63 to
the cursor and computes the rounds from what was there: [0, 63), [63, 126), ..., and last [945, 1000). A thread that
finds the cursor at 1000 or more is done; the caller then unlinks the job, so that nobody joins any more, and waits on
`@left` until `active` is 0.
"""

from __future__ import annotations

import ctypes
import os
import signal
from functools import cache
from typing import Any, Final

from ..machine.lock import LOCK

MOST_WORKERS: Final = 255
_PARTS_PER_THREAD = 4  # so that a thread that is held up does not hold up the others
_SPINS = 1000  # about 20 us of looking for work before a worker sleeps
_NEEDED = (
    "pthread_create", "pthread_detach", "pthread_mutex_init", "pthread_mutex_lock", "pthread_mutex_unlock",
    "pthread_cond_init", "pthread_cond_signal", "pthread_cond_broadcast", "pthread_cond_wait", "pthread_sigmask",
    "sigfillset", "sigdelset",
)  # fmt: skip

_SERIAL = """
define void @parallel_for(ptr %body, ptr %context, i64 %count, i64 %threads) {
  call void %body(ptr %context, i64 0, i64 %count)
  ret void
}
define void @pool_reset() {
  ret void
}
define i64 @pool_workers() {
  ret i64 0
}
"""

# next job; body; context; count; length of a part; cursor; workers that joined, that are in it, that may join
_JOB = "%job = type { ptr, ptr, ptr, i64, i64, i64, i64, i64, i64 }"
_NEXT, _BODY, _CONTEXT, _COUNT, _LENGTH, _CURSOR, _JOINED, _ACTIVE, _WANTED = range(9)

_STATE = """
@mutex = internal global [128 x i8] zeroinitializer, align 64
@work = internal global [128 x i8] zeroinitializer, align 64
@left = internal global [128 x i8] zeroinitializer, align 64
@jobs = internal global ptr null, align 64
@arrivals = internal global i64 0, align 64
@workers = internal global i64 0, align 64
@sleeping = internal global i64 0, align 8

declare i32 @pthread_create(ptr, ptr, ptr, ptr)
declare i32 @pthread_detach(ptr)
declare i32 @pthread_mutex_init(ptr, ptr)
declare i32 @pthread_mutex_lock(ptr)
declare i32 @pthread_mutex_unlock(ptr)
declare i32 @pthread_cond_init(ptr, ptr)
declare i32 @pthread_cond_signal(ptr)
declare i32 @pthread_cond_broadcast(ptr)
declare i32 @pthread_cond_wait(ptr, ptr)
declare i32 @pthread_sigmask(i32, ptr, ptr)
declare i32 @sigfillset(ptr)
declare i32 @sigdelset(ptr, i32)

define void @pool_reset() {
  store ptr null, ptr @jobs
  store i64 0, ptr @workers
  store i64 0, ptr @sleeping
  %a = call i32 @pthread_mutex_init(ptr @mutex, ptr null)
  %b = call i32 @pthread_cond_init(ptr @work, ptr null)
  %c = call i32 @pthread_cond_init(ptr @left, ptr null)
  ret void
}
define i64 @pool_workers() {
  %count = load atomic i64, ptr @workers monotonic, align 8
  ret i64 %count
}
"""

_RUN = """
define internal void @run(ptr %job) {
entry:
  %body.at = {at _BODY}
  %body = load ptr, ptr %body.at
  %context.at = {at _CONTEXT}
  %context = load ptr, ptr %context.at
  %count.at = {at _COUNT}
  %count = load i64, ptr %count.at
  %length.at = {at _LENGTH}
  %length = load i64, ptr %length.at
  %cursor.at = {at _CURSOR}
  br label %take
take:
  %start = atomicrmw add ptr %cursor.at, i64 %length monotonic
  %more = icmp ult i64 %start, %count
  br i1 %more, label %part, label %end
part:
  %rest = sub i64 %count, %start
  %size = call i64 @llvm.umin.i64(i64 %rest, i64 %length)
  %stop = add i64 %start, %size
  call void %body(ptr %context, i64 %start, i64 %stop)
  br label %take
end:
  ret void
}
declare i64 @llvm.umin.i64(i64, i64)
declare i64 @llvm.umax.i64(i64, i64)
"""

_WORKER = """
define internal ptr @worker(ptr %unused) {
entry:
  %l0 = call i32 @pthread_mutex_lock(ptr @mutex)
  br label %scan
scan:                                                ; here the mutex is held
  %seen = load i64, ptr @arrivals
  %first = load ptr, ptr @jobs
  br label %look
look:
  %job = phi ptr [ %first, %scan ], [ %next, %full ]
  %none = icmp eq ptr %job, null
  br i1 %none, label %idle, label %check
check:
  %next.at = {at _NEXT}
  %next = load ptr, ptr %next.at
  %count.at = {at _COUNT}
  %count = load i64, ptr %count.at
  %cursor.at = {at _CURSOR}
  %cursor = load atomic i64, ptr %cursor.at monotonic, align 8
  %open = icmp ult i64 %cursor, %count
  %joined.at = {at _JOINED}
  %joined = load i64, ptr %joined.at
  %wanted.at = {at _WANTED}
  %wanted = load i64, ptr %wanted.at
  %welcome = icmp ult i64 %joined, %wanted
  %join = and i1 %open, %welcome
  br i1 %join, label %enter, label %full
full:
  br label %look
enter:
  %joined.new = add i64 %joined, 1
  store i64 %joined.new, ptr %joined.at
  %active.at = {at _ACTIVE}
  %before = atomicrmw add ptr %active.at, i64 1 monotonic
  %u1 = call i32 @pthread_mutex_unlock(ptr @mutex)
  call void @run(ptr %job)
  %l1 = call i32 @pthread_mutex_lock(ptr @mutex)
  %was = atomicrmw sub ptr %active.at, i64 1 release
  %last = icmp eq i64 %was, 1
  br i1 %last, label %tell, label %scan
tell:
  %b = call i32 @pthread_cond_broadcast(ptr @left)
  br label %scan
idle:
  %u2 = call i32 @pthread_mutex_unlock(ptr @mutex)
  br label %spin
spin:
  %spins = phi i64 [ 0, %idle ], [ %spins.new, %spin.on ]
  %now = load atomic i64, ptr @arrivals monotonic, align 8
  %new = icmp ne i64 %now, %seen
  br i1 %new, label %entry.again, label %spin.on
spin.on:
  {pause}
  %spins.new = add i64 %spins, 1
  %enough = icmp uge i64 %spins.new, {spins}
  br i1 %enough, label %tired, label %spin
entry.again:
  %l2 = call i32 @pthread_mutex_lock(ptr @mutex)
  br label %scan
tired:
  %l3 = call i32 @pthread_mutex_lock(ptr @mutex)
  %now.held = load i64, ptr @arrivals
  %new.held = icmp ne i64 %now.held, %seen
  br i1 %new.held, label %scan, label %sleep
sleep:
  %s0 = load i64, ptr @sleeping
  %s1 = add i64 %s0, 1
  store i64 %s1, ptr @sleeping
  %w = call i32 @pthread_cond_wait(ptr @work, ptr @mutex)
  %s2 = load i64, ptr @sleeping
  %s3 = sub i64 %s2, 1
  store i64 %s3, ptr @sleeping
  br label %scan
}
"""

# Makes one more worker, under the mutex. Signals sent to the process stay with Python's threads.
_SPAWN = """
define internal i1 @spawn() {
  %all = alloca [256 x i8], align 16
  %old = alloca [256 x i8], align 16
  %thread = alloca [16 x i8], align 16
  %f = call i32 @sigfillset(ptr %all)
  {keep}
  %m = call i32 @pthread_sigmask(i32 {setmask}, ptr %all, ptr %old)
  %failed = call i32 @pthread_create(ptr %thread, ptr null, ptr @worker, ptr null)
  %r = call i32 @pthread_sigmask(i32 {setmask}, ptr %old, ptr null)
  %made = icmp eq i32 %failed, 0
  br i1 %made, label %count, label %end
count:
  %handle = load ptr, ptr %thread
  %d = call i32 @pthread_detach(ptr %handle)
  %w0 = load i64, ptr @workers
  %w1 = add i64 %w0, 1
  store i64 %w1, ptr @workers
  br label %end
end:
  ret i1 %made
}
"""

_PARALLEL_FOR = """
define void @parallel_for(ptr %body, ptr %context, i64 %count, i64 %threads) {
entry:
  %job = alloca %job, align 64
  %one = icmp ult i64 %threads, 2
  %tiny = icmp ult i64 %count, 2
  %alone = or i1 %one, %tiny
  br i1 %alone, label %serial, label %split
serial:
  call void %body(ptr %context, i64 0, i64 %count)
  ret void
split:
  %limit = call i64 @llvm.umin.i64(i64 %threads, i64 %count)
  %helpers = sub i64 %limit, 1
  %wanted = call i64 @llvm.umin.i64(i64 %helpers, i64 {most})
  %crew = add i64 %wanted, 1
  %parts = mul i64 %crew, {parts}
  %least = udiv i64 %count, %parts
  %rest = urem i64 %count, %parts
  %uneven = icmp ne i64 %rest, 0
  %one.more = zext i1 %uneven to i64
  %even = add i64 %least, %one.more
  %is.long = icmp uge i64 %even, 1024                ; long parts begin at whole cache lines
  %padded = add i64 %even, 63
  %rounded = and i64 %padded, -64
  %length = select i1 %is.long, i64 %rounded, i64 %even
{fill}
  %active.at = {at _ACTIVE}
  %next.at = {at _NEXT}
  %l0 = call i32 @pthread_mutex_lock(ptr @mutex)
  %head = load ptr, ptr @jobs
  store ptr %head, ptr %next.at
  store ptr %job, ptr @jobs
  %arrivals = load i64, ptr @arrivals
  %arrivals.new = add i64 %arrivals, 1
  store atomic i64 %arrivals.new, ptr @arrivals monotonic, align 8
  br label %grow
grow:
  %workers = load i64, ptr @workers
  %few = icmp ult i64 %workers, %wanted
  br i1 %few, label %make, label %wake
make:
  %made = call i1 @spawn()
  br i1 %made, label %grow, label %wake
wake:
  %asleep = load i64, ptr @sleeping
  %calls = call i64 @llvm.umin.i64(i64 %asleep, i64 %wanted)
  br label %wake.next
wake.next:
  %called = phi i64 [ 0, %wake ], [ %called.new, %wake.one ]
  %all.called = icmp eq i64 %called, %calls
  br i1 %all.called, label %work, label %wake.one
wake.one:
  %s = call i32 @pthread_cond_signal(ptr @work)
  %called.new = add i64 %called, 1
  br label %wake.next
work:
  %u0 = call i32 @pthread_mutex_unlock(ptr @mutex)
  call void @run(ptr %job)
  br label %spin
spin:
  %spins = phi i64 [ 0, %work ], [ %spins.new, %spin.on ]
  %active = load atomic i64, ptr %active.at acquire, align 8
  %quiet = icmp eq i64 %active, 0
  br i1 %quiet, label %close, label %spin.on
spin.on:
  {pause}
  %spins.new = add i64 %spins, 1
  %enough = icmp uge i64 %spins.new, {spins}
  br i1 %enough, label %close, label %spin
close:
  %l1 = call i32 @pthread_mutex_lock(ptr @mutex)
  br label %find
find:                                                ; the place that points to this job
  %place = phi ptr [ @jobs, %close ], [ %other, %find.on ]
  %other = load ptr, ptr %place
  %found = icmp eq ptr %other, %job
  br i1 %found, label %unlink, label %find.on
find.on:
  br label %find
unlink:
  %following = load ptr, ptr %next.at
  store ptr %following, ptr %place
  br label %wait
wait:
  %still = load atomic i64, ptr %active.at acquire, align 8
  %done = icmp eq i64 %still, 0
  br i1 %done, label %end, label %wait.on
wait.on:
  %w = call i32 @pthread_cond_wait(ptr @left, ptr @mutex)
  br label %wait
end:
  %u1 = call i32 @pthread_mutex_unlock(ptr @mutex)
  ret void
}
"""


def _fields() -> dict[str, str]:
    names = ("_NEXT", "_BODY", "_CONTEXT", "_COUNT", "_LENGTH", "_CURSOR", "_JOINED", "_ACTIVE", "_WANTED")
    return {f"{{at {name}}}": f"getelementptr %job, ptr %job, i32 0, i32 {globals()[name]}" for name in names}


def _fill() -> str:
    """Store the fields of a new job."""
    fields = [(_BODY, "ptr %body"), (_CONTEXT, "ptr %context"), (_COUNT, "i64 %count"), (_LENGTH, "i64 %length")]
    fields += [(_CURSOR, "i64 0"), (_JOINED, "i64 0"), (_ACTIVE, "i64 0"), (_WANTED, "i64 %wanted")]
    lines = []
    for field, value in fields:
        lines.append(f"  %field{field} = getelementptr %job, ptr %job, i32 0, i32 {field}")
        lines.append(f"  store {value}, ptr %field{field}")
    return "\n".join(lines)


def _keep_faults() -> str:
    """Leave a worker's own faults to whoever handles them (`faulthandler`)."""
    names = ("SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT")
    numbers = [int(getattr(signal, name)) for name in names if hasattr(signal, name)]
    return "\n  ".join(f"%k{number} = call i32 @sigdelset(ptr %all, i32 {number})" for number in numbers)


def _text(triple: str) -> str:
    """The module over pthreads."""
    pause = "call void @llvm.x86.sse2.pause()" if triple.startswith("x86_64") else 'call void asm sideeffect "", ""()'
    text = _JOB + _STATE + _RUN + _WORKER + _SPAWN + _PARALLEL_FOR
    if "sse2.pause" in pause:
        text += "declare void @llvm.x86.sse2.pause()\n"
    replaced = _fields() | {
        "{fill}": _fill(),
        "{keep}": _keep_faults(),
        "{pause}": pause,
        "{spins}": str(_SPINS),
        "{parts}": str(_PARTS_PER_THREAD),
        "{most}": str(MOST_WORKERS),
        "{setmask}": str(int(getattr(signal, "SIG_SETMASK", 0))),
    }
    for mark, value in replaced.items():
        text = text.replace(mark, value)
    return text


class _Pool:
    """The loaded code. It is never unloaded: its threads sleep in it."""

    def __init__(self) -> None:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        triple = llvm.get_process_triple()
        self.has_threads = _has_pthreads()
        module = llvm.parse_assembly(f'target triple = "{triple}"\n{_text(triple) if self.has_threads else _SERIAL}')
        machine = llvm.Target.from_default_triple().create_target_machine(opt=0, jit=True)  # quicker; as fast
        self._engine = llvm.create_mcjit_compiler(module, machine)
        self._engine.finalize_object()
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._engine))
        self.address: int = self._engine.get_function_address("parallel_for")
        self.workers = ctypes.CFUNCTYPE(ctypes.c_uint64)(self._engine.get_function_address("pool_workers"))
        self.reset = ctypes.PYFUNCTYPE(None)(self._engine.get_function_address("pool_reset"))
        self.reset()


def _has_pthreads() -> bool:
    """Whether this process has the functions; what is found is made known to LLVM."""
    import llvmlite.binding as llvm

    try:
        library = ctypes.CDLL(None)
        for name in _NEEDED:
            llvm.add_symbol(name, ctypes.cast(getattr(library, name), ctypes.c_void_p).value)
    except (AttributeError, OSError, TypeError):
        return False
    return True


@cache
def _made() -> _Pool:
    made = _Pool()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=made.reset)
    return made


def _pool() -> Any:
    with LOCK:
        return _made()


def parallel_for_address() -> int:
    """The address of `void parallel_for(void (*body)(void *, uint64, uint64), void *, uint64 count, uint64 threads)`.

    It calls `body(context, start, stop)`, with its second argument, for contiguous parts of `[0, count)`, on at most
    `threads` threads of which the caller is one, and returns when all are done. Call it without the GIL. Bodies may
    call it again. Loading takes about 4 ms, once.
    """
    return _pool().address  # type: ignore[no-any-return]


def worker_count() -> int:
    """How many threads the pool has made in this process."""
    return int(_pool().workers())


def has_threads() -> bool:
    """Whether loops are shared at all: False where there are no pthreads."""
    return bool(_pool().has_threads)
