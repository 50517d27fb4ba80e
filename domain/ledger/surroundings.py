"""What an entry by hand depends on: the lock date, the branch, and the accounts, contacts and cost centres it names."""

from collections.abc import Container, Sequence
from datetime import date

from domain.books import Books
from domain.errors import Failed, NotFound
from domain.ledger.account_types import AccountType
from domain.ledger.accounts import AccountRole
from domain.statements import Statement, reader_of
from domain.values import Struct

_CONTROL_TYPES = frozenset((AccountType.ACCOUNTS_RECEIVABLE, AccountType.ACCOUNTS_PAYABLE))
_CONTROL_ROLES = frozenset((AccountRole.CUSTOMER_ADVANCES, AccountRole.VENDOR_ADVANCES))


class NamedAccount(Struct, frozen=True):
    """What an entry by hand has to know of an account."""

    id: str
    name: str
    account_type: str
    role: str | None

    @property
    def is_control(self) -> bool:
        """Whether it holds what contacts owe or are owed, and so equals the sum of documents and payments."""
        return self.account_type in _CONTROL_TYPES or self.role in _CONTROL_ROLES


class Surroundings(Struct, frozen=True):
    """The branch and the lock date, and of what was named that which exists and is in use."""

    locked_until: date | None
    branch_id: str
    accounts: dict[str, NamedAccount]
    contact_ids: frozenset[str]
    cost_center_ids: frozenset[str]


_AROUND = Statement(
    """
select organization.locked_until,
       branch.id as branch_id,
       branch.is_active as is_branch_active,
       (select coalesce(json_agg(named), '[]')
          from (select id, name, account_type, role
                  from accounts
                 where organization_id = organization.id
                   and id = any(%(account_ids)s)
                   and is_active) as named)::text as accounts,
       array(select id
               from contacts
              where organization_id = organization.id
                and id = any(%(contact_ids)s)) as contact_ids,
       array(select id
               from cost_centers
              where organization_id = organization.id
                and id = any(%(cost_center_ids)s)
                and is_active) as cost_center_ids
  from organizations as organization
  left join branches as branch
    on branch.organization_id = organization.id
   and branch.id = coalesce(%(branch_id)s, (select id
                                              from branches
                                             where organization_id = organization.id
                                               and is_primary))
 where organization.id = %(organization_id)s
"""
)
_read_accounts = reader_of(list[NamedAccount])


async def around(
    books: Books,
    *,
    branch_id: str | None,
    account_ids: Sequence[str | None],
    contact_ids: Sequence[str | None] = (),
    cost_center_ids: Sequence[str | None] = (),
    is_new: bool = True,
) -> Surroundings:
    """Return what surrounds an entry in this branch, by default the primary one.

    Raises: NotFound for a branch that does not exist, Failed for a new entry in one that is no longer active.
    """
    named = {"account_ids": account_ids, "contact_ids": contact_ids, "cost_center_ids": cost_center_ids}
    wanted = {name: [key for key in keys if key is not None] for name, keys in named.items()}
    row = await books.row(_AROUND, branch_id=branch_id, **wanted)
    assert row is not None, "the transaction names an organization that exists"
    if row["branch_id"] is None:
        raise NotFound("Branch", branch_id or "primary", field="branch_id")
    if is_new and not row["is_branch_active"]:
        raise Failed("The branch is no longer active.", field="branch_id")
    return Surroundings(
        locked_until=row["locked_until"],
        branch_id=row["branch_id"],
        accounts={account.id: account for account in _read_accounts(row["accounts"])},
        contact_ids=frozenset(row["contact_ids"]),
        cost_center_ids=frozenset(row["cost_center_ids"]),
    )


def check_all_found(noun: str, keys: Sequence[str | None], present: Container[str], *, field: str) -> None:
    """Refuse the first id that is not among those ``present``; ``field`` has a place for its index. Raises NotFound."""
    for index, key in enumerate(keys):
        if key is not None and key not in present:
            raise NotFound(noun, key, field=field.format(index))
