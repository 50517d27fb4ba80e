"""What the portal is told of: a document with its lines, who sells, who buys, and what a note corrects."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from domain.addresses import Address
from domain.books import Books, found
from domain.documents.document import Document, Line, Paper
from domain.gst.treatments import RegistrationType
from domain.statements import Statement, reader_of
from domain.values import Struct


class Seller(Struct, frozen=True, kw_only=True):
    """Whose registration issues the document: the organization, at the place of its branch."""

    gst_no: str | None
    state_code: str
    legal_name: str
    trade_name: str
    address: Address | None
    phone: str | None
    email: str | None
    registration_type: str
    aggregate_turnover: Decimal | None
    is_einvoicing_enabled: bool
    is_portal_simulated: bool

    @property
    def registration(self) -> RegistrationType:
        """How the branch is registered."""
        return RegistrationType(self.registration_type if self.gst_no else "UNREGISTERED")


class Buyer(Struct, frozen=True, kw_only=True):
    """To whom the document is made out; its GSTIN and addresses stand on the document.

    ``billing_address`` is what the contact has now, for what the document does not say.
    """

    legal_name: str
    trade_name: str
    billing_address: Address | None
    phone: str | None
    email: str | None


class Corrected(Struct, frozen=True):
    """The invoice that a note corrects."""

    number: str
    dated_on: date


class Around(Struct, frozen=True):
    """What stands beside the document in the books."""

    seller: Seller
    buyer: Buyer
    corrected: Corrected | None


class Subject(Struct, frozen=True):
    """A document as the portal is told of it; ``document_type`` is its word for the kind."""

    document_type: str
    head: Document
    lines: Sequence[Line]
    seller: Seller
    buyer: Buyer
    corrected: Corrected | None


_AROUND = Statement(
    """
select json_build_object(
         'seller', json_build_object(
           'gst_no', branch.gst_no,
           'state_code', branch.state_code,
           'legal_name', coalesce(organization.legal_name, organization.name),
           'trade_name', organization.name,
           'address', coalesce(branch.address,
                               case when organization.gst_no = branch.gst_no then organization.address end),
           'phone', branch.phone,
           'email', branch.email,
           'registration_type', organization.registration_type,
           'aggregate_turnover', organization.aggregate_turnover,
           'is_einvoicing_enabled', branch.is_einvoicing_enabled,
           'is_portal_simulated', organization.is_sandbox or organization.is_portal_simulated),
         'buyer', json_build_object(
           'legal_name', contact.legal_name,
           'trade_name', contact.contact_name,
           'billing_address', contact.billing_address,
           'phone', coalesce(contact.phone, contact.mobile),
           'email', contact.email),
         'corrected', (select json_build_object('number', original.number, 'dated_on', original.dated_on)
                         from documents as original
                        where original.organization_id = document.organization_id
                          and original.id = document.parent_id
                          and original.number is not null))::text as around
  from documents as document
  join organizations as organization on organization.id = document.organization_id
  join branches as branch on branch.organization_id = document.organization_id
                         and branch.id = document.branch_id
  join contacts as contact on contact.organization_id = document.organization_id
                          and contact.id = document.contact_id
 where document.organization_id = %(organization_id)s
   and document.id = %(id)s
"""
)
_read_around = reader_of(Around)


async def subject_of(books: Books, paper: Paper, document_type: str) -> Subject:
    """Return a document of the books as the portal is told of it."""
    row = found(await books.row(_AROUND, id=paper.head.id), "Document", paper.head.id)
    around = _read_around(row["around"])
    return Subject(
        document_type,
        paper.head,
        paper.lines,
        around.seller,
        around.buyer,
        around.corrected or _told_by_the_note(paper.head),
    )


def _told_by_the_note(head: Document) -> Corrected | None:
    if head.original_invoice_number is None or head.original_invoice_on is None:
        return None
    return Corrected(head.original_invoice_number, head.original_invoice_on)
