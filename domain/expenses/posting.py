"""What an expense does to the ledger: costs and tax against the account that the money came from."""

from domain.books import Books
from domain.documents.posting import Supplied, is_creditable, supplied
from domain.documents.sides import Side
from domain.expenses.reckoning import Reckoned
from domain.ledger.accounts import AccountRole, by_role
from domain.ledger.journals import Entry, Posting, Source, journal_of
from domain.money import ZERO, check_money, round_paise

_BUYING = Side.PURCHASE.value


async def posting_of(books: Books, reckoned: Reckoned) -> Posting | None:
    """Return the journal of an expense; ``None`` where it comes to nothing in rupees."""
    head = reckoned.expense.head
    source = Source(
        entry_on=head.dated_on,
        branch_id=head.branch_id,
        source_type="EXPENSE",
        source_id=head.id,
        narration=head.contact_name,
        reference=head.reference_number,
    )
    return journal_of(books, source, await _entries(books, reckoned))


async def _entries(books: Books, reckoned: Reckoned) -> list[Entry]:
    """Debits of the costs and the tax, and what was paid; paise that rupees rounded one by one leave are round-off."""
    head = reckoned.expense.head
    tax_roles, owed_roles = _BUYING.tax_accounts, _BUYING.reverse_charge_accounts
    accounts = await by_role(books, (*tax_roles.values(), *owed_roles.values(), AccountRole.ROUND_OFF))
    tax_accounts = {name: accounts[role] for name, role in tax_roles.items()}
    owed_accounts = {name: accounts[role] for name, role in owed_roles.items()}
    costs = [
        Entry(entry.account_id, -entry.amount, cost_center_id=entry.cost_center_id)
        for line in _supplies(reckoned)
        for entry in supplied(line, tax_accounts, owed_accounts, is_reverse_charge=head.is_reverse_charge)
    ]
    paid = check_money(round_paise(head.total * head.exchange_rate), field="exchange_rate")
    rest = paid - sum((entry.amount for entry in costs), ZERO)
    return [*costs, Entry(head.paid_through_account_id, -paid), Entry(accounts[AccountRole.ROUND_OFF], rest)]


def _supplies(reckoned: Reckoned) -> list[Supplied]:
    return [
        Supplied(
            account_id=line.account_id,
            value=tax.taxable,
            taxes={
                "cgst_amount": tax.cgst,
                "sgst_amount": tax.sgst,
                "igst_amount": tax.igst,
                "cess_amount": tax.cess,
            },
            cost_center_id=line.cost_center_id,
            is_tax_apart=is_creditable(line.itc_eligibility),
        )
        for line, tax in zip(reckoned.expense.lines, reckoned.in_rupees, strict=True)
    ]
