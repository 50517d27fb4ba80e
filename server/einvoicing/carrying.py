"""Carries out an errand to the e-invoice portal: taken up in one transaction, asked in none, brought back in another.

A portal that is away is asked again later. What was sent without an answer is looked up by the document's details
before it is sent again, also after a crash; and what the portal has registered under the same number before is the
success that it is, if it is the same document.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from adapters.einvoice_portal import (
    DUPLICATE_IRN,
    UNKNOWN_IRN,
    Credentials,
    PortalRefused,
    Registered,
    Session,
)
from adapters.portal_calls import PortalAway
from adapters.portal_signatures import NotSigned, verified
from domain.einvoice import errands
from domain.einvoice.errands import Errand
from domain.einvoice.stored import Told
from domain.statements import as_json
from server.einvoicing.portals import Access, NoPortal, Portals
from server.einvoicing.signing_in import AtPortal, Open
from server.sealing import Sealer
from server.simulator import keys as simulated

_DUPLICATE = frozenset((DUPLICATE_IRN,))
_AWAY = "portal.away"
_log = logging.getLogger(__name__)


async def carry_out(open_books: Open, portals: Portals, sealer: Sealer, document_id: str) -> datetime | None:
    """Do what is to be done about a document; return when it must be taken up again, ``None`` if it need not."""
    async with open_books() as books:
        errand = await errands.take_up(books, document_id)
    if errand is None:
        return None
    asked = _Asked(errand, open_books, portals, sealer, errand=errand)
    try:
        given = await asked.cancelled() if errand.cancel_reason else await asked.registered()
    except PortalAway as away:
        return await _put_off(open_books, errand, str(away), is_in_doubt=asked.is_in_doubt)
    except NoPortal as missing:
        if errand.is_simulated:
            return await _put_off(open_books, errand, str(missing), is_in_doubt=errand.is_in_doubt)
        await _refused(open_books, errand, [_ours(str(missing))], is_in_doubt=errand.is_in_doubt)
        return None
    except PortalRefused as refused:
        told: list[Told] = [{"code": each.code, "message": each.message, "field": None} for each in refused.errors]
        await _refused(open_books, errand, told, is_in_doubt=False)
        return None
    except _NotOurs as other:
        await _refused(open_books, errand, [_ours(fault) for fault in other.faults], is_in_doubt=True)
        return None
    async with open_books() as books:
        if isinstance(given, datetime):
            await errands.bring_cancellation(books, errand, given)
        else:
            await errands.bring_registration(books, errand, _plain(given))
    return None


async def _put_off(open_books: Open, errand: Errand, message: str, *, is_in_doubt: bool) -> datetime:
    _log.warning("E-invoice of %s: %s", errand.number, message)
    async with open_books() as books:
        error: Told = {"code": _AWAY, "message": message, "field": None}
        return await errands.put_off(books, errand, error, is_in_doubt=is_in_doubt)


async def _refused(open_books: Open, errand: Errand, told: list[Told], *, is_in_doubt: bool) -> None:
    async with open_books() as books:
        await errands.bring_refusal(books, errand, told, is_in_doubt=is_in_doubt)


def _ours(message: str) -> Told:
    return {"code": errands.OURS, "message": message, "field": None}


class _NotOurs(Exception):
    """The portal's answer is about another document, or nobody has signed it whom we know."""

    def __init__(self, *faults: str) -> None:
        super().__init__(faults[0])
        self.faults = faults


@dataclass
class _Asked(AtPortal):
    """One errand at the portal."""

    errand: Errand = field(kw_only=True)

    async def registered(self) -> Registered:
        """Have the document registered, unless it is. Raises PortalAway, PortalRefused, NoPortal and _NotOurs."""
        access, who = self.access()
        given = await self._found_by_document(access, who) if self.errand.is_in_doubt else None
        if given is None:
            given = await self._sent(access, who)
        self._check(access, given)
        return given

    async def cancelled(self) -> datetime:
        """Have the registration cancelled, unless it is. Raises as ``registered`` does."""
        access, who = self.access()
        errand = self.errand
        if errand.is_in_doubt:
            given = await self.with_session(access, who, lambda session: access.portal.by_irn(who, session, errand.irn))
            if not given.is_active:
                async with self.open_books() as books:
                    return books.now
        number, remarks = errands.REASON_NUMBERS[errand.cancel_reason or "OTHERS"], errand.cancel_remarks or ""

        async def cancel(session: Session) -> datetime:
            return await self.in_doubt_unless_answered(
                access.portal.cancel(who, session, errand.irn, reason=number, remarks=remarks)
            )

        return await self.with_session(access, who, cancel)

    async def _found_by_document(self, access: Access, who: Credentials) -> Registered | None:
        errand = self.errand

        async def look_up(session: Session) -> Registered:
            return await access.portal.by_document(
                who, session, document_type=errand.document_type, number=errand.number, dated_on=errand.dated_on
            )

        try:
            return await self.with_session(access, who, look_up)
        except PortalRefused as refused:
            if not refused.is_among(UNKNOWN_IRN):
                raise
            self.is_in_doubt = False
            return None

    async def _sent(self, access: Access, who: Credentials) -> Registered:
        document = as_json(self.errand.payload).encode()

        async def send(session: Session) -> Registered:
            return await self.in_doubt_unless_answered(access.portal.register(who, session, document))

        try:
            return await self.with_session(access, who, send)
        except PortalRefused as refused:
            if not refused.is_among(_DUPLICATE):
                raise
            irn = refused.duplicate_irn or self.errand.irn
        return await self.with_session(access, who, lambda session: access.portal.by_irn(who, session, irn))

    def _check(self, access: Access, given: Registered) -> None:
        """See that the answer is signed and about this document. Raises _NotOurs."""
        try:
            code = verified(given.signed_qr, access.keys)
            verified(given.signed_invoice, access.keys)
        except NotSigned as fault:
            raise _NotOurs(f"The portal's answer is not signed by it: {fault}") from None
        is_simulated = code.issuer == simulated.ISSUER
        faults = errands.faults_of_answer(self.errand, given.irn, code.content, is_simulated=is_simulated)
        if faults:
            raise _NotOurs(*(f"The portal has another document under this number. {fault}" for fault in faults))


def _plain(given: Registered) -> errands.Registered:
    return errands.Registered(
        irn=given.irn.lower(),
        ack_number=given.ack_number,
        acknowledged_at=given.acknowledged_at,
        signed_invoice=given.signed_invoice,
        signed_qr=given.signed_qr,
        is_active=given.is_active,
    )
