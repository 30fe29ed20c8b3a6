"""A boat that runs on a battery: it wakes periodically, reports and sleeps again."""

from typing import Any, override

from tests.simulator.jsontext import dumps

from .base import Program

_AWAKE = 60.0
_ASLEEP = 240.0


class BoatProgram(Program):
    """Publishes `boat/status` each time it wakes."""

    def __init__(self) -> None:
        """Initialize with a charged battery."""
        super().__init__(
            {"battery": 87.1, "bilge": False, "water": 3, "position": "53.5511,9.9937"},
            {"bilgePump": self._bilge_pump},
        )

    def _bilge_pump(self, argument: str) -> int:
        """Switch the bilge pump on or off."""
        if argument not in ("on", "off"):
            return -1
        self.set("bilge", argument == "on")
        if argument == "on":
            self.set("water", 0)
        return int(self.values["water"])

    def report(self) -> None:
        """Publish the state of the boat."""
        names = ("battery", "bilge", "water")
        self.board.publish("boat/status", dumps({name: self.values[name] for name in names}))

    @override
    def vitals(self) -> dict[str, Any]:
        """Return the state of the battery."""
        battery = {"charge": self.values["battery"], "state": "discharging"}
        return {"power": {"battery": battery, "source": "unknown"}}

    @override
    async def run(self) -> None:
        """Wake, report and sleep, forever."""
        while True:
            self.report()
            await self.board.clock.sleep(_AWAKE)
            self.set("battery", round(max(5.0, float(self.values["battery"]) - 0.1), 1))
            self.set("water", int(self.values["water"]) + 1)
            self.board.go_offline()
            await self.board.clock.sleep(_ASLEEP)
            self.board.go_online()
