"""What happened: one activity row and one event row for each change, written in the change's own transaction."""

from typing import TYPE_CHECKING, Any

from domain.ids import new_id
from domain.statements import Statement, as_json, as_rows
from domain.values import Struct, field

if TYPE_CHECKING:
    from domain.books import Books

_BOOKKEEPING = frozenset(("id", "version", "created_at", "modified_at"))


class Parent(Struct, frozen=True):
    """What a comment or a file belongs to; its trail shows what happens to these as well."""

    entity_type: str
    entity_id: str


class Happening(Struct, frozen=True):
    """A change of the books.

    ``action`` is the event's name (``INVOICE_APPROVED``); ``reference`` what people call the entity (its number or
    name); ``changes`` maps each changed field to its old and new value; ``summary`` is what integrators are told.
    ``event`` is what the event is called where the trail calls it otherwise.
    """

    action: str
    entity_type: str
    entity_id: str
    reference: str | None
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    parent: Parent | None = None
    event: str | None = None


# One parameter, two tables: what the auditor reads and what integrators are told cannot differ. Events get their
# position in the order in which they were noted, which their ids have.
_RECORDING = """
happening as (
  select told.id, action, event, entity_type, entity_id, parent_type, parent_id, changes, {reference} as reference,
         {summary} as summary
    from json_to_recordset(%(happenings)s)
      as told(id text, action text, event text, entity_type text, entity_id text, entity_ref text, parent_type text,
              parent_id text, changes jsonb, summary jsonb)
    {numbered}
), trail as (
  insert into activity (organization_id, id, action, entity_type, entity_id, entity_ref, parent_type, parent_id,
                        actor_user_id, changes, metadata, occurred_at)
  select %(organization_id)s, id, action, entity_type, entity_id, reference, parent_type, parent_id, %(actor)s,
         changes, %(origin)s::jsonb, %(happened_at)s
    from happening
), stream as (
  insert into events (organization_id, id, event_type, entity_type, entity_id, summary, occurred_at)
  select %(organization_id)s, id, coalesce(event, action), entity_type, entity_id, summary, %(happened_at)s
    from happening
   order by id
)
"""

RECORDING = _RECORDING.format(reference="entity_ref", summary="summary", numbered="")
"""Common table expressions that write what happened (see ``recorded``), for a statement that writes the change, too."""

RECORDING_NUMBERED = _RECORDING.format(
    reference="coalesce(entity_ref, numbered.number)",
    summary="summary || jsonb_build_object('number', coalesce(entity_ref, numbered.number))",
    numbered="left join numbered on numbered.id = told.entity_id",
)
"""The same where each entity gets its number in the same statement, from the rows of ``numbered`` by its ``id``."""

_RECORD = Statement(f"with {RECORDING} select 1")


async def record(books: "Books") -> None:
    """Write what the books noted, and forget it; nothing noted costs nothing."""
    if books.happenings:
        await books.run(_RECORD, **recorded(books))


def recorded(books: "Books") -> dict[str, Any]:
    """The values for ``RECORDING``: what the books noted, which they then forget."""
    noted, books.happenings = books.happenings, []
    books.recorded += noted
    return {
        "happenings": as_rows([_row(happening) for happening in noted]),
        "actor": books.user_id or None,  # an act of the operator has no user
        "origin": as_json({**books.origin, "request_id": books.request_id}),
        "happened_at": books.now,
    }


def told_of(row: type[Struct], *untold: str) -> tuple[str, ...]:
    """The fields of a row whose changes are told: all but those that only keep it, and ``untold``."""
    return tuple(name for name in row.__struct_fields__ if name not in _BOOKKEEPING and name not in untold)


def difference(old: Any, new: Any, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The fields of ``names`` in which two rows differ, each with its old and new value."""
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in names)
    return {name: {"old": before, "new": after} for name, before, after in pairs if before != after}


def _row(happening: Happening) -> dict[str, Any]:
    parent = happening.parent
    belongs = {} if parent is None else {"parent_type": parent.entity_type, "parent_id": parent.entity_id}
    return {
        **belongs,
        "id": new_id("evt"),
        "action": happening.action,
        "event": happening.event,
        "entity_type": happening.entity_type,
        "entity_id": happening.entity_id,
        "entity_ref": happening.reference,
        "changes": happening.changes,
        "summary": {"id": happening.entity_id, "number": happening.reference, **happening.summary},
    }
