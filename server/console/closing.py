"""What closes periods and what was done in them: the lock date, GST returns that were filed, and the audit trail."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from starlette.responses import Response

from domain.access import members
from domain.errors import Refusal
from server.console.figures import period
from server.console.forms import Field, body, filled, told
from server.console.opening import COLLECTIONS, singular
from server.console.pages import Page
from server.console.paging import cursor_of, following
from server.console.settings import HEADING, options_of
from server.console.visits import Visit

_AT = "/console/{organization}/settings"
_LOCK = (Field("lock_date", "Locked until and with", "date", hint="Empty: no period is locked."),)
_FORMS = ("GSTR1", "GSTR1A", "GSTR3B")
_MONTHS_BACK = 24
_FILED = (
    Field("arn", "ARN", hint="The number that the portal gave.", required=True, longest=15),
    Field("filed_on", "Filed on", "date", required=True),
)
_REOPENED = (Field("reason", "Why it was no filing", required=True, longest=500),)
_OTHER_KINDS = (
    *("ORGANIZATION", "BRANCH", "MEMBER", "TOKEN", "OAUTH_GRANT", "CONTACT", "ITEM", "ACCOUNT", "COST_CENTER"),
    *("SALESPERSON", "BILL_OF_ENTRY", "ITC_ADJUSTMENT", "RECURRING", "GST_RETURN", "WEBHOOK_ENDPOINT", "COMMENT"),
    "ATTACHMENT",
)
_KINDS = [*((singular(name).upper(), title) for name, title in COLLECTIONS.items()), *options_of(_OTHER_KINDS)]
"""What the trail may be narrowed down to, as its readers call it."""
_SOURCES = {
    "PUBLIC_API": "By the API",
    "CONSOLE": "In the console",
    "CLI": "By the operator",
    "MCP": "By an agent",
    "CLOCK": "By itself, when it was due",
    "EINVOICE": "The e-invoice portal",
    "RECURRING": "By a recurring document",
    "MAIL": "The mail server",
    "REMINDER": "By a reminder",
    "WEBHOOK": "By the webhooks",
}
"""From where something was done, as its readers call it."""
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
    fields = await _of_new(visit)
    return visit.page(
        "returns.html",
        refusal=refusal,
        rows=answer["gst_returns"],
        fields=fields,
        values={**_usual(visit), **{name: each for name, each in filled(visit, fields).items() if each}},
        following=following({}, cursor_of(answer)),
    )


async def _of_new(visit: Visit) -> Sequence[Field]:
    """Return the fields of a new return: its month, and the registration where there are several."""
    branches = (await visit.get("/branches"))["branches"]
    registrations = list(dict.fromkeys(each["gstin"] for each in branches if each["gstin"]))
    months = [(each, period(each)) for each in _periods(visit.today)]
    return (
        Field("form", "Form", "choice", [(form, form) for form in _FORMS], required=True),
        Field("period", "Period", "choice", months, hint="Of a quarter its last month.", required=True),
        *(
            [Field("gstin", "GSTIN", "choice", [(each, each) for each in registrations], required=True)]
            if registrations
            else []
        ),
        Field("frequency", "Filed", "choice", options_of(("MONTHLY", "QUARTERLY")), required=True),
    )


def _periods(today: date) -> Sequence[str]:
    """Return this month and those before it as returns name them."""
    months = [today.year * 12 + today.month - 1 - back for back in range(_MONTHS_BACK)]
    return [f"{month % 12 + 1:02}{month // 12}" for month in months]


def _usual(visit: Visit) -> Mapping[str, str]:
    """Return what is filled in of a new return: most are of the month before."""
    return {"form": _FORMS[0], "period": _periods(visit.today)[1], "gstin": "", "frequency": "MONTHLY"}


async def add_return(visit: Visit) -> Response:
    """Begin a return."""
    try:
        made = await visit.send("POST", "/gst/returns", body(visit, await _of_new(visit), without_nothing=True))
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
        kinds=_KINDS,
        sources=_SOURCES,
        page_of=partial(_behind, visit),
        following=following(asked, cursor_of(answer)),
    )


def _behind(visit: Visit, row: Any) -> str | None:
    """Return the page of what an entry is about, if it has one."""
    collection = f"{row['entity_type'].lower()}s"
    return f"{visit.base}/books/{collection}/{row['entity_id']}" if collection in COLLECTIONS else None


PAGES = (
    Page(f"{_AT}/lock", lock, change_lock, heading=HEADING, label="Period lock"),
    Page(f"{_AT}/returns", returns, add_return, heading=HEADING, label="GST returns"),
    Page(f"{_AT}/returns/{{key}}", one_return, change_return),
    Page(f"{_AT}/trail", trail, heading=HEADING, label="Audit trail"),
)
