"""The workloads, one family a file; `bench.registry` puts them into one table."""
