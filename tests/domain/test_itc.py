"""Which tax on purchases is credited: tables of cases."""

from datetime import date

import pytest

from domain.errors import Failed, Required
from domain.gst.itc import BlockedReason, ItcEligibility, decide_eligibility, last_day_of_credit
from domain.gst.treatments import RegistrationType
from openapi.bundle import bundle

ELIGIBLE, BLOCKED, POS_RESTRICTED, TIME_BARRED, NONE = ItcEligibility
REGULAR, COMPOSITION, UNREGISTERED, SEZ = RegistrationType
FOOD = BlockedReason.FOOD_BEAUTY_OR_HEALTH


def decided(
    registration: RegistrationType = REGULAR,
    *,
    taxed: bool = True,
    reverse_charge: bool = False,
    place: str = "IN-MH",
    dated_on: date = date(2026, 6, 15),
    today: date = date(2026, 11, 21),
    said: ItcEligibility | None = None,
    reason: str | None = None,
) -> ItcEligibility:
    """What becomes of the tax on a line bought in Maharashtra."""
    return decide_eligibility(
        registration=registration,
        is_taxed=taxed,
        is_reverse_charge=reverse_charge,
        place_of_supply=place,
        organization_state="IN-MH",
        dated_on=dated_on,
        today=today,
        said=said,
        blocked_reason=reason,
        path="line_items[1].",
    )


@pytest.mark.parametrize(
    ("registration", "taxed", "place", "expected"),
    [
        (REGULAR, True, "IN-MH", ELIGIBLE),
        (SEZ, True, "IN-MH", ELIGIBLE),
        (REGULAR, False, "IN-MH", NONE),
        (REGULAR, False, "IN-KA", NONE),
        (COMPOSITION, True, "IN-MH", NONE),
        (UNREGISTERED, True, "IN-MH", NONE),
        (REGULAR, True, "IN-KA", POS_RESTRICTED),
    ],
)
def test_credit_needs_a_registration_tax_and_a_place_of_supply_at_home(
    registration: RegistrationType, place: str, expected: ItcEligibility, *, taxed: bool
) -> None:
    assert decided(registration, taxed=taxed, place=place) == expected


def test_a_hotel_in_another_state_gives_no_credit_but_reverse_charge_there_does() -> None:
    assert decided(place="IN-GA") == POS_RESTRICTED
    assert decided(place="IN-GA", reverse_charge=True) == ELIGIBLE


@pytest.mark.parametrize(
    ("dated_on", "today", "expected"),
    [
        (date(2025, 4, 1), date(2026, 11, 30), ELIGIBLE),
        (date(2025, 4, 1), date(2026, 12, 1), TIME_BARRED),
        (date(2026, 3, 31), date(2026, 11, 30), ELIGIBLE),
        (date(2026, 3, 31), date(2026, 12, 1), TIME_BARRED),
        (date(2026, 4, 1), date(2026, 12, 1), ELIGIBLE),
        (date(2026, 4, 1), date(2027, 12, 1), TIME_BARRED),
        (date(2025, 3, 31), date(2026, 11, 21), TIME_BARRED),
    ],
)
def test_credit_ends_on_30_november_after_the_financial_year(
    dated_on: date, today: date, expected: ItcEligibility
) -> None:
    assert decided(dated_on=dated_on, today=today) == expected


def test_the_last_day_of_credit_follows_the_financial_year_not_the_calendar_year() -> None:
    assert last_day_of_credit(date(2026, 3, 31)) == date(2026, 11, 30)
    assert last_day_of_credit(date(2026, 4, 1)) == date(2027, 11, 30)


@pytest.mark.parametrize("said", [ELIGIBLE, POS_RESTRICTED, TIME_BARRED, NONE])
def test_what_is_said_wins_over_place_and_time(said: ItcEligibility) -> None:
    assert decided(said=said) == said
    assert decided(place="IN-KA", said=said) == said
    assert decided(dated_on=date(2020, 1, 1), said=said) == said


@pytest.mark.parametrize("said", [None, BLOCKED])
def test_a_reason_for_blocking_blocks(said: ItcEligibility | None) -> None:
    assert decided(said=said, reason=FOOD) == BLOCKED
    assert decided(place="IN-KA", said=said, reason=FOOD) == BLOCKED
    assert decided(said=said, reason=FOOD, reverse_charge=True) == BLOCKED


@pytest.mark.parametrize("said", [None, BLOCKED])
def test_where_there_is_no_credit_nothing_is_blocked(said: ItcEligibility | None) -> None:
    assert decided(taxed=False, said=said, reason=FOOD) == NONE
    assert decided(COMPOSITION, said=said, reason=FOOD) == NONE


def test_a_line_without_tax_has_no_credit_whatever_is_said() -> None:
    assert decided(taxed=False, said=ELIGIBLE) == NONE


@pytest.mark.parametrize("registration", [COMPOSITION, UNREGISTERED])
def test_credit_is_not_said_into_being_without_a_registration_that_takes_it(registration: RegistrationType) -> None:
    with pytest.raises(Failed) as refusal:
        decided(registration, said=ELIGIBLE)
    assert refusal.value.field == "line_items[1].itc_eligibility"


def test_blocking_names_its_clause() -> None:
    with pytest.raises(Required) as refusal:
        decided(said=BLOCKED)
    assert refusal.value.field == "line_items[1].itc_blocked_reason"


@pytest.mark.parametrize("said", [ELIGIBLE, POS_RESTRICTED, TIME_BARRED, NONE])
def test_a_reason_for_blocking_contradicts_every_other_state(said: ItcEligibility) -> None:
    with pytest.raises(Failed) as refusal:
        decided(said=said, reason=FOOD)
    assert refusal.value.field == "line_items[1].itc_blocked_reason"


def test_every_reason_cites_its_clause() -> None:
    assert BlockedReason("17(5)(a)") is BlockedReason.MOTOR_VEHICLE
    parts = ("b)(i", "b)(ii", "b)(iii")
    assert set(BlockedReason) == {
        f"17(5)({clause})" for clause in ("a", "aa", "ab", "b", *parts, "c", "d", "e", "f", "fa", "g", "h", "i")
    }


def test_the_contract_takes_every_clause() -> None:
    assert set(bundle()["components"]["schemas"]["ItcBlockedReason"]["enum"]) == set(BlockedReason)


def test_only_eligible_tax_is_credited() -> None:
    assert [state for state in ItcEligibility if state.is_credited] == [ELIGIBLE]
