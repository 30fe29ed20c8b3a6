"""Tests of the Particle Cloud client, which knows nothing of Home Assistant."""
