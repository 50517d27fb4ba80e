"""How a figure of a report is opened: the call that lists or shows what is behind it."""

from typing import Any

from domain.documents.kinds import KINDS

_JOURNAL = "get_journal"
_PLACES = {
    "PAYMENT": ("get_payment", "/payments/"),
    "EXPENSE": ("get_expense", "/expenses/"),
    "BILL_OF_ENTRY": ("get_bill_of_entry", "/bills_of_entry/"),
    "ITC_ADJUSTMENT": ("get_itc_adjustment", "/itc_adjustments/"),
}
"""Where the papers are shown that post journals and are no documents."""

_KIND_OF_PREFIX = {kind.prefix: kind.name for kind in KINDS}
_DOCUMENTS = {kind.name: (f"get_{kind.name.lower()}", f"/{kind.name.lower()}s/") for kind in KINDS}


def drill_down(operation_id: str, path: str, **query: Any) -> dict[str, Any]:
    """Return what names a call: its operation, its path below ``/api/public/v1``, and its query without what is None.

    The query is what the call is sent with: texts, and days as they are written.
    """
    sent = {name: str(value) for name, value in query.items() if value is not None}
    return {"operation_id": operation_id, "path": path, "query": sent}


def to_document(kind: str, document_id: str) -> dict[str, Any]:
    """Return the call that shows a document of this kind."""
    operation_id, path = _DOCUMENTS[kind]
    return drill_down(operation_id, path + document_id)


def to_paper(source_type: str, source_id: str | None, journal_id: str) -> dict[str, Any]:
    """Return the call that shows what posted a journal; the journal itself where it is by hand or has no such call."""
    kind = kind_behind(source_type, source_id)
    if kind is not None and source_id is not None:
        return to_document(kind, source_id)
    if source_id is not None and source_type in _PLACES:
        operation_id, path = _PLACES[source_type]
        return drill_down(operation_id, path + source_id)
    return drill_down(_JOURNAL, f"/journals/{journal_id}")


def to_source(entity_type: str, key: str) -> dict[str, Any]:
    """Return the call that shows a document, or another paper, by its kind."""
    if entity_type in _DOCUMENTS:
        return to_document(entity_type, key)
    operation_id, path = _PLACES[entity_type]
    return drill_down(operation_id, path + key)


def kind_behind(source_type: str, source_id: str | None) -> str | None:
    """Return the kind of document that posted a journal, which its id tells; ``None`` where it was none."""
    return _KIND_OF_PREFIX.get((source_id or "").partition("_")[0]) if source_type == "DOCUMENT" else None
