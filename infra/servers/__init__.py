"""The stores beside PostgreSQL as processes of one's own: for tests and benchmarks, in a folder, on free ports."""
