"""`tensorflow.python.ops.resources`, as TensorFlow 1.15 answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import sessile


@pytest.fixture
def resources() -> Iterator[Any]:
    """The module, under TensorFlow's name."""
    sessile.install()
    from tensorflow.python.ops import resources

    yield resources
    sessile.uninstall()


def test_resources_are_noted_made_and_asked_for(resources: Any) -> None:
    assert resources.shared_resources() == []
    assert resources.initialize_resources([]).name == "init"
    nothing = resources.report_uninitialized_resources()
    v = sessile.get_variable("v", [], use_resource=True)
    resources.register_resource(v.handle, v.initializer, v.is_initialized())
    resources.register_resource(1, 2, 3, is_shared=False)
    (noted,) = resources.shared_resources()
    assert (noted.handle, noted.create) == (v.handle, v.initializer)
    assert resources.local_resources() == [(1, 2, 3)]
    absent = resources.report_uninitialized_resources([noted])
    assert absent.name == "report_uninitialized_resources_1/boolean_mask/GatherV2:0"
    with sessile.Session() as sess:
        assert sess.run(nothing).tolist() == []
        assert sess.run(absent).tolist() == [b"v:0"]
        sess.run(resources.initialize_resources([noted]))
        assert sess.run(absent).tolist() == []
