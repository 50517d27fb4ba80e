"""Which operation a request reaches, and what is said when it reaches none."""

import pytest

from server.edge.routing import RouteTable
from tests.server.edge_app import TOKEN, Edge
from tests.server.edge_spec import BASE


async def test_a_literal_segment_wins_over_a_parameter() -> None:
    async with (edge := Edge()).client() as client:
        await client.get(f"{BASE}/things/series", headers=TOKEN)
        await client.get(f"{BASE}/things/other", headers=TOKEN)

    assert [call.operation.id for call in edge.calls] == ["list_series", "get_thing"]


def test_a_parameter_is_tried_when_the_literal_leads_nowhere() -> None:
    table = RouteTable()
    table.add("/things/series", "GET", "list_series")
    table.add("/things/{thing_id}/pdf", "GET", "get_pdf")

    route, values = table.find(b"/things/series/pdf")

    assert (route.template, values) == ("/things/{thing_id}/pdf", {"thing_id": "series"})


@pytest.mark.parametrize(
    ("sent", "thing_id"),
    [
        ("a%2Fb", "a/b"),
        ("%E2%82%B9", "₹"),
        ("..%2f..%2fetc", "../../etc"),
        ("a+b", "a+b"),
        ("%2e%2e", ".."),
        ("a%253F", "a%3F"),
    ],
)
async def test_path_parameters_are_percent_decoded_once_and_never_split(sent: str, thing_id: str) -> None:
    async with (edge := Edge()).client() as client:
        answer = await client.get(f"{BASE}/things/{sent}", headers=TOKEN)

    assert answer.status_code == 200
    assert edge.calls[0].path == {"thing_id": thing_id}


@pytest.mark.parametrize(
    "path",
    ["/nope", *(BASE + path for path in ("/things/", "//things", "/things/a/", "/Things", "/things//approve"))],
)
async def test_a_path_that_is_not_in_the_contract_is_not_found(path: str) -> None:
    async with Edge().client() as client:
        answer = await client.get(path, headers=TOKEN)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found.route")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("headers", "strangers"), [(TOKEN, 0), ({}, 1), ({"Authorization": "Bearer bad"}, 1), ({"Authorization": ""}, 1)]
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/nope"), ("PATCH", f"{BASE}/things"), ("GET", f"{BASE}/%zz")])
async def test_who_goes_astray_with_a_good_token_is_no_stranger(
    headers: dict[str, str], strangers: int, method: str, path: str
) -> None:
    """The call counts for the token, as any other of it."""
    async with (edge := Edge()).client() as client:
        answer = await client.request(method, path, headers=headers)

    assert answer.status_code in (400, 404, 405)
    assert edge.door.strangers == strangers
    assert answer.headers["x-ratelimit-limit"] == ("60" if strangers else "600")


@pytest.mark.parametrize("segment", ["%zz", "%", "%f", "%FF", "%C3%28"])
async def test_broken_escapes_in_a_path_are_refused(segment: str) -> None:
    table = RouteTable()
    table.add("/things/{thing_id}", "GET", "get_thing")

    with pytest.raises(Exception, match="The path"):
        table.find(b"/things/" + segment.encode())


@pytest.mark.parametrize(
    ("segment", "key"), [("%00", "\ufffd"), ("a%00b", "a\ufffdb"), ("x" * 65, "x" * 65), ("%07", "\x07")]
)
async def test_an_id_that_cannot_be_is_for_the_handler_to_miss(segment: str, key: str) -> None:
    async with Edge().client() as client:
        answer = await client.get(f"{BASE}/things/{segment}", headers=TOKEN)

    assert (answer.status_code, answer.json()["thing"]["thing_id"]) == (200, key)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "TRACE", "BREW"])
async def test_allow_names_every_method_of_the_path(method: str) -> None:
    async with Edge().client() as client:
        answer = await client.request(method, f"{BASE}/things", headers=TOKEN)

    assert (answer.status_code, answer.json()["code"]) == (405, "request.method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, POST"


async def test_head_answers_as_get_without_a_body() -> None:
    async with Edge().client() as client:
        got = await client.get(f"{BASE}/things/abc", headers=TOKEN)
        headed = await client.head(f"{BASE}/things/abc", headers=TOKEN)

    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers["content-length"] == got.headers["content-length"]
    assert headed.headers["etag"] == got.headers["etag"]
