"""What the law wants printed, in its words where it prescribes them: titles and statements, each with its source.

Rows of data: a text, where it comes from, and for which supplies it is said. Which kinds of documents say it stands on
the kind's row (``printed_kinds``).
"""

from collections.abc import Callable, Sequence

from domain.documents.printing.nature import Nature
from domain.values import Struct

Applies = Callable[[Nature], bool]


class Said(Struct, frozen=True):
    """A text that is printed where ``applies`` says so. ``source``: where the law asks for it."""

    text: str
    source: str
    applies: Applies


class Title(Struct, frozen=True):
    """What a paper is called."""

    text: str
    source: str
    applies: Applies
    subtitle: str = ""


def texts(said: Sequence[Said], nature: Nature) -> tuple[str, ...]:
    """Return those of the texts that apply, in their order."""
    return tuple(each.text for each in said if each.applies(nature))


def title_of(titles: Sequence[Title], nature: Nature) -> Title:
    """Return the first title that applies; the last one applies always."""
    return next(title for title in titles if title.applies(nature))


def always(_nature: Nature) -> bool:
    """Whatever it is."""
    return True


UNREGISTERED_INVOICE = Title(
    "Invoice", "CGST Act, s.31(1): tax invoices are for registered persons", lambda it: not it.is_registered
)
COMPOSITION_BILL = Title("Bill of supply", "CGST Act, s.31(3)(c); CGST Rules, r.49", lambda it: it.is_composition)
BILL_OF_SUPPLY = Title("Bill of supply", "CGST Act, s.31(3)(c); CGST Rules, r.49", lambda it: it.bears_nothing)
INVOICE_CUM_BILL = Title(
    "Invoice-cum-bill of supply", "CGST Rules, r.46A", lambda it: it.is_mixed and not it.is_buyer_registered
)
EXPORT_INVOICE = Title("Tax invoice", "CGST Rules, r.46", lambda it: it.is_export, "Export invoice")
TAX_INVOICE = Title("Tax invoice", "CGST Act, s.31(1), (2); CGST Rules, r.46", always)
SELF_INVOICE = Title(
    "Self-invoice",
    "CGST Act, s.31(3)(f); CGST Rules, r.46, 47A",
    lambda it: it.is_self_invoiced,
    "Tax invoice issued by the recipient",
)
PAID_SELF_INVOICE = Title(
    "Self-invoice and payment voucher",
    "CGST Act, s.31(3)(f), (g); CGST Rules, r.46, 47A, 52",
    lambda it: it.is_self_invoiced,
    "Tax invoice issued by the recipient",
)
DISTRIBUTORS_INVOICE = Title(
    "Bill", "CGST Rules, r.54(1)", lambda it: it.is_distributed, "Invoice of an input service distributor"
)
COMMERCIAL_CREDIT_NOTE = Title(
    "Credit note", "CGST Act, s.34(2)", lambda it: it.is_without_gst, "Commercial note, without GST"
)
COMMERCIAL_DEBIT_NOTE = Title(
    "Debit note", "CGST Act, s.34(2)", lambda it: it.is_without_gst, "Commercial note, without GST"
)

