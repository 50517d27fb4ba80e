"""The lines of a draft: what the caller said, completed from items and taxes, and their amounts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.documents import distributed
from domain.documents.circumstances import LineItem
from domain.documents.document import Line
from domain.documents.kinds import Kind
from domain.errors import Failed, NotFound, Required
from domain.gst.hsn import is_service_code
from domain.gst.supply import Supply, check_may_charge
from domain.gst.tax import LineInput, LineTax
from domain.gst.tax_catalogue import CATALOGUE, TAXES, CatalogueTax, TaxCategory, TaxShape, counterpart
from domain.gst.units import unit_code
from domain.ids import new_id
from domain.ledger.accounts import by_role
from domain.money import ZERO
from domain.values import Struct

LineValues = Mapping[str, Any]

# What a caller may say of a line, by our own names; the rest is worked out.
SPOKEN = (
    "item_id",
    "account_id",
    "name",
    "description",
    "hsn_or_sac",
    "quantity",
    "unit",
    "rate",
    "discount",
    "discount_percent",
    "tax_id",
    "tax_category",
    "cess_per_unit",
    "distributed_tax",
    "cost_center_id",
    "itc_eligibility",
    "itc_blocked_reason",
    "source_id",
    "source_line_id",
    "corrected_line_id",
    "is_restocked",
)
_UNSAID = dict.fromkeys(SPOKEN)
_TAKES_THE_PLACE_OF = (
    ("discount", "discount_percent"),
    ("discount_percent", "discount"),
    ("tax_category", "tax_id"),
    ("itc_eligibility", "itc_blocked_reason"),
    ("itc_blocked_reason", "itc_eligibility"),
)
_CLEARABLE = frozenset(("description", "hsn_or_sac", "unit", "account_id"))
_PRICE = ("rate", "discount", "discount_percent", "tax_id", "tax_category", "cess_per_unit", "distributed_tax")
_OF_CATEGORY = {tax.category.value: tax for tax in CATALOGUE if tax.category is not TaxCategory.TAXABLE}
_ONE = Decimal(1)


class CompletedLine(Struct, frozen=True):
    """A line with everything but its amounts."""

    id: str
    item: LineItem | None
    values: LineValues
    tax: CatalogueTax | None
    input: LineInput


async def completed(
    books: Books,
    kind: Kind,
    sent: Sequence[LineValues],
    items: Mapping[str, LineItem],
    supply: Supply,
    *,
    exchange_rate: Decimal,
) -> list[CompletedLine]:
    """Complete the lines that the caller sent; ``exchange_rate`` is rupees for one unit of the document's currency.

    Raises: Required without item or name and rate, NotFound for an unknown tax, Failed for a line that ought to bear
    tax and names none.
    """
    role = kind.side.value.default_account
    default_account = (await by_role(books, (role,)))[role]
    return [
        _completed(
            kind,
            line,
            items.get(line.get("item_id") or ""),
            supply,
            f"line_items[{index}]",
            default_account=default_account,
            exchange_rate=exchange_rate,
        )
        for index, line in enumerate(sent)
    ]


def _completed(
    kind: Kind,
    sent: LineValues,
    item: LineItem | None,
    supply: Supply,
    path: str,
    *,
    default_account: str,
    exchange_rate: Decimal,
) -> CompletedLine:
    values = _filled(kind, sent, item, path)
    values["account_id"] = values["account_id"] or default_account
    values = with_one_discount(values, field=f"{path}.discount")
    tax = _tax_of(sent, values, supply, path)
    rates = LineInput(
        quantity=values["quantity"],
        rate=values["rate"],
        discount=values["discount"] or ZERO,
        discount_percent=values["discount_percent"] or ZERO,
        category=tax.category if tax else TaxCategory.TAXABLE,
        tax_percent=tax.percent if tax else ZERO,
        cess_percent=tax.cess if tax else ZERO,
        cess_per_unit=_cess_per_unit(sent, values, tax, path) / exchange_rate,
    )
    return CompletedLine(sent.get("id") or new_id("li"), item, values, tax, rates)


def _filled(kind: Kind, sent: LineValues, item: LineItem | None, path: str) -> dict[str, Any]:
    """The line's values, each as sent or, where nothing was sent, as the item has it; a null that was sent stays."""
    values = distributed.filled({**_UNSAID, **sent})
    if item is not None:
        side = kind.side.value
        proposals = {
            "name": item.item_name,
            "description": item.description,
            "hsn_or_sac": item.hsn_or_sac,
            "unit": item.unit,
            "rate": getattr(item, side.item_rate),
            "tax_id": item.tax_id if values["tax_category"] is None else None,
            "cess_per_unit": item.cess_per_unit,
            "account_id": getattr(item, side.item_account),
        }
        for name, proposal in proposals.items():
            if values[name] is None and not (name in _CLEARABLE and name in sent):
                values[name] = proposal
    if values["quantity"] is None:
        values["quantity"] = _ONE
    for name in ("name", "rate"):
        if values[name] is None:
            raise Required(f"A line needs a {name}, or an item that has one.", field=f"{path}.{name}")
    return values


