"""The stream's bytes become events, however they are cut and whatever they hold."""

from contextlib import suppress

from hypothesis import given, strategies as st
import pytest

from custom_components.particle.api.sse import BlockSplitter, parse_block

BLOCK = b'event: temperature\ndata: {"data":"21.5","coreid":"0a10aced202194944a000001"}\n\n'


def names(splitter: BlockSplitter, *chunks: bytes) -> list[str]:
    """Names of the events in a stream of chunks."""
    events = [parse_block(block) for chunk in chunks for block in splitter.feed(chunk)]
    return [event.name for event in events if event is not None]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_every_line_end_of_the_standard_is_understood(line_end: bytes) -> None:
    """LF, CR LF and CR all end a line, and an event is handed out at its blank line."""
    stream = (b":ok\n\n" + BLOCK + BLOCK).replace(b"\n", line_end)
    # A lone CR may be the first half of a CR LF; the blank line after it settles that.
    assert names(BlockSplitter(), stream) == ["temperature", "temperature"]


@given(
    line_end=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    cuts=st.lists(st.integers(min_value=1, max_value=12), min_size=1),
)
def test_chunks_may_be_cut_anywhere(line_end: bytes, cuts: list[int]) -> None:
    """Blocks do not depend on where the network cuts, not even within a CR LF."""
    stream = (b":ok\n\n\n" + BLOCK * 3 + b"\n\n" + BLOCK).replace(b"\n", line_end)
    chunks: list[bytes] = []
    turn = 0
    while stream:
        size = cuts[turn % len(cuts)]
        chunks.append(stream[:size])
        stream = stream[size:]
        turn += 1
    assert names(BlockSplitter(), *chunks) == ["temperature"] * 4


def test_a_huge_block_is_dropped_and_the_stream_goes_on() -> None:
    """A block over the limit costs itself and nothing else, in one chunk or in many."""
    huge = b'event: huge\ndata: {"data":"' + b"x" * 5000 + b'"}\n\n'
    splitter = BlockSplitter(max_block=1000)
    assert names(splitter, BLOCK + huge + BLOCK) == ["temperature", "temperature"]
    assert splitter.dropped == 1
    pieces = [huge[start : start + 7] for start in range(0, len(huge), 7)]
    assert names(splitter, *pieces, BLOCK) == ["temperature"]
    assert splitter.dropped == 2


def test_an_endless_block_does_not_fill_the_memory() -> None:
    """Bytes beyond the limit are not kept while the block goes on."""
    splitter = BlockSplitter(max_block=1000)
    for _ in range(100):
        assert list(splitter.feed(b"y" * 999)) == []
        assert len(splitter._buffer) <= 1000
    assert splitter.dropped == 1
    assert names(splitter, b"\n\n" + BLOCK) == ["temperature"]


@pytest.mark.parametrize(
    "character", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
)
def test_separators_that_python_takes_for_line_ends_stay_in_the_data(
    character: str, caplog: pytest.LogCaptureFixture
) -> None:
    """JSON may hold U+2028 and friends raw; they arrive whole, and nothing of them in the log."""
    block = f'event: note\ndata: {{"data":"one{character}two"}}'.encode()
    event = parse_block(block)
    assert event is not None
    assert event.data == f"one{character}two"
    assert not caplog.records


def test_several_data_lines_are_joined() -> None:
    """The standard lets data span lines."""
    event = parse_block(b'event: a\ndata: {"data":\ndata: "1",\ndata:"ttl":60}')
    assert event is not None
    assert (event.data, event.ttl) == ("1", 60)


@pytest.mark.parametrize("block", [b":ok", b": a comment\n: and another"])
def test_comments_are_no_events(block: bytes) -> None:
    """The line at the start of a stream, and any other comment, is nothing to hand out."""
    assert parse_block(block) is None


@pytest.mark.parametrize(
    "block",
    [
        b'data: {"data":"no name"}',
        b"event: a\ndata: {broken",
        b"event: a\ndata: [1]",
        b"event: a\ndata: null",
        b"event: a",
        b'event:\ndata: {"data":"empty name"}',
        b"garbage",
        b"event: a\ndata: " + b"[" * 100_000,
    ],
)
def test_broken_blocks_are_named_as_such(block: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """No name, no JSON, no object: the caller drops and counts it; the log gets nothing of it."""
    with pytest.raises(ValueError):
        parse_block(block)
    assert not caplog.records


def test_an_event_that_is_really_named_message_is_kept() -> None:
    """The parser's default name is told from the name."""
    event = parse_block(b'event: message\ndata: {"data":"x"}')
    assert event is not None
    assert event.name == "message"


def test_other_fields_and_a_byte_order_mark_do_no_harm() -> None:
    """id:, retry:, fields without a colon and a byte order mark are passed over."""
    event = parse_block(b'\xef\xbb\xbfid: 7\nretry\nretry: 10\nevent:a\ndata:{"data":null}')
    assert event is not None
    assert (event.name, event.data) == ("a", None)


@given(st.binary(max_size=300))
def test_no_bytes_can_break_the_splitter_or_the_parser(noise: bytes) -> None:
    """Whatever comes, a block is an event, nothing, or a ValueError; the next event is whole."""
    splitter = BlockSplitter(max_block=100)
    found = []
    for block in splitter.feed(noise + b"\n\n\n" + BLOCK):
        with suppress(ValueError):
            found.append(parse_block(block))
    last = found[-1]
    assert last is not None
    assert last.name == "temperature"
