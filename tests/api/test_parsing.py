"""What passes the door of the client can be stored, encoded and written as JSON by anybody."""

import json
from typing import Any

from hypothesis import given, strategies as st
import orjson
import pytest

from custom_components.particle.api.parsing import MAX_DEPTH, clean_text, int_of, loads

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        (b'"a\\ud83db"', "a\ufffdb"),
        (b'"\\uD83D\\uDE00"', "\U0001f600"),
        (b'"\\ude00\\ud83d"', "\ufffd\ufffd"),
        (b'"a\\u0000b"', "a\ufffdb"),
        (b'"a\x00b"', "a\ufffdb"),
        (b'"\xed\xa0\xbd"', "\ufffd\ufffd\ufffd"),
        (b'"\xff"', "\ufffd"),
        (b'{"\\ud83d": {"\\u0000": ["\\udc00"]}}', {"\ufffd": {"\ufffd": ["\ufffd"]}}),
        (b'"\\\\ud83d"', "\\ud83d"),
        (b'"line\nbreak"', "line\nbreak"),
        (b"\xef\xbb\xbf1", 1),
        (b"9223372036854775807", 2**63 - 1),
        (b"-9223372036854775808", -(2**63)),
        (b"18446744073709551615", 2**64 - 1),
        (b"18446744073709551616", 2.0**64),
        (b"-9223372036854775809", -(2.0**63)),
        (b"1" + b"0" * 400, None),
        (b"-1" + b"0" * 5000, None),
        (b"1e999", None),
        (b"[NaN, Infinity, -Infinity]", [None, None, None]),
    ],
)
def test_what_is_parsed(text: bytes, parsed: Any) -> None:
    """Broken characters are replaced, numbers that nobody holds are none."""
    found = loads(text)
    assert found == parsed
    assert type(found) is type(parsed)


@pytest.mark.parametrize("brackets", ["[]", '{"a":}'])
def test_depth(brackets: str) -> None:
    """What lies too deep is left out, and does not cost the rest."""
    opening, closing = brackets[:-1], brackets[-1]

    def nested(levels: int) -> str:
        return f'{{"good": 1, "deep": {opening * levels}1{closing * levels}}}'

    assert "1" in str(loads(nested(MAX_DEPTH - 1))["deep"])
    found = loads(nested(MAX_DEPTH))
    assert found["good"] == 1
    assert "1" not in str(found["deep"])
    assert orjson.loads(orjson.dumps(loads(nested(MAX_DEPTH + 500))))["good"] == 1


def test_endless_nesting_is_no_json() -> None:
    """A bomb is told apart from an answer."""
    with pytest.raises(ValueError, match="too deeply"):
        loads("[" * 1_000_000)


@given(ANY_TEXT)
def test_any_text_becomes_one_that_can_be_stored(text: str) -> None:
    """Nothing else in it changes, and cleaning twice changes nothing more."""
    cleaned = clean_text(text)
    assert "\x00" not in cleaned
    cleaned.encode()
    assert len(cleaned) == len(text)
    assert all(now in {before, "\ufffd"} for before, now in zip(text, cleaned, strict=True))
    assert clean_text(cleaned) == cleaned


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
        lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner),
        max_leaves=20,
    )
)
def test_any_value_can_be_written_again(value: Any) -> None:
    """Home Assistant's serializer takes everything."""
    orjson.dumps(loads(json.dumps(value)))


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, 10**400, 1e300, "1" + "0" * 30, "9" * 5000])
def test_numbers_of_more_than_64_bits_are_no_whole_numbers(value: Any) -> None:
    """Also where they come as text or as 1e300."""
    assert int_of(value) is None
