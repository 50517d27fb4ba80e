"""The credit limit of a customer: what goes beyond it is warned of, or refused where the organization says so.

What counts is what he owes on posted documents, less what he has in credit, and the document itself, in rupees.
"""

from collections.abc import Sequence

from domain.books import Books
from domain.cautions import CREDIT_LIMIT_EXCEEDED, Caution
from domain.documents.circumstances import Circumstances
from domain.documents.document import Document
from domain.documents.kinds import Kind
from domain.documents.open_amounts import owed
from domain.documents.sides import Side
from domain.errors import Failed
from domain.money import round_paise
from domain.statements import Statement, is_one_of, tenant_select
from models.masters import contacts

Drafted = tuple[Document, Circumstances]
"""A document that is not posted yet, and what it depends on."""


class CreditLimitExceeded(Failed):
    """The customer would owe more than his limit."""

    def as_caution(self) -> Caution:
        """The same as a warning, where it is not refused."""
        return Caution(CREDIT_LIMIT_EXCEEDED, self.message, self.field)


_are_asked_for = is_one_of(contacts.c.id, "ids")
_OWED = Statement(tenant_select(contacts, contacts.c.id, owed(Side.SALE).label("owed")).where(_are_asked_for))
# Two approvals at once must see each other where one of them may be refused.
_LOCK = Statement(
    tenant_select(contacts, contacts.c.id).where(_are_asked_for).order_by(contacts.c.id).with_for_update(key_share=True)
)


async def hold(books: Books, kind: Kind, head: Document, facts: Circumstances) -> None:
    """Refuse to open a document beyond the limit, or warn of it. Locks a contact whose limit refuses.

    Raises CreditLimitExceeded.
    """
    await lock(books, kind, [(head, facts)])
    for refusal in (await exceeding(books, kind, [(head, facts)])).values():
        if facts.refuses_over_limit:
            raise refusal
        books.warn(refusal.as_caution())


async def warn_of(books: Books, kind: Kind, head: Document, facts: Circumstances) -> None:
    """Warn of a draft that could go beyond the limit."""
    for refusal in (await exceeding(books, kind, [(head, facts)])).values():
        books.warn(refusal.as_caution())


async def exceeding(books: Books, kind: Kind, drafts: Sequence[Drafted]) -> dict[str, CreditLimitExceeded]:
    """Why documents, by id, go beyond the limit of their customer; each counts with those before it that are taken."""
    limited = _limited(kind, drafts)
    if not limited:
        return {}
    rows = await books.rows(_OWED, ids=sorted({head.contact_id for head, _ in limited}))
    owed_by = {row["id"]: round_paise(row["owed"]) for row in rows}
    beyond: dict[str, CreditLimitExceeded] = {}
    for head, facts in limited:
        before, limit = owed_by[head.contact_id], facts.contact_credit_limit
        after = before + round_paise(head.balance * head.exchange_rate)
        if limit is not None and after > limit:
            beyond[head.id] = CreditLimitExceeded(
                f"{head.contact_name} owes {before} and would owe {after}; the credit limit is {limit}.",
                field=kind.field_of("contact_id"),
                details={"credit_limit": limit, "owed": before, "would_owe": after},
            )
        if head.id not in beyond or not facts.refuses_over_limit:
            owed_by[head.contact_id] = after
    return beyond


async def lock(books: Books, kind: Kind, drafts: Sequence[Drafted]) -> None:
    """Lock the contacts whose limit refuses, in the order of their ids, so that callers take turns."""
    held = sorted({head.contact_id for head, facts in _limited(kind, drafts) if facts.refuses_over_limit})
    if held:
        await books.rows(_LOCK, ids=held)


def _limited(kind: Kind, drafts: Sequence[Drafted]) -> list[Drafted]:
    """Those that count against a limit: what was brought forward is owed already, whatever the limit is."""
    if not kind.is_on_credit:
        return []
    return [
        (head, facts)
        for head, facts in drafts
        if facts.contact_credit_limit is not None and not head.is_opening_balance
    ]
