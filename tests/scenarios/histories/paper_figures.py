"""What a printed document has to say, reckoned from what the API shows of it, and by nothing of what prints it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

Shown = Mapping[str, Any]

HEADS = ("cgst", "sgst", "igst", "cess")
_FIGURE = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w,]|\.\d)")
_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_IN_INDIA = (("crore", 10**7), ("lakh", 10**5), ("thousand", 10**3), ("hundred", 100))
_ABROAD = (("billion", 10**9), ("million", 10**6), ("thousand", 10**3), ("hundred", 100))
_MONEY = {"INR": ("Rupee", "Rupees", "paisa", "paise"), "USD": ("US dollar", "US dollars", "cent", "cents")}


def figures_in(text: str) -> Counter[str]:
    """All figures in a text, as they are written."""
    return Counter(_FIGURE.findall(text))


def grouped(amount: Decimal, currency: str) -> str:
    """An amount without its sign, with two places: 12,34,567.00 in rupees, 1,234,567.00 in others."""
    whole, _, places = f"{abs(amount):.2f}".partition(".")
    every = r"(?<=\d)(?=(\d\d)*\d{3}$)" if currency == "INR" else r"(?<=\d)(?=(\d{3})+$)"
    return f"{re.sub(every, ',', whole)}.{places}"


def in_words(amount: Decimal, currency: str) -> str:
    """An amount in words: "Rupees one lakh and fifty paise only", "Five paise only"."""
    one, many, part, parts = _MONEY[currency]
    whole, hundredths = divmod(int(amount * 100), 100)
    scale = _IN_INDIA if currency == "INR" else _ABROAD
    if hundredths and not whole:
        return f"{_said(hundredths, scale)} {part if hundredths == 1 else parts} only".capitalize()
    words = f"{one if whole == 1 else many} {_said(whole, scale)}"
    if hundredths:
        words += f" and {_said(hundredths, scale)} {part if hundredths == 1 else parts}"
    return f"{words} only"


def _said(number: int, scale: tuple[tuple[str, int], ...]) -> str:
    for name, size in scale:
        if number >= size:
            rest = f" {_said(number % size, scale)}" if number % size else ""
            return f"{_said(number // size, scale)} {name}{rest}"
    if number < len(_ONES):
        return _ONES[number]
    return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")


def figures_of_lines(document: Shown) -> Counter[str]:
    """Rate, taxable value and tax of each line, as often as they have to be there."""
    currency, wanted = document["currency_code"], Counter[str]()
    for line in document["line_items"]:
        taxes = [line[f"{head}_amount"] for head in HEADS if line[f"{head}_amount"]]
        wanted.update(grouped(each, currency) for each in (line["taxable_amount"], *taxes))
    return wanted


def figures_of_sum(document: Shown) -> Iterator[str]:
    """What the document comes to: taxes by their heads, round-off, total, and what is still open."""
    names = [f"{head}_total" for head in HEADS] + ["round_off", "total"]
    if document.get("payment_made"):
        names.append("payment_made")
    return (grouped(document[name], document["currency_code"]) for name in names if document[name])


def figures_of_payment(payment: Shown) -> Iterator[str]:
    """What was paid, and to what it was applied."""
    amounts = [payment["amount"], *(each["amount"] for each in payment["allocations"])]
    return (grouped(each, payment["currency_code"]) for each in amounts)


def squeezed(text: str) -> str:
    """A text without blanks and breaks: where lines end is the page's own affair."""
    return re.sub(r"\s+", "", text)
