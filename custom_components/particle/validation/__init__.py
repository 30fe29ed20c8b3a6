"""Validation of actions, triggers and conditions, with clear error messages."""
