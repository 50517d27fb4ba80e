"""The lines of an expense: what was said of each or of all together, its tax, and what becomes of the credit.

What the head says (account, tax, cost centre …) holds for every line that says nothing of it itself; an expense of one
line needs no more than the head.
"""

from collections.abc import Container, Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.errors import Failed, Invalid, NotFound, Required
from domain.expenses.expense import ExpenseLine
from domain.gst.cess import specific_cess
from domain.gst.rates import check_rate
from domain.gst.supply import Supply, check_may_charge
from domain.gst.tax import LineInput
from domain.gst.tax_catalogue import (
    CATALOGUE,
    TAXES,
    CatalogueTax,
    TaxCategory,
    TaxShape,
    in_shape,
    reverse_charge_tax,
)
from domain.money import ZERO

LineValues = Mapping[str, Any]

# What is said together: one of a group replaces the others of it. The percentage is that on reverse charge.
_GROUPS = (
    ("account_id",),
    ("note",),
    ("hsn_or_sac",),
    ("amount",),
    ("quantity",),
    ("cess_per_unit",),
    ("tax_id", "tax_category", "tax_percentage"),
    ("itc_said", "itc_blocked_reason"),
    ("cost_center_id",),
)
_SPOKEN = tuple(name for group in _GROUPS for name in group)
_ONE = Decimal(1)
_OF_ONE_LINE = {("amount",), ("note",), ("quantity",), ("cess_per_unit",)}
_SHARED = tuple(group for group in _GROUPS if group not in _OF_ONE_LINE)
_UNTAXED: Mapping[str | None, CatalogueTax] = {
    tax.category.value: tax for tax in CATALOGUE if tax.category is not TaxCategory.TAXABLE
}


def merged(
    stored: Sequence[ExpenseLine], shared: LineValues, sent: Sequence[LineValues] | None
) -> list[dict[str, Any]]:
    """Return what is said of each line, after an update or (with nothing stored) at creation.

    ``shared`` is what the head says for all lines; ``sent`` are the lines, ``None`` where nothing was said of them:
    those stored stay, or there is one. Each line is told by its ``path``. Raises: NotFound for a line that is not
    there, Required without account or amount, Invalid for an amount of 0 that no lines explain, Failed for a line named
    twice and an amount of the head that is neither 0 nor the sum of the lines.
    """
    known = {line.id: as_spoken(line) for line in stored}
    shared = _without_nought(shared, is_itemised=sent is not None or len(stored) > 1)
    if sent is None:
        kept = [*known.values()] or [dict.fromkeys(_SPOKEN)]
        lines = [_changed(line, shared, _SHARED) for line in kept]
        if len(lines) == 1:
            lines[0] = _changed(lines[0], shared, (("amount",),))
    else:
        lines, left = [], dict(known)
        for index, line in enumerate(sent):
            base = _stored_line(left, known, line, f"line_items[{index}].line_item_id")
            lines.append(_changed(_changed(base, shared, _SHARED), line, _GROUPS))
    paths = [""] * len(lines) if sent is None else [f"line_items[{index}]." for index in range(len(lines))]
    lines = [{**line, "path": path} for line, path in zip(lines, paths, strict=True)]
    _check_amounts(shared, lines)
    return lines


def as_spoken(line: ExpenseLine) -> dict[str, Any]:
    """A stored line as if the caller had said it; its tax as one that the vendor charges."""
    said = {name: getattr(line, name) for name in _SPOKEN}
    if line.tax_id:
        tax = TAXES[line.tax_id]
        ordinary = in_shape(tax, is_interstate=tax.is_interstate, is_reverse_charge=False)
        said |= {"tax_id": ordinary.id, "tax_category": None}
    return {**said, "tax_percentage": None, "id": line.id}


def said_taxes(lines: Sequence[LineValues], *, is_reverse_charge: bool) -> list[CatalogueTax | None]:
    """Return the tax that is said of each line, ``None`` where nothing is said.

    Raises: NotFound for an unknown tax, Invalid for a rate that is none, Failed for two that differ and for what holds
    on reverse charge only, Required for a line on reverse charge that names no rate.
    """
    return [_said_tax(line, is_reverse_charge=is_reverse_charge) for line in lines]


