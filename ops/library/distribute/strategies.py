"""`Strategy` and its kinds: here all of them have one replica, on this machine's CPU, as TensorFlow 1.15's have there.

A strategy's scope makes resource variables on its device; what it runs for each replica runs once. More replicas than
one are refused when the strategy is made.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Final

from ...base import nest
from ...building.basic_ops import group, identity
from ...building.convert import convert_to_tensor
from ...building.default_graph import device
from ...families.data.api import Dataset
from ...families.reductions.reductions import reduce_mean, reduce_sum
from ...families.state.variable_scope import get_variable_scope, variable_scope
from ...families.state.variables import variable_creator_scope
from .context import entered
from .inputs import DistributedDataset, InputContext, StrategyIterator, iterator_of_function
from .reduction import CollectiveCommunication, CrossDeviceOps, InputReplicationMode, ReduceOp, reduce_op
from .replica import ReplicaContext

_CPU: Final = "/replica:0/task:0/device:CPU:0"


class StrategyExtended:
    """What libraries ask of a strategy.

    Args:
      container_strategy: the strategy.
    """

    def __init__(self, container_strategy: Any) -> None:
        self._strategy = container_strategy

    @property
    def worker_devices(self) -> tuple[str, ...]:
        """The devices of replicas."""
        return (self._strategy._device,)

    @property
    def parameter_devices(self) -> tuple[str, ...]:
        """The devices of variables."""
        return (self._strategy._device_of_variables,)

    experimental_between_graph = False
    experimental_require_static_shapes = False
    experimental_should_init = True
    should_checkpoint = True
    should_save_summary = True

    def call_for_each_replica(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """Return what a function gives, run for the replica."""
        with replica_of(self._strategy):
            return fn(*args, **(kwargs or {}))

    def reduce_to(self, reduce_op_: Any, value: Any, destinations: Any) -> Any:
        """Return the replicas' values combined: the one there is."""
        reduce_op(reduce_op_)
        return value

    def batch_reduce_to(self, reduce_op_: Any, value_destination_pairs: Any) -> list[Any]:
        """Return the combined values of pairs of a value and its destinations."""
        reduce_op(reduce_op_)
        return [value for value, _ in value_destination_pairs]

    def broadcast_to(self, tensor: Any, destinations: Any) -> Any:
        """Return the tensor: it is everywhere."""
        return tensor

    def update(self, var: Any, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, group: bool = True) -> Any:
        """Run a function of a variable where it is.

        Returns: what it gives, as one operation if `group`, otherwise in a tuple.
        """
        result = fn(var, *args, **(kwargs or {}))
        return _grouped(result) if group else (result,)

    def update_non_slot(
        self, colocate_with: Any, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, group: bool = True
    ) -> Any:
        """Run a function that updates what belongs to no variable; see `update`."""
        result = fn(*args, **(kwargs or {}))
        return _grouped(result) if group else (result,)

    def read_var(self, v: Any) -> Any:
        """Return a variable's value."""
        return v.read_value() if hasattr(v, "read_value") else identity(v)

    def colocate_vars_with(self, colocate_with_variable: Any) -> Any:
        """A block whose variables are where another one is: there is one place."""
        return nullcontext()

    def non_slot_devices(self, var_list: Any) -> tuple[str, ...]:
        """Return where variables that belong to none of these are."""
        return self.parameter_devices

    def value_container(self, value: Any) -> Any:
        """Return what holds a replica's value: it is not held by anything."""
        return value

    def variable_created_in_scope(self, v: Any) -> bool:
        """Return whether a variable was made in the strategy's scope."""
        return getattr(v, "_distribute_strategy", None) is self._strategy

    def experimental_make_numpy_dataset(self, numpy_input: Any, session: Any = None) -> Any:
        """Return a dataset of an array's rows. Raises: AssertionError without a session, as in TensorFlow 1.15."""
        assert session is not None
        return Dataset.from_tensor_slices(numpy_input)


