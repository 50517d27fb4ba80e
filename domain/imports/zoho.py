"""Zoho Books' export files, as data: what each of our columns takes from theirs, and what is not taken over.

Sources: the GST columns and their values stand in Zoho's help ("gst-import-format", zoho.com/in/books/kb/gst), account
types in its help on the chart of accounts; the headers are those of the files that "Export data" and "Backup" write, as
programs that read them list them in public (one row a line, the head's columns repeated on each).
"""

from types import MappingProxyType

from domain.imports import references
from domain.imports.kinds import STATUS
from domain.imports.references import Reference
from domain.imports.translation import THING, Cells, ForeignFile, changed, said
from domain.imports.twins import ITEM_TWIN
from domain.imports.zoho_contacts import CONTACTS, INACTIVE_CONTACTS, OPENINGS
from domain.imports.zoho_documents import DOCUMENTS
from domain.imports.zoho_money import MONEY
from domain.imports.zoho_notes import APPLIED, NOTES
from domain.imports.zoho_values import account_head, account_name, account_type, code_of, is_inactive, not_nought
from domain.ledger.account_types import AccountType

# Accounts that postings rely on: ours take their part, whatever Zoho calls them.
_OURS = frozenset(
    (AccountType.ACCOUNTS_RECEIVABLE, AccountType.ACCOUNTS_PAYABLE, AccountType.GST_ASSET, AccountType.GST_LIABILITY)
)


def _not_ours(cells: Cells) -> str | None:
    """Why an account is not made: one of ours does the same."""
    name = said("Account Name")(cells)
    ours = account_name(name)
    if ours != name:
        return f"'{ours}' takes its part."
    if account_type(said("Account Type")(cells)) in _OURS:
        return "Postings keep such accounts themselves."
    return None


ACCOUNTS = ForeignFile(
    names=("chart_of_accounts", "chart of accounts", "accounts"),
    operation="create_account",
    identity=("Account ID", "Account Name"),
    columns=MappingProxyType(
        {
            "name": said("Account Name"),
            "code": lambda cells: said("Account Code", "Account #")(cells) or code_of(said("Account Name")(cells)),
            "account_type": changed(account_type, "Account Type"),
            "schedule_iii_head": account_head,
            "description": said("Description"),
            "currency_code": said("Currency", "Currency Code"),
        }
    ),
    left_out=_not_ours,
    known_by="name",
    if_taken=MappingProxyType({"code": lambda code: f"ZB-{code}"}),
)
_is_inactive_account = is_inactive("Account Status", "Status")
INACTIVE_ACCOUNTS = ForeignFile(
    names=ACCOUNTS.names,
    part="archived",
    reads=lambda cells: _is_inactive_account(cells) and not _not_ours(cells),
    operation="archive_account",
    identity=ACCOUNTS.identity,
    columns=MappingProxyType({"account_name": said("Account Name")}),
    references=(Reference("account_name", (THING,), "Account", references.accounts_by_name),),
)

ITEMS = ForeignFile(
    names=("item", "items"),
    operation="create_item",
    identity=("Item ID", "Item Name"),
    columns=MappingProxyType(
        {
            "item_name": said("Item Name", "Name"),
            "sku": said("SKU"),
            "item_type": changed(
                lambda word: "SERVICE" if word.lower().startswith("serv") else "GOODS", "Product Type", "Item Type"
            ),
            "hsn_or_sac": said("HSN/SAC"),
            "unit": said("Usage unit", "Unit Name"),
            "rate": said("Rate", "Selling Price"),
            "purchase_rate": said("Purchase Rate"),
            "description": said("Description"),
            "tax_percentage": changed(not_nought, "Intra State Tax Rate", "Tax Percentage", "Inter State Tax Rate"),
            "account_name": changed(account_name, "Account"),
            "purchase_account_name": changed(account_name, "Purchase Account"),
            "status": changed(str.upper, "Status"),
        }
    ),
    references=(
        Reference("tax_percentage", ("tax_id",), "Tax of the rate", references.taxes_by_rate),
        Reference("account_name", ("account_id",), "Account", references.accounts_by_name),
        Reference("purchase_account_name", ("purchase_account_id",), "Account", references.accounts_by_name),
    ),
    orders=(STATUS,),
    known_by="item_name",
    twin=ITEM_TWIN,
    afterwards=MappingProxyType({"INACTIVE": "archive_item"}),
)


def _not_in_rupees(cells: Cells) -> str | None:
    if said("Status", "Journal Status")(cells).lower() == "draft":
        return "It is a draft, which posts nothing."
    currency = said("Currency", "Currency Code")(cells)
    return None if currency in ("", "INR") else f"It is in {currency}; entries by hand are in rupees."


JOURNALS = ForeignFile(
    names=("journal", "journals", "manual_journals"),
    operation="create_journal",
    identity=("Journal ID", "Journal Number", "Reference Number"),
    columns=MappingProxyType(
        {
            "date": said("Journal Date", "Date"),
            "reference_number": said("Journal Number", "Reference Number"),
            "memo": said("Notes"),
            "account_name": changed(account_name, "Account"),
            "contact_name": said("Contact Name"),
            "lines.debit": changed(not_nought, "Debit"),
            "lines.credit": changed(not_nought, "Credit"),
            "lines.description": said("Description"),
        }
    ),
    references=(
        Reference("account_name", ("lines", "account_id"), "Account", references.accounts_by_name),
        Reference("contact_name", ("lines", "contact_id"), "Contact", references.contacts),
    ),
    left_out=_not_in_rupees,
)

FILES: tuple[ForeignFile, ...] = (
    ACCOUNTS,
    *CONTACTS,
    ITEMS,
    *OPENINGS,
    *DOCUMENTS,
    *NOTES,
    *MONEY,
    *APPLIED,
    JOURNALS,
    *INACTIVE_CONTACTS,
    INACTIVE_ACCOUNTS,
)
"""Every file that is taken over, in the order in which one refers to the other; what is archived is so at the end."""
