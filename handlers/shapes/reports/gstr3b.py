"""GSTR-3B as JSON and as sheets: every table under the words of the form."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from domain.financial_year import return_period
from domain.gst.returns.amounts import HEADS, Tax, Taxed
from domain.gst.returns.gstr3b import Supplied, SupplyRow, UntaxedInward
from domain.gst.returns.gstr3b_report import Difference, Gstr3b
from domain.gst.returns.inward import Inward, InwardTable
from domain.gst.returns.lateness import MonthLiability
from domain.gst.returns.set_off import SetOff
from domain.gst.returns.statements import RunningStatement, Shortfall
from domain.gst.returns.supplies import Outward
from domain.money import with_paise
from handlers.shapes.gst_returns import finding_shown
from handlers.shapes.reports.drill_down import to_source
from handlers.shapes.returns import tax_shown, taxed_shown

Json = dict[str, Any]

TITLES: Mapping[str, str] = MappingProxyType(
    {
        SupplyRow.TAXABLE: "Outward taxable supplies (other than zero rated, nil rated and exempted)",
        SupplyRow.ZERO_RATED: "Outward taxable supplies (zero rated)",
        SupplyRow.UNTAXED: "Other outward supplies (nil rated, exempted)",
        InwardTable.REVERSE_CHARGE: "Inward supplies (liable to reverse charge)",
        SupplyRow.NON_GST: "Non-GST outward supplies",
        SupplyRow.AS_OPERATOR: "Supplies on which the electronic commerce operator pays tax under section 9(5)",
        SupplyRow.THROUGH_OPERATOR: "Supplies made through an electronic commerce operator who pays the tax",
        InwardTable.IMPORT_OF_GOODS: "Import of goods",
        InwardTable.IMPORT_OF_SERVICES: "Import of services",
        InwardTable.OTHER_REVERSE_CHARGE: "Inward supplies liable to reverse charge (other than 1 and 2 above)",
        InwardTable.INPUT_SERVICE_DISTRIBUTOR: "Inward supplies from ISD",
        InwardTable.OTHER_CREDIT: "All other ITC",
        InwardTable.REVERSED_FOR_GOOD: "As per rules 38, 42 and 43 of CGST Rules and section 17(5)",
        InwardTable.REVERSED_FOR_A_TIME: "Others",
        InwardTable.RECLAIMED: "ITC reclaimed which was reversed under table 4(B)(2) in an earlier tax period",
        InwardTable.NOT_AVAILABLE: "Ineligible ITC under section 16(4) and ITC restricted due to PoS rules",
        InwardTable.NO_TAX: "From a supplier under composition scheme, exempt and nil rated supply",
        InwardTable.NON_GST: "Non GST supply",
    }
)
"""What the form says of each row."""


def show(answer: Gstr3b) -> Json:
    """The members of the report."""
    question, tables = answer.question, answer.tables
    return {
        "gstin": question.of.gstin,
        "period": question.of.period.label if question.of.period else None,
        "frequency": question.of.frequency,
        "is_draft": answer.is_draft,
        "due_date": answer.due_on,
        "paid_on": question.paid_on,
        "outward_supplies": [_supplies(row, worth) for row, worth in rows_of_supplies(answer)],
        "ecommerce_supplies": [
            _supplies(row, tables.supplies[row]) for row in (SupplyRow.AS_OPERATOR, SupplyRow.THROUGH_OPERATOR)
        ],
        "interstate_supplies": [
            {
                "recipients": each.recipients,
                "place_of_supply": each.place_of_supply,
                "taxable_value": with_paise(each.taxable),
                "igst_amount": with_paise(each.igst),
            }
            for each in tables.interstate
        ],
        "input_tax_credit": {
            "available": _credit(tables.available),
            "reversed": _credit(tables.reversed),
            "net": tax_shown(tables.net_credit),
            "other_details": _credit(tables.told),
        },
        "exempt_inward_supplies": [_exempt(table, untaxed) for table, untaxed in tables.untaxed.items()],
        "interest": tax_shown(answer.interest),
        "late_fee": tax_shown(answer.late_fee),
        "payment": _payment(answer),
        "liability_by_period": [_liability(each) for each in answer.months],
        "differences": [_difference(each) for each in answer.differences],
        "statements": [statement_shown(each) for each in answer.statements],
        "refusals": [_refusal(each) for each in answer.shortfalls],
        "validation": [finding_shown(each) for each in answer.findings],
        "details": details(answer.supplies, answer.inward) if question.is_detailed else [],
    }


def rows_of_supplies(answer: Gstr3b) -> list[tuple[str, Taxed]]:
    """The rows of table 3.1 in the order of the form: what was bought on reverse charge stands among them."""
    supplies = answer.tables.supplies
    return [
        *((row, supplies[row]) for row in (SupplyRow.TAXABLE, SupplyRow.ZERO_RATED, SupplyRow.UNTAXED)),
        (InwardTable.REVERSE_CHARGE, answer.tables.reverse_charge),
        (SupplyRow.NON_GST, supplies[SupplyRow.NON_GST]),
    ]


def statement_shown(each: RunningStatement) -> Json:
    """A running statement over the days."""
    whole = each.whole
    return {
        "statement": each.name,
        "title": each.title,
        "opening": tax_shown(whole.opening),
        "added": tax_shown(whole.added),
        "taken": tax_shown(whole.taken),
        "closing": tax_shown(whole.closing),
    }


def details(supplies: Iterable[Supplied], inward: Iterable[Inward]) -> list[Json]:
    """The papers behind the figures: of what was supplied, then of what was bought."""
    return [_supply_behind(each) for each in supplies] + [paper_behind(each) for each in inward]


def paper_behind(each: Inward) -> Json:
    """A paper behind a figure of what was bought."""
    paper = each.paper
    return {
        "table": each.table,
        "document_type": paper.kind,
        "document_id": paper.document_id,
        "document_number": paper.number,
        "date": paper.dated_on,
        "contact_id": paper.contact_id,
        "contact_name": paper.contact_name,
        "gst_no": paper.gst_no,
        "tax_percentage": each.rate,
        **taxed_shown(each.worth),
        "why": each.why,
        "drill_down": to_source(paper.kind, paper.document_id),
    }


def _supply_behind(each: Supplied) -> Json:
    source = each.source
    if isinstance(source, Outward):
        kind, key, number, gst_no = source.kind, source.document_id, source.number, source.gst_no
    else:
        kind, key, number, gst_no = "PAYMENT", source.payment_id, source.number, None
    return {
        "table": each.row,
        "document_type": kind,
        "document_id": key,
        "document_number": number,
        "date": each.dated_on,
        "contact_id": source.contact_id,
        "contact_name": source.contact_name,
        "gst_no": gst_no,
        "tax_percentage": source.rate,
        **taxed_shown(each.worth),
        "why": source.why,
        "drill_down": to_source(kind, key),
    }


def _supplies(row: str, worth: Taxed) -> Json:
    return {"table": row, "title": TITLES[row], **taxed_shown(worth)}


def _credit(rows: Mapping[InwardTable, Tax]) -> list[Json]:
    return [{"table": table, "title": TITLES[table], **tax_shown(tax)} for table, tax in rows.items()]


def _exempt(table: InwardTable, untaxed: UntaxedInward) -> Json:
    return {
        "table": table,
        "title": TITLES[table],
        "interstate_value": with_paise(untaxed.interstate),
        "intrastate_value": with_paise(untaxed.intrastate),
    }


def _payment(answer: Gstr3b) -> Json:
    paid = answer.payment
    return {
        "rows": [payment_row(paid, head) for head in HEADS],
        "opening_credit": tax_shown(answer.opening_credit),
        "cash_needed": tax_shown(paid.cash_needed + answer.interest + answer.late_fee),
        "order": paid.order,
    }


def payment_row(paid: SetOff, head: str) -> Json:
    """Table 6.1 for one head."""
    amounts: dict[str, Decimal] = {
        "payable": getattr(paid.payable, head),
        **{f"paid_through_{source}": getattr(tax, head) for source, tax in paid.through.items()},
        "paid_in_cash": getattr(paid.cash, head),
        "reverse_charge_in_cash": getattr(paid.reverse_charge_cash, head),
        "credit_available": getattr(paid.credit, head),
        "credit_left": getattr(paid.credit_left, head),
    }
    return {"head": head.upper(), **{name: with_paise(amount) for name, amount in amounts.items()}}


def _liability(each: MonthLiability) -> Json:
    return {
        "period": return_period(each.month),
        "due_date": each.due_on,
        "output_tax": tax_shown(each.outward),
        "reverse_charge": tax_shown(each.reverse_charge),
    }


def _difference(each: Difference) -> Json:
    return {
        "ledger": each.ledger,
        "title": each.title,
        "posted": tax_shown(each.moved.by_papers),
        "returned": tax_shown(each.returned),
        "difference": tax_shown(each.difference),
        "entered_by_hand": tax_shown(each.moved.by_hand),
    }


def _refusal(each: Shortfall) -> Json:
    return {
        "statement": each.name,
        "head": each.head.upper(),
        "available": with_paise(getattr(each.available, each.head)),
        "taken": with_paise(getattr(each.taken, each.head)),
        "message": each.message,
    }
