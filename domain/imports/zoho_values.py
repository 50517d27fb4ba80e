"""Single values as Zoho Books writes them, and what they are here."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from domain.gst.treatments import ZOHO_TREATMENTS
from domain.imports.translation import Cells, said
from domain.ledger.account_types import AccountType
from domain.ledger.schedule_iii import FITTING, PrescribedHead

_NO_PHONE = re.compile(r"[^0-9 +().,/#-]")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)")
_DAYS = re.compile(r"(?:net\s*)?(\d{1,3})(?:\s*days?)?", re.IGNORECASE)
_BETWEEN = re.compile(r"[^A-Za-z0-9]+")

# Source: the types of accounts in Zoho Books' help on the chart of accounts.
ACCOUNT_TYPES: Mapping[str, AccountType] = MappingProxyType(
    {
        "cash": AccountType.CASH,
        "bank": AccountType.BANK,
        "accounts receivable": AccountType.ACCOUNTS_RECEIVABLE,
        "other current asset": AccountType.OTHER_CURRENT_ASSET,
        "stock": AccountType.STOCK,
        "payment clearing": AccountType.OTHER_CURRENT_ASSET,
        "payment clearing account": AccountType.OTHER_CURRENT_ASSET,
        "input tax": AccountType.GST_ASSET,
        "fixed asset": AccountType.FIXED_ASSET,
        "other asset": AccountType.OTHER_ASSET,
        "accounts payable": AccountType.ACCOUNTS_PAYABLE,
        "other current liability": AccountType.OTHER_CURRENT_LIABILITY,
        "credit card": AccountType.OTHER_CURRENT_LIABILITY,
        "overseas tax payable": AccountType.OTHER_CURRENT_LIABILITY,
        "output tax": AccountType.GST_LIABILITY,
        "long term liability": AccountType.LONG_TERM_LIABILITY,
        "other liability": AccountType.LONG_TERM_LIABILITY,
        "equity": AccountType.EQUITY,
        "income": AccountType.INCOME,
        "other income": AccountType.OTHER_INCOME,
        "expense": AccountType.EXPENSE,
        "cost of goods sold": AccountType.COST_OF_GOODS_SOLD,
        "other expense": AccountType.OTHER_EXPENSE,
    }
)

# Accounts that every organization of theirs has, and what ours that do the same are called.
ACCOUNT_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "accounts receivable": "Trade receivables",
        "accounts payable": "Trade payables",
        "opening balance adjustments": "Opening balance difference",
        "opening balance offset": "Opening balance difference",
        "exchange gain or loss": "Exchange gain or loss",
        "bank fees and charges": "Bank charges",
        "bad debt": "Bad debts",
        "inventory asset": "Stock in hand",
        "rent expense": "Office rent",
        "tds receivable": "TDS receivable",
        "tds payable": "TDS payable",
    }
)

# Accounts of theirs whose names tell a head of Schedule III that the type does not.
_ACCOUNT_HEADS: Mapping[str, PrescribedHead] = MappingProxyType(
    {
        "salaries and employee wages": PrescribedHead.EMPLOYEE_BENEFITS_EXPENSE,
        "depreciation expense": PrescribedHead.DEPRECIATION_AND_AMORTISATION_EXPENSE,
        "depreciation and amortisation": PrescribedHead.DEPRECIATION_AND_AMORTISATION_EXPENSE,
        "raw materials and consumables": PrescribedHead.COST_OF_MATERIALS_CONSUMED,
        "employee advance": PrescribedHead.SHORT_TERM_LOANS_AND_ADVANCES,
        "advance tax": PrescribedHead.SHORT_TERM_LOANS_AND_ADVANCES,
        "prepaid expenses": PrescribedHead.SHORT_TERM_LOANS_AND_ADVANCES,
    }
)

_MODES: Mapping[str, str] = MappingProxyType(
    {
        "cash": "CASH",
        **dict.fromkeys(("bank transfer", "bank remittance", "banktransfer", "neft", "rtgs", "imps"), "BANK"),
        **dict.fromkeys(("check", "cheque"), "CHEQUE"),
        **dict.fromkeys(("credit card", "debit card", "creditcard", "card"), "CARD"),
        "upi": "UPI",
    }
)


def account_type(text: str) -> str:
    """The type of an account; one that is not known is left for the contract to refuse."""
    return ACCOUNT_TYPES.get(text.lower(), text)


def account_name(text: str) -> str:
    """The name of our account that does what theirs of this name does; else the name itself."""
    return ACCOUNT_NAMES.get(text.lower(), text)


def account_head(cells: Cells) -> str:
    """The head of Schedule III that an account's name tells, if one of its type may stand there."""
    head = _ACCOUNT_HEADS.get(said("Account Name")(cells).lower())
    fitting = FITTING.get(account_type(said("Account Type")(cells)), frozenset())
    return head.value if head in fitting else ""


def treatment(text: str) -> str:
    """The GST treatment."""
    return ZOHO_TREATMENTS.get(text.lower(), text)


def phone(text: str) -> str:
    """A telephone number without what is none of it."""
    return " ".join(_EMPTY_BRACKETS.sub(" ", _NO_PHONE.sub(" ", text)).split())


def web_address(text: str) -> str:
    """The address of a web page, with its scheme."""
    return text if "://" in text else f"https://{text}"


def is_inactive(*headers: str) -> Callable[[Cells], bool]:
    """Whether these columns say that a thing is out of use."""
    status = said(*headers)
    return lambda cells: status(cells).lower() == "inactive"


def days(text: str) -> str:
    """Days of credit: ``30``, ``Net 30``; terms that are no number of days say nothing."""
    found = _DAYS.fullmatch(text)
    return found[1] if found else ""


def state(text: str) -> str:
    """A state that is written ``MH``, ``Maharashtra``, ``27-Maharashtra`` or ``27``."""
    return text.partition("-")[0] if text[:2].isdigit() else text


def not_nought(text: str) -> str:
    """A number that says something: nought says nothing."""
    return text if text.strip("0.% ") else ""


def code_of(name: str) -> str:
    """A code for an account that has none: its name in letters, digits and hyphens."""
    return _BETWEEN.sub("-", name).strip("-").upper()[:40]


def payment_mode(text: str) -> str:
    """How it was paid."""
    return _MODES.get(text.lower(), "OTHER")
