"""Where the names of TensorFlow's modules are in this library.

Public modules are those of the same name. Of TensorFlow's own modules (`tensorflow.python.ops.math_ops`) the names are
found in the public modules that show them: `_PLACES` says in which, first fit first; what it does not list is looked
for in all of `_EVERYWHERE`.
"""

from __future__ import annotations

import importlib
import re
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Final, NamedTuple

from .behind import behind

_EVERYWHERE: Final = (
    ". nn math train layers losses metrics linalg sparse random strings io summary initializers nn.rnn_cell "
    "tensor_util graph_util errors dtypes nest compat logging saved_model gfile python_io bitwise image "
    "hook.parts.arrays"
)

# Pattern of a module of TensorFlow -> public modules of ours, "." for the top level; `hook.extras.x` are modules here.
_PLACES: Final = {
    r"python": ".",
    r"python\.framework\.(dtypes|framework_lib)": "dtypes ops.types.dtypes hook.parts.ref_types .",
    r"python\.framework\.errors(_impl)?": "errors",
    r"python\.framework\.graph_util(_impl)?|python\.graph_util": "graph_util",
    r"python\.framework\.tensor_shape": "hook.extras.shapes .",
    r"python\.framework\.constant_op": ". hook.parts.arrays",
    r"python\.framework\.tensor_util": "tensor_util",
    r"python\.framework\.test_util": "hook.extras.testing test",
    r"python\.framework\.(graph_io|meta_graph|importer)": ". io train",
    r"python\.framework\.ops": "hook.extras.graphs ops.library.graphdef.registered . hook.parts.framework",
    r"python\.framework\.sparse_tensor": ". sparse",
    r"python\.framework\.composite_tensor": "hook.extras.composites",
    r"python\.framework\.smart_cond": "contrib.framework .",
    r"python\.framework\.type_spec": "hook.extras.type_specs .",
    r"python\.framework\.op_def_registry": "hook.parts.definitions",
    r"python\.framework\.function": "ops.library.functions.defun .",
    r"python\.framework\.device_spec": "hook.parts.framework .",
    r"python\.framework\.config": "config.experimental config.threading config",
    r"python\.framework\.\w+": ".",
    r"python\.client\.device_lib": "device_lib",
    r"python\.client\.timeline": "timeline",
    r"python\.client\.session": ".",
    r"python\.platform\.benchmark": "test testing.benchmarks",
    r"python\.platform\.(gfile|tf_logging|app|flags|test|googletest)": "",  # `_NAMED`
    r"python\.lib\.io\.file_io": "gfile hook.extras.files",
    r"python\.lib\.io\.tf_record": "python_io io",
    r"python\.tools\.freeze_graph": "models.freezing hook.tools.freeze_graph",
    r"python\.tools\.(optimize_for_inference_lib|strip_unused_lib)": "ops.library.graphdef.optimizing",
    r"tools\.graph_transforms": "models.graph_transforms",
    r"python\.util\.nest": "nest hook.parts.nests",
    r"python\.util\.compat": "compat",
    r"python\.compat\.compat": "compat",
    r"python\.util\.all_util": "hook.parts.framework hook.extras.utilities",
    r"python\.util\.tf_decorator": "hook.util.decorators hook.extras.utilities",
    r"python\.util\.\w+": "hook.extras.utilities",
    r"python\.eager\.backprop": "ops.library.gradients.tape",
    r"python\.eager\.context": "hook.extras.context config.experimental debugging .",
    r"python\.ops\.rnn_cell(_impl)?": "nn.rnn_cell hook.extras.cells",
    r"python\.ops\.init_ops": "initializers hook.extras.initializers .",
    r"python\.ops\.rnn": "nn hook.sequences.recurrent math .",
    r"contrib\.seq2seq\.python\.ops\.attention_wrapper": (
        "contrib.seq2seq hook.sequences.attention hook.sequences.recurrent"
    ),
    r"contrib\.seq2seq\.python\.ops\.beam_search_decoder": "contrib.seq2seq hook.sequences.beams",
    r"contrib\.seq2seq\.python\.ops\.\w+": "contrib.seq2seq hook.sequences.recurrent",
    r"python\.ops\.distributions(\.\w+)*": "distributions contrib.distributions contrib.distributions.bijectors",
    r"python\.ops\.signal(\.\w+)*": "signal contrib.signal math .",
    r"python\.ops\.ragged(\.\w+)*": "ragged strings math .",
    r"python\.ops\.summary_ops_v2": "contrib.summary summary .",
    r"python\.profiler(\.\w+)*": "profiler contrib.tfprof",
    r"python\.keras\.backend_config": "keras.backend",
    r"python\.ops\.(nn|nn_ops|nn_impl|embedding_ops|candidate_sampling_ops)": "nn math .",
    r"python\.ops\.linalg\.linear_operator_util": "hook.extras.linear_operator_utilities linalg .",
    r"python\.ops\.(linalg_ops|linalg_impl|linalg\.\w+)": "linalg .",
    r"python\.ops\.losses\.\w+": "losses",
    r"python\.ops\.metrics(_impl)?": "metrics hook.parts.metrics",
    r"python\.ops\.(confusion_matrix|weights_broadcast_ops)": "hook.parts.metrics math .",
    r"python\.ops\.gradient_checker": "test hook.parts.framework",
    r"python\.ops\.resource_variable_ops": "hook.parts.variables hook.extras.generated .",
    r"python\.(tf2|ops\.control_flow_util)": "hook.parts.framework .",
    r"python\.ops\.gradients(_impl)?": ". hook.parts.framework",
    r"python\.ops\.image_ops(_impl)?": "image",
    r"python\.ops\.(while|cond)_v2": "hook.sequences.functional .",
    r"python\.ops\.(array_ops|control_flow_ops|check_ops)": ". nn debugging hook.parts.arrays",
    r"python\.ops\.(state_ops|variables|variable_scope)": ". nn debugging hook.parts.variables",
    r"python\.ops\.functional_ops": "ops.library.functions.functional .",
    r"python\.ops\.data_flow_ops": "queue contrib.staging ops.families.dataflow.barriers .",
    r"python\.ops\.lookup_ops": "contrib.lookup lookup lookup.experimental .",
    r"python\.ops\.gen_\w+_ops": "hook.extras.generated",
    r"python\.summary\.summary_iterator": "ops.library.summaries.file_writer",
    r"python\.(ops|distribute)\.summary_op_util": "hook.extras.summaries",
    r"python\.distribute(\.\w+)*": ("distribute distribute.experimental contrib.distribute contrib.cluster_resolver ."),
    r"python\.summary(\.\w+)*": "summary",
    r"python\.training\.moving_averages": "ops.library.training.moving_averages",
    r"python\.training\.evaluation": "hook.parts.evaluation",
    r"python\.training\.summary_io": "hook.extras.summaries train .",
    r"python\.training\.monitored_session": "train hook.parts.sessions",
    r"python\.training\.gen_training_ops": "hook.extras.generated",
    r"python\.training\.training_ops": "hook.extras.generated train .",
    r"python\.ops\.template": "ops.families.state.template .",
    r"python\.training\.device_setter": "session.engines.device_setter train .",
    r"python\.estimator\.util": "hook.extras.utilities session.estimator.arguments estimator",
    r"python\.estimator\.canned\.(prediction|metric)_keys": "session.estimator.parts.keys",
    r"python\.estimator\.hooks(\.\w+)*": "estimator train",
    r"python\.estimator\.tpu(\.\w+)*": "contrib.tpu",
    r"python\.training\.tracking(\.\w+)*": "ops.library.checkpoint.containers contrib.checkpoint train",
    r"python\.training(\.\w+)*": "train .",
    r"python\.pywrap_tensorflow": "train hook.parts.events",
    r"python\.layers\.utils": "hook.extras.keras_utilities hook.extras.layer_parts hook.parts.layers layers",
    r"python\.layers(\.\w+)*": "layers hook.extras.layer_parts hook.parts.layers",
    r"python\.saved_model\.loader_impl": "saved_model.loader saved_model hook.extras.files",
    r"python\.saved_model\.(\w+)": r"saved_model.\1 saved_model",
    r"python\.keras\.utils\.conv_utils": "hook.parts.layers keras.utils",
    r"python\.keras\.utils\.\w+": "hook.extras.keras_utilities hook.parts.keras_generic keras.utils",
    r"python\.keras\.engine\.input_spec": "hook.parts.layers",
    r"python\.keras\.optimizer_v2(\.\w+)*": "keras.optimizers hook.parts.keras_generic",
    r"python\.keras\.backend": "keras.backend session.keras.functions.convolution",
    r"python\.keras\.engine(\.\w+)*": (
        "keras.layers keras keras.models session.keras.models.network hook.parts.layers hook.extras.keras_utilities"
    ),
    r"python\.keras\.(layers|applications)((?:\.\w+)*)": r"keras.\1\2 keras.\1",
    r"python\.keras\.(saving|premade)(\.\w+)*": "keras.models keras.experimental",
    r"python\.keras(.*)": r"keras\1",
    r"contrib\.keras(?:\.(?:api|python)\.keras)?(.*)": r"keras\1",
    r"(python\.tpu|contrib\.tpu\.python\.tpu)\.tpu_function": "hook.parts.framework contrib.tpu",
    r"python\.tpu(\.\w+)*": "contrib.tpu",
    r"python\.ops\.\w+_grad": "hook.parts.gradient_rules .",
    r"python\.estimator(\.\w+)*": "estimator estimator.inputs estimator.export",
    r"python\.data": "data",
    r"python\.data\.(ops|experimental)(\.\w+)*": "data hook.parts.datasets data.experimental .",
    r"python\.feature_column(\.\w+)*": "feature_column hook.parts.columns",
    r"core(\.\w+)*": "ops.proto hook.extras.messages",
    r"contrib\.framework\.python\.ops\.audio_ops": "ops.families.signal.audio",
    r"python\.ops\.inplace_ops": "ops.families.indexing.inplace",
    r"(examples|g3doc)\.tutorials\.mnist(\.\w+)?": "hook.extras.mnist",
    r"contrib\.learn\.python\.learn\.datasets\.mnist": "hook.extras.mnist",
    r"contrib\.layers\.python\.layers\.utils": "contrib.slim.utils contrib.layers",
    r"contrib\.opt\.python\.training\.sign_decay": "ops.library.contrib.opt.signs",
    r"contrib\.slim\.python\.slim\.nets\.inception_v[123]": "contrib.slim.nets.inception",
    r"contrib\.slim\.python\.slim\.nets(.*)": r"contrib.slim.nets\1",
    r"contrib\.slim\.python\.slim\.data\.(\w+)": r"contrib.slim.\1",
    r"contrib\.slim\.python\.slim\.(evaluation|learning|model_analyzer|queues|summaries)": r"contrib.slim.\1",
    r"contrib\.rnn\.python\.ops\.core_rnn_cell(_impl)?": "contrib.rnn nn.rnn_cell hook.extras.cells",
    r"python\.tools\.(\w+)": r"hook.tools.\1",
    r"python\.(debug|autograph)(\.\w+)*": "hook.parts.refusing",
    r"python\.compiler(\.\w+)*": "",
}
_NAMED: Final = {"tf_logging": "logging", "googletest": "test"}

