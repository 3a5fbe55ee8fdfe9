"""`tensorflow.python.data.ops.dataset_ops`: its names of the class of datasets."""

from __future__ import annotations

from ...ops.families.data.api import Dataset

__all__ = ["DatasetV1", "DatasetV2"]

DatasetV1 = DatasetV2 = DatasetV1Adapter = Dataset
