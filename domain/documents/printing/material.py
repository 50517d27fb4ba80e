"""What is printed of a document: itself, who issues it and what it refers to, in one statement; its registration."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Table, Text, bindparam, cast, literal_column, select, true

from domain.addresses import Address
from domain.books import Books, found
from domain.documents.document import Document, Line
from domain.documents.kinds import Kind
from domain.documents.printing.figures import RUPEES, Currency
from domain.documents.reading import (
    LINES_JSON,
    LINKS_JSON,
    STORED,
    STORED_JSON,
    STORED_LINKS,
    Links,
    read_head,
    read_lines,
    read_links,
)
from domain.einvoice.registrations import Registration, registration_of
from domain.gst.treatments import RegistrationType
from domain.statements import Statement, columns_of, of_tenant, reader_of, written
from domain.values import Struct
from models.documents import documents


class Issuer(Struct, frozen=True, kw_only=True):
    """The organization and the branch that issue a paper. The GSTIN, the state and the address are the branch's."""

    name: str
    legal_name: str | None = None
    registration_type: str = "REGULAR"
    pan: str | None = None
    lut_number: str | None = None
    lut_valid_until: date | None = None
    aggregate_turnover: Decimal | None = None
    base_currency: str = "INR"
    is_sandbox: bool = False
    branch_name: str = ""
    gst_no: str | None = None
    state_code: str
    address: Address | None = None
    phone: str | None = None
    email: str | None = None
    is_einvoicing_enabled: bool = False

    @property
    def registration(self) -> RegistrationType:
        """How the branch is registered: one without a GSTIN charges no tax."""
        return RegistrationType(self.registration_type if self.gst_no else "UNREGISTERED")

    @property
    def lawful_name(self) -> str:
        """The name under which it is registered."""
        return self.legal_name or self.name


class Counterparty(Struct, frozen=True, kw_only=True):
    """What is known of the contact beside what the document says."""

    legal_name: str = ""
    gst_no: str | None = None
    pan: str | None = None
    billing_address: Address | None = None
    state_code: str | None = None


class Original(Struct, frozen=True, kw_only=True):
    """The invoice or bill that a note corrects."""

    number: str | None = None
    dated_on: date
    reference_number: str | None = None


class Permit(Struct, frozen=True, kw_only=True):
    """The e-way bill with which goods travel, or have travelled; one that ``is_simulated`` is none in law."""

    number: str
    generated_at: datetime
    valid_until: datetime | None = None
    is_simulated: bool = False


class Around(Struct, frozen=True, kw_only=True):
    """What stands around a document: ``currency`` is how its amounts are written."""

    issuer: Issuer
    counterparty: Counterparty = Counterparty()
    currency: Currency = RUPEES
    original: Original | None = None
    permit: Permit | None = None


class Material(Struct, frozen=True, kw_only=True):
    """All that is printed of a document, beside its look. ``registration`` is what the e-invoice portal gave to it."""

    kind: Kind
    head: Document
    lines: list[Line]
    links: Links = Links([], [], [])
    around: Around
    registration: Registration | None = None


ISSUER = """
select organization.name, organization.legal_name, organization.registration_type, organization.pan,
       organization.lut_number, organization.lut_valid_until, organization.aggregate_turnover,
       organization.currency_code as base_currency, organization.is_sandbox,
       branch.branch_name, branch.gst_no, branch.state_code, coalesce(branch.address, organization.address) as address,
       branch.phone, branch.email, branch.is_einvoicing_enabled
  from organizations as organization
  join branches as branch
    on branch.organization_id = organization.id
 where organization.id = {of}.organization_id
   and branch.id = {of}.branch_id
"""
"""Who issues the row of the table ``of``."""

COUNTERPARTY = """
select contact.legal_name, contact.gst_no, contact.pan, contact.billing_address, contact.place_of_contact as state_code
  from contacts as contact
 where contact.organization_id = {of}.organization_id
   and contact.id = {of}.contact_id
"""

CURRENCY = """
select currency.code, currency.name, currency.symbol, currency.decimal_places
  from currencies as currency
 where currency.code = {of}.currency_code
"""

_ORIGINAL = """
select original.number, original.dated_on, original.reference_number
  from documents as original
 where original.organization_id = {of}.organization_id
   and original.id = {of}.parent_id
"""

_PERMIT = """
select bill.number, bill.generated_at, bill.valid_until, bill.is_simulated
  from eway_bills as bill
 where bill.organization_id = {of}.organization_id
   and bill.document_id = {of}.id
   and bill.status = any ('{{ACTIVE,CLOSED}}')
"""
"""Of the e-way bills of a document one stands at most, says an index."""


_PART = "(select row_to_json({name}) from ({text}) as {name}) as {name}"
_WHOLE = "(select json_strip_nulls(row_to_json(around)) from (select {columns}) as around)::text"


def around(of: str, **parts: str) -> str:
    """SQL for one JSON object of these parts, each a selection of at most one row, for a row of the table ``of``.

    What is absent is left out.
    """
    columns = (_PART.format(name=name, text=text.format(of=of)) for name, text in parts.items())
    return _WHOLE.format(columns=", ".join(columns))


def reading(table: Table, row: type[Struct], around_it: str, **parts: str) -> Statement:
    """The statement that reads a row that is not deleted as ``head``, what stands around it, and further JSON of it."""
    stored, stored_json = written(table, columns_of(table, row), name="head")
    return Statement(
        select(
            cast(stored_json, Text).label("head"),
            literal_column(around_it).label("around"),
            *(literal_column(text).label(name) for name, text in parts.items()),
        )
        .select_from(table.join(stored, true()))
        .where(of_tenant(table), table.c.id == bindparam("id"), table.c.deleted_at.is_(None))
    )


_AROUND = around(
    "documents", issuer=ISSUER, counterparty=COUNTERPARTY, currency=CURRENCY, original=_ORIGINAL, permit=_PERMIT
)
_MATERIAL = Statement(
    select(
        STORED_JSON.label("head"),
        LINES_JSON.label("lines"),
        LINKS_JSON.label("links"),
        literal_column(_AROUND).label("around"),
    )
    .select_from(documents.join(STORED, true()).join(STORED_LINKS, true()))
    .where(of_tenant(documents), documents.c.id == bindparam("id"), documents.c.kind == bindparam("kind"))
)
_read_around = reader_of(Around)


async def material_of(books: Books, kind: Kind, key: str) -> Material:
    """Return all that is printed of a document of this kind. Raises NotFound."""
    row = found(await books.row(_MATERIAL, id=key, kind=kind.name), kind.title, key)
    return Material(
        kind=kind,
        head=read_head(row["head"]),
        lines=read_lines(row["lines"]),
        links=read_links(row["links"]),
        around=_read_around(row["around"]),
        registration=await registration_of(books, key) if kind.einvoice_type else None,
    )
