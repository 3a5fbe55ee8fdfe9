"""`tensorflow.python.tools.optimize_for_inference_lib`: frozen graphs without what only training needs."""

from __future__ import annotations

from ...ops.library.graphdef.optimizing import fold_batch_norms, optimize_for_inference

__all__ = ["fold_batch_norms", "optimize_for_inference"]
