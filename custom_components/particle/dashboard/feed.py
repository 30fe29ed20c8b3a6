"""A JSON object that a card follows: sent once in pieces, and then only what changes in it."""

from asyncio import TimerHandle
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .merge_patch import merge_patch

# A change is sent at once, and further ones together at most this often, in seconds.
INTERVAL: Final = 0.25

# So many keys are looked at in one turn of the event loop; a fleet has thousands.
MAX_KEYS: Final = 100


class Feed:
    """Sends patches of a JSON object, each with whether the object is complete now.

    What is looked at are whole keys of the object; what is sent is what has changed in them.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        build: Callable[[Collection[str]], Mapping[str, Any]],
        send: Callable[[dict[str, Any]], None],
    ) -> None:
        """Initialize the feed; nothing is sent yet.

        Args:
            hass: Home Assistant.
            build: Returns the present values of some keys; a key that it leaves out is gone.
            send: Sends ``{"patch": …, "complete": …, "now": …}`` to the card; ages count from that time,
                because the clock of a browser may be wrong.
        """
        self._loop = hass.loop
        self._build = build
        self._send = send
        self._sent: dict[str, Any] = {}
        # In the order in which they were marked; a set has none.
        self._marked: dict[str, None] = {}
        self._timer: TimerHandle | None = None
        self._next_flush = 0.0
        self._complete = False
        self._stopped = False

    @callback
    def async_mark(self, *keys: str) -> None:
        """Look at some keys, and send what has changed in them."""
        self._marked.update(dict.fromkeys(keys))
        if self._timer is None and not self._stopped:
            self._timer = self._loop.call_at(self._next_flush, self._flush)

    @callback
    def async_stop(self) -> None:
        """Send nothing any more."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @callback
    def _flush(self) -> None:
        self._timer = None
        keys = [*self._marked][:MAX_KEYS]
        for key in keys:
            del self._marked[key]
        present = self._build(keys)
        patch = merge_patch({key: self._sent.pop(key, None) for key in keys}, present)
        self._sent.update(present)
        # The rest of a fleet follows in the next turn.
        complete = not self._marked
        self._next_flush = self._loop.time() + (INTERVAL if complete else 0)
        if not complete:
            self.async_mark()
        if patch or (complete and not self._complete):
            now = dt_util.utcnow().isoformat()
            self._send({"patch": patch, "complete": complete, "now": now})
        self._complete = complete
