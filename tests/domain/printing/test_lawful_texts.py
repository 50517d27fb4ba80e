"""Titles and statements that the law prescribes: which of them stands on which paper."""

from typing import Any

import pytest

from domain.documents.printing import lawful_texts
from domain.documents.printing.lawful_texts import texts, title_of
from domain.documents.printing.nature import Nature
from domain.documents.printing.printed_kinds import PRINTED
from domain.documents.printing.printed_payments import PRINTED as PRINTED_PAYMENTS
from domain.documents.printing.printed_payments import VoucherNature

SALES = ("INVOICE", "CREDIT_NOTE", "CUSTOMER_DEBIT_NOTE")


@pytest.mark.parametrize(
    ("kind", "nature", "title"),
    [
        ("INVOICE", {}, ("Tax invoice", "")),
        ("INVOICE", {"is_registered": False}, ("Invoice", "")),
        ("INVOICE", {"is_composition": True}, ("Bill of supply", "")),
        ("INVOICE", {"bears_nothing": True}, ("Bill of supply", "")),
        ("INVOICE", {"is_mixed": True}, ("Invoice-cum-bill of supply", "")),
        ("INVOICE", {"is_mixed": True, "is_buyer_registered": True}, ("Tax invoice", "")),
        ("INVOICE", {"is_export": True}, ("Tax invoice", "Export invoice")),
        ("BILL", {}, ("Bill", "")),
        ("BILL", {"is_self_invoiced": True}, ("Self-invoice", "Tax invoice issued by the recipient")),
        ("BILL", {"is_distributed": True}, ("Bill", "Invoice of an input service distributor")),
        ("ESTIMATE", {}, ("Estimate", "")),
        ("SALES_ORDER", {}, ("Sales order", "")),
        ("PURCHASE_ORDER", {}, ("Purchase order", "")),
        ("DELIVERY_CHALLAN", {}, ("Delivery challan", "")),
        ("CREDIT_NOTE", {}, ("Credit note", "")),
        ("CREDIT_NOTE", {"is_without_gst": True}, ("Credit note", "Commercial note, without GST")),
        ("DEBIT_NOTE", {}, ("Debit note", "")),
        ("CUSTOMER_DEBIT_NOTE", {}, ("Debit note", "")),
    ],
)
def test_a_paper_is_called_what_the_law_calls_it(kind: str, nature: dict[str, Any], title: tuple[str, str]) -> None:
    """CGST Act, sections 31 and 34; CGST Rules, rules 46, 46A, 49, 53, 54 and 55."""
    called = title_of(PRINTED[kind].titles, Nature(**nature))
    assert (called.text, called.subtitle) == title


UNDER_LUT = "UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT OF INTEGRATED TAX"
TO_SEZ = "SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED OPERATIONS"


@pytest.mark.parametrize(
    ("nature", "notices"),
    [
        ({}, []),
        ({"is_export": True, "is_with_payment": True}, ["SUPPLY MEANT FOR EXPORT ON PAYMENT OF INTEGRATED TAX"]),
        ({"is_export": True}, [f"SUPPLY MEANT FOR EXPORT {UNDER_LUT}"]),
        ({"is_sez": True, "is_with_payment": True}, [f"{TO_SEZ} ON PAYMENT OF INTEGRATED TAX"]),
        ({"is_sez": True}, [f"{TO_SEZ} {UNDER_LUT}"]),
        ({"is_deemed_export": True}, ["Deemed export"]),
        ({"is_composition": True}, ["Composition taxable person, not eligible to collect tax on supplies"]),
        ({"is_registered": False}, ["The supplier is not registered under GST; no tax is charged."]),
        (
            {"is_registered": False, "is_export": True},
            ["The supplier is not registered under GST; no tax is charged."],
        ),
        (
            {"wants_irn": True},
            [
                "Not registered: this document has no invoice reference number (IRN) yet, and without one it is not"
                " an invoice."
            ],
        ),
        (
            {"is_brought_forward": True},
            ["Brought forward from earlier books: issued there, and told here for what is still open."],
        ),
    ],
)
def test_an_invoice_bears_the_endorsements_of_its_supply(nature: dict[str, Any], notices: list[str]) -> None:
    """CGST Rules, rule 46 (third proviso) for exports and SEZ, 5(1)(f) for composition, 48(5) for e-invoices."""
    assert list(texts(PRINTED["INVOICE"].notices, Nature(**nature))) == notices


