"""The names by which refusals call the fields of a document are those of the contract, on every kind."""

import pytest

from domain.documents.kinds import CREDIT_NOTE, CUSTOMER_DEBIT_NOTE, DEBIT_NOTE, KINDS, Kind
from handlers import (  # noqa: F401  # they enter the names of their kinds
    bills,
    credit_notes,
    customer_debit_notes,
    debit_notes,
    delivery_challans,
    estimates,
    invoices,
    purchase_orders,
    sales_orders,
)
from handlers.shapes.documents import SHAPES
from tests.walking import SPEC


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_what_a_caller_sends_is_called_in_refusals_as_he_sent_it(kind: Kind) -> None:
    sent = SPEC["components"]["schemas"][f"{kind.title.title().replace(' ', '')}Create"]["properties"]
    columns = {name: column for name, column in SHAPES[kind.name].attributes.items() if name in sent}

    assert len(columns) > 20
    assert {name: kind.field_of(column) for name, column in columns.items()} == {name: name for name in columns}


def test_a_note_calls_what_it_corrects_by_its_kind() -> None:
    notes = (CREDIT_NOTE, DEBIT_NOTE, CUSTOMER_DEBIT_NOTE)

    assert [note.field_of("parent_id") for note in notes] == ["invoice_id", "bill_id", "invoice_id"]
