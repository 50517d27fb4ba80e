"""Rounding, whole rupees and sharing out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.money import MAX_MONEY, check_money, round_off, round_paise, round_rupee, spread

amounts = st.decimals(min_value=0, max_value=Decimal("99999999.99"), places=2)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.005", "0.01"), ("0.0049", "0.00"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("10", "10.00")],
)
def test_half_a_paisa_goes_away_from_zero(exact: str, rounded: str) -> None:
    assert str(round_paise(Decimal(exact))) == rounded


def test_nothing_is_never_written_as_minus_nothing() -> None:
    assert str(round_paise(Decimal("-0.001"))) == "0.00"
    assert str(round_rupee(Decimal("-0.49"))) == "0.00"
    assert [str(share) for share in spread(Decimal("-1.00"), [Decimal(0), Decimal(1)])] == ["0.00", "-1.00"]


@pytest.mark.parametrize(
    ("total", "difference"),
    [("804.72", "0.28"), ("804.50", "0.50"), ("804.49", "-0.49"), ("805.00", "0.00"), ("-804.50", "-0.50")],
)
def test_the_round_off_reaches_the_nearest_rupee(total: str, difference: str) -> None:
    assert str(round_off(Decimal(total))) == difference


def test_an_amount_up_to_the_limit_is_taken() -> None:
    assert check_money(-MAX_MONEY) == -MAX_MONEY


def test_an_amount_beyond_the_limit_is_refused_with_its_field() -> None:
    with pytest.raises(Invalid) as refusal:
        check_money(MAX_MONEY + Decimal("0.01"), field="line_items[0].rate")
    assert refusal.value.field == "line_items[0].rate"


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        ("50", ["400", "275", "99.50"], ["25.82", "17.75", "6.43"]),
        ("10", ["10", "10", "10", "0"], ["3.33", "3.33", "3.34", "0.00"]),
        ("-10", ["1", "1", "1"], ["-3.33", "-3.33", "-3.34"]),
        ("0.03", ["0.01"] * 5, ["0.01", "0.00", "0.01", "0.00", "0.01"]),
        ("7", ["0", "0"], ["0.00", "7"]),
        ("0", [], []),
    ],
)
def test_the_last_share_takes_the_remainder(amount: str, weights: list[str], shares: list[str]) -> None:
    given_out = spread(Decimal(amount), [Decimal(weight) for weight in weights])
    assert given_out == [Decimal(share) for share in shares]


@given(st.lists(amounts, min_size=1, max_size=30), st.integers(0, 100))
def test_shares_sum_to_the_amount_and_never_exceed_what_they_reduce(nets: list[Decimal], percent: int) -> None:
    amount = round_paise(sum(nets, Decimal(0)) * percent / 100)
    shares = spread(amount, nets)
    assert sum(shares) == amount
    assert all(0 <= share <= net for share, net in zip(shares, nets, strict=True))
