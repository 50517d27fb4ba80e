"""The commands ``finzbooks organization``: found organizations and list them."""

from typing import Annotated

import typer

from domain.books import Books
from domain.founding import found_organization
from domain.organization import REGISTRATION_TYPES
from server import desk

app = typer.Typer(name="organization", help="Found organizations and list them.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name that is shown.", show_default=False)]
Owner = Annotated[str, typer.Option("--owner", help="E-mail address or id of the user who owns it.")]
State = Annotated[str, typer.Option("--state", help="State, as IN-MH, MH or 27.")]
GstNo = Annotated[str | None, typer.Option("--gst-no", help="GSTIN; without one it is unregistered.")]
Pan = Annotated[str | None, typer.Option("--pan", help="PAN; by default the one in the GSTIN.")]
LegalName = Annotated[str | None, typer.Option("--legal-name", help="Name in the GST registration.")]
Registration = Annotated[
    str | None, typer.Option("--registration-type", help=f"One of {', '.join(REGISTRATION_TYPES)}.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only the id.")]


@app.command(epilog="Example: finzbooks organization create Sahyadri --state MH --owner meera@sahyadri.example")
def create(
    name: Name,
    *,
    owner: Owner,
    state: State,
    gst_no: GstNo = None,
    pan: Pan = None,
    legal_name: LegalName = None,
    registration_type: Registration = None,
    quiet: Quiet = False,
) -> None:
    """Found an organization with a primary branch, an owner and a chart of accounts."""
    given = {
        "name": name.strip(),
        "state_code": state,
        "gst_no": gst_no,
        "pan": pan,
        "legal_name": legal_name,
        "registration_type": registration_type and registration_type.upper(),
    }

    async def found(books: Books) -> str:
        user = await desk.user_called(books, owner)
        particulars = {name: value for name, value in given.items() if value is not None}
        opened = await found_organization(books, particulars, owner_id=user.id)
        return opened.organization_id

    organization_id = desk.carry_out(found)
    if quiet:
        typer.echo(organization_id)
    else:
        desk.say(f"{name} is founded as {organization_id}.")
        desk.say(f"Next: finzbooks token mint --org {organization_id} --user {owner}")


@app.command("list")
def list_organizations() -> None:
    """List all organizations and sandboxes."""
    rows = desk.carry_out(desk.organizations)
    desk.show_table(
        ("Id", "Name", "GSTIN", "State", ""),
        [
            (each.id, each.name, each.gst_no or "-", each.state_code, "sandbox" if each.is_sandbox else "live")
            for each in rows
        ],
    )
