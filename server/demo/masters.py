"""The demo organization as data: who Sahyadri Workspaces is, whom it trades with, what it sells.

Nobody here exists. The numbers are of right form, with PANs in a range that is not given out, and every address on
the internet ends in ``.example``.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.access.roles import ACCOUNTANT, READ_ONLY, SALES
from domain.gst.gstin import check_character
from domain.gst.tax_catalogue import CATALOGUE, TaxShape

Values = Mapping[str, Any]

USER = {"name": "Meera Kulkarni", "email": "meera@sahyadri-workspaces.example"}
COLLEAGUES = {
    ACCOUNTANT: {"name": "Farhan Sheikh", "email": "farhan@sahyadri-workspaces.example"},
    SALES: {"name": "Ananya Iyer", "email": "ananya@sahyadri-workspaces.example"},
    READ_ONLY: {"name": "Gopal Rao", "email": "gopal@rao-associates.example"},
}
"""The other members by their role; Meera is the owner."""


def _gstin(first_fourteen: str) -> str:
    return first_fourteen + check_character(first_fourteen)


_MUMBAI = {
    "address": "14 Ferry Lane, Fort",
    "city": "Mumbai",
    "state_code": "IN-MH",
    "zip": "400001",
    "country": "India",
}
_BENGALURU = {
    "address": "3 Jasmine Cross, Indiranagar",
    "city": "Bengaluru",
    "state_code": "IN-KA",
    "zip": "560038",
    "country": "India",
}

_ACCOUNT = {
    "bank_name": "Sahakari Demo Bank",
    "account_name": "Sahyadri Workspaces Private Limited",
    "account_number": "002711000417",
    "ifsc": "DEMO0000027",
    "upi_id": "sahyadri@demo",
}

ORGANIZATION: Values = {
    "is_portal_simulated": True,
    "name": "Sahyadri Workspaces",
    "legal_name": "Sahyadri Workspaces Private Limited",
    "registration_type": "REGULAR",
    "state_code": "IN-MH",
    "gst_no": _gstin("27ZZSCS2718K1Z"),
    "address": _MUMBAI,
    "aggregate_turnover": Decimal("34500000.00"),
    "lut_number": "AD270326000417X",
    "accent_colour": "#1d5c4a",
    "footer": "Sahyadri Workspaces · 14 Ferry Lane, Fort, Mumbai 400001 · sahyadri-workspaces.example",
    "declaration": "We declare that this document shows the actual price of the goods and services described.",
    "terms": "Payment within 30 days of the date. Furniture is delivered to the kerb.\nDisputes lie in Mumbai.",
    "bank_details": _ACCOUNT,
}

PRIMARY_BRANCH: Values = {
    "branch_name": "Mumbai",
    "email": "mumbai@sahyadri-workspaces.example",
    "signatory_name": "Meera Kulkarni",
    "prefixes": {"invoice": "MUM/{FY}/"},
    "bank_details": _ACCOUNT,
}

SECOND_BRANCH: Values = {
    "branch_name": "Bengaluru",
    "state_code": "IN-KA",
    "gst_no": _gstin("29ZZSCS2718K1Z"),
    "email": "bengaluru@sahyadri-workspaces.example",
    "signatory_name": "Arvind Hegde",
    "bank_details": {
        "bank_name": "Sahakari Demo Bank",
        "account_name": "Sahyadri Workspaces Private Limited",
        "account_number": "002911000092",
        "ifsc": "DEMO0000029",
    },
    "address": _BENGALURU,
    "prefixes": {"invoice": "BLR/{FY}/", "credit_note": "BLRCN/{FY}/", "debit_note": "BLRDN/{FY}/"},
}

SIGNATURES: Mapping[str, int] = {"Mumbai": 7, "Bengaluru": 9}
"""How often the hand of each branch's signatory turns."""

SERVICE_INCOME: Values = {"code": "4040", "name": "Service income", "account_type": "INCOME"}

BANK_ACCOUNTS: tuple[Values, ...] = (
    {
        "name": "Sahakari Demo Bank, Fort",
        "account_type": "BANK",
        "bank_name": "Sahakari Demo Bank",
        "account_number": "002711000417",
        "ifsc": "DEMO0000027",
        "upi_id": "sahyadri@demo",
        "is_primary_bank": True,
    },
    {
        "name": "Sahakari Demo Bank, Indiranagar",
        "account_type": "BANK",
        "bank_name": "Sahakari Demo Bank",
        "account_number": "002911000092",
        "ifsc": "DEMO0000029",
    },
    {"name": "Cash at Bengaluru", "account_type": "CASH"},
)

COST_CENTERS: Mapping[str, str] = {
    "FUR": "Furniture",
    "STA": "Stationery",
    "PAN": "Pantry supplies",
    "SVC": "Services",
}
"""Names by code; an item belongs to the one that its SKU begins with."""

SALESPERSONS = ("Nikhil Joshi", "Arvind Hegde")

