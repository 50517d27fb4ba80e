"""From which value on goods need an e-way bill: fifty thousand rupees, and what states say for movements within them.

The limits of the states are a dated table with their sources. What a state exempts besides (some goods only, within a
city or district, some distance) is not in it: an e-way bill is always allowed, so the table may ask for one too many.
Source: CGST Rules 2017, rule 138(1), (14)(d); the notifications named, read in secondary lists of 2024 to 2026.
"""

from datetime import date
from decimal import Decimal

from domain.values import Struct

USUAL_LIMIT = Decimal("50000.00")
_LAKH = Decimal("100000.00")
_TWO_LAKH = Decimal("200000.00")
_BEGAN_ON = date(2018, 4, 1)


class Limit(Struct, frozen=True):
    """From ``since`` on, goods within ``state`` need an e-way bill above ``value`` rupees; ``None``: they need none."""

    state: str
    since: date
    value: Decimal | None
    source: str


LIMITS = (
    Limit("IN-BR", date(2018, 4, 20), _TWO_LAKH, "S.O. 180 of 19-04-2018"),
    Limit("IN-BR", date(2019, 1, 21), _LAKH, "S.O. 14 of 14-01-2019"),
    Limit("IN-DL", date(2018, 6, 16), _LAKH, "Notification 03 of 15-06-2018"),
    Limit("IN-JH", date(2018, 9, 26), _LAKH, "S.O. 66 of 26-09-2018 (from memory); specified goods 50,000"),
    Limit("IN-JK", date(2019, 11, 30), None, "Notification 64 of 30-11-2019"),
    Limit("IN-MP", date(2022, 4, 15), _LAKH, "FA3-08/2018/1/V(18) of 23-03-2022; tobacco 50,000"),
    Limit("IN-MH", date(2018, 7, 1), _LAKH, "Notification 15E of 29-06-2018 (number from memory)"),
    Limit("IN-PB", date(2018, 10, 8), _LAKH, "PA/ETC/2018/175 of 13-09-2018"),
    Limit("IN-RJ", date(2022, 4, 1), _LAKH, "as lists of the limits say; within a city 2,00,000"),
    Limit("IN-TN", date(2018, 6, 2), _LAKH, "Notification 09 of 31-05-2018"),
    Limit("IN-WB", date(2018, 6, 6), _LAKH, "Notifications 11 of 30-05-2018 and 13 of 06-06-2018"),
    Limit("IN-WB", date(2023, 12, 1), USUAL_LIMIT, "as at the centre from then on (from memory)"),
)
"""What differs from the usual limit, by state and date; the last one that has begun stands."""


def limit_on(day: date, *, from_state: str, to_state: str) -> Decimal | None:
    """Return above how many rupees goods that move on ``day`` need an e-way bill; ``None`` where they need none.

    Between states the usual limit holds everywhere.
    """
    if day < _BEGAN_ON:
        return None
    if from_state != to_state:
        return USUAL_LIMIT
    begun = [limit for limit in LIMITS if limit.state == from_state and limit.since <= day]
    return max(begun, key=lambda limit: limit.since).value if begun else USUAL_LIMIT
