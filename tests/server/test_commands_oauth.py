"""The commands for OAuth apps and for what people sign in with, as the operator types them, on a real database."""

import re

import pytest
from typer.testing import CliRunner

from server.command_line import commands
from server.settings import DatabaseUrl
from tests.conftest import NewDatabase
from tests.running import rows

RETURN_TO = "https://kirana.example/callback"
MEERA = ("user", "create", "meera@example.in", "--name", "Meera Kulkarni")


@pytest.fixture
def url(new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch) -> DatabaseUrl:
    """A database with no rows, which commands find."""
    made = new_database()
    monkeypatch.setenv("DATABASE_URL", made)
    monkeypatch.setenv("COLUMNS", "200")
    return made


def said(*words: str, typed: str | None = None, code: int = 0) -> str:
    """What a command says."""
    result = CliRunner().invoke(commands, words, input=typed)
    assert result.exit_code == code, result.output
    return result.output


def test_an_app_is_registered_listed_given_another_secret_and_removed(url: DatabaseUrl) -> None:
    told = said("oauth", "clients", "add", "Kirana POS", "--redirect-uri", RETURN_TO, "--tier", "partner")
    secret = re.findall(r"aibk_ocs_\w{38}", told)[0]
    key = re.findall(r"app_\w{26}", told)[0]

    assert f"{key}\tKirana POS\tconfidential\tPARTNER\t{RETURN_TO}" in said("oauth", "clients", "list")
    renewed = said("oauth", "clients", "renew-secret", key).strip()
    assert renewed.startswith("aibk_ocs_")
    assert renewed != secret
    assert "Kirana POS is removed" in said("oauth", "clients", "remove", key)
    assert said("oauth", "clients", "list") == ""
    assert "There is no such app" in said("oauth", "clients", "remove", key, code=1)


def test_a_public_app_has_no_secret(url: DatabaseUrl) -> None:
    told = said("oauth", "clients", "add", "Desk", "--redirect-uri", "http://127.0.0.1/cb", "--public", "--quiet")

    assert re.fullmatch(r"app_\w{26}\n", told)
    assert "not found" in said("oauth", "clients", "renew-secret", told.strip(), code=1)


ADDRESSES = {
    "http to elsewhere": "http://kirana.example/callback",
    "a fragment": RETURN_TO + "#x",
    "a user name": "https://me@kirana.example/callback",
    "a user name for a loopback": "http://127.0.0.1:80@kirana.example/",
    "a script": "javascript:alert(1)",
    "a scheme of anybody's": "kirana:/callback",
    "a scheme of its own, which keeps no secret": "example.kirana:/callback",
    "a space": "https://kirana.example/a b",
    "a backslash": "https://kirana.example\\@evil.example/",
    "a policy": "https://kirana.example;script-src/",
    "a port too high": "https://kirana.example:99999/",
    "no host": "https:///callback",
    "capitals": "https://Kirana.example/callback",
    "nothing": "",
}


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES.keys())
def test_an_address_that_users_could_be_led_astray_by_is_refused(url: DatabaseUrl, address: str) -> None:
    assert "address" in said("oauth", "clients", "add", "Kirana", "--redirect-uri", address, code=1)
    assert rows(url, "select id from oauth_clients") == []


@pytest.mark.parametrize(
    "address", ["example.kirana:/callback", "http://[::1]/cb", "https://kirana.example:8443/cb?a=1"]
)
def test_an_address_of_a_public_app_may_be_its_own_scheme(url: DatabaseUrl, address: str) -> None:
    said("oauth", "clients", "add", "Kirana", "--public", "--redirect-uri", address)

    assert rows(url, "select redirect_uris from oauth_clients") == [{"redirect_uris": [address]}]


