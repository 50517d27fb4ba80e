"""The e-invoice portal: sign in, register, cancel, look up. The NIC API's shape behind a protocol for any provider.

It takes and gives plain values; JSON of FORM GST INV-01 goes in as bytes, what is signed comes out unchanged.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Protocol

from adapters.portal_calls import PortalAway, PortalCalls
from adapters.portal_cipher import Unreadable, new_key, opened, sealed, sealed_for_portal

INDIA = timezone(timedelta(hours=5, minutes=30))
"""The portal writes times of India without saying so."""

DUPLICATE_IRN = "2150"
UNKNOWN_IRN = frozenset(("2148", "2154"))
TOKEN_ENDED = frozenset(("1005",))

_AUTH = "/eivital/v1.04/auth"
_INVOICE = "/eicore/v1.03/Invoice"
MOST_ERRORS = 50
MOST_WORDS = 1000


@dataclass(frozen=True, slots=True)
class PortalError:
    """One thing that the portal found wrong: its number, and its words."""

    code: str
    message: str


class PortalRefused(Exception):
    """The portal answered that it will not do it.

    ``duplicate_irn`` is the IRN under which it has registered the document before, where that is why.
    """

    def __init__(self, errors: tuple[PortalError, ...], duplicate_irn: str | None = None) -> None:
        super().__init__("; ".join(f"{error.code}: {error.message}" for error in errors))
        self.errors = errors
        self.duplicate_irn = duplicate_irn

    def is_among(self, codes: frozenset[str]) -> bool:
        """Whether it was refused for one of these reasons."""
        return any(error.code in codes for error in self.errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who calls: the software (``client_…``), and the user of one registration."""

    client_id: str
    client_secret: str
    gst_no: str
    user_name: str
    password: str


