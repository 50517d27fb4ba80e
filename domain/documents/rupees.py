"""What a document and its lines are worth in rupees, as they are posted and as the government is told.

Source: CGST Rules 2017, rule 34. The same rules as SQL stand in ``domain.gst.in_rupees``.
"""

from collections.abc import Iterable
from decimal import Decimal

from domain.documents.document import Document, Line
from domain.money import round_paise

_PERCENT = Decimal("0.01")


def in_rupees(head: Document, amount: Decimal) -> Decimal:
    """Return an amount of the document in rupees."""
    return amount if head.exchange_rate == 1 else round_paise(amount * head.exchange_rate)


def taxes_in_rupees(head: Document, line: Line, names: Iterable[str], value: Decimal) -> dict[str, Decimal]:
    """Return the tax of a line by head: on the ``value`` in rupees where the document is in another currency."""
    taxes = {name: getattr(line, name) for name in names}
    if head.exchange_rate == 1:
        return taxes
    half = line.tax_percentage / 2
    percents = {
        "igst_amount": line.tax_percentage,
        "cgst_amount": half,
        "sgst_amount": half,
        "cess_amount": line.cess_percentage,
    }
    converted = {name: amount and round_paise(value * percents[name] * _PERCENT) for name, amount in taxes.items()}
    if line.cess_per_unit and taxes["cess_amount"]:
        converted["cess_amount"] += round_paise(line.quantity * line.cess_per_unit)
    return converted
