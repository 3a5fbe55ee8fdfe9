"""Exporters: what `train_and_evaluate` does with a model after an evaluation."""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Callable, Mapping
from typing import Any


class Exporter:
    """The base of what exports a model."""

    @property
    def name(self) -> str:
        """The name, that of a folder in `export`."""
        raise NotImplementedError(f"{type(self).__name__} has no name.")

    def export(
        self, estimator: Any, export_path: str, checkpoint_path: str, eval_result: Any, is_the_final_export: bool
    ) -> Any:
        """Export the model of an estimator.

        Args:
          estimator: the Estimator; export_path: the folder for exports of this exporter.
          checkpoint_path: the checkpoint; eval_result: the last evaluation's.
          is_the_final_export: whether training is over.
        Returns: the folder that was made, or None.
        """
        raise NotImplementedError(f"{type(self).__name__} does not export.")


class LatestExporter(Exporter):
    """Exports after each evaluation, and keeps the newest.

    Args:
      name: of the exports; serving_input_receiver_fn, assets_extra, as_text: see `Estimator.export_saved_model`.
      exports_to_keep: how many are kept; None: all.
    Raises: ValueError for a number that is none.
    """

    def __init__(
        self, name: str, serving_input_receiver_fn: Any, assets_extra: Any = None, as_text: bool = False,
        exports_to_keep: int | None = 5,
    ) -> None:  # fmt: skip
        if exports_to_keep is not None and exports_to_keep <= 0:
            raise ValueError(f"`exports_to_keep`, if provided, must be a positive number. Got {exports_to_keep}")
        self._name, self._receiver_fn = name, serving_input_receiver_fn
        self._assets_extra, self._as_text, self._keeps = assets_extra, as_text, exports_to_keep

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    def export(
        self, estimator: Any, export_path: str, checkpoint_path: str, eval_result: Any, is_the_final_export: bool
    ) -> Any:
        """See `Exporter.export`."""
        made = self._export(estimator, export_path, checkpoint_path)
        remove_old_exports(export_path, self._keeps)
        return made

    def _export(self, estimator: Any, export_path: str, checkpoint_path: str) -> Any:
        return estimator.export_saved_model(
            export_path, self._receiver_fn, assets_extra=self._assets_extra, as_text=self._as_text,
            checkpoint_path=checkpoint_path,
        )  # fmt: skip


class FinalExporter(LatestExporter):
    """Exports once, when training is over. Arguments as for `LatestExporter`."""

    def __init__(
        self, name: str, serving_input_receiver_fn: Any, assets_extra: Any = None, as_text: bool = False
    ) -> None:
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text, None)

    def export(
        self, estimator: Any, export_path: str, checkpoint_path: str, eval_result: Any, is_the_final_export: bool
    ) -> Any:
        """See `Exporter.export`."""
        return self._export(estimator, export_path, checkpoint_path) if is_the_final_export else None


class BestExporter(LatestExporter):
    """Exports after an evaluation that was better than all before, those of earlier runs as well.

    Args:
      name, serving_input_receiver_fn, assets_extra, as_text, exports_to_keep: as for `LatestExporter`.
      event_file_pattern: where the evaluations of earlier runs are, in the model's folder.
      compare_fn: `(best_eval_result, current_eval_result) -> bool`: whether the current one is better; default: its
        loss is smaller.
    """

    def __init__(
        self, name: str = "best_exporter", serving_input_receiver_fn: Any = None,
        event_file_pattern: str | None = None, compare_fn: Callable[..., bool] | None = None,
        assets_extra: Any = None, as_text: bool = False, exports_to_keep: int | None = 5,
    ) -> None:  # fmt: skip
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text, exports_to_keep)
        self._better = compare_fn or _has_smaller_loss
        self._pattern = event_file_pattern
        self._best: Any = None
        self._model_dir: Any = None
        if serving_input_receiver_fn is None:
            raise ValueError("`serving_input_receiver_fn` must be defined.")

    def export(
        self, estimator: Any, export_path: str, checkpoint_path: str, eval_result: Any, is_the_final_export: bool
    ) -> Any:
        """See `Exporter.export`."""
        if self._model_dir != estimator.model_dir and self._pattern:
            self._model_dir = estimator.model_dir
            self._best = _best_of(os.path.join(estimator.model_dir, self._pattern), self._better)
        if self._best is not None and not self._better(best_eval_result=self._best, current_eval_result=eval_result):
            return None
        self._best = eval_result
        made = self._export(estimator, export_path, checkpoint_path)
        remove_old_exports(export_path, self._keeps)
        return made


def _has_smaller_loss(best_eval_result: Mapping[str, Any], current_eval_result: Mapping[str, Any]) -> bool:
    for result in (best_eval_result, current_eval_result):
        if not result or "loss" not in result:
            raise ValueError("an evaluation has no loss: give BestExporter a compare_fn")
    return bool(best_eval_result["loss"] > current_eval_result["loss"])


def _best_of(pattern: str, better: Callable[..., bool]) -> Any:
    """The best evaluation that event files tell of, or None."""
    from ...ops.library.summaries.file_writer import summary_iterator

    best = None
    for path in sorted(glob.glob(pattern)):
        for event in summary_iterator(path):
            found = {value.tag: value.simple_value for value in event.summary.value if value.HasField("simple_value")}
            if found and (best is None or better(best_eval_result=best, current_eval_result=found)):
                best = found
    return best


def remove_old_exports(export_path: str, keeps: int | None) -> None:
    """Remove all exports in a folder but the newest ones; what is no export, by its name, is left."""
    if keeps is None or not os.path.isdir(export_path):
        return
    exports = sorted((name for name in os.listdir(export_path) if name.isdigit()), key=int)
    for name in exports[:-keeps]:
        shutil.rmtree(os.path.join(export_path, name))
