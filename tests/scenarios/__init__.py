"""Whole stories of the books, each checkable by hand."""
