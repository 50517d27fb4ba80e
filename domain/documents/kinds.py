"""The nine documents as data: two sides, three effects on the ledger. The engine reads nothing else of a kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from domain.documents import rules
from domain.documents.rules import Rule
from domain.documents.sides import Side as Side
from domain.eway_bills import movements
from domain.eway_bills.movements import Movement
from domain.gst.note_reasons import BUYERS_REASONS, REASONS_TO_CHARGE_MORE, SUPPLIERS_REASONS
from domain.ledger.accounts import AccountRole


class Effect(StrEnum):
    """What approval does to the ledger: nothing (it is before the deal), post, or reverse what was posted."""

    NONE = "NONE"
    POSTS = "POSTS"
    REVERSES = "REVERSES"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statuses:
    """The statuses of a kind beside DRAFT and CANCELLED.

    ``opened`` follows approval, whose event is ``verb``. ``in_part`` and ``in_full`` follow from the money that came
    (of an order: from what was made of it), ``credited`` where credits alone settled it. ``late`` is shown instead of
    those ``late_from`` once the due date has passed. In those of ``editable`` the whole document may change, in those
    of ``convertible`` something can be made of it; ``reopened`` follows when all of that is taken back. ``answers``
    are what the other side may say: for each event the status that follows each status in which it is possible.
    """

    verb: str
    opened: str
    in_part: str
    in_full: str
    credited: str | None = None
    late: str | None = None
    late_from: tuple[str, ...] = ()
    editable: frozenset[str] = frozenset({"DRAFT"})
    convertible: tuple[str, ...] = ()
    reopened: str | None = None
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)

    @property
    def all(self) -> tuple[str, ...]:
        """Every status, in the order of a document's life."""
        answered = [status for answer in self.answers.values() for status in answer.values()]
        each = ("DRAFT", self.opened, *self.late_from, *answered, self.in_part, self.in_full, self.credited, self.late)
        return tuple(dict.fromkeys(status for status in (*each, "CANCELLED") if status))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of document.

    ``name`` is the word of the database, ``title`` the word people read, ``prefix`` that of its ids, ``series`` its
    member of a branch's ``prefixes`` and the contract's word for one of them, ``number_field`` the contract's name of
    its number; ``rules`` run before approval, in order. ``becomes`` names the kinds that it can be converted into,
    ``corrects`` the kind that a note may refer to, ``settles`` those that it may be applied to, and ``reasons`` those
    for it, by the GST portal's word. ``scope`` is the resource of its scopes, if that is not named as it is. With
    ``has_terms`` it falls due after the contact's payment terms; ``due_field`` is the contract's name of the day that
    ends it, if it has one. ``proposed`` is what a new one has in columns that few kinds use, ``found_by`` are those of
    them by which lists are filtered. ``writes_self_invoices``: on reverse charge from a vendor without registration it
    takes a number of that series as well. ``is_vendors_paper``: its reference is the number of a paper of the vendor,
    which stands once in a financial year. ``is_entered_once``: a second one without a reference of the same contact,
    date and total is refused. ``is_on_credit``: it counts against the credit limit of the contact. ``written_off_to``
    is the account that a balance is written off to which is given up; without one it cannot be. ``stock_direction`` is
    which way goods go that a note takes back; ``contact_alias`` another name under which callers may say the contact.
    What ``goes_to_anyone`` is made out to contacts of the other side as well. One that ``opens_at_once`` is approved as
    it is created unless the caller says otherwise. One that ``may_be_to_oneself`` is no supply, such as the challan
    with which goods go to another place of the same registration. ``einvoice_type`` is the e-invoice portal's word for
    it, where it is registered there. ``movement`` tells how goods move with it, where they do.
    """

    name: str
    title: str
    prefix: str
    series: str
    side: Side
    effect: Effect
    statuses: Statuses
    rules: tuple[Rule, ...] = ()
    becomes: tuple[str, ...] = ()
    corrects: str | None = None
    settles: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict, hash=False)
    scope: str = ""
    proposed: Mapping[str, Any] = field(default_factory=dict, hash=False)
    found_by: tuple[str, ...] = ()
    goes_to_anyone: bool = False
    writes_self_invoices: bool = False
    is_vendors_paper: bool = False
    is_entered_once: bool = False
    is_on_credit: bool = False
    written_off_to: AccountRole | None = None
    stock_direction: str | None = None
    contact_alias: str | None = None
    has_terms: bool = False
    opens_at_once: bool = False
    may_be_to_oneself: bool = False
    is_mailed: bool = True
    is_reminded: bool = False
    due_field: str | None = None
    einvoice_type: str | None = None
    movement: Movement | None = None
    number_field: str = field(init=False)

    def __post_init__(self) -> None:
        """The contract names the number after the series, and mostly the scopes, too."""
        object.__setattr__(self, "number_field", f"{self.series}_number")
        object.__setattr__(self, "scope", f"AIBooks.{self.scope or self.plural.replace('_', '')}")

    def field_of(self, column: str) -> str:
        """The contract's name of a column of its head."""
        of_kind = {
            "id": f"{self.series}_id",
            "number": self.number_field,
            "contact_id": self.side.value.contact_field,
            "dated_on": "date",
            "due_on": self.due_field,
            "shipping_address": self.side.value.delivery_field,
            "is_duplicate_meant": "allow_duplicate_reference",
            "shipping_bill_on": "shipping_bill_date",
            "original_invoice_on": "original_invoice_date",
            "parent_id": f"{KIND_NAMED[self.corrects].series}_id" if self.corrects else None,
        }
        return of_kind.get(column) or column

    @property
    def plural(self) -> str:
        """The contract's word for several of them, with which their paths begin."""
        return f"{self.series}s"

    @property
    def takes_back(self) -> bool:
        """Whether one that corrects another takes back of it; else it adds to it."""
        return self.effect is Effect.REVERSES

    @property
    def contact_types(self) -> tuple[str, ...]:
        """What a contact may be that one is made out to."""
        sides = tuple(Side) if self.goes_to_anyone else (self.side,)
        return tuple(dict.fromkeys(each for side in sides for each in side.value.contact_types))

    @property
    def mailed_verb(self) -> str:
        """What it is called that one went out by e-mail, also where being sent is another step of its life."""
        return "MAILED" if self.statuses.verb == "SENT" else "SENT"

    @property
    def converted_field(self) -> str:
        """The contract's name, on what it was made of, of the last one that was made and stands."""
        return f"converted_to_{self.series}_id"

    @property
    def links(self) -> tuple[str, ...]:
        """Its links to other documents: what it was made of, what was made of it, and what it was applied to."""
        is_made_of_others = any(self.name in kind.becomes for kind in KIND_NAMED.values())
        made = ("converted_from",) * is_made_of_others + ("converted_to",) * bool(self.becomes)
        return made + ("allocations",) * bool(self.settles)