@dataclass(frozen=True, slots=True)
class Session:
    """What the portal gives to one registration for some hours."""

    token: str
    key: bytes
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What the portal says of a document that it has registered; ``is_active``: it has not been cancelled."""

    irn: str
    ack_number: str
    acknowledged_at: datetime
    signed_invoice: str
    signed_qr: str
    is_active: bool


class EinvoicePortal(Protocol):
    """A portal, or a provider in front of it. Each call raises PortalAway and PortalRefused."""

    async def authenticate(self, credentials: Credentials) -> Session:
        """Sign in."""

    async def register(self, credentials: Credentials, session: Session, document: bytes) -> Registered:
        """Have a document registered."""

    async def cancel(
        self, credentials: Credentials, session: Session, irn: str, *, reason: str, remarks: str
    ) -> datetime:
        """Have a registration cancelled, and return when it was."""

    async def by_irn(self, credentials: Credentials, session: Session, irn: str) -> Registered:
        """Look a registration up by its IRN."""

    async def by_document(
        self, credentials: Credentials, session: Session, *, document_type: str, number: str, dated_on: date
    ) -> Registered:
        """Look a registration up by its document."""


class NicPortal:
    """The API of NIC's portals; ``public_key`` (a PEM) is what signing in is sealed with."""

    def __init__(self, calls: PortalCalls, *, public_key: bytes) -> None:
        self._calls = calls
        self._public_key = public_key

    async def authenticate(self, credentials: Credentials) -> Session:
        """Sign in; the portal gives the same session again until it ends."""
        own = new_key()
        said = {
            "UserName": credentials.user_name,
            "Password": credentials.password,
            "AppKey": base64.b64encode(own).decode(),
            "ForceRefreshAccessToken": False,
        }
        body = {"Data": sealed_for_portal(said, self._public_key)}
        answer = await self._calls.ask("POST", _AUTH, headers=of_software(credentials), body=body)
        told = content_of(answer, None)
        try:
            key = opened(told["Sek"], own)
            return Session(str(told["AuthToken"]), key, _time_in(told["TokenExpiry"]))
        except (KeyError, ValueError, TypeError, Unreadable):
            raise PortalAway("The portal signed us in without a key.", may_have_arrived=False) from None

    async def register(self, credentials: Credentials, session: Session, document: bytes) -> Registered:
        """Have a document registered."""
        return _registered(await self._ask("POST", _INVOICE, credentials, session, content=document))

    async def cancel(
        self, credentials: Credentials, session: Session, irn: str, *, reason: str, remarks: str
    ) -> datetime:
        """Have a registration cancelled."""
        content = json.dumps({"Irn": irn, "CnlRsn": reason, "CnlRem": remarks}).encode()
        told = await self._ask("POST", f"{_INVOICE}/Cancel", credentials, session, content=content)
        return _time_of(told, "CancelDate")

    async def by_irn(self, credentials: Credentials, session: Session, irn: str) -> Registered:
        """Look a registration up by its IRN."""
        return _registered(await self._ask("GET", f"{_INVOICE}/irn/{irn}", credentials, session))

    async def by_document(
        self, credentials: Credentials, session: Session, *, document_type: str, number: str, dated_on: date
    ) -> Registered:
        """Look a registration up by its document."""
        query = {"doctype": document_type, "docnum": number, "docdate": f"{dated_on:%d/%m/%Y}"}
        return _registered(await self._ask("GET", f"{_INVOICE}/irnbydocdetails", credentials, session, query=query))

    async def _ask(
        self,
        method: str,
        path: str,
        credentials: Credentials,
        session: Session,
        *,
        content: bytes | None = None,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        headers = in_session(credentials, session)
        body = None if content is None else {"Data": sealed(content, session.key)}
        return content_of(await self._calls.ask(method, path, headers=headers, body=body, query=query), session.key)


def of_software(credentials: Credentials) -> dict[str, str]:
    """Return the headers that say who calls."""
    return {
        "client-id": credentials.client_id,
        "client-secret": credentials.client_secret,
        "gstin": credentials.gst_no,
    }


def in_session(credentials: Credentials, session: Session) -> dict[str, str]:
    """Return the headers that say who calls, and in which session."""
    return {**of_software(credentials), "user_name": credentials.user_name, "authtoken": session.token}


def content_of(answer: dict[str, Any], key: bytes | None) -> dict[str, Any]:
    """Return what an answer holds, opened with the key of the session where there is one.

    Raises PortalRefused, and PortalAway for what is no answer of the portal's.
    """
    if str(answer["Status"]) != "1":
        raise _refusal(answer)
    told = answer.get("Data")
    if key is not None and isinstance(told, str):
        told = opened_json(told, key)
    if not isinstance(told, dict):
        raise PortalAway("The portal's answer holds nothing that can be read.", may_have_arrived=True)
    return told


def opened_json(text: str, key: bytes) -> Any:
    """Return the JSON inside, which some versions of the portal write in base64 once more. Raises PortalAway."""
    try:
        content = opened(text, key)
        if not content.lstrip().startswith((b"{", b"[")):
            content = base64.b64decode(content, validate=True)
        return json.loads(content, parse_float=Decimal)
    except (ValueError, Unreadable):
        raise PortalAway("The portal's answer cannot be opened.", may_have_arrived=True) from None


def _refusal(answer: dict[str, Any]) -> PortalRefused:
    errors = answer.get("ErrorDetails") or []
    told = tuple(
        PortalError(str(each.get("ErrorCode", "")), str(each.get("ErrorMessage", ""))[:MOST_WORDS])
        for each in (errors if isinstance(errors, list) else [])[:MOST_ERRORS]
        if isinstance(each, dict)
    )
    if not told:
        raise PortalAway("The portal refused without saying why.", may_have_arrived=True)
    return PortalRefused(told, _duplicate_in(answer.get("InfoDtls")))


def _duplicate_in(told: Any) -> str | None:
    for each in told if isinstance(told, list) else []:
        if isinstance(each, dict) and each.get("InfCd") == "DUPIRN" and isinstance(each.get("Desc"), dict):
            irn = each["Desc"].get("Irn")
            return str(irn) if irn else None
    return None


def _registered(told: dict[str, Any]) -> Registered:
    try:
        return Registered(
            irn=_text(told["Irn"]),
            ack_number=str(told["AckNo"]),
            acknowledged_at=_time_in(told["AckDt"]),
            signed_invoice=_text(told["SignedInvoice"]),
            signed_qr=_text(told["SignedQRCode"]),
            is_active=told.get("Status", "ACT") == "ACT",
        )
    except (KeyError, ValueError, TypeError):
        raise PortalAway("The portal's answer lacks what a registration has.", may_have_arrived=True) from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("no text")
    return value


def _time_of(told: dict[str, Any], name: str) -> datetime:
    try:
        return _time_in(told[name])
    except (KeyError, ValueError, TypeError):
        raise PortalAway("The portal's answer lacks its time.", may_have_arrived=True) from None


def _time_in(text: Any) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=INDIA)
