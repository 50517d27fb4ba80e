"""What a document may not do while its goods travel, or are about to: be changed, be voided, lose its e-invoice."""

from domain.documents.document import Document
from domain.errors import InvalidState

_TRAVELLING = frozenset(("PENDING", "ACTIVE"))


def is_travelling(head: Document) -> bool:
    """Whether its e-way bill stands, or is being made."""
    return head.eway_bill_status in _TRAVELLING


def refuse_while_travelling(title: str, head: Document) -> None:
    """Refuse to take a document back whose goods travel. Raises InvalidState.

    Source: CGST Rules 2017, rule 138(9): an e-way bill is cancelled within 24 hours, if the goods have not left.
    """
    if is_travelling(head):
        number = head.eway_bill_number or "that is being made"
        raise InvalidState(
            f"Goods of {title.lower()} {head.number} travel under e-way bill {number}: cancel that first, "
            "which can be done within 24 hours; what has travelled is taken back by a document of its own."
        )