INVOICE = Kind(
    name="INVOICE",
    title="Invoice",
    prefix="inv",
    series="invoice",
    side=Side.SALE,
    effect=Effect.POSTS,
    statuses=Statuses(
        verb="APPROVED",
        opened="SENT",
        in_part="PARTIALLY_PAID",
        in_full="PAID",
        credited="CREDIT_APPLIED",
        late="OVERDUE",
        late_from=("SENT", "PARTIALLY_PAID"),
    ),
    rules=(rules.period_is_open, rules.return_is_open, rules.is_between_two, rules.lines_are_classified),
    is_on_credit=True,
    found_by=("ecommerce_operator_gst_no", "ecommerce_section", "einvoice_status", "eway_bill_status"),
    einvoice_type="INV",
    movement=movements.SOLD,
    written_off_to=AccountRole.BAD_DEBTS,
    has_terms=True,
    is_reminded=True,
    due_field="due_date",
)

BILL = Kind(
    name="BILL",
    title="Bill",
    prefix="bill",
    series="bill",
    side=Side.PURCHASE,
    effect=Effect.POSTS,
    statuses=Statuses(
        verb="APPROVED",
        opened="OPEN",
        in_part="PARTIALLY_PAID",
        in_full="PAID",
        late="OVERDUE",
        late_from=("OPEN", "PARTIALLY_PAID"),
    ),
    rules=(rules.period_is_open, rules.is_between_two),
    writes_self_invoices=True,
    is_vendors_paper=True,
    is_entered_once=True,
    found_by=("is_isd_invoice", "eway_bill_status"),
    movement=movements.BOUGHT,
    written_off_to=AccountRole.BALANCES_WRITTEN_BACK,
    has_terms=True,
    is_mailed=False,
    due_field="due_date",
)

ESTIMATE = Kind(
    name="ESTIMATE",
    title="Estimate",
    prefix="est",
    series="estimate",
    side=Side.SALE,
    effect=Effect.NONE,
    statuses=Statuses(
        verb="SENT",
        opened="SENT",
        in_part="CONVERTED",
        in_full="CONVERTED",
        late="EXPIRED",
        late_from=("SENT",),
        editable=frozenset({"DRAFT", "SENT"}),
        convertible=("SENT", "ACCEPTED"),
        reopened="ACCEPTED",
        answers={
            "ACCEPTED": {"DRAFT": "ACCEPTED", "SENT": "ACCEPTED", "DECLINED": "ACCEPTED"},
            "DECLINED": {"DRAFT": "DECLINED", "SENT": "DECLINED", "ACCEPTED": "DECLINED"},
        },
    ),
    becomes=("SALES_ORDER", "INVOICE"),
    due_field="expiry_date",
)

