"""GSTR-1 as JSON: every table under the portal's name, with a total of each."""

from collections.abc import Iterable
from typing import Any

from domain.gst.ecommerce import EcommerceSection
from domain.gst.returns.advances import Advance
from domain.gst.returns.documents_issued import NATURE_NAMES, Nature
from domain.gst.returns.gstr1 import Gstr1
from domain.gst.returns.gstr1_report import TABLE_NAMES, Gstr1Report, SupplyRow, TableTotal
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.rows import HsnRow, IssuedRow, NilRow, OperatorRow, PlaceRow
from domain.gst.returns.supplies import Outward
from domain.money import trimmed, with_paise
from handlers.shapes.gst_returns import amended_shown, finding_shown
from handlers.shapes.reports.drill_down import drill_down, to_document
from handlers.shapes.returns import tax_shown, taxed_shown

Json = dict[str, Any]

BY_DOCUMENTS = ("b2b", "b2cl", "exp", "cdnr", "cdnur")
"""The tables of documents, as sums of those alike in type, place and rate."""
BY_PLACES = ("b2cs", "at", "txpd")
BY_CODES = ("hsn", "hsn_b2b", "hsn_b2c")


def show(answer: Gstr1Report) -> Json:
    """The members of the report."""
    question, tables = answer.question, answer.tables
    return {
        **shown_return(question.of, is_draft=answer.is_draft),
        "totals": [_total(answer, each) for each in answer.totals],
        "tax_owed": tax_shown(answer.owed),
        **{name: [shown_supply(row) for row in answer.supplies if row.section == name] for name in BY_DOCUMENTS},
        **{name: [shown_place(row) for row in getattr(tables, name)] for name in BY_PLACES},
        "nil": [shown_nil(row) for row in tables.nil],
        **{name: [shown_code(row) for row in getattr(tables, name)] for name in BY_CODES},
        "doc_issue": [shown_issued(row) for row in tables.doc_issue],
        "supeco": [shown_operator(row, section) for section, rows in operators_of(tables) for row in rows],
        "ecom": [
            {"supplier_gst_no": row.supplier_gst_no, **shown_place(row)}
            for row in (*tables.ecom_b2c, *tables.ecom_urp2c)
        ],
        "documents": [shown_document(row) for row in answer.documents],
        "advances": [shown_advance(row) for row in answer.moved],
        "return_id": answer.return_id,
        "amended": [amended_shown(row) for row in answer.amended],
        "validation": None if answer.findings is None else [finding_shown(each) for each in answer.findings],
    }


def shown_return(of: ReturnQuestion, *, is_draft: bool) -> Json:
    """Whose return, or view of one, of which period; the period is null of days that are those of none."""
    return {
        "gstin": of.gstin,
        "period": of.period.label if of.period else None,
        "frequency": of.frequency,
        "is_iff": bool(of.period and of.period.is_iff),
        "is_draft": is_draft,
    }


def _total(answer: Gstr1Report, total: TableTotal) -> Json:
    of, name = answer.question.of, TABLE_NAMES[total.name]
    return {
        "section": total.name,
        "table": name.number,
        "title": name.title,
        "document_count": total.documents,
        "value": None if total.value is None else with_paise(total.value),
        **taxed_shown(total.amounts),
        "drill_down": drill_down(
            "get_gstr1",
            "/reports/gstr1",
            from_date=of.from_on,
            to_date=of.to_on,
            gstin=of.gstin,
            branch_id=of.branch_id,
            frequency=of.frequency,
            details="true",
        ),
    }


def shown_supply(row: SupplyRow) -> Json:
    """Documents of one table alike in type, place and rate."""
    return {
        "table_type": row.table_type,
        "note_type": None if row.is_credit is None else "CREDIT" if row.is_credit else "DEBIT",
        "is_reverse_charge": row.is_reverse_charge,
        "place_of_supply": row.place_of_supply,
        "supply_type": row.supply_type,
        "tax_percentage": trimmed(row.rate),
        **taxed_shown(row.amounts),
    }


def shown_place(row: PlaceRow) -> Json:
    """What was supplied to a place, or advanced for it, at one rate."""
    return {
        "place_of_supply": row.place_of_supply,
        "supply_type": row.supply_type,
        "tax_percentage": trimmed(row.rate),
        **taxed_shown(row.amounts),
    }


