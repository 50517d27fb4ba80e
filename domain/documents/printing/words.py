"""Amounts in words: rupees in lakh and crore, other currencies in thousands, millions and billions.

Where the hundredth part of a currency is not known by name, it is written as a fraction: "and 25/100".
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from domain.currencies import RUPEE
from domain.documents.printing.figures import Currency
from domain.values import Struct

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

_Scale = Sequence[tuple[int, str]]
_INDIAN: _Scale = ((10**7, "crore"), (10**5, "lakh"), (10**3, "thousand"), (100, "hundred"))
_WORLDWIDE: _Scale = (
    (10**12, "trillion"),
    (10**9, "billion"),
    (10**6, "million"),
    (10**3, "thousand"),
    (100, "hundred"),
)


class _Words(Struct, frozen=True):
    """What one and several units of a currency are called, and one and several of its parts, if they have a name."""

    unit: str
    units: str
    part: str = ""
    parts: str = ""


def _rows(table: str) -> Mapping[str, _Words]:
    rows = (line.split("|") for line in table.strip().splitlines())
    return MappingProxyType({cells[0].strip(): _Words(*(cell.strip() for cell in cells[1:])) for cells in rows})


_WORDS = _rows(
    """
    INR | Rupee | Rupees | paisa | paise
    USD | US dollar | US dollars | cent | cents
    EUR | Euro | Euros | cent | cents
    GBP | Pound sterling | Pounds sterling | penny | pence
    AED | UAE dirham | UAE dirhams | fils | fils
    AUD | Australian dollar | Australian dollars | cent | cents
    BDT | Bangladeshi taka | Bangladeshi taka | poisha | poisha
    BHD | Bahraini dinar | Bahraini dinars | fils | fils
    BRL | Brazilian real | Brazilian reais | centavo | centavos
    BTN | Bhutanese ngultrum | Bhutanese ngultrum | chhertum | chhertum
    CAD | Canadian dollar | Canadian dollars | cent | cents
    CHF | Swiss franc | Swiss francs | centime | centimes
    CNY | Chinese yuan | Chinese yuan | fen | fen
    DKK | Danish krone | Danish kroner | øre | øre
    HKD | Hong Kong dollar | Hong Kong dollars | cent | cents
    IDR | Indonesian rupiah | Indonesian rupiah | sen | sen
    JPY | Japanese yen | Japanese yen
    KES | Kenyan shilling | Kenyan shillings | cent | cents
    KRW | South Korean won | South Korean won
    KWD | Kuwaiti dinar | Kuwaiti dinars | fils | fils
    LKR | Sri Lankan rupee | Sri Lankan rupees | cent | cents
    MUR | Mauritian rupee | Mauritian rupees | cent | cents
    MVR | Maldivian rufiyaa | Maldivian rufiyaa | laari | laari
    MYR | Malaysian ringgit | Malaysian ringgit | sen | sen
    NOK | Norwegian krone | Norwegian kroner | øre | øre
    NPR | Nepalese rupee | Nepalese rupees | paisa | paise
    NZD | New Zealand dollar | New Zealand dollars | cent | cents
    OMR | Omani rial | Omani rials | baisa | baisa
    PHP | Philippine peso | Philippine pesos | sentimo | sentimos
    QAR | Qatari riyal | Qatari riyals | dirham | dirhams
    RUB | Russian rouble | Russian roubles | kopeck | kopecks
    SAR | Saudi riyal | Saudi riyals | halala | halalas
    SEK | Swedish krona | Swedish kronor | öre | öre
    SGD | Singapore dollar | Singapore dollars | cent | cents
    THB | Thai baht | Thai baht | satang | satang
    TWD | New Taiwan dollar | New Taiwan dollars | cent | cents
    TZS | Tanzanian shilling | Tanzanian shillings | cent | cents
    VND | Vietnamese đồng | Vietnamese đồng
    ZAR | South African rand | South African rand | cent | cents
    """
)


def amount_in_words(amount: Decimal, currency: Currency) -> str:
    """Return an amount (not below zero) in words: "Rupees two lakh and fifty paise only"."""
    words = _WORDS.get(currency.code) or _Words(currency.name, currency.name)
    scale = _INDIAN if currency.code == RUPEE else _WORLDWIDE
    whole = int(amount)
    rest = _part(amount - whole, currency, words, scale)
    if not whole and rest and words.parts:
        return f"{rest[0].upper()}{rest[1:]} only"
    name = words.unit if whole == 1 else words.units
    said = f"{name} {_number(whole, scale)}"
    return f"{said} and {rest} only" if rest else f"{said} only"


def _part(fraction: Decimal, currency: Currency, words: _Words, scale: _Scale) -> str:
    """What is beyond the whole units, in the currency's own parts."""
    if not fraction:
        return ""
    count = fraction.scaleb(currency.decimal_places)
    if not words.parts or count != count.to_integral_value():
        return f"{int(fraction.scaleb(2)):02}/100"
    return f"{_number(int(count), scale)} {words.part if count == 1 else words.parts}"


def _number(number: int, scale: _Scale) -> str:
    for size, name in scale:
        if number >= size:
            count, rest = divmod(number, size)
            said = f"{_number(count, scale)} {name}"
            return f"{said} {_number(rest, scale)}" if rest else said
    if number < len(_SMALL):
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}-{_SMALL[ones]}" if ones else _TENS[tens]
