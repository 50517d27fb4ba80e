"""Income tax deducted at source: which rate a section has on a day, and what is withheld.

A dated table. Until 31-03-2026 the sections are those of the Income-tax Act 1961; from 01-04-2026 the Income-tax Act
2025 has one section, 393, with a code for each payment. Those codes come from secondary sources and are marked as not
confirmed. Source: Income-tax Act 1961, chapter XVII-B; Finance (No. 2) Act 2024; Finance Act 2025.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from domain.errors import Failed, NotFound
from domain.money import round_paise
from domain.values import Struct

_PERCENT = Decimal("0.01")


class TdsSection(Struct, frozen=True, kw_only=True):
    """What is withheld from one kind of payment: ``rate`` in percent, between two days, both included.

    Nothing need be withheld up to the thresholds (rupees; ``None``: there is no such threshold): of one payment, of
    all in a month, of all in a financial year. ``effective_to`` is ``None`` while it is in force. The code of the 1961
    Act is the section and, where it has several rates, a word for the payment.
    """

    code: str
    section: str
    description: str
    rate: Decimal
    threshold_single: Decimal | None = None
    threshold_month: Decimal | None = None
    threshold_year: Decimal | None = None
    effective_from: date
    effective_to: date | None
    is_confirmed: bool = True

    def is_in_force(self, on: date) -> bool:
        """Whether the section holds on the day."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


class _Payment(Struct, frozen=True):
    """A kind of payment: its code and section under the 1961 Act, and its code under the 2025 Act, if one is known."""

    code: str
    section: str
    description: str
    code_of_2025: str | None


class _Terms(Struct, frozen=True):
    """Rate and thresholds from one day to another."""

    since: date
    until: date
    rate: str
    single: str | None = None
    month: str | None = None
    year: str | None = None


_LAST_DAY_OF_1961 = date(2026, 3, 31)
_FIRST_DAY_OF_2025 = date(2026, 4, 1)
_SECTION_OF_2025 = "393"
_IN_2025_26 = date(2025, 4, 1)
_BEFORE_2025_26 = date(2025, 3, 31)

# The last terms of each payment were carried over into the 2025 Act.
_TABLE: tuple[tuple[_Payment, tuple[_Terms, ...]], ...] = (
    (
        _Payment("194C-INDIVIDUAL", "194C", "Contractor who is an individual or a Hindu undivided family", "1023"),
        (_Terms(date(2016, 6, 1), _LAST_DAY_OF_1961, "1", single="30000", year="100000"),),
    ),
    (
        _Payment("194C-OTHER", "194C", "Contractor of another kind", "1024"),
        (_Terms(date(2016, 6, 1), _LAST_DAY_OF_1961, "2", single="30000", year="100000"),),
    ),
    (
        _Payment("194J-PROFESSIONAL", "194J", "Professional fees", "1027"),
        (
            _Terms(date(2010, 7, 1), _BEFORE_2025_26, "10", year="30000"),
            _Terms(_IN_2025_26, _LAST_DAY_OF_1961, "10", year="50000"),
        ),
    ),
    (
        _Payment("194J-TECHNICAL", "194J", "Technical services and call centres", "1026"),
        (
            _Terms(date(2020, 4, 1), _BEFORE_2025_26, "2", year="30000"),
            _Terms(_IN_2025_26, _LAST_DAY_OF_1961, "2", year="50000"),
        ),
    ),
    (
        _Payment("194I-BUILDING", "194I", "Rent of land, buildings and furniture", "1009"),
        (
            _Terms(date(2019, 4, 1), _BEFORE_2025_26, "10", year="240000"),
            _Terms(_IN_2025_26, _LAST_DAY_OF_1961, "10", month="50000"),
        ),
    ),
    (
        _Payment("194I-PLANT", "194I", "Rent of plant and machinery", "1008"),
        (
            _Terms(date(2019, 4, 1), _BEFORE_2025_26, "2", year="240000"),
            _Terms(_IN_2025_26, _LAST_DAY_OF_1961, "2", month="50000"),
        ),
    ),
    (
        _Payment("194H", "194H", "Commission and brokerage", "1006"),
        (
            _Terms(date(2016, 6, 1), date(2024, 9, 30), "5", year="15000"),
            _Terms(date(2024, 10, 1), _BEFORE_2025_26, "2", year="15000"),
            _Terms(_IN_2025_26, _LAST_DAY_OF_1961, "2", year="20000"),
        ),
    ),
    (
        _Payment("194Q", "194Q", "Purchase of goods, on what exceeds 50 lakh in a year", "1031"),
        (_Terms(date(2021, 7, 1), _LAST_DAY_OF_1961, "0.1", year="5000000"),),
    ),
    (
        _Payment("194T", "194T", "Remuneration of a partner", "1067"),
        (_Terms(_IN_2025_26, _LAST_DAY_OF_1961, "10", year="20000"),),
    ),
    (
        _Payment("206AA", "206AA", "Vendor without a PAN, except for the purchase of goods", None),
        (_Terms(date(2010, 4, 1), _LAST_DAY_OF_1961, "20"),),
    ),
    (
        _Payment("206AA-GOODS", "206AA", "Vendor of goods without a PAN", None),
        (_Terms(date(2021, 7, 1), _LAST_DAY_OF_1961, "5", year="5000000"),),
    ),
)


def _sections() -> Iterator[TdsSection]:
    for payment, periods in _TABLE:
        for terms in periods:
            yield _section(payment.code, payment.section, payment.description, terms, since=terms.since)
        if payment.code_of_2025 is not None:
            carried_over = periods[-1]
            yield _section(
                payment.code_of_2025,
                _SECTION_OF_2025,
                payment.description,
                carried_over,
                since=_FIRST_DAY_OF_2025,
                is_confirmed=False,
            )


def _section(
    code: str, section: str, description: str, terms: _Terms, *, since: date, is_confirmed: bool = True
) -> TdsSection:
    return TdsSection(
        code=code,
        section=section,
        description=description,
        rate=Decimal(terms.rate),
        threshold_single=None if terms.single is None else Decimal(terms.single),
        threshold_month=None if terms.month is None else Decimal(terms.month),
        threshold_year=None if terms.year is None else Decimal(terms.year),
        effective_from=since,
        effective_to=terms.until if is_confirmed else None,
        is_confirmed=is_confirmed,
    )


TDS_SECTIONS = tuple(_sections())
"""Every section and code, with each of its rates."""


def sections_on(on: date) -> list[TdsSection]:
    """Return the sections that are in force on the day, in the order of the table."""
    return [section for section in TDS_SECTIONS if section.is_in_force(on)]


def section_on(code: str, on: date, *, field: str = "tds_section") -> TdsSection:
    """Return the section of this code as it stands on the day.

    Raises: NotFound for a code that never was one, Failed for one that is not in force on the day.
    """
    versions = [section for section in TDS_SECTIONS if section.code == code]
    if not versions:
        raise NotFound("TDS section", code, field=field)
    in_force = [section for section in versions if section.is_in_force(on)]
    if not in_force:
        raise Failed(f"The TDS section {code} is not in force on {on}.", field=field)
    return in_force[0]


def withheld_amount(taxable: Decimal, percent: Decimal) -> Decimal:
    """Return what is withheld from a payment for this value without GST (rupees).

    Source: CBDT circulars 1/2014 and 23/2017: where GST is shown apart, no tax is deducted on it.
    """
    return round_paise(taxable * percent * _PERCENT)
