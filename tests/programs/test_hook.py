"""Programs that import tensorflow run with this library: by the hook, by the command line, in notebooks."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pydoc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import sessile
from sessile import hook


@pytest.fixture
def hooked() -> Iterator[None]:
    """The hook for one test."""
    kept = {name: module for name, module in sys.modules.items() if name.split(".")[0].startswith("tensorflow")}
    for name in kept:
        del sys.modules[name]
    sessile.install()
    yield
    sessile.uninstall()
    sys.modules.update(kept)


IMPORTS = {
    "import tensorflow as tf": ["tf.placeholder", "tf.nn.relu", "tf.train.Server", "tf.app.flags.DEFINE_string"],
    "import tensorflow.compat.v1 as tf": ["tf.placeholder", "tf.nn.relu", "tf.Session", "tf.compat.as_bytes"],
    "from tensorflow import nn": ["nn.relu"],
    "from tensorflow.compat import v1 as tf": ["tf.placeholder"],
    "from tensorflow.nn import softmax": ["softmax"],
    "from tensorflow.python.framework import ops": ["ops.reset_default_graph", "ops.name_scope", "ops.Tensor"],
    "from tensorflow.python.framework import dtypes, errors": ["dtypes.float32", "errors.NotFoundError"],
    "from tensorflow.python.framework import tensor_shape, tensor_util": [
        "tensor_shape.TensorShape", "tensor_shape.scalar", "tensor_util.constant_value",
    ],
    "from tensorflow.python.framework.graph_util import extract_sub_graph": ["extract_sub_graph"],
    "from tensorflow.python.ops import array_ops, math_ops": ["array_ops.concat", "math_ops.reduce_sum"],
    "from tensorflow.python.ops import variable_scope as vs, gen_math_ops": ["vs.get_variable", "gen_math_ops.mat_mul"],
    "from tensorflow.python.ops import nn_ops, init_ops, state_ops": [
        "nn_ops.softmax", "init_ops.Constant", "init_ops.zeros_initializer", "state_ops.assign",
    ],
    "from tensorflow.python.platform import tf_logging as logging, gfile, flags, app, test": [
        "logging.info", "gfile.Exists", "flags.FLAGS", "app.run", "test.TestCase",
    ],
    "from tensorflow.python.client import device_lib, timeline, session": [
        "device_lib.list_local_devices", "timeline.Timeline", "session.Session",
    ],
    "from tensorflow.python.util import nest, compat, deprecation, tf_inspect": [
        "nest.flatten", "compat.as_bytes", "deprecation.deprecated", "tf_inspect.isclass",
    ],
    "from tensorflow_estimator.python.estimator.head import regression_head": ["regression_head.RegressionHead"],
    "from tensorflow_estimator.python.estimator import util, estimator": ["util.fn_args", "estimator.EstimatorSpec"],
    "from tensorflow_estimator.python.estimator.export.export import ServingInputReceiver": ["ServingInputReceiver"],
    "from tensorflow_estimator.contrib.estimator import regression_head": ["regression_head"],
    "import tensorflow_estimator as package": ["package.estimator.Estimator"],
    "from tensorflow.python.lib.io import file_io": ["file_io.file_exists"],
    "from tensorflow.python.eager import context": ["context.executing_eagerly"],
    "from tensorflow.core.framework import graph_pb2, types_pb2": ["graph_pb2.GraphDef", "types_pb2.DT_FLOAT"],
    "from tensorflow.core.protobuf import config_pb2": ["config_pb2.ConfigProto"],
    "from tensorflow.core.framework.summary_pb2 import Summary": ["Summary"],
    "from tensorflow.examples.tutorials.mnist import input_data": ["input_data.read_data_sets"],
    "import tensorflow.examples.tutorials.mnist.input_data as mnist_data": ["mnist_data.read_data_sets"],
}  # fmt: skip


@pytest.mark.usefixtures("hooked")
@pytest.mark.parametrize("line", IMPORTS)
def test_what_programs_import_is_there(line: str) -> None:
    """Public modules, TensorFlow's own ones, messages."""
    names: dict[str, Any] = {}
    exec(line, names)
    for name in IMPORTS[line]:
        assert eval(name, names) is not None


