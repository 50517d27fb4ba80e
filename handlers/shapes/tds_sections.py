"""Sections for tax deducted at source as JSON."""

from typing import Any

from domain.tds import TdsSection


def tds_section(section: TdsSection) -> dict[str, Any]:
    """A section under the contract's names."""
    return {
        "code": section.code,
        "section": section.section,
        "description": section.description,
        "tds_percentage": section.rate,
        "threshold_single": section.threshold_single,
        "threshold_month": section.threshold_month,
        "threshold_year": section.threshold_year,
        "effective_from": section.effective_from,
        "effective_to": section.effective_to,
        "is_confirmed": section.is_confirmed,
    }
