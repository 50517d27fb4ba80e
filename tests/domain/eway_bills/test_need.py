"""When goods need an e-way bill: by their value, the states, the purpose and who moves them (CGST Rules, rule 138)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.documents.document import Paper
from domain.eway_bills.movements import BOUGHT, RETURNED_TO_US, SENT, SOLD, Movement, Purpose
from domain.eway_bills.need import Reason, need_of
from domain.eway_bills.thresholds import LIMITS, limit_on
from domain.gst.states import STATES
from tests.domain.eway_bills.papers import SELLER, exempt, goods, paper, service

TODAY = date(2026, 11, 30)


def told(
    document: Paper,
    movement: Movement | None = SOLD,
    purpose: Purpose = Purpose.SUPPLY,
    *,
    to: str = "IN-KA",
    on: date = TODAY,
    origin: str = "IN-MH",
) -> Reason:
    """Why goods of a document need an e-way bill, or not."""
    return need_of(document, movement, purpose, on=on, from_state=origin, to_state=to).reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("42372.88", "NOT_ABOVE_LIMIT"),
        ("42372.89", "ABOVE_LIMIT"),
        ("42373.00", "ABOVE_LIMIT"),
        ("1", "NOT_ABOVE_LIMIT"),
    ],
)
def test_between_states_goods_with_their_tax_count_against_fifty_thousand(value: str, reason: str) -> None:
    """42,372.88 and 18 % of it are 49,999.998; a paisa more is above fifty thousand."""
    assert told(paper(goods(value, within=False))) == reason


def test_exactly_fifty_thousand_is_not_above_it() -> None:
    """25,000 and 25,000 without tax on a bill of supply of a composition dealer."""
    need = need_of(
        paper(goods("50000", percent="0")), SOLD, Purpose.SUPPLY, on=TODAY, from_state="IN-MH", to_state="IN-KA"
    )

    assert (need.reason, need.value, need.is_needed) == ("NOT_ABOVE_LIMIT", Decimal("50000.00"), False)


def test_exempt_goods_of_a_mixed_document_do_not_count() -> None:
    """Books of 90,000 beside desks of 10,000 and their tax of 1,800."""
    need = need_of(
        paper(exempt("90000"), goods("10000")), SOLD, Purpose.SUPPLY, on=TODAY, from_state="IN-MH", to_state="IN-KA"
    )

    assert (need.reason, need.value) == ("NOT_ABOVE_LIMIT", Decimal("11800.00"))


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([exempt("900000")], "ONLY_EXEMPT_GOODS"),
        ([service("900000")], "NO_GOODS"),
        ([service("900000"), goods("1000")], "NOT_ABOVE_LIMIT"),
        ([goods("900000", hsn=None)], "ABOVE_LIMIT"),
        ([goods("900000", hsn=None, unit_code="NA")], "NO_GOODS"),
    ],
)
def test_only_taxed_goods_travel_under_an_eway_bill(lines: list[Any], reason: str) -> None:
    """What names no code counts as goods, unless its unit is one of time."""
    assert told(paper(*lines)) == reason


def test_job_work_between_states_needs_one_at_any_value() -> None:
    """The third proviso of rule 138(1); within a state the usual limit holds."""
    small = paper(goods("100"), challan_purpose="JOB_WORK")

    assert told(small, SENT, Purpose.JOB_WORK) == "JOB_WORK_BETWEEN_STATES"
    assert told(small, SENT, Purpose.JOB_WORK, to="IN-MH") == "NOT_ABOVE_LIMIT"


@pytest.mark.parametrize(
    ("state", "on", "limit"),
    [
        ("IN-MH", TODAY, "100000"),
        ("IN-MH", date(2018, 6, 30), "50000"),
        ("IN-KA", TODAY, "50000"),
        ("IN-DL", TODAY, "100000"),
        ("IN-TN", TODAY, "100000"),
        ("IN-BR", date(2018, 5, 1), "200000"),
        ("IN-BR", date(2019, 1, 20), "200000"),
        ("IN-BR", date(2019, 1, 21), "100000"),
        ("IN-RJ", date(2021, 3, 31), "50000"),
        ("IN-RJ", date(2021, 4, 1), "100000"),
        ("IN-JH", date(2018, 9, 27), "50000"),
        ("IN-JH", date(2018, 9, 28), "100000"),
        ("IN-WB", date(2023, 11, 30), "100000"),
        ("IN-WB", date(2023, 12, 1), "50000"),
        ("IN-MP", TODAY, "100000"),
        ("IN-JK", TODAY, None),
        ("IN-MH", date(2018, 3, 31), None),
    ],
)
def test_states_have_limits_of_their_own_for_what_stays_within_them(state: str, on: date, limit: str | None) -> None:
    """Before 01-04-2018 there was no e-way bill."""
    assert limit_on(on, from_state=state, to_state=state) == (None if limit is None else Decimal(limit))


@pytest.mark.parametrize("state", ["IN-BR", "IN-JK", "IN-MH"])
def test_between_states_the_limit_is_everywhere_the_same(state: str) -> None:
    """Whatever the state says for itself."""
    assert limit_on(TODAY, from_state=state, to_state="IN-KA") == Decimal(50000)


def test_each_limit_names_a_state_and_its_source() -> None:
    """Dates of one state rise, so that the last one that has begun is the newest."""
    for state in {limit.state for limit in LIMITS}:
        dates = [limit.since for limit in LIMITS if limit.state == state]
        assert state in STATES
        assert dates == sorted(set(dates))
    assert all(limit.source for limit in LIMITS)


def test_within_jammu_and_kashmir_none_is_needed() -> None:
    """Notification 64 of 30-11-2019."""
    assert told(paper(goods("900000")), origin="IN-JK", to="IN-JK") == "NONE_WITHIN_STATE"


@pytest.mark.parametrize(
    ("treatment", "reason"), [("UNREGISTERED", "ABOVE_LIMIT"), ("REGISTERED", "SUPPLIER_MAKES_IT")]
)
def test_a_buyer_makes_it_only_for_what_a_vendor_without_registration_sends(treatment: str, reason: str) -> None:
    """Rule 138(3), first explanation: the recipient is taken to move the goods."""
    assert told(paper(goods("900000"), kind="BILL", gst_treatment=treatment), BOUGHT) == reason


@pytest.mark.parametrize(
    ("gst_reason", "reason"), [("SALES_RETURN", "ABOVE_LIMIT"), ("POST_SALE_DISCOUNT", "GOODS_STAY")]
)
def test_goods_move_with_a_credit_note_only_when_they_come_back(gst_reason: str, reason: str) -> None:
    """A discount moves nothing."""
    note = paper(goods("900000"), kind="CREDIT_NOTE", gst_reason=gst_reason)

    assert told(note, RETURNED_TO_US, Purpose.SALES_RETURN) == reason


def test_goods_of_an_estimate_stay() -> None:
    """Its kind has no movement."""
    assert told(paper(goods("900000"), kind="ESTIMATE"), None) == "GOODS_STAY"


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ({"is_reverse_charge": True}, "50000"),
        ({"is_tax_paid_by_operator": True}, "50000"),
        ({"exchange_rate": Decimal(80)}, "4720000"),
        ({"challan_purpose": "JOB_WORK"}, "50000"),
        ({"challan_purpose": "OTHER"}, "59000"),
        ({"challan_purpose": "OTHER", "gst_no": SELLER}, "50000"),
    ],
)
def test_the_value_holds_the_tax_that_is_charged_in_rupees(said: dict[str, Any], value: str) -> None:
    """None where others owe it, or nothing is supplied; 50,000 dollars are 4,000,000 rupees."""
    need = need_of(
        paper(goods("50000", within=False), **said),
        SOLD,
        Purpose.SUPPLY,
        on=TODAY,
        from_state="IN-MH",
        to_state="IN-KA",
        our_gst_no=SELLER,
    )

    assert need.value == Decimal(value)
