"""The audit trail as JSON: what changed under the names of the contract, whatever our columns are called.

A row keeps our own names, as they were when it was written, because it can never be changed. They become the contract's
when they are shown, by the shapes of the resources (docs/decisions/0012). A name that no shape has stays as it is: the
trail hides nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.statements import Written, from_json
from handlers.shapes.accounts import ACCOUNT, BANK_ACCOUNT
from handlers.shapes.branches import BRANCH
from handlers.shapes.catalog import ITEM
from handlers.shapes.comments import COMMENT
from handlers.shapes.contacts import CONTACT
from handlers.shapes.cost_centers import COST_CENTER
from handlers.shapes.documents import SHAPES, DocumentShape
from handlers.shapes.einvoices import EINVOICE_CREDENTIALS
from handlers.shapes.expenses import EXPENSE, EXPENSE_LINE
from handlers.shapes.organizations import ORGANIZATION
from handlers.shapes.payments import PAYMENT
from handlers.shapes.recurring import SCHEDULE
from handlers.shapes.salespersons import SALESPERSON
from handlers.shapes.shape import Shape, same
from handlers.shapes.webhooks import ENDPOINT
from models.happenings import activity
from models.ledger import journals
from models.returns import gst_opening_balances

ACTIVITY = Shape(
    activity,
    {
        "event_id": "id",
        **same(
            "action",
            "entity_type",
            "entity_id",
            "entity_ref",
            "parent_type",
            "parent_id",
            "actor_user_id",
            "changes",
            "metadata",
            "occurred_at",
        ),
    },
)

_MASTERS: dict[str, tuple[Shape, ...]] = {
    "ACCOUNT": (ACCOUNT, BANK_ACCOUNT),
    "BRANCH": (BRANCH,),
    "COMMENT": (COMMENT,),
    "CONTACT": (CONTACT,),
    "COST_CENTER": (COST_CENTER,),
    "EINVOICE_CREDENTIALS": (EINVOICE_CREDENTIALS,),
    "EXPENSE": (EXPENSE,),
    "GST_OPENING_BALANCES": (Shape(gst_opening_balances, {"date": "as_of_on"}),),
    "ITEM": (ITEM,),
    "OPENING_BALANCES": (Shape(journals, {"date": "entry_on"}),),
    "ORGANIZATION": (ORGANIZATION,),
    "PAYMENT": (PAYMENT,),
    "RECURRING": (SCHEDULE,),
    "SALESPERSON": (SALESPERSON,),
    "WEBHOOK_ENDPOINT": (ENDPOINT,),
}
"""The shapes of each kind of thing that is no document; where two show one column, the first names it."""

_CHILDREN = {"EXPENSE": {"line_items": EXPENSE_LINE}}
"""The shapes of their children."""

_FORMERLY = {"amount_paid": "payment_made"}
"""Names that columns had when rows of the trail were written, and what the contract calls them today."""

_ORIGIN = ("ip", "user_agent", "request_id", "source", "token_kind")


def activity_shown(row: Written) -> dict[str, Any]:
    """One row of the trail, as ``ACTIVITY`` selected it."""
    shown: dict[str, Any] = from_json(bytes(row))
    metadata = shown["metadata"]
    shown["changes"] = changes_shown(shown["entity_type"], shown["changes"])
    shown["metadata"] = {name: metadata.get(name) or None for name in _ORIGIN}
    return shown


def changes_shown(entity_type: str, changes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The changes of a thing of this kind, its fields and those of its children by their names in the contract."""
    document = SHAPES.get(entity_type)
    shapes: tuple[Shape | DocumentShape, ...] = (document,) if document else _MASTERS.get(entity_type, ())
    names = {column: name for shape in reversed(shapes) for name, column in shape.attributes.items()}
    children = document.children if document else _CHILDREN.get(entity_type, {})
    return {
        names.get(column, _FORMERLY.get(column, column)): {
            when: _children_shown(value, children[column]) if column in children else value
            for when, value in change.items()
        }
        for column, change in changes.items()
    }


def _children_shown(rows: Sequence[Mapping[str, Any]], shape: Shape) -> list[dict[str, Any]]:
    """Children, each with the fields that it is shown with."""
    return [{name: row[column] for name, column in shape.attributes.items() if column in row} for row in rows]
