"""`tensorflow.python.training.monitored_session`: wrappers of sessions under the names that library code knows."""

from __future__ import annotations

from ...session.training.hooked_session import HookedSession as _HookedSession
from ...session.training.hooked_session import WrappedSession as _WrappedSession

__all__ = ["_HookedSession", "_WrappedSession"]
