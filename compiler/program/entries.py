"""The entry of a variant: a native step, or the portable one."""

from __future__ import annotations

import ctypes
from typing import Any

from ..machine.lock import LOCK
from ..native.step import NativeStep, assemble, can_be_native
from ..runtime.trampoline import declined, make_entry
from ..step.portable import StepSource
from ..step.variant import Variant


def native_step(variant: Variant) -> Any:
    """The entry of a variant as a builtin function that returns None if a guard does not hold; None if it cannot be."""
    outputs = variant.region.outputs
    if not can_be_native(variant, outputs):
        return None
    feeds = list(range(len(variant.region.inputs)))
    code = assemble(NativeStep(variant, feeds, outputs, "arrays", _OPEN))
    if code is None:
        return None
    function, cell = make_entry(declined, "region")
    cell.install(code)
    return function


_OPEN = ctypes.c_byte(0)


def step_of(variant: Variant) -> Any:
    """The entry of a variant, made when first needed: a whole plan that is one region has a native step of its own."""
    if variant.step is None:
        with LOCK:
            if variant.step is None:
                variant.step = native_step(variant) or StepSource(variant).function()
    return variant.step
