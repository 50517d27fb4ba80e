"""What the portal refuses, or asks about, of one document of outward supplies: a tuple of pure checks.

Source: GSTN's returns offline tool 3.2.4 (what it does not take), CGST Rules 2017, rules 46, 53, 54 and 59, and the
laws that each names.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from domain.errors import Invalid
from domain.gst.document_numbers import check_number
from domain.gst.gstin import Gstin, GstinKind, parse_gstin
from domain.gst.hsn import is_service_code, parse_hsn, required_digits
from domain.gst.itc import last_day_of_credit
from domain.gst.rates import in_force, is_known
from domain.gst.returns.checked import CheckedDocument
from domain.gst.returns.finding import Check, Fault, Severity
from domain.gst.states import OVERSEAS, STATES
from domain.gst.supply import SupplyType
from domain.gst.tax_catalogue import TaxCategory
from domain.gst.treatments import GstTreatment
from domain.gst.units import NOT_APPLICABLE, OTHERS, UNIT_NAMES
from domain.money import ZERO

Faults = Iterator[Fault]
_REFUSED, _QUERIED = Severity.REFUSED, Severity.QUERIED
_SHIPPING_BILL = re.compile(r"[0-9]{3,7}")
_PORT_CODE = re.compile(r"[A-Za-z0-9]{1,6}")
_MOST_CACHED = 16384


@lru_cache(_MOST_CACHED)
def _gstin(text: str) -> Gstin | str:
    """The number, or what is wrong with it."""
    try:
        gstin = parse_gstin(text)
    except Invalid as fault:
        return fault.message
    return gstin if gstin.has_valid_check_character else f"'{text}' is no GSTIN: its check character does not fit."


def _gstin_of_the_customer(document: CheckedDocument) -> Faults:
    if document.gst_no is None:
        if document.treatment.is_registered:
            yield Fault(f"A customer of treatment {document.gst_treatment} has a GSTIN.", "gst_no")
        return
    found = _gstin(document.gst_no)
    if isinstance(found, str):
        yield Fault(found, "gst_no")
    elif document.treatment.gstin_kinds and found.kind not in document.treatment.gstin_kinds:
        yield Fault(f"{document.gst_no} is of kind {found.kind}, not for {document.gst_treatment}.", "gst_no")


def _own_gstin(document: CheckedDocument) -> Faults:
    if document.gst_no == document.gstin:
        yield Fault(f"{document.gst_no} is the registration that issues it.", "gst_no")


def _number(document: CheckedDocument) -> Faults:
    try:
        check_number(document.number)
    except Invalid as fault:
        yield Fault(fault.message, "number")


def _place_of_supply(document: CheckedDocument) -> Faults:
    place, treatment = document.place_of_supply, document.treatment
    if place != OVERSEAS and place not in STATES:
        yield Fault(f"{place} is no state of today.", "place_of_supply")
    if place == OVERSEAS and treatment not in (GstTreatment.OVERSEAS, GstTreatment.SEZ):
        yield Fault("A place of supply outside India is that of a customer abroad.", "place_of_supply")
    crosses = treatment is GstTreatment.SEZ or place != document.our_state
    if crosses != (document.supply_type == SupplyType.INTER_STATE):
        tax = "IGST" if crosses else "CGST and SGST"
        yield Fault(f"From {document.our_state} to {place} it bears {tax}.", "place_of_supply")


def _reverse_charge(document: CheckedDocument) -> Faults:
    if not document.is_reverse_charge:
        return
    if not document.treatment.is_registered:
        yield Fault("Only a registered customer pays the tax himself.", "is_reverse_charge")
    elif document.treatment is GstTreatment.DEEMED_EXPORT:
        yield Fault("A deemed export has no reverse charge.", "is_reverse_charge")


def _code_missing(document: CheckedDocument) -> Faults:
    for line in document.lines:
        digits = required_digits(document.treatment, turnover=document.turnover)
        if digits and line.hsn_or_sac is None:
            yield Fault(f"The line needs an HSN or SAC of at least {digits} digits.", "hsn_or_sac", line.position)


def _code_optional(document: CheckedDocument) -> Faults:
    for line in document.lines:
        if line.hsn_or_sac is None and not required_digits(document.treatment, turnover=document.turnover):
            yield Fault("The line has no HSN or SAC, and is told without one.", "hsn_or_sac", line.position)


def _code_digits(document: CheckedDocument) -> Faults:
    digits = required_digits(document.treatment, turnover=document.turnover)
    for line in document.lines:
        code = line.hsn_or_sac
        if code is None:
            continue
        if not _is_code(code):
            yield Fault(f"'{code}' is no HSN of 4, 6 or 8 digits and no SAC of 6.", "hsn_or_sac", line.position)
        elif len(code) < digits:
            message = f"The code {code} has {len(code)} digits; at least {digits} are needed."
            yield Fault(message, "hsn_or_sac", line.position)


@lru_cache(_MOST_CACHED)
def _is_code(code: str) -> bool:
    try:
        parse_hsn(code)
    except Invalid:
        return False
    return True


def _unit(document: CheckedDocument) -> Faults:
    for line in document.lines:
        if line.hsn_or_sac is not None and is_service_code(line.hsn_or_sac):
            continue
        if line.unit_code is not None and line.unit_code not in UNIT_NAMES and line.unit_code != NOT_APPLICABLE:
            yield Fault(f"{line.unit_code} is no unit of the portal's list.", "unit", line.position)


def _unit_unknown(document: CheckedDocument) -> Faults:
    for line in document.lines:
        is_goods = line.hsn_or_sac is not None and not is_service_code(line.hsn_or_sac)
        if is_goods and line.unit_code in (None, OTHERS, NOT_APPLICABLE):
            yield Fault("The goods have no unit of the portal's list, and are told as OTH.", "unit", line.position)


def _rate_unknown(document: CheckedDocument) -> Faults:
    for line in document.lines:
        if not is_known(line.rate):
            yield Fault(f"{line.rate} % is no rate of GST.", "tax_id", line.position)


def _rate_of_another_time(document: CheckedDocument) -> Faults:
    on = document.original_on if document.is_note and document.original_on else document.dated_on
    for line in document.lines:
        if is_known(line.rate) and not in_force(line.rate, on):
            yield Fault(f"{line.rate} % was not in general force on {on}.", "tax_id", line.position)


def _taxed_at_nothing(document: CheckedDocument) -> Faults:
    """Of exports and supplies to an SEZ a rate of nought is right for what is nil rated or exempt only."""
    for line in document.lines:
        if line.tax_category == TaxCategory.TAXABLE and line.rate == ZERO:
            yield Fault("A taxable line has a rate above nought.", "tax_id", line.position)


def _negative(document: CheckedDocument) -> Faults:
    if document.total < ZERO:
        yield Fault(f"Its value is {document.total}.", "total")
    for line in document.lines:
        if line.taxable < ZERO:
            yield Fault(f"The line is worth {line.taxable}.", "rate", line.position)


def _is_export(document: CheckedDocument) -> bool:
    return document.treatment is GstTreatment.OVERSEAS and document.place_of_supply == OVERSEAS


def _shipping_bill_missing(document: CheckedDocument) -> Faults:
    goods = any(line.hsn_or_sac is not None and not is_service_code(line.hsn_or_sac) for line in document.lines)
    if _is_export(document) and not document.is_note and goods and document.shipping_bill_number is None:
        yield Fault("An export of goods has no shipping bill yet.", "shipping_bill_number")


def _shipping_bill(document: CheckedDocument) -> Faults:
    number, on, port = document.shipping_bill_number, document.shipping_bill_on, document.port_code
    if (number is None) != (on is None):
        yield Fault("Number and date of a shipping bill come together.", "shipping_bill_date")
    if number is not None and not _SHIPPING_BILL.fullmatch(number):
        yield Fault(f"'{number}' is no number of a shipping bill: 3 to 7 digits.", "shipping_bill_number")
    if port is not None and not _PORT_CODE.fullmatch(port):
        yield Fault(f"'{port}' is no port code: up to 6 letters and digits.", "port_code")


def _operator(document: CheckedDocument) -> Faults:
    number = document.ecommerce_operator_gst_no
    if document.ecommerce_section is None or number is None or number == document.gstin:
        return
    found = _gstin(number)
    if isinstance(found, str):
        yield Fault(found, "ecommerce_operator_gst_no")
    elif found.kind is not GstinKind.TAX_COLLECTOR:
        yield Fault(f"{number} is not the number of an operator of e-commerce.", "ecommerce_operator_gst_no")


def _ship_to(document: CheckedDocument) -> Faults:
    number = document.ship_to_gst_no
    if number is None:
        return
    found = _gstin(number)
    if isinstance(found, str):
        yield Fault(found, "shipping_address.gst_no")
    elif number == document.gst_no:
        yield Fault(f"{number} is billed and shipped to: leave the ship-to GSTIN out.", "shipping_address.gst_no")


def _unlinked(document: CheckedDocument) -> Faults:
    if document.is_note and not document.is_linked and document.original_number is None:
        yield Fault("The note names no invoice.", "invoice_id")


def _over_its_invoice(document: CheckedDocument) -> Faults:
    if not document.is_credit or document.original_total is None:
        return
    credited = document.credited if document.is_linked else document.total
    if credited > document.original_total:
        message = f"Credit notes of {credited} stand against invoice {document.original_number} of"
        yield Fault(f"{message} {document.original_total}.", "total")


def _too_late(document: CheckedDocument) -> Faults:
    if not document.is_credit or document.original_on is None:
        return
    last: date = last_day_of_credit(document.original_on)
    if document.dated_on > last:
        yield Fault(f"The tax of {document.original_on} can be taken back until {last} only.", "date")


def _late(document: CheckedDocument) -> Faults:
    if document.is_late_entry:
        yield Fault(f"It is of {document.dated_on}, and was left out of the return of that day.", "date")


_GSTIN_RULE = "CGST Rules, rules 46(d) and 10(1): the recipient's GSTIN, with its check character"
_HSN_RULE = "Notification 12/2017-CT as amended by 78/2020-CT; table 12 in phase III, from period 052025"

CHECKS_OF_DOCUMENTS: tuple[Check[CheckedDocument], ...] = (
    Check(
        "gstin.invalid",
        _REFUSED,
        _GSTIN_RULE,
        "Ask the customer for the number, void the document and issue it anew.",
        _gstin_of_the_customer,
    ),
    Check(
        "gstin.own",
        _REFUSED,
        "CGST Act, section 25(4): nobody supplies to his own registration",
        "Void it; what goes to a branch under the same GSTIN goes with a delivery challan.",
        _own_gstin,
    ),
    Check(
        "number.invalid",
        _REFUSED,
        "CGST Rules, rule 46(b): at most 16 letters, digits, - and /, and not nought",
        "Void it and issue it under another number.",
        _number,
    ),
    Check(
        "place_of_supply.mismatch",
        _REFUSED,
        "IGST Act, sections 7 and 8: the place of supply decides between IGST, and CGST and SGST",
        "Void it and issue it with the right place of supply.",
        _place_of_supply,
    ),
    Check(
        "reverse_charge.not_possible",
        _REFUSED,
        "CGST Act, section 9(3); the portal takes reverse charge in table 4B only",
        "Void it and issue it without reverse charge.",
        _reverse_charge,
    ),
    Check(
        "hsn.missing", _REFUSED, _HSN_RULE, "Give the item its code, void the document, issue it anew.", _code_missing
    ),
    Check("hsn.too_short", _REFUSED, _HSN_RULE, "Give the item a longer code from the HSN list.", _code_digits),
    Check("hsn.absent_b2c", _QUERIED, _HSN_RULE, "Give the item its code.", _code_optional),
    Check(
        "unit.unknown", _REFUSED, "GSTN's list of 45 unit quantity codes", "Give the item one of these units.", _unit
    ),
    Check(
        "unit.others",
        _QUERIED,
        "FORM GSTR-1, table 12: goods by their unit quantity code",
        "Give the item a unit such as NOS or KGS.",
        _unit_unknown,
    ),
    Check(
        "rate.unknown",
        _REFUSED,
        "GSTN's tool takes 0, 0.1, 0.25, 1, 1.5, 3, 5, 6, 7.5, 12, 18, 28 and 40 per cent",
        "Void it and issue it at the right rate.",
        _rate_unknown,
    ),
    Check(
        "rate.not_in_force",
        _QUERIED,
        "Notifications 9/2025-CT(R) to 17/2025-CT(R), in force 22-09-2025: 12 and 28 per cent are withdrawn",
        "Check that a special scheme allows the rate; else void it and issue it anew.",
        _rate_of_another_time,
    ),
    Check(
        "rate.nought",
        _REFUSED,
        "FORM GSTR-1: nil rated and exempt supplies are told in table 8, not as taxed at 0 per cent",
        "Say that the line is nil rated or exempt.",
        _taxed_at_nothing,
    ),
    Check(
        "value.negative",
        _REFUSED,
        "GSTN's tool takes no value below nought of an invoice or a note",
        "Void it; what goes back is a credit note.",
        _negative,
    ),
    Check(
        "shipping_bill.missing",
        _QUERIED,
        "FORM GSTR-1, table 6A; CGST Rules, rule 96: the refund waits for it",
        "Add number, date and port as soon as they are known: it may also be later, as an amendment.",
        _shipping_bill_missing,
    ),
    Check(
        "shipping_bill.invalid",
        _REFUSED,
        "FORM GSTR-1, table 6A: number (3 to 7 digits) and date together, port code of up to 6 characters",
        "Correct the shipping bill of the invoice.",
        _shipping_bill,
    ),
    Check(
        "operator.invalid",
        _REFUSED,
        "FORM GSTR-1, table 14: the GSTIN of an operator has C as its 14th character (section 52)",
        "Enter the operator's number as collector of tax at source.",
        _operator,
    ),
    Check(
        "ship_to.invalid",
        _QUERIED,
        "GSTN advisory 661 of 2026: the ship-to GSTIN is another than that of the buyer",
        "Correct the shipping address.",
        _ship_to,
    ),
    Check(
        "note.unlinked",
        _QUERIED,
        "CGST Act, section 34(1); CGST Rules, rule 53(1A)(g): a note names its invoice",
        "Say which invoice it corrects: it decides the table of the note.",
        _unlinked,
    ),
    Check(
        "note.over_invoice",
        _QUERIED,
        "CGST Act, section 34(1): a credit note takes back no more than was charged",
        "Void the note that is too much.",
        _over_its_invoice,
    ),
    Check(
        "note.too_late",
        _REFUSED,
        "CGST Act, section 34(2): until 30 November after the financial year of the supply",
        "Void it and issue it without GST.",
        _too_late,
    ),
    Check(
        "document.late",
        _QUERIED,
        "CGST Act, sections 37(3) and 50: told later with its own date, and interest from the day it was due",
        "Reckon the interest in table 5.1 of the GSTR-3B.",
        _late,
    ),
)
"""In the order in which they are told of a document."""
