"""The tables of the database; no behaviour."""

from models import (
    access,
    calls,
    changes,
    collaboration,
    documents,
    einvoices,
    expenses,
    happenings,
    imports,
    itc,
    ledger,
    masters,
    organization,
    payments,
    printing,
    recurring,
    returns,
)
from models.schema import metadata

__all__ = [
    "access",
    "calls",
    "changes",
    "collaboration",
    "documents",
    "einvoices",
    "expenses",
    "happenings",
    "imports",
    "itc",
    "ledger",
    "masters",
    "metadata",
    "organization",
    "payments",
    "printing",
    "recurring",
    "returns",
]
