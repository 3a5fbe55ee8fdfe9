"""Kernels through the disk cache: the same bits from numba, memory and disk, whatever happened to the files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba
import numpy as np
import pytest
from numba.core import ccallback, types
from sessile.compiler.jit import compile as jit
from sessile.compiler.machine import cache, object_code
from sessile.compiler.machine.cache import KernelCache, file_name, pack
from sessile.compiler.tree.reader import read_kernel

from tests.cache.processes import run_python

pytestmark = pytest.mark.usefixtures("empty_memory")

SOURCE = """def kernel(x0, r0, n0, start, stop):
    for i0 in range(start, stop):
        e0 = load(x0, i0)
        store(r0, i0, f32(tanh_f32(e0) + floormod(e0, f32(0.7)) + erf_f32(f32(e0 * f32(0.5)))))
"""
SIMPLE = """def kernel(x0, r0, n0, start, stop):
    for i0 in range(start, stop):
        store(r0, i0, f32(load(x0, i0) * f32(2.0)))
"""
TYPES = ("f32", "f32")
TREE = read_kernel(SOURCE, TYPES)
X = np.linspace(-4, 4, 1003, dtype=np.float32)


def run(kernel: Any) -> np.ndarray[Any, Any]:
    """What a kernel with one argument and one result makes of `X`."""
    result = np.full_like(X, np.nan)
    kernel.call(X.ctypes.data, result.ctypes.data, X.size, 0, X.size)
    return result


class Counted:
    """How many kernels were compiled, and how many loaded, since this was made."""

    def __init__(self) -> None:
        self.before = (jit.compiled_count, jit.loaded_count)

    def __eq__(self, other: object) -> bool:
        return (jit.compiled_count - self.before[0], jit.loaded_count - self.before[1]) == other

    def __repr__(self) -> str:
        return f"({jit.compiled_count - self.before[0]} compiled, {jit.loaded_count - self.before[1]} loaded)"


def compile_again(source: str = SIMPLE) -> jit.CompiledKernel:
    """Compile as a new process does that has nothing in memory."""
    jit._kernels.clear()
    return jit.compile_kernel(read_kernel(source, TYPES))


def only_entry(kernels: KernelCache) -> Path:
    """The one entry there is."""
    (entry,) = kernels.entries()
    return Path(entry.path)


def test_a_kernel_is_compiled_once_and_then_found(kernels: KernelCache) -> None:
    """In memory, then on disk, with the same bits."""
    counts = Counted()
    first = jit.compile_kernel(TREE)
    assert jit.compile_kernel(read_kernel(SOURCE, TYPES)) is first and counts == (1, 0)
    second = compile_again(SOURCE)
    assert counts == (1, 1) and len(kernels.entries()) == 1
    assert run(first).tobytes() == run(second).tobytes()


def test_the_code_is_that_of_numba(folder: Path) -> None:
    """The same bits as from numba's own engine, and instructions of the same vector width."""
    pointer = types.CPointer(types.float32)
    signature = types.void(pointer, pointer, *[types.uintp] * 3)
    function = jit.numba_function(TREE)
    own = numba.cfunc(signature, error_model="numpy", nogil=True, no_cpython_wrapper=True)(function)
    assert run(jit.CompiledKernel(own, own.address, SOURCE, 2, 3)).tobytes() == run(compile_again(SOURCE)).tobytes()
    from sessile.compiler.numba.compile import global_compiler_lock, optimised

    with global_compiler_lock:
        module, _ = optimised(function, signature)
    widths = [[text.count(f"<{n} x float>") > 0 for n in (2, 4, 8, 16)] for text in (str(module), own.inspect_llvm())]
    assert widths[0] == widths[1]


def test_code_holds_no_address_and_no_name_of_numba() -> None:
    """It is good for any process: neither addresses of this one, nor symbols that only numba has."""
    from sessile.compiler.numba.compile import global_compiler_lock, optimised

    pointer = types.CPointer(types.float32)
    signature = types.void(pointer, pointer, *[types.uintp] * 3)
    with global_compiler_lock:
        module, _ = optimised(jit.numba_function(TREE), signature)
    assert "inttoptr" not in str(module)
    declared = [function.name for function in module.functions if function.is_declaration]
    assert not [name for name in declared if not name.startswith("llvm.")]


