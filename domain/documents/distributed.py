"""The invoice of an input service distributor: it passes on tax, head by head, and supplies nothing.

Each line states the heads that it passes on and has no value of its own; its eligibility says what becomes of them, for
a distributor passes on ineligible tax apart. Whoever distributes is owed the sum, mostly a head office by a branch.
Source: CGST Act 2017, sections 2(61) and 20; CGST Rules, rules 39 and 54(1); GSTR-3B, table 4(A)(4).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from domain.errors import Failed, Required
from domain.gst.gstin import parse_gstin
from domain.gst.supply import Supply
from domain.gst.tax import LineTax
from domain.money import ZERO, round_paise
from domain.values import replace

if TYPE_CHECKING:
    from domain.documents.circumstances import Circumstances
    from domain.documents.lines import CompletedLine

HEADS = ("cgst", "sgst", "igst", "cess")
_MEMBERS = {head: f"{head}_amount" for head in HEADS}
FIELD = "distributed_tax"

Distributed = Mapping[str, Decimal | None]
"""The sum of each head (``cgst_amount`` …) in rupees; ``None`` where nothing of it is passed on."""


def filled(line: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a line, the tax that it passes on in its usual form (all heads, to the paisa) and no price."""
    said: Distributed | None = line[FIELD]
    if said is None:
        return dict(line)
    heads = {name: round_paise(Decimal(said.get(name) or ZERO)) for name in _MEMBERS.values()}
    return {**line, FIELD: heads, "rate": line["rate"] or ZERO}


def check(values: Mapping[str, Any], facts: "Circumstances") -> None:
    """Check that the other side can distribute tax to us: an office of the same business under a number of its own.

    Raises Failed.
    """
    if values["is_reverse_charge"]:
        raise Failed("A distributor passes on tax that is paid; none is left to pay.", field="is_reverse_charge")
    if values["currency_code"] != facts.base_currency:
        raise Failed(f"A distributor passes on GST in {facts.base_currency}.", field="currency_code")
    distributor = parse_gstin(values["gst_no"]) if values["gst_no"] else None
    own = parse_gstin(facts.branch_gst_no) if facts.branch_gst_no else None
    if distributor is None or own is None or distributor.pan != own.pan:
        raise Failed("Tax is distributed between registrations of one PAN only (section 20).", field="gst_no")


def passed_on(supply: Supply) -> Supply:
    """The same supply as one whose lines bear no tax but what they state."""
    return replace(
        supply,
        bears_tax=False,
        shows_rate=False,
        why_untaxed="A distributor's invoice passes on tax and names no rate; send distributed_tax.",
    )


def refuse_elsewhere(lines: Sequence["CompletedLine"]) -> None:
    """Refuse distributed tax on a line of an ordinary paper. Raises Failed."""
    for index, line in enumerate(lines):
        if line.values[FIELD] is not None:
            raise Failed(
                "Only the invoice of an input service distributor passes on tax; say is_isd_invoice.",
                field=f"line_items[{index}].{FIELD}",
            )


def with_heads(lines: Sequence["CompletedLine"], taxes: Sequence[LineTax]) -> list[LineTax]:
    """Return the lines with the tax that each passes on.

    Those of a note that go back by quantity are left as they are: theirs follows from the original. Raises Required for
    a line that passes on nothing, Failed for one that has a value.
    """
    return [
        _with_heads(line, tax, f"line_items[{index}]")
        for index, (line, tax) in enumerate(zip(lines, taxes, strict=True))
    ]


def _with_heads(line: "CompletedLine", tax: LineTax, path: str) -> LineTax:
    said = line.values[FIELD]
    if tax.taxable:
        raise Failed("A distributor's invoice has no value beside the tax that it passes on.", field=f"{path}.rate")
    if said is None and line.values["corrected_line_id"]:
        return tax
    if said is None or not any(said.values()):
        raise Required("Say the tax that the line passes on.", field=f"{path}.{FIELD}")
    heads: dict[str, Decimal] = {head: said[member] for head, member in _MEMBERS.items()}
    return replace(tax, **heads, total=sum(heads.values(), ZERO))
