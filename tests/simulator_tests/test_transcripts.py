"""What the cloud answers, word for word, is what is written down."""

import pytest

from .transcript import carry_out, transcripts

TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in transcripts()}


@pytest.mark.parametrize("name", TEXTS)
async def test_transcript(name: str) -> None:
    """Each answer is the one of the transcript; `python -m tests.simulator_tests` writes them anew."""
    assert (await carry_out(TEXTS[name])).splitlines() == TEXTS[name].splitlines()
