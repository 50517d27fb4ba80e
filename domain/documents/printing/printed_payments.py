"""How payments are printed, as data: by where the money goes and what it is for, and by the way it went."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from domain.values import Struct


class VoucherNature(Struct, frozen=True, kw_only=True):
    """What a payment is in the eyes of the law.

    ``has_tax_inside``: an advance for services, taxed on receipt. ``pays_back_advance``: a refund without a supply.
    ``is_on_reverse_charge``: it pays for what the payer owes the tax of.
    """

    is_registered: bool = True
    charges_tax: bool = True
    has_tax_inside: bool = False
    pays_back_advance: bool = False
    is_on_reverse_charge: bool = False


Applies = Callable[[VoucherNature], bool]


class VoucherTitle(Struct, frozen=True):
    """What a voucher is called. ``source``: the law, or none."""

    text: str
    source: str
    applies: Applies
    subtitle: str = ""


class VoucherText(Struct, frozen=True):
    """What is said on a voucher."""

    text: str
    source: str
    applies: Applies


class PrintedPayment(Struct, frozen=True, kw_only=True):
    """How one kind of payment is printed: the first of ``titles`` that applies is its title."""

    titles: tuple[VoucherTitle, ...]
    party_heading: str
    number_label: str
    amount_label: str
    applied_heading: str
    account_label: str
    statements: tuple[VoucherText, ...] = ()


def _always(_: VoucherNature) -> bool:
    return True


_NO_LAW = "not a matter of law"
NO_TAX_ON_ADVANCE_FOR_GOODS = VoucherText(
    "No tax is payable on an advance for goods.",
    "N 66/2017-CT",
    lambda it: it.charges_tax and not it.has_tax_inside,
)
RECIPIENT_PAYS = VoucherText(
    "Tax on what is paid for is payable by the recipient on reverse charge.",
    "CGST Act, s.9(3), 9(4), 31(3)(g); CGST Rules, r.52",
    lambda it: it.is_on_reverse_charge,
)
REFUNDED_WITHOUT_SUPPLY = VoucherText(
    "The advance is paid back; nothing was supplied and no tax invoice was issued against it.",
    "CGST Act, s.31(3)(e); CGST Rules, r.51",
    lambda it: it.pays_back_advance and it.is_registered,
)
_RECEIPT = VoucherTitle("Receipt", _NO_LAW, _always)
_RECEIPT_VOUCHER = VoucherTitle(
    "Receipt voucher", "CGST Act, s.31(3)(d); CGST Rules, r.50", lambda it: it.is_registered, "Advance received"
)
_PAYMENT_VOUCHER = VoucherTitle("Payment voucher", _NO_LAW, _always)
_ON_REVERSE_CHARGE = VoucherTitle(
    "Payment voucher",
    "CGST Act, s.31(3)(g); CGST Rules, r.52",
    lambda it: it.is_on_reverse_charge,
    "Tax payable on reverse charge",
)
_REFUND_VOUCHER = VoucherTitle(
    "Refund voucher",
    "CGST Act, s.31(3)(e); CGST Rules, r.51",
    lambda it: it.pays_back_advance and it.is_registered,
    "Advance paid back",
)

PRINTED: Mapping[tuple[str, str], PrintedPayment] = MappingProxyType(
    {
        ("INCOMING", "REGULAR"): PrintedPayment(
            titles=(_RECEIPT,),
            party_heading="Received from",
            number_label="Receipt number",
            amount_label="Amount received",
            applied_heading="Applied to",
            account_label="Received into",
        ),
        ("INCOMING", "ADVANCE"): PrintedPayment(
            titles=(_RECEIPT_VOUCHER, VoucherTitle("Receipt", _NO_LAW, _always, "Advance received")),
            party_heading="Received from",
            number_label="Voucher number",
            amount_label="Advance received",
            applied_heading="Applied to",
            account_label="Received into",
            statements=(NO_TAX_ON_ADVANCE_FOR_GOODS,),
        ),
        ("INCOMING", "REFUND"): PrintedPayment(
            titles=(VoucherTitle("Receipt", _NO_LAW, _always, "Refund from a supplier"),),
            party_heading="Received from",
            number_label="Receipt number",
            amount_label="Refund received",
            applied_heading="Refund of",
            account_label="Received into",
        ),
        ("OUTGOING", "REGULAR"): PrintedPayment(
            titles=(_ON_REVERSE_CHARGE, _PAYMENT_VOUCHER),
            party_heading="Paid to",
            number_label="Voucher number",
            amount_label="Amount paid",
            applied_heading="Applied to",
            account_label="Paid from",
            statements=(RECIPIENT_PAYS,),
        ),
        ("OUTGOING", "ADVANCE"): PrintedPayment(
            titles=(_ON_REVERSE_CHARGE, VoucherTitle("Payment voucher", _NO_LAW, _always, "Advance paid")),
            party_heading="Paid to",
            number_label="Voucher number",
            amount_label="Advance paid",
            applied_heading="Applied to",
            account_label="Paid from",
            statements=(RECIPIENT_PAYS,),
        ),
        ("OUTGOING", "REFUND"): PrintedPayment(
            titles=(_REFUND_VOUCHER, VoucherTitle("Payment voucher", _NO_LAW, _always, "Refund of a credit")),
            party_heading="Refunded to",
            number_label="Voucher number",
            amount_label="Amount refunded",
            applied_heading="Refund of",
            account_label="Paid from",
            statements=(REFUNDED_WITHOUT_SUPPLY,),
        ),
    }
)
"""By flow and type of payment."""


class Mode(Struct, frozen=True):
    """How money went: in words, and what its reference is called."""

    title: str
    reference_label: str


MODES: Mapping[str, Mode] = MappingProxyType(
    {
        "BANK": Mode("Bank transfer", "Reference (UTR)"),
        "CASH": Mode("Cash", "Reference"),
        "UPI": Mode("UPI", "UPI reference"),
        "CHEQUE": Mode("Cheque", "Cheque number"),
        "CARD": Mode("Card", "Card reference"),
        "OTHER": Mode("Other", "Reference"),
    }
)
