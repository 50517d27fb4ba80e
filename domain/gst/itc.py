"""Input tax credit: whether the tax on something bought is credited, and by which rule it is not.

One function decides for the lines of bills, expenses and bills of entry alike.
Source: CGST Act 2017, sections 10(4), 16 and 17(5).
"""

from datetime import date
from enum import StrEnum

from domain.errors import Failed, Required
from domain.financial_year import financial_year_of
from domain.gst.treatments import RegistrationType


class ItcEligibility(StrEnum):
    """What becomes of the tax on a purchase; all but ELIGIBLE make it part of the cost."""

    ELIGIBLE = "ELIGIBLE"
    BLOCKED = "BLOCKED"
    POS_RESTRICTED = "POS_RESTRICTED"
    TIME_BARRED = "TIME_BARRED"
    NONE = "NONE"

    @property
    def is_credited(self) -> bool:
        """Whether the tax goes to the input tax accounts instead of the account of the line."""
        return self is ItcEligibility.ELIGIBLE


class BlockedReason(StrEnum):
    """The clauses of section 17(5), which block the credit of what is otherwise bought for business.

    ``ANY_OF_B`` is clause (b) where nobody says which of its three parts is meant.
    """

    MOTOR_VEHICLE = "17(5)(a)"
    VESSEL_OR_AIRCRAFT = "17(5)(aa)"
    VEHICLE_INSURANCE_OR_REPAIR = "17(5)(ab)"
    ANY_OF_B = "17(5)(b)"
    FOOD_BEAUTY_OR_HEALTH = "17(5)(b)(i)"
    CLUB_MEMBERSHIP = "17(5)(b)(ii)"
    EMPLOYEE_TRAVEL = "17(5)(b)(iii)"
    WORKS_CONTRACT = "17(5)(c)"
    OWN_CONSTRUCTION = "17(5)(d)"
    COMPOSITION_SUPPLY = "17(5)(e)"
    NON_RESIDENT = "17(5)(f)"
    CSR = "17(5)(fa)"
    PERSONAL_USE = "17(5)(g)"
    LOST_OR_GIFTED = "17(5)(h)"
    FRAUD_DEMAND = "17(5)(i)"


def decide_eligibility(
    *,
    registration: RegistrationType,
    is_taxed: bool,
    is_reverse_charge: bool,
    place_of_supply: str,
    organization_state: str,
    dated_on: date,
    today: date,
    said: ItcEligibility | None,
    blocked_reason: str | None,
    path: str = "",
) -> ItcEligibility:
    """Return what becomes of the tax on a line bought by a registration in ``organization_state``.

    ``said`` (None: nothing) wins where the law leaves the choice: an old bill, or one of another state, may be said to
    be ELIGIBLE, because only the buyer knows when and under which registration he took the credit. A reason for
    blocking says BLOCKED by itself. Without tax the answer is always NONE. ``dated_on`` is the date of the paper that
    the credit rests on: of the vendor's invoice, the bill of entry, or the self-invoice (Circular 211/5/2024-GST).

    Raises Failed when ELIGIBLE is said without a registration that takes credit or beside a reason for blocking,
    Required when BLOCKED is said without its reason. ``path`` is put before the field's name.
    """
    _check_what_is_said(said, blocked_reason, path)
    if said is ItcEligibility.ELIGIBLE and not registration.charges_tax:
        raise Failed(
            f"An organization of registration {registration} takes no input tax credit.", field=f"{path}itc_eligibility"
        )
    # Who may not collect GST may not take credit either (section 10(4)).
    if not is_taxed or not registration.charges_tax:
        return ItcEligibility.NONE
    if said or blocked_reason:
        return said or ItcEligibility.BLOCKED
    # Tax on reverse charge is paid by this registration itself, wherever the supply has its place.
    if place_of_supply != organization_state and not is_reverse_charge:
        return ItcEligibility.POS_RESTRICTED
    if today > last_day_of_credit(dated_on):
        return ItcEligibility.TIME_BARRED
    return ItcEligibility.ELIGIBLE


def last_day_of_credit(dated_on: date) -> date:
    """Return 30 November after the financial year of the invoice. Source: CGST Act 2017, section 16(4).

    The annual return may end the time earlier; the books do not know when it was filed.
    """
    return date(financial_year_of(dated_on).last_day.year, 11, 30)


def _check_what_is_said(said: ItcEligibility | None, blocked_reason: str | None, path: str) -> None:
    if said is ItcEligibility.BLOCKED and not blocked_reason:
        raise Required("Say by which clause of section 17(5) the credit is blocked.", field=f"{path}itc_blocked_reason")
    if blocked_reason and said not in (None, ItcEligibility.BLOCKED):
        raise Failed(f"Credit that is {said} is not blocked by {blocked_reason}.", field=f"{path}itc_blocked_reason")
