"""E-invoices: what the portal is told, and when."""
