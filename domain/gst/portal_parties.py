"""How both portals, of e-invoices and of e-way bills, name parties that have no GSTIN, and when they ask for one."""

from datetime import date

UNREGISTERED = "URP"
"""What the portals call a party without a GSTIN."""
PIN_ABROAD = 999999

SHIP_TO_GSTIN_FROM: date | None = None
"""Since when the GSTIN of who receives the goods is told, where that is not who is billed; ``None``: not yet.

Announced for 15-06-2026, then 01-08-2026, then put off (GSTN advisories 661 and 663).
"""


def tells_ship_to_gstin(day: date) -> bool:
    """Whether the GSTIN of who receives the goods is told on a day: that of an e-invoice, or of an e-way bill."""
    return SHIP_TO_GSTIN_FROM is not None and day >= SHIP_TO_GSTIN_FROM
