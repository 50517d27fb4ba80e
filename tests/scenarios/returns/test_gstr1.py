"""GSTR-1 of a small month, by hand; and what must hold between its tables, whatever the papers are."""

from decimal import Decimal
from pathlib import Path

import pytest

from domain.books import Books
from domain.gst.returns.amounts import Tax, tax_of, taxed_of
from domain.gst.returns.gstr1 import Gstr1, gstr1_of, read_supplies
from domain.gst.returns.gstr1_report import Gstr1Question, Gstr1Report, read
from domain.gst.returns.period import Frequency, furnished_period_named
from domain.gst.returns.portal_json import PortalFile, portal_json
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.rows import DocumentRow, added_up
from domain.gst.returns.sections import Section
from domain.gst.returns.supplies import outward_supplies
from domain.ledger.accounts import AccountRole
from domain.money import ZERO
from domain.reports import question
from domain.statements import Statement, as_json, from_json
from tests.domain.founded import MAHARASHTRA
from tests.scenarios.returns.asking import november
from tests.scenarios.returns.papers import make_papers, papers_in

HERE = Path(__file__).parent
PAPERS = papers_in(HERE / "november_2026.yaml")
RETURN = from_json((HERE / "november_2026_gstr1.json").read_text(encoding="utf-8"))


@pytest.fixture
async def month(books: Books) -> Books:
    """The books of the small month."""
    await make_papers(books, PAPERS)
    return books


async def tables_of(books: Books, of: ReturnQuestion) -> Gstr1:
    return gstr1_of(of, await read_supplies(books, of))


async def report_of(books: Books, of: ReturnQuestion) -> Gstr1Report:
    scope = await question.between(books, {"from_date": str(of.from_on), "to_date": str(of.to_on)})
    return await read(books, Gstr1Question(scope, of, is_detailed=True))


async def test_the_month_is_what_an_accountant_makes_of_it(month: Books) -> None:
    of = november()
    written = portal_json(PortalFile(of.gstin, "112026", await tables_of(month, of)))
    assert from_json(as_json(written)) == RETURN


async def test_the_totals_of_the_report_are_those_of_its_tables(month: Books) -> None:
    report = await report_of(month, november())
    told = {
        total.name: (total.documents, str(total.amounts.taxable), str(total.amounts.tax.total))
        for total in report.totals
    }
    assert told == {
        "b2b": (4, "11700.00", "330.00"),
        "b2cl": (1, "100000.00", "18000.00"),
        "exp": (2, "68361.00", "10800.00"),
        "b2cs": (3, "4800.00", "890.00"),
        "nil": (2, "140.00", "0.00"),
        "cdnr": (2, "-400.00", "-85.00"),
        "cdnur": (1, "-1000.00", "-180.00"),
        "at": (None, "1000.00", "180.00"),
        "txpd": (None, "500.00", "90.00"),
        "hsn": (None, "183601.00", "29755.00"),
        "doc_issue": (15, "0.00", "0.00"),
        "supeco_clttx": (None, "0.00", "0.00"),
        "supeco_paytx": (0, "0.00", "0.00"),
        "ecom": (0, "0.00", "0.00"),
    }
    assert report.is_draft


async def test_the_tax_owed_is_what_the_output_accounts_moved(month: Books) -> None:
    """29,755 without the 50 that the buyer pays on reverse charge, with 180 of advances and less 90."""
    report = await report_of(month, november())
    owed = report.owed
    assert (str(owed.igst), str(owed.cgst), str(owed.sgst)) == ("28610.00", "592.50", "592.50")
    assert await output_accounts(month) == {"IGST": owed.igst, "CGST": owed.cgst, "SGST": owed.sgst}


_OUTPUT = Statement(
    """
select upper(right(account.role, 4)) as head, sum(line.credit - line.debit) as moved
  from journal_lines as line
  join journals as journal on journal.organization_id = line.organization_id and journal.id = line.journal_id
  join accounts as account on account.organization_id = line.organization_id and account.id = line.account_id
 where line.organization_id = %(organization_id)s
   and account.role = any(%(roles)s)
   and journal.entry_on between '2026-11-01' and '2026-11-30'
 group by account.role
"""
)


async def output_accounts(books: Books) -> dict[str, Decimal]:
    """What the output tax accounts moved in November."""
    roles = [role.value for role in (AccountRole.OUTPUT_IGST, AccountRole.OUTPUT_CGST, AccountRole.OUTPUT_SGST)]
    return {row["head"]: row["moved"] for row in await books.rows(_OUTPUT, roles=roles)}


def signed(rows: list[DocumentRow]) -> tuple[Decimal, Tax]:
    """The sums of documents, credit notes taken off."""
    taxable, taxes = ZERO, Tax()
    for row in rows:
        whole = taxed_of(item.amounts for item in row.items)
        taxable += -whole.taxable if row.is_credit else whole.taxable
        taxes = taxes - whole.tax if row.is_credit else taxes + whole.tax
    return taxable, taxes


