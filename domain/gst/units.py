"""Unit quantity codes (UQC), the units that GST returns and e-invoices know. Source: GSTN's master of 45 codes."""

from collections.abc import Mapping
from types import MappingProxyType

OTHERS = "OTH"
NOT_APPLICABLE = "NA"

UNIT_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "BAG": "bags",
        "BAL": "bale",
        "BDL": "bundles",
        "BKL": "buckles",
        "BOU": "billion of units",
        "BOX": "box",
        "BTL": "bottles",
        "BUN": "bunches",
        "CAN": "cans",
        "CBM": "cubic metres",
        "CCM": "cubic centimetres",
        "CMS": "centimetres",
        "CTN": "cartons",
        "DOZ": "dozens",
        "DRM": "drums",
        "GGK": "great gross",
        "GMS": "grammes",
        "GRS": "gross",
        "GYD": "gross yards",
        "KGS": "kilograms",
        "KLR": "kilolitre",
        "KME": "kilometre",
        "LTR": "litres",
        "MLT": "millilitre",
        "MTR": "metres",
        "MTS": "metric ton",
        "NOS": "numbers",
        "OTH": "others",
        "PAC": "packs",
        "PCS": "pieces",
        "PRS": "pairs",
        "QTL": "quintal",
        "ROL": "rolls",
        "SET": "sets",
        "SQF": "square feet",
        "SQM": "square metres",
        "SQY": "square yards",
        "TBS": "tablets",
        "TGM": "ten gross",
        "THD": "thousands",
        "TON": "tonnes",
        "TUB": "tubes",
        "UGS": "US gallons",
        "UNT": "units",
        "YDS": "yards",
    }
)
"""The codes for goods, each with its meaning."""

# In Indian trade "mt" is a metric ton, not a metre.
_USERS_WORDS = {
    "BAG": "bag",
    "BAL": "bales",
    "BDL": "bundle",
    "BOX": "boxes bx",
    "BTL": "bottle",
    "BUN": "bunch",
    "CAN": "can",
    "CBM": "m3 cum",
    "CCM": "cm3 cc",
    "CMS": "cm centimetre centimeter centimeters",
    "CTN": "carton",
    "DOZ": "dozen dz dzn",
    "DRM": "drum",
    "GMS": "g gm gram grams gramme",
    "KGS": "kg kilo kilos kilogram kilogramme kilogrammes",
    "KLR": "kl kilolitres kiloliter kiloliters",
    "KME": "km kms kilometres kilometer kilometers",
    "LTR": "l lt ltrs litre liter liters",
    "MLT": "ml millilitres milliliter milliliters",
    "MTR": "m mtrs metre meter meters",
    "MTS": "mt mton",
    "NOS": "no number nr each ea",
    "PAC": "pac pack pk pkt packet packets",
    "PCS": "pc piece",
    "PRS": "pair pr",
    "QTL": "quintals qtl",
    "ROL": "roll",
    "SET": "set",
    "SQF": "sqft sft ft2",
    "SQM": "sqm sqmt m2",
    "SQY": "sqyd yd2",
    "TBS": "tablet tab tabs",
    "THD": "thousand",
    "TON": "t ton tons tonne",
    "TUB": "tube",
    "UNT": "unit u",
    "YDS": "yd yard",
    "NA": (
        "hour hours hr hrs day days week weeks month months year years minute minutes "
        "visit visits session sessions job jobs service services"
    ),
}


def find_unit_code(unit: str) -> str | None:
    """Return the code for a unit as users write it (``kg``, ``Pcs.``, ``sq. ft``); None if it is not known.

    Units of time and work, which only services have, give ``NA``.
    """
    return _CODE_OF.get(_plain(unit))


def unit_code(unit: str | None, *, is_service: bool) -> str:
    """Return the code to report: ``NA`` for a service, else the unit's own, and ``OTH`` where it has none.

    ``unit`` is None where the line names none.
    """
    if is_service:
        return NOT_APPLICABLE
    found = find_unit_code(unit) if unit else None
    return OTHERS if found in (None, NOT_APPLICABLE) else found


def _plain(unit: str) -> str:
    return "".join(character for character in unit.casefold() if character not in " .-_")


def _words() -> dict[str, str]:
    code_of = {_plain(word): code for code, name in UNIT_NAMES.items() for word in (code, name)}
    code_of[_plain(NOT_APPLICABLE)] = NOT_APPLICABLE
    for code, words in _USERS_WORDS.items():
        code_of.update(dict.fromkeys(words.split(), code))
    return code_of


_CODE_OF = _words()
