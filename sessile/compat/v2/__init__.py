"""`sessile.compat.v2`: TensorFlow 2's spelling of the same operations, as TensorFlow 1.15 has it; graphs stay graphs.

Names are those of TensorFlow 1.15's `tf.compat.v2` (`names/tensorflow_1_15_v2.txt`). Most are the same objects as under
`sessile`; what has other arguments there is in `spellings.py`, what is another thing in the modules beside it.
"""

from __future__ import annotations

import sys
from typing import Any

from .namespaces import Namespace, namespaces

_ROOT = Namespace(__name__, "")


def __getattr__(name: str) -> Any:
    value = globals()[name] = getattr(_ROOT, name)
    return value


def __dir__() -> list[str]:
    return dir(_ROOT)


for _path in namespaces():
    sys.modules[f"{__name__}.{_path}"] = Namespace(f"{__name__}.{_path}", _path)
