"""What a purchase without a bill depends on: the organization, the branch, the vendor, and the accounts it names."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from domain.books import Books
from domain.catalog import BOUGHT_INTO
from domain.errors import Failed, NotFound
from domain.gst.treatments import RegistrationType
from domain.ledger import surroundings
from domain.ledger.account_types import MONEY_TYPES, AccountType
from domain.ledger.surroundings import NamedAccount, Surroundings
from domain.statements import Statement
from domain.values import Struct

NamedIds = dict[str, str]
"""Ids by the path of the field that names them."""

# What somebody takes out of the business for himself is paid like an expense.
_COST_TYPES = BOUGHT_INTO | {AccountType.EQUITY}


class Vendor(Struct, frozen=True, kw_only=True):
    """The contact that was paid."""

    id: str
    name: str
    is_archived: bool
    gst_treatment: str
    gst_no: str | None
    state: str | None


class Facts(Struct, frozen=True, kw_only=True):
    """The facts around one purchase; the branch's registration is the one under which credit is taken.

    ``number_scope`` is within what a number stands once a financial year, ``prefixes`` what those of the branch begin
    with. ``money_type`` is the type of the account that pays, ``None`` where none was named.
    """

    registration: RegistrationType
    base_currency: str
    branch_id: str
    branch_state: str
    number_scope: str
    prefixes: dict[str, str]
    locked_until: date | None
    vendor: Vendor | None
    money_type: str | None


_FACTS = Statement(
    """
select case when branch.gst_no is null then 'UNREGISTERED' else organization.registration_type end as registration,
       organization.currency_code as base_currency,
       branch.state_code as branch_state,
       coalesce(branch.gst_no, branch.id) as number_scope,
       branch.prefixes,
       contact.id,
       contact.contact_name as name,
       contact.contact_type,
       contact.status = 'INACTIVE' as is_archived,
       contact.gst_treatment,
       contact.gst_no,
       contact.place_of_contact as state
  from organizations as organization
  join branches as branch
    on branch.organization_id = organization.id
   and branch.id = %(branch_id)s
  left join contacts as contact
    on contact.organization_id = organization.id
   and contact.id = %(contact_id)s
 where organization.id = %(organization_id)s
"""
)


async def around(
    books: Books,
    *,
    branch_id: str | None,
    contact_id: str | None,
    money_account_id: str | None,
    accounts: NamedIds,
    cost_centers: NamedIds,
) -> Facts:
    """Return the facts around a purchase of this branch (by default the primary one) and vendor.

    ``accounts`` and ``cost_centers`` are the ids that were sent, by the path of the field. Raises: NotFound for what
    does not exist (of accounts and cost centres, for what is not in use), Failed for a contact that is no vendor, for
    money from an account that holds none, and for a cost to an account that takes none.
    """
    place = await surroundings.around(
        books,
        branch_id=branch_id,
        account_ids=[*accounts.values(), money_account_id],
        cost_center_ids=[*cost_centers.values()],
    )
    row = await books.row(_FACTS, branch_id=place.branch_id, contact_id=contact_id)
    assert row is not None, "the branch was found"
    _check_all_there(contact_id, row, place, accounts | _named(money_account_id), cost_centers)
    if contact_id is not None and row["contact_type"] not in ("VENDOR", "BOTH"):
        raise Failed(f"{row['name']} is no vendor.", field="vendor_id")
    if money_account_id is not None:
        _check_holds_money(place.accounts[money_account_id])
    for field, key in accounts.items():
        _check_takes_costs(place.accounts[key], field)
    return Facts(
        registration=RegistrationType(row["registration"]),
        base_currency=row["base_currency"],
        branch_id=place.branch_id,
        branch_state=row["branch_state"],
        number_scope=row["number_scope"],
        prefixes=row["prefixes"],
        locked_until=place.locked_until,
        money_type=None if money_account_id is None else place.accounts[money_account_id].account_type,
        vendor=None if contact_id is None else Vendor(**{name: row[name] for name in Vendor.__struct_fields__}),
    )


def named_ids(name: str, sent: Mapping[str, Any], lines: Sequence[Mapping[str, Any]] | None) -> dict[str, str]:
    """The ids of this name that were sent, on the paper itself and on its lines, by the path of the field."""
    paths = {name: sent, **{f"line_items[{index}].{name}": line for index, line in enumerate(lines or ())}}
    return {path: values[name] for path, values in paths.items() if values.get(name) is not None}


def _named(money_account_id: str | None) -> dict[str, str]:
    return {} if money_account_id is None else {"paid_through_account_id": money_account_id}


def _check_all_there(
    contact_id: str | None,
    row: Mapping[str, Any],
    place: Surroundings,
    accounts: NamedIds,
    cost_centers: NamedIds,
) -> None:
    if contact_id is not None and row["id"] is None:
        raise NotFound("Contact", contact_id, field="vendor_id")
    for noun, named, present in (
        ("Account", accounts, place.accounts),
        ("Cost centre", cost_centers, place.cost_center_ids),
    ):
        for field, key in named.items():
            if key not in present:
                raise NotFound(noun, key, field=field)


def _check_holds_money(account: NamedAccount) -> None:
    if account.account_type not in MONEY_TYPES:
        raise Failed(f"{account.name} is neither a bank nor a cash account.", field="paid_through_account_id")


def _check_takes_costs(account: NamedAccount, field: str) -> None:
    if account.account_type not in _COST_TYPES or account.is_control:
        raise Failed(f"{account.name}, an account of type {account.account_type}, takes no costs.", field=field)
