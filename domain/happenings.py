"""What happened: one activity row and one event row for each change, written in the change's own transaction."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from domain.ids import new_id
from domain.statements import Statement, as_json, as_rows

if TYPE_CHECKING:
    from domain.books import Books


@dataclass(frozen=True, slots=True)
class Happening:
    """A change of the books.

    ``action`` is the event's name (``INVOICE_APPROVED``); ``reference`` what people call the entity (its number or
    name); ``changes`` maps each changed field to its old and new value; ``summary`` is what integrators are told.
    """

    action: str
    entity_type: str
    entity_id: str
    reference: str | None
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)


# One parameter, two tables: what the auditor reads and what integrators are told cannot differ.
_RECORD = Statement(
    """
with happening as (
  select *
    from json_to_recordset(%(rows)s)
      as happening(id text, action text, entity_type text, entity_id text, entity_ref text,
                   changes jsonb, summary jsonb)
), trail as (
  insert into activity (organization_id, id, action, entity_type, entity_id, entity_ref, actor_user_id,
                        changes, metadata, occurred_at)
  select %(organization_id)s, id, action, entity_type, entity_id, entity_ref, %(user_id)s,
         changes, %(metadata)s::jsonb, %(now)s
    from happening
)
insert into events (organization_id, id, event_type, entity_type, entity_id, summary, occurred_at)
select %(organization_id)s, id, action, entity_type, entity_id, summary, %(now)s
  from happening
"""
)


async def record(books: "Books") -> None:
    """Write what the books noted, and forget it; nothing noted costs nothing."""
    if not books.happenings:
        return
    await books.run(
        _RECORD,
        rows=as_rows([_row(happening) for happening in books.happenings]),
        user_id=books.user_id or None,  # an act of the operator has no user
        metadata=as_json({**books.origin, "request_id": books.request_id}),
        now=books.now,
    )
    books.happenings.clear()


def difference(old: Any, new: Any, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The fields of ``names`` in which two rows differ, each with its old and new value."""
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in names)
    return {name: {"old": before, "new": after} for name, before, after in pairs if before != after}


def _row(happening: Happening) -> dict[str, Any]:
    return {
        "id": new_id("evt"),
        "action": happening.action,
        "entity_type": happening.entity_type,
        "entity_id": happening.entity_id,
        "entity_ref": happening.reference,
        "changes": happening.changes,
        "summary": {"id": happening.entity_id, "number": happening.reference, **happening.summary},
    }
