"""Answers that are worked out at once and delivered later: stale when they arrive."""

import asyncio


class HeldAnswers:
    """The answers that the fault `held` keeps back."""

    def __init__(self) -> None:
        """Start with none."""
        self._waiting: list[asyncio.Future[None]] = []

    def __len__(self) -> int:
        """Return how many are kept back."""
        return sum(not future.done() for future in self._waiting)

    async def hold(self) -> None:
        """Keep an answer back until it is released."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await future
        finally:
            self._waiting.remove(future)

    def release(self) -> int:
        """Deliver everything that is kept back; return how much it was."""
        count = 0
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
                count += 1
        return count
