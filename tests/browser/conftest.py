"""What the tests in a browser share: one house and one browser for all of them.

They use Playwright's asynchronous interface on the event loop of the session, because its synchronous one
keeps a loop running in this thread, where the test plug-in has to run others.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from playwright.async_api import Browser, async_playwright
import pytest
import pytest_asyncio
import pytest_socket

from . import requirements
from .house import House, Tokens
from .visit import Visit

_FOLDER = Path(__file__).parent

# Includes the start of Home Assistant, on a machine that does much else.
_TIMEOUT = 300

type NewVisit = Callable[..., Awaitable[Visit]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder more time, and the event loop of the fixtures."""
    for item in items:
        if item.path.is_relative_to(_FOLDER):
            item.add_marker(pytest.mark.timeout(_TIMEOUT))
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line why the tests were skipped."""
    if (reason := requirements.missing()) and not requirements.REQUIRED:
        terminalreporter.write_line(f"The tests in a browser were skipped: {reason}")


@pytest.fixture(autouse=True)
def _custom_integrations(only_expected_logs: None, socket_enabled: None) -> None:
    """Home Assistant runs in another process, so only sockets are needed in this one."""


@pytest.fixture(autouse=True)
def verify_cleanup() -> None:
    """The browser and the house outlive a test, so what is left running is no mistake."""


@pytest.fixture(scope="package")
def browser_path() -> str:
    """The path of the browser; without one the tests are skipped, or fail where it is required."""
    if reason := requirements.missing():
        if requirements.REQUIRED:
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    path = requirements.find_browser()
    assert path is not None
    return path


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def house(
    browser_path: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A real Home Assistant with the simulated account."""
    # The test plug-in has just blocked them, and fixtures of a test come later.
    pytest_socket.enable_socket()
    async with House.start(tmp_path_factory.mktemp("house")) as started:
        yield started
        pytest_socket.enable_socket()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser(browser_path: str) -> AsyncIterator[Browser]:
    """A browser without a window."""
    async with async_playwright() as playwright:
        # The sandbox does not work for root, and the only pages are ours.
        started = await playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def new_visit(house: House, browser: Browser) -> AsyncIterator[NewVisit]:
    """Create visits, and fail the test if one shows an unexpected problem."""
    visits: list[Visit] = []

    async def create(
        *,
        width: int = 1280,
        dark: bool = False,
        language: str = "en",
        tokens: Tokens | None = None,
    ) -> Visit:
        context = await browser.new_context(
            viewport={"width": width, "height": 1100},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            # It would load the whole frontend in the background, for each visit.
            service_workers="block",
        )
        visit = Visit(await context.new_page(), house)
        visits.append(visit)
        await visit.log_in(tokens or house.tokens, language)
        return visit

    yield create
    for visit in visits:
        if not visit.page.is_closed():
            await visit.close()
    if problems := [problem for visit in visits for problem in visit.unexpected()]:
        pytest.fail("\n".join(("The browser shows:", *problems)), pytrace=False)


@pytest_asyncio.fixture(loop_scope="session")
async def visit(new_visit: NewVisit) -> Visit:
    """The administrator's visit, in a window of the usual size."""
    return await new_visit()
