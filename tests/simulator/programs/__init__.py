"""Programs of simulated boards."""

from .base import Function, Program, Value, type_of
from .boat import BoatProgram
from .garage import GarageProgram
from .greenhouse import GreenhouseProgram
from .tracker import TrackerProgram

__all__ = [
    "BoatProgram",
    "Function",
    "GarageProgram",
    "GreenhouseProgram",
    "Program",
    "TrackerProgram",
    "Value",
    "type_of",
]