RECIPIENT_PAYS = "Tax is payable on reverse charge by the recipient; it is not part of the total."
DECLARATION = (
    "I/We hereby declare that though our aggregate turnover in any preceding financial year from 2017-18 onwards is"
    " more than the aggregate turnover notified under sub-rule (4) of rule 48, we are not required to prepare an"
    " invoice in terms of the provisions of the said sub-rule."
)
OPERATOR_PAYS = (
    "Tax on this supply is payable by the electronic commerce operator (section 9(5)); it is not part of the total."
)
BUYERS_NOTE = "The buyer's own note: tax is adjusted by the credit note of the supplier."
NO_TAX_INVOICE = "This is not a tax invoice."
INVOICE_FOLLOWS = "Where the goods are supplied, the tax invoice is issued after their delivery."


@pytest.mark.parametrize(
    ("kind", "nature", "statements"),
    [
        ("INVOICE", {}, []),
        ("INVOICE", {"is_reverse_charge": True}, [RECIPIENT_PAYS]),
        ("INVOICE", {"is_outside_einvoicing": True}, [DECLARATION]),
        (
            "INVOICE",
            {"is_operators_tax": True},
            [OPERATOR_PAYS],
        ),
        (
            "INVOICE",
            {"is_tax_claimed": True},
            ["The integrated tax is paid by the supplier and claimed as a refund; it is not part of the total."],
        ),
        ("BILL", {"is_reverse_charge": True}, [RECIPIENT_PAYS]),
        ("CREDIT_NOTE", {"is_reverse_charge": True}, [RECIPIENT_PAYS]),
        ("DEBIT_NOTE", {}, [BUYERS_NOTE]),
        ("DEBIT_NOTE", {"is_without_gst": True}, []),
        ("ESTIMATE", {}, [NO_TAX_INVOICE]),
        ("SALES_ORDER", {}, [NO_TAX_INVOICE]),
        ("PURCHASE_ORDER", {}, []),
        ("DELIVERY_CHALLAN", {"challan_purpose": "OTHER"}, [INVOICE_FOLLOWS, NO_TAX_INVOICE]),
        ("DELIVERY_CHALLAN", {"challan_purpose": "JOB_WORK"}, [NO_TAX_INVOICE]),
    ],
)  # fmt: skip
def test_what_is_stated_at_the_foot(kind: str, nature: dict[str, Any], statements: list[str]) -> None:
    """CGST Rules, rule 46(p) and (s), rule 55(4); CGST Act, sections 9(5) and 34(1)."""
    assert list(texts(PRINTED[kind].statements, Nature(**nature))) == statements


@pytest.mark.parametrize(
    ("purpose", "notice"),
    [
        ("JOB_WORK", ["Goods sent for job work; this is not a supply."]),
        ("SUPPLY_ON_APPROVAL", ["Goods sent on approval, for sale or return; this is not yet a supply."]),
        ("LIQUID_GAS", ["The quantity is provisional: it is not known when the goods are removed."]),
        ("OTHER", []),
    ],
)
def test_a_challan_says_why_the_goods_leave(purpose: str, notice: list[str]) -> None:
    """CGST Rules, rule 55(1)."""
    assert list(texts(PRINTED["DELIVERY_CHALLAN"].notices, Nature(challan_purpose=purpose))) == notice