@pytest.mark.usefixtures("hooked")
def test_under_that_name_the_version_is_the_one_spoken() -> None:
    import tensorflow as tf

    assert tf.__version__ == tf.VERSION == "1.15.5"
    assert tf.__sessile_version__ == sessile.__version__
    assert tf.placeholder is sessile.placeholder
    assert "placeholder" in dir(tf) and "sessile" in repr(tf)


MISSING = {
    "tf.contrib.opt.ShampooOptimizer": "Of TensorFlow 1, this is not built: a rare part of contrib",
    "tf.lite.TFLiteConverter": "which is sessile, has no attribute 'TFLiteConverter'. Of TensorFlow 1, this is not",
    "tf.plaecholder": "Did you mean 'placeholder'",
}


@pytest.mark.usefixtures("hooked")
@pytest.mark.parametrize("name", MISSING)
def test_a_missing_name_is_an_error_where_it_is_used(name: str) -> None:
    import tensorflow as tf

    assert tf.contrib.opt
    with pytest.raises(AttributeError, match=MISSING[name]):
        eval(name, {"tf": tf})


@pytest.mark.usefixtures("hooked")
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("from tensorflow.contrib.opt import ShampooOptimizer", "this is not built"),
        ("import tensorflow.models.rnn", "has no module or name 'models'. TensorFlow 1.15 has none"),
        ("from tensorflow.nn import relux", "'tensorflow.nn', which is sessile, has no module or name 'relux'"),
        ("from tensorflow import lite, tpu, no_such", "no module or name 'no_such'"),
    ],
)
def test_a_missing_import_says_so(line: str, words: str) -> None:
    with pytest.raises(ImportError, match=words):
        exec(line, {})


@pytest.mark.usefixtures("hooked")
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("tensorflow.layers.Dense", "Dense"),
        ("tensorflow.nn.rnn_cell.LSTMCell", "LSTMCell"),
        ("tensorflow.keras.regularizers.L1L2", "L1L2"),
        ("tensorflow.python.ops.math_ops.reduce_sum", "reduce_sum"),
        ("tensorflow.relu", None),
        ("tensorflow.nothing.here", None),
    ],
)
def test_pydoc_locates_names(name: str, found: str | None) -> None:
    """Texar makes layers of their names so: what is no module is told by the error's `name`."""
    assert getattr(pydoc.locate(name), "__name__", None) == found


@pytest.mark.usefixtures("hooked")
@pytest.mark.parametrize(
    ("line", "name", "words"),
    [
        ("import tensorflow.layers.Dense", "tensorflow.layers.Dense", "is a name in 'tensorflow.layers' and no module"),
        ("import tensorflow.nothing.more", "tensorflow.nothing", "has no module or name 'nothing'"),
        ("from tensorflow.nothing import more", "tensorflow.nothing", "has no module or name 'nothing'"),
    ],
)
def test_a_missing_module_has_its_name_in_the_error(line: str, name: str, words: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=words) as caught:
        exec(line, {})
    assert caught.value.name == name


@pytest.mark.usefixtures("hooked")
def test_find_spec_tells_what_modules_there_are() -> None:
    """Programs ask so whether TensorFlow has a part; None says no."""
    import tensorflow

    assert tensorflow
    assert importlib.util.find_spec("tensorflow.nn") is not None
    assert importlib.util.find_spec("tensorflow.nothing") is None
    assert importlib.util.find_spec("tensorflow.layers.Dense") is None
    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.util.find_spec("tensorflow.nothing.more")
    assert caught.value.name == "tensorflow.nothing"


