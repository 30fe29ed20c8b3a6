"""A visitor's browser tab, and what the tests do in it."""

import json
from typing import Any, Final

from playwright.async_api import ConsoleMessage, Error, Locator, Page, expect

from .house import DASHBOARD, MAX_WAIT, Card, House, Tokens

_MILLISECONDS: Final = 1000
_CONNECTED: Final = "document.querySelector('home-assistant')?.hass?.connected === true"
# Playwright only says "Object" of what Home Assistant's websocket library throws: {"code": 3}.
_REPORT_REJECTIONS: Final = """addEventListener("unhandledrejection", ({ reason }) => {
  if (!(reason instanceof Error)) console.error(`rejected: ${JSON.stringify(reason)}`);
});"""

# Home Assistant's charts, if one goes while it is being drawn.
_CHARTS: Final = ("addColorStop", "/zrender@")

_OVERFLOW: Final = """() => {
  const cards = [];
  const collect = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (/^particle-.*-content$/.test(node.localName)) cards.push(...node.shadowRoot.querySelectorAll("ha-card, li"));
      if (node.shadowRoot) collect(node.shadowRoot);
    }
  };
  collect(document);
  return Math.max(
    document.scrollingElement.scrollWidth - innerWidth,
    ...cards.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
  );
}"""

expect.set_options(timeout=MAX_WAIT * _MILLISECONDS)


class Visit:
    """A page of the frontend that belongs to a user who is logged in.

    Attributes:
        page: The tab. Its locators find elements in shadow DOM, too.
        house: The Home Assistant that it shows.
        problems: Errors and warnings in the console, and exceptions that nobody has caught.
        excused: Parts of those that the test means to cause.
    """

    def __init__(self, page: Page, house: House) -> None:
        """Initialize with a new tab, see `log_in`."""
        self.page = page
        self.house = house
        self.problems: list[str] = []
        self.excused: list[str] = []
        page.set_default_timeout(MAX_WAIT * _MILLISECONDS)
        page.on("console", self._handle_console)
        page.on("pageerror", self._handle_error)

    async def log_in(self, tokens: Tokens, language: str) -> None:
        """Let the frontend find a user's tokens and language, as if left by an earlier visit."""
        kept = {"hassTokens": json.dumps(tokens), "selectedLanguage": json.dumps(language)}
        await self.page.add_init_script(
            f"for (const [key, value] of Object.entries({json.dumps(kept)}))"
            " if (!localStorage.getItem(key)) localStorage.setItem(key, value);"
        )
        await self.page.add_init_script(_REPORT_REJECTIONS)

    async def shift_clock(self, seconds: float) -> None:
        """Let the computer's clock be wrong."""
        await self.page.add_init_script(f"""{{
          const Real = Date;
          const now = () => Real.now() + {seconds * _MILLISECONDS};
          globalThis.Date = class extends Real {{
            static now = now;
            constructor(...given) {{
              super(...(given.length ? given : [now()]));
            }}
          }};
        }}""")

    async def open(self, *cards: Card, columns: int = 1) -> None:
        """Open a dashboard that consists of these cards, and wait until the frontend is connected."""
        await self.house.show(*cards, columns=columns)
        await self.page.goto(f"{self.house.url}/{DASHBOARD}/0", wait_until="commit")
        await self.connected()

    async def connected(self) -> None:
        """Wait until the frontend is connected with Home Assistant."""
        await self.page.wait_for_function(_CONNECTED)

    async def edit_dashboard(self) -> None:
        """Open the editor of the dashboard."""
        await self.page.goto(f"{self.house.url}/{DASHBOARD}/0?edit=1", wait_until="commit")
        await self.connected()

    async def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window, or a card than its place."""
        found: int = await self.page.evaluate(_OVERFLOW)
        return found

    def card(self, name: str) -> Locator:
        """Return the content of a card of ours, such as `fleet`."""
        return self.page.locator(f"particle-{name}-card-content")

    async def close(self) -> None:
        """Close the tab, after a look for cards that Home Assistant could not show."""
        for error in await self.page.locator("hui-error-card").filter(visible=True).all():
            self.problems.append(f"error card: {await error.text_content()}")
        await self.page.context.close()

    def unexpected(self) -> list[str]:
        """Return the problems that the test did not mean to cause."""
        return [
            problem
            for problem in self.problems
            if not any(excused in problem for excused in (*self.excused, *_CHARTS))
        ]

    async def run(self, script: str, argument: Any = None) -> Any:
        """Return the result of a JavaScript function in the page."""
        return await self.page.evaluate(script, argument)

    def _handle_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            where = message.location.get("url", "")
            self.problems.append(f"{message.type}: {message.text} ({where})")

    def _handle_error(self, error: Error) -> None:
        if error.message != "Object":
            self.problems.append(f"exception: {error.stack or error.message}")
