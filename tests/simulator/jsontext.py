"""JSON as a JavaScript server writes it.

The cloud is written in JavaScript: whole doubles are written without a fraction, only what has to be
escaped is escaped (U+2028 is not), and NaN becomes null.
"""

import json
import math
import re
from typing import Any

_HALF = re.compile("[\ud800-\udfff]")


def _plain(value: Any) -> Any:
    """Return a value with its floats as JavaScript prints them."""
    match value:
        case float():
            if not math.isfinite(value):
                return None
            return int(value) if value.is_integer() and abs(value) < 1e21 else value
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return value


def encode(text: str) -> bytes:
    """Return a text as UTF-8; half of a surrogate pair becomes U+FFFD, as in JavaScript."""
    return _HALF.sub("\ufffd", text).encode()


def dumps(value: Any) -> str:
    """Return a value as JSON text, like `JSON.stringify`."""
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(_plain(value), separators=(",", ":"))
    return text
