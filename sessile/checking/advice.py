"""What to use instead of a name of TensorFlow that is not here."""

from __future__ import annotations

from typing import Final

from ..absent import names_are_recorded, subject_of

_INSTEAD: Final = {
    "enable_eager_execution": "build a graph and run it in a Session",
    "contrib.eager": "build a graph and run it in a Session",
    "contrib.tpu": "the CPU: tf.Session and tf.train's optimizers",
    "contrib.distribute": "a strategy of one replica",
    "distribute": "a strategy of one replica",
    "function": "Session.make_callable",
    "contrib.eager.defun": "Session.make_callable",
    "numpy_function": "tf.py_func",
    "load_op_library": "tf.py_func, or an OpDef of your own (docs/adding-an-op.md)",
    "sysconfig": "nothing: there is nothing to compile against",
    "profiler": "profiler.profile, or RunOptions(trace_level=...) with timeline.Timeline",
    "contrib.tfprof": "profiler.profile, or RunOptions(trace_level=...) with timeline.Timeline",
    "contrib.learn": "tf.Session and tf.train",
    "contrib.cudnn_rnn": "tf.nn.rnn_cell",
    "contrib.data": "tf.data",
    "python.debug": "Session.explain, tf.Print",
}


def advice_for(name: str) -> str:
    """Return ` is not here ...` with what to use instead, or what the name belongs to."""
    parts = name.split(".")
    for depth in range(len(parts), 0, -1):
        instead = _INSTEAD.get(".".join(parts[:depth]))
        if instead is not None:
            return f" is not here; use {instead}"
    subject = subject_of(name)
    if subject is not None:
        return f" is not built ({subject})"
    return " is not here" + (", nor in TensorFlow 1.15" if names_are_recorded(name) else "")
