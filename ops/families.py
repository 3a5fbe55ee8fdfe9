"""All modules that define operation types, for those who look types up by name: GraphDef import, `raw_ops`."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Final

FAMILIES: Final = (
    "activation_gradients activations argmax arithmetic bessel bias bitwise blocks cast compare complex_ "
    "constant control core cross_entropy division einsum factorizations filling gathering index_checks indices like "
    "limits linear_algebra linspace math matrix_parts norms numerics_checks old_types padding partitioning random "
    "rearranging reduce reshaping scan scattering searching segments select session_ops shape_ops slicing softmax "
    "sparse_arithmetic sparse_elementwise sparse_parts sparse_reduce sparse_structure sparse_to_dense "
    "special splitting stacking state top_k transposing trigonometry "
)


@cache
def load_all() -> None:
    """Import every operation family, so that the registry is complete. About 50 ms, once."""
    for name in FAMILIES.split():
        importlib.import_module(f"{__package__}.{name}")
