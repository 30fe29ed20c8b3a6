"""Responses that are created immediately but sent later, when they are outdated."""

import asyncio


class HeldAnswers:
    """The responses that the fault `held` delays."""

    def __init__(self) -> None:
        """Initialize without any response."""
        self._waiting: list[asyncio.Future[None]] = []

    def __len__(self) -> int:
        """Return how many are delayed."""
        return sum(not future.done() for future in self._waiting)

    async def hold(self) -> None:
        """Delay a response until it is released."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await future
        finally:
            self._waiting.remove(future)

    def release(self) -> int:
        """Send all delayed responses; return how many there were."""
        count = 0
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
                count += 1
        return count
