"""The portal: nothing from elsewhere, no inline script, pages as Markdown too; and the contract as it was written."""

import re

import pytest

from openapi.fragments import ROOT, read
from openapi.rendition import rendition
from server.portal.errors import advice
from tests.server.edge_app import Edge
from tests.server.edge_spec import BASE, edge_spec

THINGS = "/docs/reference/things"
PAGES = [
    "/",
    "/docs",
    "/docs/console",
    "/docs/guides/errors",
    "/docs/reference",
    THINGS,
    "/docs/workflows",
    "/docs/errors",
    "/docs/search?q=thing",
]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_only_from_its_own_origin(path: str) -> None:
    async with Edge().client() as client:
        page = await client.get(path)

    policy = page.headers["content-security-policy"]
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script(?![^>]*\bsrc=)", page.text) == []
    assert re.findall(r"<style|\son\w+=|\sstyle=", page.text) == []
    loaded = re.findall(r'<(?:script|link(?! rel="alternate")|img)[^>]*\b(?:src|href)="([^"]+)"', page.text)
    assert loaded
    assert all(address.startswith("/docs/assets/") for address in loaded)


@pytest.mark.parametrize("path", PAGES)
async def test_everything_a_page_loads_is_there_for_ever(path: str) -> None:
    async with Edge().client() as client:
        page = await client.get(path)
        for address in re.findall(r'(?:src|href)="(/docs/assets/[^"]+)"', page.text):
            asset = await client.get(address)
            assert asset.status_code == 200, address
            assert "immutable" in asset.headers["cache-control"]


async def test_the_reference_shows_every_operation() -> None:
    async with Edge().client() as client:
        overview = await client.get("/docs/reference")
        pages = {path: await client.get(path) for path in re.findall(r'"(/docs/reference/\w+)"', overview.text)}

    for item in edge_spec()["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                [path] = re.findall(rf'"(/docs/reference/\w+)#{operation["operationId"]}"', overview.text)
                assert f'<article id="{operation["operationId"]}"' in pages[path].text
    assert "The item that is sold." in pages[THINGS].text
    assert "line_item_id" not in pages[THINGS].text


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/guides/webhooks", "/docs/reference", THINGS, "/docs/errors"])
async def test_a_page_says_where_it_stands_as_markdown(path: str) -> None:
    async with Edge().client() as client:
        page = await client.get(path)
        [twin] = re.findall(r'<link rel="alternate" type="text/markdown" href="([^"]+)">', page.text)
        text = await client.get(twin)

    assert text.headers["content-type"].startswith("text/markdown")
    assert text.text.startswith("# ")
    assert "</" not in text.text
    assert "```sh " not in text.text, "what only the tests are told is left out"


async def test_search_finds_operations_and_fields_without_javascript() -> None:
    async with Edge().client() as client:
        index = (await client.get("/docs/search.json")).json()
        operation = await client.get("/docs/search", params={"q": "create_thing"})
        member = await client.get("/docs/search", params={"q": "quantity"})
        nothing = await client.get("/docs/search", params={"q": "<b>zzz"})

    assert {"Operation", "Field", "Resource"} <= {each["kind"] for each in index}
    assert f'href="{THINGS}#create_thing"' in operation.text
    assert f'href="{THINGS}#create_thing.body.line_items.quantity"' in member.text
    assert "Nothing has all the words of “&lt;b&gt;zzz”" in nothing.text


def test_every_code_of_an_error_has_its_advice_and_none_else() -> None:
    codes = read(ROOT / "openapi.yaml")["x-error-codes"]

    assert sorted(advice()) == sorted(codes)
    assert all(len(text) > 40 for text in advice().values())


async def test_text_of_the_contract_is_escaped() -> None:
    spec = edge_spec()
    spec["info"]["title"] = "<script>alert(1)</script>"
    spec["paths"]["/things"]["get"]["description"] = "Raw <img src=x onerror=alert(1)> *text*."
    async with Edge().client(spec) as client:
        page = await client.get(THINGS)

    assert "<script>alert" not in page.text
    assert "<img" not in page.text
    assert "<em>text</em>" in page.text


async def test_the_contract_is_published_as_it_was_written() -> None:
    async with Edge().client() as client:
        answer = await client.get(f"{BASE}/openapi.json", headers={"Accept-Encoding": "identity"})

    published = answer.json()
    assert "x-openapi-router-controller" not in answer.text
    assert (
        published["paths"]["/things"]["post"]["requestBody"] == edge_spec()["paths"]["/things"]["post"]["requestBody"]
    )
    assert list(published["paths"]) == list(edge_spec()["paths"])


async def test_the_contract_is_published_in_version_3_1_besides() -> None:
    async with Edge().client() as client:
        old = await client.get(f"{BASE}/openapi.json")
        new = await client.get(f"{BASE}/openapi-3.1.json")

    assert (old.json()["openapi"], new.json()["openapi"]) == ("3.0.3", "3.1.1")
    assert new.json() == rendition(old.json())


@pytest.mark.parametrize("name", ["openapi.json", "openapi-3.1.json"])
async def test_the_contract_is_compressed_when_asked_and_not_sent_twice(name: str) -> None:
    path = f"{BASE}/{name}"
    async with Edge().client() as client:
        packed = await client.get(path, headers={"Accept-Encoding": "gzip"})
        refused = await client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
        again = await client.get(path, headers={"If-None-Match": packed.headers["etag"]})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in refused.headers
    assert (again.status_code, again.content) == (304, b"")
