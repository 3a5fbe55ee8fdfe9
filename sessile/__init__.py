"""sessile: TensorFlow 1's graphs and Sessions, compiled.

    import sessile as tf

    x = tf.placeholder(tf.float32, [None])
    step = tf.Session().make_callable(x * 2.0 + 1.0, [x])
    step([1.0, 2.0])  # array([3., 5.], dtype=float32)

The names are TensorFlow 1's (`names.py` lists them); `sessile.compat.v1` has them too.
"""

from __future__ import annotations

from typing import Final

from .lazy import lazy_names

__version__: Final = "0.1.0"
VERSION: Final = __version__
newaxis: Final = None

__getattr__, __dir__ = lazy_names("", globals())
