"""What a document depends on beside its own fields: the organization, the branch, the contact, items and accounts."""

from collections.abc import Container, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domain.addresses import Address
from domain.books import Books
from domain.documents.kinds import Kind
from domain.errors import Failed, NotFound
from domain.gst.returns.locks import LAST_OF_BRANCH, Filed
from domain.gst.treatments import RegistrationType
from domain.statements import Statement, as_rows, reader_of
from domain.values import Struct


class Circumstances(Struct, frozen=True, kw_only=True):
    """The facts around one document. The branch's registration is what the document is issued under.

    ``gstr1_filed`` is the last GSTR-1 that this registration has filed.
    """

    organization_registration: str
    is_round_off_enabled: bool
    credit_limit_action: str
    locked_until: date | None
    gstr1_filed: Filed | None
    aggregate_turnover: Decimal | None
    base_currency: str
    branch_id: str
    branch_gst_no: str | None
    branch_state: str
    branch_address: Address | None
    is_einvoicing_enabled: bool = False
    prefixes: dict[str, str]
    series: list[dict[str, str | None]]
    is_branch_active: bool
    contact_id: str
    contact_name: str
    contact_type: str
    contact_status: str
    contact_gst_treatment: str
    contact_gst_no: str | None
    contact_currency: str
    contact_payment_terms: int
    contact_credit_limit: Decimal | None
    contact_state: str | None
    billing_address: Address | None
    shipping_address: Address | None
    salesperson_id: str | None
    salesperson_name: str | None
    salesperson_status: str | None

    @property
    def registration(self) -> RegistrationType:
        """How the branch is registered: a branch without a GSTIN charges no tax."""
        return RegistrationType(self.organization_registration if self.branch_gst_no else "UNREGISTERED")

    def prefixes_of(self, series_name: str) -> dict[str, str]:
        """What numbers begin with in one of the branch's series; where that says nothing, as in the default one."""
        of_series = next((each for each in self.series if each["series_name"] == series_name), {})
        return {**self.prefixes, **{kind: prefix for kind, prefix in of_series.items() if prefix is not None}}

    @property
    def number_scope(self) -> str:
        """Within what a number stands once a financial year: the registration, or the branch where there is none."""
        return self.branch_gst_no or self.branch_id

    @property
    def refuses_over_limit(self) -> bool:
        """Whether nothing is posted beyond a customer's credit limit; else that is only warned of."""
        return self.credit_limit_action == "REFUSE"


class LineItem(Struct, frozen=True, kw_only=True):
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
    cess_per_unit: Decimal | None
    account_id: str | None
    purchase_account_id: str | None
    description: str | None


_LAST_GSTR1 = LAST_OF_BRANCH.format(form="'GSTR1'")
_FACTS = f"""
select organization.registration_type as organization_registration,
       organization.is_round_off_enabled,
       organization.credit_limit_action,
       organization.locked_until,
       (select row_to_json(filed) from ({_LAST_GSTR1}) as filed) as gstr1_filed,
       organization.aggregate_turnover,
       organization.currency_code as base_currency,
       branch.id as branch_id,
       branch.gst_no as branch_gst_no,
       branch.state_code as branch_state,
       branch.address as branch_address,
       branch.is_einvoicing_enabled,
       branch.prefixes,
       branch.series,
       branch.is_active as is_branch_active,
       contact.id as contact_id,
       contact.contact_name,
       contact.contact_type,
       contact.status as contact_status,
       contact.gst_treatment as contact_gst_treatment,
       contact.gst_no as contact_gst_no,
       contact.currency_code as contact_currency,
       contact.payment_terms as contact_payment_terms,
       contact.credit_limit as contact_credit_limit,
       contact.place_of_contact as contact_state,
       contact.billing_address,
       contact.shipping_address,
       salesperson.id as salesperson_id,
       salesperson.salesperson_name,
       salesperson.status as salesperson_status
  from organizations as organization
  left join branches as branch
    on branch.organization_id = organization.id
   and branch.id = {{branch_id}}
  left join contacts as contact
    on contact.organization_id = organization.id
   and contact.id = {{contact_id}}
  left join salespersons as salesperson
    on salesperson.organization_id = organization.id
   and salesperson.id = {{salesperson_id}}
 where organization.id = {{organization_id}}
"""  # noqa: S608  # no value in it
_PRIMARY_BRANCH = "(select id from branches where organization_id = %(organization_id)s and is_primary)"
_asked = _FACTS.format(
    organization_id="%(organization_id)s",
    branch_id=f"coalesce(asked.branch_id, {_PRIMARY_BRANCH})",
    contact_id="asked.contact_id",
    salesperson_id="asked.salesperson_id",
)

