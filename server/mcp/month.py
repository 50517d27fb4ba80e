"""What is looked at before a month is closed: a report of several calls, each of which may find something to do."""

import calendar
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from domain.errors import Forbidden
from domain.values import Struct
from server.mcp.catalogue import PLURALS
from server.mcp.inside import Inside, Refused
from server.mcp.trimming import pruned, row_of

CHECKS = "month_checks"
"""What this report is called among the others."""

_PERIOD = re.compile(r"(0[1-9]|1[0-2])(20[0-9]{2})")
_SHOWN = 10
_PAGE, _MOST_PAGES = 200, 5
_DRAFTED = ("invoice", "bill", "credit_note", "debit_note", "customer_debit_note")
_NO_SUCH_RETURN = "validation.failed"
_UNAPPLIED = ("UNAPPLIED", "PARTIALLY_APPLIED")


class Check(Struct, frozen=True):
    """One thing that was looked at: how much was ``found`` that somebody should see to, and the first of it."""

    check: str
    found: int
    rows: Sequence[Any] = ()
    note: str | None = None

    def shown(self) -> dict[str, Any]:
        """The check as it is told."""
        word = {"rows": self.rows[:_SHOWN]} if self.rows else {}
        note = {"note": self.note} if self.note else {}
        return {"check": self.check, "is_clear": not self.found, "found": self.found, **word, **note}


_Found = tuple[int, list[Any], str | None]
"""How much was found, the first of it, and a note."""


class _Month(Struct, frozen=True):
    period: str
    first_day: str
    last_day: str


async def checks(inside: Inside, period: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is to be seen to in a month, ``MMYYYY``, and what to do next. Raises Refused."""
    month = _month(period)
    made = [check async for check in _made(inside, month)]
    open_ones = [check.check for check in made if check.found]
    advice = (
        f"See to {', '.join(open_ones)}; what may stay open is for people to say. Then lock_month."
        if open_ones
        else f"Nothing is left to see to: lock_month with {month.last_day}."
    )
    told = {"period": month.period, "from_date": month.first_day, "to_date": month.last_day}
    return {**told, "checks": [check.shown() for check in made]}, {"next": advice}


def _month(period: str) -> _Month:
    parts = _PERIOD.fullmatch(period)
    if parts is None:
        message = "Say which month, as MMYYYY: 102026 is October 2026."
        raise Refused({"code": "validation.invalid_value", "field": "period", "message": message})
    number, year = int(parts[1]), int(parts[2])
    last = calendar.monthrange(year, number)[1]
    return _Month(period, f"{year}-{number:02}-01", f"{year}-{number:02}-{last}")


async def _made(inside: Inside, month: _Month) -> AsyncIterator[Check]:
    looks: tuple[tuple[str, Callable[[], Awaitable[_Found]]], ...] = (
        ("drafts", partial(_drafts, inside, month)),
        ("overdue_invoices", partial(_overdue, inside, month, "invoice")),
        ("overdue_bills", partial(_overdue, inside, month, "bill")),
        ("unapplied_payments", partial(_unapplied, inside, month)),
        ("gst_returns", partial(_would_be_refused, inside, month)),
        ("trial_balance", partial(_trial_balance, inside, month)),
        ("lock", partial(_lock, inside, month)),
    )
    for name, look in looks:
        try:
            found, rows, note = await look()
        except Forbidden as lacking:
            yield Check(name, 1, note=f"Could not be looked at. {lacking.message}")
        else:
            yield Check(name, found, rows, note)


async def _drafts(inside: Inside, month: _Month) -> _Found:
    """Documents of the month that are not in the ledger."""
    rows: list[Any] = []
    for kind in _DRAFTED:
        rows += await _listed(inside, kind, status="DRAFT", date_from=month.first_day, date_to=month.last_day)
    return len(rows), rows, None


async def _overdue(inside: Inside, month: _Month, kind: str) -> _Found:
    rows = await _listed(inside, kind, status="OVERDUE", date_to=month.last_day)
    return len(rows), rows, None


async def _unapplied(inside: Inside, month: _Month) -> _Found:
    """Money that settles nothing yet."""
    rows: list[Any] = []
    for status in _UNAPPLIED:
        rows += await _listed(inside, "payment", status=status, date_to=month.last_day)
    return len(rows), rows, None


async def _would_be_refused(inside: Inside, month: _Month) -> _Found:
    """What the portal would refuse in the returns of each registration."""
    branches = (await inside.ask("list_branches")).shown
    registrations = sorted({each["gstin"] for each in branches if each.get("gstin")})
    refused, rows, notes = 0, [], [f"GSTR-1 and GSTR-3B of {', '.join(registrations) or 'no registration'}."]
    for gstin in registrations:
        for form in ("GSTR1", "GSTR3B"):
            asked = {"form": form, "period": month.period, "gstin": gstin}
            try:
                told = (await inside.ask("get_gst_validation", query=asked)).shown
            except Refused as refusal:  # under composition, say, other forms are filed
                if refusal.problem.get("code") != _NO_SUCH_RETURN:
                    raise
                notes.append(f"{form} of {gstin} was not checked: {refusal.problem['message']}")
                continue
            refused += told["refused_count"]
            rows += [{"form": form, "gstin": gstin, **pruned(each)} for each in told["validation"][:_SHOWN]]
    return refused, rows, " ".join(notes)


async def _trial_balance(inside: Inside, month: _Month) -> _Found:
    total = (await inside.ask("get_trial_balance", query={"as_of_date": month.last_day})).shown["total"]
    differs = total["closing_debit"] != total["closing_credit"]
    return int(differs), [pruned(total)], None


async def _lock(inside: Inside, month: _Month) -> _Found:
    told = await inside.ask("get_organization", path={"organization_id": organization_of(inside)})
    lock_date = told.shown.get("lock_date")
    is_locked = lock_date is not None and lock_date >= month.last_day
    return int(not is_locked), [], f"Locked until {lock_date}." if lock_date else "Nothing is locked."


async def _listed(inside: Inside, kind: str, **wanted: str) -> list[Any]:
    """Return all rows of a list, up to some pages: who has more to see to has enough to begin with."""
    rows: list[Any] = []
    asked: dict[str, Any] = {**wanted, "per_page": _PAGE}
    for _ in range(_MOST_PAGES):
        told = await inside.ask(f"list_{PLURALS[kind]}", query=asked)
        rows += [row_of(kind, each) for each in told.shown]
        asked["cursor"] = told.body["page_context"].get("next_cursor")
        if asked["cursor"] is None:
            break
    return rows


def organization_of(inside: Inside) -> str:
    """Return the organization that is meant. Raises Refused."""
    meant = inside.identity.organization_id or inside.organization_id
    if meant is None:
        message = "Say which organization is meant: whoami lists them."
        raise Refused({"code": "auth.missing_organization_id", "field": "organization_id", "message": message})
    return meant
