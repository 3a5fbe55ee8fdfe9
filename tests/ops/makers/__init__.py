"""One call of every operation type, right and wrong ones, for the tests that go through the registry."""
