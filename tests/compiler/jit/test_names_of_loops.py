"""Names of hand-written kernels that are more than one thing."""

from __future__ import annotations

import numpy as np
import pytest
from sessile.compiler.jit import lower_tree
from sessile.compiler.jit.compile import compile_kernel
from sessile.compiler.jit.functions import Unsupported
from sessile.compiler.tree.reader import read_kernel

TEXT = """def kernel(r0, n0, start, stop):
    i = start
    i = i + U(1)
    store(r0, U(0), i64(i))
    for i in range(U(1), stop):
        store(r0, i, i64(7))
"""


def test_the_index_of_a_loop_that_is_assigned_besides_is_not_lowered() -> None:
    tree = read_kernel(TEXT, ["i64"])
    with pytest.raises(Unsupported, match="index of a loop"):
        lower_tree.Function(["i64"]).compile(tree)


def test_another_compiler_takes_such_a_kernel() -> None:
    kernel = compile_kernel(read_kernel(TEXT, ["i64"]))
    result = np.zeros(4, np.int64)
    kernel.call(result.ctypes.data, 4, 0, 4)
    assert result.tolist() == [1, 7, 7, 7]
