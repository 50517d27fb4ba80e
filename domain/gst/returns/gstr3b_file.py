"""GSTR-3B as the file that the portal's offline utility makes: its names, its order, all rows with noughts.

The names of the portal stand here once. Source: GSTR-3B Excel utility V5.8; table 3.1.1 is there since 072022, and
table 3.2 no more since 112025, when the portal began to fill it itself.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from domain.gst.returns.amounts import Tax, Taxed
from domain.gst.returns.gstr3b import Recipients, SupplyRow, Tables
from domain.gst.returns.inward import InwardTable
from domain.gst.returns.period import ReturnPeriod
from domain.gst.states import PLACES_OF_SUPPLY
from domain.money import with_paise

_OPERATORS_SINCE = date(2022, 7, 1)
_INTERSTATE_UNTIL = date(2025, 10, 31)

_HEADS = MappingProxyType({"iamt": "igst", "camt": "cgst", "samt": "sgst", "csamt": "cess"})
_ZERO_RATED_HEADS = ("iamt", "csamt")
_LATE_FEE_HEADS = ("camt", "samt")
_AVAILABLE = MappingProxyType(
    {
        "IMPG": InwardTable.IMPORT_OF_GOODS,
        "IMPS": InwardTable.IMPORT_OF_SERVICES,
        "ISRC": InwardTable.OTHER_REVERSE_CHARGE,
        "ISD": InwardTable.INPUT_SERVICE_DISTRIBUTOR,
        "OTH": InwardTable.OTHER_CREDIT,
    }
)
# The same two words mean other things in 4(B) and in 4(D): the file kept its names of before August 2022.
_REVERSED = MappingProxyType({"RUL": InwardTable.REVERSED_FOR_GOOD, "OTH": InwardTable.REVERSED_FOR_A_TIME})
_TOLD = MappingProxyType({"RUL": InwardTable.RECLAIMED, "OTH": InwardTable.NOT_AVAILABLE})
_UNTAXED = MappingProxyType({"GST": InwardTable.NO_TAX, "NONGST": InwardTable.NON_GST})
_RECIPIENTS = MappingProxyType(
    {
        "unreg_details": Recipients.UNREGISTERED,
        "comp_details": Recipients.COMPOSITION,
        "uin_details": Recipients.UIN,
    }
)

Json = dict[str, Any]


def upload_file(gstin: str, period: ReturnPeriod, tables: Tables, *, interest: Tax, late_fee: Tax) -> Json:
    """Return the file of one registration and period."""
    file: Json = {"gstin": gstin, "ret_period": period.label, "sup_details": _supplies(tables)}
    if period.last_day >= _OPERATORS_SINCE:
        file["eco_dtls"] = {
            "eco_sup": _taxed(tables.supplies[SupplyRow.AS_OPERATOR]),
            "eco_reg_sup": _value(tables.supplies[SupplyRow.THROUGH_OPERATOR]),
        }
    file |= {
        "itc_elg": {
            "itc_avl": _rows(_AVAILABLE, tables.available),
            "itc_rev": _rows(_REVERSED, tables.reversed),
            "itc_net": _tax(tables.net_credit),
            "itc_inelg": _rows(_TOLD, tables.told),
        },
        "inward_sup": {
            "isup_details": [
                {
                    "ty": name,
                    "inter": with_paise(tables.untaxed[table].interstate),
                    "intra": with_paise(tables.untaxed[table].intrastate),
                }
                for name, table in _UNTAXED.items()
            ]
        },
        "intr_ltfee": {"intr_details": _tax(interest), "ltfee_details": _tax(late_fee, _LATE_FEE_HEADS)},
    }
    if period.last_day <= _INTERSTATE_UNTIL:
        file["inter_sup"] = _interstate(tables)
    return file


def file_name(gstin: str, period: ReturnPeriod) -> str:
    """Return what the file is called."""
    return f"GSTR3B_{gstin}_{period.label}.json"


def _supplies(tables: Tables) -> Json:
    supplies = tables.supplies
    return {
        "osup_det": _taxed(supplies[SupplyRow.TAXABLE]),
        "osup_zero": _taxed(supplies[SupplyRow.ZERO_RATED], _ZERO_RATED_HEADS),
        "osup_nil_exmp": _value(supplies[SupplyRow.UNTAXED]),
        "isup_rev": _taxed(tables.reverse_charge),
        "osup_nongst": _value(supplies[SupplyRow.NON_GST]),
    }


def _interstate(tables: Tables) -> Json:
    return {
        name: [
            {
                "pos": PLACES_OF_SUPPLY[each.place_of_supply].gst_code,
                "txval": with_paise(each.taxable),
                "iamt": with_paise(each.igst),
            }
            for each in tables.interstate
            if each.recipients is recipients
        ]
        for name, recipients in _RECIPIENTS.items()
    }


def _rows(names: Mapping[str, InwardTable], amounts: Mapping[InwardTable, Tax]) -> list[Json]:
    return [{"ty": name, **_tax(amounts[table])} for name, table in names.items()]


def _taxed(worth: Taxed, heads: Sequence[str] = tuple(_HEADS)) -> Json:
    return {**_value(worth), **_tax(worth.tax, heads)}


def _value(worth: Taxed) -> dict[str, Decimal]:
    return {"txval": with_paise(worth.taxable)}


def _tax(tax: Tax, heads: Sequence[str] = tuple(_HEADS)) -> dict[str, Decimal]:
    return {name: with_paise(getattr(tax, _HEADS[name])) for name in heads}
