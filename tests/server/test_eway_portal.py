"""The adapter of the e-way bill portal against the simulated one, over HTTP: each call, each refusal, each mishap."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.einvoice_portal import Credentials, NicPortal, PortalRefused, Session
from adapters.eway_portal import NOT_FOUND, SESSION_ENDED, NicEwayPortal
from adapters.portal_calls import PortalAway, PortalCalls
from domain.books import INDIA
from domain.einvoice.inv01 import payload as inv01
from domain.eway_bills import payload
from domain.eway_bills.consignment import consignment_of
from domain.eway_bills.movements import SENT, SOLD, Movement, Purpose
from domain.eway_bills.places import Route
from domain.eway_bills.transport import Transport
from domain.eway_bills.validity import valid_until
from domain.statements import as_json
from server.simulator import keys
from tests.domain.einvoice.papers import a_subject
from tests.domain.eway_bills.papers import BUYER, SELLER, goods, paper, route
from tests.server.portal import SimulatedPortal, simulated_portal

WHO = Credentials(client_id="us", client_secret="ours", gst_no=SELLER, user_name="sahyadri", password="right")
OTHER = Credentials(client_id="us", client_secret="ours", gst_no=BUYER, user_name="sharma", password="right")
TRUCK = Transport(distance_km=843, mode="ROAD", vehicle_number="MH12AB1234")
BY_TRANSPORTER = Transport(distance_km=843, transporter_id=BUYER)
AT = {"place": "Kolhapur", "state": "IN-MH", "pin": 416001}


class Desk:
    """Who asks the portal in these tests, with numbers of documents that are new each time."""

    def __init__(self, portal: NicEwayPortal, invoices: NicPortal, session: Session, other: Session) -> None:
        self.portal, self.invoices, self.session, self.other = portal, invoices, session, other

    async def make(self, number: str, transport: Transport = TRUCK, **changed: Any) -> Any:
        return await self.portal.make(WHO, self.session, sent(number, transport, **changed))

    async def vehicle(self, number: str, transport: Transport = TRUCK, reason: str = "1") -> Any:
        content = payload.vehicle(number, transport, AT, reason, "Axle broken")
        return await self.portal.change_vehicle(WHO, self.session, as_json(content).encode())

    async def extend(self, number: str, *, left: int = 200, **changed: Any) -> Any:
        transport = Transport(distance_km=left, mode="ROAD", vehicle_number="MH12AB1234")
        content = payload.extension(number, transport, AT, 99, "Axle broken", transit_type=None)
        return await self.portal.extend(WHO, self.session, as_json({**content, **changed}).encode())

    async def cancel(self, number: str, reason: int = 2) -> datetime:
        content = {"ewbNo": int(number), "cancelRsnCode": reason, "cancelRmrk": "Not sent"}
        return await self.portal.cancel(WHO, self.session, as_json(content).encode())


def sent(
    number: str,
    transport: Transport = TRUCK,
    *,
    way: Route | None = None,
    movement: Movement = SOLD,
    purpose: Purpose = Purpose.SUPPLY,
    **changed: Any,
) -> bytes:
    """What the portal is sent of an invoice of today, from Pune to Bengaluru, with other members as they are said."""
    today = datetime.now(INDIA).date()
    document = paper(
        goods("100000", within=False), number=number, dated_on=today, supply_type="INTER_STATE", total=Decimal(118000)
    )
    consignment = consignment_of(document)
    told = payload.whole(
        document,
        movement,
        purpose,
        consignment,
        way or route(),
        transport,
        paper_type=movement.paper or "INV",
        today=today,
    )
    return as_json({**told, **changed}).encode()


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedPortal]:
    with simulated_portal(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture
async def desk(simulator: SimulatedPortal) -> AsyncIterator[Desk]:
    simulator.switch()
    calls = PortalCalls(simulator.url, answer_seconds=2)
    invoices = NicPortal(calls, public_key=keys.public_key())
    session, other = await invoices.authenticate(WHO), await invoices.authenticate(OTHER)
    yield Desk(NicEwayPortal(calls), invoices, session, other)
    await calls.close()


async def refused(awaitable: Any) -> tuple[str, ...]:
    """The numbers by which the portal refuses."""
    with pytest.raises(PortalRefused) as refusal:
        await awaitable
    return tuple(error.code for error in refusal.value.errors)


async def test_a_bill_is_made_with_twelve_digits_and_its_end(desk: Desk) -> None:
    """843 km are five days."""
    made = await desk.make("A/1")

    assert len(made.number) == 12
    assert made.valid_until == valid_until(made.made_at, 843, "REGULAR")
    assert abs(datetime.now(INDIA) - made.made_at) < timedelta(minutes=1)
    known = await desk.portal.by_number(WHO, desk.session, made.number)
    assert (known.number, known.status, known.valid_until) == (made.number, "ACT", made.valid_until)
    assert known.vehicle_number == "MH12AB1234"
    assert await desk.portal.by_document(WHO, desk.session, document_type="INV", number="a/1") == known


async def test_a_transporter_alone_gives_a_number_without_an_end(desk: Desk) -> None:
    """The vehicle, said later, begins the time."""
    made = await desk.make("A/2", BY_TRANSPORTER)
    changed = await desk.vehicle(made.number, reason="4")

    assert made.valid_until is None
    assert changed.valid_until == valid_until(changed.at, 843, "REGULAR")


async def test_the_portal_reckons_a_distance_that_is_not_said(desk: Desk) -> None:
    """From 411001 to 560001, and says so."""
    made = await desk.make("A/3", Transport(mode="ROAD", vehicle_number="MH12AB1234"))

    assert made.remarks == "The distance between the pincodes 411001 and 560001 is 755"
    assert made.valid_until == valid_until(made.made_at, 755, "REGULAR")


async def test_a_second_bill_of_a_document_is_refused_until_the_first_is_cancelled(desk: Desk) -> None:
    """Whatever the case of its number."""
    made = await desk.make("B/1")

    assert await refused(desk.make("b/1")) == ("604",)
    assert await desk.cancel(made.number) >= made.made_at
    assert (await desk.portal.by_number(WHO, desk.session, made.number)).status == "CNL"
    assert (await desk.make("B/1")).number > made.number


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"supplyType": "X"}, "201"),
        ({"subSupplyType": "7"}, "203"),
        ({"docType": "CHL"}, "205"),
        ({"docNo": "A#1"}, "206"),
        ({"docDate": "31/31/2026"}, "207"),
        ({"docDate": "01/01/2026"}, "820"),
        ({"fromGstin": BUYER}, "359"),
        ({"toGstin": "29AACCB1234F1Z4"}, "212"),
        ({"fromPincode": 99}, "210"),
        ({"toPincode": 999999}, "214"),
        ({"actToStateCode": 33}, "644"),
        ({"actFromStateCode": 24}, "643"),
        ({"transactionType": 2, "shipToGSTIN": BUYER}, "618"),
        ({"transactionType": 3, "dispatchFromGSTIN": SELLER}, "617"),
        ({"transDistance": "4001"}, "221"),
        ({"toPincode": 411001}, "702"),
        ({"vehicleNo": "MH12"}, "225"),
        ({"vehicleNo": ""}, "619"),
        ({"transMode": "2"}, "394"),
        ({"transMode": "3", "transDocNo": "1", "vehicleType": "O"}, "634"),
        ({"transMode": "9"}, "220"),
        ({"transDocNo": "LR1", "transDocDate": "01/01/2026"}, "362"),
        ({"totInvValue": 100}, "620"),
        ({"igstValue": -1}, "628"),
        ({"itemList": []}, "233"),
        ({"itemList": [{"hsnCode": 998311, "qtyUnit": "NOS"}]}, "216"),
        ({"itemList": [{"hsnCode": 9403, "qtyUnit": "BITS"}]}, "217"),
        ({"itemList": [{"hsnCode": 9403, "qtyUnit": "NOS", "cgstRate": 9}]}, "251"),
        ({"subSupplyType": "8", "docType": "OTH"}, "377"),
    ],
)
async def test_what_is_wrong_is_refused_by_its_number(desk: Desk, changed: dict[str, Any], code: str) -> None:
    """The first fault that the portal finds."""
    assert await refused(desk.make("C/1", **changed)) == (code,)
    assert await refused(desk.portal.by_document(WHO, desk.session, document_type="INV", number="C/1")) == ("325",)


@pytest.mark.parametrize("name", payload.MANDATORY)
async def test_what_is_mandatory_is_missed(desk: Desk, name: str) -> None:
    """Each member of the list."""
    assert len(await refused(desk.make("C/2", TRUCK, **{name: None}))) == 1


async def test_a_challan_for_job_work_is_taken(desk: Desk) -> None:
    """Its purpose goes with its paper."""
    content = sent("DC/1", movement=SENT, purpose=Purpose.JOB_WORK)

    assert (await desk.portal.make(WHO, desk.session, content)).number


async def test_vehicles_are_changed_until_the_end(desk: Desk, simulator: SimulatedPortal) -> None:
    """The end stays; after it the portal refuses."""
    made = await desk.make("D/1")

    changed = await desk.vehicle(made.number, Transport(mode="ROAD", vehicle_number="KA01CD5678"))

    assert changed.valid_until == made.valid_until
    assert (await desk.portal.by_number(WHO, desk.session, made.number)).vehicle_number == "KA01CD5678"
    assert await refused(desk.vehicle(made.number, reason="7")) == ("307",)
    simulator.switch(hours_on=24 * 7)
    again = await desk.invoices.authenticate(WHO)
    content = as_json(payload.vehicle(made.number, TRUCK, AT, "1", "late")).encode()
    assert await refused(desk.portal.change_vehicle(WHO, again, content)) == ("311",)


async def test_a_bill_is_extended_around_its_end_alone(desk: Desk, simulator: SimulatedPortal) -> None:
    """From eight hours before until eight hours after."""
    made = await desk.make("E/1", Transport(distance_km=150, mode="ROAD", vehicle_number="MH12AB1234"))
    assert made.valid_until is not None
    assert await refused(desk.extend(made.number, left=100)) == ("382",)
    near = (made.valid_until - datetime.now(INDIA)).total_seconds() / 3600 - 2
    simulator.switch(hours_on=near)
    desk.session = await desk.invoices.authenticate(WHO)

    assert await refused(desk.extend(made.number, left=151)) == ("390",)
    assert await refused(desk.extend(made.number, left=0)) == ("389",)
    assert await refused(desk.extend(made.number, left=100, extnRemarks="")) == ("386",)
    assert await refused(desk.extend(made.number, left=100, consignmentStatus="T")) == ("711",)
    longer = await desk.extend(made.number, left=100)
    assert longer.valid_until == made.valid_until + timedelta(days=1)


async def test_a_bill_without_vehicle_is_not_extended(desk: Desk) -> None:
    """It has no end."""
    made = await desk.make("E/2", BY_TRANSPORTER)

    assert await refused(desk.extend(made.number)) == ("381",)


async def test_a_bill_is_cancelled_within_a_day_once(desk: Desk, simulator: SimulatedPortal) -> None:
    """After that, and a second time, the portal refuses."""
    made, late = await desk.make("F/1"), await desk.make("F/2")

    assert await refused(desk.cancel(made.number, reason=9)) == ("307",)
    await desk.cancel(made.number)
    assert await refused(desk.cancel(made.number)) == ("312",)
    assert await refused(desk.vehicle(made.number)) == ("312",)
    assert await refused(desk.extend(made.number)) == ("379",)
    assert await refused(desk.cancel("181999999999")) == ("301",)
    simulator.switch(hours_on=25)
    desk.session = await desk.invoices.authenticate(WHO)
    assert await refused(desk.cancel(late.number)) == ("315",)


async def test_a_bill_is_closed_once(desk: Desk) -> None:
    """After that nothing changes any more."""
    made = await desk.make("G/1")
    today = datetime.now(INDIA).date()

    async def close(day: Any) -> None:
        content = {"ewbNo": int(made.number), "closureDate": payload.day(day), "remarks": "Arrived"}
        await desk.portal.close(WHO, desk.session, as_json(content).encode())

    assert await refused(close(today - timedelta(days=1))) == ("828",)
    assert await refused(close(today + timedelta(days=1))) == ("842",)
    await close(today)
    assert await refused(close(today)) == ("829",)
    assert await refused(desk.cancel(made.number)) == ("843",)
    assert await refused(desk.vehicle(made.number)) == ("851",)
    assert await refused(desk.extend(made.number)) == ("844",)
    assert (await desk.portal.by_number(WHO, desk.session, made.number)).status == "CLS"


async def test_another_registration_sees_and_changes_nothing(desk: Desk) -> None:
    """Not even that there is one."""
    made = await desk.make("H/1")

    assert await refused(desk.portal.by_number(OTHER, desk.other, made.number)) == ("325",)
    content = as_json({"ewbNo": int(made.number), "cancelRsnCode": 2, "cancelRmrk": ""}).encode()
    assert await refused(desk.portal.cancel(OTHER, desk.other, content)) == ("312",)
    assert {"325"} <= NOT_FOUND


async def registered(desk: Desk, number: str) -> str:
    """The IRN of an invoice that is registered."""
    today = datetime.now(INDIA).date()
    document = as_json(inv01(a_subject(number=number, dated_on=today))).encode()
    return (await desk.invoices.register(WHO, desk.session, document)).irn


async def test_a_registered_invoice_needs_its_irn_alone(desk: Desk) -> None:
    """And is not cancelled while its goods travel."""
    irn = await registered(desk, "J/1")
    content = as_json(payload.by_irn(irn, route(), TRUCK, is_export=False, today=datetime.now(INDIA).date())).encode()

    assert await refused(desk.portal.by_irn(WHO, desk.session, irn)) == ("2148",)
    made = await desk.portal.make_by_irn(WHO, desk.session, content)

    assert made.valid_until == valid_until(made.made_at, 843, "REGULAR")
    assert (await desk.portal.by_irn(WHO, desk.session, irn)).number == made.number
    assert await refused(desk.portal.make_by_irn(WHO, desk.session, content)) == ("4002",)
    assert await refused(desk.make("J/1")) == ("604",)
    assert await refused(desk.invoices.cancel(WHO, desk.session, irn, reason="1", remarks="twice")) == ("SIM12",)
    await desk.cancel(made.number)
    await desk.invoices.cancel(WHO, desk.session, irn, reason="1", remarks="twice")
    assert await refused(desk.portal.make_by_irn(WHO, desk.session, content)) == ("2302",)


@pytest.mark.parametrize(
    ("changed", "code"), [({"Distance": 4001}, "4038"), ({"VehNo": None}, "4012"), ({"VehNo": "X"}, "225")]
)
async def test_what_is_wrong_beside_an_irn_is_refused(desk: Desk, changed: dict[str, Any], code: str) -> None:
    """By its number."""
    irn = await registered(desk, f"K/{code}")
    told = payload.by_irn(irn, route(), TRUCK, is_export=False, today=datetime.now(INDIA).date())

    assert await refused(desk.portal.make_by_irn(WHO, desk.session, as_json({**told, **changed}).encode())) == (code,)


async def test_an_ended_session_is_told_by_its_number(desk: Desk, simulator: SimulatedPortal) -> None:
    """So that it is opened anew."""
    simulator.switch(fault="TOKEN_ENDED")

    (code,) = await refused(desk.make("L/1"))

    assert code in SESSION_ENDED


@pytest.mark.parametrize(
    ("fault", "is_done"),
    [
        ("AWAY", False),
        ("RUBBISH", False),
        ("LARGE", False),
        ("RESET", False),
        ("SLOW", False),
        ("RESET_AFTER", True),
        ("RUBBISH_AFTER", True),
        ("SLOW_AFTER", True),
    ],
)
async def test_what_is_no_answer_leaves_the_bill_in_doubt(
    desk: Desk, simulator: SimulatedPortal, fault: str, *, is_done: bool
) -> None:
    """Whether it was made is asked by the document."""
    simulator.switch(fault=fault, seconds=3)
    number = f"M/{fault.replace('_', '-')}"

    with pytest.raises(PortalAway) as away:
        await desk.make(number)

    assert away.value.may_have_arrived
    looked_up = desk.portal.by_document(WHO, desk.session, document_type="INV", number=number)
    if is_done:
        assert (await looked_up).status == "ACT"
    else:
        assert await refused(looked_up) == ("325",)


async def test_what_it_knows_survives_a_power_cut(desk: Desk, simulator: SimulatedPortal) -> None:
    """The next number goes on."""
    made = await desk.make("N/1")
    simulator.kill()
    with pytest.raises(PortalAway) as away:
        await desk.make("N/2")
    simulator.start_again()

    assert not away.value.may_have_arrived
    assert (await desk.portal.by_number(WHO, desk.session, made.number)).number == made.number
    assert int((await desk.make("N/2")).number) == int(made.number) + 1
