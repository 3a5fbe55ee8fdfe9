"""`SyncReplicasOptimizer`: gradients of several workers are averaged, and applied once for all of them.

Each worker adds its gradients to accumulators and waits for a token. A thread of the chief takes the means of enough of
them, applies them, and gives each worker a token that says which step is next. Gradients of earlier steps are dropped.
"""

from __future__ import annotations

from typing import Any

from ...ops.building.basic_ops import group, no_op
from ...ops.building.default_graph import colocate_with, control_dependencies, device, name_scope
from ...ops.families.arrays.filling import fill
from ...ops.families.dataflow.accumulators import ConditionalAccumulator, SparseConditionalAccumulator
from ...ops.families.dataflow.queues import FIFOQueue
from ...ops.families.sparse.indexed_slices import IndexedSlices
from ...ops.families.state.assignments import assign
from ...ops.families.state.variable_lists import global_variables, report_uninitialized_variables
from ...ops.families.state.variables import Variable
from ...ops.graph.graph_keys import GraphKeys
from ...ops.graph.node import Tensor
from ...ops.library.input.queue_runner import QueueRunner
from ...ops.library.training.optimizer import Optimizer
from ...ops.types import dtypes
from .hook import SessionRunHook


class SyncReplicasOptimizer(Optimizer):
    """Averages the gradients of several workers before another optimizer applies them.

    Args:
      opt: the optimizer.
      replicas_to_aggregate: how many gradients make a step.
      total_num_replicas: how many workers there are; default: as many.
      variable_averages: an ExponentialMovingAverage that is updated after each step, or None.
      variables_to_average: its variables.
      use_locking: kept in the graph.
      name: a name for what is built.
    """

    def __init__(
        self,
        opt: Optimizer,
        replicas_to_aggregate: int,
        total_num_replicas: int | None = None,
        variable_averages: Any = None,
        variables_to_average: Any = None,
        use_locking: bool = False,
        name: str = "sync_replicas",
    ) -> None:
        super().__init__(use_locking, name)
        total = replicas_to_aggregate if total_num_replicas is None else total_num_replicas
        self._opt = opt
        self._replicas_to_aggregate = replicas_to_aggregate
        self._total_num_replicas = total
        self._tokens_per_step = max(total, replicas_to_aggregate)
        self._variable_averages = variable_averages
        self._variables_to_average = variables_to_average
        self._gradients_applied = False
        self._accumulators: list[Any] = []

    def compute_gradients(self, *args: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        """What the optimizer's does."""
        return self._opt.compute_gradients(*args, **kwargs)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """The optimizer's slot."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        """The names of the optimizer's slots."""
        return self._opt.get_slot_names(*args, **kwargs)

    def variables(self) -> list[Any]:
        """The optimizer's variables."""
        return self._opt.variables()

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """Return the operation that a worker runs for each step.

        Args:
          grads_and_vars: as `Optimizer.apply_gradients`.
          global_step: the variable that counts the steps; needed.
          name: no longer used.
        Raises: ValueError without gradients, or without `global_step`.
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError("Must supply at least one variable")
        if global_step is None:
            raise ValueError("Global step is required to check staleness")
        self._global_step = global_step
        self._make_local_step(global_step)
        with name_scope(None, self._name):
            added, means = self._accumulated(pairs)
            with device(global_step.device), name_scope(""):
                update = self._opt.apply_gradients(means, global_step)
            train_op, sync_op = self._exchanged_tokens(added, update)
            with name_scope(""):
                self._chief_queue_runner = QueueRunner(self._dummy_queue, [sync_op])
            begun = [self.local_step_init_op]
            for accumulator, place in self._accumulators:
                with device(place):
                    begun.append(accumulator.set_global_step(global_step, name="SetGlobalStep"))
            self.chief_init_op = group(*begun)
        self._gradients_applied = True
        return train_op

    def _make_local_step(self, global_step: Any) -> None:
        with colocate_with(no_op()):
            self._local_step = Variable(
                0, trainable=False, collections=[GraphKeys.LOCAL_VARIABLES], dtype=global_step.dtype.base_dtype,
                name="sync_rep_local_step",
            )  # fmt: skip
        self.local_step_init_op = assign(self._local_step, global_step)
        self.ready_for_local_init_op = report_uninitialized_variables(global_variables())

    def _accumulated(self, pairs: list[tuple[Any, Any]]) -> tuple[list[Any], list[tuple[Any, Any]]]:
        """What adds the gradients, and the means that are applied."""
        added, means = [], []
        for gradient, variable in pairs:
            with device(variable.device):
                mean = None
                if gradient is not None:
                    accumulator, operation, mean = self._one_accumulated(gradient, variable)
                    added.append(operation)
                    self._accumulators.append((accumulator, variable.device))
                means.append((mean, variable))
        return added, means

    def _one_accumulated(self, gradient: Any, variable: Any) -> tuple[Any, Any, Any]:
        shared = f"{variable.name}/grad_accum"
        if isinstance(gradient, Tensor):
            dense = ConditionalAccumulator(gradient.dtype, shape=variable.shape, shared_name=shared)
            added = dense.apply_grad(gradient, local_step=self._local_step)
            return dense, added, dense.take_grad(self._replicas_to_aggregate)
        if not isinstance(gradient, IndexedSlices):
            raise ValueError("Unknown grad type!")
        sparse = SparseConditionalAccumulator(gradient.dtype, shape=(), shared_name=shared)
        added = sparse.apply_indexed_slices_grad(gradient, local_step=self._local_step)
        return sparse, added, sparse.take_indexed_slices_grad(self._replicas_to_aggregate)

    def _exchanged_tokens(self, added: list[Any], update: Any) -> tuple[Any, Any]:
        """What a worker runs, and what the chief's thread runs."""
        step = self._global_step
        with device(step.device), name_scope(""):
            dtype = step.dtype.base_dtype
            self._sync_token_queue = FIFOQueue(-1, dtype, shapes=[()], name="sync_token_q", shared_name="sync_token_q")
            self._dummy_queue = FIFOQueue(1, dtypes.int32, shapes=[()], name="dummy_queue", shared_name="dummy_queue")
            with control_dependencies(added):
                train_op = assign(self._local_step, self._sync_token_queue.dequeue())
            with control_dependencies([update]):
                tokens = fill([self._tokens_per_step], step)
                sync_op = self._sync_token_queue.enqueue_many((tokens,))
            if self._variable_averages is not None:
                with control_dependencies([sync_op]):
                    sync_op = self._variable_averages.apply(self._variables_to_average)
        return train_op, sync_op

    def get_chief_queue_runner(self) -> QueueRunner:
        """Return what runs the chief's thread. Raises: ValueError before `apply_gradients`."""
        if not self._gradients_applied:
            raise ValueError("Should be called after apply_gradients().")
        return self._chief_queue_runner

    def get_init_tokens_op(self, num_tokens: int = -1) -> Any:
        """Return the operation that gives the first tokens, by default one for each gradient of a step.

        Raises: ValueError before `apply_gradients`, or for fewer tokens than the first step needs.
        """
        if not self._gradients_applied:
            raise ValueError("get_init_tokens_op() should be called after apply_gradients().")
        needed = self._replicas_to_aggregate - self._total_num_replicas
        if num_tokens == -1:
            num_tokens = self._replicas_to_aggregate
        elif num_tokens < needed:
            raise ValueError(f"Too few tokens to finish the first step: {num_tokens} (given) vs {needed} (needed)")
        if num_tokens <= 0:
            return no_op(name="no_init_tokens")
        with device(self._global_step.device), name_scope(""):
            return self._sync_token_queue.enqueue_many((fill([num_tokens], self._global_step),))

    def make_session_run_hook(self, is_chief: bool, num_tokens: int = -1) -> SyncReplicasHook:
        """Return the hook that a monitored session needs.

        Args:
          is_chief: whether this worker applies the gradients.
          num_tokens: see `get_init_tokens_op`.
        """
        return SyncReplicasHook(self, is_chief, num_tokens)


class SyncReplicasHook(SessionRunHook):
    """Begins the steps of a `SyncReplicasOptimizer` when a session is made. Arguments as of `make_session_run_hook`."""

    def __init__(self, sync_optimizer: SyncReplicasOptimizer, is_chief: bool, num_tokens: int) -> None:
        self._sync_optimizer = sync_optimizer
        self._is_chief = is_chief
        self._num_tokens = num_tokens

    def begin(self) -> None:
        """Find what is to be run. Raises: ValueError before `apply_gradients`."""
        optimizer = self._sync_optimizer
        if not optimizer._gradients_applied:
            raise ValueError("SyncReplicasOptimizer.apply_gradient should be called before using the hook.")
        self._ready_op = optimizer.ready_for_local_init_op
        self._local_init_op = optimizer.chief_init_op if self._is_chief else optimizer.local_step_init_op
        self._init_tokens_op = optimizer.get_init_tokens_op(self._num_tokens) if self._is_chief else None
        self._queue_runner = optimizer.get_chief_queue_runner() if self._is_chief else None

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Run it. Raises: RuntimeError if variables have no values."""
        missing = session.run(self._ready_op)
        if missing.size:
            names = ", ".join(name.decode() for name in missing)
            raise RuntimeError(f"Init operations did not make model ready for local_init. Not initialized: {names}")
        session.run(self._local_init_op)
        if self._init_tokens_op is not None:
            session.run(self._init_tokens_op)
        if self._queue_runner is not None:
            self._queue_runner.create_threads(session, coord=coord, daemon=True, start=True)
