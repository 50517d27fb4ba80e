"""The commands ``finzbooks token``: mint tokens, list them and revoke them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

import typer

from domain import happenings
from domain.access import security_events, tokens
from domain.access.tokens import CALLS_PER_MINUTE, CUSTOM, ListedToken, TokenRow, Wish
from domain.books import Books
from domain.errors import Failed, Invalid, NotFound
from domain.founding import sandbox_of
from domain.organization import open_organization
from server import desk
from server.settings import Settings

app = typer.Typer(name="token", help="Mint tokens, list them and revoke them.", no_args_is_help=True)

Org = Annotated[str | None, typer.Option("--org", help="Id or name of the organization; needed if there are several.")]
Who = Annotated[str | None, typer.Option("--user", help="E-mail address or id; by default the organization's owner.")]
Name = Annotated[str, typer.Option("--name", help="What the token is for, to know it by.")]
Scopes = Annotated[
    list[str] | None,
    typer.Option("--scope", help="What it may do, as AIBooks.invoices.READ; may be repeated. Else all its user may."),
]
ExpiresIn = Annotated[str | None, typer.Option("--expires-in", help="Its life, as 90d, 12h or 30m; else for ever.")]
PerMinute = Annotated[int | None, typer.Option("--per-minute", help="Calls a minute; by default those of the tier.")]
Tier = Annotated[str | None, typer.Option("--tier", help=f"One of {', '.join((*CALLS_PER_MINUTE, CUSTOM))}.")]
IsSandbox = Annotated[bool, typer.Option("--sandbox", help="For the organization's sandbox, made at first need.")]
IsMultiOrg = Annotated[
    bool, typer.Option("--multi-org", help="For all organizations of the user, who names one a call.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only the token.")]
OnlyOrg = Annotated[str | None, typer.Option("--org", help="Only tokens bound to this organization.")]
OnlyUser = Annotated[str | None, typer.Option("--user", help="Only tokens of this user.")]
Token = Annotated[str, typer.Argument(help="Its id, its first characters as listed, or the token itself.")]

_LIFE = re.compile(r"([0-9]{1,5})([mhdw])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@app.command(
    epilog="Examples: finzbooks token mint --org Sahyadri --expires-in 90d · "
    "finzbooks token mint --scope AIBooks.invoices.ALL --scope AIBooks.contacts.READ --per-minute 1200 --quiet"
)
def mint(
    *,
    org: Org = None,
    user: Who = None,
    name: Name = "command line",
    scope: Scopes = None,
    expires_in: ExpiresIn = None,
    per_minute: PerMinute = None,
    tier: Tier = None,
    sandbox: IsSandbox = False,
    multi_org: IsMultiOrg = False,
    quiet: Quiet = False,
) -> None:
    """Mint a token; it is shown this once.

    Without options it serves the only organization, for its owner, with full access. It never does more than its
    user's role allows.
    """

    def wish(user_id: str, now: datetime) -> Wish:
        return Wish(user_id, name, scope or None, tier and tier.upper(), per_minute, _end(expires_in, now))

    async def for_one(books: Books) -> tuple[str, TokenRow]:
        token, row = await _mint_for_organization(books, org, user, wish, is_sandbox=sandbox)
        return token, await security_events.of_token(books, row, "TOKEN_MINTED")

    async def for_all(books: Books) -> tuple[str, TokenRow]:
        opened = await desk.books_of(books, org) if user is None else books
        bearer = await desk.user_called(opened, user)
        token, row = await tokens.mint_for_user(opened, wish(bearer.id, books.now), is_sandbox=sandbox)
        return token, await security_events.of_token(books, row, "TOKEN_MINTED")

    token, row = desk.carry_out(for_all if multi_org else for_one)
    if quiet:
        typer.echo(token)
    else:
        _show(token, row)


@app.command("list")
def list_tokens(*, org: OnlyOrg = None, user: OnlyUser = None) -> None:
    """List tokens, the newest first; of each only its first characters."""

    async def listed(books: Books) -> list[ListedToken]:
        bound_to = (await desk.books_of(books, org)).organization_id if org else None
        owner = await desk.user_called(books, user) if user else None
        return await tokens.list_tokens(books, organization_id=bound_to, user_id=owner.id if owner else None)

    headings = ("Id", "Begins with", "Name", "User", "Organization", "Scopes", "Calls a minute", "State")
    desk.show_table(headings, [_line(row) for row in desk.carry_out(listed)])


@app.command(epilog="Example: finzbooks token revoke aibk_pat_x3Kp9aQz")
def revoke(token: Token) -> None:
    """End a token at once."""

    async def end(books: Books) -> TokenRow:
        try:
            row = await tokens.find_token(books, token)
        except NotFound:
            raise Failed("There is no such token; 'finzbooks token list' shows all.") from None
        opened = await open_organization(books, row.organization_id or "")
        row = await tokens.revoke(opened, row)
        await happenings.record(opened)
        return await security_events.of_token(books, row, "TOKEN_REVOKED")

    row = desk.carry_out(end)
    desk.say(f"Token {row.shown_prefix}… ({row.name}) is revoked.")


async def _mint_for_organization(
    books: Books, org: str | None, user: str | None, wish: Callable[[str, datetime], Wish], *, is_sandbox: bool
) -> tuple[str, TokenRow]:
    opened = await desk.books_of(books, org)
    bearer = await desk.user_called(opened, user)
    bound_to = await sandbox_of(opened) if is_sandbox else opened
    minted = await tokens.mint(bound_to, wish(bearer.id, books.now))
    await happenings.record(bound_to)
    return minted


def _end(life: str | None, now: datetime) -> datetime | None:
    if life is None:
        return None
    read = _LIFE.fullmatch(life.strip().lower())
    if read is None:
        raise Invalid(f"'{life}' is no span of time; write it as 90d, 12h, 30m or 8w.", field="expires_at")
    return now + timedelta(**{_UNITS[read[2]]: int(read[1])})


def _show(token: str, row: TokenRow) -> None:
    serves = row.organization_id or "every organization of its user; name one with ?organization_id="
    desk.say("The token, shown this once:")
    desk.say(f"  {token}")
    desk.say(f"It serves {serves}.")
    desk.say(f"It may: {', '.join(row.scopes)}; {row.calls_per_minute:,} calls a minute.")
    desk.say(
        f"It ends {row.expires_at:%d-%m-%Y %H:%M} UTC." if row.expires_at else "It does not end until it is revoked."
    )
    url = f"{Settings.from_environment().public_url}/api/public/v1/whoami"
    desk.say(f"Try it: curl -H 'Authorization: Bearer {token}' {url}")


def _line(row: ListedToken) -> tuple[str, ...]:
    return (
        row.id,
        row.shown_prefix,
        row.name,
        row.email,
        row.organization_id or "all of the user",
        " ".join(row.scopes),
        str(row.calls_per_minute),
        _state(row),
    )


def _state(row: ListedToken) -> str:
    if row.revoked_at is not None:
        return f"revoked {row.revoked_at:%d-%m-%Y}"
    return f"until {row.expires_at:%d-%m-%Y %H:%M}" if row.expires_at else "good"
