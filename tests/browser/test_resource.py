"""How the cards reach browsers: after an upgrade, without an account, with resources in YAML."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import re
import string

from playwright.async_api import Browser, expect

from .conftest import NewVisit
from .house import House
from .visit import Visit

FLEET = {"type": "custom:particle-fleet-card"}
EVENTS = {"type": "custom:particle-events-card"}
OURS = "/particle_static/"

# Each built file has a part of its content's hash in its name.
HASHED = re.compile(r"-([A-Z0-9]{8})\.js")
SWAP = str.maketrans(
    string.digits + string.ascii_uppercase, string.digits[::-1] + string.ascii_uppercase[::-1]
)


async def resources(house: House) -> list[str]:
    """Return the addresses of the resources of all dashboards."""
    return [item["url"] for item in await house.command("lovelace/resources")]


async def own(house: House) -> str:
    """Return the address of the resource of the cards."""
    [url] = [url for url in await resources(house) if url.startswith(OURS)]
    return url


def rename(dist: Path) -> None:
    """Give the built files other names, as another release has them; the second time, those from before."""

    def renamed(text: str) -> str:
        return HASHED.sub(lambda match: f"-{match[1].translate(SWAP)}.js", text)

    for file in [*dist.glob("*.js")]:
        text = renamed(file.read_text(encoding="utf-8"))
        file.unlink()
        file.with_name(f"{file.name}.gz").unlink(missing_ok=True)
        (dist / renamed(file.name)).write_text(text, encoding="utf-8")
    manifest = dist / "manifest.json"
    built = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**built, "hash": built["hash"].translate(SWAP)}))


@asynccontextmanager
async def upgrade(house: House) -> AsyncIterator[None]:
    """Replace the files of the cards, and later put them back."""
    dist = house.folder / "custom_components" / "particle" / "dashboard" / "dist"
    rename(dist)
    await house.reload_account()
    try:
        yield
    finally:
        rename(dist)
        await house.reload_account()


@asynccontextmanager
async def other_resource(house: House) -> AsyncIterator[str]:
    """A resource that somebody else has added."""
    url = "/local/someone/else.css?particle_static=1"
    item = await house.command("lovelace/resources/create", res_type="css", url=url)
    try:
        yield url
    finally:
        await house.command("lovelace/resources/delete", resource_id=item["id"])


async def test_upgrade_changes_the_resource_and_no_other(visit: Visit, house: House) -> None:
    before = await own(house)
    async with other_resource(house) as other:
        async with upgrade(house):
            after = await own(house)
            assert after != before
            assert other in await resources(house)
            # Nothing is there to style.
            visit.excused = ["else.css"]
            await visit.open(FLEET)
            await expect(visit.card("fleet")).to_contain_text("6 of 8 online")
            loaded = await visit.run(
                "performance.getEntriesByType('resource').map(({ name }) => name)"
            )
            assert any(url.endswith(after) for url in loaded)
        assert await own(house) == before
        assert other in await resources(house)


async def test_page_that_was_open_during_an_upgrade_asks_to_be_loaded_again(
    visit: Visit, house: House
) -> None:
    """It still asks for files of the release before."""
    visit.excused = ["404", "Failed to load resource"]
    await visit.open(FLEET)
    await expect(visit.card("fleet")).to_contain_text("6 of 8 online")

    async with upgrade(house):
        await house.show(FLEET, EVENTS)

        card = visit.page.locator("particle-events-card")
        await expect(card.get_by_role("alert")).to_contain_text(
            "This card could not be loaded. After an update of the integration, the page has to"
        )
        # The one that is loaded goes on.
        await expect(visit.card("fleet")).to_contain_text("6 of 8 online")

        await card.get_by_role("button", name="Reload").click()

        await expect(visit.card("events").locator(".state")).to_have_text("Live")
        await expect(visit.card("fleet")).to_contain_text("6 of 8 online")


async def test_says_so_also_on_a_page_that_showed_no_card_before(
    visit: Visit, house: House
) -> None:
    """No text has been loaded yet."""
    visit.excused = ["404", "Failed to load resource"]
    await visit.open()
    await visit.page.wait_for_function("!!customElements.get('particle-fleet-card')")

    async with upgrade(house):
        await house.show(FLEET)

        alert = visit.page.locator("particle-fleet-card").get_by_role("alert")
        await expect(alert).to_contain_text("This card could not be loaded.")
        await expect(alert.get_by_role("button")).to_have_text("Reload")


async def test_last_account_takes_the_resource_with_it(new_visit: NewVisit, house: House) -> None:
    visit = await new_visit()
    await visit.open(FLEET)
    await expect(visit.card("fleet")).to_contain_text("6 of 8 online")
    before = await own(house)
    async with other_resource(house) as other:
        await house.remove_account()
        try:
            assert await resources(house) == [other]
            await expect(visit.card("fleet")).to_contain_text("No Particle account is set up")
        finally:
            await house.add_account()
        assert await own(house) == before
        assert other in await resources(house)
    await expect(visit.card("fleet")).to_contain_text("6 of 8 online")


async def test_line_of_the_repair_issue_is_all_that_resources_in_yaml_need(
    browser: Browser, tmp_path: Path
) -> None:
    yaml = "lovelace:\n  resource_mode: yaml\n  resources: []\n"
    async with House.start(tmp_path, yaml) as house:
        issues = (await house.command("repairs/list_issues"))["issues"]
        [issue] = [one for one in issues if one["issue_id"] == "cards_not_in_yaml"]
        url = issue["translation_placeholders"]["url"]

        configuration = house.folder / "configuration.yaml"
        lines = f"  resources:\n    - url: {url}\n      type: module\n"
        configuration.write_text(configuration.read_text().replace("  resources: []\n", lines))
        await house.act("lovelace", "reload_resources")
        context = await browser.new_context(service_workers="block")
        visit = Visit(await context.new_page(), house)
        await visit.log_in(house.tokens, "en")
        await visit.open(FLEET)
        await expect(visit.card("fleet")).to_contain_text("6 of 8 online")
        await visit.close()

        await house.reload_account()
        issues = (await house.command("repairs/list_issues"))["issues"]
        assert "cards_not_in_yaml" not in [one["issue_id"] for one in issues]
        assert visit.unexpected() == []
