"""`tensorflow.python.training.evaluation`: evaluations under the names that library code knows."""

from __future__ import annotations

from ...session.training.evaluating import StopAfterNEvalsHook as _StopAfterNEvalsHook
from ...session.training.evaluating import evaluate_once as _evaluate_once
from ...session.training.evaluating import get_or_create_eval_step as _get_or_create_eval_step

__all__ = ["_StopAfterNEvalsHook", "_evaluate_once", "_get_or_create_eval_step"]
