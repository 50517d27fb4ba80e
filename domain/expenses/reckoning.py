"""From what the caller said of an expense to the whole of it: party, place, tax and credit, worked out anew."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domain.books import INDIA, Books
from domain.currencies import check_currency, rupees_a_unit
from domain.errors import Failed
from domain.expenses import lines as line_rules
from domain.expenses.circumstances import Facts, Vendor, around, named_ids
from domain.expenses.expense import Expense, ExpenseLine, Spent
from domain.expenses.lines import LineValues
from domain.gst.gstin import Gstin, parse_gstin
from domain.gst.itc import ItcEligibility, decide_eligibility
from domain.gst.rate_cautions import BorneCess, warn_of_cess, warn_of_rates
from domain.gst.states import normalise_place_of_supply
from domain.gst.supply import Supply, check_two_persons, decide_purchase
from domain.gst.tax import LineInput, LineTax, document_totals, line_taxes
from domain.gst.tax_catalogue import CatalogueTax, TaxCategory, in_shape
from domain.gst.treatments import GstTreatment, check_gstin_fits, following_treatment, propose_treatment
from domain.ids import new_id
from domain.ledger.account_types import AccountType
from domain.money import ZERO, check_money, round_paise
from domain.values import Struct, replace

Values = Mapping[str, Any]

_ONE = Decimal(1)
_HEADS = ("cgst", "sgst", "igst", "cess")
# Proposed by the vendor, so proposed anew when the vendor changes.
_OF_VENDOR = frozenset(("contact_name", "gst_treatment", "gst_no", "source_of_supply"))


class Said(Struct, frozen=True):
    """What a caller said: of the head, of all lines together, and of each line (``None``: nothing)."""

    head: Values
    shared: LineValues
    lines: Sequence[LineValues] | None


class Reckoned(Struct, frozen=True):
    """An expense worked out, what it depends on, and each line's value and tax in rupees."""

    expense: Spent
    facts: Facts
    in_rupees: list[LineTax]


async def reckoned(books: Books, said: Said, stored: Spent | None) -> Reckoned:
    """Return the expense with what was said, new or changed; nothing is written.

    Raises: NotFound, Required, Invalid and Failed, as the rules it asks say.
    """
    head = stored.head if stored else None
    line_rules.check_taxes(named_ids("tax_id", said.shared, said.lines))
    facts = await around(
        books,
        branch_id=said.head.get("branch_id") or (head.branch_id if head else None),
        contact_id=said.head.get("contact_id", head.contact_id if head else None),
        money_account_id=said.head.get("paid_through_account_id"),
        accounts=named_ids("account_id", said.shared, said.lines),
        cost_centers=named_ids("cost_center_id", said.shared, said.lines),
    )
    values = await _completed(books, said.head, facts, head)
    lines = line_rules.merged(stored.lines if stored else [], said.shared, said.lines)
    taxes = line_rules.said_taxes(lines, is_reverse_charge=values["is_reverse_charge"])
    supply = _supply(values, taxes, facts)
    line_rules.check_may_bear(lines, taxes, supply)
    named = {f"{line['path']}tax_id": tax.id for line, tax in zip(lines, taxes, strict=True) if tax}
    warn_of_rates(books, "expense", named, values["dated_on"])
    borne = {
        f"{line['path']}cess_per_unit": BorneCess(line["cess_per_unit"], line["hsn_or_sac"])
        for line in lines
        if line["cess_per_unit"]
    }
    warn_of_cess(books, "expense", borne, values["dated_on"])
    return _with_amounts(values, lines, taxes, supply, facts)


async def _completed(books: Books, said: Values, facts: Facts, stored: Expense | None) -> dict[str, Any]:
    """The fields of the head but for its amounts: as said, as stored, or as proposed."""
    values = _proposed(books) if stored is None else _kept(stored, said, facts)
    values |= said
    values["branch_id"] = facts.branch_id
    values["mode"] = values["mode"] or ("CASH" if facts.money_type == AccountType.CASH else "BANK")
    is_new = stored is None or stored.contact_id != values["contact_id"]
    values |= _party(values, said, facts.vendor, is_new=is_new)
    field = "gst_no" if said.get("gst_no") or not values["contact_id"] else "vendor_id"
    check_two_persons(facts.number_scope, values["gst_no"], field=field)
    values["place_of_supply"] = normalise_place_of_supply(
        values["place_of_supply"] or facts.branch_state, field="place_of_supply"
    )
    currency = values["currency_code"] = values["currency_code"] or facts.base_currency
    await check_currency(books, currency)
    rate = said.get("exchange_rate")
    if rate is None and stored is not None and stored.currency_code == currency:
        rate = stored.exchange_rate
    values["exchange_rate"] = await rupees_a_unit(
        books, currency, base=facts.base_currency, said=rate, on=values["dated_on"]
    )
    return values


