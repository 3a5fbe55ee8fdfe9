"""`RunConfig`: where an estimator keeps its model, how often it saves, and which task of a cluster it is."""

from __future__ import annotations

import copy
import json
import os
from typing import Any, Final, NamedTuple

from ...ops.library.distribute.strategies import Strategy
from ..engines.cluster import ClusterSpec

_DEFAULT: Final = object()
_SECONDS: Final = 600
_REPLACEABLE: Final = frozenset(
    [
        "model_dir",
        "tf_random_seed",
        "save_summary_steps",
        "save_checkpoints_steps",
        "save_checkpoints_secs",
        "session_config",
        "keep_checkpoint_max",
        "keep_checkpoint_every_n_hours",
        "log_step_count_steps",
        "train_distribute",
        "device_fn",
        "protocol",
        "eval_distribute",
        "experimental_distribute",
        "experimental_max_worker_delay_secs",
        "session_creation_timeout_secs",
    ]
)
_LEAST_ONE: Final = ("save_summary_steps", "save_checkpoints_steps", "log_step_count_steps")
_LEAST_ZERO: Final = ("save_checkpoints_secs", "keep_checkpoint_max")


class TaskType:
    """The words for the tasks of a cluster in the variable TF_CONFIG."""

    MASTER: Final = "master"
    PS: Final = "ps"
    WORKER: Final = "worker"
    CHIEF: Final = "chief"
    EVALUATOR: Final = "evaluator"


class DistributeConfig(NamedTuple):
    """The strategies of an estimator.

    Args:
      train_distribute, eval_distribute: strategies, or None.
      remote_cluster: kept: there is one task.
    """

    train_distribute: Any = None
    eval_distribute: Any = None
    remote_cluster: Any = None


