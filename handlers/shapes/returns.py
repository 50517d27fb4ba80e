"""Amounts of a return as JSON, under one set of names in all its tables."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.gst.returns.amounts import HEADS, Tax, Taxed
from domain.money import with_paise

HEAD_MEMBERS = {head: f"{head}_amount" for head in HEADS}
"""The contract's name of each head of tax."""


def tax_shown(tax: Tax) -> dict[str, Decimal]:
    """Tax by head, each to the paisa."""
    return {member: with_paise(getattr(tax, head)) for head, member in HEAD_MEMBERS.items()}


def tax_said(members: Mapping[str, Decimal]) -> Tax:
    """Tax by head as it was said; a head of which nothing is said is nought."""
    return Tax(**{head: with_paise(members.get(member) or 0) for head, member in HEAD_MEMBERS.items()})


def credit_said(query: Mapping[str, Any]) -> Tax | None:
    """The credit that a query says there is; ``None`` where it says nothing of any head."""
    said = {head: query.get(f"{head}_credit") for head in HEADS}
    if all(amount is None for amount in said.values()):
        return None
    return Tax(**{head: with_paise(amount or 0) for head, amount in said.items()})


def taxed_shown(worth: Taxed) -> Mapping[str, Decimal]:
    """A value and the tax on it."""
    return {"taxable_value": with_paise(worth.taxable), **tax_shown(worth.tax)}