async def test_the_tables_add_up_to_what_was_supplied(month: Books) -> None:
    """Identity 4: documents, notes and sums are all rows of the stream but those of tables 8 and 14(b)."""
    tables, rows = await tables_of(month, november()), await outward_supplies(month, november())
    whole = added_up(row for row in rows if row.section not in (Section.NIL, Section.SUPECO))
    documents = [*tables.b2b, *tables.b2cl, *tables.exp, *tables.cdnr, *tables.cdnur]
    taxable, tax = signed(documents)
    others = taxed_of(row.amounts for row in tables.b2cs)
    assert (taxable + others.taxable, tax + others.tax) == (whole.taxable, whole.tax)
    untaxed = sum((row.nil_rated + row.exempt + row.non_gst for row in tables.nil), ZERO)
    assert untaxed == added_up(row for row in rows if row.section is Section.NIL).taxable


async def test_the_halves_of_the_hsn_summary_are_the_tables(month: Books) -> None:
    """Identity 5: B2B is 4, 9B registered and table 8 to registered; B2C is the rest."""
    tables, rows = await tables_of(month, november()), await outward_supplies(month, november())
    for half, is_to_registered in ((tables.hsn_b2b, True), (tables.hsn_b2c, False)):
        expected = added_up(row for row in rows if row.is_to_registered is is_to_registered)
        assert taxed_of(row.amounts for row in half) == expected
    registered = tax_of([signed([*tables.b2b])[1], signed([*tables.cdnr])[1]])
    assert tax_of(row.amounts.tax for row in tables.hsn_b2b) == registered


_INVOICES = Statement(
    """
select count(*) from documents
 where organization_id = %(organization_id)s
   and kind = 'INVOICE'
   and journal_id is not null
   and voided_at is null
   and dated_on between '2026-11-01' and '2026-11-30'
"""
)


async def test_the_numbers_issued_are_the_invoices_that_stand(month: Books) -> None:
    """Identity 6."""
    tables = await tables_of(month, november())
    assert sum(row.net_issued for row in tables.doc_issue if row.nature == 1) == await month.value(_INVOICES)


async def test_each_document_stands_in_one_table_beside_table_8(month: Books) -> None:
    """Identity 7."""
    rows = await outward_supplies(month, november())
    places: dict[str, set[Section]] = {}
    for row in rows:
        places.setdefault(row.document_id, set()).add(row.section)
    assert all(len(found - {Section.NIL}) <= 1 for found in places.values())
    assert len(places) == 14


def quarterly(label: str) -> ReturnQuestion:
    """The statement of a registration that files quarterly, of the month or quarter that a text names."""
    period = furnished_period_named(label, Frequency.QUARTERLY)
    return ReturnQuestion(
        gstin=MAHARASHTRA,
        from_on=period.first_day,
        to_on=period.last_day,
        period=period,
        frequency=Frequency.QUARTERLY,
    )


async def test_early_in_a_quarter_only_documents_to_registered_buyers_are_told(month: Books) -> None:
    """November is the second month of its quarter: the invoice furnishing facility."""
    of = quarterly("112026")
    tables = await tables_of(month, of)
    assert {name for name in Gstr1.__struct_fields__ if getattr(tables, name)} == {"b2b", "cdnr"}
    report = await report_of(month, of)
    assert {total.name for total in report.totals if total.documents} == {"b2b", "cdnr"}
    assert {row.section for row in report.documents} == {Section.B2B, Section.CDNR}


async def test_what_was_furnished_early_does_not_come_again(month: Books) -> None:
    """The quarter has all sums, and of documents to registered buyers those that were not told yet."""
    of = quarterly("122026")
    read_once = await read_supplies(month, of)
    furnished = {row.document_id for row in read_once.outward if row.number == "INV/26-27/0002"}
    tables = gstr1_of(of, read_once, furnished=furnished)
    assert [row.number for row in tables.b2b] == ["INV/26-27/0003", "INV/26-27/0004", "INV/26-27/0005"]
    assert sum((row.amounts.taxable for row in tables.b2cs), ZERO) == Decimal("5300.00")
    assert tables.hsn_b2b == gstr1_of(of, read_once).hsn_b2b


async def test_before_may_2025_the_hsn_summary_is_one_list(month: Books) -> None:
    of = november()
    early = ReturnQuestion(gstin=of.gstin, from_on=of.from_on.replace(year=2024), to_on=of.to_on.replace(year=2024))
    read_once = await read_supplies(month, of)
    tables = gstr1_of(early, read_once)
    assert (tables.hsn_b2b, tables.hsn_b2c) == ((), ())
    assert sum((row.amounts.taxable for row in tables.hsn), ZERO) == Decimal("183601.00")
