"""What a document depends on beside its own fields: the organization, the branch, the contact, items and accounts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from domain.addresses import Address
from domain.books import Books
from domain.documents.kinds import Kind
from domain.errors import Failed, NotFound
from domain.gst.treatments import RegistrationType
from domain.statements import Statement, reader_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """The facts around one document. The branch's registration is what the document is issued under."""

    organization_registration: str
    is_round_off_enabled: bool
    locked_until: date | None
    aggregate_turnover: Decimal | None
    base_currency: str
    branch_id: str
    branch_gst_no: str | None
    branch_state: str
    prefixes: dict[str, str]
    is_branch_active: bool
    contact_id: str
    contact_name: str
    contact_type: str
    contact_status: str
    contact_gst_treatment: str
    contact_gst_no: str | None
    contact_currency: str
    contact_payment_terms: int
    contact_state: str | None
    billing_address: Address | None
    shipping_address: Address | None

    @property
    def registration(self) -> RegistrationType:
        """How the branch is registered: a branch without a GSTIN charges no tax."""
        return RegistrationType(self.organization_registration if self.branch_gst_no else "UNREGISTERED")

    @property
    def number_scope(self) -> str:
        """Within what a number stands once a financial year: the registration, or the branch where there is none."""
        return self.branch_gst_no or self.branch_id


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem:
    """What a line may take from its item."""

    id: str
    item_name: str
    item_type: str
    hsn_or_sac: str | None
    unit: str | None
    unit_code: str | None
    rate: Decimal | None
    purchase_rate: Decimal | None
    tax_id: str | None
    account_id: str | None
    purchase_account_id: str | None
    description: str | None


_FACTS = """
select organization.registration_type as organization_registration,
       organization.is_round_off_enabled,
       organization.locked_until,
       organization.aggregate_turnover,
       organization.currency_code as base_currency,
       branch.id as branch_id,
       branch.gst_no as branch_gst_no,
       branch.state_code as branch_state,
       branch.prefixes,
       branch.is_active as is_branch_active,
       contact.id as contact_id,
       contact.contact_name,
       contact.contact_type,
       contact.status as contact_status,
       contact.gst_treatment as contact_gst_treatment,
       contact.gst_no as contact_gst_no,
       contact.currency_code as contact_currency,
       contact.payment_terms as contact_payment_terms,
       contact.place_of_contact as contact_state,
       contact.billing_address,
       contact.shipping_address
  from organizations as organization
  left join branches as branch
    on branch.organization_id = organization.id
   and branch.id = {branch_id}
  left join contacts as contact
    on contact.organization_id = organization.id
   and contact.id = {contact_id}
 where organization.id = {organization_id}
"""

# One round trip for all that a draft depends on. Absent parts come back as nulls, to be named in the refusal.
_AROUND = Statement(
    f"""
with fact as ({
        _FACTS.format(
            organization_id="%(organization_id)s",
            branch_id='''coalesce(%(branch_id)s, (select id
                                              from branches
                                             where organization_id = %(organization_id)s
                                               and is_primary))''',
            contact_id="%(contact_id)s",
        )
    })
select fact.branch_id,
       fact.contact_id,
       row_to_json(fact)::text as fact,
       (select coalesce(json_agg(item), '[]')
          from (select id, item_name, item_type, hsn_or_sac, unit, unit_code, trim_scale(rate) as rate,
                       trim_scale(purchase_rate) as purchase_rate, tax_id, account_id, purchase_account_id,
                       description
                  from items
                 where organization_id = %(organization_id)s
                   and id = any(%(item_ids)s)) as item)::text as items,
       array(select id
               from accounts
              where organization_id = %(organization_id)s
                and id = any(%(account_ids)s)
                and is_active) as account_ids,
       array(select id
               from cost_centers
              where organization_id = %(organization_id)s
                and id = any(%(cost_center_ids)s)
                and is_active) as cost_center_ids
  from fact
"""  # noqa: S608  # no value in it
)

_stored = _FACTS.format(
    organization_id="documents.organization_id",
    branch_id="documents.branch_id",
    contact_id="documents.contact_id",
)
AROUND_STORED = f"select row_to_json(fact) from ({_stored}) as fact"  # noqa: S608  # no value in it
"""The same for a stored document, as one JSON object: a scalar subquery for a selection of documents."""

read_facts = reader_of(Circumstances)
_read_items = reader_of(list[LineItem])


async def around(
    books: Books, kind: Kind, *, branch_id: str | None, contact_id: str, lines: Sequence[Mapping[str, Any]]
) -> tuple[Circumstances, dict[str, LineItem]]:
    """Return the facts around a document of this branch (by default the primary one) and contact, and its items by id.

    Raises: NotFound for a branch, contact, item, account or cost centre that does not exist (of the latter two, that is
    not in use), Failed for a contact of the other side.
    """
    named = {name: [line.get(name) for line in lines] for name in ("item_id", "account_id", "cost_center_id")}
    wanted = {f"{name}s": [key for key in keys if key is not None] for name, keys in named.items()}
    row = await books.look(_AROUND, branch_id=branch_id, contact_id=contact_id, **wanted)
    assert row is not None, "the transaction names an organization that exists"
    if row["branch_id"] is None:
        raise NotFound("Branch", branch_id or "primary", field="branch_id")
    if row["contact_id"] is None:
        raise NotFound("Contact", contact_id, field=kind.side.value.contact_field)
    facts = read_facts(row["fact"])
    _check_side(kind, facts)
    items = {item.id: item for item in _read_items(row["items"])}
    for noun, name, present in (
        ("Item", "item_id", items),
        ("Account", "account_id", row["account_ids"]),
        ("Cost centre", "cost_center_id", row["cost_center_ids"]),
    ):
        _check_all_found(noun, name, named[name], present)
    return facts, items


def _check_side(kind: Kind, facts: Circumstances) -> None:
    side = kind.side.value
    if facts.contact_type not in side.contact_types:
        raise Failed(f"{facts.contact_name} is no {side.contact_noun}.", field=side.contact_field)


def _check_all_found(noun: str, name: str, ids: Sequence[str | None], present: Iterable[str]) -> None:
    known = {None, *present}
    for index, key in enumerate(ids):
        if key not in known:
            raise NotFound(noun, str(key), field=f"line_items[{index}].{name}")
