"""The program that runs on a board: its variables, its functions and its own activity."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulator.world.boards import Board

type Value = bool | int | float | str
type Function = Callable[[str], int | Awaitable[int]]


def type_of(value: Value) -> str:
    """Return the API's name for the type of a variable."""
    match value:
        case bool():
            return "bool"
        case int():
            return "int32"
        case float():
            return "double"
        case _:
            return "string"


class Program:
    """A firmware without variables and functions, which does nothing.

    A variable keeps the type of its first value.
    """

    def __init__(
        self,
        variables: Mapping[str, Value] | None = None,
        functions: Mapping[str, Function] | None = None,
    ) -> None:
        """Register variables with their initial values, and functions."""
        self.values: dict[str, Value] = dict(variables or {})
        self.types = {name: type_of(value) for name, value in self.values.items()}
        self.functions: dict[str, Function] = dict(functions or {})
        self.subscriptions: dict[str, Callable[[str, str], None]] = {}
        self._board: Board | None = None

    @property
    def board(self) -> Board:
        """The board that the program runs on."""
        if self._board is None:
            raise RuntimeError("The program runs on no board yet")
        return self._board

    def attach(self, board: Board) -> None:
        """Install the program on a board."""
        self._board = board
        if self.subscriptions:
            board.world.subscribers[board.id] = board

    def set(self, name: str, value: Value) -> None:
        """Change a variable without changing its type.

        Raises:
            KeyError: There is no such variable.
            TypeError: The value does not have the type.
        """
        wanted = self.types[name]
        if wanted == "double" and type_of(value) == "int32":
            value = float(value)
        if type_of(value) != wanted:
            raise TypeError(f"{name} is {wanted}, not {type_of(value)}")
        self.values[name] = value

    def subscribe(self, prefix: str, handler: Callable[[str, str], None]) -> None:
        """Subscribe to the events whose name starts with a prefix."""
        self.subscriptions[prefix] = handler
        if self._board is not None:
            self._board.world.subscribers[self._board.id] = self._board

    async def run(self) -> None:
        """Run the board's own activity, forever."""

    def vitals(self) -> dict[str, Any]:
        """Return the vitals of the board that the program overrides."""
        return {}