def shown_nil(row: NilRow) -> Json:
    """What bore no tax, of one kind of buyer."""
    return {
        "is_to_registered": row.is_to_registered,
        "supply_type": row.supply_type,
        "nil_rated_value": with_paise(row.nil_rated),
        "exempt_value": with_paise(row.exempt),
        "non_gst_value": with_paise(row.non_gst),
    }


def shown_code(row: HsnRow) -> Json:
    """What was supplied under one code, in one unit, at one rate."""
    return {
        "hsn_or_sac": row.hsn_or_sac,
        "unit_code": row.unit_code,
        "tax_percentage": trimmed(row.rate),
        "quantity": trimmed(row.quantity),
        **taxed_shown(row.amounts),
    }


def shown_issued(row: IssuedRow) -> Json:
    """A run of numbers."""
    return {
        "nature": row.nature,
        "title": NATURE_NAMES[Nature(row.nature)],
        "from_number": row.first,
        "to_number": row.last,
        "document_count": row.count,
        "cancelled_count": row.cancelled,
        "net_count": row.net_issued,
    }


def operators_of(tables: Gstr1) -> list[tuple[EcommerceSection, Iterable[OperatorRow]]]:
    """The rows of table 14 with the section of the law that each half is about."""
    return [
        (EcommerceSection.COLLECTED_AT_SOURCE, tables.supeco_clttx),
        (EcommerceSection.PAID_BY_OPERATOR, tables.supeco_paytx),
    ]


def shown_operator(row: OperatorRow, section: EcommerceSection) -> Json:
    """What was supplied through one operator."""
    return {"ecommerce_section": section, "ecommerce_operator_gst_no": row.operator_gst_no, **taxed_shown(row.amounts)}


def shown_document(row: Outward) -> Json:
    """A document behind the figures, at one rate and in one tax category, with the rule that puts it there."""
    return {
        "section": row.section,
        "table_type": row.table_type,
        "document_type": row.kind,
        "document_id": row.document_id,
        "document_number": row.number,
        "date": row.dated_on,
        "contact_id": row.contact_id,
        "contact_name": row.contact_name,
        "gst_no": row.gst_no,
        "gst_treatment": row.gst_treatment,
        "branch_id": row.branch_id,
        "place_of_supply": row.place_of_supply,
        "supply_type": row.supply_type,
        "is_reverse_charge": row.is_reverse_charge,
        "is_to_registered": row.is_to_registered,
        "document_total": with_paise(row.document_total),
        "tax_category": row.tax_category,
        "tax_percentage": trimmed(row.rate),
        "sign": row.sign,
        "taxable_value": with_paise(row.taxable),
        "igst_amount": with_paise(row.igst),
        "cgst_amount": with_paise(row.cgst),
        "sgst_amount": with_paise(row.sgst),
        "cess_amount": with_paise(row.cess),
        "original_document_id": row.original_id,
        "original_document_number": row.original_number,
        "original_date": row.original_on,
        "ecommerce_section": row.ecommerce_section,
        "ecommerce_operator_gst_no": row.ecommerce_operator_gst_no,
        "why": row.why,
        "drill_down": to_document(row.kind, row.document_id),
    }


def shown_advance(row: Advance) -> Json:
    """What moved of an advance, with the rule that puts it there."""
    return {
        "section": row.table,
        "payment_id": row.payment_id,
        "payment_number": row.number,
        "received_date": row.received_on,
        "date": row.moved_on,
        "contact_id": row.contact_id,
        "contact_name": row.contact_name,
        "branch_id": row.branch_id,
        "place_of_supply": row.place_of_supply,
        "supply_type": row.supply_type,
        "tax_percentage": trimmed(row.rate),
        "sign": row.sign,
        "taxable_value": with_paise(row.taxable),
        "igst_amount": with_paise(row.igst),
        "cgst_amount": with_paise(row.cgst),
        "sgst_amount": with_paise(row.sgst),
        "cess_amount": with_paise(row.cess),
        "settled_number": row.document_number,
        "why": row.why,
        "drill_down": drill_down("get_payment", f"/payments/{row.payment_id}"),
    }
