"""The e-way bill portal: make, look up, change, extend, cancel and close. NIC's API behind a protocol for any provider.

It speaks with the session of the e-invoice portal, in the words of the e-way bill API: JSON goes in as bytes, plain
values come out. Source: API pages of NIC's e-way bill system (1.03), and of its e-invoice sandbox (e-way bill by IRN).
The action that closes is from memory of an announcement: closures were put off before the portal took any.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from adapters.einvoice_portal import (
    INDIA,
    MOST_ERRORS,
    MOST_WORDS,
    Credentials,
    PortalError,
    PortalRefused,
    Session,
    content_of,
    in_session,
    opened_json,
)
from adapters.portal_calls import PortalAway, PortalCalls
from adapters.portal_cipher import sealed

Value = TypeVar("Value")

NOT_FOUND = frozenset(("301", "325", "418", "2154", "2148"))
"""The portal has no such e-way bill."""
SESSION_ENDED = frozenset(("105", "106", "116", "238", "1005"))

_API = "/ewaybillapi/v1.03/ewayapi"
_BY_IRN = "/eiewb/v1.03/ewaybill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An e-way bill that the portal has made; ``valid_until`` absent: its vehicle is not known yet."""

    number: str
    made_at: datetime
    valid_until: datetime | None
    remarks: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a change came to: when it was, and until when the bill is valid since."""

    at: datetime
    valid_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the portal knows of an e-way bill: its status is ACT, CNL or another word of the portal's."""

    number: str
    status: str
    made_at: datetime
    valid_until: datetime | None
    vehicle_number: str | None
    document_number: str | None


class EwayPortal(Protocol):
    """A portal, or a provider in front of it. Each call raises PortalAway and PortalRefused."""

    async def make(self, credentials: Credentials, session: Session, content: bytes) -> Made:
        """Have an e-way bill made."""

    async def make_by_irn(self, credentials: Credentials, session: Session, content: bytes) -> Made:
        """Have one made of a document that is registered as an e-invoice."""

    async def change_vehicle(self, credentials: Credentials, session: Session, content: bytes) -> Changed:
        """Tell another vehicle."""

    async def extend(self, credentials: Credentials, session: Session, content: bytes) -> Changed:
        """Have the time extended."""

    async def cancel(self, credentials: Credentials, session: Session, content: bytes) -> datetime:
        """Have it cancelled, and return when it was."""

    async def close(self, credentials: Credentials, session: Session, content: bytes) -> None:
        """Have it closed."""

    async def by_number(self, credentials: Credentials, session: Session, number: str) -> Known:
        """Look one up."""

    async def by_document(
        self, credentials: Credentials, session: Session, *, document_type: str, number: str
    ) -> Known:
        """Look the one of a document up."""

    async def by_irn(self, credentials: Credentials, session: Session, irn: str) -> Known:
        """Look the one of a registered e-invoice up."""


class NicEwayPortal:
    """The API of NIC's portals."""

    def __init__(self, calls: PortalCalls) -> None:
        self._calls = calls

    async def make(self, credentials: Credentials, session: Session, content: bytes) -> Made:
        """Have an e-way bill made."""
        told = await self._act("GENEWAYBILL", credentials, session, content)
        return _read(_made, told, "ewayBillNo", "ewayBillDate", "validUpto", "alert")

    async def make_by_irn(self, credentials: Credentials, session: Session, content: bytes) -> Made:
        """Have one made of a document that is registered as an e-invoice."""
        headers, body = in_session(credentials, session), {"Data": sealed(content, session.key)}
        answer = await self._calls.ask("POST", _BY_IRN, headers=headers, body=body)
        return _read(_made, content_of(answer, session.key), "EwbNo", "EwbDt", "EwbValidTill", "Remarks")

    async def change_vehicle(self, credentials: Credentials, session: Session, content: bytes) -> Changed:
        """Tell another vehicle."""
        return _read(_changed, await self._act("VEHEWB", credentials, session, content), "vehUpdDate")

    async def extend(self, credentials: Credentials, session: Session, content: bytes) -> Changed:
        """Have the time extended."""
        return _read(_changed, await self._act("EXTENDVALIDITY", credentials, session, content), "updatedDate")

    async def cancel(self, credentials: Credentials, session: Session, content: bytes) -> datetime:
        """Have it cancelled."""
        told = await self._act("CANEWB", credentials, session, content)
        return _read(_moment_of, told, "cancelDate")

    async def close(self, credentials: Credentials, session: Session, content: bytes) -> None:
        """Have it closed."""
        await self._act("CLOSEEWB", credentials, session, content)

    async def by_number(self, credentials: Credentials, session: Session, number: str) -> Known:
        """Look one up."""
        return _read(_known, await self._get("GetEwayBill", credentials, session, {"ewbNo": number}))

    async def by_document(
        self, credentials: Credentials, session: Session, *, document_type: str, number: str
    ) -> Known:
        """Look the one of a document up."""
        query = {"docType": document_type, "docNo": number}
        return _read(_known, await self._get("GetEwayBillGeneratedByConsigner", credentials, session, query))

    async def by_irn(self, credentials: Credentials, session: Session, irn: str) -> Known:
        """Look the one of a registered e-invoice up."""
        answer = await self._calls.ask("GET", f"{_BY_IRN}/irn/{irn}", headers=in_session(credentials, session))
        return _read(_known_by_irn, content_of(answer, session.key))

    async def _act(self, action: str, credentials: Credentials, session: Session, content: bytes) -> dict[str, Any]:
        body = {"action": action, "data": sealed(content, session.key)}
        headers = in_session(credentials, session)
        return _told(await self._calls.ask("POST", _API, headers=headers, body=body, told_by="status"), session)

    async def _get(
        self, what: str, credentials: Credentials, session: Session, query: Mapping[str, str]
    ) -> dict[str, Any]:
        headers = in_session(credentials, session)
        answer = await self._calls.ask("GET", f"{_API}/{what}", headers=headers, query=query, told_by="status")
        return _told(answer, session)


