"""Searches of the tests find what has just come in, however slow the machine is."""

import pytest

from custom_components.particle.event_log import log


@pytest.fixture(autouse=True)
def _patient_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a search wait for the latest events for as long as it takes to write them."""
    monkeypatch.setattr(log, "MAX_WAIT_FOR_WRITE", 30)
