"""Expenses: what is paid at once, out of the bank or the till, without a bill."""