def test_every_byte_of_a_kernel_is_protected(kernels: KernelCache) -> None:
    """A flipped bit in any of them: not an entry any more."""
    compile_again()
    path = only_entry(kernels)
    data = path.read_bytes()
    for position in range(len(data)):
        with pytest.raises(cache.Damaged):
            cache.unpack(data[:position] + bytes([data[position] ^ 1 << position % 8]) + data[position + 1 :])


@pytest.mark.parametrize(
    "damage", ["flip", "cut", "empty", "missing", "unreadable code", "unknown symbol", "other key"]
)
def test_a_damaged_entry_is_compiled_again_and_replaced(damage: str, kernels: KernelCache) -> None:
    """The right result each time, and a good entry afterwards."""
    expected = run(compile_again())
    path = only_entry(kernels)
    key, code = cache.unpack(path.read_bytes())
    _damage(path, damage, key, code)
    counts = Counted()
    assert np.array_equal(run(compile_again()), expected)
    assert counts == (1, 0)
    assert np.array_equal(run(compile_again()), expected)
    assert counts == (1, 1) and not kernels.damaged()


def _damage(path: Path, how: str, key: bytes, code: bytes) -> None:
    data = bytearray(path.read_bytes())
    if how == "flip":
        data[len(data) - len(code) // 2] ^= 4
    elif how == "cut":
        del data[-100:]
    elif how == "empty":
        data.clear()
    elif how == "unreadable code":  # with a right checksum: not from here, and yet not fatal
        data[:] = pack(key, code[: len(code) // 2])
    elif how == "unknown symbol":
        data[:] = pack(key, _code_with_an_unknown_symbol())
    elif how == "other key":
        data[:] = pack(key + b"\n", code)
    path.unlink()
    if how != "missing":
        path.write_bytes(bytes(data))
        path.chmod(0o600)


def _code_with_an_unknown_symbol() -> bytes:
    text = "declare void @sessile_nowhere()\n"
    text += f"define void @{object_code.SYMBOL}() {{\n call void @sessile_nowhere()\n ret void\n}}"
    return object_code.emit(llvm.parse_assembly(text))


def test_other_code_under_the_key_of_a_kernel_is_never_taken(kernels: KernelCache) -> None:
    """An entry copied over another one's file names its key, and is refused."""
    compile_again(SOURCE)
    other = only_entry(kernels).read_bytes()
    kernels.clear()
    expected = run(compile_again())
    only_entry(kernels).write_bytes(other)
    counts = Counted()
    assert np.array_equal(run(compile_again()), expected) and counts == (1, 0)


@pytest.mark.parametrize("where", ["off", "a file", "no rights", "open to others", "full"])
def test_without_a_cache_all_works(where: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process compiles for itself; there is no exception and no warning."""
    if where == "off":
        monkeypatch.setenv("SESSILE_CACHE", "0")
    elif where == "a file":
        folder.write_text("not a folder")
    elif where == "no rights":
        monkeypatch.setenv("SESSILE_CACHE_DIR", "/proc/nowhere/sessile")
    elif where == "open to others":
        folder.mkdir()
        folder.chmod(0o777)
    elif where == "full":
        monkeypatch.setattr(os, "replace", _no_space)
    counts = Counted()
    assert np.array_equal(run(compile_again()), X * 2)
    assert np.array_equal(run(compile_again()), X * 2)
    assert counts == (2, 0)
    assert not list(folder.rglob("*.kernel")) if folder.is_dir() else True


def _no_space(*arguments: Any) -> None:
    raise OSError(28, "No space left on device")


def test_the_key_names_all_that_shapes_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Source, types, integers, versions, processor, numba's settings, and what is inlined."""
    key = jit._cache_key(jit.Request.of(TREE))
    assert key is not None and key.endswith(SOURCE.encode())
    words = dict(line.split(b" ", 1) for line in key.partition(b"\n\n")[0].split(b"\n"))
    assert words[b"numba"].decode() == numba.__version__
    assert words[b"cpu"].decode() == llvm.get_host_cpu_name()
    assert {b"llvmlite", b"sources", b"features", b"platform", b"types", b"integers"} <= set(words)
    others = [
        jit._cache_key(jit.Request.of(read_kernel(text, types)))
        for text, types in [(SIMPLE, TYPES), (SOURCE, ("f64", "f32")), (SOURCE.replace("n0,", "n0, n1,"), TYPES)]
    ]
    monkeypatch.setenv("SESSILE_COMPILER", "numba")
    others.append(jit._cache_key(jit.Request.of(TREE)))
    object_code.toolchain.cache_clear()
    monkeypatch.setenv("NUMBA_OPT", "1")
    others.append(jit._cache_key(jit.Request.of(TREE)))
    monkeypatch.setattr(object_code, "_sources", lambda: b"changed")
    object_code.toolchain.cache_clear()
    others.append(jit._cache_key(jit.Request.of(TREE)))
    object_code.toolchain.cache_clear()
    assert len({key, *others}) == 7
    assert len({file_name(key), *(file_name(other or b"") for other in others)}) == 7


def test_another_numba_is_entered_by_its_public_door(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Where its inner parts are not as known, the code is the same."""
    monkeypatch.setenv("SESSILE_COMPILER", "numba")
    expected = run(compile_again(SOURCE))
    KernelCache(str(folder)).clear()
    optimised = ccallback.CFunc._compile_uncached
    calls = []

    def changed(self: Any) -> Any:
        calls.append(self)
        if len(calls) == 1:
            raise AttributeError("no such part")
        return optimised(self)

    monkeypatch.setattr(ccallback.CFunc, "_compile_uncached", changed)
    assert run(compile_again(SOURCE)).tobytes() == expected.tobytes()
    assert len(calls) == 2


def test_a_kernel_that_is_dropped_is_unloaded() -> None:
    """A thousand loads take no lasting memory to speak of."""
    import resource

    compile_again()
    for _ in range(100):
        compile_again()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(1000):
        compile_again()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000, "in KB, 4 of them a page of code"


FRESH = f"""
import os, sys
import numpy as np
from sessile.compiler.jit import compile as jit
from sessile.compiler.tree.reader import read_kernel
x = np.arange(5, dtype=np.float32)
def run(factor):
    kernel = jit.compile_kernel(read_kernel({SIMPLE!r}.replace("2.0", factor), {TYPES!r}))
    r = np.empty_like(x)
    kernel.call(x.ctypes.data, r.ctypes.data, 5, 0, 5)
    return r.tolist() == (x * np.float32(factor)).tolist()
"""


def test_a_new_process_finds_the_kernel_without_numba() -> None:
    """Neither numba nor SciPy is imported, nor what else is slow."""
    compile_again()
    script = FRESH + (
        "assert run('2.0'), 'wrong'\n"
        "slow = ['numba', 'scipy', 'google.protobuf', 'importlib.metadata', 'sessile.compiler.mathlib']\n"
        "print(jit.compiled_count, jit.loaded_count, [name for name in slow if name in sys.modules])\n"
    )
    assert run_python(script) == "0 1 []\n"


def test_a_forked_child_loads_and_compiles() -> None:
    """After its parent did."""
    compile_again()
    script = FRESH + (
        "assert run('2.0')\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    os._exit(0 if run('2.0') and run('3.0') and jit.compiled_count == 1 else 1)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), run('3.0'), jit.loaded_count)\n"
    )
    assert run_python(script) == "0 True 2\n"


def test_threads_share_a_kernel() -> None:
    """It is compiled once however many ask at the same time."""
    from concurrent.futures import ThreadPoolExecutor

    counts = Counted()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: jit.compile_kernel(read_kernel(SIMPLE, TYPES)), range(32)))
    assert all(kernel is found[0] for kernel in found) and counts == (1, 0)


def test_a_new_process_reaches_a_compiled_result_without_numba(folder: Path) -> None:
    """From `import sessile` to what a callable returns: SciPy and protobuf stay out as well."""
    script = (
        "import sys\nimport sessile as tf\nfrom sessile.compiler.jit import compile as jit\n"
        "x = tf.placeholder(tf.float32, [None])\n"
        "step = tf.Session().make_callable(tf.exp(x) * 0.0 + x * 2.0 + 1.0, [x])\n"
        "import numpy as np\n"
        "print(step(np.ones(2, np.float32)).tolist(), step(np.ones(3, np.float32)).tolist())\n"
        "print(jit.compiled_count, [n for n in ('numba', 'scipy', 'google.protobuf') if n in sys.modules])\n"
    )
    first, second = run_python(script).splitlines(), run_python(script).splitlines()
    assert first[0] == second[0] == "[3.0, 3.0] [3.0, 3.0, 3.0]"
    assert first[1].startswith("1 ") and second[1] == "0 []"
