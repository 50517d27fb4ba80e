"""SQL for which papers returns are made of, and which of them no filed return has told yet."""

from domain.documents.kinds import KINDS, Effect, Side

COUNTS = """document.status <> 'DRAFT'
   and document.voided_at is null
   and not document.is_opening_balance
   and not document.is_without_gst"""
"""Whether a ``document`` counts: approved and not voided; what was owed before the books began is no supply of theirs,
and a note without GST changes none."""


def signs_of(side: Side) -> dict[str, int]:
    """The kinds of which a side of returns is made, by name: +1 of those that are added, -1 of those taken off."""
    return {
        kind.name: 1 if kind.effect is Effect.POSTS else -1
        for kind in KINDS
        if kind.side is side and kind.effect is not Effect.NONE
    }


SIGN_OF_BOUGHT = signs_of(Side.PURCHASE)
"""+1 of bills, -1 of debit notes to vendors."""
KINDS_BOUGHT = "'{" + ",".join(SIGN_OF_BOUGHT) + "}'"
"""The same kinds as an array in SQL."""


def untold(paper: str) -> str:
    """SQL for whether no filed return of the ``forms`` shows the row under the alias ``paper``."""
    return f"""not exists (select from return_rows as shown
                     join return_filings as filing
                       on filing.organization_id = %(organization_id)s
                      and filing.id = shown.filing_id
                    where shown.organization_id = %(organization_id)s
                      and shown.document_id = {paper}.id
                      and filing.form = any(%(forms)s)
                      and filing.status = 'FILED')"""  # an alias of our own
