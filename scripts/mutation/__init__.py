"""Mutation testing: apply one small fault at a time to a copy of the code, and check if tests fail."""
