"""Counting what native steps hand to Python: the fixture `slow` of tests/conftest.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi
from sessile.compiler.program import callables
from sessile.compiler.runtime import blas


class Slow:
    """Counts the calls that machine code handed to Python."""

    count = 0


def counted(monkeypatch: pytest.MonkeyPatch) -> Slow:
    """Begin to count; skips the test where there are no native steps."""
    if not abi.available() or blas.gemm_address("float32") is None:
        pytest.skip("no native steps, or no BLAS, here")
    counter = Slow()
    call = callables.SlowPath.__call__

    def counting(self: Any, *arguments: Any, **keywords: Any) -> Any:
        counter.count += 1
        return call(self, *arguments, **keywords)

    monkeypatch.setattr(callables.SlowPath, "__call__", counting)
    return counter


def drawn(*shape: int, seed: int = 0) -> Any:
    """Uniform float32 between -1 and 1."""
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype(np.float32)
