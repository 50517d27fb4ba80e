"""What the demo organization was paid and has paid, what came back or left unbilled, and an order out of an estimate.

Days count back from today, as those of the sales and purchases do, by which the papers are named here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from domain.documents.kinds import BILL, CREDIT_NOTE, CUSTOMER_DEBIT_NOTE, DEBIT_NOTE, INVOICE, Kind
from server.demo.sales import Sold

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """One receipt or payment: for all open papers of a party that are so many days old, but for what it ``leaves``.

    ``settles`` is the kind of those papers. ``said`` holds further fields of the payment.
    """

    days_ago: int
    party: str
    from_days_ago: int
    settles: Kind = INVOICE
    branch: str = "Mumbai"
    leaves: Decimal = Decimal(0)
    said: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """One note, on the paper of a party that is ``of_days_ago`` old, to which it may be applied.

    ``is_restocked``: goods come back into stock, or leave it.
    """

    days_ago: int
    kind: Kind
    party: str
    of_days_ago: int
    lines: tuple[Sold, ...]
    is_restocked: bool = False
    is_applied: bool = True
    said: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """Goods that left on a delivery challan for a ``purpose``; ``kept_days_ago`` so much of the first line was kept,
    and billed. What ``never_left`` is voided the same day."""

    days_ago: int
    party: str
    purpose: str
    lines: tuple[Sold, ...]
    kept: int = 0
    kept_days_ago: int = 0
    never_left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An estimate that becomes a sales order, and that an invoice."""

    days_ago: int
    ordered_days_ago: int
    invoiced_days_ago: int
    customer: str
    lines: tuple[Sold, ...]


def _to(party: str, days_ago: int, from_days_ago: int, **more: Any) -> Money:
    return Money(days_ago=days_ago, party=party, from_days_ago=from_days_ago, settles=BILL, **more)


def _from(party: str, days_ago: int, from_days_ago: int, **more: Any) -> Money:
    return Money(days_ago=days_ago, party=party, from_days_ago=from_days_ago, **more)


MONEY = (
    # Whoever orders regularly pays once in a while for all that is old enough.
    _from("konkan", 121, 160),
    _from("konkan", 40, 75),
    _from("deccan", 116, 150, said={"mode": "CHEQUE", "reference_number": "004187"}),
    _from("deccan", 43, 95, leaves=Decimal("25000.00")),
    _from("nilgiri", 112, 140, branch="Bengaluru"),
    _from("nilgiri", 36, 80, branch="Bengaluru"),
    _from("tungabhadra", 61, 100, branch="Bengaluru"),
    _from("sabarmati", 68, 110),
    _from("mandovi", 54, 90, said={"mode": "UPI"}),
    _from("kaveri", 59, 110, branch="Bengaluru", leaves=Decimal("5000.00")),
    _from("counter", 1, 2, said={"mode": "CASH"}),
    _from("chakan", 50, 90),
    _from("ghats", 47, 85, leaves=Decimal("4000.00")),
    _from("bazaar", 65, 110, branch="Bengaluru"),
    _from("coromandel", 102, 149),
    _from("consulate", 90, 133),
    _from("works", 49, 97),
    # From abroad: the rate of the day is better than that of the invoice, and the bank keeps something.
    _from("harbour", 83, 120, said={"exchange_rate": Decimal("88.52")}),
    _from("rhein", 78, 118, said={"exchange_rate": Decimal("102.60")}),
    # Vendors.
    _to("indrayani", 170, 231),
    _to("satpura", 160, 224),
    _to("godavari", 84, 126),
    _to("nashik", 77, 118, leaves=Decimal("10000.00")),
    _to("hampi", 92, 111),
    _to("gaikwad", 92, 93, said={"mode": "CHEQUE", "reference_number": "118204"}),
    _to("pawar", 85, 85, said={"mode": "CASH"}),
    _to("jadhav", 70, 79, said={"mode": "UPI"}),
    _to("brightlamp", 57, 72, said={"exchange_rate": Decimal("88.90"), "bank_charges": Decimal("12.00")}),
    _to("taluka", 45, 47, leaves=Decimal("1500.00")),
)
"""All receipts and payments."""

NOTES = (
    Noted(
        days_ago=96,
        kind=CREDIT_NOTE,
        party="works",
        of_days_ago=97,
        lines=(Sold("FUR-CABINET", 2),),
        is_restocked=True,
        said={"reason": "SALES_RETURN", "notes": "Two cabinets came dented."},
    ),
    Noted(
        days_ago=30,
        kind=CREDIT_NOTE,
        party="nilgiri",
        of_days_ago=31,
        lines=(Sold("SVC-ROOM", 1),),
        is_applied=False,
        said={"reason": "DEFICIENCY_IN_SERVICES", "notes": "The projector did not work on the first day."},
    ),
    Noted(
        days_ago=215,
        kind=DEBIT_NOTE,
        party="satpura",
        of_days_ago=224,
        lines=(Sold("FUR-CHAIR", 6),),
        is_restocked=True,
        said={"reason": "PURCHASE_RETURN", "reference_number": "SSF/CN/19"},
    ),
    # Two tables were billed at the price of last year, and desks without their cable trays.
    Noted(
        days_ago=41,
        kind=CUSTOMER_DEBIT_NOTE,
        party="sabarmati",
        of_days_ago=45,
        lines=(Sold("FUR-TABLE", 2, said={"rate": Decimal("1500.00")}),),
        is_applied=False,
        said={"reason": "VALUE_CHARGED_SHORT", "notes": "Price list of this year.", "payment_terms": 15},
    ),
    Noted(
        days_ago=13,
        kind=CUSTOMER_DEBIT_NOTE,
        party="godavari",
        of_days_ago=16,
        lines=(Sold("FUR-DESK", 10, said={"rate": Decimal("450.00")}),),
        is_applied=False,
        said={"reason": "VALUE_CHARGED_SHORT", "notes": "Cable trays, agreed by telephone."},
    ),
)
"""All notes."""

DISPATCHES = (
    Dispatch(days_ago=64, party="gaikwad", purpose="JOB_WORK", lines=(Sold("FUR-TABLE", 3),)),
    Dispatch(
        days_ago=27,
        party="deccan",
        purpose="SUPPLY_ON_APPROVAL",
        lines=(Sold("FUR-LAMP", 8), Sold("FUR-BOARD", 2)),
        kept=5,
        kept_days_ago=18,
    ),
    Dispatch(days_ago=21, party="rao", purpose="OTHER", lines=(Sold("FUR-CABINET", 2),), never_left=True),
    Dispatch(days_ago=7, party="konkan", purpose="OTHER", lines=(Sold("STA-PAPER", 80),)),
)
"""All delivery challans."""

ORDER = Order(
    days_ago=33,
    ordered_days_ago=29,
    invoiced_days_ago=16,
    customer="godavari",
    lines=(Sold("FUR-DESK", 10), Sold("FUR-CHAIR", 10), Sold("SVC-INSTALL", 8)),
)
"""What was offered, ordered and billed."""
