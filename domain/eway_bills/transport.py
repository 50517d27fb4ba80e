"""Part B of an e-way bill: by what goods travel, who carries them, and under which paper of the carrier.

Source: CGST Rules 2017, rule 138(2), (3), (5); NIC's e-way bill API, errors 225, 361, 362, 394, 619 and 634. Formats of
vehicle numbers: the portal's general master (einvoice6.gst.gov.in/content/general-master, as of 28-03-2023), and its
advisory of March 2018 on noughts that plates leave out. Not in that list, and taken all the same: the BH series, and TR
for temporary registrations (from memory); the portal has the last word.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from domain.errors import Failed, Invalid, Required
from domain.gst.gstin import check_character, parse_gstin
from domain.gst.states import TRANSPORTER_PREFIX
from domain.values import Struct

MOST_KILOMETRES = 4000
"""What the portal takes; 0 lets it reckon the distance between the two PIN codes."""


class Mode(StrEnum):
    """By what goods travel; in transit they rest on the way, which only an extension says."""

    ROAD = "ROAD"
    RAIL = "RAIL"
    AIR = "AIR"
    SHIP = "SHIP"
    IN_TRANSIT = "IN_TRANSIT"

    @property
    def code(self) -> str:
        """The portal's number of it."""
        return str(list(Mode).index(self) + 1)


class Vehicle(StrEnum):
    """Whether what is carried is of usual size; over-dimensional cargo (ODC) travels slower."""

    REGULAR = "REGULAR"
    OVER_DIMENSIONAL = "OVER_DIMENSIONAL"

    @property
    def code(self) -> str:
        """The portal's letter."""
        return "O" if self is Vehicle.OVER_DIMENSIONAL else "R"


class Transport(Struct, frozen=True, kw_only=True):
    """How goods travel, in its usual form. Absent are the parts that nobody has said yet."""

    distance_km: int = 0
    mode: str | None = None
    vehicle_number: str | None = None
    vehicle_type: str = Vehicle.REGULAR.value
    transporter_id: str | None = None
    transporter_name: str | None = None
    document_number: str | None = None
    document_on: date | None = None

    @property
    def is_complete(self) -> bool:
        """Whether Part B is there: from then on the bill is valid."""
        return bool(self.vehicle_number or self.document_number)


# Marks of registration, of which the usual ones begin with the state; then BH series, defence, numbers for a time,
# Bhutan and Nepal.
_VEHICLES = re.compile(
    r"[A-Z]{2}[0-9]{2}[A-Z]{0,3}[0-9]{4}|[A-Z]{3}[0-9]{4}|[A-Z]{2}[0-9]{3}[A-Z][0-9]{4}"
    r"|[0-9]{2}BH[0-9]{4}[A-Z]{1,2}|DF[A-Z0-9]{6}|(?:TM|TR|BP|NP)[A-Z0-9]{5,13}"
)
# A plate of which it is certain where noughts are missing, because letters divide its numbers: DL1CAB123.
_SHORT = re.compile(r"([A-Z]{2})([0-9]{1,2})([A-Z]{1,3})([0-9]{1,4})")
_NOT_WRITTEN = re.compile(r"[\s./-]")
_CARRIERS_PAPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9/ -]{0,14}")


def vehicle_number(text: str, *, field: str) -> str:
    """Return the number as the portal writes it: capitals, digits, and the noughts that plates leave out.

    Raises Invalid for another format.
    """
    number = _with_noughts(_NOT_WRITTEN.sub("", text).upper())
    if not _VEHICLES.fullmatch(number):
        raise Invalid(
            f"'{text}' is no vehicle number as the e-way bill portal takes it, such as MH12AB1234.", field=field
        )
    return number


def _with_noughts(number: str) -> str:
    """DL1CAB123 as the portal takes it, DL01CAB0123; what is no such plate stays."""
    short = _SHORT.fullmatch(number)
    if short is None or _VEHICLES.fullmatch(number):
        return number
    state, office, series, serial = short.groups()
    return f"{state}{office:0>2}{series}{serial:0>4}"


def transporter_id(text: str, *, field: str) -> str:
    """Return a transporter's GSTIN, or his enrolment number (TRANSIN, from 88). Raises Invalid for another text."""
    number = text.strip().upper()
    if not number.startswith(TRANSPORTER_PREFIX):
        return parse_gstin(number, field=field).number
    if len(number) != 15 or not (number.isascii() and number.isalnum()) or check_character(number) != number[14]:
        raise Invalid(f"'{text}' is no enrolment number of a transporter.", field=field)
    return number


def transport_of(said: Mapping[str, Any], *, dated_on: date, today: date) -> Transport:
    """Return how goods of a document of ``dated_on`` travel.

    Raises: Required for what a mode needs, Invalid for numbers of a wrong format, Failed for what does not go together.
    """
    transport = Transport(
        distance_km=said.get("distance_km") or 0,
        mode=said.get("mode"),
        vehicle_number=_read(said, "vehicle_number", vehicle_number),
        vehicle_type=said.get("vehicle_type") or Vehicle.REGULAR.value,
        transporter_id=_read(said, "transporter_id", transporter_id),
        transporter_name=said.get("transporter_name"),
        document_number=said.get("document_number"),
        document_on=said.get("document_on"),
    )
    _check_names(transport)
    _check_carriers_paper(transport, dated_on=dated_on, today=today)
    if transport.is_complete:
        check_part_b(transport)
    elif transport.transporter_id is None:
        raise Required(
            "Say the vehicle or the transport document; without them, the transporter who is to say it.",
            field="vehicle_number",
        )
    return transport


def check_part_b(transport: Transport) -> None:
    """Check what a mode of transport needs. Raises: Required, Failed."""
    if transport.mode is None:
        raise Required("Say by what the goods travel.", field="mode")
    mode = Mode(transport.mode)
    if mode is Mode.ROAD and transport.vehicle_number is None:
        raise Required("Goods on the road need a vehicle number.", field="vehicle_number")
    if mode in (Mode.RAIL, Mode.AIR, Mode.SHIP):
        for name, contracts in (
            ("document_number", "transport_document_number"),
            ("document_on", "transport_document_date"),
        ):
            if getattr(transport, name) is None:
                raise Required(f"By {mode.lower()} the transport document is needed, with its date.", field=contracts)
    if transport.vehicle_type == Vehicle.OVER_DIMENSIONAL and mode not in (Mode.ROAD, Mode.SHIP, Mode.IN_TRANSIT):
        raise Failed("Over-dimensional cargo goes by road, or by ship and road.", field="vehicle_type")


def _check_names(transport: Transport) -> None:
    if transport.transporter_name and transport.transporter_id is None:
        raise Required("Say the transporter's GSTIN or enrolment number beside his name.", field="transporter_id")


def _check_carriers_paper(transport: Transport, *, dated_on: date, today: date) -> None:
    number, on = transport.document_number, transport.document_on
    if number is not None and not _CARRIERS_PAPER.fullmatch(number):
        raise Invalid(
            f"'{number}' is no number of a transport document: up to 15 letters, digits, blanks, - and /.",
            field="transport_document_number",
        )
    if on is not None and number is None:
        raise Required("Say the number of the transport document, too.", field="transport_document_number")
    if on is not None and not dated_on <= on <= today:
        raise Failed(
            f"The transport document is dated between the document, {dated_on}, and today.",
            field="transport_document_date",
        )


def _read(said: Mapping[str, Any], name: str, read: Any) -> str | None:
    text = said.get(name)
    return read(text, field=name) if text else None