# Folders and modules of ours in `sessile/` that are no names of TensorFlow.
_TOOLS: Final = frozenset(
    [
        "absent",
        "beside",
        "checking",
        "commands",
        "hook",
        "lazy",
        "models",
        "names",
        "old",
        "ragged_calls",
        "serving",
        "session",
        "ops",
        "compiler",
    ]
)


class Place(NamedTuple):
    """Where a module's names are: the full names of our modules, first fit first."""

    sources: tuple[str, ...]

    def find(self, name: str) -> tuple[bool, Any]:
        """Return whether there is such a name, and its value."""
        for source in self.sources:
            module = importlib.import_module(source)
            try:
                value = getattr(module, name)
            except AttributeError:
                continue
            if not _is_of_the_library(value):
                return True, value
        return False, None


def _is_of_the_library(value: Any) -> bool:
    """Whether a value is one of our modules that TensorFlow has not: they are attributes once they are imported."""
    from ..absent import is_tensorflows_module

    if not isinstance(value, ModuleType) or not value.__name__.startswith("sessile."):
        return False
    inner = value.__name__.removeprefix("sessile.").removeprefix("compat.v1.")
    return not is_tensorflows_module(inner) and inner not in _UNRECORDED and inner.split(".")[0] in _TOOLS


@cache
def place_of(inner: str) -> Place | None:
    """Return where the names of a module of TensorFlow are, or None if neither TensorFlow nor we have the module.

    Args:
      inner: the module's name without `tensorflow.`; empty for the root.
    """
    from ..absent import is_tensorflows_module

    name = inner.removeprefix("compat.v1").lstrip(".")
    if not name:
        return Place(("sessile",))
    if _exists(name):
        return Place((f"sessile.{name}",))
    shown = _shown_as(name)
    if shown is not None:
        return Place((shown,))
    if not is_tensorflows_module(name) and name not in _UNRECORDED and not _OF_ESTIMATORS.fullmatch(name):
        return None
    return Place(tuple(_full(source) for source in _sources(name) if _is_ours(source)))


