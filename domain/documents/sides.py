"""The two sides of trade as data: a sale to a customer, a purchase from a vendor. The engine reads nothing else."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from domain.documents import credit, supplies
from domain.documents.credit import Decide
from domain.gst.supply import Supply
from domain.ledger.accounts import AccountRole
from domain.values import Struct

if TYPE_CHECKING:
    from domain.documents.circumstances import Circumstances, LineItem

Values = Mapping[str, Any]


class SideFacts(Struct, frozen=True):
    """What differs between selling and buying.

    ``contact_field`` is the contract's name of the other party, ``contact_types`` what it may be; ``item_rate`` and
    ``item_account`` are the fields of an item that fill a line; ``default_account`` takes lines that name no account,
    ``charges_account`` what stands outside the taxable value, ``tax_accounts`` each head of a line's tax. Under
    reverse charge ``reverse_charge_accounts`` take the tax that is owed to the government; without them it is the
    other party's to pay. ``delivery_field`` is the contract's name of the address that goods go to: that of the
    contact or, unless it ``delivers_to_contact``, of our own branch. ``follows_registration``: what is not posted yet
    takes over the GSTIN that the other party has got since. ``rounds_off``: totals go to the whole rupee by
    themselves, where the organization wants it.
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
    reverse_charge_accounts: Mapping[str, AccountRole]
    delivery_field: str
    delivers_to_contact: bool
    rounds_off: bool
    follows_registration: bool
    decide_supply: Callable[[Values, "Circumstances"], Supply]
    propose_place: Callable[[Values, "Circumstances", Sequence[Values], Mapping[str, "LineItem"]], str]
    propose_reverse_charge: Callable[[Values, Sequence[Values], Mapping[str, "LineItem"]], bool]
    decide_credit: Decide


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
        tax_accounts=MappingProxyType(
            {
                "cgst_amount": AccountRole.OUTPUT_CGST,
                "sgst_amount": AccountRole.OUTPUT_SGST,
                "igst_amount": AccountRole.OUTPUT_IGST,
                "cess_amount": AccountRole.OUTPUT_CESS,
            }
        ),
        reverse_charge_accounts=MappingProxyType({}),
        delivery_field="shipping_address",
        delivers_to_contact=True,
        rounds_off=True,
        follows_registration=True,
        decide_supply=supplies.of_sale,
        propose_place=supplies.place_of_sale,
        propose_reverse_charge=supplies.never,
        decide_credit=credit.none_is_taken,
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
        tax_accounts=MappingProxyType(
            {
                "cgst_amount": AccountRole.INPUT_CGST,
                "sgst_amount": AccountRole.INPUT_SGST,
                "igst_amount": AccountRole.INPUT_IGST,
                "cess_amount": AccountRole.INPUT_CESS,
            }
        ),
        reverse_charge_accounts=MappingProxyType(
            {
                "cgst_amount": AccountRole.RCM_OUTPUT_CGST,
                "sgst_amount": AccountRole.RCM_OUTPUT_SGST,
                "igst_amount": AccountRole.RCM_OUTPUT_IGST,
                "cess_amount": AccountRole.RCM_OUTPUT_CESS,
            }
        ),
        delivery_field="delivery_address",
        delivers_to_contact=False,
        rounds_off=False,
        follows_registration=False,
        decide_supply=supplies.of_purchase,
        propose_place=supplies.place_of_purchase,
        propose_reverse_charge=supplies.is_import_of_services,
        decide_credit=credit.of_purchase,
    )
