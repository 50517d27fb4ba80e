"""Compensation cess in rupees a unit as it was notified, with the days on which it was in force."""

from datetime import date
from decimal import Decimal

import pytest

from domain.gst.cess import NOTIFIED, odd_about


def on(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("per_unit", "code", "unit_code", "day"),
    [
        ("400", "2701", "MTS", "2025-09-21"),
        ("400", "27011200", "TON", "2017-07-01"),
        ("40", "2702", "QTL", "2020-01-01"),
        ("0.4", "2703", "KGS", "2020-01-01"),
        ("2076", "24022010", "THD", "2026-01-31"),
        ("2.076", "24022010", "NOS", "2017-07-18"),
        ("1.591", "24022030", "NOS", "2017-07-17"),
        ("2747", "240220", "THD", "2024-04-01"),
        ("4006", "24029010", "THD", "2018-04-01"),
        ("3.20", "21069020", "PCS", "2023-04-01"),
        ("250", "2701", "BAG", "2020-01-01"),
        ("400", None, "MTS", "2026-04-01"),
        ("0", "9403", "NOS", "2026-04-01"),
    ],
)
def test_nothing_is_odd_about_a_cess_as_notified_or_that_cannot_be_told(
    per_unit: str, code: str | None, unit_code: str, day: str
) -> None:
    assert odd_about(Decimal(per_unit), code, unit_code, on(day)) is None


@pytest.mark.parametrize(
    ("per_unit", "code", "unit_code", "day", "why"),
    [
        ("400", "2701", "MTS", "2025-09-22", "The cess in rupees a unit on 2701 was in force until 2025-09-21"),
        (
            "2076",
            "24022010",
            "THD",
            "2026-02-01",
            "The cess in rupees a unit on 24022010 was in force until 2026-01-31",
        ),
        ("3", "21069020", "PCS", "2023-03-31", "The cess in rupees a unit on 21069020 is in force from 2023-04-01 on"),
        (
            "40",
            "2701",
            "MTS",
            "2020-01-01",
            "The cess on 2701 is notified as 400 a tonne (notification 1/2017, 28-06-2017)",
        ),
        (
            "1591",
            "24022010",
            "THD",
            "2017-07-18",
            "The cess on 24022010 is notified as 2076 a thousand (notification 3/2017, 18-07-2017)",
        ),
        ("10", "9403", "NOS", "2020-01-01", "No cess in rupees a unit was ever notified for 9403"),
    ],
)
def test_what_is_odd_is_said(per_unit: str, code: str, unit_code: str, day: str, why: str) -> None:
    assert odd_about(Decimal(per_unit), code, unit_code, on(day)) == why


def test_entries_of_the_same_goods_follow_one_another() -> None:
    for entry in NOTIFIED:
        others = [each for each in NOTIFIED if each is not entry and each.codes == entry.codes]
        assert entry.since <= entry.until
        assert all(each.until < entry.since or entry.until < each.since for each in others)
