"""Random operations of earlier forms: Poisson numbers in the type of their rates, boxes with a fixed least cover."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.variants import variant
from ...definition.context import KernelContext
from ...types.dtypes import INDEX, float16, float32, float64
from ..images.boxes import SAMPLE_DISTORTED_BOUNDING_BOX_V2
from ..random.drawing import RANDOM_POISSON_V2
from ..random.sampling import SEEDS


def _poisson_kernel(context: KernelContext, shape: Any, rate: Any) -> Any:
    newer: Any = RANDOM_POISSON_V2.kernel
    return newer(context, shape, rate, dtype=context.op.attrs["dtype"])


RANDOM_POISSON = variant(
    RANDOM_POISSON_V2,
    "RandomPoisson",
    signature="shape: S, rate: dtype -> output: dtype",
    where={"S": INDEX, "dtype": (float16, float32, float64)},
    attrs=SEEDS,
    kernel=_poisson_kernel,
)


def _boxes_kernel(
    context: KernelContext, image_size: Any, bounding_boxes: Any, *, min_object_covered: float, seed: int, seed2: int,
    aspect_ratio_range: Any, area_range: Any, max_attempts: int, use_image_if_no_bounding_boxes: bool,
) -> Any:  # fmt: skip
    newer: Any = SAMPLE_DISTORTED_BOUNDING_BOX_V2.kernel
    return newer(
        context, image_size, bounding_boxes, np.array(min_object_covered, np.float32), seed=seed, seed2=seed2,
        aspect_ratio_range=aspect_ratio_range, area_range=area_range, max_attempts=max_attempts,
        use_image_if_no_bounding_boxes=use_image_if_no_bounding_boxes,
    )  # fmt: skip


SAMPLE_DISTORTED_BOUNDING_BOX = variant(
    SAMPLE_DISTORTED_BOUNDING_BOX_V2,
    "SampleDistortedBoundingBox",
    signature="image_size: T, bounding_boxes: float32 -> begin: T, size: T, bboxes: float32",
    attrs={**SAMPLE_DISTORTED_BOUNDING_BOX_V2.attr_spec, "min_object_covered": ("float", 0.1)},
    kernel=_boxes_kernel,
)
