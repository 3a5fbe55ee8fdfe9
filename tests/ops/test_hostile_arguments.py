"""Wrong arguments for every operation: errors are in the library's own words, and of TensorFlow's class.

An error has own words if the exception it began with was raised by a `raise` statement of the library; what Python
or NumPy raises from within (`'<' not supported between ...`, `list index out of range`) has no statement of ours.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import pytest
from sessile.ops.building.build import build_operation
from sessile.ops.definition import families
from sessile.ops.definition.opdef import REGISTRY

import sessile as tf
from tests.ops.makers import hostile
from tests.ops.makers.arguments import Call

families.load_all()

OWN: Final = Path(families.__file__).parents[2].resolve()
pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # of what SciPy says to singular matrices, for instance
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is limited otherwise elsewhere"),
]

NAMES: Final = sorted(name for name in REGISTRY if hostile.right_calls(REGISTRY[name]))
WAYS: Final = ("static", "interpreted", "compiled")
BUILDING: Final = (ValueError, TypeError, tf.errors.InvalidArgumentError, tf.errors.InternalError)


@pytest.fixture(autouse=True)
def _whole_tracebacks_and_little_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Errors show where they come from; results of gigabytes, that some wrong sizes ask for, are refused."""
    import resource

    monkeypatch.setenv("SESSILE_TRACEBACK", "full")
    before = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + (2 << 30), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


class Outcome:
    """What became of a call: `error` is None if it was right; `built` says whether the operation could be made."""

    def __init__(self, built: bool, error: BaseException | None = None) -> None:
        self.built = built
        self.error = error

    def __str__(self) -> str:
        return "ok" if self.error is None else f"{'R' if self.built else 'B'}:{type(self.error).__name__}"


def outcome(name: str, call: Call, way: str) -> Outcome:
    """Build and run a call of an operation: of constants, or fed to placeholders of unknown shape."""
    feeds: dict[Any, Any] = {}

    def tensor(array: Any) -> Any:
        dtype = tf.string if array.dtype == object else tf.as_dtype(array.dtype)
        if way == "static":
            return tf.constant(array, dtype)
        feeds[tf.placeholder(dtype)] = array
        return next(reversed(feeds))

    op_def = REGISTRY[name]
    with tf.Graph().as_default():
        variables = [
            tf.Variable(value, trainable=False, validate_shape=False) if arg.is_ref else None
            for arg, value in zip(op_def.inputs, call.inputs)
        ]
        try:
            inputs = [
                variable
                if variable is not None
                else [*map(tensor, value)]
                if isinstance(value, list)
                else tensor(value)
                for variable, value in zip(variables, call.inputs)
            ]
            operation = build_operation(op_def, *inputs, **dict(call.attrs))
        except Exception as error:
            return Outcome(False, error)
        config = tf.ConfigProto()
        level = tf.OptimizerOptions.ON_1 if way == "compiled" else tf.OptimizerOptions.OFF
        config.graph_options.optimizer_options.global_jit_level = level
        with tf.Session(config=config) as session:
            session.run(tf.global_variables_initializer())
            try:
                session.run(list(operation.outputs) or operation, feeds)
            except Exception as error:
                return Outcome(True, error)
    return Outcome(True)


def own_words(error: BaseException) -> bool:
    """Whether the exception that an error tells of was raised by a `raise` statement of the library."""
    chain = [error]
    while (inner := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(inner)
    first = next(each for each in reversed(chain) if str(each) in str(error))
    place = first.__traceback__
    if place is None:
        return True  # made, not raised: by a `raise ... from` further up
    while place.tb_next is not None:
        place = place.tb_next
    return Path(place.tb_frame.f_code.co_filename).resolve().is_relative_to(OWN) and _is_raise(place)


def _is_raise(place: TracebackType) -> bool:
    return dis.opname[place.tb_frame.f_code.co_code[place.tb_lasti]] in ("RAISE_VARARGS", "RERAISE")


@pytest.mark.parametrize("name", NAMES)
def test_errors_have_words_and_classes_of_their_own(name: str) -> None:
    """Building raises ValueError or TypeError, running an OpError; the text is the library's."""
    for call in hostile.hostile_calls(name):
        for way in WAYS[:2]:
            found = outcome(name, call, way)
            if found.error is None:
                continue
            text = f"{name}, {call.note}, {way}: {found} {found.error}"
            assert isinstance(found.error, tf.errors.OpError if found.built else BUILDING), text
            assert own_words(found.error), text


@pytest.mark.parametrize("name", NAMES)
def test_compiled_steps_fail_as_interpreted_ones(name: str) -> None:
    """A few wrong calls of each type, whose shapes are not known before they are fed."""
    failing = 0
    for call in hostile.hostile_calls(name):
        expected = outcome(name, call, "interpreted")
        if not expected.built or expected.error is None:
            continue
        found = outcome(name, call, "compiled")
        assert str(found) == str(expected), f"{name}, {call.note}: {found.error} instead of {expected.error}"
        failing += 1
        if failing == 3:
            break
