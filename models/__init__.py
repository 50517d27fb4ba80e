"""The tables of the database; no behaviour."""
