"""A contact that has got a GSTIN since a draft or order was made: it is taken over when that is approved or converted.

A sale then counts as one to a registered person in both parties' returns. What a vendor's paper says of himself and his
tax is his own, so of purchases the caller is only told.
"""

from typing import Any

from domain.books import Books
from domain.cautions import REGISTRATION_TAKEN_OVER, Caution
from domain.documents.circumstances import Circumstances
from domain.documents.document import Document
from domain.documents.kinds import Kind
from domain.gst.treatments import GstTreatment
from domain.statements import Statement

# The trail cannot be switched off, so it knows when the number came.
_HAS_GOT_IT_SINCE = Statement(
    """
select true
  from activity
 where organization_id = %(organization_id)s
   and entity_type = 'CONTACT'
   and entity_id = %(contact_id)s
   and occurred_at >= %(since)s
   and changes -> 'gst_no' ->> 'old' is null
   and changes -> 'gst_no' ->> 'new' is not null
 limit 1
"""
)


async def taken_over(books: Books, kind: Kind, head: Document, facts: Circumstances) -> dict[str, Any]:
    """What a document takes over from its contact, as if it were said; nothing where nothing changed. Warns of it."""
    is_registered_here = GstTreatment(head.gst_treatment).is_registered
    if is_registered_here or head.is_opening_balance or head.parent_id or facts.contact_gst_no is None:
        return {}
    if not await books.value(_HAS_GOT_IT_SINCE, contact_id=head.contact_id, since=head.created_at):
        return {}
    noun, side = kind.title.lower(), kind.side.value
    who = f"{head.contact_name} has the GSTIN {facts.contact_gst_no} since the {noun} was made"
    what = "has it now" if side.follows_registration else "does not; say so if the vendor's paper does"
    books.warn(Caution(REGISTRATION_TAKEN_OVER, f"{who}; the {noun} {what}.", "gst_no"))
    if not side.follows_registration:
        return {}
    return {"gst_no": facts.contact_gst_no, "gst_treatment": facts.contact_gst_treatment}
