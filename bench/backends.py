"""The libraries that are compared: how each is imported, and how each makes a Call of a workload.

The table BACKENDS is the order of columns everywhere. `reference` is NumPy again, doing the work a row is held against.
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import drives, namespaces
from .workload import Built, Call, UnsupportedError, Values, Workload

Prepare = Callable[[Any, Workload, Values, int], Call]


@dataclass(frozen=True)
class Backend:
    """One library.

    Args:
      name: as on the command line.
      module: what is imported; `distribution` names it for the version.
      prepare: `prepare(module, workload, values, threads)` returns the Call.
      peer: whether it runs in the peers' environment and counts for "best peer".
      main: whether `python -m bench` takes it without being asked.
      environment: variables set before the import, `{threads}` filled in.
      needs: a name the module must have; without it what was imported is not the library (an empty folder imports too).
    """

    name: str
    module: str
    prepare: Prepare
    label: str = ""
    peer: bool = True
    main: bool = True
    environment: tuple[tuple[str, str], ...] = ()
    needs: str = ""

    def load(self, threads: int) -> Any:
        """Import and return the library; ImportError if it is not installed here."""
        for variable, value in self.environment:
            os.environ[variable] = value.format(threads=threads)
        module = importlib.import_module(self.module)
        if self.needs and not hasattr(module, self.needs):
            raise ImportError(f"{self.module} has no {self.needs}: it is not installed, or not complete")
        if self.name.startswith("tensorflow"):
            module.disable_v2_behavior()
        return module

    def version(self) -> str:
        """Return the version of the imported library."""
        root = importlib.import_module(self.module.split(".", maxsplit=1)[0])
        return str(getattr(root, "__version__", "unknown"))


def _with_graph(tf: Any, workload: Workload, values: Values, threads: int) -> Call:
    with tf.Graph().as_default():
        fetches, feeds = workload.build(tf, values)
        session = drives.open_session(tf, threads, workload.variables)
        drive = workload.drive or drives.through_callable
        call = drive(Built(tf, session, fetches, feeds, values, workload.build))
    if call.keep is None:
        call.keep = session
    return call


def _with_numpy(np_module: Any, workload: Workload, values: Values, threads: int) -> Call:
    if workload.numpy:
        return workload.numpy(values)
    xp, formula = namespaces.for_numpy(), workload.formula
    return Call(lambda *arrays: formula(xp, *arrays), values)


def _reference(np_module: Any, workload: Workload, values: Values, threads: int) -> Call:
    if workload.reference is None:
        raise UnsupportedError(workload.name)
    return workload.reference.make(values)


def _with_jax(jax: Any, workload: Workload, values: Values, threads: int) -> Call:
    if "jax" in workload.own:
        return workload.own["jax"](jax, values, threads)
    xp, formula, wait = namespaces.for_jax(), workload.formula, jax.block_until_ready
    compiled = jax.jit(lambda *arrays: formula(xp, *arrays))

    def step(*arrays: Any) -> Any:
        return wait(compiled(*arrays))

    convert = jax.numpy.asarray
    return Call(step, tuple(convert(value) for value in values), convert=convert)


def _with_torch(torch: Any, workload: Workload, values: Values, threads: int) -> Call:
    if "torch" in workload.own:
        return workload.own["torch"](torch, values, threads)
    torch.set_num_threads(threads)
    torch._dynamo.reset()
    torch.set_grad_enabled(False)
    xp, formula = namespaces.for_torch(), workload.formula
    compiled = torch.compile(lambda *arrays: formula(xp, *arrays), dynamic=True)
    return Call(compiled, tuple(torch.from_numpy(value) for value in values), convert=torch.from_numpy)


def float32_expression(text: str) -> tuple[str, dict[str, np.ndarray]]:
    """Return the expression with its literals as float32 names; numexpr computes in double beside a literal.

    >>> float32_expression("2.5 * a + 1.0")[0]
    '_k0 * a + _k1'
    """
    constants: dict[str, np.ndarray] = {}

    def replace(found: re.Match[str]) -> str:
        name = f"_k{len(constants)}"
        constants[name] = np.array(found.group(), np.float32)
        return name

    return re.sub(r"(?<![\w.])\d+\.\d+", replace, text), constants


def _with_numexpr(numexpr: Any, workload: Workload, values: Values, threads: int) -> Call:
    if workload.numexpr is None:
        raise UnsupportedError(workload.name)
    numexpr.set_num_threads(threads)
    text, constants = float32_expression(workload.numexpr)
    names = "abcdefg"[: len(values)]

    def step(*arrays: Any) -> Any:
        return numexpr.evaluate(text, local_dict={**dict(zip(names, arrays, strict=True)), **constants}, global_dict={})

    return Call(step, values)


_QUIET_TF = (("TF_CPP_MIN_LOG_LEVEL", "3"), ("TF_ENABLE_ONEDNN_OPTS", "1"))

BACKENDS: dict[str, Backend] = {
    backend.name: backend
    for backend in (
        Backend("reference", "numpy", _reference, label="reference", peer=False),
        Backend("numpy", "numpy", _with_numpy, label="NumPy", peer=False),
        Backend("sessile", "sessile", _with_graph, label="sessile", peer=False, needs="Session"),
        Backend("tensorflow", "tensorflow.compat.v1", _with_graph, label="TensorFlow", environment=_QUIET_TF),
        Backend("jax", "jax", _with_jax, label="JAX", environment=(("JAX_PLATFORMS", "cpu"),)),
        Backend("numexpr", "numexpr", _with_numexpr, label="numexpr", environment=(("NUMEXPR_MAX_THREADS", "64"),)),
        Backend(
            "torch",
            "torch",
            _with_torch,
            label="torch.compile",
            main=False,
            environment=(("OMP_NUM_THREADS", "{threads}"),),
        ),
    )
}

PEERS = tuple(name for name, backend in BACKENDS.items() if backend.peer)
