"""The sheet of an expense: our self-invoice where it is on reverse charge from nobody registered, else a voucher.

An expense is paid at once, so that its self-invoice is the payment voucher as well.
Source: CGST Act 2017, section 31(3)(f), (g); CGST Rules, rules 46 and 52.
"""

from decimal import Decimal

from domain.books import Books, found
from domain.documents.printing import figures, lawful_texts, stamps
from domain.documents.printing.addresses import address_lines, facts, state_named
from domain.documents.printing.look import Look
from domain.documents.printing.material import COUNTERPARTY, CURRENCY, ISSUER, around, reading
from domain.documents.printing.nature import Nature
from domain.documents.printing.papers import seller, signature
from domain.documents.printing.printed_payments import MODES
from domain.documents.printing.sheet import Cell, Column, Party, Sheet, Table, Total
from domain.documents.printing.stamps import Standing
from domain.documents.printing.tax_tables import UNTAXED, Head, heads_at
from domain.documents.printing.voucher_material import ACCOUNT, AroundPayment
from domain.documents.printing.words import amount_in_words
from domain.expenses.expense import Expense
from domain.gst.hsn import is_service_code
from domain.money import ZERO
from domain.statements import reader_of
from domain.values import Struct
from models.expenses import expenses

_TITLES = (
    lawful_texts.PAID_SELF_INVOICE,
    lawful_texts.Title("Expense voucher", "not a matter of law", lawful_texts.always),
)
_NOTICES = (lawful_texts.SELF_INVOICED,)
_STATEMENTS = (lawful_texts.RECIPIENT_PAYS,)


class SpentLine(Struct, frozen=True, kw_only=True):
    """A line of an expense: what was bought, under the name of its account where nothing else is said."""

    name: str
    hsn_or_sac: str | None = None
    tax_category: str | None = None
    tax_percentage: Decimal = ZERO
    taxable_amount: Decimal
    cgst_amount: Decimal = ZERO
    sgst_amount: Decimal = ZERO
    igst_amount: Decimal = ZERO
    cess_amount: Decimal = ZERO


class ExpenseMaterial(Struct, frozen=True, kw_only=True):
    """All that is printed of an expense, beside its look."""

    head: Expense
    lines: list[SpentLine]
    around: AroundPayment


_LINES = """
(select json_agg(spent order by spent.position)
   from (select line.position, coalesce(line.note, account.name) as name, line.hsn_or_sac, line.tax_category,
                trim_scale(line.tax_percentage) as tax_percentage, line.taxable_amount, line.cgst_amount,
                line.sgst_amount, line.igst_amount, line.cess_amount
           from expense_lines as line
           join accounts as account
             on account.organization_id = line.organization_id
            and account.id = line.account_id
          where line.organization_id = expenses.organization_id
            and line.expense_id = expenses.id) as spent)::text
"""
_AROUND = around("expenses", issuer=ISSUER, counterparty=COUNTERPARTY, currency=CURRENCY, account=ACCOUNT)
_MATERIAL = reading(expenses, Expense, _AROUND, lines=_LINES)
_read_head = reader_of(Expense)
_read_lines = reader_of(list[SpentLine])
_read_around = reader_of(AroundPayment)


async def expense_material_of(books: Books, key: str) -> ExpenseMaterial:
    """Return all that is printed of an expense. Raises NotFound."""
    row = found(await books.row(_MATERIAL, id=key), "Expense", key)
    return ExpenseMaterial(
        head=_read_head(row["head"]), lines=_read_lines(row["lines"]), around=_read_around(row["around"])
    )


