"""The two running statements of the portal, and what it refuses (gst-2026, L4)."""

from datetime import date
from decimal import Decimal

from domain.gst.returns.amounts import NO_TAX, Tax, Taxed
from domain.gst.returns.inward import Inward, InwardTable, Paper
from domain.gst.returns.statements import StatementName, running, shortfalls

RECLAIM, REVERSE_CHARGE = StatementName.RECLAIM, StatementName.REVERSE_CHARGE


def figure(table: str, cgst: str, on: str = "2026-11-05") -> Inward:
    """A figure of one table: so much CGST, and as much SGST."""
    paper = Paper(
        kind="BILL",
        document_id="bill_1",
        number=None,
        self_invoice_number=None,
        dated_on=date.fromisoformat(on),
        branch_id="br_1",
        contact_id=None,
        contact_name=None,
        gst_no=None,
    )
    worth = Taxed(tax=both(cgst))
    return Inward(paper=paper, table=InwardTable(table), is_interstate=False, rate=None, worth=worth, why="")


def both(cgst: str) -> Tax:
    return Tax(cgst=Decimal(cgst), sgst=Decimal(cgst))


def test_what_is_reversed_for_a_time_can_be_reclaimed() -> None:
    """Opening 450, in October 100 more, in November 300 reclaimed and 20 reversed for good: 250 are left."""
    before = [figure("4(B)(2)", "100", "2026-10-31")]
    within = [figure("4(D)(1)", "300"), figure("4(A)(5)", "300"), figure("4(B)(1)", "20")]
    statement = running(RECLAIM, both("450"), before, within)

    assert (statement.whole.opening, statement.whole.closing) == (both("550"), both("250"))
    assert [(each.month, each.taken) for each in statement.months] == [(date(2026, 11, 1), both("300"))]


def test_months_follow_one_another() -> None:
    within = [figure("3.1(d)", "200", "2026-10-05"), figure("4(A)(3)", "200", "2026-12-05"), figure("3.1(d)", "7")]
    statement = running(REVERSE_CHARGE, NO_TAX, (), within)

    assert [(each.month.month if each.month else 0, each.closing) for each in statement.months] == [
        (10, both("200")),
        (11, both("207")),
        (12, both("7")),
    ]
    assert statement.whole.closing == both("7")


def test_a_return_that_takes_what_is_there_passes() -> None:
    openings = {RECLAIM: both("450"), REVERSE_CHARGE: NO_TAX}
    of_november = [figure("4(D)(1)", "450"), figure("3.1(d)", "90"), figure("4(A)(3)", "90")]

    assert shortfalls(openings, of_november) == []


def test_a_reclaim_beyond_the_statement_is_refused_head_by_head() -> None:
    """450 and 450 stand there, 20 more are reversed in the period: 470.01 is a paisa too much."""
    openings = {RECLAIM: both("450"), REVERSE_CHARGE: NO_TAX}
    found = shortfalls(openings, [figure("4(B)(2)", "20"), figure("4(D)(1)", "470.01")])

    assert [(each.name, each.head) for each in found] == [(RECLAIM, "cgst"), (RECLAIM, "sgst")]
    assert found[0].message == (
        "CGST: 4(D)(1) takes 470.01, but the statement has 470.00 with 4(B)(2) of this period."
        " The portal refuses it (GSTN advisory of 29-12-2025)."
    )


def test_credit_of_reverse_charge_needs_the_tax() -> None:
    found = shortfalls({REVERSE_CHARGE: NO_TAX}, [figure("3.1(d)", "90"), figure("4(A)(3)", "100")])

    assert [(each.head, each.taken.cgst) for each in found] == [("cgst", Decimal(100)), ("sgst", Decimal(100))]
    assert "4(A)(2) and 4(A)(3) takes 100" in found[0].message


def test_less_than_nought_has_to_be_made_good_first() -> None:
    """More credit than tax in the past: the portal refuses a return that leaves it so."""
    openings = {REVERSE_CHARGE: both("-50")}

    assert [each.head for each in shortfalls(openings, [])] == ["cgst", "sgst"]
    assert shortfalls(openings, [figure("3.1(d)", "50")]) == []
