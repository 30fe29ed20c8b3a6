"""Tests of the simulated cloud itself: a plain HTTP client over real sockets."""
