"""What the portal would refuse or ask about: each check on a document that is right but for one thing."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.gst.returns.amounts import NO_TAX, Tax, Taxed
from domain.gst.returns.checked import CheckedDocument, CheckedLine
from domain.gst.returns.checks_of_documents import CHECKS_OF_DOCUMENTS
from domain.gst.returns.checks_of_returns import (
    CHECKS_OF_ANY,
    CHECKS_OF_SUPPLIES,
    CHECKS_OF_TAXES,
    TIME_BARRED,
    Taxes,
    WholeReturn,
    of_paper,
    twins,
)
from domain.gst.returns.finding import Check, Severity
from domain.gst.returns.gstr3b import tables_of
from domain.gst.returns.inward import Inward, InwardTable, Paper
from domain.gst.returns.statements import StatementName, shortfalls
from domain.gst.returns.validation import check_document, graver_first
from domain.values import Struct, replace

OURS = "27AAPFU0939F1ZV"
GUJARAT = "24AAPFU0939F1Z1"


class IssuedRun(Struct, frozen=True):
    """A run of consecutive numbers."""

    nature: int
    first: str
    last: str


LINE = CheckedLine(
    position=1,
    hsn_or_sac="940360",
    unit_code="NOS",
    tax_category="TAXABLE",
    rate=Decimal(18),
    quantity=Decimal(1),
    taxable=Decimal("1000.00"),
)
RIGHT = CheckedDocument(
    id="inv_1",
    kind="INVOICE",
    number="INV/26-27/0001",
    dated_on=date(2026, 10, 15),
    gstin=OURS,
    gst_no=GUJARAT,
    gst_treatment="REGISTERED",
    place_of_supply="IN-GJ",
    supply_type="INTER_STATE",
    is_reverse_charge=False,
    is_export_with_payment=False,
    is_late_entry=False,
    total=Decimal("1180.00"),
    ecommerce_operator_gst_no=None,
    ecommerce_section=None,
    shipping_bill_number=None,
    shipping_bill_on=None,
    port_code=None,
    ship_to_gst_no=None,
    is_linked=False,
    original_number=None,
    original_on=None,
    original_total=None,
    credited=Decimal(0),
    turnover=Decimal(0),
    lines=[LINE],
)
CONSUMER = replace(RIGHT, gst_no=None, gst_treatment="CONSUMER")
EXPORT = replace(
    RIGHT,
    gst_no=None,
    gst_treatment="OVERSEAS",
    place_of_supply="OVERSEAS",
    shipping_bill_number="4455667",
    shipping_bill_on=date(2026, 10, 16),
    port_code="INNSA1",
)
NOTE = replace(
    RIGHT,
    kind="CREDIT_NOTE",
    is_linked=True,
    original_number="INV/26-27/0001",
    original_on=date(2026, 10, 1),
    original_total=Decimal("1180.00"),
    credited=Decimal("1180.00"),
)
LARGE = Decimal("50000000.01")


def with_line(document: CheckedDocument = RIGHT, **values: Any) -> CheckedDocument:
    """The document with another line."""
    return replace(document, lines=[replace(LINE, **values)])


def codes(document: CheckedDocument) -> list[str]:
    """What is found of a document."""
    return [finding.code for finding in check_document(document)]


@pytest.mark.parametrize("document", [RIGHT, CONSUMER, EXPORT, NOTE], ids=["b2b", "consumer", "export", "note"])
def test_nothing_is_said_of_what_is_right(document: CheckedDocument) -> None:
    assert codes(document) == []


WRONG = [
    ("gstin.invalid", replace(RIGHT, gst_no="24AAPFU0939F1Z2"), "gst_no", None),
    ("gstin.invalid", replace(RIGHT, gst_no="24AAPFU0939F1Z"), "gst_no", None),
    ("gstin.invalid", replace(RIGHT, gst_no=None), "gst_no", None),
    ("gstin.invalid", replace(RIGHT, gst_treatment="UIN"), "gst_no", None),
    ("number.invalid", replace(RIGHT, number="SI/2026-27/000123"), "number", None),
    ("number.invalid", replace(RIGHT, number="000"), "number", None),
    ("number.invalid", replace(RIGHT, number="INV 1"), "number", None),
    ("place_of_supply.mismatch", replace(RIGHT, place_of_supply="IN-MH"), "place_of_supply", None),
    ("place_of_supply.mismatch", replace(RIGHT, supply_type="INTRA_STATE"), "place_of_supply", None),
    ("place_of_supply.mismatch", replace(RIGHT, place_of_supply="OVERSEAS"), "place_of_supply", None),
    ("place_of_supply.mismatch", replace(RIGHT, place_of_supply="IN-DD"), "place_of_supply", None),
    ("reverse_charge.not_possible", replace(CONSUMER, is_reverse_charge=True), "is_reverse_charge", None),
    (
        "reverse_charge.not_possible",
        replace(RIGHT, gst_treatment="DEEMED_EXPORT", is_reverse_charge=True),
        "is_reverse_charge",
        None,
    ),
    ("hsn.missing", with_line(hsn_or_sac=None), "hsn_or_sac", 1),
    ("hsn.missing", replace(with_line(CONSUMER, hsn_or_sac=None), turnover=LARGE), "hsn_or_sac", 1),
    ("hsn.absent_b2c", with_line(CONSUMER, hsn_or_sac=None), "hsn_or_sac", 1),
    ("hsn.too_short", replace(with_line(hsn_or_sac="9403"), turnover=LARGE), "hsn_or_sac", 1),
    ("hsn.too_short", with_line(hsn_or_sac="94036"), "hsn_or_sac", 1),
    ("unit.unknown", with_line(unit_code="XYZ"), "unit", 1),
    ("unit.others", with_line(unit_code=None), "unit", 1),
    ("unit.others", with_line(unit_code="OTH"), "unit", 1),
    ("rate.unknown", with_line(rate=Decimal(17)), "tax_id", 1),
    ("rate.not_in_force", with_line(rate=Decimal(12)), "tax_id", 1),
    ("rate.not_in_force", with_line(rate=Decimal(28)), "tax_id", 1),
    ("rate.nought", with_line(rate=Decimal(0)), "tax_id", 1),
    ("value.negative", replace(RIGHT, total=Decimal("-0.01")), "total", None),
    ("value.negative", with_line(taxable=Decimal("-1.00")), "rate", 1),
    (
        "shipping_bill.missing",
        replace(EXPORT, shipping_bill_number=None, shipping_bill_on=None, port_code=None),
        "shipping_bill_number",
        None,
    ),
    ("shipping_bill.invalid", replace(EXPORT, shipping_bill_on=None), "shipping_bill_date", None),
    ("shipping_bill.invalid", replace(EXPORT, shipping_bill_number="12345678"), "shipping_bill_number", None),
    ("shipping_bill.invalid", replace(EXPORT, port_code="INNSA12"), "port_code", None),
    (
        "operator.invalid",
        replace(RIGHT, ecommerce_section="SECTION_52", ecommerce_operator_gst_no=GUJARAT),
        "ecommerce_operator_gst_no",
        None,
    ),
    ("ship_to.invalid", replace(RIGHT, ship_to_gst_no=GUJARAT), "shipping_address.gst_no", None),
    ("ship_to.invalid", replace(RIGHT, ship_to_gst_no="24AAPFU0939F1Z2"), "shipping_address.gst_no", None),
    ("note.unlinked", replace(NOTE, is_linked=False, original_number=None), "invoice_id", None),
    ("note.over_invoice", replace(NOTE, credited=Decimal("1180.01")), "total", None),
    ("note.over_invoice", replace(NOTE, is_linked=False, total=Decimal("1180.01")), "total", None),
    ("note.too_late", replace(NOTE, original_on=date(2025, 3, 31), dated_on=date(2025, 12, 1)), "date", None),
    ("document.late", replace(RIGHT, is_late_entry=True), "date", None),
]


@pytest.mark.parametrize(
    ("code", "document", "field", "line"), WRONG, ids=[f"{code} {n}" for n, (code, *_) in enumerate(WRONG)]
)
def test_each_fault_is_told_with_its_place_and_its_rule(
    code: str, document: CheckedDocument, field: str, line: int | None
) -> None:
    found = list(check_document(document))

    assert [finding.code for finding in found] == [code]
    (finding,) = found
    assert (finding.document_id, finding.document_number, finding.document_type) == (
        document.id,
        document.number,
        document.kind,
    )
    assert (finding.field, finding.line) == (field, line)
    assert finding.message and finding.rule and finding.remedy


def test_who_sells_to_his_own_registration_is_told() -> None:
    own = replace(RIGHT, gst_no=OURS, place_of_supply="IN-MH", supply_type="INTRA_STATE")

    assert codes(own) == ["gstin.own"]


@pytest.mark.parametrize(
    "document",
    [
        replace(with_line(hsn_or_sac="9403"), turnover=Decimal("50000000.00")),
        with_line(hsn_or_sac="998312", unit_code=None),
        replace(
            EXPORT,
            lines=[replace(LINE, hsn_or_sac="998312", unit_code="NA")],
            shipping_bill_number=None,
            shipping_bill_on=None,
            port_code=None,
        ),
        replace(with_line(rate=Decimal(28)), dated_on=date(2025, 9, 21)),
        replace(NOTE, lines=[replace(LINE, rate=Decimal(12))], original_on=date(2025, 9, 1)),
        replace(NOTE, original_on=date(2025, 3, 31), dated_on=date(2025, 11, 30)),
        with_line(rate=Decimal(0), tax_category="EXEMPT"),
        replace(RIGHT, gst_treatment="SEZ"),
        replace(RIGHT, gst_treatment="SEZ", gst_no=OURS.replace("U0939", "S0939").replace("1ZV", "1ZG")),
    ],
    ids=[
        "four digits at five crore",
        "a service without a unit",
        "services exported without a shipping bill",
        "28 % before it was withdrawn",
        "a note at its invoice's rate",
        "a note of 30 November",
        "an exempt line",
        "an SEZ in another state",
        "an SEZ in our own state",
    ],
)
def test_what_is_allowed_is_not_told(document: CheckedDocument) -> None:
    assert [code for code in codes(document) if code != "gstin.invalid"] == []


def test_every_check_of_documents_has_a_case() -> None:
    assert {check.code for check in CHECKS_OF_DOCUMENTS} == {code for code, *_ in WRONG} | {"gstin.own"}


def test_numbers_are_twins_whatever_their_case_within_a_kind_and_year() -> None:
    """``inv-1`` of March is of another financial year than ``INV-1`` of April."""
    one = replace(RIGHT, id="inv_a", number="inv-1")
    other = replace(RIGHT, id="inv_b", number="INV-1")
    earlier = replace(RIGHT, id="inv_c", number="INV-1", dated_on=date(2026, 3, 31))
    note = replace(NOTE, id="cn_a", number="INV-1")

    assert [each.id for each in twins([one, other, earlier, note])] == ["inv_a", "inv_b"]


def of_any(**values: Any) -> list[str]:
    """What is found of a return as a whole."""
    whole = WholeReturn(**{"to_on": date(2026, 10, 31), "today": date(2026, 11, 11), **values})
    return [check.code for check in CHECKS_OF_ANY for _ in check.find(whole)]


def test_a_return_has_its_turn_and_its_time() -> None:
    assert of_any() == []
    assert of_any(today=date(2026, 10, 31)) == ["return.not_over"]
    assert of_any(not_its_turn="GSTR-3B comes first.") == ["return.order"]
    assert of_any(can_be_filed_until=date(2026, 11, 10)) == ["return.barred"]
    assert of_any(not_its_turn="It is filed.", can_be_filed_until=date(2026, 11, 10), is_filed=True) == []


def told(issued: Sequence[IssuedRun]) -> list[tuple[str, str]]:
    """What is found of the numbers together."""
    return [(check.code, fault.message) for check in CHECKS_OF_SUPPLIES for fault in check.find(issued)]


@pytest.mark.parametrize(
    ("last", "first", "missing"),
    [
        ("INV/26-27/0007", "INV/26-27/0010", 2),
        ("S-9", "S-11", 1),
        ("INV/26-27/0007", "INV/26-27/0008", 0),
        ("INV/26-27/0007", "EXP/26-27/0010", 0),
        ("INV/10/0007", "INV/11/0001", 0),
    ],
    ids=["two missing", "not padded", "the next", "another series", "another month"],
)
def test_gaps_of_a_series_are_told(last: str, first: str, missing: int) -> None:
    runs = [IssuedRun(1, last, last), IssuedRun(1, first, first)]

    found = told(runs)

    expected = [("number.gap", f"Between {last} and {first} {missing} numbers are missing.")]
    assert found == (expected if missing else [])


def test_another_nature_is_no_gap() -> None:
    runs = [IssuedRun(1, "A-1", "A-1"), IssuedRun(5, "A-9", "A-9")]

    assert told(runs) == []


def bought(table: InwardTable, *, on: str = "2026-10-10", kind: str = "BILL", **tax: str) -> Inward:
    """A figure of a table of GSTR-3B."""
    paper = Paper(
        kind=kind,
        document_id="bill_1",
        number="V/7",
        self_invoice_number=None,
        dated_on=date.fromisoformat(on),
        branch_id="br_1",
        contact_id=None,
        contact_name=None,
        gst_no=None,
    )
    worth = Taxed(tax=Tax(**{head: Decimal(amount) for head, amount in tax.items()}))
    return Inward(paper=paper, table=table, is_interstate=False, rate=None, worth=worth, why="")


def of_taxes(*inward: Inward, reclaim: Tax = NO_TAX) -> list[tuple[str, str | None]]:
    """What is found of a GSTR-3B with these figures."""
    openings = {StatementName.RECLAIM: reclaim, StatementName.REVERSE_CHARGE: NO_TAX}
    taxes = Taxes(tables=tables_of([], inward), shortfalls=shortfalls(openings, inward), today=date(2026, 11, 11))
    return [(check.code, fault.field) for check in CHECKS_OF_TAXES for fault in check.find(taxes)]


def test_no_more_is_reclaimed_than_was_reversed() -> None:
    """GSTN advisory of 29-12-2025: refused from a paisa on."""
    reclaimed = bought(InwardTable.RECLAIMED, cgst="100.01", sgst="100.01")
    reversed_before = Tax(cgst=Decimal("100.00"), sgst=Decimal("100.01"))

    assert of_taxes(reclaimed, reclaim=reversed_before) == [("statement.exceeded", "reclaim.cgst")]
    assert of_taxes(reclaimed, reclaim=Tax(cgst=Decimal("100.01"), sgst=Decimal("100.01"))) == []


def test_no_more_of_reverse_charge_is_credited_than_is_paid() -> None:
    owed = bought(InwardTable.REVERSE_CHARGE, igst="180.00")
    credited = bought(InwardTable.IMPORT_OF_SERVICES, igst="180.01")

    assert of_taxes(owed, credited) == [("statement.exceeded", "reverse_charge.igst")]


@pytest.mark.parametrize("table", [InwardTable.REVERSED_FOR_GOOD, InwardTable.NO_TAX])
def test_some_tables_are_never_below_nought(table: InwardTable) -> None:
    row = bought(table, cgst="-5", sgst="-5")
    if table is InwardTable.NO_TAX:
        row = replace(row, worth=Taxed(taxable=Decimal(-5)))

    assert {code for code, _ in of_taxes(row)} == {"table.negative"}


def test_central_and_state_tax_are_equal() -> None:
    assert of_taxes(bought(InwardTable.OTHER_CREDIT, cgst="9.00", sgst="9.01")) == [("tax.unequal", "4(A)(5)")]


@pytest.mark.parametrize(
    ("inward", "is_told"),
    [
        (bought(InwardTable.OTHER_CREDIT, on="2025-03-31", cgst="9", sgst="9"), True),
        (bought(InwardTable.OTHER_CREDIT, on="2025-04-01", cgst="9", sgst="9"), False),
        (bought(InwardTable.OTHER_REVERSE_CHARGE, on="2025-03-31", cgst="9", sgst="9"), False),
        (bought(InwardTable.OTHER_CREDIT, on="2025-03-31", kind="ITC_ADJUSTMENT", cgst="9", sgst="9"), False),
        (bought(InwardTable.NOT_AVAILABLE, on="2025-03-31", cgst="9", sgst="9"), False),
    ],
    ids=["of the year before last", "of last year", "on reverse charge", "a reclaim", "told as barred"],
)
def test_credit_ends_on_30_november_after_the_year(inward: Inward, *, is_told: bool) -> None:
    found = list(of_paper(TIME_BARRED, inward, date(2025, 12, 1)))

    assert [finding.code for finding in found] == ["credit.time_barred"] * is_told


def test_what_is_refused_is_told_before_what_is_asked_about() -> None:
    asked, refused = replace(RIGHT, is_late_entry=True), replace(RIGHT, number="000")
    found = [finding for document in (asked, refused) for finding in check_document(document)]

    assert [finding.severity for finding in graver_first(found)] == [Severity.REFUSED, Severity.QUERIED]


def test_each_check_says_its_rule_and_what_to_do() -> None:
    checks: list[Check[Any]] = [
        *CHECKS_OF_DOCUMENTS,
        *CHECKS_OF_ANY,
        *CHECKS_OF_SUPPLIES,
        *CHECKS_OF_TAXES,
        TIME_BARRED,
    ]

    assert [check.code for check in checks if not (check.rule and check.remedy.endswith("."))] == []
    assert len({check.code for check in checks}) == len(checks)