def test_tensorflow_itself_is_reachable_without_the_hook(tmp_path: Path) -> None:
    """Whoever does not ask gets what is installed; after an import of it, asking is an error."""
    (tmp_path / "tensorflow.py").write_text("__version__ = 'real'\n")
    script = (
        "import sessile, tensorflow\nassert tensorflow.__version__ == 'real'\n"
        "try:\n    sessile.install()\nexcept RuntimeError as error:\n    print(error)\n"
        "del __import__('sys').modules['tensorflow']\nsessile.install(); sessile.install()\n"
        "import tensorflow\nassert tensorflow.__version__ == '1.15.5'\nsessile.uninstall()\n"
        "import tensorflow\nassert tensorflow.__version__ == 'real'\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "TensorFlow is imported already" in done.stdout


PROGRAM = '''
"""A program."""
import sys
import threading
import tensorflow as tf
from helper import double
FLAGS = tf.app.flags.FLAGS
tf.app.flags.DEFINE_integer("n", 1, "how many")
def main(argv):
    with tf.Session() as sess:
        print(tf.__version__, FLAGS.n, argv[1:], sess.run(double(tf.constant(FLAGS.n))), __name__)
    threading.Timer(0.1, lambda: print(FLAGS.n)).start()
    return 4
if __name__ == "__main__":
    tf.app.run()
'''


def run(arguments: list[str], folder: Path) -> Any:
    """A `python -m sessile` in a folder."""
    command = [sys.executable, "-m", "sessile", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=120)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A folder with a program, and a module that it imports."""
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "helper.py").write_text("def double(x):\n    return x * 2\n")
    return tmp_path


@pytest.mark.parametrize("way", [["program.py"], ["-m", "program"]])
def test_a_program_is_run_as_python_runs_it(program: Path, way: list[str]) -> None:
    """Its arguments, the modules beside it, its name, its exit code, its threads."""
    done = run([*way, "--n=3", "x"], program)
    assert done.stdout.splitlines() == ["1.15.5 3 ['x'] 6 __main__", "3"], done.stderr
    assert done.returncode == 4


WITH_PROCESSES = """
import multiprocessing
import tensorflow as tf
def double(number):
    with tf.Graph().as_default(), tf.Session() as session:
        return float(session.run(tf.constant(number) * 2))
if __name__ == "__main__":
    for way in ("spawn", "forkserver", "fork"):
        with multiprocessing.get_context(way).Pool(2) as pool:
            print(way, pool.map_async(double, [1.0, 2.0]).get(60))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize("way", [["program.py"], ["-m", "program"]])
def test_processes_that_a_program_starts_import_tensorflow_too(tmp_path: Path, way: list[str]) -> None:
    """Spawned ones import the program anew, and waited for ever for one that could."""
    (tmp_path / "program.py").write_text(WITH_PROCESSES)
    done = run(way, tmp_path)
    assert done.stdout.splitlines() == [f"{way} [2.0, 4.0]" for way in ("spawn", "forkserver", "fork")], done.stderr


def test_an_error_shows_the_programs_lines(tmp_path: Path) -> None:
    (tmp_path / "fails.py").write_text("import tensorflow as tf\ntf.Session().run(tf.placeholder(tf.float32))\n")
    done = run(["fails.py"], tmp_path)
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if line.startswith("  File")] == [
        '  File "fails.py", line 2, in <module>'
    ]
    done = run(["nothing.py"], tmp_path)
    assert done.returncode == 2 and "cannot open 'nothing.py': No such file" in done.stderr


class Shell:
    """What an extension uses of IPython."""

    handler: Any = None
    shown: Any = None

    def set_custom_exc(self, kinds: Any, handler: Any) -> None:
        """Keep the handler."""
        self.handler = handler

    def showtraceback(self, shown: Any, tb_offset: Any = None) -> None:
        """Keep what is shown."""
        self.shown = shown


