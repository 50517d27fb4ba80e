"""Founding an organization: a GSTIN says most of what is asked; then its first steps, and its sandbox."""

from calendar import month_name
from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from domain.access import members
from domain.access.places import Place
from domain.errors import Invalid, Refusal, Required
from domain.founding import found_organization, sandbox_of
from domain.gst.gstin import Gstin, GstinKind, parse_own_gstin
from domain.gst.states import STATES
from domain.ids import fixed_id
from domain.organization import UNREGISTERED, sandbox_id_of
from server.console.pages import Page
from server.console.visits import Visit
from server.oauth.doorkeeping import STEWARD

FOUND = "/console/found"

REGISTRATIONS = (
    ("REGULAR", "Regular"),
    ("COMPOSITION", "Composition (section 10)"),
    ("SEZ", "Unit or developer in a special economic zone"),
)
MONTHS = tuple((str(number), name) for number, name in enumerate(month_name) if name)
_STATES = tuple((state.code, state.name) for state in sorted(STATES.values(), key=lambda each: each.name))
_FOUNDED_PER_MINUTE = 5
_USUAL_MONTH = "4"
_FIELDS = ("name", "legal_name", "state_code", "pan", "registration_type", "fiscal_year_start_month")
_FIRST_STEPS = (
    ("Tokens", "Mint a token", "so that your program can call the API."),
    ("Templates", "Choose how papers look", "with your logo and your bank account."),
    ("Branches", "Enter your other branches", "each with its own GSTIN and number series."),
    ("Members", "Invite your accountant", "and everybody else who works with these books."),
)


async def ask(visit: Visit) -> Response:
    """Ask for the GSTIN."""
    return visit.page("found.html", gst_no="", asks_rest=False)


async def found(visit: Visit) -> Response:
    """Look the GSTIN up, show what it says, and ask for the rest; or found the organization."""
    gst_no, step = visit.filled("gst_no"), visit.filled("step")
    gstin, refusal = None, None
    if not step.endswith("unregistered"):
        try:
            gstin = _own(gst_no)
        except Refusal as wrong:
            return visit.page("found.html", gst_no=gst_no, asks_rest=False, refusal=wrong)
    if step.startswith("found"):
        try:
            return await _founded(visit, gstin)
        except Refusal as wrong:
            refusal = wrong
    return _asked(visit, gstin, refusal)


async def first_steps(visit: Visit) -> Response:
    """Say what to do next: only what there is, and what the member may."""
    places = {entry.label: entry.href for _, entries in visit.nav for entry in entries}
    steps = [(places[label], title, why) for label, title, why in _FIRST_STEPS if label in places]
    return visit.page("first_steps.html", steps=steps)


async def sandbox(visit: Visit) -> Response:
    """Show the sandbox of the books, or offer to make it."""
    live_id = visit.here.live_organization_id or visit.here.id
    live = next((each for each in visit.places if each.id == live_id), None)
    made = next((each for each in visit.places if each.id == sandbox_id_of(live_id)), None)
    return await _sandbox_shown(visit, live, made)


async def make_sandbox(visit: Visit) -> Response:
    """Make the sandbox, if there is none, and go there."""
    async with visit.books() as books:
        opened = await sandbox_of(books)
    return visit.go(f"/console/{opened.organization_id}/sandbox", "sandbox")


async def set_clock(visit: Visit) -> Response:
    """Set the clock of the sandbox to a moment in India, or forward by days."""
    days, now = visit.filled("advance_days"), visit.filled("now")
    body: dict[str, Any] = {"advance_days": int(days)} if days.isdecimal() else {"now": f"{now}:00+05:30"}
    try:
        await visit.send("POST", "/sandbox/clock", body)
    except Refusal as refusal:
        return await _sandbox_shown(visit, None, None, refusal)
    return visit.go(f"{visit.base}/sandbox", "clock")


