"""Firmware: what becomes of a flash."""
