"""What the demo organization has invoiced, as data: customers who order regularly, and single sales of every kind.

Days count back from today, so the books look the same on any day; on a Sunday nobody works, so it happens the
Saturday before. Rates and quantities are fixed, so the amounts are always the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from typing import Any

from server.demo.masters import tax

Values = Mapping[str, Any]

BEGAN_DAYS_AGO = 240
"""When the books began; an older invoice is an opening balance."""


class Outcome(Enum):
    """What became of a sale."""

    APPROVED = "approved"
    DRAFT = "left as a draft"
    VOIDED = "approved, and voided two days later"


@dataclass(frozen=True, slots=True)
class Sold:
    """A line: ``quantity`` of an item; in standing orders ``step`` more the next time, and twice that the time after.

    ``said`` holds further fields of the line; all of them where there is no item.
    """

    sku: str | None
    quantity: int
    step: int = 0
    said: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One invoice. ``said`` holds further fields of its head; ``void_reason`` is told when it is voided."""

    days_ago: int
    customer: str
    lines: tuple[Sold, ...]
    branch: str = "Mumbai"
    outcome: Outcome = Outcome.APPROVED
    void_reason: str | None = None
    said: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """The same things for the same customer every so many days."""

    every_days: int
    first: Sale


def sales() -> list[Sale]:
    """Return all sales, the oldest first."""
    every = [*_SINGLE_SALES, *(sale for order in _STANDING_ORDERS for sale in _repeated(order))]
    return sorted(every, key=lambda sale: -sale.days_ago)


def _repeated(order: StandingOrder) -> Iterator[Sale]:
    for count, days_ago in enumerate(range(order.first.days_ago, 0, -order.every_days)):
        lines = tuple(replace(line, quantity=line.quantity + line.step * (count % 3)) for line in order.first.lines)
        yield replace(order.first, days_ago=days_ago, lines=lines)


def _order(every_days: int, first_days_ago: int, customer: str, *lines: Sold, **more: Any) -> StandingOrder:
    return StandingOrder(every_days, Sale(days_ago=first_days_ago, customer=customer, lines=lines, **more))


_STANDING_ORDERS = (
    _order(17, 226, "konkan", Sold("STA-PAPER", 60, 20), Sold("STA-BOOK", 200, 50), Sold("STA-PENCIL", 40, 10)),
    _order(
        24,
        219,
        "deccan",
        Sold("FUR-CHAIR", 12, 4),
        Sold("FUR-DESK", 6, 3),
        Sold("SVC-INSTALL", 9, 3),
        said={"salesperson_name": "Nikhil Joshi", "discount_percent": Decimal("5")},
    ),
    _order(
        25,
        214,
        "nilgiri",
        Sold("PAN-COFFEE", 18, 4),
        Sold("PAN-TEA", 12, 3),
        Sold("PAN-COLA", 10, 2),
        Sold("PAN-FRUIT", 8, 2),
        branch="Bengaluru",
    ),
    _order(
        31,
        207,
        "tungabhadra",
        Sold("FUR-CABINET", 5, 2),
        Sold("FUR-BOARD", 3, 1),
        Sold("SVC-CARE", 1),
        branch="Bengaluru",
        said={"salesperson_name": "Arvind Hegde"},
    ),
    _order(29, 201, "sabarmati", Sold("FUR-CHAIR", 10, 5), Sold("FUR-LAMP", 15, 5), Sold("FUR-TABLE", 1, 1)),
    _order(26, 222, "mandovi", Sold("PAN-COFFEE", 6, 2), Sold("PAN-COLA", 8, 2), Sold("PAN-FRUIT", 5)),
    _order(35, 193, "kaveri", Sold("STA-PAPER", 40, 10), Sold("STA-PEN", 25, 5), branch="Bengaluru"),
    _order(
        20,
        212,
        "counter",
        Sold("STA-PEN", 4, 2),
        Sold("STA-BAG", 6, 3),
        Sold("FUR-LAMP", 1),
        said={"is_inclusive_tax": True, "notes": "Prices include GST."},
    ),
    _order(
        38,
        188,
        "harbour",
        Sold("SVC-DESIGN", 40, 12, said={"rate": Decimal("45.00")}),
        said={"notes": "Export under letter of undertaking, without payment of IGST."},
    ),
    _order(33, 196, "chakan", Sold("FUR-DESK", 4, 2), Sold("FUR-CHAIR", 8, 2)),
    _order(
        28,
        183,
        "ghats",
        Sold("SVC-CARRIAGE", 2, 1),
        said={"is_reverse_charge": True, "notes": "Tax is payable by the recipient under reverse charge."},
    ),
    _order(30, 178, "bazaar", Sold("STA-BAG", 120, 40), Sold("STA-BOOK", 300, 100), branch="Bengaluru"),
)

