"""Income tax that the buyer withholds from what he owes: on the value without GST, to be paid to the government.

It is measured by a percentage or by an amount; a section that is named proposes its rate on the date of the paper.
Source: CBDT circular 23/2017: where GST is shown apart, no tax is deducted on it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.documents.document import Document
from domain.documents.originals import Original
from domain.errors import Failed
from domain.money import ZERO, round_paise
from domain.tds import section_on, withheld_amount


def measure(said: Mapping[str, Any], values: Mapping[str, Any], stored: Document | None) -> dict[str, Any]:
    """The percentage or the amount to withhold: as said, as stored, or the rate of the section.

    What the section proposed is proposed anew when section or date change. ``values`` are those of the whole head.
    Raises: NotFound for an unknown section, Failed for one not in force on the date, and when both measures are said.
    """
    percent, amount = said.get("tds_percent"), said.get("tds_amount")
    section = values["tds_section"]
    rate = None if section is None else section_on(section, values["dated_on"]).rate
    if percent is not None:
        if amount:
            raise Failed("Send tds_percent or tds_amount, not both.", field="tds_amount")
        return {"tds_percent": percent}
    if amount is not None:
        return {"tds_percent": None, "tds_amount": amount}
    if stored is not None and "tds_percent" not in said and section == stored.tds_section and not _is_proposed(stored):
        return {}
    return {"tds_percent": rate, "tds_amount": ZERO}


def of_original(original: Original) -> dict[str, Any]:
    """What a note says of the tax that was withheld from its original: nothing of its own."""
    return {"tds_section": original.tds_section, "tds_percent": original.tds_percent, "tds_amount": ZERO}


def taken_back(original: Original, taxable: Decimal, total: Decimal) -> Decimal:
    """The share of a note in what was withheld from its original, by value without GST; the last takes what is left.

    The vendor credits the whole value, but of the part that the government has he never got anything.
    """
    left = original.tds_amount - original.noted_tds
    if taxable >= original.taxable_total - original.noted_taxable:
        return min(left, total)
    return min(round_paise(original.tds_amount * taxable / original.taxable_total), left, total)


def _is_proposed(stored: Document) -> bool:
    section = stored.tds_section
    return section is not None and stored.tds_percent == section_on(section, stored.dated_on).rate


def withheld(values: Mapping[str, Any], taxable: Decimal, total: Decimal) -> Decimal:
    """The amount withheld, in the document's currency: by percentage of the value without GST, or as said.

    Raises Failed when it is more than the total.
    """
    percent: Decimal | None = values["tds_percent"]
    amount: Decimal = values["tds_amount"] if percent is None else withheld_amount(taxable, percent)
    if amount > total:
        raise Failed(f"The tax withheld, {amount}, is more than the total {total}.", field="tds_amount")
    return amount