def _grouped(result: Any) -> Any:
    flat = [part for part in nest.flatten(result) if part is not None]
    return group(*flat)


class Strategy:
    """A way of distributing work over replicas; there is one replica.

    Args:
      extended: kept; a strategy makes its own.
    """

    def __init__(self, extended: Any = None, *, device_name: str = _CPU, variables: str | None = None) -> None:
        self._device, self._device_of_variables = device_name, device_name if variables is None else variables
        self._extended = StrategyExtended(self)

    @property
    def extended(self) -> StrategyExtended:
        """What libraries ask of it."""
        return self._extended

    @property
    def num_replicas_in_sync(self) -> int:
        """How many replicas there are: 1."""
        return 1

    @contextmanager
    def scope(self) -> Iterator[Any]:
        """A block in which the strategy is in force, and variables are made on its device.

        Yields: the strategy.
        """

        def creator(next_creator: Callable[..., Any], **kwargs: Any) -> Any:
            kwargs["use_resource"] = True
            with device(self._device_of_variables):
                made = next_creator(**kwargs)
            made._distribute_strategy = self
            return made

        settings = get_variable_scope()
        with entered(self, None), variable_creator_scope(creator), variable_scope(settings, use_resource=True):
            yield self

    def experimental_run_v2(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """Return what a function gives, run for the replica.

        Args:
          fn: the function; `tf.distribute.get_replica_context()` is the replica's inside of it.
          args, kwargs: its arguments.
        """
        return self._extended.call_for_each_replica(fn, args, kwargs)

    def experimental_run(self, fn: Callable[..., Any], input_iterator: Any = None) -> Any:
        """Return what a function gives of the next element of an iterator of this strategy."""
        args = () if input_iterator is None else (input_iterator.get_next(),)
        return self.experimental_run_v2(fn, args)

    def reduce(self, reduce_op_: Any, value: Any, axis: int | None = None) -> Any:
        """Return the sum or the mean of all replicas' values, and over an axis of each.

        Args:
          reduce_op_: a ReduceOp, or its name.
          value: the value.
          axis: over which it is combined too; None for none.
        Raises: ValueError for another reduction.
        """
        wanted = reduce_op(reduce_op_)
        if axis is None:
            return nest.map_structure(lambda part: identity(convert_to_tensor(part)), value)
        combine = reduce_sum if wanted is ReduceOp.SUM else reduce_mean
        return nest.map_structure(lambda part: combine(part, axis=axis), value)

    def experimental_local_results(self, value: Any) -> tuple[Any, ...]:
        """Return a tuple of the replicas' values."""
        return (value,)

    unwrap = experimental_local_results

    def group(self, value: Any, name: str | None = None) -> Any:
        """Return an operation after all parts of a value."""
        return group(*[part for part in nest.flatten(value) if part is not None], name=name)

    def make_dataset_iterator(self, dataset: Any) -> StrategyIterator:
        """Return an iterator over a dataset."""
        return StrategyIterator(dataset)

    def make_input_fn_iterator(
        self, input_fn: Callable[[InputContext], Any], replication_mode: Any = InputReplicationMode.PER_WORKER
    ) -> StrategyIterator:
        """Return an iterator over what an input function returns.

        Args:
          input_fn: from an InputContext to a dataset, or to a function that returns the next element.
          replication_mode: PER_WORKER.
        Raises: ValueError for another mode, or if the function returns something else.
        """
        if replication_mode is not InputReplicationMode.PER_WORKER:
            raise ValueError(f"Input replication mode not supported: {replication_mode}")
        return iterator_of_function(input_fn, InputContext())

    def experimental_distribute_dataset(self, dataset: Any) -> DistributedDataset:
        """Return a dataset of this strategy."""
        return DistributedDataset(dataset)

    def experimental_distribute_datasets_from_function(self, dataset_fn: Callable[..., Any]) -> DistributedDataset:
        """Return a dataset of this strategy, of a function from an InputContext to a dataset."""
        return DistributedDataset(dataset_fn(InputContext()))

    def experimental_make_numpy_dataset(self, numpy_input: Any, session: Any = None) -> Any:
        """Return a dataset of an array's rows. Raises: AssertionError without a session, as in TensorFlow 1.15."""
        return self._extended.experimental_make_numpy_dataset(numpy_input, session)

    def colocate_vars_with(self, colocate_with_variable: Any) -> Any:
        """A block whose variables are where another one is: there is one place."""
        return self._extended.colocate_vars_with(colocate_with_variable)

    def update_config_proto(self, config_proto: Any) -> Any:
        """Return a ConfigProto as this strategy wants it: as it is."""
        return config_proto

    def configure(self, session_config: Any = None, *cluster: Any, **tasks: Any) -> None:
        """Do nothing: there is one task."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self


class _Default(Strategy):
    """The strategy where none is in force: a replica, and variables as they always are."""

    def __init__(self) -> None:
        super().__init__(device_name="")
        self.context = ReplicaContext(self, None)

    @contextmanager
    def scope(self) -> Iterator[Any]:
        """A block of no effect."""
        yield self


DEFAULT: Final = _Default()


@contextmanager
def replica_of(strategy: Strategy | None) -> Iterator[None]:
    """A block that is built for the strategy's replica, as in a function that it runs; of no effect without one."""
    if strategy is None:
        yield
        return
    with strategy.scope(), entered(strategy, ReplicaContext(strategy, None)):
        yield


def _device(given: str) -> str:
    """A device's full name, as strategies write them."""
    from ...base.device_spec import DeviceSpec

    spec = DeviceSpec.from_string(given)
    kind = (spec.device_type or "CPU").upper()
    return f"/replica:{spec.replica or 0}/task:{spec.task or 0}/device:{kind}:{spec.device_index or 0}"


def _only(devices: Any, what: str) -> str:
    """The one device of a list. Raises: NotImplementedError for more, ValueError for none."""
    names = [_device(name) for name in devices]
    if not names:
        raise ValueError("Must specify at least one device.")
    if len(set(names)) != len(names):
        raise ValueError(f"No duplicates allowed in `devices` argument: {names}")
    if len(names) > 1:
        raise NotImplementedError(
            f"{what}: {len(names)} replicas on {', '.join(names)}. Here is one replica, on this machine's CPU: leave "
            "out `devices`, or give one."
        )
    return names[0]


def _check_gpus(number: int | None, what: str) -> None:
    if (number or 0) > 1:
        raise NotImplementedError(f"{what}: {number} GPUs. Here is one replica, on this machine's CPU.")


def _check_workers(what: str) -> None:
    """Raises: NotImplementedError if TF_CONFIG tells of more workers than this one."""
    cluster = json.loads(os.environ.get("TF_CONFIG") or "{}").get("cluster", {})
    workers = sum(len(cluster.get(kind, ())) for kind in ("chief", "master", "worker"))
    if workers > 1 or cluster.get("ps"):
        raise NotImplementedError(
            f"{what}: TF_CONFIG tells of {workers} workers. Strategies have one here; what docs/cluster.md describes "
            "are clusters of processes."
        )


class MirroredStrategy(Strategy):
    """Replicas on the devices of a machine, whose variables are kept alike: here one replica.

    Args:
      devices: a list of one device; default: the CPU.
      cross_device_ops: kept: there is nothing to combine.
    Raises: NotImplementedError for more devices, ValueError for none.

    >>> strategy = tf.distribute.MirroredStrategy()
    >>> with strategy.scope():
    ...     v = tf.get_variable("v", [])
    >>> strategy.num_replicas_in_sync, v.device
    (1, '/replica:0/task:0/device:CPU:0')
    """

    def __init__(self, devices: Any = None, cross_device_ops: Any = None) -> None:
        if cross_device_ops is not None and not isinstance(cross_device_ops, CrossDeviceOps):
            raise TypeError(f"cross_device_ops must be CrossDeviceOps, got {cross_device_ops!r}")
        super().__init__(device_name=_CPU if devices is None else _only(devices, "MirroredStrategy"))


class ContribMirroredStrategy(MirroredStrategy):
    """`tf.contrib.distribute.MirroredStrategy`.

    Args:
      devices, cross_device_ops: as of `tf.distribute.MirroredStrategy`.
      num_gpus, num_gpus_per_worker: at most 1: the CPU stands for it.
      auto_shard_dataset: kept.
      cross_tower_ops: the older name of `cross_device_ops`.
    Raises: NotImplementedError for more replicas; ValueError for `devices` besides numbers.
    """

    def __init__(
        self, devices: Any = None, num_gpus: int | None = None, num_gpus_per_worker: int | None = None,
        cross_device_ops: Any = None, auto_shard_dataset: bool = False, cross_tower_ops: Any = None,
    ) -> None:  # fmt: skip
        if devices is not None and (num_gpus is not None or num_gpus_per_worker is not None):
            raise ValueError("Must only specify one of `devices` and `num_gpus`.")
        if num_gpus is not None and num_gpus_per_worker is not None:
            raise ValueError("You cannot set both `num_gpus` and `num_gpus_per_worker`.")
        _check_gpus(num_gpus or num_gpus_per_worker, "MirroredStrategy")
        super().__init__(devices, cross_device_ops or cross_tower_ops)


class OneDeviceStrategy(Strategy):
    """One replica on a device.

    Args:
      device: its name.
    """

    def __init__(self, device: str) -> None:
        super().__init__(device_name=_device(device))


class CentralStorageStrategy(Strategy):
    """Replicas whose variables are in one place: here one replica.

    Args:
      compute_devices: a list of one device; default: the CPU.
      parameter_device: where variables are; default: the CPU.
    Raises: NotImplementedError for more devices.
    """

    def __init__(self, compute_devices: Any = None, parameter_device: str | None = None) -> None:
        one = _CPU if compute_devices is None else _only(compute_devices, "CentralStorageStrategy")
        super().__init__(device_name=one, variables=parameter_device or "/device:CPU:0")


class MultiWorkerMirroredStrategy(Strategy):
    """Replicas on several machines: here one, of one worker.

    Args:
      communication: kept: there is nobody to talk to.
    Raises: NotImplementedError if TF_CONFIG tells of more workers.
    """

    def __init__(self, communication: Any = CollectiveCommunication.AUTO) -> None:
        _check_workers("MultiWorkerMirroredStrategy")
        super().__init__()


class CollectiveAllReduceStrategy(MultiWorkerMirroredStrategy):
    """`tf.contrib.distribute`'s name of `MultiWorkerMirroredStrategy`.

    Args:
      num_gpus_per_worker: at most 1: the CPU stands for it.
      communication: kept.
    Raises: NotImplementedError for more replicas.
    """

    def __init__(self, num_gpus_per_worker: int = 0, communication: Any = CollectiveCommunication.AUTO) -> None:
        _check_gpus(num_gpus_per_worker, "CollectiveAllReduceStrategy")
        super().__init__(communication)


class ParameterServerStrategy(Strategy):
    """Replicas whose variables are on parameter servers: here one replica, without servers.

    Args:
      cluster_resolver: kept.
    Raises: NotImplementedError if TF_CONFIG tells of a cluster.
    """

    def __init__(self, cluster_resolver: Any = None) -> None:
        _check_workers("ParameterServerStrategy")
        super().__init__(variables="/device:CPU:0")


class ContribParameterServerStrategy(ParameterServerStrategy):
    """`tf.contrib.distribute.ParameterServerStrategy`.

    Args:
      num_gpus_per_worker: at most 1: the CPU stands for it.
    Raises: NotImplementedError for more replicas.
    """

    def __init__(self, num_gpus_per_worker: int = 0) -> None:
        _check_gpus(num_gpus_per_worker, "ParameterServerStrategy")
        super().__init__()
