"""What the simulated portal refuses of an e-way bill, by the numbers that are known of the real one."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from domain.gst.gstin import check_character
from domain.gst.units import UNIT_NAMES
from server.simulator.answers import Refused

Json = dict[str, Any]

MANDATORY = (
    ("supplyType", "201"),
    ("subSupplyType", "202"),
    ("docType", "204"),
    ("docNo", "206"),
    ("docDate", "207"),
    ("fromGstin", "208"),
    ("fromPincode", "210"),
    ("fromStateCode", "211"),
    ("toGstin", "212"),
    ("toPincode", "214"),
    ("toStateCode", "215"),
    ("transDistance", "221"),
    ("itemList", "233"),
    ("actToStateCode", "372"),
    ("actFromStateCode", "371"),
    ("totInvValue", "640"),
    ("transactionType", "614"),
)
_GOES_WITH = {
    "O": {
        "1": ("INV", "BIL"),
        "3": ("INV", "BIL"),
        "4": ("CHL",),
        "5": ("CHL",),
        "8": ("CHL", "OTH"),
        "9": ("INV", "BIL", "CHL"),
        "10": ("CHL",),
        "11": ("CHL", "OTH"),
        "12": ("CHL",),
    },
    "I": {
        "1": ("INV", "BIL"),
        "2": ("BOE",),
        "5": ("CHL",),
        "6": ("CHL",),
        "7": ("CHL",),
        "8": ("CHL", "OTH"),
        "9": ("INV", "BIL", "BOE", "CHL"),
        "12": ("CHL",),
    },
}
_NUMBER = re.compile(r"[A-Za-z0-9/-]{1,16}")
_VEHICLE = re.compile(
    r"[A-Z]{2}[0-9]{2}[A-Z]{0,3}[0-9]{4}|[A-Z]{2}[0-9]{3}[A-Z][0-9]{4}|[A-Z]{3}[0-9]{4}|[0-9]{2}BH[0-9]{4}[A-Z]{1,2}|DF[A-Z0-9]{6}"
    r"|(TM|TR|BP|NP)[A-Z0-9]{5,13}"
)
_MOST_KILOMETRES = 4000
_MOST_WITHIN_A_PIN = 100
_OLDEST_DAYS = 180
_ABROAD = 99
_PIN_ABROAD = 999999
_UNREGISTERED = "URP"


def check(said: Json, gstin: str, today: date) -> None:
    """Refuse a bill that the registration ``gstin`` asks for, for the first fault. Raises Refused."""
    for name, code in MANDATORY:
        if said.get(name) in (None, "", []):
            raise Refused(code, f"{name} is missing.")
    for code in (*_of_document(said, today), *_of_parties(said, gstin), *_of_values(said), *_of_transport(said)):
        raise Refused(code, "refused")


def check_part_b(said: Json) -> None:
    """Refuse what a vehicle or transport document may not be. Raises Refused."""
    for code in of_part_b(said):
        raise Refused(code, "refused")


def of_part_b(said: Json) -> Iterator[str]:
    """The faults of a Part B."""
    mode, vehicle, paper = (str(said.get(name) or "") for name in ("transMode", "vehicleNo", "transDocNo"))
    if mode not in ("1", "2", "3", "4", "5"):
        yield "220"
    if vehicle and not _VEHICLE.fullmatch(vehicle):
        yield "225"
    if mode == "1" and not vehicle:
        yield "303"
    if mode in ("2", "3", "4") and not paper:
        yield "394"
    if str(said.get("vehicleType") or "R") == "O" and mode in ("2", "3"):
        yield "634"


def day_in(text: Any) -> date | None:
    """A day as the portal writes it; ``None`` for what is none."""
    try:
        return datetime.strptime(str(text), "%d/%m/%Y").date()  # noqa: DTZ007  # a day, without a clock
    except ValueError:
        return None


def _of_document(said: Json, today: date) -> Iterator[str]:
    papers = _GOES_WITH.get(str(said["supplyType"]))
    if papers is None:
        yield "201"
        return
    allowed = papers.get(str(said["subSupplyType"]))
    if allowed is None:
        yield "203"
    elif said["docType"] not in allowed:
        yield "205"
    if str(said["subSupplyType"]) == "8" and not said.get("subSupplyDesc"):
        yield "377"
    if not _NUMBER.fullmatch(str(said["docNo"])):
        yield "206"
    dated = day_in(said["docDate"])
    if dated is None or dated > today:
        yield "207"
    elif (today - dated).days > _OLDEST_DAYS:
        yield "820"


def _of_parties(said: Json, gstin: str) -> Iterator[str]:
    sender, recipient = str(said["fromGstin"]), str(said["toGstin"])
    kind = int(said["transactionType"])
    faults = {
        "359": said["supplyType"] == "O" and sender != gstin,
        "360": said["supplyType"] == "I" and recipient != gstin,
        "822": sender == recipient == _UNREGISTERED,
        "208": not _is_number(sender),
        "212": not _is_number(recipient),
        "644": kind in (1, 3) and int(said["toStateCode"]) != int(said["actToStateCode"]),
        "643": kind in (1, 2) and int(said["fromStateCode"]) != int(said["actFromStateCode"]),
        "618": kind in (2, 4) and said.get("shipToGSTIN") == recipient,
        "617": kind in (3, 4) and said.get("dispatchFromGSTIN") == sender,
        "210": not _is_pin(said["fromPincode"], said["actFromStateCode"]),
        "214": not _is_pin(said["toPincode"], said["actToStateCode"]),
    }
    yield from (code for code, is_so in faults.items() if is_so)


def _is_number(number: str) -> bool:
    return number == _UNREGISTERED or (len(number) == 15 and check_character(number) == number[14])


def _is_pin(pin: Any, state: Any) -> bool:
    return 100000 <= int(pin) <= _PIN_ABROAD and (int(pin) == _PIN_ABROAD) == (int(state) == _ABROAD)


def _of_values(said: Json) -> Iterator[str]:
    taxes = ("totalValue", "cgstValue", "sgstValue", "igstValue", "cessValue", "cessNonAdvolValue")
    if any(said.get(name, 0) < 0 for name in (*taxes, "totInvValue")):
        yield "628"
    if said["totInvValue"] + 1 < sum(said.get(name, 0) for name in taxes):
        yield "620"
    for item in said["itemList"]:
        code = str(item.get("hsnCode", ""))
        if not code.isdigit() or not 3 <= len(code) <= 8 or (code.startswith("99") and len(code) == 6):
            yield "216"
        if item.get("qtyUnit") not in UNIT_NAMES:
            yield "217"
        if item.get("cgstRate", 0) != item.get("sgstRate", 0):
            yield "251"


def _of_transport(said: Json) -> Iterator[str]:
    distance = str(said["transDistance"])
    if not distance.isdigit() or int(distance) > _MOST_KILOMETRES:
        yield "221"
    elif said["fromPincode"] == said["toPincode"] and int(distance) > _MOST_WITHIN_A_PIN:
        yield "702"
    if said.get("vehicleNo") or said.get("transDocNo"):
        yield from of_part_b(said)
    elif not said.get("transporterId"):
        yield "619"
    on, dated = day_in(said.get("transDocDate")), day_in(said["docDate"])
    if on is not None and dated is not None and on < dated:
        yield "362"
