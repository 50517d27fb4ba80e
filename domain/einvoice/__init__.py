"""E-invoices: which documents the portal registers, what it is told of them, and what it has said (rule 48(4))."""
