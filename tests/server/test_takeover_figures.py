"""Papers that were issued keep their figures to the paisa when they are taken over, or are left out and reported."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.command_line import commands
from tests.conftest import NewDatabase
from tests.running import Firm, found, rows

CONTACTS = "Contact ID,Display Name,GST Treatment,Place Of Contact\n1,Asha Stores,consumer,MH\n"
VENDORS = (
    "Contact ID,Display Name,GST Treatment,GST Identification Number (GSTIN),Source of Supply\n"
    "2,Konkan Steel,business_gst,27AABCK1111N1Z2,MH\n"
)
INVOICE = (
    "Invoice ID,Invoice Number,Invoice Date,Invoice Status,Customer Name,Place of Supply,Item Name,HSN/SAC,Quantity,"
    "Item Price,Item Tax,Item Tax %,Total,Balance,Adjustment,Round Off,Discount Type,Is Discount Before Tax,"
    "Entity Discount Percent,Entity Discount Amount,Discount Amount"
)
BILL = (
    "Bill ID,Bill Number,Bill Date,Bill Status,Vendor Name,Destination of Supply,Item Name,HSN/SAC,Account,Quantity,"
    "Rate,Tax Name,Tax Percentage,Total,Balance,Adjustment,ITC Eligibility"
)
Reported = dict[str, dict[str, str]]
TakeOver = Callable[..., Reported]


@pytest.fixture
async def firm(new_database: NewDatabase) -> Firm:
    """A firm of Maharashtra that rounds its own invoices to whole rupees."""
    return await found(new_database())


@pytest.fixture
def take_over(firm: Firm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TakeOver:
    """Takes over some files beside the contacts, and returns the report by record."""
    monkeypatch.setenv("DATABASE_URL", firm.url)
    monkeypatch.chdir(tmp_path)

    def run(**files: str) -> Reported:
        directory = tmp_path / "export"
        directory.mkdir()
        for name, text in {"Contacts": CONTACTS, "Vendors": VENDORS, **files}.items():
            (directory / f"{name}.csv").write_text(text, encoding="utf-8")
        done = CliRunner().invoke(commands, ["import", "zoho", str(directory)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.output
        with (tmp_path / "zoho-import-report.csv").open(encoding="utf-8-sig", newline="") as file:
            return {line["record"]: line for line in csv.DictReader(file)}

    return run


def an_invoice(number: str, price: str, total: str, **cells: str) -> str:
    """A row of an invoice for a chair at 18 %."""
    said = {
        "Invoice ID": number,
        "Invoice Number": number,
        "Invoice Date": "2026-06-05",
        "Invoice Status": "Sent",
        "Customer Name": "Asha Stores",
        "Place of Supply": "MH",
        "Item Name": "Chair",
        "HSN/SAC": "9403",
        "Quantity": "1",
        "Item Price": price,
        "Item Tax": "GST18",
        "Item Tax %": "18",
        "Total": total,
        "Balance": total,
        **cells,
    }
    return ",".join(said.get(header, "") for header in INVOICE.split(","))


def a_bill(number: str, on: str, total: str, **cells: str) -> str:
    """A row of a bill for steel of 100 at 18 %."""
    said = {
        "Bill ID": number,
        "Bill Number": number,
        "Bill Date": on,
        "Bill Status": "Open",
        "Vendor Name": "Konkan Steel",
        "Destination of Supply": "MH",
        "Item Name": "Steel",
        "HSN/SAC": "7326",
        "Account": "Cost of goods sold",
        "Quantity": "1",
        "Rate": "100",
        "Tax Name": "GST18",
        "Tax Percentage": "18",
        "Total": total,
        "Balance": total,
        **cells,
    }
    return ",".join(said.get(header, "") for header in BILL.split(","))


def documents(firm: Firm) -> dict[str, tuple[str, str, str]]:
    """Of each invoice or bill that is here the status, the total and the rounding off, by the number that both know."""
    query = "select coalesce(reference_number, number) as known, status, total, round_off from documents"
    return {row["known"]: (row["status"], str(row["total"]), str(row["round_off"])) for row in rows(firm.url, query)}


def test_an_invoice_of_paise_keeps_them_and_its_payment_settles_it(take_over: TakeOver, firm: Firm) -> None:
    """701.86 and 126.34 of tax are 828.20, where our own would be 828; a bank in full pays it."""
    payment = (
        "CustomerPayment ID,Date,Customer Name,Amount,Mode,Deposit To,Invoice Number,Amount Applied to Invoice\n"
        "P1,2026-06-10,Asha Stores,828.20,Bank Transfer,Bank account,A-1,828.20\n"
    )
    told = take_over(
        Invoice=f"{INVOICE}\n{an_invoice('A-1', '701.86', '828.20', Balance='0.00')}\n", Customer_Payment=payment
    )
    assert told == {}
    assert documents(firm) == {"A-1": ("PAID", "828.20", "0.00")}


def test_roundings_and_adjustments_under_a_rupee_are_those_of_the_paper(take_over: TakeOver, firm: Firm) -> None:
    """118 and 0.30 more; 828.20 brought to 828 by a rounding of -0.20; a bill of 118 whose vendor took off 0.40."""
    invoices = [
        an_invoice("A-1", "100", "118.30", Adjustment="0.30"),
        an_invoice("A-2", "701.86", "828.00", **{"Round Off": "-0.20"}),
        an_invoice("A-3", "100", "120.00", Adjustment="2.00"),
    ]
    bill = a_bill("B-1", "2026-06-05", "117.60", Adjustment="-0.40")
    told = take_over(Invoice="\n".join([INVOICE, *invoices]), Bill=f"{BILL}\n{bill}")
    assert told == {}
    assert documents(firm) == {
        "A-1": ("SENT", "118.30", "0.30"),
        "A-2": ("SENT", "828.00", "-0.20"),
        "A-3": ("SENT", "120.00", "0.00"),
        "B-1": ("OPEN", "117.60", "-0.40"),
    }


@pytest.mark.parametrize("cells", [{"Entity Discount Amount": "10"}, {"Entity Discount Percent": "10"}])
def test_a_discount_on_the_whole_after_tax_is_left_out_and_reported(
    take_over: TakeOver, firm: Firm, cells: dict[str, str]
) -> None:
    """1,180 less 10 after tax are 1,170; taken before tax they would be 1,168.20."""
    after_tax = {"Discount Type": "entity_level", "Is Discount Before Tax": "false", **cells}
    told = take_over(Invoice=f"{INVOICE}\n{an_invoice('A-1', '1000', '1170.00', **after_tax)}\n")
    assert (told["A-1"]["outcome"], documents(firm)) == ("left out", {})
    assert told["A-1"]["message"] == "Its discount is taken after tax, and would lessen the tax here."


def test_what_would_come_to_another_total_is_left_out_and_reported(take_over: TakeOver, firm: Firm) -> None:
    """The file says 1,181 where 1,000 at 18 % are 1,180; as a draft it is no paper yet, and only told of."""
    invoices = [
        an_invoice("A-1", "1000", "1181.00"),
        an_invoice("A-2", "1000", "1181.00", **{"Invoice Status": "Draft"}),
    ]
    told = take_over(Invoice="\n".join([INVOICE, *invoices]))
    assert documents(firm) == {"A-2": ("DRAFT", "1180.00", "0.00")}
    assert (told["A-1"]["outcome"], told["A-1"]["message"]) == (
        "left out",
        "Its total would be 1180.00 here, but is 1181.00 there; mend the file, or enter it by hand.",
    )
    assert told["A-2"]["message"] == "Its total is 1180.00 here, 1181.00 there."
    assert rows(firm.url, "select count(*) as journals from journals") == [{"journals": 0}]


def test_credit_is_what_the_file_says_it_was(take_over: TakeOver, firm: Firm) -> None:
    """Taken in time there, it is not barred here by its age; not taken, it is part of the cost."""
    bills = [
        a_bill("B-1", "2023-06-05", "118.00", **{"ITC Eligibility": "eligible"}),
        a_bill("B-2", "2026-06-05", "118.00", **{"ITC Eligibility": "ineligible_others"}),
        a_bill("B-3", "2023-06-05", "118.00"),
    ]
    told = take_over(Bill="\n".join([BILL, *bills]))
    query = """
    select head.reference_number, line.itc_eligibility
      from documents as head join document_lines as line on line.document_id = head.id order by 1
    """
    assert told == {}
    assert [tuple(row.values()) for row in rows(firm.url, query)] == [
        ("B-1", "ELIGIBLE"),
        ("B-2", "NONE"),
        ("B-3", "TIME_BARRED"),
    ]
