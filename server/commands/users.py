"""The commands ``finzbooks user``: make users, let them into organizations or out, and set what they sign in with."""

import sys
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from domain import happenings
from domain.access import credentials, leaving, members, revoking, roles, second_factor, security_events, sessions
from domain.access.members import Member, User
from domain.access.oauth import revoking as oauth_revoking
from domain.access.revoking import Revoked
from domain.books import Books
from server import desk

app = typer.Typer(name="user", help="Make users, and let them into organizations or out.", no_args_is_help=True)

Who = Annotated[str, typer.Argument(help="E-mail address or id of the user.", show_default=False)]
Email = Annotated[str, typer.Argument(help="E-mail address; no two users share one.", show_default=False)]
Name = Annotated[str, typer.Option("--name", help="The person's name.")]
Role = Annotated[str, typer.Option("--role", help="One of owner, accountant, sales and read-only.")]
Org = Annotated[str | None, typer.Option("--org", help="Id or name of the organization; needed if there are several.")]
OnlyOrg = Annotated[str | None, typer.Option("--org", help="Only the members of this organization, with their roles.")]
FromInput = Annotated[bool, typer.Option("--stdin", help="Read the password from standard input, and ask nothing.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only the id.")]


@app.command(epilog="Example: finzbooks user create meera@sahyadri.example --name 'Meera Kulkarni'")
def create(email: Email, *, name: Name, quiet: Quiet = False) -> None:
    """Make a user, who is not yet a member of any organization."""

    async def make(books: Books) -> User:
        return await members.create_user(books, name=name, email=email)

    user = desk.carry_out(make)
    if quiet:
        typer.echo(user.id)
    else:
        desk.say(f"{user.name} ({user.email}) is user {user.id}.")


@app.command("list")
def list_users(*, org: OnlyOrg = None) -> None:
    """List all users, or the members of one organization."""

    async def users(books: Books) -> list[tuple[str, ...]]:
        return [(user.id, user.email, user.name) for user in await members.list_users(books)]

    async def people(books: Books) -> list[tuple[str, ...]]:
        every = await members.list_members(await desk.books_of(books, org))
        return [
            (one.user_id, one.email, one.name, one.role, "active" if one.is_active else "suspended") for one in every
        ]

    if org is None:
        desk.show_table(("Id", "E-mail", "Name"), desk.carry_out(users))
    else:
        desk.show_table(("Id", "E-mail", "Name", "Role", ""), desk.carry_out(people))


@app.command(epilog="Example: finzbooks user grant ravi@sahyadri.example --org Sahyadri --role accountant")
def grant(who: Who, *, role: Role, org: Org = None) -> None:
    """Make a user a member of an organization, or change the role; a suspended member comes back."""

    async def let_in(opened: Books, user_id: str) -> Member:
        before = await members.find_member(opened, user_id)
        member = await members.grant(opened, user_id, role.strip().upper().replace("-", "_"))
        is_new = before is None or not before.is_active
        return await security_events.of_member(opened, member, "MEMBER_INVITED" if is_new else "ROLE_CHANGED")

    member = _changed(who, org, let_in)
    desk.say(f"{member.email} is {roles.TITLES[member.role].lower()}.")


@app.command(epilog="Example: finzbooks user suspend ravi@sahyadri.example --org Sahyadri")
def suspend(who: Who, *, org: Org = None) -> None:
    """Keep a member out of an organization: tokens stop working at the next call."""

    async def keep_out(opened: Books, user_id: str) -> Member:
        return await security_events.of_member(opened, await members.suspend(opened, user_id), "MEMBER_SUSPENDED")

    member = _changed(who, org, keep_out)
    desk.say(f"{member.email} is suspended.")


@app.command(epilog="Example: finzbooks user remove ravi@sahyadri.example --org Sahyadri")
def remove(who: Who, *, org: Org = None) -> None:
    """Take a member out of an organization for good, with their tokens of it; the trail still names them."""
    member = _changed(who, org, leaving.remove)
    desk.say(f"{member.email} is a member no longer.")


@app.command(epilog="Example: finzbooks user set-password meera@sahyadri.example")
def set_password(who: Who, *, stdin: FromInput = False) -> None:
    """Set the password with which a user signs in; whoever is signed in under the old one is signed out."""
    from server.passwords import hash_of  # only here

    password = sys.stdin.readline().rstrip("\n") if stdin else typer.prompt("Password", hide_input=True)
    if not stdin and typer.prompt("Again", hide_input=True) != password:
        desk.fail("The two are not the same; nothing was changed.")

    async def change(books: Books) -> User:
        user = await desk.user_called(books, who)
        await credentials.keep(books, user, hash_of(credentials.checked(password, user)))
        await sessions.end_all(books, user.id)
        await security_events.record(books, user.id, "PASSWORD_CHANGED")
        return user

    desk.say(f"{desk.carry_out(change).email} signs in with the new password.")


@app.command(epilog="Example: finzbooks user sign-out ravi@sahyadri.example")
def sign_out(who: Who) -> None:
    """Sign a user out of every browser and end all that apps were allowed; access tokens work on."""

    async def end(books: Books) -> tuple[User, int, int]:
        user = await desk.user_called(books, who)
        return user, await sessions.end_all(books, user.id), await oauth_revoking.revoke_of_user(books, user.id)

    user, browsers, allowed = desk.carry_out(end)
    desk.say(f"{user.email} is signed out of {browsers} browsers; {allowed} apps must ask again.")


@app.command("revoke-all", epilog="Example: finzbooks user revoke-all ravi@sahyadri.example")
def revoke_all(who: Who) -> None:
    """For a lost laptop: end every session, everything that apps were allowed, and every access token of a user."""

    async def end(books: Books) -> tuple[User, Revoked]:
        user = await desk.user_called(books, who)
        return user, await revoking.revoke_all(books, user.id)

    user, revoked = desk.carry_out(end)
    desk.say(
        f"{user.email} is signed out of {revoked.sessions} browsers; {revoked.grants} apps must ask again, and "
        f"{revoked.tokens} access tokens are revoked. The password is the old one: finzbooks user set-password."
    )


@app.command("remove-second-factor", epilog="Example: finzbooks user remove-second-factor ravi@sahyadri.example")
def remove_second_factor(who: Who) -> None:
    """Ask a user for no codes any more, who has lost the telephone and the recovery codes; the user is told by mail."""

    async def remove(books: Books) -> tuple[User, bool]:
        user = await desk.user_called(books, who)
        was_there = await second_factor.remove(books, user.id)
        if was_there:
            await security_events.record(books, user.id, "TOTP_DISABLED")
        return user, was_there

    user, was_there = desk.carry_out(remove)
    desk.say(f"{user.email} signs in by password alone." if was_there else f"{user.email} has no second factor.")


def _changed(who: str, org: str | None, change: Callable[[Books, str], Awaitable[Member]]) -> Member:
    """Change what a user is in an organization, and write it into the trail."""

    async def carry_out(books: Books) -> Member:
        opened = await desk.books_of(books, org)
        user = await desk.user_called(opened, who)
        member = await change(opened, user.id)
        await happenings.record(opened)
        return member

    return desk.carry_out(carry_out)
