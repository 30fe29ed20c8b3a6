"""Faults and response formats that can be switched on by name while the cloud runs."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

REQUEST_FAULTS = {
    "unauthorized": "401 invalid_token for a valid token",
    "forbidden": "403 (body=JSON replaces the body)",
    "rate_limited": "429 (retry_after=seconds or HTTP date, no header by default)",
    "overloaded": "529 (retry_after=seconds or HTTP date, no header by default)",
    "server_error": "5xx (status=500 by default); JSON body of the OAuth layer",
    "proxy_html": "200 with an HTML page of a proxy",
    "bad_gateway": "502 with an HTML page of a proxy (status=502)",
    "not_json": "200 application/json with a truncated body",
    "empty": "200 application/json without a body",
    "slow": "the response is late (seconds=5); the call has been carried out",
    "own_server": "behaves like @brewskey/spark-server, a server that users run themselves",
    "held": "the response is created immediately, but only sent at cloud.held.release(), "
    "so that it is outdated",
    "hang": "no response; the call is not carried out",
    "dripping_head": "the response headers never end: one byte at a time (every seconds=1)",
    "endless_continue": "100 Continue again and again, but no response (every seconds=1)",
    "reset": "the connection is reset before the response (executed=true: the call has "
    "been carried out)",
    "cloud_down": "the port is closed; open connections are cut",
}
STREAM_FAULTS = {
    "no_ok": "a stream starts without the :ok line",
    "closes_at_once": "a stream returns 200 and ends (after=seconds, 0 by default)",
    "silent": "no keep-alive newlines; events are still sent",
    "half_open": "nothing is sent on open streams, but their sockets stay open (new=true: "
    "also on later ones)",
    "cut_in_block": "the connection is reset in the middle of an event block (clean=true: closed)",
    "crlf": "lines end with CR LF",
    "cr": "lines end with CR",
    "several_data_lines": "the JSON is spread over several data: lines",
    "no_event_name": "blocks do not have an event: line",
    "broken_json": "the data is not JSON",
    "not_an_object": "the data is a JSON list instead of an object",
    "huge_block": "an event block is very large (size=1000000 bytes)",
    "raw_separators": "the data contains U+0085, U+2028 and U+2029 without escapes",
    "split_writes": "blocks are written in small pieces (size=7 bytes)",
    "comments": "there are comment lines between the lines of a block",
    "id_and_retry": "blocks contain id: and retry: lines",
    "duplicate_events": "every event is sent twice",
    "out_of_order": "two events are swapped",
    "coreid_api": "events have the coreid api",
    "coreid_internal": "events have the coreid particle-internal",
    "null_data": "an empty payload is null instead of an empty string",
    "clock_ahead": "events are dated in the future (seconds=2000000000, may be negative; "
    "event=prefix of the name; device=id)",
}
BOARD_FAULTS = {
    "offline_at_once": "calls to offline boards fail immediately with 404",
    "offline_408": "calls to offline boards fail with 408, including function calls",
    "offline_hang": "calls to offline boards get no response",
    "no_answer": "online boards do not respond to function calls and variable reads, as "
    "if they were offline",
    "function_not_ok": "a function call returns 200 with ok false (error=text)",
    "function_refuses": "functions return -1",
    "ping_offline": "a ping reports offline",
    "vitals_error_leaf": "a value of the vitals is an error object",
    "quota_used_up": "the data operations of the month are used up (status=403)",
    "flash_offline": "the board is offline when it is flashed",
    "flash_transfer_failed": "the transfer of a flash fails",
    "flash_safe_mode": "after a flash the board is in safe mode",
    "flash_never_returns": "after a flash the board does not come back online",
    "flash_wrong_platform": "the board rejects the binary: made for another platform",
    "flash_old_firmware": "after a flash the board runs its old firmware again",
    "flash_event_order": "the events after a flash are sent in a different order "
    "(order=NAME or list; missing=list; apart=simulated seconds)",
    "configuration_rejected": "a device rejects its configuration",
    "compile_error": "the source does not compile",
    "compile_timeout": "the compiler takes too long",
}
SHAPES = {
    "ttl_string": "ttl is a string, as documented and in 2016",
    "connected_only": "devices have connected but not online, as before 2019",
    "descriptions_empty": "functions and variables of offline boards are empty, not null",
    "descriptions_absent": "functions and variables of offline boards are omitted",
    "descriptions_null": "functions and variables are null, even for online boards",
    "descriptions_late": "functions and variables of a board that connects are available "
    "later (seconds=10, simulated)",
    "unknown_device_404": "404 instead of 403 for unknown devices",
    "unknown_variable_text": "the error for an unknown variable is 'Unknown Variable: NAME'",
    "product_array": "a product is returned as a list with one item, as in May 2018",
    "no_updated_at": "the response to a changed device has no updated_at, as in 2015",
    "stream_limit_429": "429 instead of 529 for too many streams",
    "unknown_keys": "devices have unknown keys and null values",
    "expires_in_string": "expires_in of a token is a string, as documented",
    "token_client_id": "the client of the current token is in client_id, as in the official client",
    "list_tokens": "GET /v1/access_tokens exists, as before October 2024",
    "firehose": "GET /v1/events streams the public events of all users, as it once did",
    "hook_created_200": "200 for a created webhook, as in 2015",
    "hook_deleted_200": "200 with a body for a deleted webhook, as in 2015",
    "integrations_wrapped": "lists of integrations are wrapped in an object",
    "integration_created_wrapped": "a created integration is wrapped in an object without ok",
    "app_hash_upper": "the application hash is in upper case, as in 2016",
    "flash_status_stripped": "flash status events have no trailing space",
    "claim_2015": "the response to a claim has user_id and connected, as in 2015",
    "hook_sent_undefined": "hook-sent events have the data undefined",
}
# Token requests have no token, so these faults apply to them only with `only="token"`.
_NOT_FOR_TOKENS = ("unauthorized", "forbidden")
CATALOGUE = {**REQUEST_FAULTS, **STREAM_FAULTS, **BOARD_FAULTS, **SHAPES}


@dataclass(slots=True)
class Fault:
    """A fault that is switched on.

    Attributes:
        left: How often it still occurs; None for always.
        until: End by the clock of the event loop, which tests do not freeze; None for no end.
    """

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    left: int | None = None
    until: float | None = None
    path: str | None = None
    method: str | None = None
    only: str | None = None
    device: str | None = None
    timer: asyncio.TimerHandle | None = None

    def option(self, name: str, default: Any = None) -> Any:
        """Return an option or its default."""
        return self.options.get(name, default)

    def as_json(self) -> dict[str, Any]:
        """Return the fault for the control API."""
        shown = {
            "count": self.left,
            "path": self.path,
            "method": self.method,
            "only": self.only,
            "device": self.device,
            **self.options,
        }
        return {"name": self.name, **{key: item for key, item in shown.items() if item is not None}}


class Faults:
    """The faults that are switched on.

    Attributes:
        listeners: Called with the name and the new state when a fault is switched.
        struck: Names of the faults that have had an effect so far.
    """

    def __init__(self) -> None:
        """Initialize without any fault."""
        self._active: dict[str, Fault] = {}
        self.struck: set[str] = set()
        self.listeners: list[Callable[[str, bool], None]] = []

    def set(
        self,
        name: str,
        *,
        count: int | None = None,
        duration: float | None = None,
        path: str | None = None,
        method: str | None = None,
        only: str | None = None,
        device: str | None = None,
        **options: Any,
    ) -> None:
        """Switch a fault on.

        Args:
            name: A name of the catalogue.
            count: How often it occurs before it is switched off.
            duration: Real seconds until it is switched off.
            path: Pattern (`*`) of the request paths that it applies to.
            method: HTTP method that it applies to.
            only: "streams", "token" or "calls": the requests that it applies to.
            device: ID of the board that it is limited to.
            options: Options of the fault itself.

        Raises:
            ValueError: The name is not in the catalogue.
        """
        if name not in CATALOGUE:
            raise ValueError(f"Unknown fault {name!r}; there are: {', '.join(sorted(CATALOGUE))}")
        if only not in (None, "streams", "token", "calls"):
            raise ValueError("only is 'streams', 'token' or 'calls'")
        until = None if duration is None else asyncio.get_running_loop().time() + duration
        self.clear(name)
        fault = Fault(name, options, count, until, path, method, only, device)
        if duration is not None:
            fault.timer = asyncio.get_running_loop().call_later(duration, self.clear, name)
        self._active[name] = fault
        self._notify(name, True)

    def clear(self, name: str | None = None) -> None:
        """Switch one fault off, or all of them."""
        if name is not None and name not in CATALOGUE:
            raise ValueError(f"Unknown fault {name!r}")
        for gone in [name] if name is not None else list(self._active):
            fault = self._active.pop(gone, None)
            if fault is None:
                continue
            if fault.timer is not None:
                fault.timer.cancel()
            self._notify(gone, False)

    def active(self) -> list[Fault]:
        """Return the faults that are switched on."""
        return list(self._active.values())

    def get(self, name: str, *, device: str | None = None) -> Fault | None:
        """Return a fault that is on and applies to this board, without counting it."""
        fault = self._find(name, device)
        if fault is not None:
            self.struck.add(name)
        return fault

    def _find(self, name: str, device: str | None) -> Fault | None:
        fault = self._active.get(name)
        if fault is None or fault.left == 0:
            return None
        if fault.until is not None and asyncio.get_running_loop().time() >= fault.until:
            self.clear(name)
            return None
        if fault.device is not None and fault.device != device:
            return None
        return fault

    def take(self, name: str, *, device: str | None = None) -> Fault | None:
        """Return a fault that is on and applies to this board, and count it."""
        fault = self.get(name, device=device)
        if fault is not None and fault.left is not None:
            fault.left -= 1
            if fault.left <= 0:
                self.clear(name)
        return fault

    def take_for_request(self, name: str, method: str, path: str, kind: str) -> Fault | None:
        """Return a fault that applies to this request, and count it."""
        fault = self._find(name, self._device(name))
        if fault is None:
            return None
        if fault.only is not None and fault.only != kind:
            return None
        if fault.only is None and kind == "token" and name in _NOT_FOR_TOKENS:
            return None
        if fault.method is not None and fault.method.upper() != method:
            return None
        if fault.path is not None and not fnmatchcase(path, fault.path):
            return None
        if fault.device is not None and fault.device not in path:
            return None
        return self.take(name, device=fault.device)

    def _device(self, name: str) -> str | None:
        """Return the board that a fault is limited to."""
        fault = self._active.get(name)
        return fault.device if fault else None

    def _notify(self, name: str, active: bool) -> None:
        """Call the listeners."""
        for listener in self.listeners:
            listener(name, active)
