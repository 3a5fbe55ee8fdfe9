"""The layers of Inception, versions 1 to 3, by the names of their outputs.

A string is a layer of the stem, a tuple a module: a row of steps for each of its branches. `Conv2d_0b_3x3 96` is a
convolution to 96 channels, of windows of 3 by 3; `=3x3` behind the name says another window, `/2` that they are 2
apart, `v` that there is no padding, `s` that there is, `~0.09` the deviation of its first weights; `|` joins what takes
the same input.
"""

from __future__ import annotations

from typing import Any, Final


def _v1(*channels: int, last: str = "0b") -> tuple[tuple[str, ...], ...]:
    a, b, c, d, e, f = channels
    return (
        (f"Conv2d_0a_1x1 {a}",),
        (f"Conv2d_0a_1x1 {b}", f"Conv2d_0b_3x3 {c}"),
        (f"Conv2d_0a_1x1 {d}", f"Conv2d_{last}_3x3 {e}"),
        ("MaxPool_0a_3x3", f"Conv2d_0b_1x1 {f}"),
    )


V1: Final[dict[str, Any]] = {
    "Conv2d_1a_7x7": "Conv2d_1a_7x7/2 64",
    "MaxPool_2a_3x3": "MaxPool_2a_3x3/2",
    "Conv2d_2b_1x1": "Conv2d_2b_1x1 64",
    "Conv2d_2c_3x3": "Conv2d_2c_3x3 192",
    "MaxPool_3a_3x3": "MaxPool_3a_3x3/2",
    "Mixed_3b": _v1(64, 96, 128, 16, 32, 32),
    "Mixed_3c": _v1(128, 128, 192, 32, 96, 64),
    "MaxPool_4a_3x3": "MaxPool_4a_3x3/2",
    "Mixed_4b": _v1(192, 96, 208, 16, 48, 64),
    "Mixed_4c": _v1(160, 112, 224, 24, 64, 64),
    "Mixed_4d": _v1(128, 128, 256, 24, 64, 64),
    "Mixed_4e": _v1(112, 144, 288, 32, 64, 64),
    "Mixed_4f": _v1(256, 160, 320, 32, 128, 128),
    "MaxPool_5a_2x2": "MaxPool_5a_2x2/2",
    "Mixed_5b": _v1(256, 160, 320, 32, 128, 128, last="0a"),  # so named, in checkpoints too
    "Mixed_5c": _v1(384, 192, 384, 48, 128, 128),
}


def _v2(*channels: int, pool: str = "Avg") -> tuple[tuple[str, ...], ...]:
    a, b, c, d, e, f = channels
    return (
        (f"Conv2d_0a_1x1 {a}",),
        (f"Conv2d_0a_1x1 {b} ~0.09", f"Conv2d_0b_3x3 {c}"),
        (f"Conv2d_0a_1x1 {d} ~0.09", f"Conv2d_0b_3x3 {e}", f"Conv2d_0c_3x3 {e}"),
        (f"{pool}Pool_0a_3x3", f"Conv2d_0b_1x1 {f} ~0.1"),
    )


def _v2_smaller(*channels: int) -> tuple[tuple[str, ...], ...]:
    """A module that halves height and width."""
    a, b, c, d = channels
    return (
        (f"Conv2d_0a_1x1 {a} ~0.09", f"Conv2d_1a_3x3/2 {b}"),
        (f"Conv2d_0a_1x1 {c} ~0.09", f"Conv2d_0b_3x3 {d}", f"Conv2d_1a_3x3/2 {d}"),
        ("MaxPool_1a_3x3/2",),
    )


V2: Final[dict[str, Any]] = {
    "Conv2d_1a_7x7": "separable",
    "MaxPool_2a_3x3": "MaxPool_2a_3x3/2",
    "Conv2d_2b_1x1": "Conv2d_2b_1x1 64 ~0.1",
    "Conv2d_2c_3x3": "Conv2d_2c_3x3 192",
    "MaxPool_3a_3x3": "MaxPool_3a_3x3/2",
    "Mixed_3b": _v2(64, 64, 64, 64, 96, 32),
    "Mixed_3c": _v2(64, 64, 96, 64, 96, 64),
    "Mixed_4a": _v2_smaller(128, 160, 64, 96),
    "Mixed_4b": _v2(224, 64, 96, 96, 128, 128),
    "Mixed_4c": _v2(192, 96, 128, 96, 128, 128),
    "Mixed_4d": _v2(160, 128, 160, 128, 160, 96),
    "Mixed_4e": _v2(96, 128, 192, 160, 192, 96),
    "Mixed_5a": _v2_smaller(128, 192, 192, 256),
    "Mixed_5b": _v2(352, 192, 320, 160, 224, 128),
    "Mixed_5c": _v2(352, 192, 320, 192, 224, 128, pool="Max"),
}


