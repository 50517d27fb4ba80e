"""Recurring documents."""

from typing import Any

from domain import pages
from domain.books import Books
from domain.errors import Failed, Required
from domain.recurring import reading, runs
from domain.recurring.runs import RUN_LISTING
from domain.recurring.schedules import SCHEDULE_LISTING, SCHEDULES
from domain.registers import members
from handlers import makers
from handlers.bodies import Bodies
from handlers.makers import APPROVAL, MAKERS, PAYLOAD, Template
from handlers.registers import RegisterHandlers, wanted_page
from handlers.replies import SUCCESS, Reply, created, page, shown
from handlers.shapes.recurring import RUN, SCHEDULE
from models.recurring import recurring_runs, recurring_schedules

Body = dict[str, Any]

_ENTITY = "template_entity_id"
_schedules = RegisterHandlers(SCHEDULES, SCHEDULE_LISTING, SCHEDULE, singular="recurring", plural="recurring")
_SCHEDULE = reading.showing(recurring_schedules, SCHEDULE.columns)
_RUN = reading.showing(recurring_runs, RUN.columns)

list_recurring = _schedules.list
delete_recurring = _schedules.delete


async def get_recurring(books: Books, recurring_id: str) -> Reply:
    """Show one schedule."""
    return await _shown(books, recurring_id)


async def create_recurring(books: Books, bodies: Bodies, body: Body) -> Reply:
    """Add a schedule."""
    maker = MAKERS[body["entity_type"]]
    maker.need(books, is_approved=body.get(APPROVAL, False))
    said = _with_template(body, await _template(books, bodies, body))
    maker.need(books, is_approved=said.get(APPROVAL, False))
    schedule = await runs.add(books, SCHEDULE.values(said), makers.make)
    fresh = await reading.show(books, _SCHEDULE, SCHEDULES.noun, schedule.id)
    message = makers.dates_left_out(schedule.entity_type, body.get(PAYLOAD)) or SUCCESS
    return created("recurring", fresh, location=f"/api/public/v1/recurring/{schedule.id}", message=message)


async def update_recurring(books: Books, bodies: Bodies, recurring_id: str, body: Body) -> Reply:
    """Change what was sent."""
    stored = await runs.locked(books, recurring_id)
    said = dict(body)
    if PAYLOAD in said:
        merged = members(stored.template, said[PAYLOAD])
        kept = {name: value for name, value in merged.items() if value is not None}
        said = _with_template(said, makers.template_of(bodies, stored.entity_type, kept))
    MAKERS[stored.entity_type].need(books, is_approved=said.get(APPROVAL, stored.auto_approve))
    await runs.amend(books, stored, SCHEDULE.values(said), makers.make)
    return await _shown(books, recurring_id, message=makers.dates_left_out(stored.entity_type, body.get(PAYLOAD)))


async def run_recurring(books: Books, recurring_id: str) -> Reply:
    """Make the next document now."""
    stored = await runs.locked(books, recurring_id)
    MAKERS[stored.entity_type].need(books, is_approved=stored.auto_approve)
    run = await runs.run_now(books, stored, makers.make)
    return shown("run", await reading.show(books, _RUN, "Run", run.id))


async def list_recurring_runs(books: Books, recurring_id: str, query: Body) -> Reply:
    """Show which document came of which due date."""
    await reading.show(books, _SCHEDULE, SCHEDULES.noun, recurring_id)
    wanted = wanted_page({**query, "recurring_id": recurring_id})
    found = await pages.page(books, RUN_LISTING, RUN.columns, wanted)
    return page("runs", found.rows, per_page=wanted.per_page, next_cursor=found.next_cursor)


async def _shown(books: Books, key: str, *, message: str | None = None) -> Reply:
    return shown("recurring", await reading.show(books, _SCHEDULE, SCHEDULES.noun, key), message=message or SUCCESS)


def _with_template(said: Body, template: Template) -> Body:
    """What is said of a schedule, with its template and what that says of approval. Raises Failed for two answers."""
    is_approved = template.is_approved
    if is_approved is None:
        return {**said, PAYLOAD: template.body}
    if said.get(APPROVAL, is_approved) != is_approved:
        raise Failed(f"{PAYLOAD}.{APPROVAL} says otherwise; say it once.", field=APPROVAL)
    return {**said, APPROVAL: is_approved, PAYLOAD: template.body}


async def _template(books: Books, bodies: Bodies, body: Body) -> Template:
    """The template that was sent, or that of the document that was named. Raises: Required, Failed, NotFound …"""
    entity_type, key, payload = body["entity_type"], body.get(_ENTITY), body.get(PAYLOAD)
    if key is not None:
        copied = await makers.template_from(books, bodies, entity_type, key)
        if payload is not None:
            raise Failed(f"Send {_ENTITY} or {PAYLOAD}, not both.", field=_ENTITY)
        return copied
    if payload is None:
        raise Required(f"Send {PAYLOAD}, or {_ENTITY} to copy a document.", field=PAYLOAD)
    return makers.template_of(bodies, entity_type, payload)