def test_a_password_is_set_and_kept_as_a_hash_only(url: DatabaseUrl) -> None:
    said(*MEERA)

    typed = "three lamps on a shelf\n"
    assert "signs in" in said("user", "set-password", "meera@example.in", typed=typed * 2)
    said("user", "set-password", "meera@example.in", "--stdin", typed="four lamps on a shelf\n")

    (kept,) = rows(url, "select password_hash from credentials")
    assert kept["password_hash"].startswith("$argon2id$")
    assert "lamps" not in kept["password_hash"]


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "Meera@example.in", "Meera Kulkarni"])
def test_a_password_that_would_be_guessed_is_refused(url: DatabaseUrl, password: str) -> None:
    said(*MEERA)

    said("user", "set-password", "meera@example.in", "--stdin", typed=f"{password}\n", code=1)

    assert rows(url, "select user_id from credentials") == []


def test_two_passwords_that_differ_change_nothing(url: DatabaseUrl) -> None:
    said(*MEERA)

    typed = "three lamps on a shelf\nthree lamps on the shelf\n"
    assert "not the same" in said("user", "set-password", "meera@example.in", typed=typed, code=1)

    assert rows(url, "select user_id from credentials") == []


def test_signing_a_user_out_ends_every_session(url: DatabaseUrl) -> None:
    said(*MEERA)
    begun = """
    insert into sessions (id_hash, user_id, created_at, last_seen_at, expires_at)
    select sha256('x'), id, now(), now(), now() + interval '1 day' from users
    """
    rows(url, begun)

    assert "signed out of 1 browsers" in said("user", "sign-out", "meera@example.in")

    assert rows(url, "select count(*) from sessions where revoked_at is null") == [{"count": 0}]


def test_a_second_factor_is_taken_away_by_command(url: DatabaseUrl) -> None:
    said(*MEERA)
    rows(url, "insert into second_factors (user_id, sealed_secret, created_at, confirmed_at, last_step, wrong)"
              " select id, 'sealed', now(), now(), 0, 0 from users")  # fmt: skip

    assert "by password alone" in said("user", "remove-second-factor", "meera@example.in")
    assert "has no second factor" in said("user", "remove-second-factor", "meera@example.in")

    assert rows(url, "select user_id from second_factors") == []
    assert rows(url, "select kind from security_events") == [{"kind": "TOTP_DISABLED"}]


def test_a_lost_laptop_is_one_command(url: DatabaseUrl) -> None:
    said(*MEERA)
    said("organization", "create", "Sahyadri", "--state", "MH", "--owner", "meera@example.in")
    token = said("token", "mint", "--quiet").strip()
    said("token", "mint", "--multi-org", "--quiet")

    assert "2 access tokens are revoked" in said("user", "revoke-all", "meera@example.in")

    assert "revoked already" in said("token", "revoke", token, code=1)


def test_what_the_operator_does_to_an_account_is_told_to_its_user(url: DatabaseUrl) -> None:
    said(*MEERA)
    said("user", "create", "ravi@example.in", "--name", "Ravi")
    said("organization", "create", "Sahyadri", "--state", "MH", "--owner", "meera@example.in")
    said("user", "set-password", "ravi@example.in", "--stdin", typed="three lamps on a shelf\n")
    said("user", "grant", "ravi@example.in", "--role", "sales")
    said("user", "grant", "ravi@example.in", "--role", "accountant")
    said("token", "mint", "--user", "ravi@example.in", "--name", "till")
    said("token", "revoke", rows(url, "select id from tokens")[0]["id"])
    said("user", "suspend", "ravi@example.in")
    assert "is a member no longer" in said("user", "remove", "ravi@example.in")
    assert "Ravi" not in said("user", "list", "--org", "Sahyadri")
    said("user", "revoke-all", "ravi@example.in")

    told = """
    select kind, detail ->> 'role' as role from security_events as event join users on users.id = event.user_id
     where email = 'ravi@example.in' and mail_at is not null order by at, event.id
    """
    assert [(row["kind"], row["role"]) for row in rows(url, told)] == [
        ("PASSWORD_CHANGED", None),
        ("MEMBER_INVITED", "SALES"),
        ("ROLE_CHANGED", "ACCOUNTANT"),
        ("TOKEN_MINTED", None),
        ("TOKEN_REVOKED", None),
        ("MEMBER_SUSPENDED", "ACCOUNTANT"),
        ("MEMBER_REMOVED", "ACCOUNTANT"),
        ("ALL_REVOKED", None),
    ]
