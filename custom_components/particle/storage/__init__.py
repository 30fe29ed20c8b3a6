"""Tolerant reading of the integration's storage files."""
