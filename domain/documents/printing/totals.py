"""What a document adds up to, from its lines to what is open; in another currency with what it is worth in rupees."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from domain.documents.document import Document
from domain.documents.printing.figures import RUPEES, percent
from domain.documents.printing.material import Material
from domain.documents.printing.printed_kinds import PrintedKind
from domain.documents.printing.sheet import Total
from domain.documents.printing.tax_tables import Head, Sheetful, own_discount
from domain.documents.rupees import in_rupees, taxes_in_rupees
from domain.money import ZERO
from domain.tds import TDS_SECTIONS


def totals_of(material: Material, printed: PrintedKind, of: Sheetful) -> tuple[Total, ...]:
    """Return the sum of a document, from its lines to what is still open."""
    return (*_until_total(of), *_after_total(material, printed, of), *_in_rupees(of))


def worth(of: Sheetful) -> Decimal:
    """What a paper comes to: the total of the document or, where nothing is supplied, the value of its goods."""
    if of.nature.is_no_supply:
        return of.head.taxable_total + of.head.untaxed_charges
    return of.head.total


def _until_total(of: Sheetful) -> Iterator[Total]:
    head, figure = of.head, of.currency.figure
    yield from _discounts(of)
    if of.nature.is_no_supply:
        yield Total("Value of the goods", of.currency.with_symbol(worth(of)), is_grand=True)
        return
    if of.heads:
        yield Total("Taxable value", figure(head.taxable_total))
    for each in of.heads:
        aside = " (not in the total)" if of.nature.leaves_tax_out else ""
        yield Total(f"{each.title}{aside}", figure(getattr(head, each.total_field)))
    if head.untaxed_charges:
        yield Total("Other charges", figure(head.untaxed_charges))
    if head.round_off:
        yield Total("Round-off", figure(head.round_off))
    yield Total("Total", of.currency.with_symbol(head.total), is_grand=True)


def _discounts(of: Sheetful) -> Iterator[Total]:
    """How the lines come to the taxable value, where that is less than what they say."""
    head, figure = of.head, of.currency.figure
    is_tax_inside = head.is_inclusive_tax and bool(of.heads)
    on_lines = sum(map(own_discount, of.lines), ZERO)
    on_whole = head.discount_total - on_lines
    if head.discount_total or is_tax_inside:
        gross = head.taxable_total + head.discount_total + (head.tax_total if is_tax_inside else ZERO)
        yield Total("Gross value (tax included)" if is_tax_inside else "Gross value", figure(gross))
    if on_lines:
        yield Total("Discount on lines", figure(-on_lines))
    if on_lines and on_whole and not is_tax_inside:
        yield Total("Sub-total", figure(head.sub_total))
    if on_whole:
        rate = f" ({percent(head.discount_percent)})" if head.discount_percent else ""
        yield Total(f"Discount{rate}", figure(-on_whole))


def _after_total(material: Material, printed: PrintedKind, of: Sheetful) -> Iterator[Total]:
    """What was withheld, came in or went out, and what is left: of a document that is owed."""
    head, figure = material.head, of.currency.figure
    if not printed.balance_label:
        return
    settled = (
        (withheld_under(head.tds_section), head.tds_amount),
        (printed.paid_label, head.payment_made),
        (printed.credited_label, head.amount_credited),
        ("Written off", head.amount_written_off),
    )
    for label, amount in settled:
        if amount:
            yield Total(label, figure(-amount))
    if any(amount for _, amount in settled) and head.voided_at is None:
        yield Total(printed.balance_label, of.currency.with_symbol(head.balance))


def _in_rupees(of: Sheetful) -> Iterator[Total]:
    """Value, tax and total in rupees, as they are posted and as the returns tell them (CGST Rules, rule 34)."""
    if of.currency.is_indian:
        return
    head = of.head
    values = [in_rupees(head, line.taxable_amount) for line in of.lines]
    names = [each.line_field for each in of.heads]
    taxes = [taxes_in_rupees(head, line, names, value) for line, value in zip(of.lines, values, strict=True)]
    yield Total("Taxable value in rupees", RUPEES.with_symbol(sum(values, ZERO)))
    for each in of.heads:
        tax = sum([taxed[each.line_field] for taxed in taxes], ZERO)
        yield Total(f"{each.title} in rupees", RUPEES.with_symbol(tax))
    if not of.nature.is_no_supply:
        yield Total("Total in rupees", RUPEES.with_symbol(in_rupees(head, head.total)))


def withheld_under(code: str | None) -> str:
    """What income tax that was withheld is called: by its section and, in the Act of 2025, the code of the payment."""
    section = next((each.section for each in TDS_SECTIONS if each.code == code), code)
    if section is None:
        return "Tax deducted at source"
    of_payment = f" ({code})" if code and code.isdecimal() else ""
    return f"Tax deducted at source, s.{section}{of_payment}"


def tax_charged(head: Document, heads: Sequence[Head]) -> Decimal:
    """The tax of all heads that are shown."""
    amounts: list[Decimal] = [getattr(head, each.total_field) for each in heads]
    return sum(amounts, ZERO)
