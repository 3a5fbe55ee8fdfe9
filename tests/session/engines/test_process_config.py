"""`tf.config`: what is set for the process holds for sessions made later; values are TensorFlow 1.15.5's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sessile.session.devices import process_config

import sessile as tf

experimental: Any = tf.config.experimental


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is set, and nothing stays."""
    monkeypatch.setattr(process_config, "_set", process_config._Settings())
    yield


def _config() -> Any:
    with tf.Graph().as_default(), tf.Session() as session:
        return session._config


def test_nothing_is_set_at_first() -> None:
    """Then sessions have no ConfigProto."""
    assert _config() is None
    assert tf.config.threading.get_intra_op_parallelism_threads() == 0
    assert tf.config.threading.get_inter_op_parallelism_threads() == 0
    assert tf.config.get_soft_device_placement() is False and tf.config.optimizer.get_jit() is False
    assert tf.config.optimizer.get_experimental_options() == {
        "disable_model_pruning": False, "disable_meta_optimizer": False
    }  # fmt: skip
    assert experimental.get_device_policy() == "silent" and experimental.get_synchronous_execution() is True


def test_sessions_take_what_is_set_where_their_config_says_nothing() -> None:
    """What it says goes first; a session's own message stays as it was."""
    tf.config.threading.set_intra_op_parallelism_threads(3)
    tf.config.threading.set_inter_op_parallelism_threads(4)
    tf.config.set_soft_device_placement(True)
    tf.config.optimizer.set_jit(True)
    tf.config.optimizer.set_experimental_options({"constant_folding": False, "remapping": True, "other": 1})
    tf.debugging.set_log_device_placement(True)
    found = _config()
    assert (found.intra_op_parallelism_threads, found.inter_op_parallelism_threads) == (3, 4)
    assert found.allow_soft_placement and found.log_device_placement
    assert found.graph_options.optimizer_options.global_jit_level == tf.OptimizerOptions.ON_1
    assert (
        found.graph_options.rewrite_options.constant_folding == 2 and found.graph_options.rewrite_options.remapping == 1
    )
    own = tf.ConfigProto(intra_op_parallelism_threads=1)
    with tf.Graph().as_default(), tf.Session(config=own) as session:
        x = tf.placeholder(tf.float32)
        assert session.run(x * 2.0, {x: 3.0}) == 6
        assert session._config.intra_op_parallelism_threads == 1 and session._config.inter_op_parallelism_threads == 4
    assert own == tf.ConfigProto(intra_op_parallelism_threads=1)
    assert tf.config.optimizer.get_experimental_options()["constant_folding"] is False
    assert tf.debugging.get_log_device_placement() is True


def test_devices() -> None:
    """The CPU, and no GPU; what programs ask before they use one."""
    (cpu,) = experimental.list_physical_devices()
    assert str(cpu) == "PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')"
    assert experimental.list_physical_devices("GPU") == [] == experimental.list_logical_devices("GPU")
    assert experimental.list_logical_devices("CPU") == [("/job:localhost/replica:0/task:0/device:CPU:0", "CPU")]
    experimental.set_visible_devices([], "GPU")
    experimental.set_visible_devices(cpu, "CPU")
    assert experimental.get_visible_devices() == [cpu]
    for gpu in experimental.list_physical_devices("GPU"):
        experimental.set_memory_growth(gpu, True)
    with pytest.raises(ValueError, match="Cannot set memory growth on non-GPU devices"):
        experimental.set_memory_growth(cpu, True)
    with pytest.raises(ValueError, match="Sessions need the CPU"):
        experimental.set_visible_devices([], "CPU")
    with pytest.raises(ValueError, match="Unrecognized device"):
        experimental.set_visible_devices(("x", "GPU"))


def test_the_cpu_is_split() -> None:
    """Into devices that operations are placed on."""
    (cpu,) = experimental.list_physical_devices("CPU")
    assert experimental.get_virtual_device_configuration(cpu) is None
    experimental.set_virtual_device_configuration(cpu, [experimental.VirtualDeviceConfiguration()] * 2)
    assert len(experimental.list_logical_devices()) == len(experimental.get_virtual_device_configuration(cpu)) == 2
    with tf.Graph().as_default(), tf.device("/cpu:1"), tf.Session() as session:
        assert session.run(tf.constant(1) + 1) == 2
        assert len(session.list_devices()) == 2
    with pytest.raises(ValueError, match="memory limit"):
        experimental.set_virtual_device_configuration(cpu, [experimental.VirtualDeviceConfiguration(5)])
    with pytest.raises(ValueError, match="At least one"):
        experimental.set_virtual_device_configuration(cpu, [])


def test_what_concerns_eager_execution_is_remembered() -> None:
    """And does nothing else."""
    experimental.set_device_policy("warn")
    experimental.set_synchronous_execution(False)
    assert experimental.get_device_policy() == "warn" and experimental.get_synchronous_execution() is False
    with pytest.raises(ValueError, match="Invalid device_policy argument: loud"):
        experimental.set_device_policy("loud")
