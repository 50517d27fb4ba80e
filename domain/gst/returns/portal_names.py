"""The portal's names of what stands in GSTR-1, each of them once, with what it is in the books and how it is written.

Source: files that GSTN's returns offline tool, version 3.2.4, wrote (captured in the tests of github.com/onyb/gst).
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from domain.gst.states import PLACES_OF_SUPPLY
from domain.gst.supply import SupplyType
from domain.money import round_paise
from domain.values import Struct


class Form(Struct, frozen=True):
    """How a value is written for the portal, and read from it."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _written_date(on: date) -> str:
    return f"{on.day:02}-{on.month:02}-{on.year:04}"


def _read_date(text: str) -> date:
    day, month, year = text.split("-")
    return date(int(year), int(month), int(day))


def _one_of(words: Mapping[Any, str]) -> Form:
    back = {word: value for value, word in words.items()}
    return Form(words.__getitem__, back.__getitem__)


TEXT = Form(_same, _same)
COUNT = Form(_same, int)
DATE = Form(_written_date, _read_date)
# Rates have up to three places where the portal takes two; a rate of GST never needs the third.
NUMBER = Form(_same, Decimal)
QUANTITY = Form(round_paise, Decimal)
PLACE = _one_of({code: place.gst_code for code, place in PLACES_OF_SUPPLY.items()})
YES_NO = _one_of({True: "Y", False: "N"})
NOTE = _one_of({True: "C", False: "D"})
SUPPLY = _one_of({SupplyType.INTRA_STATE.value: "INTRA", SupplyType.INTER_STATE.value: "INTER"})


class Name(Struct, frozen=True):
    """What a name of the portal stands for: the path of a field of the row, and its form.

    ``only`` is the supply type of the rows that say it, where others leave it out; ``always`` what every row says, of
    which the books know nothing.
    """

    path: str = ""
    form: Form = TEXT
    only: str | None = None
    always: str | None = None


Names = Mapping[str, Name]
_INTER, _INTRA = SupplyType.INTER_STATE.value, SupplyType.INTRA_STATE.value

AMOUNTS: Names = MappingProxyType(
    {
        "txval": Name("amounts.taxable", NUMBER),
        "ad_amt": Name("amounts.taxable", NUMBER),
        "suppval": Name("amounts.taxable", NUMBER),
        "rt": Name("rate", NUMBER),
    }
)
"""A value, and its rate."""

ONE_TAX: Names = MappingProxyType(
    {
        "iamt": Name("amounts.tax.igst", NUMBER, only=_INTER),
        "camt": Name("amounts.tax.cgst", NUMBER, only=_INTRA),
        "samt": Name("amounts.tax.sgst", NUMBER, only=_INTRA),
        "csamt": Name("amounts.tax.cess", NUMBER),
    }
)
"""Taxes where a row says integrated tax or the other two, and never all."""

ALL_TAXES: Names = MappingProxyType({name: Name(one.path, one.form) for name, one in ONE_TAX.items()})
"""Taxes where a row says all."""

OPERATORS_TAXES: Names = MappingProxyType(
    {head: Name(f"amounts.tax.{head}", NUMBER) for head in ("igst", "cgst", "sgst", "cess")}
)
"""Taxes as tables 14 and 14A name them."""

OF_DOCUMENTS: Names = MappingProxyType(
    {
        "ctin": Name("gst_no"),
        "rtin": Name("gst_no"),
        "stin": Name("supplier_gst_no"),
        "inum": Name("number"),
        "nt_num": Name("number"),
        "idt": Name("dated_on", DATE),
        "nt_dt": Name("dated_on", DATE),
        "oinum": Name("amended_number"),
        "ont_num": Name("amended_number"),
        "oidt": Name("amended_on", DATE),
        "ont_dt": Name("amended_on", DATE),
        "ntty": Name("is_credit", NOTE),
        "val": Name("value", NUMBER),
        "pos": Name("place_of_supply", PLACE),
        "rchrg": Name("is_reverse_charge", YES_NO),
        "inv_typ": Name("table_type"),
        "exp_typ": Name("table_type"),
        "typ": Name("table_type"),
        "sply_ty": Name("supply_type", SUPPLY),
        "diff_percent": Name("tax_share", NUMBER),
        "sbpcode": Name("port_code"),
        "sbnum": Name("shipping_bill_number"),
        "sbdt": Name("shipping_bill_on", DATE),
        "flag": Name(always="N"),
    }
)
"""What is said of documents told one by one."""

OF_PLACES: Names = MappingProxyType(
    {
        **AMOUNTS,
        **ONE_TAX,
        "pos": Name("place_of_supply", PLACE),
        "sply_ty": Name("supply_type", SUPPLY),
        "omon": Name("amended_period"),
        "diff_percent": Name("tax_share", NUMBER),
        "typ": Name(always="OE"),
    }
)
"""What is said of sums by place and rate; ``OE`` says that no operator of electronic commerce was between."""

OF_PLACES_THROUGH_US: Names = MappingProxyType(
    {
        **OF_PLACES,
        **ALL_TAXES,
        "stin": Name("supplier_gst_no"),
        "ostin": Name("supplier_gst_no"),
        "flag": Name(always="N"),
    }
)
"""The same of supplies through us as an operator of electronic commerce."""

OF_OPERATORS: Names = MappingProxyType(
    {
        **AMOUNTS,
        **OPERATORS_TAXES,
        "etin": Name("operator_gst_no"),
        "omon": Name("amended_period"),
        "oetin": Name("amended_operator_gst_no"),
    }
)
"""What is said of operators of electronic commerce."""

OF_CODES: Names = MappingProxyType(
    {
        **AMOUNTS,
        **ALL_TAXES,
        "hsn_sc": Name("hsn_or_sac"),
        "desc": Name("description"),
        "uqc": Name("unit_code"),
        "qty": Name("quantity", QUANTITY),
    }
)
"""What is said of codes of goods and services."""
