"""Documents in which apps describe themselves: which addresses have one, what is believed, and for how long."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.access.oauth import documents
from domain.access.oauth.documents import NotDescribed

ADDRESS = "https://kirana.example/oauth/client.json"
RETURN_TO = "https://kirana.example/callback"
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
JSON = {"content-type": "application/json"}


def a_document(**changed: Any) -> bytes:
    usual = {"client_id": ADDRESS, "client_name": "Kirana POS", "redirect_uris": [RETURN_TO],
             "token_endpoint_auth_method": "none"}  # fmt: skip
    return json.dumps({name: value for name, value in {**usual, **changed}.items() if value is not None}).encode()


@pytest.mark.parametrize(
    "address",
    [ADDRESS, "https://kirana.example/a", "https://kirana.example:8443/a/b", "https://kirana.example/.well-known/client",
     "https://kirana.example/a..b"],
)  # fmt: skip
def test_these_are_addresses_of_documents(address: str) -> None:
    assert documents.is_address(address)


@pytest.mark.parametrize(
    "address",
    ["", "app_01kar7v3fxe7srq2mv8cx0a1aa", "http://kirana.example/client.json", "https://kirana.example",
     "https://kirana.example/", "https://kirana.example/a?b=c", "https://kirana.example/a#b",
     "https://me@kirana.example/a", "https://me:secret@kirana.example/a", "https://kirana.example/a/../b",
     "https://kirana.example/./a", "https://kirana.example/a/%2e%2E/b", "https://kirana.example/..",
     "https://kirana.example:443/a", "https://kirana.example:0/a", "https://kirana.example:99999/a",
     "HTTPS://kirana.example/a", "https://Kirana.example/a", "https://kirana.example\\a", "https://kirana.example/a b",
     "https://kirana.example/a\n", "https://kirana.example/é", "https://[::1]/a",
     "https://kirana.example/" + "a" * 500],
)  # fmt: skip
def test_these_are_none(address: str) -> None:
    assert not documents.is_address(address)


def test_what_it_says_of_itself_is_believed() -> None:
    body = a_document(client_uri="https://kirana.example/about", grant_types=["authorization_code", "refresh_token"])

    client = documents.described(ADDRESS, body, JSON, now=NOW)

    assert (client.id, client.name, client.client_uri) == (ADDRESS, "Kirana POS", "https://kirana.example/about")
    assert client.redirect_uris == [RETURN_TO]
    assert client.is_public
    assert (client.organization_id, client.tier, client.is_active) == (None, "DEFAULT", True)
    assert (client.fetched_at, client.fresh_until) == (NOW, NOW + timedelta(hours=1))


def test_what_it_says_of_others_is_not() -> None:
    for uri in ("https://bank.example/", "http://kirana.example/", "https://kirana.example@bank.example/", 7):
        assert documents.described(ADDRESS, a_document(client_uri=uri), JSON, now=NOW).client_uri is None


@pytest.mark.parametrize("name", [None, "", " ", "x" * 81, "Kirana\u202egpj.exe", "two\nlines", 7, ["Kirana"]])
def test_a_name_that_cannot_be_shown_gives_way_to_the_host(name: Any) -> None:
    assert documents.described(ADDRESS, a_document(client_name=name), JSON, now=NOW).name == "kirana.example"


def test_addresses_that_lead_nowhere_we_send_people_are_left_out() -> None:
    uris = [
        "http://127.0.0.1/callback",
        "http://kirana.example/callback",
        "javascript:alert(1)",
        7,
        "kirana:/x",
        RETURN_TO,
    ]

    client = documents.described(ADDRESS, a_document(redirect_uris=uris), JSON, now=NOW)

    assert client.redirect_uris == ["http://127.0.0.1/callback", RETURN_TO]


@pytest.mark.parametrize(
    ("body", "headers", "why"),
    [
        (a_document(client_id="https://bank.example/client.json"), JSON, "another client_id"),
        (a_document(client_id=ADDRESS + "/"), JSON, "another client_id"),
        (a_document(client_id=None), JSON, "another client_id"),
        (a_document(redirect_uris=None), JSON, "redirect_uris"),
        (a_document(redirect_uris=[]), JSON, "redirect_uris"),
        (a_document(redirect_uris="https://kirana.example/callback"), JSON, "redirect_uris"),
        (a_document(redirect_uris=["http://kirana.example/"]), JSON, "redirect_uris"),
        (a_document(redirect_uris=[f"{RETURN_TO}/{n}" for n in range(21)]), JSON, "more than 20"),
        (a_document(token_endpoint_auth_method="client_secret_basic"), JSON, "prove itself"),
        (a_document(token_endpoint_auth_method="private_key_jwt"), JSON, "prove itself"),
        (a_document(client_secret="x"), JSON, "prove itself"),
        (a_document(grant_types=["client_credentials"]), JSON, "authorization_code"),
        (a_document(grant_types=7), JSON, "authorization_code"),
        (a_document(), {"content-type": "text/html"}, "content type"),
        (a_document(), {}, "content type"),
        (b"<html>", JSON, "no JSON"),
        (b"\xff{}", JSON, "no JSON"),
        (b"[" * 5000, JSON, "no JSON"),
        (b"[1]", JSON, "no object"),
        (b"", JSON, "no JSON"),
    ],
)  # fmt: skip
def test_a_document_that_describes_no_app_of_ours_is_refused(body: bytes, headers: dict[str, str], why: str) -> None:
    with pytest.raises(NotDescribed, match=why):
        documents.described(ADDRESS, body, headers, now=NOW)


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON",
                                          "application/oauth-client+json"])  # fmt: skip
def test_json_has_several_names(content_type: str) -> None:
    assert documents.described(ADDRESS, a_document(), {"content-type": content_type}, now=NOW).id == ADDRESS


@pytest.mark.parametrize(
    ("told", "minutes"),
    [("", 60), ("public", 60), ("max-age=7200", 120), ("public, max-age=600", 10), ("max-age=0", 5), ("no-store", 5),
     ("no-cache, max-age=7200", 5), ("max-age=999999999", 24 * 60), ("MAX-AGE=600", 10), ("max-age=soon", 60)],
)  # fmt: skip
def test_it_counts_for_as_long_as_it_allows_within_limits(told: str, minutes: int) -> None:
    assert documents.life_of(told) == timedelta(minutes=minutes)