def expense_paper(material: ExpenseMaterial, look: Look, *, copies: int = 0) -> Sheet:
    """Return the sheet of an expense with so many copies; with 0, one without a mark."""
    head, known = material.head, material.around
    is_self_invoiced = head.self_invoice_number is not None
    nature = Nature(is_self_invoiced=is_self_invoiced, is_reverse_charge=head.is_reverse_charge)
    title = lawful_texts.title_of(_TITLES, nature)
    heads = [each for each in heads_at(head.place_of_supply) if getattr(head, each.total_field)]
    marks = stamps.GOODS if _has_goods(material) else stamps.SERVICES
    return Sheet(
        title=title.text,
        subtitle=title.subtitle,
        number=head.self_invoice_number or "",
        file_name=(head.self_invoice_number or head.id).replace("/", "-"),
        banner=stamps.banner(Standing("", is_sandbox=known.issuer.is_sandbox)),
        copies=stamps.marks(marks if is_self_invoiced else stamps.PLAIN, copies),
        seller=seller(known.issuer, "Recipient" if is_self_invoiced else ""),
        parties=(_supplier(material),) if head.contact_name else (),
        facts=facts(
            ("Self-invoice number", head.self_invoice_number),
            ("Date", figures.day(head.dated_on)),
            ("Supplier's number", head.reference_number),
            ("Mode", MODES[head.mode].title),
            ("Paid from", known.account.name if known.account else None),
            ("Place of supply", state_named(head.place_of_supply)),
            ("Reverse charge", "Yes" if head.is_reverse_charge else "No"),
        ),
        notices=lawful_texts.texts(_NOTICES, nature),
        lines=_table(material, heads, nature),
        totals=tuple(_totals(material, heads)),
        amount_in_words=amount_in_words(head.total, known.currency),
        tax_in_words=amount_in_words(head.tax_total, known.currency) if head.tax_total else "",
        notes=head.notes or "",
        statements=lawful_texts.texts(_STATEMENTS, nature),
        signature=signature(known.issuer, look, is_valid=True),
        footer=look.footer or "",
        logo=look.logo,
        accent_colour=look.accent_colour,
    )


def _has_goods(material: ExpenseMaterial) -> bool:
    return any(line.hsn_or_sac and not is_service_code(line.hsn_or_sac) for line in material.lines)


def _supplier(material: ExpenseMaterial) -> Party:
    head, side = material.head, material.around.counterparty
    return Party(
        heading="Supplier",
        name=head.contact_name or "",
        address=address_lines(side.billing_address),
        facts=facts(("GSTIN", head.gst_no), ("State", state_named(head.source_of_supply))),
    )


def _table(material: ExpenseMaterial, heads: list[Head], nature: Nature) -> Table:
    figure = material.around.currency.figure
    rows = []
    for place, line in enumerate(material.lines, 1):
        taxes = [each.of(line) for each in heads]
        total = line.taxable_amount + (ZERO if nature.leaves_tax_out else sum(taxes, ZERO))
        amounts = [Cell(figure(tax), _rate(line, each)) for tax, each in zip(taxes, heads, strict=True)]
        value = Cell(figure(line.taxable_amount))
        rows.append(
            (Cell(str(place)), Cell(line.name), Cell(line.hsn_or_sac or ""), value, *amounts, Cell(figure(total)))
        )
    return Table(
        columns=(
            Column("serial", "#", "right"),
            Column("item", "Item"),
            Column("code", "HSN/SAC"),
            Column("taxable", "Taxable value", "right"),
            *(Column(each.name, each.title, "right") for each in heads),
            Column("amount", "Amount", "right"),
        ),
        rows=tuple(rows),
    )


def _rate(line: SpentLine, head: Head) -> str:
    if head.share is None:
        return ""
    untaxed = UNTAXED.get(line.tax_category or "", "")
    return figures.percent(line.tax_percentage * head.share) if line.tax_percentage else untaxed


def _totals(material: ExpenseMaterial, heads: list[Head]) -> list[Total]:
    head, currency = material.head, material.around.currency
    aside = " (not in the total)" if head.is_reverse_charge else ""
    taxes = [Total(f"{each.title}{aside}", currency.figure(getattr(head, each.total_field))) for each in heads]
    value = [Total("Taxable value", currency.figure(head.taxable_total))] if heads else []
    return [*value, *taxes, Total("Total", currency.with_symbol(head.total), is_grand=True)]
