"""The seven documents as data: two sides, three effects on the ledger. The engine reads nothing else of a kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from domain.documents import rules
from domain.documents.rules import Rule
from domain.ledger.accounts import AccountRole


@dataclass(frozen=True, slots=True)
class SideFacts:
    """What differs between selling and buying.

    ``contact_field`` is the contract's name of the other party, ``contact_types`` what it may be; ``item_rate`` and
    ``item_account`` are the fields of an item that fill a line; ``default_account`` takes lines that name no account,
    ``charges_account`` what stands outside the taxable value, ``tax_accounts`` each head of a line's tax.
    """

    contact_field: str
    contact_noun: str
    contact_types: tuple[str, ...]
    item_rate: str
    item_account: str
    default_account: AccountRole
    control_account: AccountRole
    charges_account: AccountRole
    tax_accounts: Mapping[str, AccountRole]


class Side(Enum):
    """Who the other party is: a customer, or a vendor."""

    SALE = SideFacts(
        contact_field="customer_id",
        contact_noun="customer",
        contact_types=("CUSTOMER", "BOTH"),
        item_rate="rate",
        item_account="account_id",
        default_account=AccountRole.SALES,
        control_account=AccountRole.ACCOUNTS_RECEIVABLE,
        charges_account=AccountRole.OTHER_CHARGES_INCOME,
        tax_accounts={
            "cgst_amount": AccountRole.OUTPUT_CGST,
            "sgst_amount": AccountRole.OUTPUT_SGST,
            "igst_amount": AccountRole.OUTPUT_IGST,
            "cess_amount": AccountRole.OUTPUT_CESS,
        },
    )
    PURCHASE = SideFacts(
        contact_field="vendor_id",
        contact_noun="vendor",
        contact_types=("VENDOR", "BOTH"),
        item_rate="purchase_rate",
        item_account="purchase_account_id",
        default_account=AccountRole.PURCHASES,
        control_account=AccountRole.ACCOUNTS_PAYABLE,
        charges_account=AccountRole.PURCHASES,
        tax_accounts={
            "cgst_amount": AccountRole.INPUT_CGST,
            "sgst_amount": AccountRole.INPUT_SGST,
            "igst_amount": AccountRole.INPUT_IGST,
            "cess_amount": AccountRole.INPUT_CESS,
        },
    )


class Effect(StrEnum):
    """What approval does to the ledger: nothing (it is before the deal), post, or reverse what was posted."""

    NONE = "NONE"
    POSTS = "POSTS"
    REVERSES = "REVERSES"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document.

    ``name`` is the word of the database, ``title`` the word people read, ``prefix`` that of its ids, ``series`` its
    member of a branch's ``prefixes``, ``number_field`` the contract's name of its number; ``opens_as`` is the status
    on approval; ``rules`` run before approval, in order; ``is_numbered_by_us`` is false where the other side gives
    the number.
    """

    name: str
    title: str
    prefix: str
    series: str
    number_field: str
    side: Side
    effect: Effect
    opens_as: str
    rules: tuple[Rule, ...] = ()
    is_numbered_by_us: bool = True


INVOICE = Kind(
    name="INVOICE",
    title="Invoice",
    prefix="inv",
    series="invoice",
    number_field="invoice_number",
    side=Side.SALE,
    effect=Effect.POSTS,
    opens_as="SENT",
    rules=(rules.period_is_open, rules.lines_are_classified),
)

KINDS = (INVOICE,)
