"""Decoders: variables, outputs, states and gradients as TensorFlow 1's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import sessile as tf
from tests.control_flow.test_recorded import same
from tests.recurrent.decoders import PROGRAMS

RECORDED = json.loads((Path(__file__).parent / "decoded.json").read_text())
DRAWS = {"sample", "scheduled_0.5", "scheduled_1.0", "outputs_False", "outputs_True"}  # a second step draws anew


@pytest.mark.parametrize("name", PROGRAMS)
def test_variables_and_values_are_tensorflows(name: str) -> None:
    feeds, fetches = PROGRAMS[name](tf)
    variables = [[variable.name, variable.shape.as_list()] for variable in tf.global_variables()]
    assert variables == RECORDED[name]["nodes"]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        random = np.random.RandomState(0)
        for variable in tf.trainable_variables():
            if variable.shape.ndims:
                variable.load(random.uniform(-1, 1, variable.shape.as_list()).astype("float32"), session)
        (wanted,) = RECORDED[name]["answers"]
        for _ in range(1 if name in DRAWS else 2):
            same(session.run(fetches, {feed: values[0] for feed, values in feeds}), wanted)
