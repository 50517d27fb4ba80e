"""The first page of an organization: what customers owe by age, money at hand, GST to pay, income by month."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from domain.errors import Refusal
from server.console.charts import Chart, columns
from server.console.pages import Page
from server.console.visits import Visit

AGES = {
    "current": "Not due",
    "days_1_30": "1–30 days",
    "days_31_60": "31–60",
    "days_61_90": "61–90",
    "days_over_90": "Over 90",
}
_MONTHS = 6
_MOST_REGISTRATIONS = 6


async def dashboard(visit: Visit) -> Response:
    """Show the books at a glance; what the user may not see is left out."""
    organization = await visit.organization()
    today = visit.today
    receivables, payables, accounts, returns, income = await asyncio.gather(
        _allowed(visit.get("/reports/ar_aging", limit=1)),
        _allowed(visit.get("/reports/ap_aging", limit=1)),
        _allowed(visit.get("/bank_accounts")),
        _allowed(_returns(visit, today)),
        _allowed(_income(visit, today)),
    )
    return visit.page(
        "dashboard.html",
        organization=organization,
        receivables=receivables and receivables["ar_aging"]["totals"],
        ages=receivables and _ages(visit, receivables["ar_aging"]["totals"]),
        payables=payables and payables["ap_aging"]["totals"],
        accounts=accounts and [each for each in accounts["bank_accounts"] if each["current_balance"]],
        cash=accounts and sum((each["current_balance"] for each in accounts["bank_accounts"]), Decimal(0)),
        returns=returns,
        income=income,
        today=today,
        is_new=income is not None and not any(bar.value for bar in income.bars) and await _is_new(visit),
    )


async def _is_new(visit: Visit) -> bool:
    """Whether nothing was posted yet, as far as the user may see."""
    answer = await _allowed(visit.get("/journals", per_page=1))
    return answer is not None and not answer["journals"]


async def _allowed(asking: Any) -> Any:
    """Return an answer, or nothing where the user's role does not allow the question."""
    try:
        return await asking
    except Refusal as refusal:
        if refusal.status != 403:
            raise
        return None


def _ages(visit: Visit, totals: Any) -> Chart:
    href = f"{visit.base}/reports/ar_aging"
    return columns([(label, totals[name], href) for name, label in AGES.items()])


async def _returns(visit: Visit, today: date) -> list[dict[str, Any]]:
    """Return what GSTR-3B asks for, for each registration, of the month before and of this one so far."""
    branches = (await visit.get("/branches"))["branches"]
    registrations = list(dict.fromkeys(each["gstin"] for each in branches if each["gstin"]))[:_MOST_REGISTRATIONS]
    first = today.replace(day=1)
    wanted = [(gstin, month) for gstin in registrations for month in (first - timedelta(days=1), first)]
    found = await asyncio.gather(*(_return(visit, gstin, month) for gstin, month in wanted))
    return [each for each in found if each is not None and (each["month"] < first or each["payable"])]


async def _return(visit: Visit, gstin: str, month: date) -> dict[str, Any] | None:
    """Return one, or nothing for a registration that files no GSTR-3B for it."""
    try:
        answer = await visit.get("/reports/gstr3b", period=f"{month:%m%Y}", gstin=gstin)
    except Refusal as refusal:
        if refusal.status in (400, 422):
            return None
        raise
    report = answer["gstr3b"]
    needed = report["payment"]["cash_needed"]
    payable = sum((row["payable"] for row in report["payment"]["rows"]), Decimal(0))
    return {
        "gstin": gstin,
        "month": month,
        "due_date": report["due_date"],
        "payable": payable,
        "cash": sum(needed.values(), Decimal(0)),
    }


async def _income(visit: Visit, today: date) -> Chart:
    months = _last_months(today)
    answers = await asyncio.gather(
        *(
            visit.get("/reports/profit_and_loss", from_date=first.isoformat(), to_date=last.isoformat())
            for first, last in months
        )
    )
    return columns(
        [
            (f"{first:%b}", _earned(answer), _register(visit, first, last))
            for (first, last), answer in zip(months, answers, strict=True)
        ]
    )


def _earned(answer: Any) -> Decimal:
    sections = answer["profit_and_loss"]["sections"]
    return sum((each["amount"] for each in sections if each["section"] == "INCOME"), Decimal(0))


def _register(visit: Visit, first: date, last: date) -> str:
    asked = {"date_from": first.isoformat(), "date_to": last.isoformat()}
    return f"{visit.base}/books/invoices?{urlencode(asked)}"


def _last_months(today: date) -> Sequence[tuple[date, date]]:
    """Return first and last day of this month and those before it, the earliest first."""
    months = []
    first = today.replace(day=1)
    for _ in range(_MONTHS):
        following = (first + timedelta(days=32)).replace(day=1)
        months.append((first, following - timedelta(days=1)))
        first = (first - timedelta(days=1)).replace(day=1)
    return months[::-1]


PAGES = (Page("/console/{organization}", dashboard, heading="Books", label="Overview"),)
