"""A simulation of the Particle Cloud on loopback, for tests, the demo and benchmarks."""

from .clock import Clock
from .cloud import SimulatedCloud
from .programs import Program
from .settings import Settings
from .world import Board, World

__all__ = ["Board", "Clock", "Program", "Settings", "SimulatedCloud", "World"]