def _shown_as(name: str) -> str | None:
    """The module of ours that another one shows under this name, as `app.flags` is `flags`."""
    outer, _, last = name.rpartition(".")
    if not outer or not _exists(outer):
        return None
    value = getattr(importlib.import_module(f"sessile.{outer}"), last, None)
    return value.__name__ if isinstance(value, ModuleType) and value.__name__.startswith("sessile.") else None


def is_module(inner: str) -> bool:
    """Whether this is a public module of ours, or one of TensorFlow's own."""
    name = inner.removeprefix("compat.v1").lstrip(".")
    return _exists(name) or "." in name and place_of(inner) is not None


def imported_there(inner: str, name: str) -> str | None:
    """Return the module of TensorFlow that one of its own modules imports under a name, or None.

    Programs take such modules too: `from tensorflow.python.ops.rnn import rnn_cell_impl`.

    Args:
      inner: the importing module's name without `tensorflow.`.
      name: the name, such as `rnn_cell_impl`.
    """
    from ..absent import is_tensorflows_module

    if inner == "python":  # `from tensorflow.python import math_ops`
        folders = tuple(f"python.{folder}" for folder in ("ops", "framework", "util", "eager", "platform", "lib.io"))
    elif inner.startswith("python."):
        own = inner.rpartition(".")[0]
        folders = (own, *(f"python.{folder}" for folder in ("ops", "framework", "util", "training")))
    else:
        return None
    return next((f"{folder}.{name}" for folder in folders if is_tensorflows_module(f"{folder}.{name}")), None)


