"""Measure the tests: put one small fault at a time into a copy of the code and see whether they fail."""