def _proposed(books: Books) -> dict[str, Any]:
    """A new expense of which nothing was said."""
    return {
        "id": new_id("exp"),
        "dated_on": books.today,
        **dict.fromkeys(("mode", "contact_id", "reference_number", "place_of_supply", "source_of_supply")),
        **dict.fromkeys(("gst_treatment", "gst_no", "currency_code", "notes")),
        "is_inclusive_tax": False,
        "is_reverse_charge": False,
        "tags": [],
        "custom_fields": {},
        "created_by": books.user_id,
        "version": 1,
        "created_at": books.now,
        "modified_at": books.now,
    }


def _kept(stored: Expense, said: Values, facts: Facts) -> dict[str, Any]:
    """What stays of the stored head: not what another vendor, GSTIN, branch or account proposes anew."""
    dropped: set[str] = set()
    if said.get("contact_id", stored.contact_id) != stored.contact_id:
        dropped |= _OF_VENDOR
    if said.get("gst_no", stored.gst_no) != stored.gst_no:
        dropped |= {"source_of_supply"}
    if facts.branch_id != stored.branch_id:
        dropped |= {"place_of_supply"}
    if said.get("paid_through_account_id", stored.paid_through_account_id) != stored.paid_through_account_id:
        dropped |= {"mode"}
    return {name: None if name in dropped else getattr(stored, name) for name in Expense.__struct_fields__}


def _party(values: Values, said: Values, vendor: Vendor | None, *, is_new: bool) -> dict[str, Any]:
    """The vendor's treatment, GSTIN and state: as said, else the contact's, else what the GSTIN shows.

    A number that is said without a treatment brings its own, unless the one before fits it.

    Raises: Failed for an archived vendor, and what does not fit together.
    """
    if vendor is not None and is_new and vendor.is_archived:
        raise Failed(f"{vendor.name} is archived.", field="vendor_id")
    treatment, number = values["gst_treatment"], values["gst_no"]
    if vendor is not None and treatment is None and number is None:
        treatment, number = vendor.gst_treatment, vendor.gst_no
    gstin = parse_gstin(number, field="gst_no") if number else None
    if gstin is not None and said.get("gst_treatment") is None:
        treatment = following_treatment(GstTreatment(treatment), gstin) if treatment else propose_treatment(gstin)
    if treatment is not None:
        check_gstin_fits(GstTreatment(treatment), gstin, field="gst_no")
    return {
        "contact_name": vendor.name if vendor else None,
        "gst_treatment": None if treatment is None else GstTreatment(treatment).value,
        "gst_no": gstin.number if gstin else None,
        "source_of_supply": _source(values["source_of_supply"], gstin, vendor),
    }


def _source(said: str | None, gstin: Gstin | None, vendor: Vendor | None) -> str | None:
    if said is not None:
        return normalise_place_of_supply(said, field="source_of_supply")
    return (gstin.state if gstin else None) or (vendor.state if vendor else None)


def _supply(values: Values, taxes: Sequence[CatalogueTax | None], facts: Facts) -> Supply:
    """The nature of the purchase. Where nobody knows the vendor's state, a tax that is IGST tells it is another one."""
    supply = decide_purchase(
        registration=facts.registration,
        treatment=GstTreatment(values["gst_treatment"] or GstTreatment.REGISTERED),
        vendor_state=values["source_of_supply"],
        place_of_supply=values["place_of_supply"],
        is_reverse_charge=values["is_reverse_charge"],
        reverse_charge_field="is_rcm",
    )
    if values["source_of_supply"] is None and any(tax is not None and tax.is_interstate for tax in taxes):
        return replace(supply, is_interstate=True)
    return supply


