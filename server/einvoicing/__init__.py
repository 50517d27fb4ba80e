"""E-invoices between the books and the portal: which portal an organization has, and what becomes of its answers."""
