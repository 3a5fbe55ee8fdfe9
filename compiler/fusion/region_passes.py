"""The passes that make groups of a specialised region, in their order.

A pass takes a `Fuser`: the region with its shapes (`special`), its instructions as far as they are rewritten, and the
groups made of them (`fused`). The first passes rewrite `instructions`; `group` opens the groups; the last ones decide
what is whose memory. See docs/adding-a-kernel-form.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..specialize.specialize import Specialized
from .fuse import Fuser
from .groups import Fused
from .lower import Lowering
from .products import fold_transposes

RegionPass = Callable[[Fuser], None]


def take_apart(region: Fuser) -> None:
    """Rewrite instructions that loops compute once their shapes are known."""
    lowering = Lowering(region.special)
    region.instructions = lowering.run()
    region.in_range = lowering.checked


def arrange_products(region: Fuser) -> None:
    """Take transpositions into the products they are made for."""
    region.instructions = fold_transposes(region.special, region.instructions)


REGION_PASSES: Final[tuple[RegionPass, ...]] = (
    take_apart,
    Fuser.drop_known,
    arrange_products,
    Fuser.inline,
    Fuser.group,
    Fuser.place_results,
    Fuser.join,
    Fuser.find_outputs,
)


def fuse(special: Specialized, passes: tuple[RegionPass, ...] = REGION_PASSES) -> Fused:
    """Group the instructions of a specialised region; see the module."""
    region = Fuser(special)
    for each in passes:
        each(region)
    return region.fused
