"""The tables of the database; no behaviour."""

from models import access, documents, ledger, masters, organization, platform
from models.schema import metadata

__all__ = ["access", "documents", "ledger", "masters", "metadata", "organization", "platform"]
