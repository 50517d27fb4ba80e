"""The lines of a document as items of FORM GST INV-01, in rupees."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from domain.documents.document import Document, Line
from domain.documents.rupees import in_rupees, taxes_in_rupees
from domain.einvoice.obligation import is_zero_rated
from domain.einvoice.texts import plain
from domain.gst.hsn import is_service_code
from domain.gst.units import NOT_APPLICABLE, OTHERS
from domain.money import ZERO, round_paise
from domain.values import Struct

_THOUSANDTH = Decimal("0.001")
_LEAST_WORDS, _MOST_WORDS = 3, 300
_HEADS = ("igst_amount", "cgst_amount", "sgst_amount", "cess_amount")


class Item(Struct, frozen=True, kw_only=True):
    """A line in rupees: what it came to before and after discounts, and its taxes."""

    line: Line
    gross: Decimal
    discount: Decimal
    value: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    cess: Decimal
    cess_by_unit: Decimal

    @property
    def tax(self) -> Decimal:
        """All taxes together."""
        return self.igst + self.cgst + self.sgst + self.cess + self.cess_by_unit


def items_of(head: Document, lines: Sequence[Line]) -> list[Item]:
    """The lines that are items: the taxed ones, and all of an export or a supply to a special economic zone."""
    return [_item(head, line) for line in lines if _is_item(head, line)]


def value_of_others(head: Document, lines: Sequence[Line]) -> Decimal:
    """The value, in rupees, of exempt, nil-rated and non-GST lines that stand beside taxed ones."""
    return sum((in_rupees(head, line.taxable_amount) for line in lines if not _is_item(head, line)), start=ZERO)


def item_block(head: Document, item: Item, place: int) -> dict[str, Any]:
    """One of ItemList. Where somebody else pays the tax it is not in the total of the item."""
    line = item.line
    is_service = is_service_code(line.hsn_or_sac or "")
    quantity = line.quantity.quantize(_THOUSANDTH, ROUND_HALF_UP) or Decimal(1)
    words = plain(" ".join(part for part in (line.name, line.description) if part), _MOST_WORDS)
    return {
        "SlNo": str(place),
        **({"PrdDesc": words} if len(words) >= _LEAST_WORDS else {}),
        "IsServc": "Y" if is_service else "N",
        "HsnCd": line.hsn_or_sac,
        "Qty": quantity,
        "Unit": OTHERS if is_service or line.unit_code in (None, NOT_APPLICABLE) else line.unit_code,
        "UnitPrice": (item.gross / quantity).quantize(_THOUSANDTH, ROUND_HALF_UP),
        "TotAmt": item.gross,
        "Discount": item.discount,
        "AssAmt": item.value,
        "GstRt": line.tax_percentage if line.tax_category == "TAXABLE" else Decimal(0),
        "IgstAmt": item.igst,
        "CgstAmt": item.cgst,
        "SgstAmt": item.sgst,
        "CesRt": line.cess_percentage,
        "CesAmt": item.cess,
        "CesNonAdvlAmt": item.cess_by_unit,
        "OthChrg": ZERO,
        "TotItemVal": item.value + (ZERO if head.is_reverse_charge else item.tax),
    }


def _is_item(head: Document, line: Line) -> bool:
    return line.tax_category == "TAXABLE" or is_zero_rated(head)


def _item(head: Document, line: Line) -> Item:
    """A rate with tax in it shows no discount: the value is what the tax leaves of the price."""
    value = in_rupees(head, line.taxable_amount)
    taxes = taxes_in_rupees(head, line, _HEADS, value)
    by_unit = min(round_paise(line.cess_per_unit * line.quantity), taxes["cess_amount"])
    gross = value if head.is_inclusive_tax else in_rupees(head, round_paise(line.rate * line.quantity))
    gross = max(gross, value)
    return Item(
        line=line,
        gross=gross,
        discount=gross - value,
        value=value,
        igst=taxes["igst_amount"],
        cgst=taxes["cgst_amount"],
        sgst=taxes["sgst_amount"],
        cess=taxes["cess_amount"] - by_unit,
        cess_by_unit=by_unit,
    )