EXPORT_WITH_TAX = Said(
    "SUPPLY MEANT FOR EXPORT ON PAYMENT OF INTEGRATED TAX",
    "CGST Rules, r.46, third proviso",
    lambda it: it.is_export and it.is_with_payment and not it.is_composition,
)
EXPORT_UNDER_LUT = Said(
    "SUPPLY MEANT FOR EXPORT UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT OF INTEGRATED TAX",
    "CGST Rules, r.46, third proviso; r.96A",
    lambda it: it.is_export and it.is_under_lut and it.is_registered and not it.is_composition,
)
SEZ_WITH_TAX = Said(
    "SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED OPERATIONS ON PAYMENT OF INTEGRATED TAX",
    "CGST Rules, r.46, third proviso",
    lambda it: it.is_sez and it.is_with_payment and not it.is_composition,
)
SEZ_UNDER_LUT = Said(
    "SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED OPERATIONS UNDER BOND OR LETTER OF UNDERTAKING"
    " WITHOUT PAYMENT OF INTEGRATED TAX",
    "CGST Rules, r.46, third proviso; r.96A",
    lambda it: it.is_sez and it.is_under_lut and it.is_registered and not it.is_composition,
)
DEEMED_EXPORT = Said("Deemed export", "CGST Act, s.147; N 48/2017-CT", lambda it: it.is_deemed_export)
COMPOSITION = Said(
    "Composition taxable person, not eligible to collect tax on supplies",
    "CGST Rules, r.5(1)(f)",
    lambda it: it.is_composition,
)
UNREGISTERED = Said(
    "The supplier is not registered under GST; no tax is charged.",
    "CGST Act, s.32(1)",
    lambda it: not it.is_registered,
)
NOT_REGISTERED_AT_PORTAL = Said(
    "Not registered: this document has no invoice reference number (IRN) yet, and without one it is not an invoice.",
    "CGST Rules, r.48(4), (5)",
    lambda it: it.wants_irn,
)
BROUGHT_FORWARD = Said(
    "Brought forward from earlier books: issued there, and told here for what is still open.",
    "not a matter of law",
    lambda it: it.is_brought_forward,
)
WITHOUT_GST = Said(
    "This note changes the price alone; no GST is adjusted by it.",
    "CGST Act, s.34(2)",
    lambda it: it.is_without_gst,
)
OPERATOR_PAYS = Said(
    "Tax on this supply is payable by the electronic commerce operator (section 9(5)); it is not part of the total.",
    "CGST Act, s.9(5)",
    lambda it: it.is_operators_tax,
)
TAX_CLAIMED = Said(
    "The integrated tax is paid by the supplier and claimed as a refund; it is not part of the total.",
    "IGST Act, s.16(3)",
    lambda it: it.is_tax_claimed,
)
RECIPIENT_PAYS = Said(
    "Tax is payable on reverse charge by the recipient; it is not part of the total.",
    "CGST Act, s.9(3), 9(4); CGST Rules, r.46(p)",
    lambda it: it.is_reverse_charge,
)
SELF_INVOICED = Said(
    "Issued by the recipient, because the supplier is not registered.",
    "CGST Act, s.31(3)(f)",
    lambda it: it.is_self_invoiced,
)
DISTRIBUTED = Said(
    "This invoice passes on input tax credit and tells of no supply.",
    "CGST Act, s.20; CGST Rules, r.54(1)",
    lambda it: it.is_distributed,
)
LET_OFF_EINVOICING = Said(
    "I/We hereby declare that though our aggregate turnover in any preceding financial year from 2017-18 onwards is"
    " more than the aggregate turnover notified under sub-rule (4) of rule 48, we are not required to prepare an"
    " invoice in terms of the provisions of the said sub-rule.",
    "CGST Rules, r.46(s)",
    lambda it: it.is_outside_einvoicing,
)
NO_TAX_INVOICE = Said("This is not a tax invoice.", "CGST Act, s.31", always)
BUYERS_NOTE = Said(
    "The buyer's own note: tax is adjusted by the credit note of the supplier.",
    "CGST Act, s.34(1)",
    lambda it: it.is_registered and not it.is_without_gst,
)

SENT_FOR_JOB_WORK = Said(
    "Goods sent for job work; this is not a supply.",
    "CGST Act, s.143; CGST Rules, r.45, 55(1)(b)",
    lambda it: it.challan_purpose == "JOB_WORK",
)
SENT_ON_APPROVAL = Said(
    "Goods sent on approval, for sale or return; this is not yet a supply.",
    "CGST Act, s.31(7)",
    lambda it: it.challan_purpose == "SUPPLY_ON_APPROVAL",
)
QUANTITY_IS_PROVISIONAL = Said(
    "The quantity is provisional: it is not known when the goods are removed.",
    "CGST Rules, r.55(1)(a), (v)",
    lambda it: it.challan_purpose == "LIQUID_GAS",
)
INVOICE_FOLLOWS = Said(
    "Where the goods are supplied, the tax invoice is issued after their delivery.",
    "CGST Rules, r.55(4)",
    lambda it: it.challan_purpose in ("LIQUID_GAS", "OTHER"),
)