def _told(answer: dict[str, Any], session: Session) -> dict[str, Any]:
    """What an answer holds. Raises PortalRefused, and PortalAway for what is no answer of the portal's."""
    if str(answer["status"]) != "1":
        raise _refusal(answer)
    data = answer.get("data")
    told = opened_json(data, session.key) if isinstance(data, str) else data
    if not isinstance(told, dict):
        raise PortalAway("The portal's answer holds nothing that can be read.", may_have_arrived=True)
    return {"alert": answer.get("alert"), **told}


def _refusal(answer: dict[str, Any]) -> PortalRefused:
    """The numbers of the errors, which come in base64, divided by commas."""
    try:
        said = json.loads(base64.b64decode(answer["error"], validate=True))
        codes = [code.strip() for code in str(said["errorCodes"]).split(",")]
    except (KeyError, TypeError, ValueError, binascii.Error):
        codes = []
    errors = tuple(PortalError(code[:20], _one_line(answer.get("info"))) for code in codes[:MOST_ERRORS] if code)
    if not errors:
        raise PortalAway("The portal refused without saying why.", may_have_arrived=True)
    return PortalRefused(errors)


def _read(reader: Callable[..., Value], told: dict[str, Any], *names: str) -> Value:
    """What a reader makes of an answer. Raises PortalAway where a member is missing or means nothing."""
    try:
        return reader(told, *names)
    except (KeyError, ValueError, TypeError):
        raise PortalAway("The portal's answer lacks what it should hold.", may_have_arrived=True) from None


def _made(told: dict[str, Any], number: str, made: str, ends: str, remarks: str) -> Made:
    return Made(
        number=_number(told[number]),
        made_at=_moment(told[made]),
        valid_until=_moment(told[ends]) if told.get(ends) else None,
        remarks=_one_line(told.get(remarks)) or None,
    )


def _changed(told: dict[str, Any], at: str) -> Changed:
    ends = told.get("validUpto")
    return Changed(at=_moment(told[at]), valid_until=_moment(ends) if ends else None)


def _moment_of(told: dict[str, Any], name: str) -> datetime:
    return _moment(told[name])


def _known(told: dict[str, Any]) -> Known:
    vehicles = sorted(told.get("VehiclListDetails") or [], key=lambda each: _moment(each["enteredDate"]))
    last = vehicles[-1] if vehicles else {}
    ends = told.get("validUpto")
    return Known(
        number=_number(told["ewbNo"]),
        status=str(told.get("status", "ACT")),
        made_at=_moment(told["ewayBillDate"]),
        valid_until=_moment(ends) if ends else None,
        vehicle_number=last.get("vehicleNo") or None,
        document_number=last.get("transDocNo") or None,
    )


def _known_by_irn(told: dict[str, Any]) -> Known:
    made = _made(told, "EwbNo", "EwbDt", "EwbValidTill", "Remarks")
    return Known(
        number=made.number,
        status=str(told.get("Status", "ACT")),
        made_at=made.made_at,
        valid_until=made.valid_until,
        vehicle_number=told.get("VehNo") or None,
        document_number=told.get("TransDocNo") or None,
    )


def _number(value: Any) -> str:
    text = str(value)
    if len(text) != 12 or not (text.isascii() and text.isdigit()):
        raise ValueError("no number of an e-way bill")
    return text


def _moment(text: Any) -> datetime:
    """A moment in one of the two ways in which the portals write it."""
    try:
        return datetime.strptime(text, "%d/%m/%Y %I:%M:%S %p").replace(tzinfo=INDIA)
    except ValueError:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=INDIA)


def _one_line(words: Any) -> str:
    text = words if isinstance(words, str) else ""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:MOST_WORDS]
