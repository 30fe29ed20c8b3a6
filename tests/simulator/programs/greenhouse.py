"""A greenhouse: temperature and humidity drift, a pump waters the soil."""

import math
import random
from typing import override

from tests.simulator.jsontext import dumps

from .base import Program

_STEP = 10.0
_REPORT_EVERY = 3


class GreenhouseProgram(Program):
    """Reads a climate sensor, switches a pump, publishes `greenhouse/reading`."""

    def __init__(self, seed: int = 1) -> None:
        """Initialize with mild weather."""
        super().__init__(
            {
                "temperature": 21.5,
                "humidity": 62.0,
                "soil": 430,
                "pump": False,
                "target": 22.0,
                "mode": "auto",
            },
            {"setTarget": self._set_target, "pump": self._pump, "setMode": self._set_mode},
        )
        self._random = random.Random(seed)
        self._seconds = 0.0

    def _set_target(self, argument: str) -> int:
        """Set the wanted temperature in degrees Celsius."""
        try:
            target = float(argument)
        except ValueError:
            return -1
        if not 5 <= target <= 40:
            return -1
        self.set("target", target)
        return round(target)

    def _pump(self, argument: str) -> int:
        """Switch the pump: on, off or toggle."""
        match argument.strip().lower():
            case "on" | "1" | "true":
                state = True
            case "off" | "0" | "false":
                state = False
            case "toggle":
                state = not self.values["pump"]
            case _:
                return -1
        if state != self.values["pump"]:
            self.set("pump", state)
            self.board.publish("greenhouse/pump", "on" if state else "off")
        return int(state)

    def _set_mode(self, argument: str) -> int:
        """Set the mode: auto or manual."""
        if argument not in ("auto", "manual"):
            return -1
        self.set("mode", argument)
        return 0

    def report(self) -> None:
        """Publish a reading."""
        names = ("temperature", "humidity", "soil", "pump")
        self.board.publish("greenhouse/reading", dumps({name: self.values[name] for name in names}))

    def step(self) -> None:
        """Simulate the next step of the climate."""
        self._seconds += _STEP
        wave = math.sin(self._seconds / 300) * 4
        temperature = 22 + wave + self._random.uniform(-0.2, 0.2)
        self.set("temperature", round(temperature, 2))
        self.set("humidity", round(60 - wave * 2 + self._random.uniform(-0.5, 0.5), 1))
        soil = int(self.values["soil"]) + (25 if self.values["pump"] else -3)
        self.set("soil", min(900, max(100, soil)))
        if self.values["mode"] == "auto":
            if soil < 300:
                self._pump("on")
            elif soil > 600:
                self._pump("off")

    @override
    async def run(self) -> None:
        """Simulate the climate forever; publish every third step."""
        count = 0
        while True:
            await self.board.clock.sleep(_STEP)
            self.step()
            count += 1
            if count % _REPORT_EVERY == 0:
                self.report()