class RunConfig:
    """How an `Estimator` runs.

    Args:
      model_dir: the folder of checkpoints and summaries.
      tf_random_seed: the graph's seed.
      save_summary_steps: after how many steps summaries are written.
      save_checkpoints_steps, save_checkpoints_secs: after how many steps or seconds checkpoints are (not both; default:
        600 seconds); None twice: never.
      session_config: a ConfigProto.
      keep_checkpoint_max, keep_checkpoint_every_n_hours: see `Saver`.
      log_step_count_steps: after how many steps loss and speed are logged.
      train_distribute, eval_distribute: strategies (`tf.distribute`), in whose scope the model is built.
      experimental_distribute: a `DistributeConfig`, which has both.
      device_fn: a function from an Operation to its device.
      protocol, experimental_max_worker_delay_secs, session_creation_timeout_secs: accepted; of servers.
    Raises: ValueError for what cannot be, TypeError for what is no strategy.
    Source: TensorFlow 1.15's documentation; the variable TF_CONFIG says what `cluster_spec` and `task_type` are.
    """

    def __init__(
        self, model_dir: str | None = None, tf_random_seed: int | None = None, save_summary_steps: int | None = 100,
        save_checkpoints_steps: Any = _DEFAULT, save_checkpoints_secs: Any = _DEFAULT, session_config: Any = None,
        keep_checkpoint_max: int | None = 5, keep_checkpoint_every_n_hours: float = 10000,
        log_step_count_steps: int | None = 100, train_distribute: Any = None, device_fn: Any = None,
        protocol: str | None = None, eval_distribute: Any = None, experimental_distribute: Any = None,
        experimental_max_worker_delay_secs: float | None = None, session_creation_timeout_secs: float = 7200,
    ) -> None:  # fmt: skip
        if save_checkpoints_steps is _DEFAULT and save_checkpoints_secs is _DEFAULT:
            save_checkpoints_steps, save_checkpoints_secs = None, _SECONDS
        elif save_checkpoints_secs is _DEFAULT:
            save_checkpoints_secs = None
        elif save_checkpoints_steps is _DEFAULT:
            save_checkpoints_steps = None
        elif save_checkpoints_steps is not None and save_checkpoints_secs is not None:
            raise ValueError("`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set.")
        if experimental_distribute is not None:
            train_distribute = train_distribute or experimental_distribute.train_distribute
            eval_distribute = eval_distribute or experimental_distribute.eval_distribute
        for strategy in (train_distribute, eval_distribute):
            if strategy is not None and not isinstance(strategy, Strategy):
                raise TypeError(f"train_distribute and eval_distribute are strategies of tf.distribute: {strategy!r}")
        environment = json.loads(os.environ.get("TF_CONFIG") or "{}")
        self._values: dict[str, Any] = {
            "model_dir": _model_dir(model_dir, environment),
            "tf_random_seed": tf_random_seed,
            "save_summary_steps": save_summary_steps,
            "save_checkpoints_steps": save_checkpoints_steps,
            "save_checkpoints_secs": save_checkpoints_secs,
            "session_config": session_config if session_config is not None else _default_session_config(),
            "keep_checkpoint_max": keep_checkpoint_max,
            "keep_checkpoint_every_n_hours": keep_checkpoint_every_n_hours,
            "log_step_count_steps": log_step_count_steps,
            "train_distribute": train_distribute,
            "device_fn": device_fn,
            "protocol": protocol,
            "eval_distribute": eval_distribute,
            "experimental_distribute": experimental_distribute,
            "experimental_max_worker_delay_secs": experimental_max_worker_delay_secs,
            "session_creation_timeout_secs": session_creation_timeout_secs,
        }
        _check(self._values)
        self._read_cluster(environment)

    def _read_cluster(self, environment: dict[str, Any]) -> None:
        self._cluster_spec = ClusterSpec(environment.get("cluster", {}))
        task = environment.get("task", {})
        self._service = environment.get("service")
        jobs = self._cluster_spec.as_dict()
        if jobs and "type" not in task:
            raise ValueError("If `cluster` is set in TF_CONFIG, task type must be set.")
        self._task_type = task.get("type", TaskType.WORKER)
        self._task_id = int(task.get("index", 0))
        self._is_chief = self._task_type in (TaskType.CHIEF, TaskType.MASTER) if jobs else self._task_type == "worker"
        self._num_ps_replicas = len(jobs.get(TaskType.PS, {}))
        self._num_worker_replicas = sum(len(jobs.get(kind, {})) for kind in ("worker", "chief", "master")) or 1
        self._master = ""
        if jobs:
            address = environment.get("rpc_layer", "grpc")
            own = self._cluster_spec.task_address(self._task_type, self._task_id) if self._task_type in jobs else ""
            self._master = f"{address}://{own}" if own else ""
        self._evaluation_master = ""

    def __getattr__(self, name: str) -> Any:
        """The arguments, as attributes."""
        values = self.__dict__.get("_values", {})
        if name in values:
            return values[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    cluster_spec = property(lambda self: self._cluster_spec, doc="The tasks of the cluster.")
    task_type = property(lambda self: self._task_type, doc="What this process is in the cluster.")
    task_id = property(lambda self: self._task_id, doc="The number of the task.")
    is_chief = property(lambda self: self._is_chief, doc="Whether this task saves and initializes.")
    master = property(lambda self: self._master, doc="The target of sessions that train.")
    evaluation_master = property(lambda self: self._evaluation_master, doc="The target of sessions that evaluate.")
    num_ps_replicas = property(lambda self: self._num_ps_replicas, doc="How many parameter servers there are.")
    num_worker_replicas = property(lambda self: self._num_worker_replicas, doc="How many tasks train.")
    global_id_in_cluster = property(lambda self: self._task_id, doc="The number among the tasks that train.")
    service = property(lambda self: self._service, doc="What TF_CONFIG says of a platform.")

    def replace(self, **kwargs: Any) -> RunConfig:
        """Return a copy with other values.

        Raises: ValueError for names that cannot be replaced.
        """
        for name in kwargs:
            if name not in _REPLACEABLE:
                raise ValueError(f"Replacing {name} is not supported. Allowed properties are {sorted(_REPLACEABLE)}.")
        new = copy.copy(self)
        new._values = {**self._values, **kwargs}
        if kwargs.get("save_checkpoints_steps") is not None and kwargs.get("save_checkpoints_secs") is not None:
            raise ValueError("`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set.")
        if kwargs.get("save_checkpoints_steps") is not None:
            new._values["save_checkpoints_secs"] = None
        elif kwargs.get("save_checkpoints_secs") is not None:
            new._values["save_checkpoints_steps"] = None
        _check(new._values)
        return new

    def _described(self) -> dict[str, Any]:
        """All values by TensorFlow's names of them (`_model_dir`), which a new Estimator tells with level INFO."""
        own = (
            "service", "cluster_spec", "task_type", "task_id", "global_id_in_cluster", "master", "evaluation_master",
            "is_chief", "num_ps_replicas", "num_worker_replicas",
        )  # fmt: skip
        return {f"_{name}": value for name, value in {**self._values, **{k: getattr(self, k) for k in own}}.items()}

    def __repr__(self) -> str:
        return f"RunConfig({', '.join(f'{name}={value!r}' for name, value in self._values.items())})"


def _model_dir(given: Any, environment: dict[str, Any]) -> str | None:
    named: str | None = environment.get("model_dir")
    if given is None:
        return named
    if named is not None and os.fspath(given) != named:
        raise ValueError(
            "`model_dir` provided in RunConfig construct, if set, must have the same value as the model_dir in "
            f'TF_CONFIG. model_dir: {given}\nTF_CONFIG["model_dir"]: {named}.'
        )
    if given == "":
        raise ValueError("model_dir should be non-empty")
    path: str = os.fspath(given)
    return path


def _default_session_config() -> Any:
    from ...ops import proto

    config = proto.ConfigProto(allow_soft_placement=True)
    config.graph_options.rewrite_options.meta_optimizer_iterations = 1  # ONE
    return config


def _check(values: dict[str, Any]) -> None:
    """Raises: ValueError for numbers that are too small, TypeError for a function that is none."""
    for names, least in ((_LEAST_ONE, 1), (_LEAST_ZERO, 0)):
        for name in names:
            if values[name] is not None and values[name] < least:
                raise ValueError(f"{name} should be >= {least}, got {values[name]}")
    if values["keep_checkpoint_every_n_hours"] is not None and values["keep_checkpoint_every_n_hours"] <= 0:
        raise ValueError("keep_checkpoint_every_n_hours should be > 0")
    if values["device_fn"] is not None and not callable(values["device_fn"]):
        raise TypeError(f"device_fn must be callable with exactly one argument, an Operation: {values['device_fn']}")
