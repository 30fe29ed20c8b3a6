"""Parse the bytes of an event stream.

`BlockSplitter` splits the chunks of the network into blocks; `parse_block` parses a block into an
event.
"""

from collections.abc import Iterator

from aiosseclient import Event

from .models import CloudEvent
from .parsing import loads

MAX_BLOCK = 256 * 1024

# `Event.parse` uses `str.splitlines`, which also splits at these characters. JSON may contain some of
# them, so they are escaped, which means the same in JSON.
_LINE_BREAKERS = str.maketrans(
    {char: f"\\u{ord(char):04x}" for char in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"}
)
_BYTE_ORDER_MARK = "\ufeff"


class BlockSplitter:
    r"""Split a stream into blocks, which are separated by blank lines; lines may end with LF, CR LF or CR.

    Attributes:
        dropped: Number of blocks that exceeded the limit and were skipped.
    """

    def __init__(self, max_block: int = MAX_BLOCK) -> None:
        """Initialize the splitter for blocks of up to `max_block` bytes."""
        self._max_block = max_block
        self._buffer = bytearray()
        self._searched = 0
        self._after_cr = False
        self._skipping = False
        self.dropped = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Add a chunk and yield the blocks that it completes, with LF as line end."""
        if self._after_cr and chunk.startswith(b"\n"):
            # The second half of a CR LF that was split between two chunks.
            chunk = chunk[1:]
            self._after_cr = False
            if not chunk:
                return
        if chunk:
            self._after_cr = chunk.endswith(b"\r")
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self._buffer += chunk
        start = 0
        while (end := self._buffer.find(b"\n\n", max(start, self._searched))) >= 0:
            block = bytes(self._buffer[start:end]).strip(b"\n")
            start = end + 2
            self._searched = start
            if self._skipping:
                self._skipping = False
            elif len(block) > self._max_block:
                self.dropped += 1
            elif block:
                yield block
        del self._buffer[:start]
        if len(self._buffer) > self._max_block:
            if not self._skipping:
                self.dropped += 1
                self._skipping = True
            del self._buffer[:-1]
        # The last byte may be the first half of a blank line.
        self._searched = max(0, len(self._buffer) - 1)


def parse_block(block: bytes) -> CloudEvent | None:
    """Parse a block.

    Returns:
        The event; None for a block of comments, such as the ``:ok`` at the start.

    Raises:
        ValueError: The block has no event name, or its data is not a JSON object.
    """
    text = block.decode("utf-8", "replace").removeprefix(_BYTE_ORDER_MARK)
    # The parser would log lines without a colon; lines that start with a colon are comments.
    lines = [line for line in text.split("\n") if ":" in line and not line.startswith(":")]
    if not lines:
        if any(not line.startswith(":") for line in text.split("\n")):
            raise ValueError("a block without fields")
        return None
    if not any(line.startswith("event:") for line in lines):
        raise ValueError("a block without an event name")
    event = Event.parse("\n".join(lines).translate(_LINE_BREAKERS))
    payload = loads(event.data)
    if not event.event or not isinstance(payload, dict):
        raise ValueError("a block whose data is not a JSON object")
    return CloudEvent.from_json(event.event, payload)
