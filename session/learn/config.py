"""`RunConfig` of `tf.contrib.learn`: that of `tf.estimator` with other arguments."""

from __future__ import annotations

import json
import os
from typing import Any

from ...ops.proto import ConfigProto, GPUOptions
from ..estimator.run_config import RunConfig as CoreConfig


class RunConfig(CoreConfig):
    """How a `tf.contrib.learn.Estimator` runs.

    Args:
      master, evaluation_master: kept: TF_CONFIG says who is in a cluster.
      num_cores: how many threads sessions have; 0: as many as there are cores.
      log_device_placement, gpu_memory_fraction: of the session's ConfigProto.
      tf_random_seed: the graph's seed.
      save_summary_steps, save_checkpoints_steps, keep_checkpoint_max, keep_checkpoint_every_n_hours,
        log_step_count_steps, protocol, model_dir, session_config, session_creation_timeout_secs: as of
        `tf.estimator.RunConfig`.
      save_checkpoints_secs: default: 600, unless `save_checkpoints_steps` is given.
    """

    def __init__(
        self, master: str | None = None, num_cores: int = 0, log_device_placement: bool = False,
        gpu_memory_fraction: float = 1, tf_random_seed: int | None = None, save_summary_steps: int | None = 100,
        save_checkpoints_secs: int | None = 0, save_checkpoints_steps: int | None = None,
        keep_checkpoint_max: int | None = 5, keep_checkpoint_every_n_hours: float = 10000,
        log_step_count_steps: int | None = 100, protocol: str | None = None, evaluation_master: str = "",
        model_dir: str | None = None, session_config: Any = None, session_creation_timeout_secs: float = 7200,
    ) -> None:  # fmt: skip
        if save_checkpoints_secs == 0:
            save_checkpoints_secs = None if save_checkpoints_steps is not None else 600
        self._environment_of_task = json.loads(os.environ.get("TF_CONFIG") or "{}").get("environment", "local")
        threads = ConfigProto(
            log_device_placement=log_device_placement,
            inter_op_parallelism_threads=num_cores,
            intra_op_parallelism_threads=num_cores,
            gpu_options=GPUOptions(per_process_gpu_memory_fraction=gpu_memory_fraction),
        )
        if session_config is None and (num_cores or log_device_placement or gpu_memory_fraction != 1):
            session_config = threads
        super().__init__(
            model_dir=model_dir,
            tf_random_seed=tf_random_seed,
            save_summary_steps=save_summary_steps,
            save_checkpoints_steps=save_checkpoints_steps,
            save_checkpoints_secs=save_checkpoints_secs,
            session_config=session_config,
            keep_checkpoint_max=keep_checkpoint_max,
            keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
            log_step_count_steps=log_step_count_steps,
            protocol=protocol,
            session_creation_timeout_secs=session_creation_timeout_secs,
        )

    @property
    def environment(self) -> str:
        """What TF_CONFIG says of where this runs; "local" if it says nothing."""
        found: str = self._environment_of_task
        return found

    def get_task_id(self) -> int:
        """Return the number of this task."""
        return int(self.task_id)

    @property
    def tf_config(self) -> Any:
        """The ConfigProto of sessions."""
        return self.session_config
