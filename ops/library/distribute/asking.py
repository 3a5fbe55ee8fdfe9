"""What programs ask for the strategy in force; where there is none, the default one is, of one replica."""

from __future__ import annotations

from typing import Any

from .context import Situation, choose, is_in_scope, situation
from .strategies import DEFAULT


def _situation() -> Situation:
    return situation() or Situation(DEFAULT, DEFAULT.context)


def get_strategy() -> Any:
    """Return the strategy in force, or the default one, of one replica."""
    return _situation().strategy


def has_strategy() -> bool:
    """Return whether a strategy other than the default one is in force."""
    return _situation().strategy is not DEFAULT


def get_replica_context() -> Any:
    """Return the replica's context, or None in a strategy's scope, outside of functions that it runs."""
    return _situation().replica


def in_cross_replica_context() -> bool:
    """Return whether this is in a strategy's scope, outside of functions that it runs."""
    return _situation().replica is None


def get_cross_replica_context() -> Any:
    """Return the strategy in its scope, outside of functions that it runs; otherwise None."""
    found = _situation()
    return found.strategy if found.replica is None else None


def require_replica_context(replica_context: Any) -> None:
    """Raises: RuntimeError if a replica's context is not the one in force."""
    if _situation().replica is not replica_context:
        raise RuntimeError("Need to be inside `call_for_each_replica()`, in the replica context that is given.")


def experimental_set_strategy(strategy: Any) -> None:
    """Have a strategy in force from now on, without a scope.

    Args:
      strategy: the strategy; None for the default one.
    Raises: RuntimeError inside of a strategy's scope.
    """
    if is_in_scope():
        raise RuntimeError("Must not be called inside a `tf.distribute.Strategy` scope.")
    choose(strategy)