EXCHANGE_RATES: tuple[tuple[str, int, str], ...] = (
    ("USD", 240, "88.15"),
    ("EUR", 240, "102.40"),
    ("USD", 203, "88.62"),
    ("EUR", 172, "103.10"),
    ("USD", 141, "87.95"),
    ("USD", 80, "88.40"),
    ("EUR", 66, "102.75"),
    ("USD", 19, "88.70"),
)
"""Currency, days ago, rupees a unit."""


def tax(percent: str) -> str:
    """Return the id of the tax of this rate within a state; documents find its counterpart between states."""
    wanted = Decimal(percent)
    return next(
        tax.id for tax in CATALOGUE if tax.shape is TaxShape.INTRA_STATE and tax.percent == wanted and not tax.cess
    )


def _untaxed(shape: TaxShape) -> str:
    return next(tax.id for tax in CATALOGUE if tax.shape is shape)


def _goods(name: str, hsn: str, unit: str, tax_id: str, rate: str, purchase_rate: str) -> Values:
    return {
        "item_name": name,
        "item_type": "GOODS",
        "hsn_or_sac": hsn,
        "unit": unit,
        "tax_id": tax_id,
        "rate": Decimal(rate),
        "purchase_rate": Decimal(purchase_rate),
    }


def _service(name: str, sac: str, unit: str, tax_id: str, rate: str) -> Values:
    return {
        "item_name": name,
        "item_type": "SERVICE",
        "hsn_or_sac": sac,
        "unit": unit,
        "tax_id": tax_id,
        "rate": Decimal(rate),
    }


_GST_5, _GST_18, _GST_40 = tax("5"), tax("18"), tax("40")
_NIL, _EXEMPT = _untaxed(TaxShape.NIL_RATED), _untaxed(TaxShape.EXEMPT)

ITEMS: Mapping[str, Values] = {
    "FUR-CHAIR": _goods("Office chair, mesh back", "940130", "pcs", _GST_18, "7450.00", "5120.00"),
    "FUR-DESK": _goods("Height-adjustable desk, 1400 mm", "940330", "pcs", _GST_18, "18900.00", "13300.00"),
    "FUR-TABLE": _goods("Meeting table, eight seats", "940330", "pcs", _GST_18, "32500.00", "23750.00"),
    "FUR-CABINET": _goods("Steel filing cabinet, four drawers", "940310", "pcs", _GST_18, "11250.00", "8040.00"),
    "FUR-LAMP": _goods("LED desk lamp", "940521", "pcs", _GST_18, "1450.00", "905.00"),
    "FUR-BOARD": _goods("Magnetic whiteboard, 120 × 90 cm", "961000", "pcs", _GST_18, "3200.00", "2150.00"),
    "STA-PAPER": _goods("Copier paper A4, 75 g, ream", "480256", "pcs", _GST_18, "285.00", "214.50"),
    "STA-PEN": _goods("Gel pens, box of 20", "960810", "box", _GST_18, "340.00", "221.00"),
    "STA-BOOK": _goods("Exercise book, ruled, 200 pages", "482020", "pcs", _NIL, "65.00", "43.75"),
    "STA-PENCIL": _goods("Pencils HB, box of 10", "960910", "box", _NIL, "60.00", "38.00"),
    "STA-BAG": _goods("Conference bag, handwoven cotton", "420222", "pcs", _GST_5, "240.00", "162.00"),
    "PAN-COFFEE": _goods("Coffee, roasted and ground", "090121", "kg", _GST_5, "780.00", "590.00"),
    "PAN-TEA": _goods("Assam tea", "090230", "kg", _GST_5, "420.00", "305.00"),
    "PAN-COLA": _goods("Aerated soft drink, case of 24 cans", "220210", "box", _GST_40, "720.00", "548.00"),
    "PAN-FRUIT": _goods("Fresh fruit, mixed box", "081090", "box", _EXEMPT, "950.00", "735.00"),
    "SVC-INSTALL": _service("Furniture assembly on site", "998739", "hour", _GST_18, "850.00"),
    "SVC-CARE": _service("Annual care of office furniture", "998729", "nos", _GST_18, "24000.00"),
    "SVC-DESIGN": _service("Workspace design", "998391", "hour", _GST_18, "2500.00"),
    "SVC-ROOM": _service("Meeting room, one day", "997212", "nos", _GST_18, "6500.00"),
    "SVC-CARRIAGE": _service("Carriage of goods by road, one trip", "996511", "nos", _GST_5, "18500.00"),
}
"""Items by SKU."""


def contact(
    name: str,
    treatment: str,
    place: tuple[str, str | None, str, str],
    *,
    gstin: str | None = None,
    terms: int = 30,
    contact_type: str = "CUSTOMER",
    **more: Any,
) -> Values:
    """Return the fields of a contact; ``place`` is street, state (``None`` abroad), city and PIN code."""
    street, state, city, pin = place
    address = {"address": street, "city": city, "state_code": state, "zip": pin, "country": "India"}
    return {
        "contact_name": name,
        "gst_treatment": treatment,
        "gst_no": _gstin(gstin) if gstin else None,
        "payment_terms": terms,
        "contact_type": contact_type,
        "place_of_contact": state,
        "billing_address": address,
        "email": f"accounts@{name.split()[0].lower()}.example",
        **more,
    }