_SINGLE_SALES = (
    # Still owed from before the books began: under the numbers they had then.
    Sale(
        days_ago=271,
        customer="deccan",
        lines=(Sold("FUR-CHAIR", 24),),
        said={"is_opening_balance": True, "number": "INV/{FY}/0412"},
    ),
    Sale(
        days_ago=256,
        customer="nilgiri",
        branch="Bengaluru",
        lines=(Sold("FUR-DESK", 10), Sold("SVC-INSTALL", 12)),
        said={"is_opening_balance": True, "number": "KA/{FY}/0097"},
    ),
    # Exports and supplies to an SEZ, with payment of IGST.
    Sale(
        days_ago=158,
        customer="harbour",
        lines=(Sold("FUR-LAMP", 120, said={"rate": Decimal("17.40")}),),
        said={"is_export_with_payment": True, "untaxed_charges": Decimal("310.00")},
    ),
    Sale(
        days_ago=118,
        customer="rhein",
        lines=(Sold("STA-BAG", 400, said={"rate": Decimal("2.65")}),),
        said={"is_export_with_payment": True, "shipping_bill_number": "4417062", "port_code": "INNSA1"},
    ),
    Sale(
        days_ago=104,
        customer="chakan",
        lines=(Sold("FUR-TABLE", 2), Sold("FUR-BOARD", 4)),
        said={"is_export_with_payment": True, "reference_number": "PO 7740"},
    ),
    # Parties of the rarer kinds.
    Sale(days_ago=149, customer="coromandel", lines=(Sold("FUR-CABINET", 12), Sold("FUR-CHAIR", 20))),
    Sale(days_ago=60, customer="coromandel", lines=(Sold("FUR-DESK", 8),)),
    Sale(days_ago=133, customer="consulate", lines=(Sold("FUR-TABLE", 1), Sold("FUR-CHAIR", 8))),
    Sale(days_ago=97, customer="works", lines=(Sold("FUR-CABINET", 16),), said={"reference_number": "WO/SAH/118"}),
    Sale(days_ago=25, customer="works", lines=(Sold("FUR-DESK", 6), Sold("FUR-CHAIR", 12))),
    Sale(days_ago=71, customer="godavari", lines=(Sold("SVC-DESIGN", 24),)),
    Sale(days_ago=88, customer="rao", branch="Bengaluru", lines=(Sold("FUR-DESK", 1), Sold("FUR-CHAIR", 1))),
    # Through a marketplace, which collects a little tax at source (section 52).
    Sale(
        days_ago=12,
        customer="rao",
        branch="Bengaluru",
        lines=(Sold("FUR-LAMP", 2),),
        said={"ecommerce_operator_gst_no": "29ZZOCO7312M1CZ", "ecommerce_section": "SECTION_52"},
    ),
    # A meal through an application that pays the tax itself (section 9(5)): the tax is shown, and not owed to us.
    Sale(
        days_ago=11,
        customer="rao",
        branch="Bengaluru",
        lines=(
            Sold(
                None,
                4,
                said={"name": "Lunch", "hsn_or_sac": "996331", "rate": Decimal("120.00"), "tax_id": tax("5")},
            ),
        ),
        said={"ecommerce_operator_gst_no": "29ZZMCM4408N1C2", "ecommerce_section": "SECTION_9_5"},
    ),
    # Discounts on a line and in rupees on the whole; freight without tax; delivery in another state.
    Sale(
        days_ago=52,
        customer="konkan",
        lines=(
            Sold("FUR-CHAIR", 16, said={"discount_percent": Decimal("12.5")}),
            Sold("FUR-LAMP", 16, said={"discount": Decimal("1200.00")}),
        ),
    ),
    Sale(
        days_ago=45,
        customer="sabarmati",
        lines=(Sold("FUR-TABLE", 2), Sold("FUR-BOARD", 2)),
        said={"discount": Decimal("5000.00"), "untaxed_charges": Decimal("2750.50")},
    ),
    Sale(
        days_ago=38,
        customer="deccan",
        lines=(Sold("FUR-DESK", 14), Sold("SVC-INSTALL", 16)),
        said={"place_of_supply": "IN-GA", "reference_number": "DSO-2291"},
    ),
    Sale(days_ago=31, customer="nilgiri", branch="Bengaluru", lines=(Sold("SVC-ROOM", 3), Sold("PAN-FRUIT", 6))),
    # A sample free of charge comes to nothing, so nothing is owed.
    Sale(
        days_ago=66,
        customer="tungabhadra",
        branch="Bengaluru",
        lines=(Sold("FUR-LAMP", 1, said={"discount_percent": Decimal("100")}),),
        said={"notes": "Sample, free of charge."},
    ),
    Sale(
        days_ago=140,
        customer="konkan",
        lines=(Sold("STA-PAPER", 600),),
        outcome=Outcome.VOIDED,
        void_reason="The customer ordered 60 reams, not 600.",
    ),
    Sale(
        days_ago=77,
        customer="nilgiri",
        branch="Bengaluru",
        lines=(Sold("SVC-CARE", 2),),
        outcome=Outcome.VOIDED,
        void_reason="Made out twice.",
    ),
    Sale(
        days_ago=19,
        customer="mandovi",
        lines=(Sold("PAN-COLA", 30),),
        outcome=Outcome.VOIDED,
        void_reason="The order was cancelled before delivery.",
    ),
    Sale(days_ago=9, customer="deccan", lines=(Sold("FUR-TABLE", 3), Sold("FUR-BOARD", 3)), outcome=Outcome.DRAFT),
    Sale(
        days_ago=6,
        customer="harbour",
        lines=(Sold("SVC-DESIGN", 30, said={"rate": Decimal("45.00")}),),
        outcome=Outcome.DRAFT,
    ),
    Sale(days_ago=4, customer="kaveri", branch="Bengaluru", lines=(Sold("FUR-CABINET", 4),), outcome=Outcome.DRAFT),
    Sale(days_ago=2, customer="sabarmati", lines=(Sold("FUR-CHAIR", 30),), outcome=Outcome.DRAFT),
    Sale(days_ago=1, customer="nilgiri", branch="Bengaluru", lines=(Sold("PAN-COFFEE", 20),), outcome=Outcome.DRAFT),
)
