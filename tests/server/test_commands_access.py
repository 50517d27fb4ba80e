"""The commands for organizations, users and tokens, as the operator types them, on a real database."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner, Result

from domain.access import tokens
from server.command_line import commands
from server.settings import DatabaseUrl
from tests.conftest import NewDatabase

GSTIN = "27AAPFU0939F1ZV"

Say = Callable[..., Result]


@pytest.fixture
def url(new_database: NewDatabase) -> DatabaseUrl:
    """A database with no rows."""
    return new_database()


@pytest.fixture
def say(url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Runs a command on the database."""
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(commands, words)


@pytest.fixture
def firm(say: Say) -> str:
    """The id of an organization whose owner is meera@example.in."""
    done(say("user", "create", "meera@example.in", "--name", "Meera Kulkarni"))
    founded = say(
        "organization", "create", "Sahyadri", "--owner", "meera@example.in",
        "--state", "MH", "--gst-no", GSTIN, "--quiet",
    )  # fmt: skip
    return done(founded)


@pytest.fixture
def asked(url: DatabaseUrl) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """Asks the database."""
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        yield lambda question: connection.execute(question.encode()).fetchall()


def done(result: Result) -> str:
    """What a command printed that went well."""
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def refused(result: Result) -> str:
    """The one line that a refused command printed."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr.strip()


def test_help_has_an_example_for_every_command_that_makes_something(say: Say) -> None:
    for words in (("organization", "create"), ("user", "create"), ("user", "grant"), ("token", "mint")):
        assert f"finzbooks {' '.join(words)}" in done(say(*words, "--help"))


def test_an_organization_is_founded_and_listed(say: Say, firm: str, asked: Any) -> None:
    assert done(say("organization", "list")).split("\t") == [firm, "Sahyadri", GSTIN, "IN-MH", "live"]
    assert asked("select count(*) > 40 from accounts") == [(True,)]
    (told,) = asked("select actor_user_id, metadata ->> 'source' from activity where action = 'ORGANIZATION_CREATED'")
    assert told == (None, "CLI")


def test_a_person_is_told_what_comes_next(say: Say) -> None:
    assert "is user usr_" in done(say("user", "create", "ravi@example.in", "--name", "Ravi"))
    founded = done(say("organization", "create", "Konkan", "--owner", "ravi@example.in", "--state", "GA"))
    assert "finzbooks token mint --org org_" in founded


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--owner", "nobody@example.in", "--state", "MH"), "There is no user 'nobody@example.in'"),
        (("--owner", "meera@example.in", "--state", "ZZ"), "'ZZ' is not a state of India"),
        (("--owner", "meera@example.in", "--state", "KA", "--gst-no", GSTIN), "a registration in Maharashtra"),
        (("--owner", "meera@example.in", "--state", "MH", "--registration-type", "SEZ"), "needs a GSTIN"),
        (("--owner", "meera@example.in", "--state", "MH", "--registration-type", "BIG"), "A registration type is one"),
    ],
)
@pytest.mark.usefixtures("firm")
def test_a_refused_founding_leaves_nothing(say: Say, asked: Any, words: tuple[str, ...], line: str) -> None:
    assert line in refused(say("organization", "create", "Konkan", *words))
    assert asked("select count(*) from organizations") == [(1,)]


@pytest.mark.usefixtures("firm")
def test_users_come_and_go(say: Say) -> None:
    done(say("user", "create", "ravi@example.in", "--name", "Ravi"))
    assert done(say("user", "grant", "ravi@example.in", "--role", "read-only")) == "ravi@example.in is read-only."
    assert done(say("user", "suspend", "RAVI@example.in", "--org", "sahyadri")) == "ravi@example.in is suspended."
    lines = done(say("user", "list", "--org", "Sahyadri")).split("\n")
    assert [line.split("\t")[1:] for line in lines] == [
        ["meera@example.in", "Meera Kulkarni", "OWNER", "active"],
        ["ravi@example.in", "Ravi", "READ_ONLY", "suspended"],
    ]
    assert len(done(say("user", "list")).split("\n")) == 2


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("user", "create", "MEERA@example.in", "--name", "M"), "There is a user with the address"),
        (("user", "create", "meera", "--name", "M"), "is not an e-mail address"),
        (("user", "grant", "meera@example.in", "--role", "KING"), "is not a role"),
        (("user", "suspend", "meera@example.in"), "is the last owner"),
        (("user", "grant", "nobody@example.in", "--role", "SALES"), "There is no user 'nobody@example.in'"),
        (("user", "list", "--org", "Konkan"), "There is no such organization"),
        (("token", "mint", "--scope", "AIBooks.invoices.WRITE"), "No such scope: AIBooks.invoices.WRITE"),
        (("token", "mint", "--expires-in", "tomorrow"), "'tomorrow' is no span of time"),
        (("token", "mint", "--expires-in", "0d"), "is past"),
        (("token", "mint", "--tier", "GOLD"), "'GOLD' is not a tier"),
        (("token", "mint", "--per-minute", "0"), "Calls a minute are from 1"),
        (("token", "mint", "--user", "nobody@example.in"), "There is no user 'nobody@example.in'"),
        (("token", "revoke", "aibk_pat_unknown0"), "There is no such token"),
    ],
)
@pytest.mark.usefixtures("firm")
def test_a_refusal_is_one_line(say: Say, words: tuple[str, ...], line: str) -> None:
    assert line in refused(say(*words))


def test_a_token_is_minted_for_the_only_organization(say: Say, firm: str, asked: Any) -> None:
    token = done(say("token", "mint", "--quiet"))
    assert tokens.is_well_formed(token)
    assert asked("select organization_id, scopes, calls_per_minute, expires_at from tokens") == [
        (firm, ["AIBooks.fullaccess.all"], 600, None)
    ]
    assert asked("select count(*) from activity where action = 'TOKEN_CREATED'") == [(1,)]


@pytest.mark.usefixtures("firm")
def test_a_token_takes_scopes_end_tier_and_limit(say: Say, asked: Any) -> None:
    done(say(
        "token", "mint", "--org", "Sahyadri", "--user", "meera@example.in", "--scope", "AIBooks.invoices.ALL",
        "--scope", "AIBooks.items.READ", "--expires-in", "90d", "--per-minute", "1000000", "--tier", "partner",
    ))  # fmt: skip
    (row,) = asked(
        "select scopes, tier, calls_per_minute, extract(day from expires_at - created_at)::integer from tokens"
    )
    assert row == (["AIBooks.invoices.ALL", "AIBooks.items.READ"], "PARTNER", 1_000_000, 90)


@pytest.mark.usefixtures("firm")
def test_a_person_sees_the_token_and_a_line_to_try_it(say: Say) -> None:
    said = done(say("token", "mint"))
    token = next(line.strip() for line in said.split("\n") if line.startswith("  aibk_pat_"))
    assert f"curl -H 'Authorization: Bearer {token}' http://localhost:8000/api/public/v1/whoami" in said
    assert token not in done(say("token", "list"))


def test_a_sandbox_token_makes_the_sandbox_once(say: Say, firm: str, asked: Any) -> None:
    for _ in range(2):
        assert done(say("token", "mint", "--sandbox", "--quiet")).startswith("aibk_pat_test_")
    assert asked("select live_organization_id from organizations where is_sandbox") == [(firm,)]
    assert asked("select distinct is_sandbox from tokens") == [(True,)]


@pytest.mark.usefixtures("firm")
def test_a_token_of_a_user_is_bound_to_no_organization(say: Say, asked: Any) -> None:
    done(say("token", "mint", "--multi-org", "--user", "meera@example.in"))
    done(say("token", "mint", "--multi-org", "--sandbox"))
    assert asked("select organization_id, is_sandbox from tokens order by created_at") == [(None, False), (None, True)]


@pytest.mark.usefixtures("firm")
def test_among_several_organizations_one_must_be_named(say: Say) -> None:
    for name in ("Konkan", "Konkan"):
        done(say("organization", "create", name, "--owner", "meera@example.in", "--state", "GA"))
    assert "Say with --org which organization is meant" in refused(say("token", "mint"))
    assert "Say with --org which organization is meant" in refused(say("token", "mint", "--org", "konkan"))
    done(say("token", "mint", "--org", "Sahyadri"))


@pytest.mark.usefixtures("firm")
def test_a_token_is_listed_and_revoked(say: Say) -> None:
    token = done(say("token", "mint", "--name", "CI", "--quiet"))
    cells = done(say("token", "list", "--org", "Sahyadri", "--user", "meera@example.in")).split("\t")
    assert (cells[1], cells[2], cells[-1]) == (token[:17], "CI", "good")
    assert done(say("token", "revoke", token)) == f"Token {token[:17]}… (CI) is revoked."
    assert "has been revoked already" in refused(say("token", "revoke", cells[0]))
    assert "revoked " in done(say("token", "list"))


def test_a_database_without_tables_is_said_to_be_so(url: DatabaseUrl, say: Say) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
    assert "run: finzbooks migrate" in refused(say("user", "list"))


def test_a_database_that_is_away_is_said_to_be_so(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://finzbooks@127.0.0.1:1/none")
    assert "The database cannot be reached" in refused(say("user", "list"))


def test_an_operator_without_superuser_is_enough(
    url: DatabaseUrl, say: Say, firm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Managed databases give no superuser; row-level security then binds the owner too."""
    owner, password = sql.Identifier("finzbooks_test_operator"), sql.Literal("secret")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("create role {} login nosuperuser password {}").format(owner, password))
        connection.execute(sql.SQL("grant finzbooks_operator, finzbooks_housekeeper to {}").format(owner))
        try:
            known = psycopg.conninfo.conninfo_to_dict(url)
            server = f"host={known['host']}&port={known.get('port', 5432)}"
            monkeypatch.setenv(
                "DATABASE_URL", f"postgresql://finzbooks_test_operator:secret@/{known['dbname']}?{server}"
            )
            assert firm in done(say("organization", "list"))
            assert tokens.is_well_formed(done(say("token", "mint", "--sandbox", "--quiet")))
        finally:
            connection.execute(sql.SQL("drop role {}").format(owner))
