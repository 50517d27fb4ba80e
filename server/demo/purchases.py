"""What the demo organization has bought, as data: bills of every treatment, and what became of each.

Days count back from today, as those of the sales do. Rates and quantities are fixed, so the amounts are always the
same; so is the percentage of tax that is withheld, which is therefore not left to a section of the law.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from server.demo.masters import tax
from server.demo.sales import Outcome, Sold

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """One bill. ``said`` holds further fields of its head; ``void_reason`` is told when it is voided."""

    days_ago: int
    vendor: str
    lines: tuple[Sold, ...]
    branch: str = "Mumbai"
    outcome: Outcome = Outcome.APPROVED
    void_reason: str | None = None
    said: Values = field(default_factory=dict)


def _cost(name: str, sac: str, rate: str, *, gst: str | None = None, **said: Any) -> Sold:
    bears = {"tax_id": tax(gst)} if gst else {}
    return Sold(None, 1, said={"name": name, "hsn_or_sac": sac, "rate": Decimal(rate), **bears, **said})


PURCHASES = (
    # From before the books began, under the number it had then.
    Purchase(
        days_ago=263,
        vendor="indrayani",
        lines=(Sold("STA-PAPER", 300),),
        said={"reference_number": "IPM/2291", "is_opening_balance": True, "number": "OB/{FY}/0031"},
    ),
    # Registered vendors, in the same state and in another; the vendor's paper rounds off.
    Purchase(
        days_ago=231,
        vendor="indrayani",
        lines=(Sold("STA-PAPER", 900), Sold("STA-BOOK", 2400), Sold("STA-PEN", 240)),
        said={"reference_number": "IPM/2388", "round_off": Decimal("0.10")},
    ),
    Purchase(
        days_ago=224,
        vendor="satpura",
        lines=(Sold("FUR-CABINET", 60), Sold("FUR-CHAIR", 90, said={"discount_percent": Decimal("4")})),
        said={"reference_number": "SSF/26/118", "untaxed_charges": Decimal("1850.00")},
    ),
    Purchase(
        days_ago=126,
        vendor="godavari",
        lines=(Sold("FUR-DESK", 40), Sold("FUR-TABLE", 8)),
        said={"reference_number": "GTB-0457", "discount": Decimal("9000.00")},
    ),
    # An SEZ vendor charges integrated tax in the same state; one of deemed exports does as any other.
    Purchase(days_ago=118, vendor="nashik", lines=(Sold("FUR-LAMP", 150),), said={"reference_number": "NF/SEZ/77"}),
    Purchase(days_ago=102, vendor="kandla", lines=(Sold("FUR-BOARD", 40),), said={"reference_number": "KP/1906"}),
    # Under composition, and without registration: no tax on the bill, and none owed.
    Purchase(
        days_ago=111,
        vendor="hampi",
        branch="Bengaluru",
        lines=(Sold("PAN-COFFEE", 160), Sold("PAN-TEA", 90)),
        said={"reference_number": "BOS/341"},
    ),
    Purchase(
        days_ago=93,
        vendor="gaikwad",
        lines=(_cost("Shelves fitted in the store", "995476", "23500.00"),),
        said={"reference_number": "14", "tds_percent": Decimal("1"), "notes": "Contractor, individual: 1 % withheld."},
    ),
    Purchase(
        days_ago=85,
        vendor="pawar",
        lines=(_cost("Reception desk, used", "940330", "6500.00"),),
        said={"reference_number": "by hand"},
    ),
    # On reverse charge: a carrier without registration, and services from abroad by themselves.
    Purchase(
        days_ago=79,
        vendor="jadhav",
        lines=(_cost("Carriage of desks from Nizamabad", "996511", "18400.00", gst="5"),),
        said={"reference_number": "LR 5520", "is_reverse_charge": True},
    ),
    Purchase(
        days_ago=72,
        vendor="brightlamp",
        lines=(_cost("Licence for drawing software, one year", "997331", "640.00", gst="18"),),
        said={"reference_number": "BT-88120"},
    ),
    # Goods from abroad bear their tax at customs.
    Purchase(
        days_ago=58,
        vendor="brightlamp",
        lines=(Sold("FUR-LAMP", 300, said={"rate": Decimal("6.85")}),),
        said={"reference_number": "BT-88341"},
    ),
    # Credit that is blocked, or belongs to another state; prices that include tax.
    Purchase(
        days_ago=47,
        vendor="taluka",
        lines=(
            _cost("Dinner for the team", "996331", "11800.00", gst="5", itc_blocked_reason="17(5)(b)(i)"),
            _cost("Hall for the vendors' day", "997212", "15000.00", gst="18"),
        ),
        said={"reference_number": "TC/2026/09", "is_inclusive_tax": True},
    ),
    Purchase(
        days_ago=41,
        vendor="lakeside",
        lines=(_cost("Two nights in Mysuru", "996311", "7200.00", gst="5"),),
        said={"reference_number": "F-7719", "place_of_supply": "IN-KA"},
    ),
    # Income tax withheld from fees.
    Purchase(
        days_ago=34,
        vendor="deshpande",
        lines=(_cost("Audit of the accounts", "998221", "85000.00", gst="18"),),
        said={"reference_number": "DA/118", "tds_percent": Decimal("10")},
    ),
    # Our distributor passes on the tax of services for both branches: the share of this one (section 20).
    Purchase(
        days_ago=29,
        vendor="distributor",
        lines=(
            Sold(
                None,
                1,
                said={
                    "name": "Share of the licences for both branches",
                    "distributed_tax": {"cgst_amount": Decimal("2160.00"), "sgst_amount": Decimal("2160.00")},
                },
            ),
        ),
        said={"reference_number": "ISD/26/4", "is_isd_invoice": True},
    ),
    Purchase(
        days_ago=22,
        vendor="satpura",
        branch="Bengaluru",
        lines=(Sold("FUR-CABINET", 45),),
        outcome=Outcome.VOIDED,
        void_reason="Entered for the branch that did not order it.",
        said={"reference_number": "SSF/26/171"},
    ),
    Purchase(days_ago=20, vendor="satpura", lines=(Sold("FUR-CABINET", 45),), said={"reference_number": "SSF/26/171"}),
    Purchase(days_ago=5, vendor="indrayani", lines=(Sold("STA-PAPER", 500),), said={"reference_number": "IPM/2604"}),
    Purchase(
        days_ago=3,
        vendor="godavari",
        lines=(Sold("FUR-DESK", 25),),
        outcome=Outcome.DRAFT,
        said={"reference_number": "GTB-0512"},
    ),
)
"""All bills."""
