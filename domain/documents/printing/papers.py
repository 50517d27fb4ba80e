"""The sheet of a document of any kind: titles, parties, facts, tables and statements, out of what the books know."""

from domain.addresses import HOME
from domain.documents.kinds import KIND_NAMED
from domain.documents.printing import figures, lawful_texts, stamps
from domain.documents.printing.addresses import address_lines, facts, state_named
from domain.documents.printing.look import Look
from domain.documents.printing.material import Issuer, Material, Original, Permit
from domain.documents.printing.nature import Nature, nature_of
from domain.documents.printing.printed_kinds import CHALLAN_PURPOSES, PrintedKind, printed_as
from domain.documents.printing.sheet import (
    EInvoice,
    Fact,
    Party,
    PaymentCode,
    Sheet,
    Signature,
)
from domain.documents.printing.tax_tables import Sheetful, heads_of, lines_table, tax_table
from domain.documents.printing.totals import tax_charged, totals_of, worth
from domain.documents.printing.upi import upi_payload
from domain.documents.printing.words import amount_in_words
from domain.documents.status import CANCELLED, DRAFT
from domain.gst.states import OVERSEAS, state_of_prefix
from domain.money import ZERO


def paper(material: Material, look: Look, *, copies: int = 0) -> Sheet:
    """Return the sheet of a document with so many copies, marked as the law names them; with 0, one without a mark."""
    head, around, printed = material.head, material.around, printed_as(material.kind)
    stands = material.registration is not None and material.registration.cancelled_at is None
    nature = nature_of(material)
    heads = heads_of(head, material.lines, nature)
    of = Sheetful(head, material.lines, heads, around.currency, nature)
    title = lawful_texts.title_of(printed.titles, nature)
    tax = tax_charged(head, heads)
    number = number_of(material, nature)
    is_valid = head.status not in (DRAFT, CANCELLED)
    is_ours = printed.is_ours or nature.is_self_invoiced
    return Sheet(
        title=title.text,
        subtitle=title.subtitle or _against(material, printed),
        number=number or "Draft",
        file_name=(number or head.id).replace("/", "-"),
        banner=stamps.banner(stamps.Standing(head.status, head.voided_at, head.void_reason, around.issuer.is_sandbox)),
        copies=stamps.marks(printed.goods_marks if nature.is_goods else printed.service_marks, copies),
        seller=seller(around.issuer, "Recipient" if nature.is_self_invoiced else ""),
        parties=_parties(material, printed),
        facts=_facts(material, printed, nature, number),
        notices=(*lawful_texts.texts(printed.notices, nature), *_of_portals(material)),
        lines=lines_table(of),
        totals=totals_of(material, printed, of),
        amount_in_words=amount_in_words(worth(of), around.currency),
        tax_in_words=amount_in_words(tax, around.currency) if tax else "",
        taxes=tax_table(of),
        einvoice=_einvoice(material) if stands else None,
        bank=bank(look) if printed.asks_for_money and is_valid else (),
        payment_code=_payment_code(material, look) if printed.asks_for_money and is_valid else None,
        notes=head.notes or "",
        terms=head.terms or (look.terms or "" if printed.has_standing_terms else ""),
        declaration=look.declaration or "" if printed.is_declared else "",
        statements=lawful_texts.texts(printed.statements, nature),
        signature=signature(around.issuer, look, is_valid=is_valid) if is_ours else Signature(),
        footer=look.footer or "",
        logo=look.logo,
        accent_colour=look.accent_colour,
    )


def number_of(material: Material, nature: Nature) -> str | None:
    """The number of the paper: of a self-invoice, that of its own series."""
    if nature.is_self_invoiced:
        return material.head.self_invoice_number
    return material.head.number


def seller(issuer: Issuer, heading: str = "") -> Party:
    """Who issues the paper: the organization, with the address and the registration of the branch."""
    is_known_otherwise = issuer.lawful_name != issuer.name
    return Party(
        heading=heading,
        name=issuer.name,
        address=address_lines(issuer.address),
        facts=facts(
            ("Legal name", issuer.lawful_name if is_known_otherwise else None),
            ("Branch", issuer.branch_name),
            ("GSTIN", issuer.gst_no),
            ("PAN", issuer.pan),
            ("State", state_named(issuer.state_code)),
            ("Phone", issuer.phone),
            ("E-mail", issuer.email),
        ),
    )


