"""`sessile.version`: the version of TensorFlow that is spoken, as `tf.version` tells it.

The library's own version is `sessile.__version__`.
"""

from __future__ import annotations

import platform as _platform
from typing import Final

from . import VERSION, __version__
from .ops.encoding.node_def import PRODUCER as GRAPH_DEF_VERSION

__all__ = ["COMPILER_VERSION", "GIT_VERSION", "GRAPH_DEF_VERSION", "VERSION"]

GIT_VERSION: Final = f"v{VERSION}-sessile-{__version__}"
COMPILER_VERSION: Final = _platform.python_compiler()
GRAPH_DEF_VERSION_MIN_CONSUMER: Final = 0
GRAPH_DEF_VERSION_MIN_PRODUCER: Final = 0
CXX11_ABI_FLAG: Final = 1
MONOLITHIC_BUILD: Final = 0
