"""What the simulated portal refuses of a document, by the numbers that are known of the real one.

Numbers that we do not know begin with SIM.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft7Validator, ValidationError

from domain.einvoice.pins import may_lie_in
from domain.gst.gstin import check_character
from server.simulator.answers import Refused

Json = dict[str, Any]

_SCHEMA = Path(__file__).parent / "inv01.schema.json"
_ABROAD = "96"
_TOLERANCE = Decimal(1)
_IN_MASTER_AND_REFUSED = frozenset(("521211", "630411"))


def check(said: Json, gstin: str) -> None:
    """Refuse a document of the registration ``gstin`` for the first fault. Raises Refused."""
    for code, message in _faults(said, gstin):
        raise Refused(code, message)


def schema_faults(said: Json) -> list[str]:
    """Return where a document is not as INV-01 wants it."""
    return [f"{'/'.join(map(str, fault.instance_path))}: {fault.message}" for fault in _faults_of_schema(said)]


def _faults_of_schema(said: Json) -> list[ValidationError]:
    return list(_validator().iter_errors(said))


@cache
def _validator() -> Draft7Validator:
    return Draft7Validator(json.loads(_SCHEMA.read_text(encoding="ascii")))


def _faults(said: Json, gstin: str) -> Iterator[tuple[str, str]]:
    for fault in schema_faults(said)[:1]:
        yield "2140", f"The document is not as the schema wants it: {fault}"
    seller, buyer = said["SellerDtls"], said["BuyerDtls"]
    if seller["Gstin"] != gstin:
        yield "SIM01", "The seller is another registration than the one that signed in."
    if seller["Gstin"] == buyer["Gstin"]:
        yield "2211", "Supplier and recipient have the same GSTIN."
    yield from _of_parties(seller, buyer, said.get("ShipDtls"))
    yield from _of_taxes(said)
    yield from _of_sums(said)


def _of_parties(seller: Json, buyer: Json, ship: Json | None) -> Iterator[tuple[str, str]]:
    for who, party in (("supplier", seller), ("recipient", buyer)):
        if party["Gstin"] != "URP" and check_character(party["Gstin"]) != party["Gstin"][-1]:
            yield "SIM02", f"The GSTIN of the {who} is invalid."
        if party["Gstin"] != "URP" and party["Stcd"].zfill(2) != party["Gstin"][:2]:
            yield "SIM03", f"The state of the {who} is not that of the GSTIN."
    for who, party in (("supplier", seller), ("recipient", buyer), ("ship-to", ship or buyer)):
        pin = party.get("Pin")
        if pin is not None and party["Stcd"] != _ABROAD and not may_lie_in(pin, party["Stcd"].zfill(2)):
            yield "3039", f"The PIN code {pin} of the {who} does not belong to state {party['Stcd']}."


def _of_taxes(said: Json) -> Iterator[tuple[str, str]]:
    transaction = said["TranDtls"]
    is_within = said["SellerDtls"]["Stcd"].zfill(2) == said["BuyerDtls"]["Pos"].zfill(2)
    for item in said["ItemList"]:
        igst, cgst, sgst = (Decimal(str(item.get(name, 0))) for name in ("IgstAmt", "CgstAmt", "SgstAmt"))
        if is_within and igst and transaction.get("IgstOnIntra") != "Y":
            yield "2172", "For an intra-state transaction IGST cannot be charged."
        if cgst != sgst or (igst and cgst):
            yield "SIM04", "CGST and SGST must be equal, and stand without IGST."
        expected = Decimal(str(item["AssAmt"])) * Decimal(str(item["GstRt"])) / 100
        is_charged = transaction["SupTyp"] not in ("EXPWOP", "SEZWOP")
        if is_charged and abs(expected - igst - cgst - sgst) > _TOLERANCE:
            yield "SIM05", f"The tax of item {item['SlNo']} is not its rate of the value."
        if item["HsnCd"] in _IN_MASTER_AND_REFUSED:
            yield "2176", f"The HSN code {item['HsnCd']} is invalid."


def _of_sums(said: Json) -> Iterator[tuple[str, str]]:
    values = {name: Decimal(str(value)) for name, value in said["ValDtls"].items()}
    taxes = sum(values.get(name, Decimal(0)) for name in ("CgstVal", "SgstVal", "IgstVal", "CesVal", "StCesVal"))
    owed = Decimal(0) if said["TranDtls"].get("RegRev") == "Y" else taxes
    beside = (
        values.get("OthChrg", Decimal(0)) - values.get("Discount", Decimal(0)) + values.get("RndOffAmt", Decimal(0))
    )
    if abs(values["AssVal"] + owed + beside - values["TotInvVal"]) > _TOLERANCE:
        yield "SIM06", "The total is not the sum of values, taxes and charges."
    if abs(sum(Decimal(str(item["AssAmt"])) for item in said["ItemList"]) - values["AssVal"]) > _TOLERANCE:
        yield "SIM07", "The value is not the sum of the items."
