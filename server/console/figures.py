"""How the console writes numbers, dates and words of the contract for people."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from jinja2 import Environment

from domain.books import INDIA
from server.console.charts import short

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS")),
    *(("CrOS", "ChromeOS"), ("Linux", "Linux")),
)

_SHORT = frozenset(("GST", "CGST", "SGST", "IGST", "TDS", "TCS", "SEZ", "API", "CLI", "OAUTH", "PAT", "IRN", "MCP"))
"""Words that are said letter by letter."""
_WRITTEN = {"EINVOICE": "e-invoice"}


def add_filters(environment: Environment) -> None:
    """Give the templates of an environment these ways of writing."""
    environment.filters |= {
        "money": money,
        "rupees": rupees,
        "short": short,
        "day": day,
        "period": period,
        "moment": moment,
        "moment_exactly": moment_exactly,
        "milliseconds": milliseconds,
        "words": words,
        "device": device,
    }


def money(value: Any, places: int = 2) -> str:
    """Write an amount with Indian grouping: 12,34,567.80; nothing for none."""
    if value is None or value == "":
        return ""
    amount = Decimal(str(value)).quantize(Decimal(1).scaleb(-places))
    whole, _, rest = f"{abs(amount):f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    grouped = ",".join([*groups, tail])
    return f"{'−' if amount < 0 else ''}{grouped}{'.' + rest if rest else ''}"


def rupees(value: Any) -> str:
    """Write an amount of rupees with its sign: −₹6,962.00."""
    written = money(value)
    return f"−₹{written[1:]}" if written.startswith("−") else f"₹{written}" if written else ""


def day(value: Any) -> str:
    """Write a date as 1 Apr 2026."""
    if not value:
        return ""
    found = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    return f"{found.day} {found:%b %Y}"


def period(value: Any) -> str:
    """Write the month of a return, 112026, as Nov 2026."""
    text = str(value)
    return f"{date(int(text[2:]), int(text[:2]), 1):%b %Y}"


def moment(value: Any) -> str:
    """Write an instant in Indian time, as 1 Apr 2026, 14:05."""
    return _in_india(value, "%H:%M")


def moment_exactly(value: Any) -> str:
    """Write an instant in Indian time with its seconds, as 1 Apr 2026, 14:05:59."""
    return _in_india(value, "%H:%M:%S")


def milliseconds(microseconds: Any) -> str:
    """Write how long something took, as 12.3 ms."""
    return f"{microseconds / 1000:,.1f} ms"


def device(agent: Any) -> str:
    """Write what a browser says of itself in two words: Chrome on Linux; a stranger one as it says it, cut."""
    said = str(agent or "")
    browser = next((name for mark, name in _BROWSERS if mark in said), "")
    system = next((name for mark, name in _SYSTEMS if mark in said), "")
    return f"{browser} on {system}" if browser and system else said[:60] or "A browser that says nothing of itself"


def _in_india(value: Any, form: str) -> str:
    if not value:
        return ""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    local = found.astimezone(INDIA)
    return f"{day(local.date())}, {local.strftime(form)}"


def words(value: Any) -> str:
    """Write a word of the contract as people do: PARTIALLY_PAID becomes Partially paid."""
    if not value:
        return ""
    first, *others = str(value).split("_")
    return " ".join([first if first in _SHORT else first.capitalize(), *(_said(each) for each in others)])


def _said(word: str) -> str:
    return word if word in _SHORT else _WRITTEN.get(word, word.lower())
