"""A garage with a motorized door and a light."""

from typing import override

from .base import Program

_SECONDS_FOR_A_STEP = 1.0
_STEP = 10


class GarageProgram(Program):
    """Moves a door, publishes `door/opening`, `door/open`, `door/closing`, `door/closed`."""

    def __init__(self) -> None:
        """Initialize with a closed door."""
        super().__init__(
            {"door": "closed", "position": 0, "motor": False, "light": False, "cycles": 0},
            {"door": self._door, "light": self._light},
        )
        self._target = 0
        self._moving = False

    def _door(self, argument: str) -> int:
        """Open, close or stop the door, or move it to a position in percent."""
        match argument.strip().lower():
            case "open":
                target = 100
            case "close":
                target = 0
            case "stop":
                target = int(self.values["position"])
            case number if number.isdecimal() and int(number) <= 100:
                target = int(number)
            case _:
                return -1
        self._target = target
        if target != self.values["position"]:
            self._announce()
            if not self._moving:
                self._moving = True
                self.board.spawn(self._move())
        return target

    def _light(self, argument: str) -> int:
        """Switch the light on or off."""
        if argument not in ("on", "off"):
            return -1
        self.set("light", argument == "on")
        self.board.publish("garage/light", argument)
        return int(argument == "on")

    def _announce(self) -> None:
        """Publish the direction of the door, unless it is already moving that way."""
        direction = "opening" if self._target > int(self.values["position"]) else "closing"
        if self.values["door"] == direction:
            return
        self.set("door", direction)
        self.set("motor", True)
        self.board.publish(f"door/{direction}", str(self.values["position"]))

    async def _move(self) -> None:
        """Run the motor until the door has reached its target."""
        try:
            while (position := int(self.values["position"])) != self._target:
                await self.board.clock.sleep(_SECONDS_FOR_A_STEP)
                change = max(-_STEP, min(_STEP, self._target - position))
                self.set("position", position + change)
        finally:
            self._moving = False
        self.set("motor", False)
        state = {0: "closed", 100: "open"}.get(self._target, "stopped")
        self.set("door", state)
        if state == "open":
            self.set("cycles", int(self.values["cycles"]) + 1)
        self.board.publish(f"door/{state}", str(self._target))

    @override
    async def run(self) -> None:
        """Open and close the door periodically, as if someone came home."""
        while True:
            await self.board.clock.sleep(120)
            if not self._moving:
                self._door("open" if self.values["position"] == 0 else "close")
