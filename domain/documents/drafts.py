"""Drafts: from what the caller said to a whole document, reckoned anew at each change.

What was not said is proposed: by the contact (treatment, GSTIN, addresses, currency, terms), by the branch
(registration and state), by the items. What was said wins, and stays until the contact changes.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.currencies import rupees_a_unit
from domain.documents import (
    credit,
    credit_limits,
    distributed,
    originals,
    supplies,
    taking_back,
    telling,
    unlinked,
    withholding,
)
from domain.documents import lines as line_rules
from domain.documents.circumstances import Asked, Circumstances, LineItem, around
from domain.documents.document import Document, Paper
from domain.documents.following import alone, followed
from domain.documents.kinds import Kind
from domain.documents.lines import CompletedLine, LineValues
from domain.documents.numbering import DEFAULT_SERIES, series_of
from domain.documents.originals import Original
from domain.documents.parties import party, refuse_oneself
from domain.documents.selling import sold_by
from domain.documents.totals import amounts_of, summary_of, totals_of
from domain.documents.unlinked import UNLINKED_ORIGINAL
from domain.errors import Failed, Required
from domain.financial_year import financial_year_of
from domain.gst import printed_tax
from domain.gst.document_numbers import check_number
from domain.gst.ecommerce import OPERATOR
from domain.gst.export_papers import EXPORT_PAPERS, check_export_papers
from domain.gst.note_reasons import reason_of
from domain.gst.states import normalise_place_of_supply
from domain.gst.supply import Supply
from domain.gst.tax import (
    LineTax,
    line_taxes,
)
from domain.ids import new_id
from domain.money import ZERO

Values = Mapping[str, Any]

# Proposed by the contact, so proposed anew when the contact changes.
_OF_CONTACT = frozenset(
    (
        "gst_treatment",
        "gst_no",
        "place_of_supply",
        "billing_address",
        "currency_code",
        "payment_terms",
    )
)
# What is so only where somebody says it.
_UNSAID = (*OPERATOR, *EXPORT_PAPERS, *UNLINKED_ORIGINAL)
Reckoned = tuple[Paper, Circumstances]
"""A draft, and what it depends on."""


async def drafted(books: Books, kind: Kind, said: Values, lines: Sequence[LineValues]) -> Reckoned:
    """Return a new draft of what was said; nothing is written."""
    return await _reckoned(books, kind, said, lines, None)


async def redrafted(
    books: Books,
    kind: Kind,
    stored: Paper,
    facts: Circumstances,
    said: Values,
    lines: Sequence[LineValues] | None,
) -> Reckoned:
    """Return the draft with the changes that were said; lines that were not said stay. Nothing is written.

    ``facts`` are those around the draft as it is stored.
    """
    decide = kind.side.value.decide_credit
    spoken = [
        credit.undecided(decide, stored.head, line, line_rules.as_spoken(line), facts, books.today)
        for line in stored.lines
    ]
    if said.get("is_without_gst"):
        spoken = [{**line, "tax_id": None} for line in spoken]
    merged = spoken if lines is None else line_rules.merged(spoken, lines)
    return await _reckoned(books, kind, with_open_place(kind, said, stored, facts), merged, stored.head)


def with_open_place(kind: Kind, said: Values, stored: Paper, facts: Circumstances) -> Values:
    """What was said, leaving open a place of supply that was only proposed: it is proposed anew at each change."""
    values = {name: getattr(stored.head, name) for name in Document.__struct_fields__}
    spoken = [line_rules.as_spoken(line) for line in stored.lines]
    if (
        "place_of_supply" in said
        or kind.side.value.propose_place(values, facts, spoken, {}) != values["place_of_supply"]
    ):
        return said
    return {**said, "place_of_supply": None}


async def _reckoned(
    books: Books, kind: Kind, said: Values, lines: Sequence[LineValues], stored: Document | None
) -> Reckoned:
    parent_id: str | None = said.get("parent_id", stored.parent_id if stored else None)
    original = None
    if parent_id is not None:
        original = await originals.original_of(books, kind, parent_id, note_id=stored.id if stored else "")
        said, lines = followed(kind, said, lines, original, stored)
    elif kind.corrects is not None:
        said, lines = alone(said, lines, stored)
    asked = asked_by(said, lines, stored)
    if not asked.contact_id:
        raise Required(f"Say the {kind.side.value.contact_noun}.", field=kind.field_of("contact_id"))
    facts, items = (await around(books, [asked])).of(kind, asked)
    taken_from = original if kind.takes_back else None
    paper = await reckon(books, kind, said, lines, stored, facts, items, taken_from)
    if original is not None:
        originals.check(kind, paper, original)
        telling.warn_of_rates(books, kind, paper, supplied_on=original.dated_on)
    else:
        unlinked.check(kind, paper.head)
    await credit_limits.warn_of(books, kind, paper.head, facts)
    return paper, facts


def asked_by(said: Values, lines: Sequence[LineValues], stored: Document | None = None) -> Asked:
    """What has to be looked up for a draft of what was said, or of what is ``stored``."""
    return Asked(
        branch_id=said.get("branch_id") or (stored.branch_id if stored else None),
        contact_id=said.get("contact_id") or (stored.contact_id if stored else ""),
        salesperson_id=said.get("salesperson_id", stored.salesperson_id if stored else None),
        lines=lines,
    )


async def reckon(
    books: Books,
    kind: Kind,
    said: Values,
    lines: Sequence[LineValues],
    stored: Document | None,
    facts: Circumstances,
    items: Mapping[str, LineItem],
    original: Original | None = None,
) -> Paper:
    """Return the whole document of what was said, of what is ``stored``, of the circumstances and of its original.

    ``original`` is what it takes back of; what adds to an invoice is reckoned like one.

    Raises: what drafting refuses; see the rules of lines, supply and tax.
    """
    said = _with_one_discount(said)
    _refuse_archived(kind, facts, stored)
    values = await _completed(books, kind, said, facts, stored)
    values |= withholding.measure(said, values, stored) if original is None else withholding.of_original(original)
    refuse_oneself(kind, values, facts, field="gst_no" if said.get("gst_no") else kind.side.value.contact_field)
    values["place_of_supply"] = _place(kind, values, facts, lines, items)
    if values["is_reverse_charge"] is None:
        values["is_reverse_charge"] = kind.side.value.propose_reverse_charge(values, lines, items)
    values |= supplies.through_operator_of(values, facts)
    supply = kind.side.value.decide_supply(values, facts)
    check_export_papers(values)
    if values["is_without_gst"]:
        supply = supplies.outside_gst(supply)
    if values["is_isd_invoice"]:
        distributed.check(values, facts)
        supply = distributed.passed_on(supply)
    values["supply_type"] = supply.supply_type.value
    completed = await line_rules.completed(books, kind, lines, items, supply, exchange_rate=values["exchange_rate"])
    paper = _with_amounts(books, kind, values, completed, supply, facts, original)
    telling.warn_of_own_rates(books, kind, paper)
    return paper


def _with_one_discount(said: Values) -> Values:
    """A discount replaces a percentage stored before, and the other way round; both at once are refused."""
    said = line_rules.with_one_discount(said, field="discount")
    for one, other in (("discount", "discount_percent"), ("discount_percent", "discount")):
        if said.get(one) is not None and said.get(other) is None:
            said = {**said, other: None}
    return said


def _refuse_archived(kind: Kind, facts: Circumstances, stored: Document | None) -> None:
    is_new = stored is None or stored.contact_id != facts.contact_id
    if is_new and facts.contact_status == "INACTIVE":
        raise Failed(f"{facts.contact_name} is archived.", field=kind.side.value.contact_field)
    if (stored is None or stored.branch_id != facts.branch_id) and not facts.is_branch_active:
        raise Failed("The branch is no longer active.", field="branch_id")


async def _completed(
    books: Books, kind: Kind, said: Values, facts: Circumstances, stored: Document | None
) -> dict[str, Any]:
    """The fields of the head but for its amounts: as said, as stored, or as proposed."""
    values = _proposed(books, kind, facts)
    if stored is not None:
        keeps_contact = stored.contact_id == facts.contact_id
        of_contact = _OF_CONTACT | ({"shipping_address"} if kind.side.value.delivers_to_contact else set())
        values |= {
            name: getattr(stored, name)
            for name in Document.__struct_fields__
            if keeps_contact or name not in of_contact
        }
    values |= said
    values |= {"contact_id": facts.contact_id, "contact_name": facts.contact_name, "branch_id": facts.branch_id}
    values |= sold_by(said, facts, stored)
    values |= party(kind, values, said)
    values |= _number(kind, values, facts)
    if kind.reasons:
        values["reason"], values["gst_reason"] = reason_of(values["reason"], kind.reasons)
    values["tax_as_printed"] = printed_tax.usual(values["tax_as_printed"])
    values["round_off_said"] = _round_off_said(values, said, stored)
    values["due_on"] = _due_on(kind, values, said, stored)
    values["exchange_rate"] = await _exchange_rate(books, values, said, facts, stored)
    return values


def _round_off_said(values: Values, said: Values, stored: Document | None) -> Decimal | None:
    """The rounding off that the paper has of its own; ``None`` where it is reckoned, also if that is only repeated."""
    kept = stored.round_off_said if stored else None
    if "round_off" not in said or (stored is not None and kept is None and said["round_off"] == stored.round_off):
        return kept
    rounding: Decimal | None = said["round_off"]
    return rounding


def _place(
    kind: Kind, values: Values, facts: Circumstances, lines: Sequence[LineValues], items: Mapping[str, LineItem]
) -> str:
    """The place of supply as said, as stored, or as proposed."""
    place = values["place_of_supply"] or kind.side.value.propose_place(values, facts, lines, items)
    return normalise_place_of_supply(place, field="place_of_supply")


def _proposed(books: Books, kind: Kind, facts: Circumstances) -> dict[str, Any]:
    """A new document of which nothing was said."""
    return {
        "id": new_id(kind.prefix),
        "kind": kind.name,
        "status": "DRAFT",
        "number": None,
        "series_name": DEFAULT_SERIES,
        "dated_on": books.today,
        "payment_terms": facts.contact_payment_terms if kind.has_terms else None,
        "reference_number": None,
        "place_of_supply": None,
        "gst_treatment": facts.contact_gst_treatment,
        "gst_no": facts.contact_gst_no,
        "currency_code": facts.contact_currency,
        "is_inclusive_tax": False,
        "is_reverse_charge": None,
        "is_export_with_payment": False,
        "is_export_tax_claimed": False,
        **dict.fromkeys(_UNSAID),
        "is_isd_invoice": False,
        "tax_as_printed": None,
        "is_opening_balance": False,
        "is_late_entry": False,
        "discount": None,
        "discount_percent": None,
        "untaxed_charges": ZERO,
        "billing_address": facts.billing_address,
        "shipping_address": facts.shipping_address if kind.side.value.delivers_to_contact else facts.branch_address,
        "salesperson_id": None,
        "salesperson_name": None,
        "notes": None,
        "terms": None,
        "tags": [],
        "custom_fields": {},
        "parent_id": None,
        "reason": None,
        "gst_reason": None,
        "is_without_gst": False,
        "tds_section": None,
        "tds_percent": None,
        "tds_amount": ZERO,
        "round_off": ZERO,
        "round_off_said": None,
        "created_by": books.user_id,
        "version": 1,
        "created_at": books.now,
        "modified_at": books.now,
        **kind.proposed,
    }


def _number(kind: Kind, values: Values, facts: Circumstances) -> dict[str, Any]:
    number = values["number"]
    if number is not None:
        number = check_number(number, field=kind.number_field)
    if values["is_opening_balance"] and number is None:
        noun = kind.title.lower()
        raise Required(f"From before the books began, the {noun} keeps its own number.", field=kind.number_field)
    place = {"number": number, "number_scope": facts.number_scope}
    if values["status"] != "DRAFT":
        # An open document keeps its number, and with it series and year, whatever its date becomes.
        return {**place, "financial_year": values["financial_year"]}
    name = series_of(kind, values["series_name"], facts.series)
    return {**place, "financial_year": financial_year_of(values["dated_on"]).label, "series_name": name}


def _due_on(kind: Kind, values: Values, said: Values, stored: Document | None) -> date | None:
    """As said; else, for what falls due, the date and the terms, reckoned anew when either changes."""
    dated_on: date = values["dated_on"]
    due_on: date | None = said.get("due_on")
    is_reckoned = kind.has_terms and bool({"dated_on", "payment_terms"} & said.keys())
    if due_on is None and stored is not None and not is_reckoned and "due_on" not in said:
        due_on = stored.due_on
    if due_on is None and kind.has_terms:
        due_on = dated_on + timedelta(days=values["payment_terms"] or 0)
    if due_on is not None and due_on < dated_on:
        raise Failed(f"{due_on} lies before its date {dated_on}.", field=kind.due_field)
    return due_on


async def _exchange_rate(
    books: Books, values: Values, said: Values, facts: Circumstances, stored: Document | None
) -> Decimal:
    """Rupees a unit: as said, as stored for the same currency, else the latest rate up to the document's date."""
    currency, rate = values["currency_code"], said.get("exchange_rate")
    if rate is None and stored is not None and stored.currency_code == currency:
        rate = stored.exchange_rate
    return await rupees_a_unit(books, currency, base=facts.base_currency, said=rate, on=values["dated_on"])


