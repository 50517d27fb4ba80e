"""The business rules; no HTTP, no JSON, no I/O but the statements of the books."""
