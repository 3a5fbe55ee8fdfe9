"""The passes over a plan, in their order."""

from __future__ import annotations

from ..plan.plan import Plan
from .dead import drop_dead
from .fold import fold_constants
from .merge import merge_duplicates

PIPELINE = (drop_dead, fold_constants, merge_duplicates, drop_dead)


def optimize(plan: Plan) -> Plan:
    """Run all passes."""
    for transform in PIPELINE:
        plan = transform(plan)
    return plan
