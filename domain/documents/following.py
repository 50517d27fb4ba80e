"""What a note takes over from the invoice or bill that it corrects.

Source: CGST Act 2017, sections 15(3)(a) and 34; the tax of a note is that of the supply, so place, treatment and rate
follow it, and so does the value after discounts of what goes back by quantity.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from domain.documents.kinds import Kind
from domain.documents.unlinked import UNLINKED_ORIGINAL, refuse_beside_link
from domain.errors import Failed, NotFound
from domain.gst.ecommerce import OPERATOR
from domain.gst.gstin import parse_gstin
from domain.gst.states import normalise_place_of_supply
from domain.gst.tax_catalogue import TAXES
from domain.money import ZERO, round_paise
from domain.values import Struct

if TYPE_CHECKING:
    from domain.documents.document import Document
    from domain.documents.originals import Lot, Original, OriginalLine

Values = Mapping[str, Any]

# What a note takes over and may not say otherwise; whom it is for is checked once he is found.
_TAKEN_OVER = (
    "gst_treatment",
    "gst_no",
    "place_of_supply",
    "currency_code",
    "exchange_rate",
    "is_reverse_charge",
    "is_export_with_payment",
    "is_export_tax_claimed",
    *OPERATOR,
    "is_isd_invoice",
)
# What a note takes over unless it says otherwise.
_PROPOSED = ("branch_id", "is_inclusive_tax", "billing_address", "shipping_address")
_DISCOUNTS = ("discount", "discount_percent")
# What is proposed of a line; its price is so only of what goes back by quantity.
_PROPOSED_OF_LINE = ("account_id", "hsn_or_sac", "unit", "cost_center_id")
_OF_ONE_LINE = frozenset(("unit", "rate"))
_CREDIT = ("itc_eligibility", "itc_blocked_reason")
_ONE = Decimal(1)
_RATE_PLACES = Decimal("0.000001")

# Ways of writing the same value that callers may use.
_AS_STORED: Mapping[str, Callable[[str], str | None]] = {
    "place_of_supply": lambda said: normalise_place_of_supply(said, field="place_of_supply"),
    "gst_no": lambda said: parse_gstin(said, field="gst_no").number,
    "ecommerce_operator_gst_no": lambda said: parse_gstin(said, field="ecommerce_operator_gst_no").number,
    "ecommerce_supplier_gst_no": lambda said: parse_gstin(said, field="ecommerce_supplier_gst_no").number,
}


class _Manner(Struct, frozen=True):
    """How a note takes back, or adds: with prices that include tax, or as the original's do, without GST, exactly its
    share."""

    takes_back: bool
    is_inclusive_tax: bool
    keeps_prices: bool
    is_without_gst: bool
    is_exact: bool


def followed(
    kind: Kind, said: Values, lines: Sequence[Values], original: "Original", stored: "Document | None"
) -> tuple[Values, list[Values]]:
    """What is said of a note, ``stored`` or new, and of its lines, with all that follows from the original.

    Raises Failed where something else is said, and for a line that may be any of several; NotFound for a line of the
    original that is none.
    """
    refuse_beside_link(kind, said)
    keeps_original = stored is not None and stored.parent_id == original.id
    values: dict[str, Any] = {**({} if keeps_original else _proposed(original)), **said}
    values |= dict.fromkeys(UNLINKED_ORIGINAL)
    values.setdefault("contact_id", original.contact_id if stored is None else stored.contact_id)
    for name in _TAKEN_OVER:
        values[name] = _taken_over(kind, name, values.get(name), original)
    manner = _manner(kind, values, original, stored)
    lots = original.lots()
    known = lines if keeps_original or stored is None else [_forgetting(line) for line in lines]
    return values, [
        _with_credit(_line_followed(line, original, lots, manner, f"line_items[{index}]"), original)
        for index, line in enumerate(known)
    ]


def alone(said: Values, lines: Sequence[Values], stored: "Document | None") -> tuple[Values, list[Values]]:
    """What is said of a note on nothing, without what it may have taken of an original before.

    Raises NotFound for a line that names one of an original.
    """
    if stored is not None and stored.parent_id is not None:
        withheld = {"tds_section": None, "tds_percent": None, "tds_amount": ZERO}
        return {**said, **withheld}, [{**line, "corrected_line_id": None} for line in lines]
    for index, line in enumerate(lines):
        named = line.get("corrected_line_id")
        if named is not None:
            raise NotFound("Line", named, field=f"line_items[{index}].corrected_line_item_id")
    return said, list(lines)


def _proposed(original: "Original") -> Values:
    """What the note takes from an original that it did not have before, unless it says otherwise."""
    return {name: getattr(original, name) for name in _PROPOSED}


def _taken_over(kind: Kind, name: str, said: Any, original: "Original") -> Any:
    taken = getattr(original, name)
    as_stored = _AS_STORED.get(name)
    if said is not None and (as_stored(said) if as_stored else said) != taken:
        field = kind.field_of(name)
        raise Failed(f"The note follows {original.called}, so {field} is {taken}, not {said}.", field=field)
    return taken


def _manner(kind: Kind, values: Values, original: "Original", stored: "Document | None") -> _Manner:
    def of_note(name: str) -> Any:
        return values.get(name, getattr(stored, name) if stored else None)

    is_inclusive_tax, is_without_gst = bool(of_note("is_inclusive_tax")), bool(of_note("is_without_gst"))
    is_discounted = any(of_note(name) for name in _DISCOUNTS)
    return _Manner(
        takes_back=kind.takes_back,
        is_inclusive_tax=is_inclusive_tax,
        keeps_prices=is_inclusive_tax == original.is_inclusive_tax,
        is_without_gst=is_without_gst,
        is_exact=kind.takes_back and not is_without_gst and not is_discounted,
    )


def _forgetting(line: Values) -> Values:
    """A line of a note that moves to another original: what it took by quantity it takes of that one."""
    if line.get("corrected_line_id") is None:
        return line
    return {**line, **dict.fromkeys(("corrected_line_id", "rate", "tax_id", "cess_per_unit", *_DISCOUNTS, *_CREDIT))}


def _line_followed(line: Values, original: "Original", lots: Mapping[str, "Lot"], manner: _Manner, path: str) -> Values:
    """A line with what follows from those of the original: by quantity, or at a price of its own.

    At a price of its own it takes what the lines of the same item (or name) agree on; one in words that adds to the
    original, such as a price that was raised, what all its lines do.
    """
    is_stored = line.get("id") is not None and line.get("rate") is not None
    if is_stored and line.get("corrected_line_id") is None:
        return line
    lot = _lot_meant(line, original, lots, manner, is_stored=is_stored, path=path)
    if lot is not None:
        return _by_quantity(line, lot, manner)
    is_taxed = not manner.is_without_gst and line.get("tax_category") is None
    names = (*_PROPOSED_OF_LINE, *(("tax_id",) * is_taxed), *(("rate",) * manner.keeps_prices))
    alike = _alike(line, original)
    if not (alike or manner.takes_back or line.get("item_id")):
        alike, names = original.lines, tuple(name for name in names if name not in _OF_ONE_LINE)
    agreed = {name: {getattr(each, name) for each in alike} for name in names if _is_unsaid(line, name)}
    found = {name: values.pop() for name, values in agreed.items() if len(values) == 1}
    proposed = {name: value for name, value in found.items() if value is not None}
    # A price of its own is of no quantity: cess in rupees a unit is on it only where it is said.
    return {**line, "corrected_line_id": None, "cess_per_unit": line.get("cess_per_unit") or ZERO, **proposed}


def _is_unsaid(line: Values, name: str) -> bool:
    """Whether something is to be proposed; null clears what a line can be without."""
    return name not in line if name in _PROPOSED_OF_LINE else line.get(name) is None


def _lot_meant(
    line: Values, original: "Original", lots: Mapping[str, "Lot"], manner: _Manner, *, is_stored: bool, path: str
) -> "Lot | None":
    """The lot of which a line takes back (or adds) so much by quantity; ``None`` for one at a price of its own."""
    named = line.get("corrected_line_id")
    if named is not None and named not in lots:
        raise NotFound("Line", named, field=f"{path}.corrected_line_item_id")
    if is_stored and named is not None:
        return lots[named]
    wanted = _alike(line, original) if named is None else [lots[named].line]
    fitting = {each.alike: lots[each.id] for each in wanted if _is_so_priced(line, each) and _is_so_taxed(line, each)}
    if len(fitting) > 1 and not manner.takes_back:
        return None
    if len(fitting) > 1:
        name = wanted[0].name
        raise Failed(
            f"{original.called} has several lines of '{name}'; name one with corrected_line_item_id.",
            field=f"{path}.corrected_line_item_id",
        )
    return next(iter(fitting.values()), None)


def _is_so_priced(line: Values, other: "OriginalLine") -> bool:
    """Whether a line says no other price than the original's; a discount of nought says that there is to be none.

    Tax that it states itself is the price of a distributor's line.
    """
    if line.get("distributed_tax") is not None or line.get("cess_per_unit") not in (None, other.cess_per_unit):
        return False
    discounts = {name: line.get(name) for name in _DISCOUNTS if line.get(name) is not None}
    return line.get("rate") in (None, other.rate) and all(
        said and said == getattr(other, name) for name, said in discounts.items()
    )


def _is_so_taxed(line: Values, other: "OriginalLine") -> bool:
    if line.get("tax_category") not in (None, other.tax_category):
        return False
    tax = TAXES.get(line.get("tax_id") or "")
    return tax is None or (tax.percent, tax.cess) == (other.tax_percentage, other.cess_percentage)


def _by_quantity(line: Values, lot: "Lot", manner: _Manner) -> Values:
    """A line at the price of the original's, with a discount by which it comes to its share of what that came to."""
    quantity = _ONE if line.get("quantity") is None else line["quantity"]
    worth = lot.part(quantity)
    has_tax = manner.is_inclusive_tax and not manner.is_without_gst
    net = worth.taxable + (worth.tax if has_tax else ZERO)
    rate = lot.line.rate
    if not manner.keeps_prices:
        rate = (net / quantity).quantize(_RATE_PLACES)
    discount = max(round_paise(quantity * rate) - net, ZERO)
    known = {name: getattr(lot.line, name) for name in _PROPOSED_OF_LINE if _is_unsaid(line, name)}
    proposed = {name: value for name, value in known.items() if value is not None}
    is_taxed = manner.is_without_gst or line.get("tax_id") is not None
    taxed = {} if is_taxed else {"tax_id": lot.line.tax_id, "tax_category": None}
    return {
        **line,
        **proposed,
        **taxed,
        "quantity": quantity,
        "rate": rate,
        "discount": discount or None,
        "discount_percent": None,
        "cess_per_unit": ZERO if manner.is_without_gst else lot.line.cess_per_unit,
        "corrected_line_id": lot.line.id if manner.is_exact else None,
    }


def _with_credit(line: Values, original: "Original") -> Values:
    """A line takes back the credit that was taken of the same item (or name), else of all lines where they agree."""
    if any(line.get(name) for name in _CREDIT):
        return line
    named = [each for each in original.lines if each.id == line.get("corrected_line_id")]
    decided = {
        (each.itc_eligibility, each.itc_blocked_reason) for each in named or _alike(line, original) or original.lines
    }
    return {**line, **dict(zip(_CREDIT, decided.pop(), strict=True))} if len(decided) == 1 else line


def _alike(line: Values, original: "Original") -> "list[OriginalLine]":
    item_id, name = line.get("item_id"), line.get("name")
    of_item = [each for each in original.lines if each.item_id is not None and each.item_id == item_id]
    return of_item or [each for each in original.lines if item_id is None and each.name == name]
