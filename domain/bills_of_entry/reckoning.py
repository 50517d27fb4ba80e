"""From what was said of a bill of entry to the whole of it: duty, integrated tax, and what becomes of the credit.

Source: Customs Tariff Act 1975, section 3(7) and (8): integrated tax on value and duty; IGST Act 2017, section 5(1).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.bills_of_entry.bill_of_entry import BillOfEntry, Cleared, EntryLine
from domain.books import Books
from domain.errors import Failed
from domain.expenses.circumstances import Facts
from domain.financial_year import financial_year_of
from domain.gst.cess import specific_cess
from domain.gst.itc import ItcEligibility, decide_eligibility
from domain.gst.rate_cautions import BorneCess, warn_of_cess, warn_of_rates
from domain.gst.states import OVERSEAS
from domain.gst.supply import Supply
from domain.gst.tax import LineInput, LineTax, line_taxes
from domain.gst.tax_catalogue import CATALOGUE, TAXES, CatalogueTax, TaxCategory, in_shape
from domain.ids import new_id
from domain.money import ZERO, check_money

LineValues = Mapping[str, Any]

_ONE = Decimal(1)
_UNTAXED = {tax.category.value: tax for tax in CATALOGUE if tax.category is not TaxCategory.TAXABLE}
_AS_SAID = (
    "description",
    "hsn_or_sac",
    "assessable_value",
    "customs_duty",
    "quantity",
    "cess_per_unit",
    "itc_blocked_reason",
    "cost_center_id",
)


def reckoned(
    books: Books, said: Mapping[str, Any], lines: Sequence[LineValues], facts: Facts, *, default_account: str
) -> Cleared:
    """Return the bill of entry that was said; nothing is written.

    Raises: Failed for a line that names no tax, Invalid beyond the limit, and what deciding the credit refuses.
    """
    whole = [
        {"tax_id": None, "tax_category": None, "itc_eligibility": None, **dict.fromkeys(_AS_SAID), **line}
        for line in lines
    ]
    for line in whole:
        line["account_id"] = line.get("account_id") or default_account
        for name in ("customs_duty", "cess_per_unit"):
            line[name] = line[name] or ZERO
    taxes = [_tax_of(line, f"line_items[{index}].") for index, line in enumerate(whole)]
    inputs = [
        _input(line, tax, f"line_items[{index}].") for index, (line, tax) in enumerate(zip(whole, taxes, strict=True))
    ]
    amounts = line_taxes(inputs, _import_into(facts))
    head = _head(books, said, facts, whole, amounts)
    named = {f"line_items[{index}].tax_id": tax.id for index, tax in enumerate(taxes)}
    warn_of_rates(books, "bill of entry", named, head.dated_on)
    borne = {
        f"line_items[{index}].cess_per_unit": BorneCess(line["cess_per_unit"], line["hsn_or_sac"])
        for index, line in enumerate(whole)
        if line["cess_per_unit"]
    }
    warn_of_cess(books, "bill of entry", borne, head.dated_on)
    entry_lines = [
        _line(books, head, position, line, tax, each, facts)
        for position, (line, tax, each) in enumerate(zip(whole, taxes, amounts, strict=True), start=1)
    ]
    return Cleared(head, entry_lines)


def _import_into(facts: Facts) -> Supply:
    """An import of goods: between states, and customs takes the tax whoever the vendor is."""
    return Supply(
        supplier_state=OVERSEAS,
        place_of_supply=facts.branch_state,
        is_interstate=True,
        is_zero_rated=False,
        is_reverse_charge=False,
        bears_tax=True,
        shows_rate=True,
    )


def _tax_of(line: LineValues, path: str) -> CatalogueTax:
    tax_id, category = line["tax_id"], line["tax_category"]
    tax = TAXES[tax_id] if tax_id else _UNTAXED.get(category)
    if tax is None:
        raise Failed("The line names no tax; send tax_id, or a tax_category that bears none.", field=f"{path}tax_id")
    if category not in (None, tax.category):
        raise Failed(f"'{tax.name}' is not of the category {category}.", field=f"{path}tax_category")
    return in_shape(tax, is_interstate=True, is_reverse_charge=False)


def _input(line: LineValues, tax: CatalogueTax, path: str) -> LineInput:
    return LineInput(
        quantity=_ONE,
        rate=check_money(line["assessable_value"] + line["customs_duty"], field=f"{path}assessable_value"),
        category=tax.category,
        tax_percent=tax.percent,
        cess_percent=tax.cess,
        cess_per_unit=specific_cess(line, tax, path=path),
    )


def _head(
    books: Books, said: Mapping[str, Any], facts: Facts, lines: Sequence[LineValues], amounts: Sequence[LineTax]
) -> BillOfEntry:
    values = {"dated_on": books.today, "bill_id": None, "notes": None, "tags": [], "custom_fields": {}, **said}
    duty = sum((line["customs_duty"] for line in lines), ZERO)
    igst = sum((each.igst for each in amounts), ZERO)
    cess = sum((each.cess for each in amounts), ZERO)
    return BillOfEntry(
        **{
            **values,
            "id": new_id("boe"),
            "status": "OPEN",
            "branch_id": facts.branch_id,
            "financial_year": financial_year_of(values["dated_on"]).label,
            "assessable_total": sum((line["assessable_value"] for line in lines), ZERO),
            "customs_duty_total": duty,
            "taxable_total": check_money(sum((each.taxable for each in amounts), ZERO), field="total"),
            "igst_total": igst,
            "cess_total": cess,
            "total": check_money(duty + igst + cess, field="total"),
            "created_by": books.user_id,
            "version": 1,
            "created_at": books.now,
            "modified_at": books.now,
        }
    )


def _line(
    books: Books,
    head: BillOfEntry,
    position: int,
    said: LineValues,
    tax: CatalogueTax,
    amounts: LineTax,
    facts: Facts,
) -> EntryLine:
    eligibility = decide_eligibility(
        registration=facts.registration,
        is_taxed=bool(amounts.igst or amounts.cess),
        is_reverse_charge=False,
        place_of_supply=facts.branch_state,
        organization_state=facts.branch_state,
        dated_on=head.dated_on,
        today=books.today,
        said=ItcEligibility(said["itc_eligibility"]) if said["itc_eligibility"] else None,
        blocked_reason=said["itc_blocked_reason"],
        path=f"line_items[{position - 1}].",
    )
    return EntryLine(
        id=new_id("li"),
        bill_of_entry_id=head.id,
        position=position,
        account_id=said["account_id"],
        tax_id=tax.id,
        tax_name=tax.name,
        tax_category=tax.category.value,
        tax_percentage=amounts.tax_percent,
        cess_percentage=amounts.cess_percent,
        taxable_amount=amounts.taxable,
        igst_amount=amounts.igst,
        cess_amount=amounts.cess,
        itc_eligibility=eligibility.value,
        **{name: said[name] for name in _AS_SAID},
    )
