"""What a document does to the ledger, for all kinds: the side names the accounts, the effect the direction.

Source: the postings follow from double entry; tax under reverse charge is not the supplier's (CGST Act, section 9(3)).
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from domain.books import Books
from domain.documents.document import Document, Line, Paper
from domain.documents.kinds import Effect, Kind, Side
from domain.ledger.accounts import AccountRole, by_role
from domain.ledger.journals import Entry
from domain.money import ZERO, round_paise

_PERCENT = Decimal("0.01")
Accounts = Mapping[AccountRole, str]


async def entries(books: Books, kind: Kind, paper: Paper) -> list[Entry]:
    """Return the entries of an approved document, in rupees; none for a kind that does not post."""
    if kind.effect is Effect.NONE:
        return []
    accounts = await by_role(books, _roles(kind))
    posted = list(_opening(kind, paper, accounts) if paper.head.is_opening_balance else _trade(kind, paper, accounts))
    if _debits_contact(kind):
        return posted
    return [Entry(entry.account_id, -entry.amount, entry.contact_id, entry.cost_center_id) for entry in posted]


def _debits_contact(kind: Kind) -> bool:
    return (kind.side is Side.SALE) == (kind.effect is Effect.POSTS)


def _roles(kind: Kind) -> tuple[AccountRole, ...]:
    side = kind.side.value
    return (
        side.control_account,
        side.default_account,
        side.charges_account,
        AccountRole.ROUND_OFF,
        AccountRole.OPENING_BALANCE_DIFFERENCE,
        *side.tax_accounts.values(),
    )


def _opening(kind: Kind, paper: Paper, accounts: Accounts) -> Iterator[Entry]:
    """A document from before the books began: what is owed, against the difference of the opening balances."""
    head = paper.head
    owed = _in_rupees(head, head.total)
    yield Entry(accounts[kind.side.value.control_account], owed, head.contact_id)
    yield Entry(accounts[AccountRole.OPENING_BALANCE_DIFFERENCE], -owed)


def _trade(kind: Kind, paper: Paper, accounts: Accounts) -> Iterator[Entry]:
    """What the other party owes, against income or cost, tax, charges and round-off; as if the party were debited."""
    head, side = paper.head, kind.side.value
    others = [*_supplies(paper, accounts, side.tax_accounts)]
    others.append(Entry(accounts[side.charges_account], -_in_rupees(head, head.untaxed_charges)))
    others.append(Entry(accounts[AccountRole.ROUND_OFF], -_in_rupees(head, head.round_off)))
    owed = -sum((entry.amount for entry in others), ZERO)
    yield Entry(accounts[side.control_account], owed, head.contact_id)
    yield from others


def _supplies(paper: Paper, accounts: Accounts, tax_accounts: Mapping[str, AccountRole]) -> Iterator[Entry]:
    for line in paper.lines:
        value = _in_rupees(paper.head, line.taxable_amount)
        yield Entry(line.account_id, -value, cost_center_id=line.cost_center_id)
        if paper.head.is_reverse_charge:
            continue  # the tax is shown, but it is the recipient's to pay
        for name, role in tax_accounts.items():
            yield Entry(accounts[role], -_tax_in_rupees(paper.head, line, name, value))


def _in_rupees(head: Document, amount: Decimal) -> Decimal:
    return amount if head.exchange_rate == 1 else round_paise(amount * head.exchange_rate)


def _tax_in_rupees(head: Document, line: Line, name: str, value: Decimal) -> Decimal:
    """The tax of one head: on the value in rupees where the document is in another currency (CGST Rules, rule 34)."""
    amount: Decimal = getattr(line, name)
    if head.exchange_rate == 1 or not amount:
        return amount
    percent = {
        "igst_amount": line.tax_percentage,
        "cgst_amount": line.tax_percentage / 2,
        "sgst_amount": line.tax_percentage / 2,
        "cess_amount": line.cess_percentage,
    }[name]
    return round_paise(value * percent * _PERCENT)
