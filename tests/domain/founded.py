"""Builders for tests of organizations, branches, members and tokens; each names only what matters."""

from typing import Any

from psycopg import AsyncConnection

from domain.access import members
from domain.access.members import User
from domain.books import Books
from domain.branches import Branch
from domain.founding import found_organization
from domain.gst.gstin import check_character
from domain.ids import new_id
from domain.statements import Statement, columns_of, tenant_select
from models.organization import branches
from tests.domain.conftest import NOW

PAN = "AAPFU0939F"


def a_gstin(state: str, *, pan: str = PAN, entity: str = "1") -> str:
    """A wholly valid number of a registration."""
    number = f"{state}{pan}{entity}Z"
    return number + check_character(number)


MAHARASHTRA = a_gstin("27")
KARNATAKA = a_gstin("29")
DELHI = a_gstin("07")
OTHER_PAN = a_gstin("27", pan="ABCPK1234L")


async def nobodys_books(connection: AsyncConnection[Any]) -> Books:
    """Books of the operator, on no organization."""
    return Books(connection=connection, organization_id="", user_id="", now=NOW, request_id="req_test")


async def a_user(books: Books, *, email: str = "meera@example.in") -> User:
    return await members.create_user(books, name="Meera Kulkarni", email=email)


async def a_firm(connection: AsyncConnection[Any], **particulars: Any) -> Books:
    """Found a firm of Maharashtra and open its books."""
    nobody = await nobodys_books(connection)
    owner = await a_user(nobody)
    usual = {"name": "Sahyadri Traders", "state_code": "IN-MH", "gst_no": MAHARASHTRA}
    return await found_organization(nobody, {**usual, **particulars}, owner_id=owner.id)


async def branches_of(books: Books) -> list[Branch]:
    """All branches by name."""
    query = tenant_select(branches, *columns_of(branches, Branch)).order_by(branches.c.branch_name)
    return await books.load(Branch, Statement(query))


async def branch_named(books: Books, name: str) -> Branch:
    return next(branch for branch in await branches_of(books) if branch.branch_name == name)


_CONTACT = Statement(
    """
insert into contacts (organization_id, id, contact_name, display_name, legal_name, contact_type, gst_treatment,
                      currency_code, payment_terms, contact_persons, custom_fields, status, version, created_at,
                      modified_at)
values (%(organization_id)s, %(id)s, 'Sharma', 'Sharma', 'Sharma', 'CUSTOMER', 'CONSUMER', 'INR', 0, '[]', '{}',
        'ACTIVE', 1, %(now)s, %(now)s)
"""
)
_DOCUMENT = Statement(
    """
insert into documents (organization_id, id, kind, status, branch_id, contact_id, contact_name, number, number_scope,
                       financial_year, dated_on, place_of_supply, supply_type, gst_treatment, currency_code,
                       exchange_rate, is_inclusive_tax, is_reverse_charge, is_export_with_payment,
                       is_opening_balance, sub_total, discount_total, taxable_total, cgst_total, sgst_total,
                       igst_total, cess_total, tax_total, untaxed_charges, round_off, total, payment_made,
                       amount_credited, balance, taxes, custom_fields, journal_id, approved_at, created_by, version,
                       created_at, modified_at)
values (%(organization_id)s, %(id)s, 'INVOICE', 'SENT', %(branch_id)s, %(contact_id)s, 'Sharma', 'INV/26-27/0001',
        %(scope)s, '2026-27', '2026-11-21', 'IN-MH', 'INTRA_STATE', 'CONSUMER', 'INR', 1, false, false, false, false,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '[]', '{}', 'je_1', %(now)s, 'usr_1', 1, %(now)s, %(now)s)
"""
)


async def a_posted_invoice(books: Books, branch: Branch) -> None:
    """Post an invoice of nothing for a branch."""
    contact_id = new_id("ct")
    await books.run(_CONTACT, id=contact_id, now=NOW)
    await books.run(
        _DOCUMENT,
        id=new_id("inv"),
        branch_id=branch.id,
        contact_id=contact_id,
        scope=branch.gst_no or branch.id,
        now=NOW,
    )
