"""What a document does to the ledger, for all kinds: the side names the accounts, the effect the direction.

Source: the postings follow from double entry; tax under reverse charge is not the supplier's (CGST Act, section 9(3)).
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from domain.books import Books
from domain.documents.document import Document, Paper
from domain.documents.kinds import Effect, Kind, Side
from domain.documents.rupees import in_rupees, taxes_in_rupees
from domain.documents.sides import SideFacts
from domain.gst.itc import ItcEligibility
from domain.ledger.accounts import AccountRole, by_role
from domain.ledger.journals import Entry
from domain.money import ZERO
from domain.values import Struct

Accounts = Mapping[AccountRole, str]


async def entries(books: Books, kind: Kind, paper: Paper) -> list[Entry]:
    """Return the entries of an approved document, in rupees; none for a kind that does not post."""
    if kind.effect is Effect.NONE:
        return []
    accounts = await by_role(books, _roles(kind))
    posted = (_opening if paper.head.is_opening_balance else _trade)(kind, paper, accounts)
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
        AccountRole.TDS_PAYABLE,
        AccountRole.EXPORT_TAX_REFUNDABLE,
        *side.tax_accounts.values(),
        *side.reverse_charge_accounts.values(),
    )


def _opening(kind: Kind, paper: Paper, accounts: Accounts) -> list[Entry]:
    """A document from before the books began: what is owed, against the difference of the opening balances."""
    head = paper.head
    owed = in_rupees(head, head.total - head.tds_amount)
    return [
        Entry(accounts[kind.side.value.control_account], owed, head.contact_id),
        Entry(accounts[AccountRole.OPENING_BALANCE_DIFFERENCE], -owed),
    ]


def _trade(kind: Kind, paper: Paper, accounts: Accounts) -> list[Entry]:
    """What the other party owes, against income or cost, tax, charges and round-off; as if the party were debited.

    The control account takes the rupees of the total, as the open amounts do; the paise by which rupees that are
    rounded one by one differ from it are round-off.
    """
    head, side = paper.head, kind.side.value
    others = _supplies(paper, accounts, side)
    claimed = _claimed(head, others, accounts, side)
    others.append(Entry(accounts[side.charges_account], -in_rupees(head, head.untaxed_charges)))
    owed = in_rupees(head, head.total)
    rest = owed + sum([entry.amount for entry in others], ZERO)
    withheld = owed - in_rupees(head, head.total - head.tds_amount)
    return [
        Entry(accounts[side.control_account], owed - withheld, head.contact_id),
        Entry(accounts[AccountRole.TDS_PAYABLE], withheld),
        Entry(accounts[AccountRole.EXPORT_TAX_REFUNDABLE], claimed),
        Entry(accounts[AccountRole.ROUND_OFF], -rest - claimed),
        *others,
    ]


def _claimed(head: Document, supplies: Iterable[Entry], accounts: Accounts, side: SideFacts) -> Decimal:
    """The tax of an export that the buyer does not owe: it is paid, and claimed back (IGST Act, section 16(3))."""
    taxed = {accounts[role] for role in side.tax_accounts.values()} if head.is_export_tax_claimed else set()
    return -sum([entry.amount for entry in supplies if entry.account_id in taxed], ZERO)


def _supplies(paper: Paper, accounts: Accounts, side: SideFacts) -> list[Entry]:
    head = paper.head
    tax_accounts = {name: accounts[role] for name, role in side.tax_accounts.items()}
    owed_accounts = {name: accounts[role] for name, role in side.reverse_charge_accounts.items()}
    posted: list[Entry] = []
    for line in paper.lines:
        value = in_rupees(head, line.taxable_amount)
        taxes = taxes_in_rupees(head, line, tax_accounts, value)
        supply = Supplied(line.account_id, value, taxes, line.cost_center_id, is_creditable(line.itc_eligibility))
        is_anothers = head.is_reverse_charge or head.is_tax_paid_by_operator
        posted += supplied(supply, tax_accounts, owed_accounts, is_reverse_charge=is_anothers)
    return posted


class Supplied(Struct, frozen=True):
    """A line to post, in rupees: its account, value, tax by head, and whether the tax stands apart from the value."""

    account_id: str
    value: Decimal
    taxes: Mapping[str, Decimal]
    cost_center_id: str | None
    is_tax_apart: bool


def is_creditable(itc_eligibility: str | None) -> bool:
    """Whether the tax of a line stands in a tax account; else it is part of the cost."""
    return itc_eligibility is None or ItcEligibility(itc_eligibility).is_credited


def supplied(
    line: Supplied,
    tax_accounts: Mapping[str, str],
    owed_accounts: Mapping[str, str],
    *,
    is_reverse_charge: bool,
) -> list[Entry]:
    """The entries of one line, as credits: its value, and its tax by head where there is any.

    Under reverse charge the tax goes to ``owed_accounts`` as well, with the other sign; without such accounts it is
    the recipient's to pay, and nothing of it is posted.
    """
    posted = [Entry(line.account_id, -line.value, cost_center_id=line.cost_center_id)]
    if is_reverse_charge and not owed_accounts:
        return posted
    for name, amount in line.taxes.items():
        if not amount:
            continue
        if line.is_tax_apart:
            posted.append(Entry(tax_accounts[name], -amount))
        else:
            posted.append(Entry(line.account_id, -amount, cost_center_id=line.cost_center_id))
        if is_reverse_charge:
            posted.append(Entry(owed_accounts[name], amount))
    return posted
