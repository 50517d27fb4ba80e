"""Recurring schedules and their runs as JSON."""

from handlers.shapes.shape import TIMES, Shape, same
from models.recurring import recurring_runs, recurring_schedules

SCHEDULE = Shape(
    recurring_schedules,
    {
        "recurring_id": "id",
        **same("name", "entity_type", "frequency"),
        "interval": "every",
        "start_date": "start_on",
        "end_date": "end_on",
        **same("max_runs", "is_active", "auto_approve", "auto_charge", "template_entity_id"),
        "template_payload": "template",
        "next_due_date": "next_due_on",
        **same("next_run_at", "run_count"),
        "last_due_date": "last_due_on",
        **same("last_run_at", "last_entity_id", "failure_count", "last_error", "last_failed_at"),
        "run_by_user_id": "run_by",
        **TIMES,
    },
)

RUN = Shape(
    recurring_runs,
    {
        "run_id": "id",
        "due_date": "due_on",
        "status": "status",
        "date": "dated_on",
        **same("entity_type", "entity_id", "entity_ref", "attempts", "error", "ran_at"),
    },
)