# One round trip for all that drafts depend on. Absent parts come back as nulls, to be named in the refusal.
_AROUND = Statement(
    f"""
select (select coalesce(json_agg(known), '[]')
          from (select asked.branch_id as asked_branch_id, asked.contact_id as asked_contact_id,
                       asked.salesperson_id as asked_salesperson_id, fact.branch_id, fact.contact_id,
                       case when fact.branch_id is not null and fact.contact_id is not null
                            then row_to_json(fact) end as facts
                  from json_to_recordset(%(asked)s) as asked(branch_id text, contact_id text, salesperson_id text)
                 cross join lateral ({_asked}) as fact) as known)::text as known,
       (select coalesce(json_agg(item), '[]')
          from (select id, item_name, item_type, hsn_or_sac, unit, unit_code, trim_scale(rate) as rate,
                       trim_scale(purchase_rate) as purchase_rate, tax_id, trim_scale(cess_per_unit) as cess_per_unit,
                       account_id, purchase_account_id, description
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
"""  # noqa: S608  # no value in it
)

_stored = _FACTS.format(
    organization_id="documents.organization_id",
    branch_id="documents.branch_id",
    contact_id="documents.contact_id",
    salesperson_id="documents.salesperson_id",
)
AROUND_STORED = f"select row_to_json(fact) from ({_stored}) as fact"  # noqa: S608  # no value in it
"""The same for a stored document, as one JSON object: a scalar subquery for a selection of documents."""


class Asked(Struct, frozen=True, kw_only=True):
    """The branch (``None``: the primary one), contact, salesperson and lines that a draft names."""

    branch_id: str | None
    contact_id: str
    salesperson_id: str | None
    lines: Sequence[Mapping[str, Any]]

    @property
    def key(self) -> "_Key":
        """What its facts are found by."""
        return self.branch_id, self.contact_id, self.salesperson_id


_Key = tuple[str | None, str, str | None]


class _Known(Struct, frozen=True, kw_only=True):
    asked_branch_id: str | None
    asked_contact_id: str
    asked_salesperson_id: str | None
    branch_id: str | None
    contact_id: str | None
    facts: Circumstances | None


class Surroundings(Struct, frozen=True):
    """What was found around some drafts; ``of`` tells it for each, or what it lacks."""

    _known: Mapping[_Key, _Known]
    _items: Mapping[str, LineItem]
    _account_ids: frozenset[str]
    _cost_center_ids: frozenset[str]

    def of(self, kind: Kind, asked: Asked) -> tuple[Circumstances, Mapping[str, LineItem]]:
        """Return the facts around one of the drafts, and the items by id.

        Raises: NotFound for a branch, contact, salesperson, item, account or cost centre that does not exist (of the
        latter two, that is not in use), Failed for a contact of the other side.
        """
        known = self._known[asked.key]
        if known.branch_id is None:
            raise NotFound("Branch", asked.branch_id or "primary", field="branch_id")
        if known.facts is None:
            raise NotFound("Contact", asked.contact_id, field=kind.side.value.contact_field)
        _check_side(kind, known.facts)
        if asked.salesperson_id is not None and known.facts.salesperson_id is None:
            raise NotFound("Salesperson", asked.salesperson_id, field="salesperson_id")
        _check_all_found("Item", "item_id", asked.lines, self._items)
        _check_all_found("Account", "account_id", asked.lines, self._account_ids)
        _check_all_found("Cost centre", "cost_center_id", asked.lines, self._cost_center_ids)
        return known.facts, self._items


read_facts = reader_of(Circumstances)
_read_known = reader_of(list[_Known])
_read_items = reader_of(list[LineItem])


async def around(books: Books, drafts: Sequence[Asked]) -> Surroundings:
    """Look up what the drafts depend on, all at once."""
    keys = dict.fromkeys(draft.key for draft in drafts)
    row = await books.look(
        _AROUND,
        asked=as_rows([dict(zip(("branch_id", "contact_id", "salesperson_id"), key, strict=True)) for key in keys]),
        item_ids=_named("item_id", drafts),
        account_ids=_named("account_id", drafts),
        cost_center_ids=_named("cost_center_id", drafts),
    )
    assert row is not None, "the statement always gives one row"
    return Surroundings(
        {
            (known.asked_branch_id, known.asked_contact_id, known.asked_salesperson_id): known
            for known in _read_known(row["known"])
        },
        {item.id: item for item in _read_items(row["items"])},
        frozenset(row["account_ids"]),
        frozenset(row["cost_center_ids"]),
    )


def _named(name: str, drafts: Sequence[Asked]) -> list[str]:
    keys = (line.get(name) for draft in drafts for line in draft.lines)
    return list(dict.fromkeys(key for key in keys if key is not None))


def _check_side(kind: Kind, facts: Circumstances) -> None:
    side = kind.side.value
    if facts.contact_type not in kind.contact_types:
        raise Failed(f"{facts.contact_name} is no {side.contact_noun}.", field=side.contact_field)


def _check_all_found(noun: str, name: str, lines: Sequence[Mapping[str, Any]], present: Container[str]) -> None:
    for index, line in enumerate(lines):
        key = line.get(name)
        if key is not None and key not in present:
            raise NotFound(noun, key, field=f"line_items[{index}].{name}")
