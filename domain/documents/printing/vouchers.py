"""The sheet of a payment: receipts, and the vouchers of rules 50, 51 and 52, with what they are applied to."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from domain.documents.kinds import KIND_NAMED
from domain.documents.printing import figures, stamps
from domain.documents.printing.addresses import address_lines, facts, state_named
from domain.documents.printing.figures import RUPEES, Currency
from domain.documents.printing.look import Look
from domain.documents.printing.papers import seller, signature
from domain.documents.printing.printed_payments import MODES, PRINTED, PrintedPayment, VoucherNature
from domain.documents.printing.sheet import Cell, Column, Fact, Party, Sheet, Table, Total
from domain.documents.printing.stamps import Standing
from domain.documents.printing.tax_tables import Head, heads_at
from domain.documents.printing.totals import withheld_under
from domain.documents.printing.voucher_material import (
    AppliedAmount,
    PaidBack,
    Settled,
    VoucherMaterial,
)
from domain.documents.printing.words import amount_in_words
from domain.documents.status import CANCELLED
from domain.money import ZERO, round_paise
from domain.payments.payment import FLOWS


def voucher(material: VoucherMaterial, look: Look, *, copies: int = 0) -> Sheet:
    """Return the sheet of a payment with so many copies; with 0, one without a mark."""
    head, around = material.head, material.around
    printed, nature = PRINTED[head.flow, head.payment_type], nature_of(material)
    title = next(each for each in printed.titles if each.applies(nature))
    tables = _tables(material, printed, nature)
    status = head.status if head.status == CANCELLED else ""
    tax = sum(head.taxes, ZERO)
    return Sheet(
        title=title.text,
        subtitle=title.subtitle,
        number=head.number,
        file_name=head.number.replace("/", "-"),
        banner=stamps.banner(Standing(status, head.voided_at, head.void_reason, around.issuer.is_sandbox)),
        copies=stamps.marks(stamps.PLAIN, copies),
        seller=seller(around.issuer),
        parties=(_party(material, printed),),
        facts=_facts(material, printed, nature),
        lines=tables[0],
        further_tables=tuple(tables[1:]),
        totals=tuple(_totals(material, printed)),
        amount_in_words=amount_in_words(head.amount, around.currency),
        tax_in_words=amount_in_words(tax, around.currency) if tax else "",
        notes=head.description or "" if material.applied and not nature.has_tax_inside else "",
        statements=tuple(each.text for each in printed.statements if each.applies(nature)),
        signature=signature(around.issuer, look, is_valid=head.status != CANCELLED),
        footer=look.footer or "",
        logo=look.logo,
        accent_colour=look.accent_colour,
    )


def nature_of(material: VoucherMaterial) -> VoucherNature:
    """Return what a payment is in the eyes of the law."""
    registration = material.around.issuer.registration
    return VoucherNature(
        is_registered=registration.is_registered,
        charges_tax=registration.charges_tax,
        has_tax_inside=material.head.is_service_advance,
        pays_back_advance=any(each.advance for each in material.applied),
        is_on_reverse_charge=bool(_on_reverse_charge(material)),
    )


def _on_reverse_charge(material: VoucherMaterial) -> list[Settled]:
    return [each.document for each in material.applied if each.document and each.document.is_reverse_charge]


def _party(material: VoucherMaterial, printed: PrintedPayment) -> Party:
    side = material.around.counterparty
    billing = side.billing_address or {}
    return Party(
        heading=printed.party_heading,
        name=material.head.contact_name,
        address=address_lines(side.billing_address),
        facts=facts(
            ("GSTIN", side.gst_no),
            ("PAN", side.pan if side.gst_no is None else None),
            ("State", state_named(billing.get("state_code") or side.state_code)),
        ),
    )


def _facts(material: VoucherMaterial, printed: PrintedPayment, nature: VoucherNature) -> tuple[Fact, ...]:
    head, around = material.head, material.around
    mode, currency = MODES[head.mode], around.currency
    rate = f"1 {currency.code} = {RUPEES.symbol}{RUPEES.price(head.exchange_rate)}"
    is_told_of_tax = nature.has_tax_inside or nature.pays_back_advance
    return facts(
        (printed.number_label, head.number),
        ("Date", figures.day(head.dated_on)),
        ("Mode", mode.title),
        (mode.reference_label, head.reference_number),
        (printed.account_label, around.account.name if around.account else None),
        ("Place of supply", ", ".join(_places(material))),
        ("Reverse charge", "No" if is_told_of_tax else "Yes" if nature.is_on_reverse_charge else None),
        ("Exchange rate", None if currency.is_indian else rate),
    )


def _places(material: VoucherMaterial) -> list[str]:
    """Where it was, or is to be, supplied: of an advance, of one that is paid back, of what bears reverse charge."""
    advances = [each.advance.place_of_supply for each in material.applied if each.advance]
    bills = [each.place_of_supply for each in _on_reverse_charge(material)]
    return list(dict.fromkeys(filter(None, map(state_named, (material.head.place_of_supply, *advances, *bills)))))


def _tables(material: VoucherMaterial, printed: PrintedPayment, nature: VoucherNature) -> list[Table]:
    """What the money is for: the tax inside an advance, what it is applied to, the tax that the payer owes."""
    currency = material.around.currency
    made = [
        _advance_table(material) if nature.has_tax_inside else None,
        _paid_back_table(material, printed) if nature.pays_back_advance else None,
        _applied_table(material, printed),
        _reverse_charge_table(_on_reverse_charge(material), currency),
    ]
    return [table for table in made if table is not None] or [_unapplied_table(material, printed)]


def _unapplied_table(material: VoucherMaterial, printed: PrintedPayment) -> Table:
    """Of money that is applied to nothing: what it is for, in the words of who recorded it."""
    head, currency = material.head, material.around.currency
    row = (Cell(head.description or printed.amount_label), Cell(currency.figure(head.amount)))
    return Table(columns=(Column("item", "For"), Column("amount", "Amount", "right")), rows=(row,))


def _applied_table(material: VoucherMaterial, printed: PrintedPayment) -> Table | None:
    figure = material.around.currency.figure
    applied = [(each.document, each.amount) for each in material.applied if each.document]
    if not applied:
        return None
    rows = tuple(
        (
            Cell(_named(document), document.reference_number or ""),
            Cell(figures.day(document.dated_on)),
            Cell(figure(document.total)),
            Cell(figure(amount)),
        )
        for document, amount in applied
    )
    return Table(
        heading=printed.applied_heading,
        columns=(
            Column("item", "Document"),
            Column("date", "Date"),
            Column("figure", "Total", "right"),
            Column("amount", "Applied", "right"),
        ),
        rows=rows,
        foot=(Cell("Total"), Cell(), Cell(), Cell(figure(sum([amount for _, amount in applied], ZERO)))),
    )


def _named(document: Settled) -> str:
    return f"{KIND_NAMED[document.kind].title} {document.number or ''}".strip()


def _advance_table(material: VoucherMaterial) -> Table:
    """The advance without its tax, the rate and the tax (rule 50(e) to (h)); what was applied at once bears none."""
    head, figure = material.head, material.around.currency.figure
    at_once = sum([each.amount for each in material.applied if not each.tax], ZERO)
    heads = _charged(heads_at(head.place_of_supply), dict(zip(("cgst", "sgst", "igst"), head.taxes, strict=True)))
    taxed = head.settlement - (at_once if heads else ZERO)
    row = (
        Cell(head.description or "Advance for services"),
        Cell(figures.percent(head.tax_percentage) if head.tax_percentage else ""),
        Cell(figure(taxed - sum(head.taxes, ZERO))),
        *(Cell(figure(amount)) for _, amount in heads),
        Cell(figure(taxed)),
    )
    return Table(columns=_tax_columns([each for each, _ in heads]), rows=(row,), heading="Advance")


def _tax_columns(heads: Sequence[Head]) -> tuple[Column, ...]:
    return (
        Column("item", "For"),
        Column("rate", "Rate", "right"),
        Column("taxable", "Value", "right"),
        *(Column(each.name, each.title, "right") for each in heads),
        Column("amount", "Amount", "right"),
    )


def _charged(heads: Sequence[Head], amounts: dict[str, Decimal]) -> list[tuple[Head, Decimal]]:
    return [(each, amounts[each.name]) for each in heads if amounts.get(each.name)]


def _paid_back_table(material: VoucherMaterial, printed: PrintedPayment) -> Table:
    """The receipts that are paid back, with the rate and the tax of each (rule 51(e) to (i))."""
    figure = material.around.currency.figure
    paid_back = [(each.advance, each) for each in material.applied if each.advance]
    places = {advance.place_of_supply for advance, _ in paid_back}
    known = heads_at(places.pop() if len(places) == 1 else None)
    heads = [each for each in known if any(_tax_of(amount, each) for _, amount in paid_back)]
    return Table(
        heading=printed.applied_heading,
        columns=_tax_columns(heads),
        rows=tuple(tuple(_paid_back_row(advance, amount, heads, figure)) for advance, amount in paid_back),
    )


def _paid_back_row(
    advance: PaidBack, amount: AppliedAmount, heads: Sequence[Head], figure: Callable[[Decimal], str]
) -> Iterator[Cell]:
    yield Cell(f"Receipt voucher {advance.number} of {figures.day(advance.dated_on)}", advance.description or "")
    yield Cell(figures.percent(advance.tax_percentage) if advance.tax_percentage else "")
    yield Cell(figure(amount.amount - amount.tax))
    for head in heads:
        yield Cell(figure(_tax_of(amount, head)))
    yield Cell(figure(amount.amount))


def _tax_of(amount: AppliedAmount, head: Head) -> Decimal:
    tax: Decimal = getattr(amount, f"{head.name}_amount", ZERO)
    return tax


def _reverse_charge_table(documents: Sequence[Settled], currency: Currency) -> Table | None:
    """What is paid for, with the rate and the tax that the payer owes (rule 52(e) to (h))."""
    if not documents:
        return None
    known = heads_at(documents[0].place_of_supply)
    summaries = [(document, tax) for document in documents for tax in document.taxes]
    heads = [each for each in known if any(each.of(tax) for _, tax in summaries)]
    foreign = "" if currency.is_indian else f" ({currency.code})"
    rows = tuple(
        (
            Cell(_named(document), ", ".join(document.described)),
            Cell(figures.percent(tax.tax_percentage)),
            Cell(currency.figure(tax.taxable_amount)),
            *(Cell(currency.figure(each.of(tax))) for each in heads),
            Cell(currency.figure(sum([each.of(tax) for each in heads], ZERO))),
        )
        for document, tax in summaries
    )
    columns = (*_tax_columns(heads)[:-1], Column("tax", f"Tax payable{foreign}", "right"))
    return Table(heading="Tax payable on reverse charge", columns=columns, rows=rows)


def _totals(material: VoucherMaterial, printed: PrintedPayment) -> Iterator[Total]:
    head, currency = material.head, material.around.currency
    yield Total(printed.amount_label, currency.with_symbol(head.amount), is_grand=True)
    charges = head.bank_charges if FLOWS[head.flow].charges_settle else ZERO
    if head.tds_amount:
        yield Total(withheld_under(head.tds_section), currency.figure(head.tds_amount))
    if charges:
        yield Total("Bank charges", currency.figure(charges))
    if head.settlement != head.amount:
        yield Total("Settled in all", currency.figure(head.settlement))
    if head.unallocated:
        yield Total("Not yet applied", currency.figure(head.unallocated))
    if not currency.is_indian:
        yield Total("Amount in rupees", RUPEES.with_symbol(round_paise(head.amount * head.exchange_rate)))
