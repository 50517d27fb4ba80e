"""Recurring documents: when they are due, what they are made from, and what came of each due date."""
