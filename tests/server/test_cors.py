"""Pages of other origins: they may call with a token of their own, and read all that the contract promises."""

import pytest

from contract_tests.spec import SPEC
from openapi.bundle import operations_of, resolve
from server.edge.cors import Cors
from server.settings import BadSetting, Settings
from tests.server.edge_app import TOKEN, Edge
from tests.server.edge_spec import BASE

THING = f"{BASE}/things/abc"
PAGE = {"Origin": "https://app.example.in"}
PREFLIGHT = PAGE | {
    "Access-Control-Request-Method": "DELETE",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,traceparent",
}


async def test_a_preflight_needs_no_token_and_counts_for_nobody() -> None:
    async with (edge := Edge()).client() as client:
        answer = await client.options(THING, headers=PREFLIGHT)

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "DELETE, GET, HEAD, POST"
    assert {"Authorization", "Content-Type", "Idempotency-Key", "*"} <= set(
        answer.headers["access-control-allow-headers"].split(", ")
    )
    assert answer.headers["access-control-max-age"] == "7200"
    assert "x-ratelimit-limit" not in answer.headers
    assert edge.door.strangers == 0


async def test_credentials_are_never_allowed() -> None:
    async with Edge().client() as client:
        answers = [await client.options(THING, headers=PREFLIGHT), await client.get(THING, headers=PAGE | TOKEN)]

    assert not [each for each in answers if "access-control-allow-credentials" in each.headers]


@pytest.mark.parametrize(
    ("headers", "path", "status"),
    [(TOKEN, THING, 200), ({}, THING, 401), (TOKEN, f"{BASE}/nope", 404), (TOKEN | {"Accept": "a/b"}, THING, 406)],
)
async def test_a_page_may_read_every_answer_and_its_headers(headers: dict[str, str], path: str, status: int) -> None:
    async with Edge().client() as client:
        answer = await client.get(path, headers=PAGE | headers)

    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-expose-headers"] == "Allow, Retry-After"


async def test_who_is_no_page_hears_nothing_of_it() -> None:
    async with Edge().client() as client:
        answer = await client.get(THING, headers=TOKEN)
        asked = await client.options(THING, headers=TOKEN)

    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert (asked.status_code, asked.headers["allow"]) == (405, "DELETE, GET, HEAD")


async def test_pages_of_other_origins_than_those_named_may_read_nothing() -> None:
    other = {"Origin": "https://app.example.in.attacker.example"}
    async with Edge().client(cors_origins=("https://app.example.in",)) as client:
        ours = await client.get(THING, headers=PAGE | TOKEN)
        theirs = await client.get(THING, headers=other | TOKEN)
        preflight = await client.options(THING, headers=PREFLIGHT | other)

    assert ours.headers["access-control-allow-origin"] == "https://app.example.in"
    assert "Origin" in ours.headers.get_list("vary", split_commas=True)
    for answer in (theirs, preflight):
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "Origin" in answer.headers.get_list("vary", split_commas=True)


async def test_pages_outside_the_api_are_for_their_own_origin() -> None:
    async with Edge().client() as client:
        answers = [await client.get(path, headers=PAGE) for path in ("/", "/docs/console", "/metrics", "/healthz")]

    assert [each.status_code for each in answers] == [200] * 4
    assert not [each for each in answers if "access-control-allow-origin" in each.headers]


@pytest.mark.parametrize("name", ["openapi.json", "openapi-3.1.json"])
async def test_the_contract_is_for_everybody_once(name: str) -> None:
    async with Edge().client() as client:
        answer = await client.get(f"{BASE}/{name}", headers=PAGE)

    assert answer.headers.get_list("access-control-allow-origin") == ["*"]


def test_each_header_of_the_contract_is_exposed_and_each_method_allowed() -> None:
    cors = Cors(_nothing, origins=["*"], prefixes=["/"], spec=SPEC)
    exposed = set(cors._exposed.decode().split(", "))
    preflight = {name: set(value.decode().split(", ")) for name, value in cors._preflight}
    promised = {
        name
        for item in SPEC["paths"].values()
        for _, operation in operations_of(item)
        for response in operation["responses"].values()
        for name in resolve(SPEC, response).get("headers", {})
    }

    assert preflight[b"access-control-allow-methods"] == {"DELETE", "GET", "HEAD", "POST", "PUT"}
    assert preflight[b"access-control-allow-headers"] >= {"Authorization", "If-Match", "X-AIBooks-Org"}
    assert promised <= exposed
    assert {"ETag", "Location", "Retry-After", "Idempotent-Replayed", "WWW-Authenticate"} <= promised


def test_origins_are_read_from_the_setting() -> None:
    def read(text: str) -> tuple[str, ...]:
        return Settings.from_environment({"FINZBOOKS_CORS_ORIGINS": text}).cors_origins

    assert Settings.from_environment({}).cors_origins == ("*",)
    assert read("https://a.example.in, http://localhost:3000") == ("https://a.example.in", "http://localhost:3000")
    assert read("") == ()
    for wrong in ("a.example.in", "https://a.example.in/", "ftp://a", "https://", "https://*.example.in/x"):
        with pytest.raises(BadSetting, match="FINZBOOKS_CORS_ORIGINS"):
            read(wrong)


async def _nothing(*_: object) -> None:
    raise AssertionError("nobody calls")
