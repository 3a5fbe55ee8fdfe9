"""What libraries derive from of TensorFlow's converter of Python's control flow, which is not here."""

from __future__ import annotations

import ast
from typing import Any


class Base(ast.NodeTransformer):
    """The base of a program's own transformers of source code.

    Raises: NotImplementedError when one is made, for there is nothing here that would hand it source code.
    """

    def __init__(self, ctx: Any) -> None:
        raise NotImplementedError(
            "Python's `if` and `while` on tensors are not converted here, so there are no transformers of source code; "
            "use tf.cond and tf.while_loop."
        )