async def reset_sandbox(visit: Visit) -> Response:
    """Delete all that is in the books of the sandbox, after asking for the password."""
    try:
        await visit.prove()
        await visit.send("POST", "/sandbox/reset")
    except Refusal as refusal:
        return await _sandbox_shown(visit, None, None, refusal)
    return visit.go(f"{visit.base}/sandbox", "emptied")


async def _sandbox_shown(
    visit: Visit, live: Place | None, made: Place | None, refusal: Refusal | None = None
) -> Response:
    clock = (await visit.get("/sandbox/clock"))["sandbox_clock"] if visit.here.is_sandbox else None
    return visit.page("sandbox.html", live=live, made=made, clock=clock, refusal=refusal)


def _own(gst_no: str) -> Gstin:
    """Read the GSTIN. Raises: Required, Invalid."""
    if not gst_no:
        raise Required("Enter the GSTIN, or go on without one.", field="gst_no")
    gstin = parse_own_gstin(gst_no, field="gst_no")
    if gstin.state is None or gstin.kind not in (GstinKind.REGULAR, GstinKind.GOVERNMENT):
        raise Invalid(
            "This is no number of somebody who supplies: it is a deductor's, or another kind.", field="gst_no"
        )
    return gstin


def _asked(visit: Visit, gstin: Gstin | None, refusal: Refusal | None) -> Response:
    values: dict[str, Any] = {name: visit.filled(name) for name in _FIELDS}
    values["fiscal_year_start_month"] = values["fiscal_year_start_month"] or _USUAL_MONTH
    return visit.page(
        "found.html",
        refusal=refusal,
        gst_no=visit.filled("gst_no"),
        gstin=gstin,
        state=STATES[gstin.state] if gstin and gstin.state else None,
        values=values,
        asks_rest=True,
        registrations=REGISTRATIONS,
        months=MONTHS,
        states=(("", "Choose"), *_STATES),
    )


async def _founded(visit: Visit, gstin: Gstin | None) -> Response:
    """Found it, once for each form that was shown. Raises what the books refuse."""
    particulars = _particulars(visit, gstin)
    user_id, organization_id = visit.user.user_id, fixed_id("org", f"{visit.user.user_id} {visit.filled('key')}")
    first_steps = f"/console/{organization_id}/first-steps"
    if any(each.id == organization_id for each in visit.places):
        return visit.go(first_steps)
    await visit.means.doorkeeper.count(f"found:{user_id}", _FOUNDED_PER_MINUTE, visit.exchange)
    async with visit.means.doorkeeper.books(visit.exchange, role=STEWARD, user_id=user_id) as books:
        if not await members.has_membership(books, user_id, organization_id):
            await found_organization(books, particulars, owner_id=user_id, organization_id=organization_id)
    return visit.go(first_steps, "founded")


def _particulars(visit: Visit, gstin: Gstin | None) -> dict[str, Any]:
    filled = {name: visit.filled(name) for name in _FIELDS if visit.filled(name)}
    month = filled.pop("fiscal_year_start_month", _USUAL_MONTH)
    if month not in dict(MONTHS):
        raise Invalid("The fiscal year begins in one of twelve months.", field="fiscal_year_start_month")
    said = {**filled, "name": visit.filled("name"), "fiscal_year_start_month": int(month)}
    if gstin is not None:
        return {**said, "gst_no": gstin.number, "state_code": str(gstin.state)}
    if not said.get("state_code"):
        raise Required("Choose the state in which the business is.", field="state_code")
    return {**said, "registration_type": UNREGISTERED}


PAGES: Sequence[Page] = (
    Page(FOUND, ask, found),
    Page("/console/{organization}/first-steps", first_steps),
    Page("/console/{organization}/sandbox", sandbox, make_sandbox, heading="Settings", label="Sandbox"),
    Page("/console/{organization}/sandbox/clock", act=set_clock),
    Page("/console/{organization}/sandbox/reset", act=reset_sandbox),
)
