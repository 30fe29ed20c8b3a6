"""Benchmarks of the integration, compared to a minimal integration or client."""