def _parties(material: Material, printed: PrintedKind) -> tuple[Party, ...]:
    """The other side and, where it is another address, where the goods go."""
    head = material.head
    billing, shipping = head.billing_address or {}, head.shipping_address or {}
    side = Party(
        heading=printed.party_heading,
        name=head.contact_name,
        address=address_lines(billing),
        facts=facts(
            ("GSTIN", head.gst_no),
            ("PAN", material.around.counterparty.pan if head.gst_no is None else None),
            ("State", state_named(_state_of_party(material))),
            ("Phone", billing.get("phone")),
        ),
    )
    is_theirs = material.kind.side.value.delivers_to_contact
    known = side.address if is_theirs else address_lines(material.around.issuer.address)
    is_known = address_lines(shipping) == known and not printed.names_own_place
    if is_known or not address_lines(shipping):
        return (side,)
    delivery = Party(
        heading=printed.delivery_heading,
        name=shipping.get("attention") or (head.contact_name if is_theirs else material.around.issuer.name),
        address=address_lines({**shipping, "attention": None}),
        facts=facts(
            ("GSTIN", shipping.get("gst_no")),
            ("State", state_named(shipping.get("state_code"))),
            ("Phone", shipping.get("phone")),
        ),
    )
    return (side, delivery)


def _state_of_party(material: Material) -> str | None:
    """The state of the other side: of its address, its GSTIN, its record; of a customer else the place of supply."""
    head, side = material.head, material.kind.side.value
    registered = state_of_prefix(head.gst_no[:2]) if head.gst_no else None
    is_at_place = side.delivers_to_contact and head.place_of_supply != OVERSEAS
    supplied = head.place_of_supply if is_at_place else None
    address = head.billing_address or {}
    return address.get("state_code") or registered or material.around.counterparty.state_code or supplied


def _facts(material: Material, printed: PrintedKind, nature: Nature, number: str | None) -> tuple[Fact, ...]:
    head = material.head
    original = _original(material)
    return facts(
        (printed.number_label if not nature.is_self_invoiced else "Self-invoice number", number),
        ("Bill", head.number if nature.is_self_invoiced else None),
        ("Date", figures.day(head.dated_on)),
        (printed.due_label, figures.day(head.due_on) if head.due_on else None),
        ("Payment terms", f"{head.payment_terms} days" if head.payment_terms else None),
        (printed.reference_label, head.reference_number),
        *_of_original(printed, original),
        ("Reason", _worded(head.reason)),
        ("Made of", ", ".join(_made_of(material))),
        ("Purpose", CHALLAN_PURPOSES.get(head.challan_purpose or "")),
        ("Place of supply", state_named(head.place_of_supply)),
        ("Reverse charge", _reverse_charge(head.is_reverse_charge, printed)),
        *_of_export(material, nature),
        ("Operator's GSTIN", head.ecommerce_operator_gst_no),
        ("Supplied by", head.ecommerce_supplier_gst_no),
        ("Salesperson", head.salesperson_name),
        *_of_permit(material.around.permit),
    )


def _reverse_charge(is_on_it: bool, printed: PrintedKind) -> str | None:  # noqa: FBT001
    if is_on_it:
        return "Yes"
    return "No" if printed.tells_reverse_charge else None


def _of_original(printed: PrintedKind, original: Original | None) -> tuple[tuple[str, str | None], ...]:
    if original is None or not printed.original_label:
        return ()
    noun = printed.original_label.capitalize()
    return (
        (f"{noun} corrected", original.number),
        (f"{noun} date", figures.day(original.dated_on)),
        ("Supplier's number", original.reference_number if printed.original_label == "bill" else None),
    )


def _of_permit(permit: Permit | None) -> tuple[tuple[str, str | None], ...]:
    """The e-way bill with which the goods travel; without a vehicle it has no end yet."""
    if permit is None:
        return ()
    return (
        ("E-way bill", permit.number),
        ("E-way bill made", figures.moment(permit.generated_at)),
        ("E-way bill ends", figures.moment(permit.valid_until) if permit.valid_until else None),
    )