@pytest.mark.usefixtures("hooked")
def test_a_notebook_loads_the_extension() -> None:
    shell = Shell()
    hook.uninstall()
    sessile.load_ipython_extension(shell)
    assert hook.is_installed()
    try:
        sessile.matmul(1.0, 2.0)
    except ValueError as error:
        shell.handler(shell, type(error), error, error.__traceback__)
    assert shell.shown[2].tb_next is None  # this frame alone
    sessile.unload_ipython_extension(shell)
    assert not hook.is_installed() and shell.handler is None


def idx(magic: int, array: Any) -> bytes:
    """An array in MNIST's format."""
    return np.array([magic, *array.shape], ">u4").tobytes() + array.astype(np.uint8).tobytes()


@pytest.mark.usefixtures("hooked")
def test_mnist_is_read_from_its_files(tmp_path: Path) -> None:
    import gzip

    from tensorflow.examples.tutorials.mnist import input_data

    with pytest.raises(sessile.errors.NotFoundError, match="sessile fetches nothing from a network"):
        input_data.read_data_sets(str(tmp_path))
    for stem, count in (("train", 12), ("t10k", 4)):
        images, labels = np.arange(count * 6).reshape(count, 2, 3), np.arange(count) % 10
        (tmp_path / f"{stem}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(2051, images)))
        (tmp_path / f"{stem}-labels-idx1-ubyte").write_bytes(idx(2049, labels))
    data = input_data.read_data_sets(str(tmp_path), one_hot=True, validation_size=2, seed=1)
    assert (data.train.num_examples, data.validation.num_examples, data.test.num_examples) == (10, 2, 4)
    assert data.test.images.dtype == np.float32 and data.test.images[1].tolist() == pytest.approx(
        [value / 255 for value in range(6, 12)]
    )
    seen = np.concatenate([data.train.next_batch(4)[1] for _ in range(5)]).argmax(1)
    assert data.train.epochs_completed == 1
    assert sorted(seen[:10]) == sorted(seen[10:]) == sorted(i % 10 for i in range(2, 12))
    raw = input_data.read_data_sets(str(tmp_path), dtype=sessile.uint8, reshape=False, validation_size=0)
    assert raw.train.images.shape == (12, 2, 3, 1) and raw.train.labels.tolist() == [i % 10 for i in range(12)]
    fake = input_data.read_data_sets("", fake_data=True, one_hot=True)
    assert np.shape(fake.train.next_batch(3)[0]) == (3, 784)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(b"text")
    with pytest.raises(ValueError, match="Invalid magic number"):
        input_data.read_data_sets(str(tmp_path), validation_size=0)


def test_linear_operators_utilities_broadcast_batches(hooked: None) -> None:
    from tensorflow.python.ops.linalg import linear_operator_util as utilities

    matrix, sides = np.tril(np.full((3, 3), 2.0)), np.arange(30.0).reshape(5, 3, 2)
    wanted = np.stack([np.linalg.solve(matrix, side) for side in sides])
    with sessile.Graph().as_default(), sessile.Session() as session:
        for solve in (utilities.matrix_solve_with_broadcast, utilities.matrix_triangular_solve_with_broadcast):
            np.testing.assert_allclose(session.run(solve(matrix, sides)), wanted, atol=1e-12)
        np.testing.assert_allclose(session.run(utilities.matmul_with_broadcast(matrix, wanted)), sides, atol=1e-12)


def test_modules_that_tensorflows_own_import_are_there(hooked: None) -> None:
    """Programs take them from where they were imported."""
    from tensorflow.python.ops.rnn import rnn_cell_impl

    assert rnn_cell_impl.BasicLSTMCell is sessile.nn.rnn_cell.BasicLSTMCell


def test_modules_that_the_package_python_imports_are_there(hooked: None) -> None:
    from tensorflow.python import context, file_io, math_ops, ops, state_ops

    assert (math_ops.add, state_ops.assign, ops.convert_to_tensor) == (
        sessile.add, sessile.assign, sessile.convert_to_tensor
    )  # fmt: skip
    assert not context.executing_eagerly() and file_io.file_exists("/")


def test_the_package_python_data_has_the_public_names(hooked: None) -> None:
    # finetune: from tensorflow.python.data import Dataset
    from tensorflow.python.data import Dataset, Iterator, TFRecordDataset, make_one_shot_iterator

    assert (Dataset, Iterator, TFRecordDataset, make_one_shot_iterator) == (
        sessile.data.Dataset, sessile.data.Iterator, sessile.data.TFRecordDataset, sessile.data.make_one_shot_iterator
    )  # fmt: skip
    assert importlib.import_module("tensorflow.python.data.ops.dataset_ops").Dataset is Dataset


def test_deprecated_functions_warn_unless_silenced(hooked: None) -> None:
    from tensorflow.contrib.framework import deprecated
    from tensorflow.python.util import deprecation

    @deprecated(None, "use another")
    def old() -> int:
        return 1

    with deprecation.silence():
        assert old() == 1

    @deprecated("2019-01-01", "use another")
    def older() -> int:
        return 2

    with pytest.warns(DeprecationWarning, match="older is deprecated .* after 2019-01-01: use another"):
        assert older() == 2


def test_undocumented_names_are_removed(hooked: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from tensorflow.python.util.all_util import remove_undocumented

    module = ModuleType("documented")
    module.__dict__.update(__doc__="@@shown", shown=1, kept=2, hidden=3)
    monkeypatch.setitem(sys.modules, "documented", module)
    remove_undocumented("documented", ["kept"])
    assert [name for name in ("shown", "kept", "hidden") if hasattr(module, name)] == ["shown", "kept"]


def test_context_managers_are_the_standard_librarys(hooked: None) -> None:
    from tensorflow.python.util import tf_contextlib

    assert tf_contextlib.contextmanager is contextlib.contextmanager


@pytest.mark.usefixtures("hooked")
def test_modules_of_the_library_are_no_names_of_tensorflow() -> None:
    """They are attributes of `sessile` once they are imported."""
    importlib.import_module("sessile.models")
    with pytest.raises(ImportError, match="has no module or name 'models'"):
        exec("import tensorflow.models.rnn", {})
    exec("from tensorflow import keras, saved_model; import tensorflow.contrib.slim", {})


def test_modules_found_by_another_packages_name_are_the_same(hooked: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # bert4keras: sys.modules["keras"] = tensorflow.keras, then `from keras.layers import *`.
    monkeypatch.setitem(sys.modules, "other_keras", importlib.import_module("tensorflow.keras"))
    for inner in ("layers", "backend", "preprocessing.text", "utils"):
        other, own = (importlib.import_module(f"{outer}.{inner}") for outer in ("other_keras", "tensorflow.keras"))
        assert other is own
        assert own.__spec__ is not None and own.__spec__.name == own.__name__ == f"tensorflow.keras.{inner}"
    names: dict[str, Any] = {}
    exec("from other_keras.layers import *\nimport other_keras.backend as K", names)
    assert names["Dense"] is importlib.import_module("tensorflow").keras.layers.Dense
    assert names["K"] is importlib.import_module("tensorflow.keras.backend")
    with pytest.raises(ModuleNotFoundError, match="absent"):
        importlib.import_module("other_keras.absent")


def test_values_of_constants_are_told_as_functions_in_c_tell_them(hooked: None) -> None:
    tf = importlib.import_module("tensorflow")
    c_api = importlib.import_module("tensorflow.python.pywrap_tensorflow")

    def told(tensor: Any) -> Any:
        return c_api.TF_TryEvaluateConstant_wrapper(tensor.graph._c_graph, tensor._as_tf_output())

    two = tf.constant(2)
    assert told(two) == 2
    assert bool(told(tf.logical_and(tf.equal(two, 2), tf.less(two + 1, 4)))) is True
    assert told(tf.placeholder(tf.bool, [])) is None
    assert told(tf.less(tf.random_uniform([]), 2.0)) is None
