"""Request bodies: JSON, forms as parsed by qs, and multipart."""

from dataclasses import dataclass, field
import json
import re
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from .errors import bad_request

_KEY = re.compile(r"\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart body."""

    part: str
    filename: str
    content_type: str
    content: bytes


@dataclass(slots=True)
class Body:
    """A parsed request body.

    Attributes:
        kind: "none", "json", "form", "multipart" or "other".
        fields: The object of a JSON body or the fields of a form.
        files: Uploaded files.
        value: The JSON value if it is not an object, or the raw text.
    """

    kind: str = "none"
    fields: dict[str, Any] = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)
    value: Any = None
    broken: str | None = None

    def record(self) -> Any:
        """Return the body in a form that can be recorded and compared."""
        match self.kind:
            case "none":
                return None
            case "multipart":
                files = [
                    {
                        "part": file.part,
                        "filename": file.filename,
                        "content_type": file.content_type,
                        "size": len(file.content),
                    }
                    for file in self.files
                ]
                return {"fields": self.fields, "files": files}
            case "json" | "form" if self.value is None:
                return dict(self.fields)
            case _:
                return self.value


def nest(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return form fields as qs parses them: `a[]=1`, `a[b]=1`, repeated keys as a list."""
    result: dict[str, Any] = {}
    for name, value in pairs:
        head, bracket, rest = name.partition("[")
        inner = _KEY.findall(bracket + rest)
        is_list = bool(inner) and (inner[-1] == "" or inner[-1].isdecimal())
        *parents, last = [head, *inner[:-1]] if is_list else [head, *inner]
        target = result
        for key in parents:
            child = target.setdefault(key, {})
            if not isinstance(child, dict):
                break
            target = child
        earlier = target.get(last)
        if isinstance(earlier, list):
            earlier.append(value)
        elif is_list:
            target[last] = [value]
        else:
            target[last] = value if earlier is None else [earlier, value]
    return result


async def read_body(request: web.Request) -> Body:
    """Read and parse the body of a request by its content type."""
    if not request.body_exists:
        return Body()
    content_type = request.content_type
    if content_type == "multipart/form-data":
        return await _multipart(request)
    raw = await request.read()
    if not raw:
        return Body()
    text = raw.decode(errors="replace")
    if content_type == "application/x-www-form-urlencoded":
        return Body("form", nest(parse_qsl(text, keep_blank_values=True)))
    if content_type == "application/json" or content_type.endswith("+json"):
        try:
            value = json.loads(text)
        except ValueError as error:
            return Body("json", value=text, broken=str(error))
        if isinstance(value, dict):
            return Body("json", value)
        return Body("json", value=value)
    return Body("other", value=text)


async def _multipart(request: web.Request) -> Body:
    """Read a multipart body."""
    pairs: list[tuple[str, str]] = []
    files: list[Upload] = []
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            content = bytes(await part.read(decode=True))
            if part.filename is None:
                pairs.append((part.name or "", content.decode(errors="replace")))
            else:
                kind = part.headers.get("Content-Type", "application/octet-stream")
                files.append(Upload(part.name or "", part.filename, kind, content))
    except (ValueError, HttpProcessingError) as error:
        return Body("multipart", broken=str(error))
    return Body("multipart", nest(pairs), files)


def boolean(value: Any, name: str) -> bool:
    """Return a field as a boolean; in forms it is text."""
    match value.lower() if isinstance(value, str) else value:
        case bool() as known:
            return known
        case "true" | "1" | 1:
            return True
        case "false" | "0" | 0:
            return False
        case _:
            raise bad_request(f"{name} must be a boolean")


def integer(value: Any, name: str) -> int:
    """Return a field as an integer; in forms it is text."""
    if isinstance(value, bool):
        raise bad_request(f"{name} must be a number")
    try:
        return int(str(value))
    except ValueError:
        raise bad_request(f"{name} must be a number") from None


def text(value: Any, name: str) -> str:
    """Return a field as text."""
    if not isinstance(value, str):
        raise bad_request(f"{name} must be a string")
    return value


def texts(value: Any, name: str) -> list[str]:
    """Return a field as a list of strings; a single string becomes a list."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return list(value)
    raise bad_request(f"{name} must be an array of strings")
