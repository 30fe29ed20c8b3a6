"""Tests of the Particle integration, its client and the simulated cloud."""

import pytest

# pytest shows both sides of what such a helper compares, too.
pytest.register_assert_rewrite("tests.fault_scenarios")
