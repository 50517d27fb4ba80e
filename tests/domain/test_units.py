"""Users' units and the codes of the returns."""

import pytest

from domain.gst.units import UNIT_NAMES, find_unit_code, unit_code


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("kg", "KGS"),
        ("KGS", "KGS"),
        ("Pcs.", "PCS"),
        ("piece", "PCS"),
        ("Box", "BOX"),
        ("nos", "NOS"),
        ("Sq. Ft", "SQF"),
        ("litre", "LTR"),
        ("hour", "NA"),
        ("truckload", None),
    ],
)
def test_a_unit_is_known_however_it_is_written(unit: str, code: str | None) -> None:
    assert find_unit_code(unit) == code


def test_there_are_forty_five_codes() -> None:
    assert len(UNIT_NAMES) == 45


@pytest.mark.parametrize(("unit", "code"), [("kg", "KGS"), ("truckload", "OTH"), ("hour", "OTH"), (None, "OTH")])
def test_goods_in_an_unknown_unit_are_others(unit: str | None, code: str) -> None:
    assert unit_code(unit, is_service=False) == code


def test_a_service_has_no_unit() -> None:
    assert unit_code("kg", is_service=True) == "NA"
