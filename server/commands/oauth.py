"""The commands ``finzbooks oauth``: register apps, list them, change their secrets, remove them."""

from typing import Annotated

import typer

from domain.access.oauth import clients, revoking
from domain.access.oauth.clients import Client
from domain.books import Books
from domain.errors import Failed
from server import desk
from server.settings import Settings

app = typer.Typer(name="oauth", help="OAuth: the apps of partners.", no_args_is_help=True)
apps = typer.Typer(name="clients", help="Register apps, list them, remove them.", no_args_is_help=True)
app.add_typer(apps)

Name = Annotated[str, typer.Argument(help="What its users are shown.", show_default=False)]
ReturnTo = Annotated[
    list[str], typer.Option("--redirect-uri", help="Where its users are sent back to; may be repeated.")
]
IsPublic = Annotated[
    bool, typer.Option("--public", help="It runs where no secret can be kept: on a telephone, in a page.")
]
Home = Annotated[str | None, typer.Option("--home", help="Its own page, https://….")]
Tier = Annotated[str, typer.Option("--tier", help=f"How often it may call: {' or '.join(clients.TIERS)}.")]
Org = Annotated[str | None, typer.Option("--org", help="Id or name of the organization whose app it is.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only the id and, on the next line, the secret.")]
Which = Annotated[str, typer.Argument(help="Id of the app.", show_default=False)]


@apps.command(
    epilog="Example: finzbooks oauth clients add 'Kirana POS' --redirect-uri https://kirana.example/finzbooks/callback"
)
def add(
    name: Name,
    *,
    redirect_uri: ReturnTo,
    public: IsPublic = False,
    home: Home = None,
    tier: Tier = "DEFAULT",
    org: Org = None,
    quiet: Quiet = False,
) -> None:
    """Register an app; its secret is shown this once."""

    async def register(books: Books) -> tuple[Client, str | None]:
        owner = (await desk.books_of(books, org)).organization_id if org else None
        return await clients.add(
            books, clients.Wish(name, redirect_uri, public, client_uri=home, organization_id=owner, tier=tier.upper())
        )

    client, secret = desk.carry_out(register)
    if quiet:
        typer.echo("\n".join(each for each in (client.id, secret) if each))
        return
    desk.say(f"{client.name} is client {client.id}.")
    if secret is not None:
        desk.say(f"Its secret, shown this once: {secret}")
    url = Settings.from_environment().public_url
    desk.say(f"It finds everything else at {url}/.well-known/oauth-authorization-server")


@apps.command("list")
def list_clients() -> None:
    """List all apps."""
    headings = ("Id", "Name", "Kind", "Tier", "Sends users back to")
    rows = [
        (each.id, each.name, "public" if each.is_public else "confidential", each.tier, " ".join(each.redirect_uris))
        for each in desk.carry_out(clients.list_clients)
    ]
    desk.show_table(headings, rows)


@apps.command()
def renew_secret(client: Which) -> None:
    """Give an app another secret, shown this once; the old one is void at once."""

    async def renew(books: Books) -> str:
        return await clients.renew_secret(books, client)

    typer.echo(desk.carry_out(renew))


@apps.command()
def remove(client: Which) -> None:
    """Let an app in no more: all its tokens are revoked at once."""

    async def end(books: Books) -> tuple[Client, int]:
        found = await clients.find(books, client)
        if found is None:
            raise Failed("There is no such app; 'finzbooks oauth clients list' shows all.")
        return found, await revoking.remove_client(books, found)

    removed, ended = desk.carry_out(end)
    desk.say(f"{removed.name} is removed; what {ended} users allowed it has ended.")