def abroad(name: str, city: str, country: str, currency: str, *, contact_type: str = "CUSTOMER") -> Values:
    """Return the fields of a contact abroad."""
    address = {"address": "1 Market Square", "city": city, "country": country}
    return {
        **contact(name, "OVERSEAS", ("", None, city, ""), terms=45, contact_type=contact_type),
        "billing_address": address,
        "currency_code": currency,
    }


def _person(first: str, last: str, designation: str) -> dict[str, str | bool]:
    return {"first_name": first, "last_name": last, "designation": designation, "is_primary": True}


CUSTOMERS: Mapping[str, Values] = {
    "konkan": contact(
        "Konkan Retail LLP",
        "REGISTERED",
        ("8 Harbour Road", "IN-MH", "Ratnagiri", "415612"),
        gstin="27ZZKFK0231L1Z",
        terms=45,
    ),
    "deccan": contact(
        "Deccan Shared Offices Private Limited",
        "REGISTERED",
        ("22 Banyan Avenue", "IN-MH", "Pune", "411001"),
        gstin="27ZZDCD4410M1Z",
        terms=60,
        credit_limit=Decimal("2500000.00"),
        contact_persons=[_person("Farhan", "Shaikh", "Facilities manager")],
    ),
    "nilgiri": contact(
        "Nilgiri Analytics Private Limited",
        "REGISTERED",
        ("5 Silver Oak Road", "IN-KA", "Bengaluru", "560001"),
        gstin="29ZZNCN1187P1Z",
        terms=45,
        contact_persons=[_person("Lakshmi", "Narayan", "Office manager")],
    ),
    "tungabhadra": contact(
        "Tungabhadra Engineering Works",
        "REGISTERED",
        ("Plot 40, Gokul Road", "IN-KA", "Hubballi", "580030"),
        gstin="29ZZTFT6652Q1Z",
        terms=75,
    ),
    "sabarmati": contact(
        "Sabarmati Weaves Private Limited",
        "REGISTERED",
        ("11 Riverfront Road", "IN-GJ", "Ahmedabad", "380001"),
        gstin="24ZZSCS9034R1Z",
        terms=60,
    ),
    "ghats": contact(
        "Western Ghats Produce Private Limited",
        "REGISTERED",
        ("Gate 2, Market Yard", "IN-MH", "Satara", "415001"),
        gstin="27ZZWCW7705S1Z",
    ),
    "mandovi": contact(
        "Mandovi Café",
        "COMPOSITION",
        ("19 Church Square", "IN-GA", "Panaji", "403001"),
        gstin="30ZZMPM3321T1Z",
        terms=15,
    ),
    "kaveri": contact(
        "Kaveri School of Design", "UNREGISTERED", ("2 Temple Street", "IN-TN", "Tiruchirappalli", "620001"), terms=60
    ),
    "counter": contact("Counter sales", "CONSUMER", ("14 Ferry Lane, Fort", "IN-MH", "Mumbai", "400001"), terms=0),
    "rao": contact("Anjali Rao", "CONSUMER", ("7 Lotus Layout", "IN-KA", "Mysuru", "570001"), terms=15),
    "harbour": abroad("Harbour and Finch Interiors Inc", "Portland", "United States", "USD"),
    "rhein": abroad("Rheinblick Büro GmbH", "Koblenz", "Germany", "EUR"),
    "chakan": contact(
        "Chakan Precision SEZ Unit",
        "SEZ",
        ("Unit 7, Special Economic Zone", "IN-MH", "Chakan", "410501"),
        gstin="27ZZCCC5548U1Z",
        terms=60,
    ),
    "coromandel": contact(
        "Coromandel Export Furnishings",
        "DEEMED_EXPORT",
        ("31 Port Road", "IN-AP", "Visakhapatnam", "530001"),
        gstin="37ZZCFC2219V1Z",
        terms=90,
    ),
    "consulate": contact(
        "Consulate of Veridia", "UIN", ("6 Embassy Row", "IN-MH", "Mumbai", "400021"), gstin="2725ZZZ00417UN", terms=30
    ),
    "works": contact(
        "District Works Office, Sahyagiri",
        "TAX_DEDUCTOR",
        ("Collectorate Compound", "IN-MH", "Sahyagiri", "416001"),
        gstin="27ZZMW04417F1D",
        terms=90,
    ),
    "bazaar": contact(
        "Bazaarline Marketplace Private Limited",
        "TAX_COLLECTOR",
        ("88 Ring Road", "IN-KA", "Bengaluru", "560103"),
        gstin="29ZZBCB0931W1C",
        terms=15,
    ),
    "godavari": contact(
        "Godavari Timber and Board",
        "REGISTERED",
        ("12 Saw Mill Road", "IN-TS", "Nizamabad", "503001"),
        gstin="36ZZGFG8126X1Z",
        contact_type="BOTH",
    ),
}
"""Customers, each under the word that the invoices know it by; the last one is a vendor too."""
