"""What the numbers mean by which the e-way bill portal refuses, in words that tell what to mend.

The portal answers numbers alone; what is not listed here is told by its number. Source: NIC's list of API error codes.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from domain.eway_bills.eway_bill import Fault

ALREADY_MADE = frozenset(("604", "4002"))
"""The portal has made an e-way bill for this document, or this IRN, before."""
AWAY = "AWAY"
"""What we call it ourselves when the portal did not answer."""
NO_PORTAL = "NO_PORTAL"
"""What we call it when there is no portal, or nobody has said how to sign in."""
GIVEN_UP = "GIVEN_UP"
"""What we call it when the portal never answered."""

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "201": "The supply type is wrong.",
        "202": "The sub-supply type is wrong.",
        "204": "The document type is wrong.",
        "205": "The document type does not go with the supply type and sub-supply type.",
        "206": "The document number is wrong.",
        "207": "The document date is wrong.",
        "208": "The supplier's GSTIN is wrong.",
        "210": "The supplier's PIN code is wrong or missing.",
        "211": "The supplier's state is wrong or missing.",
        "212": "The recipient's GSTIN is wrong.",
        "214": "The recipient's PIN code is wrong or missing.",
        "215": "The recipient's state is wrong or missing.",
        "216": "An HSN code is wrong.",
        "217": "A unit of quantity is wrong.",
        "218": "A rate does not fit a supply within a state.",
        "219": "A rate does not fit a supply between states.",
        "220": "The mode of transport is wrong.",
        "221": "The distance is wrong.",
        "222": "The transporter's number is wrong.",
        "223": "The number of the transport document is wrong.",
        "225": "The vehicle number has a wrong format.",
        "226": "Neither a vehicle nor a transport document is named.",
        "280": "The registration is not active.",
        "282": "HSN codes need at least four digits.",
        "283": "HSN codes need at least six digits.",
        "301": "There is no e-way bill of this number.",
        "311": "The e-way bill has ended; its vehicle cannot be changed any more.",
        "312": "The e-way bill is not one of this registration, or is cancelled.",
        "315": "The 24 hours have passed within which it could be cancelled.",
        "316": "An officer has verified the goods; the e-way bill cannot be cancelled any more.",
        "325": "The portal finds no e-way bill.",
        "343": "The e-way bill is cancelled.",
        "361": "The type of vehicle is wrong.",
        "362": "The transport document is dated before the document.",
        "377": "Another purpose must be described.",
        "379": "The e-way bill is cancelled; it cannot be extended.",
        "380": "The e-way bill is not active; it cannot be extended.",
        "381": "No vehicle is known yet; it cannot be extended.",
        "382": "It is extended from eight hours before its end until eight hours after it.",
        "384": "Only the present transporter can extend it.",
        "385": "By rail, air and ship the transport document is needed, with its date.",
        "389": "The distance that is left is missing.",
        "390": "More is left of the way than it has in all.",
        "394": "By rail, air and ship the number of the transport document is needed.",
        "604": "There is an e-way bill for this document number.",
        "617": "Who bills and who dispatches have one GSTIN; then they are no two parties.",
        "618": "Who is billed and who receives have one GSTIN; then they are no two parties.",
        "619": "Without a vehicle the transporter must be named.",
        "620": "The total is less than the value of the goods and their tax.",
        "634": "Over-dimensional cargo goes by road.",
        "643": "Goods leave another state than that of who bills.",
        "644": "Goods arrive in another state than that of who is billed.",
        "702": "The distance is more than that between the PIN codes allows.",
        "715": "The supplier is blocked, because returns are missing (rule 138E).",
        "716": "The recipient is blocked, because returns are missing (rule 138E).",
        "717": "The transporter is blocked, because returns are missing (rule 138E).",
        "820": "The document is older than 180 days.",
        "821": "The e-way bill was made 360 days ago; it cannot be extended any more.",
        "822": "Supplier and recipient are both without registration.",
        "828": "It is closed on a day before it was made.",
        "829": "The e-way bill is closed.",
        "830": "No vehicle is known yet; it cannot be closed.",
        "842": "It is closed on a day after today.",
        "843": "The e-way bill is closed; it cannot be cancelled.",
        "844": "The e-way bill is closed; it cannot be extended.",
        "851": "The e-way bill is closed; its vehicle cannot be changed.",
        "2302": "The registration of the e-invoice is cancelled.",
        "4002": "There is an e-way bill for this IRN.",
        "4009": "Services alone need no e-way bill.",
        "4012": "The transport document is missing.",
        "4038": "The distance is too great.",
        "5002": "The distance is wrong.",
    }
)


def faults_of(codes: Sequence[tuple[str, str]]) -> list[Fault]:
    """Return what the portal found wrong: for each number its words, else the portal's own, else the number alone."""
    return [
        Fault(code, _WORDS.get(code) or said or f"The portal refuses it with error {code}.") for code, said in codes
    ]
