"""How each kind of document is printed, as data: titles, labels, marks of copies, and what the law wants said."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.documents.kinds import Effect, Kind, Side
from domain.documents.printing import lawful_texts as law
from domain.documents.printing import stamps
from domain.documents.printing.lawful_texts import Said, Title, always
from domain.values import Struct


class PrintedKind(Struct, frozen=True, kw_only=True):
    """How one kind is printed.

    The first of ``titles`` that applies is its title. ``notices`` stand below it, ``statements`` at the foot.
    ``goods_marks`` and ``service_marks`` are those of its copies; ``due_label`` is what its due date is, if it has
    one. ``paid_label``, ``credited_label``, ``balance_label``: what came or went, and what is open of what is owed.
    ``asks_for_money``: with bank details and the QR code to pay. ``has_standing_terms``: the terms of the organization
    stand on it; ``is_declared``: so does its declaration. ``is_ours``: we issue and sign it.
    ``names_own_place``: where goods come to us is said even where that is the address on top.
    ``tells_reverse_charge``: it says "No" as well (rule 46(p)).
    """

    titles: tuple[Title, ...]
    number_label: str
    party_heading: str = "Billed to"
    delivery_heading: str = "Shipped to"
    due_label: str = "Due date"
    reference_label: str = "Reference"
    original_label: str = ""
    notices: tuple[Said, ...] = ()
    statements: tuple[Said, ...] = ()
    goods_marks: tuple[str, ...] = stamps.PLAIN
    service_marks: tuple[str, ...] = stamps.PLAIN
    paid_label: str = ""
    credited_label: str = ""
    balance_label: str = ""
    asks_for_money: bool = False
    has_standing_terms: bool = False
    is_declared: bool = False
    is_ours: bool = True
    names_own_place: bool = False
    tells_reverse_charge: bool = False


_ZERO_RATED = (law.EXPORT_WITH_TAX, law.EXPORT_UNDER_LUT, law.SEZ_WITH_TAX, law.SEZ_UNDER_LUT, law.DEEMED_EXPORT)
_SUPPLIERS = (law.COMPOSITION, law.UNREGISTERED)
_WHO_PAYS_TAX = (law.RECIPIENT_PAYS, law.OPERATOR_PAYS, law.TAX_CLAIMED)

PRINTED: Mapping[str, PrintedKind] = MappingProxyType(
    {
        "INVOICE": PrintedKind(
            titles=(
                law.UNREGISTERED_INVOICE,
                law.COMPOSITION_BILL,
                law.BILL_OF_SUPPLY,
                law.INVOICE_CUM_BILL,
                law.EXPORT_INVOICE,
                law.TAX_INVOICE,
            ),
            tells_reverse_charge=True,
            number_label="Invoice number",
            notices=(law.NOT_REGISTERED_AT_PORTAL, law.BROUGHT_FORWARD, *_SUPPLIERS, *_ZERO_RATED),
            statements=(*_WHO_PAYS_TAX, law.LET_OFF_EINVOICING),
            goods_marks=stamps.GOODS,
            service_marks=stamps.SERVICES,
            paid_label="Received",
            credited_label="Credit applied",
            balance_label="Balance due",
            asks_for_money=True,
            has_standing_terms=True,
            is_declared=True,
        ),
        "BILL": PrintedKind(
            titles=(law.SELF_INVOICE, law.DISTRIBUTORS_INVOICE, Title("Bill", "not a matter of law", always)),
            tells_reverse_charge=True,
            number_label="Bill number",
            party_heading="Supplier",
            delivery_heading="Delivered to",
            reference_label="Supplier's number",
            notices=(law.SELF_INVOICED, law.DISTRIBUTED, law.BROUGHT_FORWARD),
            statements=_WHO_PAYS_TAX,
            goods_marks=stamps.GOODS,
            service_marks=stamps.SERVICES,
            paid_label="Paid",
            credited_label="Debit notes applied",
            balance_label="Balance due",
            is_ours=False,
        ),
        "ESTIMATE": PrintedKind(
            titles=(Title("Estimate", "not a matter of law", always),),
            number_label="Estimate number",
            party_heading="Estimate for",
            due_label="Valid until",
            notices=(*_SUPPLIERS,),
            statements=(law.NO_TAX_INVOICE, *_WHO_PAYS_TAX),
            has_standing_terms=True,
        ),
        "SALES_ORDER": PrintedKind(
            titles=(Title("Sales order", "not a matter of law", always),),
            number_label="Order number",
            party_heading="Ordered by",
            due_label="Expected shipment",
            notices=(*_SUPPLIERS,),
            statements=(law.NO_TAX_INVOICE, *_WHO_PAYS_TAX),
            has_standing_terms=True,
        ),
        "DELIVERY_CHALLAN": PrintedKind(
            titles=(Title("Delivery challan", "CGST Rules, r.55(1)", always),),
            number_label="Challan number",
            party_heading="Consignee",
            delivery_heading="Delivered to",
            due_label="Delivery date",
            notices=(law.SENT_FOR_JOB_WORK, law.SENT_ON_APPROVAL, law.QUANTITY_IS_PROVISIONAL, *_SUPPLIERS),
            statements=(law.INVOICE_FOLLOWS, law.NO_TAX_INVOICE),
            goods_marks=stamps.CHALLAN,
            service_marks=stamps.CHALLAN,
        ),
        "PURCHASE_ORDER": PrintedKind(
            titles=(Title("Purchase order", "not a matter of law", always),),
            names_own_place=True,
            number_label="Order number",
            party_heading="Supplier",
            delivery_heading="Deliver to",
            due_label="Expected delivery",
            statements=(*_WHO_PAYS_TAX,),
        ),
        "CREDIT_NOTE": PrintedKind(
            titles=(
                law.COMMERCIAL_CREDIT_NOTE,
                Title("Credit note", "CGST Act, s.34(1); CGST Rules, r.53(1A)", always),
            ),
            tells_reverse_charge=True,
            number_label="Credit note number",
            party_heading="Credited to",
            original_label="invoice",
            notices=(law.NOT_REGISTERED_AT_PORTAL, law.BROUGHT_FORWARD, law.WITHOUT_GST, *_SUPPLIERS),
            statements=_WHO_PAYS_TAX,
            paid_label="Refunded",
            credited_label="Applied",
            balance_label="Credit left",
        ),
        "DEBIT_NOTE": PrintedKind(
            titles=(law.COMMERCIAL_DEBIT_NOTE, Title("Debit note", "not a matter of law", always)),
            number_label="Debit note number",
            party_heading="Debited to",
            delivery_heading="Goods from",
            reference_label="Supplier's credit note",
            original_label="bill",
            notices=(law.BROUGHT_FORWARD, law.WITHOUT_GST),
            statements=(law.BUYERS_NOTE, *_WHO_PAYS_TAX),
            paid_label="Refunded",
            credited_label="Applied",
            balance_label="Left to claim",
        ),
        "CUSTOMER_DEBIT_NOTE": PrintedKind(
            titles=(
                law.COMMERCIAL_DEBIT_NOTE,
                Title("Debit note", "CGST Act, s.34(3); CGST Rules, r.53(1A)", always),
            ),
            tells_reverse_charge=True,
            number_label="Debit note number",
            party_heading="Debited to",
            original_label="invoice",
            notices=(law.NOT_REGISTERED_AT_PORTAL, law.BROUGHT_FORWARD, law.WITHOUT_GST, *_SUPPLIERS),
            statements=_WHO_PAYS_TAX,
            paid_label="Received",
            credited_label="Credit applied",
            balance_label="Balance due",
            asks_for_money=True,
            has_standing_terms=True,
            is_declared=True,
        ),
    }
)
"""Every kind by its name."""


def printed_as(kind: Kind) -> PrintedKind:
    """How a kind is printed: as its row says or, of what neither posts nor has one, by its words as a kind.

    Of what posts, the law has a say in title and marks, so that without a row the program does not start.
    """
    if kind.effect is not Effect.NONE:
        return PRINTED[kind.name]
    return PRINTED.get(kind.name) or _in_its_own_words(kind)


def _in_its_own_words(kind: Kind) -> PrintedKind:
    is_sale = kind.side is Side.SALE
    return PrintedKind(
        titles=(Title(kind.title, "not a matter of law", always),),
        number_label=f"{kind.title} number",
        party_heading="Customer" if is_sale else "Supplier",
        delivery_heading="Deliver to",
        due_label=(kind.due_field or "due_date").replace("_", " ").capitalize(),
        notices=_SUPPLIERS if is_sale else (),
        statements=(law.NO_TAX_INVOICE, *_WHO_PAYS_TAX) if is_sale else _WHO_PAYS_TAX,
        has_standing_terms=is_sale,
    )


CHALLAN_PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "JOB_WORK": "Job work",
        "SUPPLY_ON_APPROVAL": "Supply on approval",
        "LIQUID_GAS": "Supply of liquid gas",
        "OTHER": "Other than by way of supply, or ahead of the invoice",
    }
)
"""Why goods leave, in words."""
