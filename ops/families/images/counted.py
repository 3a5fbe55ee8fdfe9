"""How many more operations TensorFlow 1.15 makes for images: it checks in the graph that they have pixels.

Seeds count them (`leave_out` in `building/default_graph.py`). For each function: with a static shape, for one image of
an open shape, for a batch of an open shape, and for a tensor of unknown rank, which is taken for an image.
"""

from __future__ import annotations

from typing import Final

from ...building.default_graph import leave_out
from ...graph.node import Tensor

_MORE: Final[dict[str, tuple[int, int, int, int]]] = {
    "flip": (1, 23, 23, 23),
    "random_flip": (0, 22, 22, 22),
    "transpose": (1, 23, 23, 23),
    "rot90": (55, 77, 80, 77),
    "standardize": (6, 28, 22, 22),
    "crop_or_pad": (2, 43, 23, 21),
    "crop": (1, 22, 20, 14),
    "pad": (-1, 24, 18, 16),
    "central_crop": (-2, 19, 18, 18),
    "grayscale_to_rgb": (3, 35, 35, 35),
}


def count_checks(what: str, image: Tensor) -> None:
    """Count what TensorFlow has around an image and this library has not."""
    static, image_of_open_shape, batch, unknown = _MORE[what]
    if image.shape.is_fully_defined():
        leave_out(static)
    else:
        leave_out({None: unknown, 3: image_of_open_shape, 4: batch}.get(image.shape.ndims, unknown))
