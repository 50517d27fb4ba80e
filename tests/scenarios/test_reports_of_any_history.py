"""Whatever happens to a business, its reports on contacts and trade are its ledger, and what they told once stays."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.documents.kinds import Side
from domain.reports import question
from domain.reports.aging import Aged
from domain.values import replace
from tests.scenarios.histories import report_laws
from tests.scenarios.histories.firms import FIRMS, Firm
from tests.scenarios.histories.history import History, Step, take
from tests.scenarios.test_any_history import ACTS, HISTORIES, PARTNERS, WANTED, Place, beginning
from tests.scenarios.test_any_history import place as place

_ACTS = {name: act for name, (_, act) in ACTS.items()}
_DAY = date(2026, 11, 20)
_MINUTE = timedelta(minutes=1)
_FIGURES = ("total", "unapplied_notes", "unapplied_payments", "net")
"""Those that do not hang on due dates, which may change later."""


@dataclass(frozen=True)
class Told:
    """What the aging reports said at an instant."""

    at: datetime
    figures: dict[tuple[str, str | None], tuple[str, ...]]


async def _told(history: History, at: datetime, known_at: datetime | None = None) -> Told:
    scope = await question.as_of(history.books, {"as_of_date": str(_DAY)})
    figures = {}
    for side in Side:
        for row in (await report_laws.aged(history, side, replace(scope, known_at=known_at))).contacts.rows:
            figures[side.name, row.contact_id] = _figures(row)
    return Told(at, {key: value for key, value in figures.items() if any(map(float, value))})


def _figures(row: Aged) -> tuple[str, ...]:
    return tuple(str(getattr(row, name)) for name in _FIGURES)


async def live(place: Place, firm: Firm, steps: list[Step], partners: tuple[int, int]) -> None:
    """Take all steps, a minute each; then ask what is, and what was known after each of them."""
    async with beginning(place, firm, partners) as history:
        told: list[Told] = []
        for step in steps:
            history.books.now += _MINUTE
            await take(history, _ACTS, step)
            told.append(await _told(history, history.books.now))
        await report_laws.check_all(history)
        for then in told:
            assert await _told(history, then.at, known_at=then.at) == then


@pytest.mark.slow
@pytest.mark.thorough
@settings(
    max_examples=int(WANTED or 15),
    derandomize=WANTED is None,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(name=st.sampled_from([*FIRMS, *FIRMS[:2]]), partners=PARTNERS, steps=HISTORIES)
def test_reports_are_the_ledger_whatever_happens(
    place: Place, name: str, partners: tuple[int, int], steps: list[Step]
) -> None:
    place.loop.run_until_complete(live(place, place.firms[name], steps, partners))
