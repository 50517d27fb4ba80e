"""From which value on goods need an e-way bill: fifty thousand rupees, and what states say for movements within them.

The limits of the states are a dated table with their sources. What a state says besides is not in it: exemptions of
some goods, within a city or district, or by distance; and the goods (tobacco, timber, iron and steel, mostly)
that are left out of the higher limit, so that they need one above 50,000. An e-way bill is always allowed.
Source: CGST Rules 2017, rule 138(1), (14)(d), and the notifications named. Read in full or as published in extracts
were those of Jharkhand (salestaxindia.com), Maharashtra (lexplosion.in), Rajasthan (thetaxtalk.com, udyamica.com) and
West Bengal (taxheal.com); the others as lists of the limits cite them (taxguru.in, mybillbook.in).
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
    Limit(
        "IN-JH", date(2018, 9, 28), _LAKH, "S.O. 66 of 26-09-2018, in force from its publication; twelve goods 50,000"
    ),
    Limit("IN-JK", date(2019, 11, 30), None, "Notification 64 of 30-11-2019"),
    Limit("IN-MP", date(2022, 4, 15), _LAKH, "FA3-08/2018/1/V(18) of 23-03-2022; tobacco 50,000"),
    Limit("IN-MH", date(2018, 7, 1), _LAKH, "Notification 15E/2018-State Tax of 29-06-2018"),
    Limit("IN-PB", date(2018, 10, 8), _LAKH, "PA/ETC/2018/175 of 13-09-2018"),
    Limit("IN-RJ", date(2021, 4, 1), _LAKH, "F.17(131-Pt-II)ACCT/GST/2017/6672 of 30-03-2021; tobacco 50,000"),
    Limit("IN-TN", date(2018, 6, 2), _LAKH, "Notification 09 of 31-05-2018"),
    Limit("IN-WB", date(2018, 6, 6), _LAKH, "Notification 13/2018-C.T./GST of 06-06-2018"),
    Limit("IN-WB", date(2023, 12, 1), USUAL_LIMIT, "Notification 02/2023-C.T./GST of 10-11-2023: as at the centre"),
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