def _with_amounts(
    books: Books,
    kind: Kind,
    values: dict[str, Any],
    completed: Sequence[CompletedLine],
    supply: Supply,
    facts: Circumstances,
    original: Original | None,
) -> Paper:
    taxes = line_taxes(
        [line.input for line in completed],
        supply,
        is_inclusive_tax=values["is_inclusive_tax"],
        document_discount=values["discount"] or ZERO,
        document_discount_percent=values["discount_percent"] or ZERO,
    )
    if values["is_isd_invoice"]:
        taxes = distributed.with_heads(completed, taxes)
    else:
        distributed.refuse_elsewhere(completed)
    if original is not None and not values["is_without_gst"]:
        taxes = taking_back.taken_back(original, completed, taxes, is_inclusive_tax=values["is_inclusive_tax"])
    if values["tax_as_printed"] is not None:
        taxes = _stated(values, taxes, supply, facts)
    totals = totals_of(kind, values, taxes, supply, facts, original)
    lines = [
        line_rules.with_amounts(
            kind,
            line,
            tax,
            document_id=values["id"],
            position=position,
            itc_eligibility=kind.side.value.decide_credit(
                values,
                line.values,
                bool(tax.cgst or tax.sgst or tax.igst or tax.cess),
                facts,
                books.today,
                f"line_items[{position - 1}].",
            ),
        )
        for position, (line, tax) in enumerate(zip(completed, taxes, strict=True), start=1)
    ]
    values["tds_amount"] = (
        withholding.withheld(values, totals.taxable_total, totals.total)
        if original is None
        else withholding.taken_back(original, totals.taxable_total, totals.total)
    )
    amounts = amounts_of(totals, lines)
    balance = totals.total - values["tds_amount"]
    return Paper(Document(**{**values, **amounts, "balance": balance, "taxes": summary_of(lines, taxes)}), lines)


def _stated(values: Values, taxes: list[LineTax], supply: Supply, facts: Circumstances) -> list[LineTax]:
    if values["currency_code"] != facts.base_currency:
        raise Failed(f"A supplier prints GST in {facts.base_currency}.", field=printed_tax.FIELD)
    return printed_tax.as_printed(taxes, values["tax_as_printed"], supply, is_inclusive_tax=values["is_inclusive_tax"])
