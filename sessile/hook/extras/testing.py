"""`tensorflow.python.framework.test_util`: the class of TensorFlow's own tests."""

from __future__ import annotations

from ...testing.case import TestCase as TensorFlowTestCase

__all__ = ["TensorFlowTestCase"]
