"""The simulated portal as an application: the paths of the NIC API, and ``/simulator/switches`` beside them."""

import base64
import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.portal_cipher import KEY_BYTES, Unreadable, opened, sealed
from server.simulator import checks, keys
from server.simulator.answers import Refused, refusal, success
from server.simulator.clients import Known, known_by
from server.simulator.register import Entry, Json, Register, SignedIn
from server.simulator.switches import Fault, Switches
from server.simulator.waybills import Waybills

INDIA = timezone(timedelta(hours=5, minutes=30))
_SESSION = timedelta(hours=6)
_CANCELLABLE = timedelta(hours=24)
_WRONG_PASSWORD = "wrong"  # noqa: S105  # what tests send to be refused
_IN_CAPITALS_SINCE = datetime(2025, 6, 1, tzinfo=INDIA)

_caller: ContextVar[Known] = ContextVar("caller")
"""Whose books ask."""

Act = Callable[["Portal", Request, SignedIn], Awaitable[Any]]


class Portal:
    """The portal: what it has registered, its key, and how it misbehaves."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self.switches = Switches()
        key = serialization.load_pem_private_key(keys.private_key(), None)
        assert isinstance(key, rsa.RSAPrivateKey), "the simulator's key is an RSA key"
        self._key = key
        self._other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def routes(self) -> list[Route]:
        """The paths that are answered."""
        core = "/eicore/v1.03/Invoice"
        return [
            Route("/eivital/v1.04/auth", self.sign_in, methods=["POST"]),
            Route(core, self.acted(_register), methods=["POST"]),
            Route(f"{core}/Cancel", self.acted(_cancel), methods=["POST"]),
            Route(core + "/irn/{irn}", self.acted(_by_irn), methods=["GET"]),
            Route(f"{core}/irnbydocdetails", self.acted(_by_document), methods=["GET"]),
            Route("/simulator/switches", self.switch, methods=["GET", "PUT"]),
        ]

    @property
    def register(self) -> Register:
        """What is registered, as far as the books that ask may know."""
        caller = _caller.get()
        return self._register.of(caller.organization_id, caller.since)

    def now(self) -> datetime:
        """The portal's clock, which a switch may set on: for a sandbox whose clock was set, that one."""
        ahead = _caller.get().ahead + timedelta(hours=self.switches.hours_on)
        return (datetime.now(INDIA) + ahead).replace(microsecond=0)

    async def switch(self, request: Request) -> Response:
        """Show or set how the portal misbehaves."""
        if request.method == "PUT":
            self.switches.put(await request.json())
        left = self.switches
        return JSONResponse({"fault": left.fault, "times": left.times, "hours_on": left.hours_on})

    async def sign_in(self, request: Request) -> Response:
        """Give a registration a session; anybody is let in, but for the password ``wrong``."""
        _caller.set(known_by(request.headers.get("client-id", "")))
        fault = self.switches.taken(request.url.path)
        if fault is not None:
            return await self.switches.spoilt(fault)
        try:
            said = json.loads(base64.b64decode(self._unsealed((await request.json())["Data"])))
            own = base64.b64decode(said["AppKey"])
        except (KeyError, ValueError, TypeError):
            return refusal(Refused("SIM08", "What signs in cannot be read."))
        if said.get("Password") in ("", None, _WRONG_PASSWORD) or len(own) != KEY_BYTES:
            return refusal(Refused("SIM09", "Invalid login credentials."))
        session = SignedIn(
            secrets.token_urlsafe(18),
            request.headers.get("gstin", ""),
            str(said.get("UserName")),
            secrets.token_bytes(KEY_BYTES),
            self.now() + _SESSION,
        )
        self.register.sign_in(session)
        self.register.forget_earlier()
        told = {
            "ClientId": request.headers.get("client-id", ""),
            "UserName": session.user,
            "AuthToken": session.token,
            "Sek": sealed(session.key, own),
            "TokenExpiry": written(session.ends_at),
        }
        return success(told, None)

    def acted(
        self,
        act: Act,
        *,
        success: Callable[[Any, bytes | None], Response] = success,
        refusal: Callable[[Refused], Response] = refusal,
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return a path's function: it finds the session, has ``act`` do it, seals the answer, and may spoil it."""

        async def answered(request: Request) -> Response:
            _caller.set(known_by(request.headers.get("client-id", "")))
            fault = self.switches.taken(request.url.path)
            if fault is not None and fault not in (Fault.FORGED, Fault.TOKEN_ENDED) and not fault.is_after:
                return await self.switches.spoilt(fault)
            try:
                if fault is Fault.TOKEN_ENDED:
                    self.register.end_sessions()
                session = self._session(request)
                request.state.is_forged = fault is Fault.FORGED
                answer = success(await act(self, request, session), session.key)
            except Refused as refused:
                answer = refusal(refused)
            return await self.switches.spoilt(fault) if fault is not None and fault.is_after else answer

        return answered

    def signed(self, content: Json, *, is_forged: bool) -> str:
        """Sign a document or the text of a QR code; a forged one with another key."""
        key = self._other_key if is_forged else self._key
        claims = {"data": json.dumps(content, separators=(",", ":")), "iss": keys.ISSUER}
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": keys.KEY_ID})

    def _session(self, request: Request) -> SignedIn:
        session = self.register.session(request.headers.get("authtoken", ""))
        if session is None or session.gstin != request.headers.get("gstin") or session.ends_at < self.now():
            raise Refused("1005", "Invalid Token")
        return session

    def _unsealed(self, text: str) -> bytes:
        return self._key.decrypt(base64.b64decode(text), padding.PKCS1v15())


async def said_in(request: Request, session: SignedIn) -> Json:
    """Return what a body says. Raises Refused for what cannot be read."""
    try:
        said = json.loads(opened((await request.json())["Data"], session.key), parse_float=Decimal)
    except (KeyError, ValueError, TypeError, Unreadable):
        raise Refused("SIM10", "The body cannot be opened with the key of the session.") from None
    if not isinstance(said, dict):
        raise Refused("2140", "The body is no object.")
    return said


def written(moment: datetime) -> str:
    """A moment as the portal writes it."""
    return moment.astimezone(INDIA).strftime("%Y-%m-%d %H:%M:%S")


async def _register(portal: Portal, request: Request, session: SignedIn) -> Json:
    said = await said_in(request, session)
    checks.check(said, session.gstin)
    document = _document_key(session.gstin, said["DocDtls"])
    with portal.register.transaction():
        there = portal.register.by_document(document)
        if there is not None:
            known = {name: there.answer[name] for name in ("AckNo", "AckDt", "Irn")}
            raise Refused("2150", "Duplicate IRN", [{"InfCd": "DUPIRN", "Desc": known}])
        at = portal.now()
        answer = _answer(portal, said, document, at, is_forged=request.state.is_forged)
        portal.register.add(answer["Irn"], document, json.loads(_plain_json(said)), answer, at)
    return answer


def _answer(portal: Portal, said: Json, document: str, at: datetime, *, is_forged: bool) -> Json:
    irn = hashlib.sha256(document.encode()).hexdigest()
    number = portal.register.next_ack_number()
    plain = json.loads(_plain_json(said))
    values = plain["ValDtls"]
    code = {
        "SellerGstin": plain["SellerDtls"]["Gstin"],
        "BuyerGstin": plain["BuyerDtls"]["Gstin"],
        "DocNo": plain["DocDtls"]["No"],
        "DocTyp": plain["DocDtls"]["Typ"],
        "DocDt": plain["DocDtls"]["Dt"],
        "TotInvVal": values["TotInvVal"],
        "ItemCnt": len(plain["ItemList"]),
        "MainHsnCode": max(plain["ItemList"], key=lambda item: item["TotItemVal"])["HsnCd"],
        "Irn": irn,
        "IrnDt": written(at),
    }
    whole = {"AckNo": number, "AckDt": written(at), "Irn": irn, **plain}
    return {
        "AckNo": number,
        "AckDt": written(at),
        "Irn": irn,
        "SignedInvoice": portal.signed(whole, is_forged=is_forged),
        "SignedQRCode": portal.signed(code, is_forged=is_forged),
        "Status": "ACT",
        "EwbNo": None,
        "EwbDt": None,
        "EwbValidTill": None,
        "Remarks": None,
    }


async def _cancel(portal: Portal, request: Request, session: SignedIn) -> Json:
    said = await said_in(request, session)
    entry = own_entry(portal, str(said.get("Irn")), session)
    if entry.cancelled_at is not None:
        raise Refused("SIM11", "The IRN is cancelled already.")
    if Waybills(portal.register).of_irn(entry.irn) is not None:
        raise Refused("SIM12", "There is an active e-way bill for the IRN; cancel that first.")
    if str(said.get("CnlRsn")) not in ("1", "2", "3", "4"):
        raise Refused("2140", "CnlRsn is none of 1, 2, 3, 4.")
    if portal.now() - entry.acknowledged_at > _CANCELLABLE:
        raise Refused("2270", "The allowed time to cancel the IRN is over.")
    portal.register.cancel(entry.irn, portal.now())
    return {"Irn": entry.irn, "CancelDate": written(portal.now())}


async def _by_irn(portal: Portal, request: Request, session: SignedIn) -> Json:
    return _shown(own_entry(portal, request.path_params["irn"], session))


async def _by_document(portal: Portal, request: Request, session: SignedIn) -> Json:
    query = request.query_params
    asked = {"Typ": query.get("doctype", ""), "No": query.get("docnum", ""), "Dt": query.get("docdate", "")}
    entry = portal.register.by_document(_document_key(session.gstin, asked))
    if entry is None:
        raise Refused("2148", "The IRN details are not found.")
    return _shown(entry)


def own_entry(portal: Portal, irn: str, session: SignedIn) -> Entry:
    """Return a registration of the one who asks. Raises Refused for one that is unknown or another's."""
    entry = portal.register.by_irn(irn)
    if entry is None:
        raise Refused("2148", "The IRN details are not found.")
    if entry.gstin != session.gstin:
        raise Refused("2143", "The IRN does not belong to the user.")
    return entry


def _shown(entry: Entry) -> Json:
    return {**entry.answer, "Status": "CNL" if entry.cancelled_at else "ACT"}


def _document_key(gstin: str, document: Json) -> str:
    """What the IRN is the hash of. Raises Refused for a day that is none."""
    try:
        day = datetime.strptime(document["Dt"], "%d/%m/%Y").replace(tzinfo=INDIA)
    except ValueError:
        raise Refused("2140", "DocDtls/Dt is no day.") from None
    began = day.year if day.month >= 4 else day.year - 1
    number = document["No"].upper() if day >= _IN_CAPITALS_SINCE else document["No"]
    return f"{gstin}{began}-{(began + 1) % 100:02}{document['Typ']}{number}"


def _plain_json(said: Json) -> str:
    return json.dumps(said, default=float)
