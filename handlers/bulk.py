"""Many new documents in one call."""

from handlers.bills import BILLS
from handlers.invoices import INVOICES

bulk_create_invoices = INVOICES.create_many
bulk_create_bills = BILLS.create_many
