"""Conversations with the simulated cloud, written down: what was asked, and what came back.

A transcript is a text file. A line that begins with a method is a request (to the control API if its path begins with `control:`); the indented line below it
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
    @ publish BOARD: NAME DATA
                           publish an event as a board
    @ target STATUS TEXT   answer webhooks so from now on; they are sent to $target
    @ sent COUNT           wait for so many more attempts of webhooks, and show what came to the target
    @ stream PATH          open an event stream; the one before it is closed
    @ read TEXT            read the stream until the text has come, and show it
    @ events [sorted]      show what was published since the last time
    @ operations           show what was paid so far

The clock stands still, so the answers are always the same; random values are written as what they are.
"""

from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
import json
from pathlib import Path
import re
from typing import Any, override

from aiohttp import ClientSession, FormData, web
from aiohttp.test_utils import TestServer

from tests.simulator import SimulatedCloud
from tests.simulator.clock import Clock
from tests.simulator.world import Integration

from .client import Answer, Api, Stream, until

FOLDER = Path(__file__).parent / "transcripts"
START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
_HEADERS = ("Cache-Control", "Pragma", "WWW-Authenticate", "Retry-After", "Location")
_JSON = "application/json; charset=utf-8"
_RANDOM = {
    r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b": "<id>",
    r'(?<="headers": )\{"host"[^}]*\}': "<headers>",
    r"\b[0-9a-f]{32}\.[0-9a-f]{16}\b": "<token of an API user>",
    r"\b[0-9a-f]{40}\b": "<40 hex>",
    r'(?<="claim_code":")[^"]{63}(?=")': "<63 characters>",
    r'(?<="server_nonce":")[^"]{44}(?=")': "<nonce>",
    r"eyJ0eXAi\.[0-9a-f]{32}": "<mfa token>",
    r"\+[0-9a-f]{6}@api\.particle\.io": "+<6 hex>@api.particle.io",
}


class Conversation:
    """One transcript that is being carried out."""

    def __init__(self, cloud: SimulatedCloud, session: ClientSession, target: Target) -> None:
        """Begin as Jane, on the first day."""
        self._cloud = cloud
        self._target = target
        self._attempts = 0
        self._hooks: dict[str, Integration] = {}
        self._streams = AsyncExitStack()
        self._stream: Stream | None = None
        self._api = Api(cloud, session, cloud.access_token)
        self._kept: dict[str, str] = {"target": target.url}
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
        await self._streams.aclose()
        return "\n".join(written) + "\n"

    async def _request(self, line: str) -> str:
        """Send a request; return its answer as a line."""
        for name, value in self._kept.items():
            line = line.replace(f"${name}", value)
        method, path, *rest = line.split(" ", 2)
        options = _body(rest[0]) if rest else {}
        options["headers"] = {**options.get("headers", {}), **self._headers}
        self._headers = {}
        api = self._api
        if path.startswith("control:"):
            path = path.removeprefix("control:")
            api = Control(self._cloud, self._api.session)
        self._answer = answer = await api(method, path, **options)
        shown = [str(answer.status)]
        kind = answer.headers.get("Content-Type", "")
        if answer.text and kind != _JSON:
            shown.append(f"[Content-Type: {kind}]")
        shown += [
            f"[{name}: {answer.headers[name]}]" for name in _HEADERS if name in answer.headers
        ]
        return self._plain(" ".join([*shown, _line(answer.text)]).rstrip())

    def _plain(self, text: str) -> str:
        """Return a text with what is random, or another every time, written as what it is."""
        places = {self._cloud.base_url: "http://cloud", self._target.url: "http://target"}
        for place, name in places.items():
            text = text.replace(place, name)
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
            case "publish":
                board, _, event = rest.partition(": ")
                cloud.world.publish(board, *event.split(" ", 1))
            case "target":
                status, _, self._target.text = rest.partition(" ")
                self._target.status = int(status)
            case "sent":
                return await self._sent(int(rest))
            case "stream":
                await self._streams.aclose()
                self._stream = await self._streams.enter_async_context(self._api.stream(rest))
            case "read":
                return [_line(self._plain(await self._read(rest.replace("\u23ce", "\n"))))]
            case "events":
                shown = self._events()
                return sorted(shown) if rest == "sorted" else shown
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

    async def _read(self, text: str) -> str:
        """Read the stream until a text has come, and to the end of its block."""
        assert self._stream is not None
        self._stream.received = b""
        received = await self._stream.until(text)
        while not received.endswith(("\n\n", "\r\n\r\n", "\r\r")):
            self._stream.received += await self._stream.response.content.readany()
            received = self._stream.received.decode()
        return received

    async def _sent(self, count: int) -> list[str]:
        """Wait for attempts of webhooks; return what came to their target."""
        self._attempts += count

        def attempts() -> int:
            self._hooks |= self._cloud.world.integrations
            return sum(one.succeeded + one.failed + one.slept for one in self._hooks.values())

        await until(lambda: attempts() >= self._attempts)
        came, self._target.requests = sorted(self._target.requests), []
        return [self._plain(request) for request in came]

    def _events(self) -> list[str]:
        """Return what was published since the last time."""
        history = list(self._cloud.world.events.history)
        new, self._seen = history[self._seen :], len(history)
        return [
            self._plain(f"{event.name} {json.dumps(event.as_json(), separators=(',', ':'))}")
            for event in new
        ]


class Target:
    """What webhooks are sent to; it takes down what comes."""

    def __init__(self) -> None:
        """Answer with an empty 200."""
        self.url = ""
        self.status = 200
        self.text = ""
        self.requests: list[str] = []

    async def serve(self, request: web.Request) -> web.Response:
        """Take a request down."""
        kept = [
            f"[{name}: {value}]"
            for name, value in sorted(request.headers.items())
            if name not in ("Host", "Accept", "Accept-Encoding", "Content-Length")
        ]
        body = _line(await request.text())
        self.requests.append(" ".join([request.method, request.path_qs, *kept, body]).rstrip())
        return web.Response(text=self.text, status=self.status)


class Control(Api):
    """Calls the control API."""

    @override
    async def __call__(self, method: str, path: str, **options: Any) -> Answer:
        """Send a request."""
        url = self.cloud.control_url + path
        async with self.session.request(method, url, **options) as response:
            return Answer(response.status, dict(response.headers), await response.text())


def _line(text: str) -> str:
    """Return a text as one line."""
    text = text.replace("\r\n", "\u240d\u23ce").replace("\r", "\u240d").replace("\n", "\u23ce")
    return "".join(f"<U+{ord(one):04X}>" if one in "\x85\u2028\u2029" else one for one in text)


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
    target, app = Target(), web.Application()
    app.router.add_route("*", "/{tail:.*}", target.serve)
    async with (
        SimulatedCloud(clock=Clock(speed=0, start=START), offline_wait=0.01) as cloud,
        ClientSession() as session,
        TestServer(app) as server,
    ):
        target.url = str(server.make_url("")).rstrip("/")
        cloud.limits.enabled = False
        return await Conversation(cloud, session, target).carry_out(text)


def transcripts() -> Iterator[Path]:
    """Return all transcripts."""
    return iter(sorted(FOLDER.glob("*.txt")))
