"""Libraries in the form of JSON:API."""

import io
import tarfile

from aiohttp import FormData
import pytest

from tests.simulator.world import Library

from .client import Api


def archive(name: str, version: str, *others: str) -> FormData:
    """Return a form with a library."""
    text = f"name={name}\nversion={version}\nsentence=Mine\n"
    return packed(*others, **{"library.properties": text})


def packed(*empty: str, **files: str) -> FormData:
    """Return a form with an archive of files."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for name, text in {**dict.fromkeys(empty, ""), **files}.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    form = FormData()
    form.add_field("archive", content.getvalue(), filename="archive.tar.gz")
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
    for bad in ("magic", "name,magic", "name,"):
        assert (await api("GET", f"/v1/libraries?sort={bad}")).status == 400


async def test_sort_by_several(api: Api) -> None:
    """The first name decides, the next ones among equals; that is how the command line asks."""
    path = "/v1/libraries?sort=official,verified,popularity,name&limit=100"
    names = [one["id"] for one in (await api("GET", path)).json["data"]]
    samples = [f"Sample{number:02d}" for number in range(12)]
    assert names == ["NeoThing", "OneWireThing", *samples, "TinyMotor"]
    path = "/v1/libraries?sort=-verified,-name&limit=3"
    names = [one["id"] for one in (await api("GET", path)).json["data"]]
    assert names == ["TinyMotor", "Sample11", "Sample10"]


@pytest.mark.parametrize(
    ("scope", "count"),
    [
        ("all", 15),
        ("public", 15),
        ("verified", 14),
        ("official", 1),
        ("featured", 1),
        ("mine", 0),
        ("private", 0),
    ],
)
async def test_scopes(api: Api, scope: str, count: int) -> None:
    """Each shows a part; what it shows can be excluded as well."""
    path = "/v1/libraries?limit=100"
    assert len((await api("GET", f"{path}&scope={scope}")).json["data"]) == count
    excluded = (await api("GET", f"{path}&excludeScopes={scope},nothing")).json["data"]
    assert len(excluded) == 15 - count
    assert (await api("GET", f"{path}&scope=magic")).status == 400


async def test_architectures(api: Api) -> None:
    """A library without any is for all."""
    api.cloud.world.libraries.versions += [
        Library("MoreWifi", "1.0.0", architectures=["photon", "argon"]),
        Library("MoreCellular", "1.0.0", architectures=["boron"]),
        Library("MoreOfAll", "1.0.0"),
    ]
    for wanted, names in {
        "argon": ["MoreOfAll", "MoreWifi"],
        "boron,argon": ["MoreCellular", "MoreOfAll", "MoreWifi"],
        "tracker": ["MoreOfAll"],
    }.items():
        path = f"/v1/libraries?filter=more&sort=name&architectures={wanted}"
        assert [one["id"] for one in (await api("GET", path)).json["data"]] == names


async def test_limits_of_a_page(api: Api) -> None:
    """A page and its size are at least 1; a hundred is the most."""
    path = "/v1/libraries/NeoThing/versions"
    assert len((await api("GET", f"{path}?limit=1&page=2")).json["data"]) == 1
    assert (await api("GET", f"{path}?limit=1&page=3")).json["data"] == []
    assert len((await api("GET", f"{path}?limit=0&page=0")).json["data"]) == 1
    for number in range(100):
        api.cloud.world.libraries.versions.append(Library(f"More{number:03d}", "1.0.0"))
    assert len((await api("GET", "/v1/libraries?limit=1000")).json["data"]) == 100
    assert len((await api("GET", "/v1/libraries?limit=1000&page=2")).json["data"]) == 15


async def test_archive(api: Api) -> None:
    """The link leads to an archive that can be unpacked, at the same server, without a token."""
    shown = (await api("GET", "/v1/libraries/neothing")).json["data"]
    link = shown["links"]["download"]
    assert link == f"{api.cloud.base_url}/library-archives/NeoThing-0.0.10.tar.gz"
    async with api.session.get(link) as response:
        assert response.content_type == "application/x-gzip"
        content = await response.read()
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as packed:
        properties = packed.extractfile("library.properties")
        assert properties is not None
        text = properties.read().decode().splitlines()
        assert {"name=NeoThing", "version=0.0.10", "sentence=Drives a strip"} <= set(text)
        assert {"src/NeoThing.h", "src/NeoThing.cpp"} <= set(packed.getnames())
    assert (await api("GET", "/library-archives/NeoThing-9.9.9.tar.gz")).status == 404
    contributed = archive("Mine", "1.0.1")
    made = (await api("POST", "/v1/libraries", data=contributed)).json["data"]
    async with api.session.get(made["links"]["download"]) as response:
        mine = await response.read()
    with tarfile.open(fileobj=io.BytesIO(mine), mode="r:gz") as packed:
        assert packed.getnames() == ["library.properties"]


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


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"src/Mine.h": ""}, "The archive has no library.properties"),
        ({"library.properties": "name=Mine"}, "library.properties must have name and version"),
        ({"library.properties": "version=1"}, "library.properties must have name and version"),
    ],
)
async def test_archive_that_is_no_library(api: Api, files: dict[str, str], message: str) -> None:
    """It is rejected, and the response says why."""
    refused = await api("POST", "/v1/libraries", data=packed(**files))
    assert (refused.status, refused.json) == (400, {"errors": [{"message": message}]})


async def test_properties_among_other_files(api: Api) -> None:
    """The properties file may be in a folder or after other files."""
    made = await api("POST", "/v1/libraries", data=archive("Mine", "1.0.1", "README.md", "src/a.h"))
    assert made.json["data"]["id"] == "Mine"
    inside = packed(**{"Other/library.properties": "name = Other\nversion= 2.0.0\n# no pair\n"})
    shown = (await api("POST", "/v1/libraries", data=inside)).json["data"]["attributes"]
    assert (shown["name"], shown["version"]) == ("Other", "2.0.0")


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
    for order in ("published", "updated"):
        newest = (await api("GET", f"/v1/libraries?sort=-{order}&limit=1")).json["data"]
        assert newest[0]["id"] == "Mine"
    assert (await api("DELETE", "/v1/libraries/Mine")).status == 400
    assert (await api("DELETE", "/v1/libraries/Mine", json={"force": "Mine"})).status == 204
    assert (await api("POST", "/v1/libraries", data=archive("NeoThing", "9.0.0"))).status == 403
    assert (await api("POST", "/v1/libraries", data={"x": "y"})).status == 400
