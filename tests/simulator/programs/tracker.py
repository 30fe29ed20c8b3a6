"""A tracker that drives in a circle and publishes its location."""

import math
from typing import Any, override

from tests.simulator.jsontext import dumps

from .base import Program

_INTERVAL = 30.0


class TrackerProgram(Program):
    """Publishes `loc` in the format of Particle's Tracker firmware."""

    def __init__(
        self, latitude: float = 52.52, longitude: float = 13.405, start: float = 0
    ) -> None:
        """Initialize at a location."""
        super().__init__(
            {"speed": 0.0, "temperature": 25.5, "lock": True},
            {"cmd": self._cmd, "locate": self._locate},
        )
        self.home = (latitude, longitude)
        self.angle = start
        self._request = 0

    @property
    def location(self) -> tuple[float, float]:
        """Latitude and longitude in degrees."""
        latitude, longitude = self.home
        return (
            round(latitude + 0.01 * math.sin(self.angle), 6),
            round(longitude + 0.016 * (math.cos(self.angle) - 1), 6),
        )

    def _cmd(self, argument: str) -> int:
        """Carry out a command of the Tracker firmware, given as JSON text."""
        if '"get_loc"' not in argument:
            return -22
        return self._locate("user")

    def _locate(self, argument: str) -> int:
        """Publish the location immediately."""
        self.report(argument or "user")
        return 0

    def report(self, trigger: str = "time") -> None:
        """Publish the location."""
        self._request += 1
        place = self.place()
        payload = {
            "cmd": "loc",
            "time": place["time"],
            "loc": place,
            "trig": [trigger],
            "req_id": self._request,
        }
        self.board.publish("loc", dumps(payload))
        self.board.locate(*self.location, place)

    def place(self) -> dict[str, Any]:
        """Return the location as the tracker publishes it."""
        latitude, longitude = self.location
        return {
            "lck": 1,
            "time": int(self.board.clock.now().timestamp()),
            "lat": latitude,
            "lon": longitude,
            "alt": 41.2,
            "hd": round(math.degrees(self.angle) % 360, 1),
            "spd": self.values["speed"],
            "h_acc": 3.1,
            "v_acc": 4.2,
            "cell": 37.5,
            "batt": 78.2,
            "temp": self.values["temperature"],
        }

    @override
    def vitals(self) -> dict[str, Any]:
        """Return the state of the battery."""
        return {"power": {"battery": {"charge": 78.2, "state": "charging"}, "source": "VIN"}}

    @override
    async def run(self) -> None:
        """Drive forever."""
        while True:
            await self.board.clock.sleep(_INTERVAL)
            self.angle += 0.15
            self.set("speed", 13.5)
            self.report()
