"""Zoho Books' contacts: the contacts themselves, their opening balances, and the archiving of inactive ones at the end.

What a customer owed becomes an invoice and what it had to its credit a credit note; of vendors bills and debit notes.
Source: Zoho Books' help, "associating-balance" (zoho.com/books/kb/contacts).
"""

from collections.abc import Callable
from types import MappingProxyType

from domain.imports import references as find
from domain.imports.cells import amount, on_the_side, written
from domain.imports.openings import LINE_NAME, TAX_CATEGORY, number_of
from domain.imports.references import Find, Reference
from domain.imports.translation import THING, Cells, ForeignFile, Say, changed, fixed, line, said
from domain.imports.twins import CONTACT_TWIN
from domain.imports.zoho_documents import CUSTOMER, VENDOR
from domain.imports.zoho_values import days, is_inactive, not_nought, phone, state, treatment, web_address

OPENING_DATE = "Opening Balance Date"
"""No column of theirs: the day is given to each row."""
CUSTOMERS = ("contacts", "contact", "customers", "customer")
VENDORS = ("vendors", "vendor")

_IDENTITY = ("Contact ID", "Display Name", "Contact Name")
_NAMES = ("Display Name", "Contact Name", "Company Name")
Choose = Callable[[Cells], bool]


def _address(kind: str) -> dict[str, Say]:
    parts = {
        "attention": "Attention",
        "address": "Address",
        "street2": "Street2",
        "city": "City",
        "state_code": "State",
        "zip": "Code",
        "country": "Country",
    }
    said_parts: dict[str, Say] = {part: said(f"{kind} {name}") for part, name in parts.items()}
    theirs, country = said_parts["state_code"], said_parts["country"]

    def indian_state(cells: Cells) -> str:
        return theirs(cells) if country(cells).lower() in ("", "india", "in") else ""

    said_parts["state_code"] = indian_state
    said_parts["phone"] = changed(phone, f"{kind} Phone")
    return {f"{kind.lower()}_address.{part}": say for part, say in said_parts.items()}


def _contacts(contact_type: str, names: tuple[str, ...]) -> ForeignFile:
    return ForeignFile(
        names=names,
        operation="create_contact",
        identity=_IDENTITY,
        columns=MappingProxyType(
            {
                "contact_name": said(*_NAMES),
                "company_name": said("Company Name"),
                "contact_type": fixed(contact_type),
                "gst_treatment": changed(treatment, "GST Treatment"),
                "gst_no": said("GST Identification Number (GSTIN)", "GSTIN"),
                "pan": said("PAN Number", "PAN"),
                "email": said("EmailID", "Email"),
                "phone": changed(phone, "Phone"),
                "mobile": changed(phone, "MobilePhone", "Mobile Phone"),
                "website": changed(web_address, "Website"),
                "currency_code": said("Currency Code", "Currency"),
                "payment_terms": changed(days, "Payment Terms", "Payment Terms Label"),
                "credit_limit": said("Credit Limit"),
                "place_of_contact": changed(
                    state, "Place of Contact(With State Code)", "Place Of Contact", "Source of Supply"
                ),
                **_address("Billing"),
                **_address("Shipping"),
                "notes": said("Notes"),
            }
        ),
        known_by="contact_name",
        twin=CONTACT_TWIN,
    )


def _balance_on(usual: str) -> Say:
    """The opening balance, which may tell its side: of a customer a debit (``DR``) is usual, of a vendor a credit."""
    return changed(lambda text: on_the_side(text, usual), "Opening Balance")


def _is_owed(balance: Say) -> Choose:
    """Whether there is a balance the usual way round; one that is no amount counts, so that it is refused and told."""
    return lambda cells: bool(not_nought(balance(cells))) and amount(balance(cells)) >= 0


def _is_in_credit(balance: Say) -> Choose:
    return lambda cells: amount(balance(cells)) < 0


def _size(balance: Say) -> Say:
    return lambda cells: written(-amount(balance(cells))) if amount(balance(cells)) < 0 else balance(cells)


def _exchange_rate(cells: Cells) -> str:
    is_in_rupees = said("Currency Code", "Currency")(cells) in ("", "INR")
    return "" if is_in_rupees else said("Opening Balance Exchange Rate", "Exchange Rate")(cells)


def _opening(
    noun: str, names: tuple[str, ...], party: Reference, balance: Say, reads: Callable[[Say], Choose]
) -> ForeignFile:
    """The opening balances of one side and direction, each as a document of the day before the books began."""
    return ForeignFile(
        names=names,
        part="opening balances",
        reads=reads(balance),
        operation=f"create_{noun}",
        identity=_IDENTITY,
        columns=MappingProxyType(
            {
                party.name: said(*_NAMES),
                f"{noun}_number": changed(number_of, *_NAMES),
                "date": said(OPENING_DATE),
                "currency_code": said("Currency Code", "Currency"),
                "exchange_rate": _exchange_rate,
                "is_opening_balance": fixed("true"),
                "auto_approve": fixed("true"),
                line("name"): fixed(LINE_NAME),
                line("quantity"): fixed("1"),
                line("rate"): _size(balance),
                line("tax_category"): fixed(TAX_CATEGORY),
            }
        ),
        references=(party,),
        known_by=f"{noun}_number",
    )


def _archived(names: tuple[str, ...], contacts: Find) -> ForeignFile:
    return ForeignFile(
        names=names,
        part="archived",
        reads=is_inactive("Status"),
        operation="archive_contact",
        identity=_IDENTITY,
        columns=MappingProxyType({"contact_name": said(*_NAMES)}),
        references=(Reference("contact_name", (THING,), "Contact", contacts),),
    )


CONTACTS: tuple[ForeignFile, ...] = (_contacts("CUSTOMER", CUSTOMERS), _contacts("VENDOR", VENDORS))
"""Customers and vendors."""
OPENINGS: tuple[ForeignFile, ...] = (
    _opening("invoice", CUSTOMERS, CUSTOMER, _balance_on("DR"), _is_owed),
    _opening("credit_note", CUSTOMERS, CUSTOMER, _balance_on("DR"), _is_in_credit),
    _opening("bill", VENDORS, VENDOR, _balance_on("CR"), _is_owed),
    _opening("debit_note", VENDORS, VENDOR, _balance_on("CR"), _is_in_credit),
)
"""What they owed and were owed, before the payments that settle it."""
INACTIVE_CONTACTS: tuple[ForeignFile, ...] = (_archived(CUSTOMERS, find.customers), _archived(VENDORS, find.vendors))
"""Archived when all that names them is there."""