def _of_export(material: Material, nature: Nature) -> tuple[tuple[str, str | None], ...]:
    head, issuer, currency = material.head, material.around.issuer, material.around.currency
    lut = issuer.lut_number if nature.is_under_lut else None
    until = f", valid until {figures.day(issuer.lut_valid_until)}" if lut and issuer.lut_valid_until else ""
    rate = figures.RUPEES.symbol + figures.RUPEES.price(head.exchange_rate)
    shipped = figures.day(head.shipping_bill_on) if head.shipping_bill_on else ""
    return (
        ("Country of destination", _destination(material) if nature.is_export else None),
        ("LUT", f"{lut}{until}" if lut else None),
        ("Shipping bill", " of ".join(part for part in (head.shipping_bill_number, shipped) if part)),
        ("Port", head.port_code),
        ("Exchange rate", None if currency.is_indian else f"1 {currency.code} = {rate}"),
    )


def _destination(material: Material) -> str | None:
    for address in (material.head.shipping_address, material.head.billing_address):
        country = (address or {}).get("country")
        if country and country != HOME:
            return country
    return None


def _original(material: Material) -> Original | None:
    """What a note corrects: in the books, or told by number and date alone."""
    head = material.head
    if material.around.original is not None:
        return material.around.original
    if head.original_invoice_number is None or head.original_invoice_on is None:
        return None
    return Original(number=head.original_invoice_number, dated_on=head.original_invoice_on)


def _against(material: Material, printed: PrintedKind) -> str:
    """What a note is on: "Against invoice INV/26-27/0042 of 12 Nov 2026"."""
    original = _original(material)
    if original is None or not printed.original_label:
        return ""
    number = original.number or "(not numbered)"
    return f"Against {printed.original_label} {number} of {figures.day(original.dated_on)}"


def _made_of(material: Material) -> list[str]:
    """The documents of which it was made: "Sales order SO/26-27/0007"."""
    sources = material.links.converted_from
    return [f"{KIND_NAMED[each.document_type].title} {each.document_number or '(draft)'}" for each in sources]


def _worded(reason: str | None) -> str | None:
    """A reason of the portal's list in words; free text as it is."""
    if reason and reason.isupper() and reason.replace("_", "").isalpha():
        return reason.replace("_", " ").capitalize()
    return reason


def _of_portals(material: Material) -> tuple[str, ...]:
    """What has to be known of its registration and of its e-way bill."""
    registration, permit = material.registration, material.around.permit
    said = []
    if registration is not None and registration.cancelled_at is not None:
        at = figures.moment(registration.cancelled_at)
        said.append(f"The registration of this e-invoice was cancelled on {at} (IRN {registration.irn}).")
    elif registration is not None and registration.is_simulated:
        said.append("Registered with a simulated portal: no registration in law.")
    if permit is not None and permit.is_simulated:
        said.append("The e-way bill is of a simulated portal: none in law.")
    return tuple(said)


def _einvoice(material: Material) -> EInvoice | None:
    registration = material.registration
    if registration is None:
        return None
    return EInvoice(
        facts=facts(
            ("IRN", registration.irn),
            ("Ack no.", registration.ack_number),
            ("Ack date", figures.moment(registration.acknowledged_at)),
        ),
        signed_qr=registration.signed_qr,
    )


def bank(look: Look) -> tuple[Fact, ...]:
    """Where a customer pays to."""
    account = look.bank
    details = (
        ()
        if account is None
        else (
            ("Bank", account.bank_name),
            ("Account name", account.account_name),
            ("Account number", account.account_number),
            ("IFSC", account.ifsc),
        )
    )
    return facts(*details, ("UPI", look.upi_id))


def _payment_code(material: Material, look: Look) -> PaymentCode | None:
    head = material.head
    payload = upi_payload(
        upi_id=look.upi_id if look.is_upi_qr_printed else None,
        name=(look.bank and look.bank.account_name) or material.around.issuer.name,
        currency_code=head.currency_code,
        amount=head.balance if head.approved_at else ZERO,
        number=head.number,
    )
    if not payload:
        return None
    return PaymentCode(
        payload=payload,
        caption=f"Scan to pay {figures.RUPEES.with_symbol(head.balance)}",
        address=look.upi_id or "",
    )


def signature(issuer: Issuer, look: Look, *, is_valid: bool) -> Signature:
    """Who signs; what is no valid paper does not bear the picture of a signature."""
    return Signature(
        for_whom=f"For {issuer.lawful_name}",
        name=look.signatory_name or "",
        title="Authorised signatory",
        picture=look.signature if is_valid else None,
    )
