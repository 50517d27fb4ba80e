"""Payments of both flows: recorded, applied to documents, taken back, voided."""
