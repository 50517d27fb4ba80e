"""The seven documents as data: two sides, three effects on the ledger. The engine reads nothing else of a kind."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Who the other party is: a customer, or a vendor."""

    SALE = "SALE"
    PURCHASE = "PURCHASE"


class Effect(StrEnum):
    """What approval does to the ledger: nothing (it is before the deal), post, or reverse what was posted."""

    NONE = "NONE"
    POSTS = "POSTS"
    REVERSES = "REVERSES"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document.

    ``name`` is the word of the database, ``title`` the word people read, ``prefix`` that of its ids, ``series`` its
    member of a branch's ``prefixes``; ``opens_as`` is the status on approval; ``is_numbered_by_us`` is false where the
    other side gives the number.
    """

    name: str
    title: str
    prefix: str
    series: str
    side: Side
    effect: Effect
    opens_as: str
    is_numbered_by_us: bool = True


INVOICE = Kind("INVOICE", "Invoice", "inv", "invoice", Side.SALE, Effect.POSTS, opens_as="SENT")

KINDS = (INVOICE,)
