"""Conversations with the simulated cloud, written down: what was asked, and what came back.

A transcript is a text file. A line that begins with a method is a request; the indented line below it
is the answer. `form:` before a body makes it a form, `file:` a multipart upload of `name=content & field=value`.
Lines with `@` do something else, lines with `#` say what it is about.

    @ as NAME              call with the token of jane, machine (an API user) or nobody, or with one that
                           was kept
    @ keep PATH as NAME    keep a value of the last answer, to call with it or to write $NAME
    @ header NAME: VALUE   send a header with the next request
    @ wait SECONDS         let time pass
    @ fault NAME {…}       switch a fault on, with its options
    @ clear                switch all faults off
    @ online NAME          connect a board; @ offline NAME disconnects it
    @ board NAME {…}       change attributes of a board; @ user, @ settings and @ limits likewise
    @ events               show what was published since the last time
    @ operations           show what was paid so far

The clock stands still, so the answers are always the same; random values are written as what they are.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
import json
from pathlib import Path
import re
from typing import Any

from aiohttp import ClientSession, FormData

from tests.simulator import SimulatedCloud
from tests.simulator.clock import Clock

from .client import Answer, Api

FOLDER = Path(__file__).parent / "transcripts"
START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
_HEADERS = ("Cache-Control", "Pragma", "WWW-Authenticate", "Retry-After", "Location")
_JSON = "application/json; charset=utf-8"
_RANDOM = {
    r"\b[0-9a-f]{32}\.[0-9a-f]{16}\b": "<token of an API user>",
    r"\b[0-9a-f]{40}\b": "<40 hex>",
    r'(?<="claim_code":")[^"]{63}(?=")': "<63 characters>",
    r'(?<="server_nonce":")[^"]{44}(?=")': "<nonce>",
    r"eyJ0eXAi\.[0-9a-f]{32}": "<mfa token>",
    r"\+[0-9a-f]{6}@api\.particle\.io": "+<6 hex>@api.particle.io",
}


class Conversation:
    """One transcript that is being carried out."""

    def __init__(self, cloud: SimulatedCloud, session: ClientSession) -> None:
        """Begin as Jane, on the first day."""
        self._cloud = cloud
        self._api = Api(cloud, session, cloud.access_token)
        self._kept: dict[str, str] = {}
        self._answer: Answer | None = None
        self._headers: dict[str, str] = {}
        self._seen = 0

    async def carry_out(self, text: str) -> str:
        """Carry a transcript out; return it with the answers that came."""
        written: list[str] = []
        for line in text.splitlines():
            if line.startswith("  "):
                continue
            written.append(line)
            if line.startswith(_METHODS):
                written.append("  " + await self._request(line))
            elif line.startswith("@ "):
                written += [f"  {shown}" for shown in await self._do(line.removeprefix("@ "))]
        return "\n".join(written) + "\n"

    async def _request(self, line: str) -> str:
        """Send a request; return its answer as a line."""
        for name, value in self._kept.items():
            line = line.replace(f"${name}", value)
        method, path, *rest = line.split(" ", 2)
        options = _body(rest[0]) if rest else {}
        options["headers"] = {**options.get("headers", {}), **self._headers}
        self._headers = {}
        self._answer = answer = await self._api(method, path, **options)
        shown = [str(answer.status)]
        kind = answer.headers.get("Content-Type", "")
        if answer.text and kind != _JSON:
            shown.append(f"[Content-Type: {kind}]")
        shown += [
            f"[{name}: {answer.headers[name]}]" for name in _HEADERS if name in answer.headers
        ]
        body = answer.text.replace("\r\n", "\n").replace("\n", "\u23ce")
        return self._plain(" ".join([*shown, body]).rstrip())

    def _plain(self, text: str) -> str:
        """Return a text with what is random, or another every time, written as what it is."""
        text = text.replace(self._cloud.base_url, "http://cloud")
        for pattern, name in _RANDOM.items():
            text = re.sub(pattern, name, text)
        return text

    async def _do(self, line: str) -> list[str]:
        """Do what a line with `@` says; return what it shows."""
        cloud = self._cloud
        verb, _, rest = line.partition(" ")
        name, brace, options = rest.partition(" {")
        fields = json.loads("{" + options) if brace else {}
        match verb:
            case "as":
                self._api = self._api.using(self._token(rest))
            case "keep":
                self._keep(*rest.split(" as "))
            case "header":
                self._headers[rest.partition(": ")[0]] = rest.partition(": ")[2]
            case "wait":
                await cloud.clock.advance(float(rest))
            case "fault":
                cloud.faults.set(name, **fields)
            case "clear":
                cloud.faults.clear()
            case "online" | "offline":
                cloud.world.set_online(rest, verb == "online")
            case "events":
                return self._events()
            case "operations":
                return [json.dumps(dict(cloud.operations.by_kind))]
            case _:
                _change(self._things()[verb](name), fields)
        return []

    def _things(self) -> dict[str, Callable[[str], Any]]:
        """Return how to find what a line changes."""
        return {
            "board": self._cloud.world.board,
            "user": lambda name: self._cloud.world.users[name],
            "settings": lambda _: self._cloud.settings,
            "limits": lambda _: self._cloud.limits,
        }

    def _token(self, name: str) -> str | None:
        """Return a token by the name of who has it."""
        cloud = self._cloud
        known = {"jane": cloud.access_token, "machine": cloud.api_user_token, "nobody": None}
        return known[name] if name in known else self._kept[name]

    def _keep(self, path: str, name: str) -> None:
        """Keep a value of the last answer."""
        assert self._answer is not None
        value = self._answer.json
        for key in path.split("."):
            value = value[int(key)] if isinstance(value, list) else value[key]
        self._kept[name] = str(value)

    def _events(self) -> list[str]:
        """Return what was published since the last time."""
        history = list(self._cloud.world.events.history)
        new, self._seen = history[self._seen :], len(history)
        return [
            self._plain(f"{event.name} {json.dumps(event.as_json(), separators=(',', ':'))}")
            for event in new
        ]


def _change(thing: Any, fields: dict[str, Any]) -> None:
    """Change attributes of something."""
    for name, value in fields.items():
        getattr(thing, name)
        setattr(thing, name, value)


def _body(text: str) -> dict[str, Any]:
    """Return how to send a body."""
    if text.startswith("form:"):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return {"data": text.removeprefix("form:"), "headers": kind}
    if text.startswith("file:"):
        form = FormData(quote_fields=False)
        for field in text.removeprefix("file:").split(" & "):
            name, _, value = field.partition("=")
            if "." in name:
                form.add_field("file", value.encode().decode("unicode_escape"), filename=name)
            else:
                form.add_field(name, value)
        return {"data": form}
    return {"data": text, "headers": {"Content-Type": "application/json"}}


async def carry_out(text: str) -> str:
    """Carry a transcript out in a cloud of its own."""
    async with (
        SimulatedCloud(clock=Clock(speed=0, start=START), offline_wait=0.01) as cloud,
        ClientSession() as session,
    ):
        cloud.limits.enabled = False
        return await Conversation(cloud, session).carry_out(text)


def transcripts() -> Iterator[Path]:
    """Return all transcripts."""
    return iter(sorted(FOLDER.glob("*.txt")))
