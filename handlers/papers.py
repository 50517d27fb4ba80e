"""What is asked for on paper, out of validated queries."""

from collections.abc import Mapping
from typing import Any

from domain.documents.printing.print import Wanted


def wanted_paper(query: Mapping[str, Any]) -> Wanted:
    """How a document is to be printed."""
    return Wanted(query.get("template"), query.get("copies"))
