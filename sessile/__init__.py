"""sessile: TensorFlow 1's graphs and Sessions, compiled.

    import sessile as tf

    x = tf.placeholder(tf.float32, [None])
    step = tf.Session().make_callable(x * 2.0 + 1.0, [x])
    step([1.0, 2.0])  # array([3., 5.], dtype=float32)

The names are TensorFlow 1's (`names/` lists them); `sessile.compat.v1` has them too.
"""

from __future__ import annotations

import os
from typing import Final

from .lazy import lazy_names

__version__: Final = "0.1.0"
VERSION: Final = "1.15.5"  # the version of TensorFlow that is spoken
newaxis: Final = None

if not os.path.isdir(os.path.join(__path__[0], "ops")):  # not an installed copy
    from .beside import find_layers

    find_layers(__name__, __path__[0])

from .ops.base.hooks import install as _install  # noqa: E402  # the layers have a place now

_install()

__getattr__, __dir__ = lazy_names("", globals())
