"""What the pages write to the console, sorted by whose it is."""

from typing import Final

from playwright.async_api import ConsoleMessage, Error, Page

from custom_components.particle.dashboard.files import URL_BASE

_OURS: Final = (URL_BASE, "particle")


def is_ours(text: str, source: str = "") -> bool:
    """Whether the cards wrote a message, or it is about them."""
    return any(mark in part for mark in _OURS for part in (text, source))


class Console:
    """Collects the messages of all pages, and the exceptions that nobody catches.

    Attributes:
        ours: Messages of the cards, or about them.
        others: All others.
    """

    def __init__(self) -> None:
        """Initialize without messages."""
        self.ours: list[str] = []
        self.others: list[str] = []

    def listen(self, page: Page) -> None:
        """Collect the messages of a page."""
        page.on("console", self._handle_message)
        page.on("pageerror", self._handle_error)

    def add(self, text: str, source: str = "") -> None:
        """Sort a message."""
        (self.ours if is_ours(text, source) else self.others).append(text)

    def _handle_message(self, message: ConsoleMessage) -> None:
        self.add(message.text, str(message.location.get("url", "")))

    def _handle_error(self, error: Error) -> None:
        self.add(error.message, error.stack or "")
