"""Tests of the Particle integration, its client and the simulated cloud."""