_UNRECORDED: Final = frozenset(
    (
        "compat",
        "contrib",
        "core",
        "examples",
        "python",
        "python.compat",
        "python.compat.compat",
        "python.graph_util",
        "python.platform",
        "python.pywrap_tensorflow",
        "tools",
        "tools.graph_transforms",
    )
)

_OF_ESTIMATORS: Final = re.compile(  # modules that the package tensorflow_estimator has and TensorFlow has not
    r"python\.estimator\.(early_stopping|extenders|mode_keys|training"
    r"|head(\.(base|binary_class|multi_class|multi|multi_label|regression|sequential)_head|\.head_utils)?"
    r"|hooks(\.(basic_session_run_hooks|hooks|session_run_hook))?"
    r"|tpu(\.(tpu_config|tpu_context|tpu_estimator|util))?)"
)


def _sources(name: str) -> list[str]:
    parts = name.split(".")
    if parts[0] == "contrib" and not any(
        re.fullmatch(pattern, name) for pattern in _PLACES
    ):  # contrib.layers.python.layers.layers: what contrib.layers shows
        return [".".join(parts[:depth]) for depth in range(len(parts), 1, -1)]
    if name.startswith("python.platform.") and parts[-1] != "benchmark":
        return [_NAMED.get(parts[-1], parts[-1]), *behind(name)]
    raw = ["hook.extras.generated"] if re.fullmatch(r"python\.ops\.\w+_ops", name) else []  # they import gen_*_ops
    for pattern, places in _PLACES.items():
        found = re.fullmatch(pattern, name)
        if found is not None:
            return (found.expand(places).split() if "\\" in places else places.split()) + raw + behind(name)
    return _EVERYWHERE.split() + raw + behind(name) if parts[0] == "python" else []


def _full(source: str) -> str:
    return "sessile" if source == "." else f"sessile.{source}"


def _is_ours(source: str) -> bool:
    """Whether there is such a module of ours."""
    try:
        return source == "." or find_spec(f"sessile.{source}") is not None
    except ModuleNotFoundError:
        return False


_ROOMS: Final = frozenset(  # ours, that programs do not see under TensorFlow's name
    [
        "absent",
        "beside",
        "checking",
        "commands",
        "compiler",
        "hook",
        "lazy",
        "models",
        "modes",
        "names",
        "ops",
        "serving",
        "session",
        "testing",
    ]
)


@cache
def _exists(name: str) -> bool:
    """Whether there is a module of ours that programs may see under this name."""
    first = name.split(".")[0]
    return first not in _ROOMS and _is_ours(name)
