"""What closes periods and what was done in them: the lock date, GST returns that were filed, and the audit trail."""

from starlette.responses import Response

from domain.access import members
from domain.errors import Refusal
from server.console.forms import Field, body, filled, told
from server.console.pages import Page
from server.console.paging import cursor_of, following
from server.console.settings import HEADING, options_of
from server.console.visits import Visit

_AT = "/console/{organization}/settings"
_LOCK = (Field("lock_date", "Locked until and with", "date", hint="Empty: no period is locked."),)
_FORMS = ("GSTR1", "GSTR1A", "GSTR3B")
_NEW_RETURN = (
    Field("form", "Form", "choice", [(form, form) for form in _FORMS], required=True),
    Field("period", "Period", hint="Month and year, as 102026.", required=True, longest=6),
    Field("gstin", "GSTIN", hint="Where the branches have several.", longest=15),
    Field("frequency", "Filed", "choice", options_of(("MONTHLY", "QUARTERLY")), required=True),
)
_FILED = (
    Field("arn", "ARN", hint="The number that the portal gave.", required=True, longest=15),
    Field("filed_on", "Filed on", "date", required=True),
)
_REOPENED = (Field("reason", "Why it was no filing", required=True, longest=500),)
_NARROWING = ("entity_type", "actor_user_id", "date_from", "date_to", "cursor")


async def lock(visit: Visit) -> Response:
    """Show up to which day the books are closed."""
    found = await visit.organization()
    return visit.page("lock.html", found=found, fields=_LOCK, values=told(_LOCK, found))


async def change_lock(visit: Visit) -> Response:
    """Move that day, after asking for the password: what was closed may be changed again then."""
    try:
        await visit.prove()
        sent = body(visit, _LOCK)
        await visit.send("PUT", f"/organizations/{visit.here.id}", sent, version=visit.version())
    except Refusal as refusal:
        found = await visit.organization()
        return visit.page("lock.html", found=found, fields=_LOCK, values=filled(visit, _LOCK), refusal=refusal)
    return visit.go(f"{visit.base}/settings/lock", "saved")


async def returns(visit: Visit, refusal: Refusal | None = None) -> Response:
    """List GST returns that are filed or to be filed."""
    answer = await visit.get("/gst/returns", per_page=100, cursor=visit.query.get("cursor"))
    return visit.page(
        "returns.html",
        refusal=refusal,
        rows=answer["gst_returns"],
        fields=_NEW_RETURN,
        values=filled(visit, _NEW_RETURN),
        following=following({}, cursor_of(answer)),
    )


async def add_return(visit: Visit) -> Response:
    """Begin a return."""
    try:
        made = await visit.send("POST", "/gst/returns", body(visit, _NEW_RETURN, without_nothing=True))
    except Refusal as refusal:
        return await returns(visit, refusal)
    return visit.go(f"{visit.base}/settings/returns/{made['gst_return']['return_id']}")


async def one_return(visit: Visit, refusal: Refusal | None = None) -> Response:
    """Show a return; one that is filed with what changed since."""
    key = visit.path["key"]
    found = (await visit.get(f"/gst/returns/{key}"))["gst_return"]
    is_filed = found["status"] == "FILED"
    differences = (await visit.get(f"/gst/returns/{key}/differences"))["differences"] if is_filed else None
    return visit.page(
        "return.html",
        refusal=refusal,
        found=found,
        differences=differences,
        fields=_REOPENED if is_filed else _FILED,
        values=filled(visit, (*_REOPENED, *_FILED)),
        is_filed=is_filed,
    )


async def change_return(visit: Visit) -> Response:
    """Mark a return as filed, or open it again."""
    key = visit.path["key"]
    is_reopening = visit.filled("act") == "reopen"
    fields, act = (_REOPENED, "reopen") if is_reopening else (_FILED, "file")
    try:
        if is_reopening:
            await visit.prove()
        await visit.send("POST", f"/gst/returns/{key}/{act}", body(visit, fields), version=visit.version())
    except Refusal as refusal:
        return await one_return(visit, refusal)
    return visit.go(f"{visit.base}/settings/returns/{key}", "saved")


async def trail(visit: Visit) -> Response:
    """Show who did what, the latest first."""
    asked = {name: visit.query[name] for name in _NARROWING if visit.query.get(name)}
    answer, refusal = await visit.look("/activity", per_page=50, **asked)
    async with visit.books() as books:
        people = {each.user_id: each.name for each in await members.list_everybody(books)}
    return visit.page(
        "trail.html",
        refusal=refusal,
        rows=answer["activity"] if answer else [],
        people=people,
        following=following(asked, cursor_of(answer)),
    )


PAGES = (
    Page(f"{_AT}/lock", lock, change_lock, heading=HEADING, label="Period lock"),
    Page(f"{_AT}/returns", returns, add_return, heading=HEADING, label="GST returns"),
    Page(f"{_AT}/returns/{{key}}", one_return, change_return),
    Page(f"{_AT}/trail", trail, heading=HEADING, label="Audit trail"),
)