def check_taxes(named: Mapping[str, str]) -> None:
    """Check the ids of taxes that were sent, by the path of the field. Raises NotFound."""
    for field, key in named.items():
        if key not in TAXES:
            raise NotFound("Tax", key, field=field)


def tax_input(line: LineValues, tax: CatalogueTax | None, exchange_rate: Decimal) -> LineInput:
    """What the tax of a line is reckoned from; a line of which nothing is said bears none.

    ``exchange_rate`` is rupees for one unit of the currency, as cess is in rupees a unit. Raises what ``specific_cess``
    refuses.
    """
    return LineInput(
        quantity=_ONE,
        rate=line["amount"],
        category=tax.category if tax else TaxCategory.TAXABLE,
        tax_percent=tax.percent if tax else ZERO,
        cess_percent=tax.cess if tax else ZERO,
        cess_per_unit=specific_cess(line, tax, path=line["path"]) / exchange_rate,
    )


def check_may_bear(lines: Sequence[LineValues], taxes: Sequence[CatalogueTax | None], supply: Supply) -> None:
    """Refuse a rate on a line of a vendor who charges none. Raises Failed."""
    for line, tax in zip(lines, taxes, strict=True):
        check_may_charge(supply, tax.percent if tax else ZERO, field=f"{line['path']}tax_id")


def _changed(line: LineValues, sent: LineValues, groups: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    changed = dict(line)
    for group in groups:
        if any(name in sent for name in group):
            changed |= {name: sent.get(name) for name in group}
    return changed


def _stored_line(
    left: dict[str, dict[str, Any]], known: Container[str], sent: LineValues, field: str
) -> dict[str, Any]:
    """Take the line that is named out of those that are left."""
    key = sent.get("id")
    if key is None:
        return dict.fromkeys(_SPOKEN)
    if key not in known:
        raise NotFound("Line", key, field=field)
    if key not in left:
        raise Failed("A line can be named once.", field=field)
    return left.pop(key)


def _without_nought(shared: LineValues, *, is_itemised: bool) -> LineValues:
    """What the head says, without an amount of 0, which says nothing where the lines have theirs. Raises Invalid."""
    if shared.get("amount") != 0:
        return shared
    if not is_itemised:
        raise Invalid("The amount must be above 0, unless there are lines.", field="amount")
    return {name: value for name, value in shared.items() if name != "amount"}


def _check_amounts(shared: LineValues, lines: Sequence[LineValues]) -> None:
    for line in lines:
        for name in ("account_id", "amount"):
            if line[name] is None:
                raise Required(f"Each line of an expense needs an {name}.", field=f"{line['path']}{name}")
    amount, total = shared.get("amount"), sum((line["amount"] for line in lines), ZERO)
    if amount is not None and amount != total:
        raise Failed(f"The amount {amount} is not the sum of the lines, {total}; send them as well.", field="amount")


def _said_tax(line: LineValues, *, is_reverse_charge: bool) -> CatalogueTax | None:
    path, percent = line["path"], line["tax_percentage"]
    if percent is not None and not is_reverse_charge:
        raise Failed("rcm_rate is the rate on reverse charge; say is_rcm as well.", field="rcm_rate")
    tax = _named_tax(line)
    if tax is not None and percent not in (None, tax.percent):
        raise Failed(f"rcm_rate is {percent} %, but '{tax.name}' is not.", field="rcm_rate")
    if tax is not None and line["tax_category"] not in (None, tax.category):
        raise Failed(f"'{tax.name}' is not of the category {line['tax_category']}.", field=f"{path}tax_category")
    if tax is not None and tax.shape is TaxShape.RCM and not is_reverse_charge:
        raise Failed(f"'{tax.name}' is for expenses on reverse charge; say is_rcm.", field=f"{path}tax_id")
    if tax is None and is_reverse_charge:
        raise Required("On reverse charge you pay the tax yourself: say its rate.", field="rcm_rate")
    if tax is None and line["tax_category"]:
        raise Failed("A taxable line names its tax: send tax_id.", field=f"{path}tax_id")
    return tax


def _named_tax(line: LineValues) -> CatalogueTax | None:
    if line["tax_id"]:
        return TAXES[line["tax_id"]]
    if line["tax_percentage"]:
        return reverse_charge_tax(check_rate(line["tax_percentage"], field="rcm_rate"))
    return _UNTAXED.get(line["tax_category"])
