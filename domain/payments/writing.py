"""The statement that writes a new payment with its number, its journals and all that it settled, in one round trip."""

from domain.books import Books
from domain.documents.numbering import prefix_on
from domain.happenings import RECORDING_NUMBERED, recorded
from domain.ledger.journals import Journal
from domain.payments.loading import Surroundings
from domain.payments.payment import FLOWS, Payment
from domain.settlements import SETTLED, Outcome, values_of
from domain.statements import Statement, as_rows
from domain.values import Struct, replace


def _listed(row: type[Struct], but: str, *, table: str = "") -> str:
    return ", ".join(f"{table}{name}" for name in row.__struct_fields__ if name != but)


# The number is taken last, so that its counter is locked no longer than needed (CGST Rules, rules 50 to 52).
_INSERT = Statement(
    f"""
with numbered as materialized (
  select %(id)s::text as id,
         take_number(%(organization_id)s, %(branch_id)s, %(flow)s, %(prefix)s, %(number_scope)s,
                     %(financial_year)s) as number
), payment as (
  insert into payments (organization_id, number, {_listed(Payment, "number")})
  select %(organization_id)s, numbered.number, {_listed(Payment, "number", table="new.")}
    from json_populate_recordset(null::payments, %(payment)s) as new, numbered
), journal as (
  insert into journals (organization_id, reference, {_listed(Journal, "reference")})
  select %(organization_id)s, numbered.number, {_listed(Journal, "reference", table="new.")}
    from json_populate_recordset(null::journals, %(journals)s) as new, numbered
), {SETTLED.strip()}, {RECORDING_NUMBERED}
select number from numbered
"""  # noqa: S608  # names of columns only
)


async def insert(books: Books, payment: Payment, facts: Surroundings, outcome: Outcome) -> str:
    """Write a new payment with what it settled, and return its number: the last statement of the request.

    Locks the number series, then balances.
    """
    assert facts.prefixes is not None, "a payment has a branch"
    row = await books.finish(
        _INSERT,
        id=payment.id,
        branch_id=payment.branch_id,
        flow=payment.flow,
        prefix=prefix_on(FLOWS[payment.flow].series, facts.prefixes, payment.dated_on),
        number_scope=payment.number_scope,
        financial_year=payment.financial_year,
        payment=as_rows([payment]),
        **values_of(outcome),
        **recorded(books),
    )
    assert row is not None, "the statement always gives one row"
    number: str = row["number"]
    return number


def written(books: Books, payment: Payment) -> Payment:
    """A stored payment as it stands once it is written."""
    return replace(payment, version=payment.version + 1, modified_at=books.now)
