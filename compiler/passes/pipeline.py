"""The passes over a plan, in their order."""

from __future__ import annotations

from ..plan.plan import Plan
from .branches import take_branches
from .dead import drop_dead
from .fold import fold_constants
from .inside import in_loops
from .merge import merge_duplicates

PIPELINE = (drop_dead, fold_constants, take_branches, merge_duplicates, drop_dead)


def optimize(plan: Plan) -> Plan:
    """Run all passes, in the bodies of loops too."""
    for transform in PIPELINE:
        plan = transform(plan)
    return in_loops(plan, optimize)
