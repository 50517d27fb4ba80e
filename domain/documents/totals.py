"""The sums of a document: added up, rounded off, and told by rate of tax."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.documents import taking_back
from domain.documents.circumstances import Circumstances
from domain.documents.document import Line, TaxSummary
from domain.documents.kinds import Kind
from domain.documents.originals import Original
from domain.gst.supply import Supply
from domain.gst.tax import (
    DocumentTotals,
    LineTax,
    document_totals,
    tax_summary,
    totals_rounded_by,
    whole_rupee_totals,
)
from domain.money import ZERO

Values = Mapping[str, Any]


def totals_of(
    kind: Kind,
    values: Values,
    taxes: Sequence[LineTax],
    supply: Supply,
    facts: Circumstances,
    original: Original | None,
) -> DocumentTotals:
    """The sums: rounded off as the paper says or, if it says nothing, as the organization wants its own papers.

    What is brought forward as a mere amount stands to the paisa, as the old books have it; the notes on a document
    come to its rounding off.
    """
    charges, said = values["untaxed_charges"], values["round_off_said"]
    is_mere_balance = values["is_opening_balance"] and not any(tax.cgst or tax.igst or tax.cess for tax in taxes)
    is_in_rupees = values["currency_code"] == facts.base_currency
    is_own = kind.side.value.rounds_off and said is None
    is_whole = is_own and facts.is_round_off_enabled and is_in_rupees and not is_mere_balance
    if original is not None:
        rule = taking_back.whole_rupees_of(original) if is_whole else taking_back.rounding_of(original, said)
        return totals_rounded_by(rule, taxes, supply, untaxed_charges=charges)
    if is_whole:
        return whole_rupee_totals(taxes, supply, untaxed_charges=charges)
    return document_totals(taxes, supply, untaxed_charges=charges, round_off=said or ZERO)


def amounts_of(totals: DocumentTotals, lines: list[Line]) -> dict[str, Decimal]:
    """The sums as the head of the document keeps them."""
    return {
        "sub_total": sum((line.item_total for line in lines), ZERO),
        "discount_total": totals.discount_total,
        "taxable_total": totals.taxable_total,
        "cgst_total": totals.cgst_total,
        "sgst_total": totals.sgst_total,
        "igst_total": totals.igst_total,
        "cess_total": totals.cess_total,
        "tax_total": totals.tax_total,
        "round_off": totals.round_off,
        "total": totals.total,
    }


def summary_of(lines: list[Line], taxes: list[LineTax]) -> list[TaxSummary]:
    """The taxes per rate, as the document shows them."""
    names = {
        (tax.category, tax.tax_percent, tax.cess_percent): line.tax_name for line, tax in zip(lines, taxes, strict=True)
    }
    return [
        TaxSummary(
            tax_name=names[(rate.category, rate.tax_percent, rate.cess_percent)] or "No tax",
            tax_percentage=rate.tax_percent,
            taxable_amount=rate.taxable,
            cgst_amount=rate.cgst,
            sgst_amount=rate.sgst,
            igst_amount=rate.igst,
            cess_amount=rate.cess,
        )
        for rate in tax_summary(taxes)
    ]