def _v3_35(pooled: int, second: str = "Conv2d_0a_1x1", third: str = "Conv2d_0b_5x5") -> tuple[tuple[str, ...], ...]:
    """A module for images of 35 pixels a side."""
    return (
        ("Conv2d_0a_1x1 64",),
        (f"{second} 48", f"{third} 64"),
        ("Conv2d_0a_1x1 64", "Conv2d_0b_3x3 96", "Conv2d_0c_3x3 96"),
        ("AvgPool_0a_3x3", f"Conv2d_0b_1x1 {pooled}"),
    )


def _v3_17(n: int) -> tuple[tuple[str, ...], ...]:
    """A module for images of 17 pixels a side: windows of 7 by 7 are taken apart."""
    long = ("Conv2d_0b_7x1", "Conv2d_0c_1x7", "Conv2d_0d_7x1")
    return (
        ("Conv2d_0a_1x1 192",),
        (f"Conv2d_0a_1x1 {n}", f"Conv2d_0b_1x7 {n}", "Conv2d_0c_7x1 192"),
        (f"Conv2d_0a_1x1 {n}", *(f"{name} {n}" for name in long), "Conv2d_0e_1x7 192"),
        ("AvgPool_0a_3x3", "Conv2d_0b_1x1 192"),
    )


def _v3_8(second: str) -> tuple[tuple[str, ...], ...]:
    """A module for images of 8 pixels a side, with branches that part."""
    return (
        ("Conv2d_0a_1x1 320",),
        ("Conv2d_0a_1x1 384", f"Conv2d_0b_1x3 384|{second} 384"),
        ("Conv2d_0a_1x1 448", "Conv2d_0b_3x3 384", "Conv2d_0c_1x3 384|Conv2d_0d_3x1 384"),
        ("AvgPool_0a_3x3", "Conv2d_0b_1x1 192"),
    )


V3: Final[dict[str, Any]] = {
    "Conv2d_1a_3x3": "Conv2d_1a_3x3/2 32",
    "Conv2d_2a_3x3": "Conv2d_2a_3x3 32",
    "Conv2d_2b_3x3": "Conv2d_2b_3x3s 64",
    "MaxPool_3a_3x3": "MaxPool_3a_3x3/2",
    "Conv2d_3b_1x1": "Conv2d_3b_1x1 80",
    "Conv2d_4a_3x3": "Conv2d_4a_3x3 192",
    "MaxPool_5a_3x3": "MaxPool_5a_3x3/2",
    "Mixed_5b": _v3_35(32),
    "Mixed_5c": _v3_35(64, "Conv2d_0b_1x1", "Conv_1_0c_5x5"),  # so named, in checkpoints too
    "Mixed_5d": _v3_35(64),
    "Mixed_6a": (
        ("Conv2d_1a_1x1=3x3/2v 384",),
        ("Conv2d_0a_1x1 64", "Conv2d_0b_3x3 96", "Conv2d_1a_1x1=3x3/2v 96"),
        ("MaxPool_1a_3x3/2v",),
    ),
    "Mixed_6b": _v3_17(128),
    "Mixed_6c": _v3_17(160),
    "Mixed_6d": _v3_17(160),
    "Mixed_6e": _v3_17(192),
    "Mixed_7a": (
        ("Conv2d_0a_1x1 192", "Conv2d_1a_3x3/2v 320"),
        ("Conv2d_0a_1x1 192", "Conv2d_0b_1x7 192", "Conv2d_0c_7x1 192", "Conv2d_1a_3x3/2v 192"),
        ("MaxPool_1a_3x3/2v",),
    ),
    "Mixed_7b": _v3_8("Conv2d_0b_3x1"),
    "Mixed_7c": _v3_8("Conv2d_0c_3x1"),
}
