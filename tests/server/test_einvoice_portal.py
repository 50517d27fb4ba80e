"""The adapter of the e-invoice portal against the simulated one, over HTTP: sign in, register, look up, cancel."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest

from adapters import portal_calls
from adapters.einvoice_portal import (
    DUPLICATE_IRN,
    TOKEN_ENDED,
    UNKNOWN_IRN,
    Credentials,
    NicPortal,
    PortalRefused,
    Session,
)
from adapters.portal_calls import PortalAway, PortalCalls
from adapters.portal_signatures import NotSigned, keys_in, verified
from domain.einvoice.inv01 import payload
from domain.einvoice.irn import irn_of
from domain.einvoice.subject import Subject
from domain.statements import as_json
from server.simulator import keys
from tests.domain.einvoice.papers import BUYER, SELLER, a_subject
from tests.server.portal import SimulatedPortal, simulated_portal

WHO = Credentials(client_id="us", client_secret="ours", gst_no=SELLER, user_name="sahyadri", password="right")
OTHER = Credentials(client_id="us", client_secret="ours", gst_no=BUYER, user_name="bharat", password="right")


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedPortal]:
    with simulated_portal(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture
async def portal(simulator: SimulatedPortal) -> AsyncIterator[NicPortal]:
    simulator.switch()
    calls = PortalCalls(simulator.url, answer_seconds=2)
    yield NicPortal(calls, public_key=keys.public_key())
    await calls.close()


def written(subject: Subject) -> bytes:
    return as_json(payload(subject)).encode()


def numbered(number: str, **said: Any) -> Subject:
    return a_subject(number=number, **said)


async def test_a_document_is_registered_and_its_signatures_hold(portal: NicPortal) -> None:
    session = await portal.authenticate(WHO)
    subject = numbered("A/26-27/0001")
    registered = await portal.register(WHO, session, written(subject))
    expected = irn_of(gst_no=SELLER, document_type="INV", number="A/26-27/0001", dated_on=subject.head.dated_on)
    assert registered.irn == expected
    code = verified(registered.signed_qr, keys_in(keys.public_key()))
    assert code.issuer == "SIMULATED"
    assert {name: code.content[name] for name in ("SellerGstin", "BuyerGstin", "DocNo", "DocDt", "ItemCnt")} == {
        "SellerGstin": SELLER,
        "BuyerGstin": BUYER,
        "DocNo": "A/26-27/0001",
        "DocDt": "20/11/2026",
        "ItemCnt": 1,
    }
    assert code.content["TotInvVal"] == 11800
    assert 600 < len(registered.signed_qr) < 1200
    assert await portal.by_irn(WHO, session, registered.irn) == registered
    same = await portal.by_document(
        WHO, session, document_type="INV", number="a/26-27/0001", dated_on=subject.head.dated_on
    )
    assert same == registered


async def test_the_same_document_again_is_a_duplicate_and_its_irn_is_told(portal: NicPortal) -> None:
    session = await portal.authenticate(WHO)
    first = await portal.register(WHO, session, written(numbered("A/26-27/0002")))
    with pytest.raises(PortalRefused) as refused:
        await portal.register(WHO, session, written(numbered("a/26-27/0002")))
    assert refused.value.is_among(frozenset((DUPLICATE_IRN,)))
    assert refused.value.duplicate_irn == first.irn


async def test_a_registration_is_cancelled_within_a_day_and_not_after(
    portal: NicPortal, simulator: SimulatedPortal
) -> None:
    session = await portal.authenticate(WHO)
    first = await portal.register(WHO, session, written(numbered("A/26-27/0003")))
    at = await portal.cancel(WHO, session, first.irn, reason="2", remarks="Wrong rate")
    assert at - first.acknowledged_at < timedelta(minutes=1)
    assert not (await portal.by_irn(WHO, session, first.irn)).is_active
    with pytest.raises(PortalRefused, match="2150"):
        await portal.register(WHO, session, written(numbered("A/26-27/0003")))
    second = await portal.register(WHO, session, written(numbered("A/26-27/0004")))
    simulator.switch(hours_on=25)
    later = await portal.authenticate(WHO)
    with pytest.raises(PortalRefused, match="2270"):
        await portal.cancel(WHO, later, second.irn, reason="1", remarks="Twice")


async def test_an_irn_that_is_unknown_or_anothers_is_not_shown(portal: NicPortal) -> None:
    session = await portal.authenticate(WHO)
    first = await portal.register(WHO, session, written(numbered("A/26-27/0005")))
    with pytest.raises(PortalRefused) as unknown:
        await portal.by_irn(WHO, session, "0" * 64)
    assert unknown.value.is_among(UNKNOWN_IRN)
    other = await portal.authenticate(OTHER)
    with pytest.raises(PortalRefused, match="2143"):
        await portal.by_irn(OTHER, other, first.irn)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"number": "0001"}, "2140"),
        ({"gst_no": SELLER, "place_of_supply": "IN-MH"}, "2211"),
        ({"place_of_supply": "IN-MH", "igst_total": 0}, "2172"),
        ({"billing_address": {"address": "4 Palace Road", "city": "Mysuru", "zip": "411001"}}, "3039"),
    ],
)
async def test_what_the_portal_refuses_is_told_by_its_number(
    portal: NicPortal, said: dict[str, Any], code: str
) -> None:
    session = await portal.authenticate(WHO)
    with pytest.raises(PortalRefused, match=code):
        await portal.register(WHO, session, written(a_subject(**{"number": "A/26-27/0009", **said})))


async def test_a_wrong_password_signs_nobody_in(portal: NicPortal) -> None:
    wrong = Credentials(client_id="us", client_secret="ours", gst_no=SELLER, user_name="sahyadri", password="wrong")
    with pytest.raises(PortalRefused, match="SIM09"):
        await portal.authenticate(wrong)


async def test_a_session_that_has_ended_is_told(portal: NicPortal, simulator: SimulatedPortal) -> None:
    session = await portal.authenticate(WHO)
    simulator.switch(hours_on=7)
    with pytest.raises(PortalRefused) as refused:
        await portal.by_irn(WHO, session, "0" * 64)
    assert refused.value.is_among(TOKEN_ENDED)


@pytest.mark.parametrize(
    ("fault", "may_have_arrived"),
    [("AWAY", True), ("SLOW", True), ("RUBBISH", True), ("RESET", True), ("LARGE", True), ("RESET_AFTER", True)],
)
async def test_a_portal_that_does_not_answer_leaves_it_unknown(
    portal: NicPortal,
    simulator: SimulatedPortal,
    fault: str,
    may_have_arrived: bool,  # noqa: FBT001
) -> None:
    session = await portal.authenticate(WHO)
    simulator.switch(fault=fault, seconds=5)
    with pytest.raises(PortalAway) as away:
        await portal.register(WHO, session, written(numbered(f"B/{fault}"[:16].replace("_", "-"))))
    assert away.value.may_have_arrived is may_have_arrived


async def test_a_portal_that_nobody_reaches_has_done_nothing() -> None:
    calls = PortalCalls("http://127.0.0.1:1", answer_seconds=2)
    with pytest.raises(PortalAway) as away:
        await NicPortal(calls, public_key=keys.public_key()).authenticate(WHO)
    assert away.value.may_have_arrived is False
    await calls.close()


async def test_what_another_key_signed_is_found_out(portal: NicPortal, simulator: SimulatedPortal) -> None:
    session = await portal.authenticate(WHO)
    simulator.switch(fault="FORGED", path="/Invoice")
    forged = await portal.register(WHO, session, written(numbered("B/26-27/0001")))
    with pytest.raises(NotSigned):
        verified(forged.signed_qr, keys_in(keys.public_key()))
    with pytest.raises(NotSigned):
        verified("no.jwt.atall", keys_in(keys.public_key()))


async def test_an_answer_in_another_key_is_unreadable(portal: NicPortal) -> None:
    session = await portal.authenticate(WHO)
    broken = Session(session.token, b"0" * 32, session.ends_at)
    with pytest.raises(PortalRefused, match="SIM10"):
        await portal.register(WHO, broken, written(numbered("B/26-27/0002")))


def test_limits_are_those_that_are_written_down() -> None:
    assert (portal_calls.CONNECT_SECONDS, portal_calls.ANSWER_SECONDS) == (5, 25)
