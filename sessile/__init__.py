"""sessile: TensorFlow 1's graphs and Sessions, compiled.

    import sessile as tf

    x = tf.placeholder(tf.float32, [None])
    step = tf.Session().make_callable(x * 2.0 + 1.0, [x])
    step([1.0, 2.0])  # array([3., 5.], dtype=float32)

The names are TensorFlow 1's (`names/` lists them); `sessile.compat.v1` has them too.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any, Final

from .lazy import lazy_names

__version__: Final = "0.1.0"
VERSION: Final = "1.15.5"  # the version of TensorFlow that is spoken: `ops.base.VERSION`
newaxis: Final = None

if not os.path.isdir(os.path.join(__path__[0], "ops")):  # not an installed copy
    from .beside import find_layers

    find_layers(__name__, __path__[0])

from .ops.base.hooks import install as _install  # noqa: E402  # the layers have a place now
from .ops.base.provided import provide as _provide  # noqa: E402


def _named_function(kind: str, identifier: Any) -> Any:
    """What a name like "relu" or "he_normal" means to a layer: what it means to Keras's."""
    return import_module(f"{__name__}.session.keras.functions.{kind}").get(identifier)


_install()
_provide("named functions", _named_function)

__getattr__, __dir__ = lazy_names("", globals())
