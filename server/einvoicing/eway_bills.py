"""Carries out what is asked of the e-way bill portal: taken up in one transaction, asked in none, settled in another.

A portal that is away is asked again later. What was sent without an answer is looked up before it is sent again, also
after a crash; and an e-way bill that the portal has made before for the same document is the success that it is.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from adapters.einvoice_portal import Credentials, PortalRefused, Session
from adapters.eway_portal import NOT_FOUND, Changed, EwayPortal, Known, Made
from adapters.portal_calls import PortalAway
from domain.eway_bills import settling
from domain.eway_bills.eway_bill import Action, Fault
from domain.eway_bills.portal_words import ALREADY_MADE, NO_PORTAL, faults_of
from domain.eway_bills.settling import Answer, Errand
from domain.statements import as_json
from server.einvoicing.portals import Access, NoPortal, Portals
from server.einvoicing.signing_in import AtPortal, Open
from server.sealing import Sealer

_CANCELLED, _ACTIVE = "CNL", "ACT"
_log = logging.getLogger(__name__)


async def carry_out(open_books: Open, portals: Portals, sealer: Sealer, request_id: str) -> None:
    """Do what a request asks for, if it is due."""
    async with open_books() as books:
        errand = await settling.take_up(books, request_id)
    if errand is None:
        return
    asked = _Asked(errand, open_books, portals, sealer, errand=errand)
    try:
        answer = await asked.answered()
    except PortalAway as away:
        _log.warning("E-way bill of %s: %s", errand.document_number, away)
        async with open_books() as books:
            await settling.put_off(books, errand, str(away), is_in_doubt=asked.is_in_doubt)
    except PortalRefused as refused:
        await _refused(open_books, errand, faults_of([(each.code, each.message) for each in refused.errors]))
    except NoPortal as missing:
        await _refused(open_books, errand, [Fault(NO_PORTAL, str(missing))])
    else:
        async with open_books() as books:
            await settling.done(books, errand, answer)


async def _refused(open_books: Open, errand: Errand, faults: list[Fault]) -> None:
    async with open_books() as books:
        await settling.refused(books, errand, faults)


@dataclass
class _Asked(AtPortal):
    """One errand at the portal."""

    errand: Errand = field(kw_only=True)

    async def answered(self) -> Answer:
        """Have it done, unless it is. Raises PortalAway, PortalRefused and NoPortal."""
        access, who = self.access()
        if self.errand.is_in_doubt:
            known = await self._known(access, who)
            if known is not None and self._is_done(known):
                return await self._adopted(known)
            self.is_in_doubt = False
        return await self._sent(access, who)

    async def _known(self, access: Access, who: Credentials) -> Known | None:
        """What the portal knows of the bill, or of the one of the same document."""
        bill, number = self.errand.bill, self.errand.document_number

        async def look_up(session: Session) -> Known:
            if bill.number is not None:
                return await access.eway.by_number(who, session, bill.number)
            if bill.irn is not None:
                return await access.eway.by_irn(who, session, bill.irn)
            return await access.eway.by_document(who, session, document_type=bill.document_type, number=number)

        try:
            return await self.with_session(access, who, look_up)
        except PortalRefused as refused:
            if not refused.is_among(NOT_FOUND):
                raise
            return None

    def _is_done(self, known: Known) -> bool:
        """Whether what the portal knows is what was asked for."""
        action, bill, said = Action(self.errand.request.action), self.errand.bill, self.errand.request.content
        if action is Action.GENERATE:
            return known.status == _ACTIVE
        if action is Action.CANCEL:
            return known.status == _CANCELLED
        if action is Action.CLOSE:
            return known.status not in (_ACTIVE, _CANCELLED)
        if action is Action.EXTEND:
            return None not in (known.valid_until, bill.valid_until) and known.valid_until != bill.valid_until
        told = (said.get("vehicleNo") or None, said.get("transDocNo") or None)
        return (known.vehicle_number, known.document_number) == told

    async def _adopted(self, known: Known) -> Answer:
        async with self.open_books() as books:
            now = books.now
        is_made = self.errand.request.action == Action.GENERATE
        return Answer(done_at=known.made_at if is_made else now, number=known.number, valid_until=known.valid_until)

    async def _sent(self, access: Access, who: Credentials) -> Answer:
        errand = self.errand
        content = as_json(errand.request.content).encode()
        send = _calls(access.eway)["MAKE_BY_IRN" if self._is_by_irn() else errand.request.action]

        async def sent(session: Session) -> Any:
            return await self.in_doubt_unless_answered(send(who, session, content))

        try:
            return await self._answer(await self.with_session(access, who, sent))
        except PortalRefused as refused:
            if not refused.is_among(ALREADY_MADE):
                raise
            known = await self._known(access, who)
            if known is None or not self._is_done(known):
                raise
            return await self._adopted(known)

    def _is_by_irn(self) -> bool:
        return self.errand.request.action == Action.GENERATE and self.errand.bill.irn is not None

    async def _answer(self, given: Any) -> Answer:
        if isinstance(given, Made):
            return Answer(
                done_at=given.made_at, number=given.number, valid_until=given.valid_until, remarks=given.remarks
            )
        if isinstance(given, Changed):
            return Answer(done_at=given.at, valid_until=given.valid_until)
        if given is not None:
            return Answer(done_at=given)
        async with self.open_books() as books:
            return Answer(done_at=books.now)


Call = Callable[[Credentials, Session, bytes], Awaitable[Any]]


def _calls(portal: EwayPortal) -> dict[str, Call]:
    return {
        Action.GENERATE: portal.make,
        "MAKE_BY_IRN": portal.make_by_irn,
        Action.UPDATE_VEHICLE: portal.change_vehicle,
        Action.EXTEND: portal.extend,
        Action.CANCEL: portal.cancel,
        Action.CLOSE: portal.close,
    }
