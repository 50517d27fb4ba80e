"""Returns of GST as JSON, and what changed since they were filed."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.gst.returns.advances import Advance
from domain.gst.returns.amendments import AMENDMENT_OF
from domain.gst.returns.differences import Difference, Differences
from domain.gst.returns.filed_rows import FiledRow
from domain.gst.returns.finding import Finding
from domain.gst.returns.inward import Inward
from domain.gst.returns.shown import Shown
from domain.gst.returns.supplies import Outward
from domain.values import asdict
from handlers.shapes.shape import TIMES, Shape, same
from models.returns import return_filings

GST_RETURN = Shape(
    return_filings,
    {
        "return_id": "id",
        **same("form", "gstin", "period", "frequency"),
        "from_date": "from_on",
        "to_date": "to_on",
        **same("status", "arn"),
        "filed_date": "filed_on",
        "filed_time": "filed_at",
        **same("payload_sha256", "reopen_reason"),
        **TIMES,
    },
)


def differences_shown(found: Differences) -> dict[str, Any]:
    """What changed since a return was filed."""
    filing = found.filing
    return {
        "return_id": filing.id,
        "form": filing.form,
        "gstin": filing.gstin,
        "period": filing.period,
        "documents": [_difference(each) for each in found.documents],
    }


def finding_shown(finding: Finding) -> dict[str, Any]:
    """What the portal would refuse or ask about."""
    return asdict(finding)


def amended_shown(row: FiledRow) -> dict[str, Any]:
    """A document that a return amends: as it was filed, and as it is now."""
    shown = row.shown
    return {
        "document_id": shown.document_id.partition("/")[0],
        "document_type": shown.document_type,
        "document_number": shown.number,
        "date": shown.dated_on,
        "amended_period": row.period,
        "section": AMENDMENT_OF.get(shown.section, shown.section),
        "as_filed": _rows(row.was),
        "now": _rows(row.now),
    }


def _difference(each: Difference) -> dict[str, Any]:
    shown = each.shown
    return {
        "change": each.change,
        "document_id": shown.document_id.partition("/")[0],
        "document_type": shown.document_type,
        "document_number": shown.number,
        "date": shown.dated_on,
        "as_filed": _rows(each.was),
        "now": _rows(each.now),
        "becomes_form": each.becomes_form,
        "becomes_section": each.becomes_section,
    }


def _rows(shown: Shown | None) -> Sequence[Mapping[str, Any]]:
    if shown is None:
        return []
    return [
        *(_supplied(row) for row in shown.outward),
        *(_moved(row) for row in shown.advances),
        *(_bought(row) for row in shown.inward),
    ]


def _supplied(row: Outward) -> dict[str, Any]:
    amounts = {f"{head}_amount": getattr(row, head) * row.sign for head in ("taxable", "igst", "cgst", "sgst", "cess")}
    return {"section": row.section, "place_of_supply": row.place_of_supply, "rate": row.rate, **amounts}


def _moved(row: Advance) -> dict[str, Any]:
    amounts = {f"{head}_amount": getattr(row, head) * row.sign for head in ("taxable", "igst", "cgst", "sgst")}
    place = {"section": row.table, "place_of_supply": row.place_of_supply, "rate": row.rate}
    return {**place, **amounts, "cess_amount": 0}


def _bought(row: Inward) -> dict[str, Any]:
    tax = {f"{head}_amount": getattr(row.worth.tax, head) for head in ("igst", "cgst", "sgst", "cess")}
    place = {"section": row.table, "place_of_supply": None, "rate": row.rate}
    return {**place, "taxable_amount": row.worth.taxable, **tax}