def _tax_of(sent: LineValues, values: LineValues, supply: Supply, path: str) -> CatalogueTax | None:
    """The tax of a line, in the shape that the supply asks for; ``None`` where no tax may be charged.

    An item's tax falls away where nobody may charge any; one that the caller names is refused.
    """
    tax_id, category = values["tax_id"], values["tax_category"]
    tax = TAXES.get(tax_id) if tax_id else _OF_CATEGORY.get(category)
    if tax_id and tax is None:
        raise NotFound("Tax", tax_id, field=f"{path}.tax_id")
    if tax is None:
        if supply.shows_rate:
            raise Failed(
                "The line names no tax; send tax_id, or a tax_category that bears none.", field=f"{path}.tax_id"
            )
        return None
    if sent.get("tax_id"):
        check_may_charge(supply, tax.percent, field=f"{path}.tax_id")
    if tax.percent and not supply.shows_rate:
        return None
    if category is not None and tax.category != category:
        raise Failed(f"'{tax.name}' is not of the category {category}.", field=f"{path}.tax_category")
    if tax.shape is TaxShape.RCM and not supply.is_reverse_charge:
        raise Failed(f"'{tax.name}' is for documents on reverse charge.", field=f"{path}.tax_id")
    return counterpart(tax, is_interstate=supply.is_interstate)


def _cess_per_unit(sent: LineValues, values: LineValues, tax: CatalogueTax | None, path: str) -> Decimal:
    """The cess of a line in rupees a unit; that of an item falls away where the line bears no GST.

    Raises Failed for one that the caller names there.
    """
    if tax is not None and tax.category is TaxCategory.TAXABLE:
        return values["cess_per_unit"] or ZERO
    if sent.get("cess_per_unit"):
        raise Failed("Cess is borne only by what bears GST; the line bears none.", field=f"{path}.cess_per_unit")
    return ZERO


def with_one_discount(said: Mapping[str, Any], *, field: str) -> dict[str, Any]:
    """Leave at most one of ``discount`` and ``discount_percent``: beside the other, a discount of nought is none.

    Raises Failed when both are more than nought.
    """
    amount, percent = said.get("discount"), said.get("discount_percent")
    if amount is None or percent is None:
        return dict(said)
    if amount and percent:
        raise Failed("Send discount or discount_percent, not both.", field=field)
    return {**said, "discount_percent" if amount else "discount": None}


def with_amounts(
    kind: Kind, line: CompletedLine, tax: LineTax, *, document_id: str, position: int, itc_eligibility: str | None
) -> Line:
    """The line as it is stored."""
    values, item, of_catalogue = line.values, line.item, line.tax
    code = values["hsn_or_sac"]
    is_service = bool(code and is_service_code(code)) or (item is not None and item.item_type == "SERVICE")
    return Line(
        id=line.id,
        document_id=document_id,
        position=position,
        item_id=values["item_id"],
        account_id=values["account_id"],
        name=values["name"],
        description=values["description"],
        hsn_or_sac=code,
        quantity=values["quantity"],
        unit=values["unit"],
        unit_code=(item.unit_code if item else None) or unit_code(values["unit"], is_service=is_service),
        rate=values["rate"],
        discount=(tax.discount or None) if values["corrected_line_id"] else values["discount"],
        discount_percent=values["discount_percent"],
        tax_id=of_catalogue.id if of_catalogue else None,
        tax_name=of_catalogue.name if of_catalogue else None,
        tax_category=tax.category.value,
        tax_percentage=tax.tax_percent,
        cess_percentage=tax.cess_percent,
        cess_per_unit=values["cess_per_unit"] if tax.cess_per_unit else Decimal(0),
        item_total=tax.taxable + tax.document_discount,
        taxable_amount=tax.taxable,
        cgst_amount=tax.cgst,
        sgst_amount=tax.sgst,
        igst_amount=tax.igst,
        cess_amount=tax.cess,
        distributed_tax=values["distributed_tax"],
        cost_center_id=values["cost_center_id"],
        itc_eligibility=itc_eligibility,
        itc_blocked_reason=values["itc_blocked_reason"],
        source_id=values["source_id"],
        source_line_id=values["source_line_id"],
        corrected_line_id=values["corrected_line_id"],
        is_restocked=bool(values["is_restocked"]),
        stock_direction=kind.stock_direction if values["is_restocked"] else None,
    )


def as_spoken(line: Line) -> dict[str, Any]:
    """A stored line as if the caller had said it, to be changed or reckoned anew."""
    said = {name: getattr(line, name) for name in SPOKEN}
    # The category follows from the tax.
    return {**said, "tax_category": None, "id": line.id}


def merged(spoken: Sequence[LineValues], sent: Sequence[LineValues]) -> list[LineValues]:
    """The lines after an update: with an id, changed; without one, added; absent, removed.

    ``spoken`` are the stored lines as if the caller had said them. Raises NotFound, Failed for a line named twice.
    """
    known = {line["id"]: line for line in spoken}
    named = [values["id"] for values in sent if values.get("id")]
    for index, values in enumerate(sent):
        if named.count(values.get("id")) > 1:
            raise Failed("A line can be named once.", field=f"line_items[{index}].line_item_id")
    return [_merged_line(known, values, f"line_items[{index}]") for index, values in enumerate(sent)]


def _merged_line(known: Mapping[str, LineValues], values: LineValues, path: str) -> LineValues:
    key = values.get("id")
    if key is None:
        return values
    if key not in known:
        raise NotFound("Line", key, field=f"{path}.line_item_id")
    old = dict(known[key])
    if values.get("item_id") not in (None, old["item_id"]):
        return values  # another item fills the line anew
    if old["corrected_line_id"] is not None and any(values.get(name) not in (None, old[name]) for name in _PRICE):
        return {**_at_its_own_price(old), **values, "corrected_line_id": None}
    for one, other in _TAKES_THE_PLACE_OF:
        if values.get(one) is not None and other not in values:
            old[other] = None
    return {**old, **values}


def _at_its_own_price(line: LineValues) -> LineValues:
    """A line that took back so much by quantity, once another price or tax is said: its discount followed from that."""
    return {**line, "discount": None, "discount_percent": None, "tax_category": None}
