"""Logos and signatures over HTTP: put up, shown, inherited, taken down; what is no picture is refused by name."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.adapters.hostile_pictures import HTML, REFUSED, SECRET, SVG, a_png, with_words
from tests.running import Caller, Firm, Form
from tests.server.trade import count_of

PICTURES = [(owner, name) for owner in ("organizations", "branches") for name in ("logo", "signature")]
each_picture = pytest.mark.parametrize(("owner", "name"), PICTURES)


def path_of(firm: Firm, owner: str, name: str) -> str:
    return f"/{owner}/{firm.organization_id if owner == 'organizations' else firm.branch_id}/{name}"


async def put(call: Caller, path: str, content: bytes, **options: Any) -> httpx.Response:
    return await call("PUT", path, Form({"file": content}), **options)


@each_picture
async def test_a_picture_is_put_up_shown_and_taken_down(call: Caller, firm: Firm, owner: str, name: str) -> None:
    path = path_of(firm, owner, name)
    assert (await call("GET", path)).status_code == 404

    answer = await put(call, path, with_words())

    assert answer.status_code == 200, answer.text
    (thing,) = (value for value in answer.json().values() if isinstance(value, dict))
    shown = await call("GET", path)
    assert shown.headers["content-type"] == "image/png"
    assert thing[name] | {"sha256": ""} == {"sha256": "", "width": 300, "height": 120, "size_bytes": len(shown.content)}
    assert Image.open(io.BytesIO(shown.content)).size == (300, 120)
    assert SECRET not in shown.content
    assert (await call("GET", path.removesuffix(f"/{name}"))).json() == answer.json()
    gone = await call("DELETE", path)
    assert gone.status_code == 200, gone.text
    assert (await call("GET", path)).status_code == 404
    assert (await call("DELETE", path)).json()["code"] == "not_found.resource"
    assert count_of(firm, "pictures") == 0


async def test_whoever_has_the_picture_is_told_so_until_it_is_another(call: Caller, firm: Firm) -> None:
    path = path_of(firm, "branches", "signature")
    await put(call, path, with_words())
    first = await call("GET", path)
    tag = first.headers["ETag"]

    had = await call("GET", path, headers={"If-None-Match": tag})

    assert (had.status_code, had.content, had.headers["ETag"]) == (304, b"", tag)
    assert first.headers["Cache-Control"] == had.headers["Cache-Control"] == "private, no-cache"
    await put(call, path, a_png(200, 90))
    other = await call("GET", path, headers={"If-None-Match": tag})
    assert (other.status_code, other.headers["ETag"] == tag, other.content == first.content) == (200, False, False)


@pytest.mark.parametrize("name", [name for name in REFUSED if "bomb" not in name])
async def test_what_is_no_picture_is_refused_and_named(call: Caller, firm: Firm, name: str) -> None:
    content, words = REFUSED[name]

    reply = await put(call, path_of(firm, "organizations", "logo"), content)

    problem = reply.json()
    assert (reply.status_code, problem["code"], problem["field"]) == (400, "validation.invalid_value", "file")
    assert words in problem["message"]
    assert count_of(firm, "pictures") == 0


async def test_a_bomb_is_refused(call: Caller, firm: Firm) -> None:
    reply = await put(call, path_of(firm, "branches", "logo"), REFUSED["a bomb of a hundred million pixels"][0])

    assert (reply.status_code, reply.json()["field"]) == (400, "file")
    assert "24 million pixels" in reply.json()["message"]


async def test_an_empty_file_one_under_another_name_and_one_too_many_are_refused(call: Caller, firm: Firm) -> None:
    path = path_of(firm, "organizations", "logo")

    async def told(files: Any, data: Any = None) -> tuple[int, str, str | None]:
        reply = await call("PUT", path, files=files, data=data)
        return reply.status_code, reply.json()["code"], reply.json().get("field")

    assert await told({"file": ("a.png", b"")}) == (400, "validation.invalid_value", "file")
    assert await told({"fill": ("a.txt", b"no picture")}) == (422, "validation.failed", "fill")
    assert await told({"file": ("a.png", a_png())}, {"more": "x"}) == (422, "validation.failed", "more")
    assert await told([("file", ("a.png", a_png())), ("file", ("b.png", a_png()))]) == (
        400,
        "validation.invalid_value",
        "file",
    )


async def test_a_file_over_five_mebibytes_is_refused_while_it_arrives(call: Caller, firm: Firm) -> None:
    reply = await put(call, path_of(firm, "organizations", "logo"), b"\x89PNG\r\n\x1a\n" + bytes(5 * 1024 * 1024))

    assert (reply.status_code, reply.json()["code"]) == (413, "request.too_large")
    assert "5" in reply.json()["message"]


@pytest.mark.parametrize("content", [SVG, HTML])
async def test_a_page_of_a_browser_is_refused_under_any_name(call: Caller, firm: Firm, content: bytes) -> None:
    for filename, media_type in (("logo.png", "image/png"), ("logo.svg", "image/svg+xml"), ("a.html", "text/html")):
        files = {"file": (filename, content, media_type)}
        reply = await call("PUT", path_of(firm, "organizations", "logo"), files=files)
        assert (reply.status_code, reply.json()["code"]) == (400, "validation.invalid_value")


async def test_two_owners_of_one_picture_keep_it_until_both_have_given_it_up(call: Caller, firm: Firm) -> None:
    paths = [path_of(firm, owner, name) for owner, name in PICTURES]
    for path in paths:
        assert (await put(call, path, a_png())).status_code == 200
    assert count_of(firm, "pictures") == 1

    for path in paths[:-1]:
        assert (await call("DELETE", path)).status_code == 200

    assert count_of(firm, "pictures") == 1
    assert (await call("GET", paths[-1])).status_code == 200
    assert (await put(call, paths[-1], a_png(90, 30))).status_code == 200
    assert count_of(firm, "pictures") == 1


async def test_a_stale_version_is_refused_and_the_trail_tells_who_put_it_up(call: Caller, firm: Firm) -> None:
    path = path_of(firm, "branches", "signature")
    branch = (await call("GET", f"/branches/{firm.branch_id}")).json()["branch"]

    first = await put(call, path, a_png(), headers={"If-Match": f'"{branch["version"]}"'})
    second = await put(call, path, a_png(50, 50), headers={"If-Match": f'"{branch["version"]}"'})

    assert (first.status_code, second.status_code) == (200, 412)
    assert first.json()["branch"]["version"] == branch["version"] + 1
    query = {"entity_type": "BRANCH", "entity_id": firm.branch_id}
    told = (await call("GET", "/activity", params=query)).json()["activity"][0]
    assert (told["action"], list(told["changes"])) == ("BRANCH_UPDATED", ["signature"])
    assert told["changes"]["signature"]["new"] == first.json()["branch"]["signature"]


async def test_a_branch_as_it_was_read_may_be_sent_back_with_its_pictures(call: Caller, firm: Firm) -> None:
    await put(call, path_of(firm, "branches", "logo"), a_png())
    branch = (await call("GET", f"/branches/{firm.branch_id}")).json()["branch"]

    same = await call("PUT", f"/branches/{firm.branch_id}", {**branch, "footer": "Pune"})
    other = await call("PUT", f"/branches/{firm.branch_id}", {**branch, "logo": None})

    assert (same.status_code, same.json()["branch"]["logo"]) == (200, branch["logo"])
    assert (other.status_code, other.json()["field"]) == (400, "logo")


async def test_settings_of_the_look_are_shown_as_they_were_said(call: Caller, firm: Firm) -> None:
    settings = {
        "accent_colour": "#ABCDEF",
        "footer": "<b>Sahyadri</b> & sons",
        "terms": "One.\nTwo.",
        "is_upi_qr_printed": False,
        "bank_details": {"upi_id": "sahyadri@hdfcbank"},
    }

    for path in (f"/organizations/{firm.organization_id}", f"/branches/{firm.branch_id}"):
        reply = await call("PUT", path, settings)
        (shown,) = (value for value in reply.json().values() if isinstance(value, dict))
        assert shown.items() >= {**settings, "accent_colour": "#abcdef", "bank_details": shown["bank_details"]}.items()
        assert shown["bank_details"]["upi_id"] == "sahyadri@hdfcbank"


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"accent_colour": "red"}, "accent_colour"),
        ({"accent_colour": "#12345g"}, "accent_colour"),
        ({"accent_colour": "#1f4e79;background:url(https://evil.example)"}, "accent_colour"),
        ({"default_template": "fancy"}, "default_template"),
        ({"bank_details": {"upi_id": "no handle"}}, "bank_details.upi_id"),
        ({"bank_details": {"upi_id": "a@b&am=1"}}, "bank_details.upi_id"),
        ({"footer": "two\nlines"}, "footer"),
        ({"terms": "x" * 5001}, "terms"),
    ],
)
async def test_a_setting_that_cannot_be_is_refused_by_name(
    call: Caller, firm: Firm, settings: dict[str, Any], field: str
) -> None:
    for path in (f"/organizations/{firm.organization_id}", f"/branches/{firm.branch_id}"):
        reply = await call("PUT", path, settings)
        assert (reply.status_code, reply.json()["code"], reply.json()["field"]) == (
            400,
            "validation.invalid_value",
            field,
        )