def _with_amounts(
    values: dict[str, Any],
    said: Sequence[LineValues],
    taxes: Sequence[CatalogueTax | None],
    supply: Supply,
    facts: Facts,
) -> Reckoned:
    amount = check_money(sum((line["amount"] for line in said), ZERO), field="total")
    rate = values["exchange_rate"]
    inputs = [line_rules.tax_input(line, tax, rate) for line, tax in zip(said, taxes, strict=True)]
    reckoned_taxes = line_taxes(inputs, supply, is_inclusive_tax=values["is_inclusive_tax"])
    totals = document_totals(reckoned_taxes, supply)
    head = Expense(
        **{
            **values,
            "supply_type": supply.supply_type.value,
            "amount": amount,
            "taxable_total": totals.taxable_total,
            "cgst_total": totals.cgst_total,
            "sgst_total": totals.sgst_total,
            "igst_total": totals.igst_total,
            "cess_total": totals.cess_total,
            "tax_total": totals.tax_total,
            "total": totals.total,
        }
    )
    lines = [
        _line(head, position, line, tax, amounts, supply, facts)
        for position, (line, tax, amounts) in enumerate(zip(said, taxes, reckoned_taxes, strict=True), start=1)
    ]
    return Reckoned(Spent(head, lines), facts, _in_rupees(lines, reckoned_taxes, supply, head.exchange_rate))


def _line(
    head: Expense,
    position: int,
    said: LineValues,
    tax: CatalogueTax | None,
    amounts: LineTax,
    supply: Supply,
    facts: Facts,
) -> ExpenseLine:
    shaped = tax and in_shape(tax, is_interstate=supply.is_interstate, is_reverse_charge=supply.is_reverse_charge)
    return ExpenseLine(
        id=said.get("id") or new_id("li"),
        expense_id=head.id,
        position=position,
        tax_id=shaped.id if shaped else None,
        tax_name=shaped.name if shaped else None,
        tax_category=shaped.category.value if shaped else None,
        tax_percentage=amounts.tax_percent,
        cess_percentage=amounts.cess_percent,
        cess_per_unit=(said["cess_per_unit"] or ZERO) if amounts.cess_per_unit else ZERO,
        taxable_amount=amounts.taxable,
        cgst_amount=amounts.cgst,
        sgst_amount=amounts.sgst,
        igst_amount=amounts.igst,
        cess_amount=amounts.cess,
        itc_eligibility=_eligibility(head, said, amounts, facts).value,
        **{name: said[name] for name in _AS_SAID},
    )


_AS_SAID = (
    "account_id",
    "note",
    "hsn_or_sac",
    "amount",
    "quantity",
    "itc_said",
    "itc_blocked_reason",
    "cost_center_id",
)


def _eligibility(head: Expense, said: LineValues, amounts: LineTax, facts: Facts) -> ItcEligibility:
    return decide_eligibility(
        registration=facts.registration,
        is_taxed=amounts.category is TaxCategory.TAXABLE and bool(amounts.cgst or amounts.igst or amounts.cess),
        is_reverse_charge=head.is_reverse_charge,
        place_of_supply=head.place_of_supply,
        organization_state=facts.branch_state,
        dated_on=head.dated_on,
        today=_entered_on(head),
        said=ItcEligibility(said["itc_said"]) if said["itc_said"] else None,
        blocked_reason=said["itc_blocked_reason"],
        path=said["path"],
    )


def _entered_on(head: Expense) -> date:
    """The day on which the credit was taken: mending an expense later does not bar it."""
    return head.created_at.astimezone(INDIA).date()


def _in_rupees(
    lines: Sequence[ExpenseLine], taxes: list[LineTax], supply: Supply, exchange_rate: Decimal
) -> list[LineTax]:
    """Value and tax in rupees: the tax on the value in rupees, not its own conversion (CGST Rules, rule 34).

    A tax that comes to nothing in the currency of the expense is nothing in rupees either, as on documents.
    """
    if exchange_rate == 1:
        return taxes
    inputs = [
        LineInput(
            quantity=_ONE,
            rate=check_money(round_paise(tax.taxable * exchange_rate), field="exchange_rate"),
            category=tax.category,
            tax_percent=tax.tax_percent,
            cess_percent=tax.cess_percent,
            cess_per_unit=line.cess_per_unit * (line.quantity or ZERO),
        )
        for line, tax in zip(lines, taxes, strict=True)
    ]
    return [_only_what_is_borne(*pair) for pair in zip(line_taxes(inputs, supply), taxes, strict=True)]


def _only_what_is_borne(in_rupees: LineTax, shown: LineTax) -> LineTax:
    nothing: dict[str, Any] = {name: ZERO for name in _HEADS if not getattr(shown, name)}
    return replace(in_rupees, **nothing)
