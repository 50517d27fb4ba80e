"""The tables of the database; no behaviour."""

from models import (
    access,
    calls,
    collaboration,
    documents,
    expenses,
    happenings,
    imports,
    itc,
    ledger,
    masters,
    organization,
    payments,
    recurring,
)
from models.schema import metadata

__all__ = [
    "access",
    "calls",
    "collaboration",
    "documents",
    "expenses",
    "happenings",
    "imports",
    "itc",
    "ledger",
    "masters",
    "metadata",
    "organization",
    "payments",
    "recurring",
]
