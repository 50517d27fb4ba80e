"""Reports to look at, whose figures open what is behind them, and all others as files."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from domain.errors import Refusal, RouteNotFound
from domain.financial_year import financial_year_of
from server.console.dashboard import AGES
from server.console.opening import page_of
from server.console.pages import Page
from server.console.paging import following
from server.console.showing import HEADERS
from server.console.visits import Visit

_FORMATS = ("xlsx", "csv", "pdf")
_BY_PERIOD, _AS_OF = ("from_date", "to_date"), ("as_of_date",)
FILES: Mapping[str, tuple[str, Sequence[str]]] = {
    "profit_and_loss": ("Profit and loss", _BY_PERIOD),
    "balance_sheet": ("Balance sheet", _AS_OF),
    "cash_flow": ("Cash flow", _BY_PERIOD),
    "trial_balance": ("Trial balance", _AS_OF),
    "ar_aging": ("Receivables by age", _AS_OF),
    "ap_aging": ("Payables by age", _AS_OF),
    "outstanding_receivables": ("Open invoices", _AS_OF),
    "outstanding_payables": ("Open bills", _AS_OF),
    "sales_register": ("Sales register", _BY_PERIOD),
    "purchase_register": ("Purchase register", _BY_PERIOD),
    "day_book": ("Day book", _BY_PERIOD),
    "sales_by_customer": ("Sales by customer", _BY_PERIOD),
    "sales_by_item": ("Sales by item", _BY_PERIOD),
    "purchases_by_vendor": ("Purchases by vendor", _BY_PERIOD),
}
"""Reports that are to be had as files, with what each asks for."""


def _begin_of_year(visit: Visit) -> date:
    return financial_year_of(visit.today).first_day


def _cursor_of(report: Any) -> str | None:
    """Return where a report goes on: it has its cursor within."""
    cursor: str | None = report and report["next_cursor"]
    return cursor


async def _asked(visit: Visit, name: str, **asked: Any) -> tuple[Any, Refusal | None]:
    """Return a report, or nothing and why it is refused."""
    answer, refusal = await visit.look(f"/reports/{name}", **asked)
    return answer and answer[name], refusal


async def trial_balance(visit: Visit) -> Response:
    """Show all accounts with what stands in them."""
    as_of = visit.query.get("as_of_date") or visit.today.isoformat()
    report, refusal = await _asked(visit, "trial_balance", as_of_date=as_of)
    return visit.page("trial_balance.html", refusal=refusal, report=report, as_of=as_of, open=_opener(visit))


async def ledger(visit: Visit) -> Response:
    """Show the entries of an account, one below the other, with the balance after each."""
    accounts = (await visit.get("/accounts", per_page=200))["accounts"]
    chosen = visit.query.get("account_id") or (accounts[0]["account_id"] if accounts else "")
    since = visit.query.get("from_date") or _begin_of_year(visit).isoformat()
    until = visit.query.get("to_date") or visit.today.isoformat()
    asked = {"account_id": chosen, "from_date": since, "to_date": until, "cursor": visit.query.get("cursor")}
    report, refusal = await _asked(visit, "ledger", limit=100, **asked)
    return visit.page(
        "ledger.html",
        refusal=refusal,
        report=report,
        accounts=[(each["account_id"], f"{each['code'] or ''} {each['name']}") for each in accounts],
        chosen=chosen,
        since=since,
        until=until,
        open=_opener(visit),
        following=following(asked, _cursor_of(report)),
    )


async def receivables(visit: Visit) -> Response:
    """Show what customers owe, by age."""
    return await _aging(visit, "ar_aging", "What customers owe", "outstanding_receivables")


async def payables(visit: Visit) -> Response:
    """Show what is owed to vendors, by age."""
    return await _aging(visit, "ap_aging", "What you owe vendors", "outstanding_payables")


async def _aging(visit: Visit, name: str, title: str, behind: str) -> Response:
    cursor = visit.query.get("cursor")
    report, refusal = await _asked(visit, name, limit=100, as_of_date=visit.query.get("as_of_date"), cursor=cursor)
    return visit.page(
        "aging.html",
        refusal=refusal,
        report=report,
        title=title,
        behind=f"{visit.base}/reports/{behind}",
        ages=AGES,
        open=_opener(visit),
        following=report and following({"as_of_date": report["as_of_date"]}, _cursor_of(report)),
    )


async def open_receivables(visit: Visit) -> Response:
    """Show the invoices that are not paid in full."""
    return await _outstanding(visit, "outstanding_receivables", "Open invoices", "customer_id")


async def open_payables(visit: Visit) -> Response:
    """Show the bills that are not paid in full."""
    return await _outstanding(visit, "outstanding_payables", "Open bills", "vendor_id")


async def _outstanding(visit: Visit, name: str, title: str, party: str) -> Response:
    asked = {each: visit.query.get(each) for each in ("as_of_date", party, "cursor")}
    report, refusal = await _asked(visit, name, limit=100, **asked)
    return visit.page(
        "outstanding.html",
        refusal=refusal,
        report=report,
        title=title,
        open=_opener(visit),
        following=following(asked, _cursor_of(report)),
    )


async def index(visit: Visit) -> Response:
    """Offer every report as a file, for a period that is chosen once for all."""
    until = visit.query.get("to_date") or visit.today.isoformat()
    since = visit.query.get("from_date") or _begin_of_year(visit).isoformat()
    asked = {"from_date": since, "to_date": until, "as_of_date": until}
    files = [
        (title, [(each, _file_href(visit, name, needs, asked, each)) for each in _FORMATS])
        for name, (title, needs) in FILES.items()
    ]
    return visit.page("reports.html", files=files, since=since, until=until)


def _file_href(visit: Visit, name: str, needs: Sequence[str], asked: Mapping[str, str], form: str) -> str:
    query = urlencode({**{each: asked[each] for each in needs}, "format": form})
    return f"{visit.base}/reports/{name}/file?{query}"


async def file(visit: Visit) -> Response:
    """Send a report as a file."""
    name = visit.path["report"]
    if name not in FILES or visit.query.get("format") not in _FORMATS:
        raise RouteNotFound("There is no such report.")
    asked = {each: visit.query.get(each) for each in (*FILES[name][1], "format")}
    answer = await visit.call("GET", f"/reports/{name}", query=asked)
    headers = {**HEADERS, "Content-Disposition": answer.headers.get("content-disposition", "attachment")}
    return Response(answer.content, answer.status, headers, media_type=answer.headers["content-type"])


def _opener(visit: Visit) -> Any:
    """Return what templates ask for the page behind a figure."""

    def opened(row: Any) -> str | None:
        return page_of(visit.base, row["drill_down"])

    return opened


_AT = "/console/{organization}/reports"
PAGES = (
    Page(f"{_AT}/trial_balance", trial_balance, heading="Books", label="Trial balance"),
    Page(f"{_AT}/ledger", ledger, heading="Books", label="Ledger"),
    Page(f"{_AT}/ar_aging", receivables, heading="Books", label="Receivables"),
    Page(f"{_AT}/ap_aging", payables, heading="Books", label="Payables"),
    Page(_AT, index, heading="Books", label="All reports"),
    Page(f"{_AT}/outstanding_receivables", open_receivables),
    Page(f"{_AT}/outstanding_payables", open_payables),
    Page(f"{_AT}/{{report}}/file", file),
)
