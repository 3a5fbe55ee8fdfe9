"""What TensorFlow 1 has and this library may not have: asking for such a name says so, and guesses at no misspelling.

All public names of TensorFlow 1.15 are in `names/tensorflow_1_15.txt`, which `tools/record_names.py` writes. What is
built need not be taken out here: a name that is there is found before. Here is what names belong to, as `tf.NAME`; a
name ending in `.` stands for a whole module, `*` for any letters.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_SUBJECTS = {
    "gradients and training": (
        "train.*Optimizer train.*Hook "
        "train.*decay train.*decay_restarts train.MonitoredSession train.MonitoredTrainingSession "
        "train.SingularMonitoredSession train.ExponentialMovingAverage train.piecewise_constant train.Scaffold "
        "train.Supervisor train.SessionManager train.SessionRun* train.SessionCreator train.*SessionCreator "
        "train.*VariablesSaver train.basic_train_loop "
        "losses. metrics. layers. moving_average_variables"
    ),
    "estimators, Keras and feature columns": "estimator. keras. feature_column.",
    "control flow": ("wrap_function autograph."),
    "queues, readers and input pipelines": (
        "FIFOQueue PaddingFIFOQueue RandomShuffleQueue PriorityQueue QueueBase queue. ReaderBase IdentityReader "
        "*Reader ConditionalAccumulator* SparseConditionalAccumulator data. python_io. read_file write_file "
        "matching_files decode_csv decode_raw decode_* parse_* FixedLen* VarLenFeature SparseFeature "
        "train.Coordinator train.QueueRunner train.LooperThread train.start_queue_runners train.add_queue_runner "
        "train.*batch train.*batch_join train.*_producer train.limit_epochs train.match_filenames_once "
        "io.tf_record_iterator io.TFRecord* io.parse_* io.decode_* io.FixedLen* io.read_file"
    ),
    "checkpoints and saved models": (
        "train.Saver train.Checkpoint* train.*checkpoint* train.latest_checkpoint train.NewCheckpointReader "
        "train.list_variables train.load_variable train.get_checkpoint* saved_model."
    ),
    "convolutions, pooling and image processing": ("nn.fractional_*_pool image."),
    "summaries": "summary. profiler.",
    "strings": (
        "strings. string_* as_string substr reduce_join regex_replace encode_base64 decode_base64 "
        "serialize_* deserialize_* edit_distance"
    ),
    "parts of ragged tensors": "ragged_*",
    "quantized arithmetic": "quantize* dequantize fake_quant_* quantization. quantized_* nn.quantized_*",
    "TensorFlow Lite, which runs models on telephones; frozen graphs and saved models are served here": "lite.",
    "TPUs: run the program's way for CPUs, such as with use_tpu=False": "tpu.",
    "libraries of operations in C++; functions of Python become operations by tf.vectorize and tf.py_func": (
        "load_op_library load_library load_file_system_library user_ops."
    ),
    "headers and libraries of C++, of which there are none": "sysconfig.",
    "a rare part of contrib": "contrib.",
    "a rare part of distributions, devices, files or operators": (
        "distributions. distribute. gfile. flags. config. xla. linalg.LinearOperator* resource_loader."
    ),
}


_OTHER = "another part of TensorFlow"


@cache
def _recorded() -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """TensorFlow 1.15's public names by module, and the names of its modules that programs import."""
    names, modules = (_sections(part) for part in _lines("tensorflow_1_15.txt").split("[modules]\n"))
    inner = {f"{folder}.{module}" for folder, own in modules.items() for module in own}
    parents = {folder.rsplit(".", depth)[0] for folder in modules for depth in range(folder.count(".") + 1)}
    return names, frozenset(inner | parents | set(modules))


def recorded_names(file: str) -> dict[str, frozenset[str]]:
    """Return the names of each module, as a file in `names/` has them."""
    return _sections(_lines(file))


def _lines(file: str) -> str:
    """A recorded file with each module's names in one line."""
    return (Path(__file__).parent / "names" / file).read_text(encoding="utf-8").replace("\n  ", " ")


def _sections(text: str) -> dict[str, frozenset[str]]:
    rows = (line.partition(":") for line in text.splitlines())
    return {module: frozenset(words.split()) for module, _, words in rows}


def is_tensorflows(name: str) -> bool:
    """Whether TensorFlow 1.15 has this public name, such as `gradients` or `nn.conv2d`."""
    module, _, last = name.rpartition(".")
    return last in _recorded()[0].get(module, ())


def is_tensorflows_module(name: str) -> bool:
    """Whether TensorFlow 1.15 has this module, such as `python.ops.array_ops` or `contrib.layers`."""
    return name in _recorded()[1] or name in _recorded()[0]


def names_are_recorded(name: str) -> bool:
    """Whether TensorFlow 1.15 has a name only if it is recorded: not those of modules of its own, such as
    `python.ops.nn`, nor of modules without a public name among the recorded ones, such as `contrib.resampler`."""
    parts = name.removeprefix("tensorflow.").split(".")
    if "python" in parts or parts[0] in ("core", "compiler", "tools"):
        return False
    outer = ".".join(parts[:-1])
    return not is_tensorflows_module(outer) or bool(_recorded()[0].get(outer))


def subject_of(name: str) -> str | None:
    """Return what a public name of TensorFlow 1.15 belongs to, or None if it has no such name.

    Args:
      name: such as `gradients` or `nn.conv2d`.

    >>> subject_of("contrib.opt.ShampooOptimizer"), subject_of("estimator.Estimator"), subject_of("train.adam")
    ('a rare part of contrib', 'estimators, Keras and feature columns', None)
    """
    if not is_tensorflows(name) and not is_tensorflows_module(name):
        return None
    from fnmatch import fnmatchcase

    for subject, patterns in _SUBJECTS.items():
        for pattern in patterns.split():
            if pattern.endswith("."):
                if name == pattern[:-1] or name.startswith(pattern):
                    return subject
            elif ("." in pattern) == ("." in name) and fnmatchcase(name, pattern):
                return subject
    return _OTHER
