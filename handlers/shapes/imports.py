"""Reports of imports as JSON."""

from typing import Any

from domain.imports.running import ImportKind, Outcome, Report


def shown_report(kind: ImportKind, report: Report, *, is_dry_run: bool) -> dict[str, Any]:
    """What became of every row; ids only of what was kept."""
    total = len(report.outcomes)
    is_kept_or_tried = report.is_written or is_dry_run
    return {
        "entity_type": kind.entity_type,
        "dry_run": is_dry_run,
        "is_written": report.is_written,
        "summary": {
            "total": total,
            "created": total - report.failed if is_kept_or_tried else 0,
            "failed": report.failed,
        },
        "rows": [_row(outcome, is_kept=report.is_written) for outcome in report.outcomes],
    }


def _row(outcome: Outcome, *, is_kept: bool) -> dict[str, Any]:
    made = outcome.made
    return {
        "row": outcome.row,
        "ok": made is not None,
        "id": made.id if made and is_kept else None,
        "number": made.number if made else None,
        "error": outcome.refusal.told() if outcome.refusal else None,
        "warnings": [caution.told() for caution in outcome.cautions],
    }
