"""Libraries in the form of JSON:API."""

import io
import tarfile

from aiohttp import FormData

from .client import Api


def archive(name: str, version: str) -> FormData:
    """Return a form with a library."""
    text = f"name={name}\nversion={version}\nsentence=Mine\n".encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo("library.properties")
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    form = FormData()
    form.add_field("archive", packed.getvalue(), filename="archive.tar.gz")
    return form


async def test_search(api: Api) -> None:
    """Filtered, sorted, page by page."""
    found = (await api("GET", "/v1/libraries?filter=neo")).json["data"]
    assert found[0]["type"] == "libraries"
    assert found[0]["attributes"]["version"] == "0.0.10"
    assert len((await api("GET", "/v1/libraries")).json["data"]) == 10
    second = (await api("GET", "/v1/libraries?page=2&sort=-name&limit=4")).json["data"]
    assert [one["id"] for one in second] == ["Sample08", "Sample07", "Sample06", "Sample05"]
    most = (await api("GET", "/v1/libraries?sort=-installs&limit=2")).json["data"]
    assert [one["id"] for one in most] == ["NeoThing", "OneWireThing"]
    official = (await api("GET", "/v1/libraries?scope=official")).json["data"]
    assert [one["id"] for one in official] == ["NeoThing"]
    assert (await api("GET", "/v1/libraries?sort=magic")).status == 400


async def test_show(api: Api) -> None:
    """Whatever the case of the name; any version."""
    shown = await api("GET", "/v1/libraries/neothing")
    assert shown.json["data"]["attributes"]["version"] == "0.0.10"
    older = await api("GET", "/v1/libraries/NeoThing?version=0.0.9")
    assert older.json["data"]["attributes"]["version"] == "0.0.9"
    versions = (await api("GET", "/v1/libraries/NeoThing/versions")).json["data"]
    assert [one["attributes"]["version"] for one in versions] == ["0.0.10", "0.0.9"]
    missing = await api("GET", "/v1/libraries/nothing")
    assert missing.status == 404
    assert "message" in missing.json["errors"][0]


async def test_contribute_publish_delete(api: Api) -> None:
    """Private at first, then everybody's."""
    made = await api("POST", "/v1/libraries", data=archive("Mine", "1.0.1"))
    assert made.status == 201
    assert made.json["data"]["attributes"]["visibility"] == "private"
    assert made.json["data"]["attributes"]["mine"] is True
    again = await api("POST", "/v1/libraries", data=archive("Mine", "1.0.1"))
    assert again.json["errors"][0]["message"] == (
        "This version is not valid. Version must be greater than or equal to 1.0.2"
    )
    published = await api("PATCH", "/v1/libraries/Mine", data={"visibility": "public"})
    assert published.json["data"]["attributes"]["visibility"] == "public"
    assert (await api("DELETE", "/v1/libraries/Mine")).status == 400
    assert (await api("DELETE", "/v1/libraries/Mine", json={"force": "Mine"})).status == 204
    assert (await api("POST", "/v1/libraries", data=archive("NeoThing", "9.0.0"))).status == 403
    assert (await api("POST", "/v1/libraries", data={"x": "y"})).status == 400
