"""What a credit or debit note takes over from the invoice or bill that it corrects.

Source: CGST Act 2017, section 34; the tax of a note is that of the supply, so place, treatment and rate follow it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domain.documents.kinds import Kind
from domain.errors import Failed
from domain.gst.gstin import parse_gstin
from domain.gst.states import normalise_place_of_supply

if TYPE_CHECKING:
    from domain.documents.document import Document
    from domain.documents.originals import Original, OriginalLine

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
)
# What a note takes over unless it says otherwise.
_PROPOSED = ("branch_id", "is_inclusive_tax", "billing_address", "shipping_address")
# What is proposed of a line; its price and its tax are so where the note leaves them as they were.
_PROPOSED_OF_LINE = ("account_id", "hsn_or_sac", "unit", "cost_center_id")
_PRICE = ("rate", "discount_percent")
_CREDIT = ("itc_eligibility", "itc_blocked_reason")

# Ways of writing the same value that callers may use.
_AS_STORED: Mapping[str, Callable[[str], str | None]] = {
    "place_of_supply": lambda said: normalise_place_of_supply(said, field="place_of_supply"),
    "gst_no": lambda said: parse_gstin(said, field="gst_no").number,
}


def followed(
    kind: Kind, said: Values, lines: Sequence[Values], original: "Original", stored: "Document | None"
) -> tuple[Values, list[Values]]:
    """What is said of a note, ``stored`` or new, and of its lines, with all that follows from the original.

    Raises Failed where something else is said.
    """
    values: dict[str, Any] = {**_proposed(said, original, stored), **said}
    values.setdefault("contact_id", original.contact_id if stored is None else stored.contact_id)
    for name in _TAKEN_OVER:
        values[name] = _taken_over(kind, name, values.get(name), original)
    is_without_gst = values.get("is_without_gst", stored is not None and stored.is_without_gst)
    keeps_prices = values.get("is_inclusive_tax", stored and stored.is_inclusive_tax) == original.is_inclusive_tax
    names = (*_PROPOSED_OF_LINE, *(_PRICE if keeps_prices else ()), *(() if is_without_gst else ("tax_id",)))
    return values, [_with_credit(_line_followed(line, original, names), original) for line in lines]


def _proposed(said: Values, original: "Original", stored: "Document | None") -> Values:
    """What the note takes from an original that it did not have before, unless it says otherwise."""
    if stored is not None and stored.parent_id == original.id:
        return {}
    proposed = {name: getattr(original, name) for name in _PROPOSED}
    if said.get("discount") is None:
        proposed["discount_percent"] = original.discount_percent
    return proposed


def _taken_over(kind: Kind, name: str, said: Any, original: "Original") -> Any:
    taken = getattr(original, name)
    as_stored = _AS_STORED.get(name)
    if said is not None and (as_stored(said) if as_stored else said) != taken:
        field = kind.field_of(name)
        raise Failed(f"The note follows {original.called}, so {field} is {taken}, not {said}.", field=field)
    return taken


def _line_followed(line: Values, original: "Original", names: Sequence[str]) -> Values:
    """A new line, completed from those of the original with the same item (or name), where these agree."""
    alike = _alike(line, original)
    if line.get("id") is not None or not alike:
        return line
    said = {name for name, value in line.items() if value is not None}
    withheld = (
        (set(_PRICE) if "rate" in said else set())
        | ({"discount_percent"} if "discount" in said else set())
        | ({"tax_id"} if "tax_category" in said else set())
    )
    wanted = [name for name in names if name not in said | withheld]
    agreed = {name: {getattr(each, name) for each in alike} for name in wanted}
    return {**line, **{name: values.pop() for name, values in agreed.items() if len(values) == 1}}


def _with_credit(line: Values, original: "Original") -> Values:
    """A line takes back the credit that was taken of the same item (or name), else of all lines where they agree."""
    if any(line.get(name) for name in _CREDIT):
        return line
    decided = {(each.itc_eligibility, each.itc_blocked_reason) for each in _alike(line, original) or original.lines}
    return {**line, **dict(zip(_CREDIT, decided.pop(), strict=True))} if len(decided) == 1 else line


def _alike(line: Values, original: "Original") -> "list[OriginalLine]":
    item_id, name = line.get("item_id"), line.get("name")
    of_item = [each for each in original.lines if each.item_id is not None and each.item_id == item_id]
    return of_item or [each for each in original.lines if item_id is None and each.name == name]
