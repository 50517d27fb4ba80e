"""The documents as one engine: two sides, three effects on the ledger."""
