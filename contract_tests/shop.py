"""A firm with things to refer to, and the contract as this firm sees it: so that made-up requests reach the rules."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from contract_tests.links import with_link_bodies
from contract_tests.spec import Node
from openapi.bundle import operations_of, resolve
from server.settings import DatabaseUrl
from tests.running import Caller, Firm, calling, found

_SALES_CODE, _PURCHASES_CODE = "4000", "5000"
_CHOICE = ("organization_id", "X-AIBooks-Org")
_TRIES_THE_CHOICE = ("list_", "import_", "upload_")
"""How the operations begin on which the choice of an organization is tried."""


@dataclass(frozen=True)
class Shop:
    """A firm with a customer, an item and a draft; ``known`` holds ids that exist by the name of the field for them."""

    firm: Firm
    known: dict[str, list[str]]


async def open_shop(url: str, database: DatabaseUrl) -> Shop:
    """Found a firm and give it a few of each thing that a request can name."""
    firm = await found(database)
    async with calling(url) as caller:
        call = caller.with_token(firm.token)
        taxes = (await call("GET", "/taxes")).json()["taxes"]
        contacts = [await call.made("/contacts", body) for body in _CONTACTS]
        vendors = [await call.made("/contacts", {**body, "contact_type": "VENDOR"}) for body in _VENDORS]
        partner = await call.made("/contacts", _PARTNER)
        tax_ids = [tax["tax_id"] for tax in taxes if tax["tax_percentage"] in (5, 18)]
        items = [await call.made("/items", {**body, "tax_id": tax_ids[0]}) for body in _ITEMS]
        cost_center = await call.made("/cost_centers", {"name": "Mumbai shop"})
        salesperson = await call.made("/salespersons", {"salesperson_name": "Meera Kulkarni"})
        by_type = await _accounts_by_type(call)
        foreign_bill = await call.made(
            "/bills", {"vendor_id": vendors[-1]["contact_id"], **_FOREIGN_GOODS, "auto_approve": True}
        )
        open_invoice = await _an_open_invoice(call, contacts[0]["contact_id"], items[0]["item_id"])
        open_bill = await _an_open_bill(call, vendors[0]["contact_id"], items[0]["item_id"])
    return Shop(
        firm,
        {
            "entity_id": [each["contact_id"] for each in contacts],
            "branch_id": [firm.branch_id],
            "contact_id": [each["contact_id"] for each in contacts[:1]],
            "invoice_id": [open_invoice],
            "credited_bill_id": [open_bill],
            "paid_through_account_id": by_type["BANK"] + by_type["CASH"],
            "bank_account_id": by_type["BANK"] + by_type["CASH"],
            "customer_id": [each["contact_id"] for each in contacts],
            "vendor_id": [each["contact_id"] for each in vendors],
            "partner_id": [partner["contact_id"]],
            "item_id": [each["item_id"] for each in items],
            "tax_id": tax_ids,
            "cost_center_id": [cost_center["cost_center_id"]],
            "salesperson_id": [salesperson["salesperson_id"]],
            "account_id": by_type["SALES"] + by_type["INCOME"],
            "purchase_account_id": by_type["COST_OF_GOODS_SOLD"],
            "parent_id": by_type["EXPENSE"],
            "waiting_account_id": by_type["OTHER_ASSET"],
            "cost_account_id": by_type["EXPENSE"],
            "bill_id": [foreign_bill["bill_id"]],
            **_VALUES,
        },
    )


def seen_by(shop: Shop, spec: Node) -> Node:
    """Return the contract as it is for the holder of this firm's token, with link bodies for stateful tests.

    An id that refers to something is one of those that exist: made-up ones all get 404. ``If-Match`` is the version of
    what is new, or any. Schemathesis does not try what an operation does without its token where the scheme is oauth2,
    so it is told what goes over the wire: a bearer token.
    """
    own = with_link_bodies(spec)
    for parameter in own["components"]["parameters"].values():
        _narrow_parameter(parameter, shop)
    _narrow_questions(own["components"]["parameters"], shop)
    for item in own["paths"].values():
        for _, operation in operations_of(item):
            operation["security"] = [{"oauth2": []}]
            for parameter in operation["parameters"]:
                _narrow_parameter(parameter, shop)
                if operation["tags"] == ["reports"]:
                    _narrow_filter(parameter, shop)
    for name, schema in own["components"]["schemas"].items():
        if name.endswith(("Create", "Update", "Input", "Apply")) and "properties" in schema:
            _narrow_request(name, schema, shop)
    own["components"]["securitySchemes"]["oauth2"] = {"type": "http", "scheme": "bearer"}
    return own


def without_the_choice(spec: Node) -> Node:
    """Return a copy of a contract whose operations do not say which organization is meant, but for a part of them.

    One rule reads it before all of them, and tests/server/test_organization_choice.py sends a bad one to each.
    """
    told = deepcopy(spec)
    for item in told["paths"].values():
        for _, operation in operations_of(item):
            if not operation["operationId"].startswith(_TRIES_THE_CHOICE):
                known = [(each, resolve(told, each)) for each in operation["parameters"]]
                operation["parameters"] = [
                    each for each, full in known if full["name"] not in _CHOICE or full["in"] == "path"
                ]
    return told


async def _an_open_invoice(call: Caller, customer_id: str, item_id: str) -> str:
    """An invoice that many payments and notes can be applied to."""
    body = {"customer_id": customer_id, "line_items": _lines_of_much(item_id), "auto_approve": True}
    invoice = await call.made("/invoices", body)
    invoice_id: str = invoice["invoice_id"]
    return invoice_id


async def _an_open_bill(call: Caller, vendor_id: str, item_id: str) -> str:
    """The same of a vendor."""
    body = {"vendor_id": vendor_id, "line_items": _lines_of_much(item_id), "auto_approve": True}
    bill = await call.made("/bills", body)
    bill_id: str = bill["bill_id"]
    return bill_id


def _lines_of_much(item_id: str) -> list[Node]:
    books = {"name": "Printed books", "hsn_or_sac": "4901", "rate": 10_000_000_000, "tax_category": "EXEMPT"}
    return [books, {"item_id": item_id, "quantity": 1_000_000}]


async def _accounts_by_type(call: Caller) -> dict[str, list[str]]:
    accounts = (await call("GET", "/accounts", params={"per_page": "200"})).json()["accounts"]
    by_type: dict[str, list[str]] = {}
    for account in accounts:
        by_type.setdefault(account["account_type"], []).append(account["account_id"])
    return by_type


def _narrow_parameter(parameter: Node, shop: Shop) -> None:
    """A filter may name what does not exist: it finds nothing. The organization and the version have to be right."""
    name = parameter.get("name")
    if name in _CHOICE:
        parameter["schema"] = _one_of([shop.firm.organization_id])
    elif name == "If-Match":
        parameter["schema"] = _one_of(["*", '"1"'])
    elif name in shop.known and parameter["in"] == "query":
        parameter["example"] = shop.known[name][0]


def _narrow_filter(parameter: Node, shop: Shop) -> None:
    """What a report is of has to be there: 404 else, and the report itself is never reached."""
    name = parameter.get("name", "")
    if name.endswith("_id") and name in shop.known and parameter["in"] == "query":
        parameter["schema"] = _one_of(shop.known[name])


def _narrow_questions(parameters: Node, shop: Shop) -> None:
    """What reports are asked for: made-up days lie before there were books, and a branch has to be there."""
    for parameter in parameters.values():
        if parameter["name"] in _QUESTIONS:
            parameter["schema"] = _one_of(_QUESTIONS[parameter["name"]])
    for name, field in (("ReportBranch", "branch_id"), ("ReportCostCenter", "cost_center_id")):
        parameters[name]["schema"] = _one_of(shop.known[field])


def _narrow_request(name: str, schema: Node, shop: Shop) -> None:
    """Leave only values that exist where a property has to have one, and say which lines are complete."""
    properties = schema["properties"]
    if "gst_treatment" in properties and name != "ContactCreate":
        properties["gst_treatment"] = _one_of(_TREATMENTS_WITHOUT_GSTIN)
    if name in _BALANCED:
        properties["lines"] |= _one_of_journals(shop)
    elif "template_payload" in properties:
        properties |= _templates(shop, properties)
    elif "line_items" in properties:
        with_item = {"item_id": shop.known["item_id"][0], "quantity": 2}
        properties["line_items"]["example"] = [_WITHOUT_ITEMS.get(name, with_item)]
    properties |= _OF_CONTACTS.get(name, {})
    if "item_id" in properties or name in _COMPLETE:
        schema["anyOf"] = _COMPLETE.get(name, _WITH_ITEM_OR_WITHOUT)
    for field in (properties.keys() & _left_out(name, properties)).difference(schema.get("required", ())):
        del properties[field]
    _narrow_bill(name, schema)
    for field in properties.keys() & shop.known.keys():
        is_nullable = properties[field].get("nullable", False) and (name, field) not in _NEEDED
        values = shop.known[_OTHER_VALUES.get((name, field), field)]
        properties[field] = _one_of([*values, None] if is_nullable else values)


def _left_out(name: str, properties: Node) -> set[str]:
    """What no single request says: ids of children, and a name beside the id that says it, which would be another."""
    told_by_id = {"salesperson_name"} if "salesperson_id" in properties else set()
    return _OF_THE_THING_ITSELF | _SAID_TOGETHER | _LEFT_OUT.get(name, frozenset()) | told_by_id


def _narrow_bill(name: str, schema: Node) -> None:
    """Tell bills apart by the number that the vendor gave them, and withhold tax by one measure."""
    properties = schema["properties"]
    if "tds_percent" in properties:
        properties.pop("tds_amount", None)
    if name in _ENTERED_ONCE:
        schema["required"] = [*schema["required"], "reference_number"]
        properties["reference_number"]["nullable"] = False


def _one_of(values: list[Any]) -> Node:
    return {"type": "string", "enum": values, "nullable": None in values, "example": values[0]}


def _one_of_journals(shop: Shop) -> Node:
    """Lines that balance: made-up ones never do."""
    one, other = shop.known["account_id"][:2]
    journals = [
        [{"account_id": one, "debit": amount, "description": "By hand"}, {"account_id": other, "credit": amount}]
        for amount in (1, 1500.5, 9999999999999)
    ]
    return {"enum": journals, "example": journals[1]}


def _templates(shop: Shop, properties: Node) -> Node:
    """Templates of invoices, from dates on that the plan may have: made-up ones are no bodies of another operation."""
    customer, item = shop.known["customer_id"][0], shop.known["item_id"][0]
    templates = [
        {"customer_id": customer, "line_items": [{"item_id": item, "quantity": quantity}], **more}
        for quantity, more in ((1, {}), (2.5, {"payment_terms": 10, "notes": "Thank you."}))
    ]
    wanted = {
        "entity_type": _one_of(["INVOICE"]),
        "start_date": _one_of(["2035-01-31", "2036-02-29", "2040-04-01"]),
        "template_payload": {"type": "object", "enum": templates, "example": templates[1]},
    }
    return {name: schema for name, schema in wanted.items() if name in properties}


_OF_CONTACTS = {name: {"entity_type": _one_of(["CONTACT"])} for name in ("CommentCreate", "AttachmentCreate")}
"""Bodies that name a thing of any kind: here a contact."""

_BALANCED = {"JournalCreate"}
"""Bodies whose lines have to balance."""

_ENTERED_ONCE = {"BillCreate"}
"""Papers of others, of which the same one is refused."""

_COSTS = ("ExpenseCreate", "ExpenseUpdate", "ExpenseLineCreate", "ExpenseLineUpdate", "BillOfEntryLineCreate")
_NEEDED = {(name, "account_id") for name in _COSTS} | {
    (name, "invoice_id") for name in ("AllocationInput", "DocumentAllocationInput")
}
"""What may be null in a body, but then has to be said elsewhere."""

_LEFT_OUT = {
    "AllocationInput": frozenset(
        ("customer_debit_note_id", "bill_id", "credit_note_id", "debit_note_id", "payment_id")
    ),
    "DocumentAllocationInput": frozenset(("customer_debit_note_id", "bill_id")),
    "CreditNoteApply": frozenset(("customer_debit_note_id",)),
}
"""Of members of which a body names one, all but the one that it names here; stories name the others."""

_SAID_TOGETHER = frozenset(
    (
        *("ecommerce_operator_gst_no", "ecommerce_section", "ecommerce_supplier_gst_no"),
        *("shipping_bill_number", "shipping_bill_date", "port_code"),
        *("original_invoice_number", "original_invoice_date", "original_invoice_total"),
        *("is_isd_invoice", "distributed_tax"),
    )
)
"""What is said with one another or not at all, so hardly ever rightly by chance: test_what_documents_say.py says it."""

_OTHER_VALUES = {
    ("ItcAdjustmentCreate", "account_id"): "waiting_account_id",
    **{(name, "account_id"): "cost_account_id" for name in _COSTS},
    **{(f"DebitNote{verb}", "bill_id"): "credited_bill_id" for verb in ("Create", "Update", "Apply")},
}
"""What is known of a field in one body, where it is not what all others may say."""

_QUESTIONS = {
    "from_date": ["2026-04-01", "2026-11-01"],
    "to_date": ["2026-11-30", "2027-03-31"],
    "as_of_date": ["2026-10-31", "2026-11-30"],
    "known_at": ["2026-10-01T00:00:00Z"],
}
"""Days and instants that all reports can be asked for."""

_WITHOUT_ITEMS: dict[str, Node] = {
    "ExpenseCreate": {"amount": 500, "note": "Rent"},
    "ExpenseUpdate": {"amount": 500, "note": "Rent"},
    "BillOfEntryCreate": {"description": "Ceramic tiles", "assessable_value": 100000, "tax_category": "EXEMPT"},
}
"""A line of the bodies whose lines name no item."""

_WITH_ITEM_OR_WITHOUT: list[Node] = [{"required": ["item_id"]}, {"required": ["name", "rate"]}]
_COMPLETE: dict[str, list[Node]] = {
    "ExpenseCreate": [{"required": ["account_id", "amount"], "not": {"required": ["line_items"]}}],
    "ExpenseLineCreate": [{"required": ["account_id"]}],
    "CreditNoteApply": [{"required": ["invoice_id"]}],
    "CustomerDebitNoteCreate": [{"required": ["customer_id"]}],
    "BillOfEntryLineCreate": [
        {"required": [name], "not": {"required": [other]}}
        for name, other in (("tax_id", "tax_category"), ("tax_category", "tax_id"))
    ],
}
"""What makes a body complete, where the contract leaves more than one way."""

_TREATMENTS_WITHOUT_GSTIN = ["CONSUMER", "UNREGISTERED", "OVERSEAS"]
"""What a document or a change may say of a party without GSTIN; the other treatments come with new contacts."""

_OF_THE_THING_ITSELF = {"line_item_id", "contact_person_id", "reversal_id"}
"""Ids of children, which only the one thing that is changed has: stories find them, single requests cannot."""

_VALUES = {
    "gst_no": ["27AAPFU0939F1ZV", "19FGHBB2345Q1ZR", "27aapfu0939f1zv"],
    "pan": ["AAPFU0939F", "FGHBB2345Q"],
    "state_code": ["IN-MH", "KA", "19"],
    "place_of_contact": ["IN-MH", "IN-KA"],
    "place_of_supply": ["IN-MH", "IN-KA", "OVERSEAS"],
    "source_of_supply": ["IN-MH", "IN-KA"],
    "hsn_or_sac": ["9403", "998312"],
    "currency_code": ["INR", "USD"],
    "from_currency": ["USD", "EUR", "JPY"],
    "to_currency": ["INR"],
    "gstin": ["27AACCS4321K1ZD", "27aaccs4321k1zd"],
    "state": ["IN-MH", "KA", "19"],
    "lock_date": ["2020-03-31"],
    "tds_section": ["1024", "194C-OTHER"],
}
"""Values that exist, of fields whose schema cannot tell which do; and a lock that leaves a time to approve in."""

_CONTACTS: list[Node] = [
    {"contact_name": "Deccan Retail", "billing_address": {"state_code": "IN-MH"}},
    {"contact_name": "Sharma Traders", "gst_no": "19FGHBB2345Q1ZR"},
    {"contact_name": "Colombo Imports", "gst_treatment": "OVERSEAS", "billing_address": {"country": "Sri Lanka"}},
]
_VENDORS: list[Node] = [
    {"contact_name": "Konkan Timber", "gst_no": "27AAPFU0939F1ZV"},
    {"contact_name": "Ramesh Transport", "gst_treatment": "UNREGISTERED"},
    {"contact_name": "Cloud Hosting", "gst_treatment": "OVERSEAS"},
]
_PARTNER: Node = {"contact_name": "Nagpur Stationers", "contact_type": "VENDOR"}
"""Whom no story meets, and so none archives: the vendor of bills that are given to a story."""
_FOREIGN_GOODS: Node = {"line_items": [{"name": "Ceramic tiles", "rate": 100000, "tax_category": "NON_GST"}]}
_ITEMS: list[Node] = [
    {"item_name": "Chair", "rate": 333.33, "purchase_rate": 210.5, "unit": "pcs", "hsn_or_sac": "9403"},
    {"item_name": "Consulting", "item_type": "SERVICE", "rate": 5000, "unit": "hour", "hsn_or_sac": "998312"},
]
