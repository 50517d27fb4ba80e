"""Printing documents in tests, and what they read on sheets: totals by their labels, tables as people see them."""

from domain.books import Books
from domain.documents.document import Paper
from domain.documents.kinds import KIND_NAMED, Kind
from domain.documents.printing.expense_papers import expense_material_of, expense_paper
from domain.documents.printing.look import BankDetails, Look
from domain.documents.printing.material import material_of
from domain.documents.printing.papers import paper as laid_out
from domain.documents.printing.sheet import Cell, Fact, Party, Sheet, Table
from domain.documents.printing.voucher_material import voucher_material_of
from domain.documents.printing.vouchers import voucher

LOOK = Look(
    signature=b"a picture",
    signatory_name="Meera Kulkarni",
    declaration="We declare that all particulars are true.",
    terms="Payment within 30 days.",
    footer="www.sahyadri.example",
    bank=BankDetails("Bank of Maharashtra", "Sahyadri Traders", "60123456789", "MAHB0000123"),
    upi_id="sahyadri@upi",
)


async def sheet_of(books: Books, kind: Kind, key: str, look: Look, *, copies: int = 0) -> Sheet:
    """The sheet of a document of a kind."""
    return laid_out(await material_of(books, kind, key), look, copies=copies)


async def voucher_of(books: Books, key: str, look: Look) -> Sheet:
    """The sheet of a payment."""
    return voucher(await voucher_material_of(books, key), look)


async def expense_sheet_of(books: Books, key: str, look: Look, *, copies: int = 0) -> Sheet:
    """The sheet of an expense."""
    return expense_paper(await expense_material_of(books, key), look, copies=copies)


async def printed(books: Books, paper: Paper, look: Look = LOOK, *, copies: int = 0) -> Sheet:
    """The sheet of a document."""
    return await sheet_of(books, KIND_NAMED[paper.head.kind], paper.head.id, look, copies=copies)


def totals(sheet: Sheet) -> dict[str, str]:
    """The sum of a paper, by its labels."""
    return {total.label: total.value for total in sheet.totals}


def facts(said: Sheet | Party) -> dict[str, str]:
    """The facts of a paper or of a party, by their labels."""
    return of(said.facts)


def of(said: tuple[Fact, ...]) -> dict[str, str]:
    """Facts by their labels."""
    return {fact.label: fact.value for fact in said}


def headings(table: Table) -> list[str]:
    """What stands above the columns."""
    return [column.heading for column in table.columns]


def rows(table: Table | None) -> list[list[str]]:
    """The rows of a table with its foot; what stands below in small type follows a stroke."""
    assert table is not None, "the paper has such a table"
    feet = [table.foot] if table.foot else []
    return [[_text(cell) for cell in row] for row in (*table.rows, *feet)]


def _text(cell: Cell) -> str:
    return f"{cell.text}|{cell.small}" if cell.small else cell.text
