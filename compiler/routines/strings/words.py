"""Text of kernels: reading the bytes of strings in memory eight at a time, as `views.py` says."""

from __future__ import annotations

from typing import Final

ONES: Final = 0x0101010101010101
HIGHS: Final = ONES * 0x80


def whole(name: str, at: str, indent: int) -> str:
    """Lines that read the eight bytes from an address on, all of them a string's.

    Args:
      name: the variable they become. at: the address, as an expression of type u64.
    """
    return indented(
        f"""{name}_at = {at}
{name}_bit = ({name}_at & u64(7)) << u64(3)
{name}_low = load(memory, U({name}_at >> u64(3)))
{name}_high = load(memory, U(({name}_at + u64(7)) >> u64(3)))
{name} = ({name}_low >> {name}_bit) | (({name}_high << (u64(63) - {name}_bit)) << u64(1))
{name} = {name}_low if {name}_bit == u64(0) else {name}
""",
        indent,
    )


def some(name: str, at: str, count: str, indent: int) -> str:
    """Lines that read `count` bytes, one to eight, from an address on; the bytes behind them are 0.

    Args:
      name, at: as of `whole`. count: an expression of type u64.
    """
    return indented(
        f"""{name}_at = {at}
{name}_bit = ({name}_at & u64(7)) << u64(3)
{name}_low = load(memory, U({name}_at >> u64(3)))
{name}_high = load(memory, U(({name}_at + {count} - u64(1)) >> u64(3)))
{name} = ({name}_low >> {name}_bit) | (({name}_high << (u64(63) - {name}_bit)) << u64(1))
{name} = {name}_low if {name}_bit == u64(0) else {name}
{name} = {name} & (u64({2**64 - 1}) >> ((u64(8) - {count}) << u64(3)))
""",
        indent,
    )


def byte(at: str) -> str:
    """The expression of the byte at an address, of type u64."""
    return f"((load(memory, U({at} >> u64(3))) >> (({at} & u64(7)) << u64(3))) & u64(255))"


def indented(text: str, indent: int) -> str:
    """Lines further to the right."""
    return "".join(f"{' ' * indent}{line}\n" for line in text.splitlines())
