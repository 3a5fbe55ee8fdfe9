"""What `sessile.test` holds: a TestCase that runs graphs, and functions for tests."""