SALES_ORDER = Kind(
    name="SALES_ORDER",
    title="Sales order",
    prefix="so",
    series="sales_order",
    side=Side.SALE,
    effect=Effect.NONE,
    statuses=Statuses(
        verb="CONFIRMED",
        opened="OPEN",
        in_part="PARTIALLY_INVOICED",
        in_full="INVOICED",
        editable=frozenset({"DRAFT", "OPEN"}),
        convertible=("OPEN", "PARTIALLY_INVOICED"),
        reopened="OPEN",
    ),
    becomes=("INVOICE", "DELIVERY_CHALLAN"),
    due_field="shipment_date",
)

DELIVERY_CHALLAN = Kind(
    name="DELIVERY_CHALLAN",
    title="Delivery challan",
    prefix="dc",
    series="delivery_challan",
    side=Side.SALE,
    effect=Effect.NONE,
    statuses=Statuses(
        verb="ISSUED",
        opened="OPEN",
        in_part="PARTIALLY_INVOICED",
        in_full="INVOICED",
        editable=frozenset({"DRAFT", "OPEN"}),
        convertible=("OPEN", "PARTIALLY_INVOICED"),
        reopened="OPEN",
    ),
    becomes=("INVOICE",),
    scope="salesorders",
    proposed={"challan_purpose": "OTHER"},
    found_by=("challan_purpose", "eway_bill_status"),
    movement=movements.SENT,
    goes_to_anyone=True,
    due_field="delivery_date",
    may_be_to_oneself=True,
)

PURCHASE_ORDER = Kind(
    name="PURCHASE_ORDER",
    title="Purchase order",
    prefix="po",
    series="purchase_order",
    side=Side.PURCHASE,
    effect=Effect.NONE,
    statuses=Statuses(
        verb="ISSUED",
        opened="OPEN",
        in_part="PARTIALLY_BILLED",
        in_full="BILLED",
        editable=frozenset({"DRAFT", "OPEN"}),
        convertible=("OPEN", "PARTIALLY_BILLED"),
        reopened="OPEN",
    ),
    becomes=("BILL",),
    due_field="expected_delivery_date",
)

CREDIT_NOTE = Kind(
    name="CREDIT_NOTE",
    title="Credit note",
    prefix="cn",
    series="credit_note",
    side=Side.SALE,
    effect=Effect.REVERSES,
    statuses=Statuses(verb="APPROVED", opened="ISSUED", in_part="ISSUED", in_full="APPLIED"),
    rules=(rules.period_is_open, rules.return_is_open),
    corrects="INVOICE",
    settles=("INVOICE", "CUSTOMER_DEBIT_NOTE"),
    reasons=SUPPLIERS_REASONS,
    stock_direction="SALES_RETURN_IN",
    found_by=("einvoice_status", "eway_bill_status"),
    einvoice_type="CRN",
    movement=movements.RETURNED_TO_US,
    opens_at_once=True,
)

DEBIT_NOTE = Kind(
    name="DEBIT_NOTE",
    title="Debit note",
    prefix="dn",
    series="debit_note",
    side=Side.PURCHASE,
    effect=Effect.REVERSES,
    statuses=Statuses(verb="APPROVED", opened="ISSUED", in_part="ISSUED", in_full="APPLIED"),
    rules=(rules.period_is_open,),
    is_vendors_paper=True,
    corrects="BILL",
    settles=("BILL",),
    reasons=BUYERS_REASONS,
    found_by=("eway_bill_status",),
    movement=movements.RETURNED_BY_US,
    stock_direction="PURCHASE_RETURN_OUT",
    contact_alias="customer_id",
    opens_at_once=True,
)

CUSTOMER_DEBIT_NOTE = Kind(
    name="CUSTOMER_DEBIT_NOTE",
    title="Customer debit note",
    prefix="cdn",
    series="customer_debit_note",
    side=Side.SALE,
    effect=Effect.POSTS,
    statuses=Statuses(
        verb="APPROVED",
        opened="ISSUED",
        in_part="PARTIALLY_PAID",
        in_full="PAID",
        credited="CREDIT_APPLIED",
        late="OVERDUE",
        late_from=("ISSUED", "PARTIALLY_PAID"),
    ),
    rules=(rules.period_is_open, rules.return_is_open, rules.is_between_two, rules.lines_are_classified),
    corrects="INVOICE",
    reasons=REASONS_TO_CHARGE_MORE,
    found_by=("einvoice_status",),
    einvoice_type="DBN",
    scope="debitnotes",
    is_on_credit=True,
    written_off_to=AccountRole.BAD_DEBTS,
    has_terms=True,
    opens_at_once=True,
    due_field="due_date",
)

KINDS = (
    INVOICE,
    BILL,
    ESTIMATE,
    SALES_ORDER,
    PURCHASE_ORDER,
    CREDIT_NOTE,
    DEBIT_NOTE,
    CUSTOMER_DEBIT_NOTE,
    DELIVERY_CHALLAN,
)
KIND_NAMED: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in KINDS})