@pytest.mark.parametrize("kind", ["CREDIT_NOTE", "DEBIT_NOTE", "CUSTOMER_DEBIT_NOTE"])
def test_a_note_without_gst_says_so(kind: str) -> None:
    """CGST Act, section 34(2)."""
    notices = texts(PRINTED[kind].notices, Nature(is_without_gst=True))
    assert notices == ("This note changes the price alone; no GST is adjusted by it.",)


@pytest.mark.parametrize("kind", SALES)
def test_what_has_to_be_registered_says_that_it_is_not(kind: str) -> None:
    assert lawful_texts.NOT_REGISTERED_AT_PORTAL in PRINTED[kind].notices


def test_a_self_invoice_says_why_the_recipient_writes_it() -> None:
    """CGST Act, section 31(3)(f)."""
    notices = texts(PRINTED["BILL"].notices, Nature(is_self_invoiced=True))
    assert notices == ("Issued by the recipient, because the supplier is not registered.",)


@pytest.mark.parametrize(
    ("flow", "payment_type", "nature", "title"),
    [
        ("INCOMING", "REGULAR", {}, ("Receipt", "")),
        ("INCOMING", "ADVANCE", {}, ("Receipt voucher", "Advance received")),
        ("INCOMING", "ADVANCE", {"is_registered": False}, ("Receipt", "Advance received")),
        ("INCOMING", "REFUND", {}, ("Receipt", "Refund from a supplier")),
        ("OUTGOING", "REGULAR", {}, ("Payment voucher", "")),
        ("OUTGOING", "REGULAR", {"is_on_reverse_charge": True}, ("Payment voucher", "Tax payable on reverse charge")),
        ("OUTGOING", "ADVANCE", {}, ("Payment voucher", "Advance paid")),
        ("OUTGOING", "REFUND", {"pays_back_advance": True}, ("Refund voucher", "Advance paid back")),
        ("OUTGOING", "REFUND", {}, ("Payment voucher", "Refund of a credit")),
    ],
)
def test_a_voucher_is_called_what_the_law_calls_it(
    flow: str, payment_type: str, nature: dict[str, Any], title: tuple[str, str]
) -> None:
    """CGST Act, section 31(3)(d), (e) and (g); CGST Rules, rules 50, 51 and 52."""
    printed = PRINTED_PAYMENTS[flow, payment_type]
    called = next(each for each in printed.titles if each.applies(VoucherNature(**nature)))
    assert (called.text, called.subtitle) == title


@pytest.mark.parametrize(
    ("flow", "payment_type", "nature", "statements"),
    [
        ("INCOMING", "ADVANCE", {}, ["No tax is payable on an advance for goods."]),
        ("INCOMING", "ADVANCE", {"has_tax_inside": True}, []),
        ("INCOMING", "ADVANCE", {"charges_tax": False}, []),
        (
            "OUTGOING",
            "REGULAR",
            {"is_on_reverse_charge": True},
            ["Tax on what is paid for is payable by the recipient on reverse charge."],
        ),
        (
            "OUTGOING",
            "REFUND",
            {"pays_back_advance": True},
            ["The advance is paid back; nothing was supplied and no tax invoice was issued against it."],
        ),
        ("OUTGOING", "REGULAR", {}, []),
    ],
)
def test_what_a_voucher_states(flow: str, payment_type: str, nature: dict[str, Any], statements: list[str]) -> None:
    said = PRINTED_PAYMENTS[flow, payment_type].statements
    assert [each.text for each in said if each.applies(VoucherNature(**nature))] == statements


def test_every_text_names_its_source() -> None:
    for kind in PRINTED.values():
        assert all(title.source for title in kind.titles)
        assert all(said.source for said in (*kind.notices, *kind.statements))
    for payment in PRINTED_PAYMENTS.values():
        assert all(title.source for title in payment.titles)
        assert all(said.source for said in payment.statements)
    assert all(kind.titles[-1].applies(Nature()) for kind in PRINTED.values()), "one title applies always"
