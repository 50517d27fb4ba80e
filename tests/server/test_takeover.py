"""``finzbooks import zoho`` on a real database: once, twice, tried only, and killed in the middle."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from domain.imports.openings import number_of
from server.command_line import commands
from tests.conftest import NewDatabase
from tests.running import Firm, found, rows
from tests.server.trade import everything

EXPORT = Path(__file__).parent / "zoho_export"
"""An invented firm's files, with the columns and the mistakes of real ones."""

COUNTS = {
    "Chart_of_Accounts.csv": [3, 0, 2, 3, 1, 0],
    "Contacts.csv": [4, 0, 0, 0, 1, 0],
    "Vendors.csv": [2, 0, 0, 0, 0, 0],
    "Item.csv": [4, 0, 0, 0, 0, 0],
    "Contacts.csv: opening balances": [3, 0, 0, 0, 0, 0],
    "Vendors.csv: opening balances": [2, 0, 0, 0, 0, 0],
    "Quote.csv": [1, 0, 0, 0, 0, 0],
    "Sales_Order.csv": [1, 0, 0, 0, 0, 0],
    "Purchase_Order.csv": [1, 0, 0, 0, 0, 0],
    "Invoice.csv": [5, 0, 0, 1, 1, 1],
    "Bill.csv": [1, 0, 0, 0, 1, 0],
    "Credit_Note.csv": [2, 0, 0, 0, 0, 0],
    "Customer_Payment.csv": [4, 0, 0, 0, 0, 0],
    "Vendor_Payment.csv": [2, 0, 0, 0, 0, 0],
    "Expense.csv": [1, 0, 0, 0, 0, 0],
    "Credit_Note.csv: applied": [1, 0, 0, 1, 0, 0],
    "Journal.csv": [1, 0, 0, 1, 0, 0],
    "Vendors.csv: archived": [1, 0, 0, 0, 0, 0],
    "Chart_of_Accounts.csv: archived": [1, 0, 0, 0, 0, 0],
}
"""Of each file how many are imported, there from before, there already, left out, failed, and settled otherwise."""
BALANCES = {
    "HDFC Current": "-14294.00",
    "Petty cash": "118.00",
    "Trade receivables": "8616.30",
    "Trade payables": "-3300.00",
    "Opening balance difference": "-4300.50",
    "Advances from customers": "-100.00",
    "TDS receivable": "7.00",
    "Input CGST": "162.00",
    "Input SGST": "162.00",
    "Output CGST": "-45.90",
    "Output SGST": "-45.90",
    "Output IGST": "-103.50",
    "Sales": "-1085.00",
    "Other charges recovered": "-50.00",
    "Cost of goods sold": "1800.00",
    "Office rent": "12000.00",
    "Printing, stationery and postage": "450.00",
    "Bank charges": "10.00",
    "Round-off": "-0.50",
}
"""Debits less credits, where they differ."""

MANY = 150
TakeOver = Callable[..., Result]


@pytest.fixture
async def firm(new_database: NewDatabase) -> Firm:
    """A firm with a database to itself."""
    return await found(new_database())


@pytest.fixture
def take_over(firm: Firm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TakeOver:
    """Runs the command, its report in this test's directory."""
    monkeypatch.setenv("DATABASE_URL", firm.url)
    monkeypatch.chdir(tmp_path)

    def run(directory: Path = EXPORT, *options: str) -> Result:
        return CliRunner().invoke(commands, ["import", "zoho", str(directory), *options])

    return run


def counts(result: Result) -> dict[str, list[int]]:
    """The table that the command prints; see COUNTS."""
    lines = [line.split("\t") for line in result.stdout.splitlines() if "\t" in line]
    return {name: [int(count) for count in numbers] for name, *numbers in lines}


def report(path: Path) -> dict[str, dict[str, str]]:
    """The lines of the report by the record that they are about."""
    with (path / "zoho-import-report.csv").open(encoding="utf-8-sig", newline="") as file:
        return {line["record"]: line for line in csv.DictReader(file)}


def trial_balance(firm: Firm) -> dict[str, str]:
    """What each account stands at, debits less credits."""
    query = """
        select account.name, sum(line.debit - line.credit) as balance
          from journal_lines as line
          join accounts as account on account.organization_id = line.organization_id and account.id = line.account_id
         group by account.name
        having sum(line.debit - line.credit) <> 0
    """
    return {row["name"]: str(row["balance"]) for row in rows(firm.url, query)}


def brought_forward(firm: Firm) -> set[tuple[str, str, str, str]]:
    """Of each opening document the contact, the kind, the total and what is open of it; all are of 31 March."""
    query = "select contact_name, kind, total, balance, dated_on, number from documents where is_opening_balance"
    found = rows(firm.url, query)
    assert {(str(row["dated_on"]), row["number"]) for row in found} == {
        ("2026-03-31", number_of(row["contact_name"])) for row in found
    }
    return {(row["contact_name"], row["kind"], str(row["total"]), str(row["balance"])) for row in found}


def invoices(firm: Firm) -> dict[str, tuple[str, str]]:
    """Status and total of each invoice by its number; those that were brought forward are another matter."""
    query = """
        select number, status, total
          from documents
         where kind = 'INVOICE'
           and not is_opening_balance
         order by number
    """
    return {row["number"]: (row["status"], str(row["total"])) for row in rows(firm.url, query)}


def test_an_export_becomes_books(take_over: TakeOver, firm: Firm, tmp_path: Path) -> None:
    """ZB-0001: 500 + 160 + 118.80 of tax + 50 of shipping = 828.80. ZB-0002: 675 + 121.50 + 0.50 of rounding = 797.

    ZB-0005: 118 with tax in it. ZB-0004 is void, ZB-0003 a draft. Paid: 797 (780 at the bank, 10 of charges, 7 of tax
    deducted), 118 in cash, 400 of ZB-0001 and 100 in advance: 828.80 - 400 = 428.80 receivable. Bank: 780 + 500 - 2,124
    for KS/77 - 450 for paper - 12,000 of rent.

    Brought forward: Krishna owed 1,500.50 and has paid 1,000 of it, Colombo USD 100 at 83.50, the walk-in customer had
    250 to its credit; we owed 5,000, of which 2,000 are paid, and 300 to a supplier who is inactive. Taken back: 295 of
    ZB-0001 and 118 from Krishna. Receivable: 428.80 + 1,500.50 - 1,000 + 8,350 - 250 - 295 - 118 = 8,616.30.
    """
    done = take_over()

    assert done.exit_code == 1, "some records failed, and the caller must see it"
    assert counts(done) == COUNTS
    assert brought_forward(firm) == {
        ("Krishna Enterprises", "INVOICE", "1500.50", "500.50"),
        ("Colombo Imports", "INVOICE", "100.00", "100.00"),
        ("Walk-in customer", "CREDIT_NOTE", "250.00", "250.00"),
        ("Konkan Steel", "BILL", "5000.00", "3000.00"),
        ("Old Supplier", "BILL", "300.00", "300.00"),
    }
    assert invoices(firm) == {
        "ZB-0001": ("PARTIALLY_PAID", "828.80"),
        "ZB-0002": ("PAID", "797.00"),
        "ZB-0003": ("DRAFT", "2360.00"),
        "ZB-0004": ("CANCELLED", "295.00"),
        "ZB-0005": ("PAID", "118.00"),
    }
    before_the_deal = "select number, status from documents where kind in ('ESTIMATE', 'SALES_ORDER', 'PURCHASE_ORDER')"
    assert {row["number"]: row["status"] for row in rows(firm.url, before_the_deal)} == {
        "QT-0001": "ACCEPTED",
        "SO-0001": "OPEN",
        "PO-0001": "DRAFT",
    }
    assert trial_balance(firm) == BALANCES
    told = report(tmp_path)
    assert told["9007"]["message"] == "Customer 'Nobody Known' not found in this organization."
    assert told["9102"]["message"] == "Say by which clause of section 17(5) the credit is blocked."
    assert told["9006"]["outcome"] == "left out"
    assert told["9005"]["message"] == "118.00 of it is settled here, 100.00 there."
    assert "9001" not in told, "what is here to the paisa is no news"
    assert (told["7005"]["code"], told["7005"]["field"]) == ("validation.invalid_value", "gst_no")
    assert "100.00 of it is used up there, but it names no document" in told["9902"]["message"]


def test_what_is_archived_or_has_another_code_there_is_so_here(take_over: TakeOver, firm: Firm) -> None:
    take_over()

    accounts = rows(
        firm.url, "select code, name, is_active from accounts where name in ('HDFC Current', 'Old Vehicle')"
    )
    assert {(row["name"], row["code"], row["is_active"]) for row in accounts} == {
        ("HDFC Current", "ZB-1010", True),
        ("Old Vehicle", "OLD-VEHICLE", False),
    }
    archived = rows(firm.url, "select contact_name from contacts where status = 'INACTIVE'")
    assert [row["contact_name"] for row in archived] == ["Old Supplier"]
    (umbrella,) = rows(firm.url, "select * from contacts where contact_name = 'Umbrella Retail'")
    assert (umbrella["website"], umbrella["payment_terms"]) == ("https://www.umbrella.example", 30)
    assert umbrella["billing_address"]["street2"] == 'Near "Good Luck" cafe'


def test_a_second_run_takes_over_only_the_rest(take_over: TakeOver, firm: Firm, tmp_path: Path) -> None:
    """The mistake is mended in the file, and the command run again."""
    take_over()
    before = everything(firm)
    again = take_over()
    assert everything(firm) == before
    assert counts(again)["Invoice.csv"] == [0, 5, 0, 1, 1, 1]

    mended = tmp_path / "mended"
    mended.mkdir()
    for path in EXPORT.glob("*.csv"):
        text = path.read_text(encoding="utf-8").replace("Nobody Known", "Umbrella Retail").replace("Suspense", "Equity")
        text = text.replace("27AAPFU0939,", "27AAPFU0939F1ZV,").replace("ineligible_section17", "eligible")
        (mended / path.name).write_text(text, encoding="utf-8")
    last = take_over(mended)

    assert last.exit_code == 0, last.output
    assert counts(last)["Invoice.csv"] == [1, 5, 0, 1, 0, 1]
    assert invoices(firm)["ZB-0007"] == ("SENT", "295.00")


def test_a_dry_run_tells_the_same_and_keeps_nothing(take_over: TakeOver, firm: Firm) -> None:
    before = everything(firm)

    tried = take_over(EXPORT, "--dry-run")

    assert everything(firm) == before
    assert "nothing is kept" in tried.stdout
    assert counts(tried) == counts(take_over())


def test_a_run_that_is_killed_goes_on_where_it_stopped(take_over: TakeOver, firm: Firm, tmp_path: Path) -> None:
    """Each record is there whole, with its journal and its note, or not at all; and in the end each is there once."""
    directory = tmp_path / "many"
    directory.mkdir()
    contacts = "".join(f"{number},Customer {number},consumer,MH\n" for number in range(MANY))
    (directory / "Contacts.csv").write_text(f"Contact ID,Display Name,GST Treatment,Place Of Contact\n{contacts}")
    header = (
        "Invoice ID,Invoice Number,Invoice Date,Invoice Status,Customer Name,"
        "Item Name,HSN/SAC,Quantity,Item Price,Item Tax %"
    )
    lines = "".join(f"{n},K-{n:04},2026-04-10,Sent,Customer {n},Chair,9403,1,100,18\n" for n in range(MANY))
    (directory / "Invoice.csv").write_text(f"{header}\n{lines}")
    for enough in (20, MANY + 20):
        _kill_after(firm, directory, enough)
        posted = "select count(*) as rows from documents where status = 'SENT'"
        noted = "select count(*) as rows from imported_records where file = 'Invoice.csv'"
        assert rows(firm.url, posted) == rows(firm.url, noted)

    done = take_over(directory)

    assert done.exit_code == 0, done.output
    assert everything(firm)["contacts"] == everything(firm)["documents"] == MANY
    assert set(invoices(firm).values()) == {("SENT", "118.00")}
    assert trial_balance(firm)["Trade receivables"] == f"{MANY * 118}.00"
    assert everything(firm)["imported_records"] == 2 * MANY


def _kill_after(firm: Firm, directory: Path, records: int) -> None:
    """Start the command, and end it as a power cut would as soon as so many records are here."""
    words = [sys.executable, "-c", "from server.command_line import main; main()", "import", "zoho", str(directory)]
    environment = {**os.environ, "DATABASE_URL": firm.url, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    limit = time.monotonic() + 60
    while rows(firm.url, "select count(*) as rows from imported_records")[0]["rows"] < records:
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < limit
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize(
    ("files", "line"),
    [({}, "There is no file of Zoho Books"), ({"Invoice.csv": b"a\xff"}, "Invoice.csv: The file is not UTF-8")],
)
def test_what_cannot_be_read_is_told_in_a_line(
    take_over: TakeOver, tmp_path: Path, files: dict[str, bytes], line: str
) -> None:
    directory = tmp_path / "bad"
    directory.mkdir()
    for name, content in files.items():
        (directory / name).write_bytes(content)

    done = take_over(directory)

    assert done.exit_code == 1
    assert line in done.stdout


def test_an_organization_that_is_not_there_is_refused(take_over: TakeOver) -> None:
    done = take_over(EXPORT, "--organization", "Nobody")

    assert done.exit_code == 1
    assert "There is no such organization" in done.stderr


def test_the_help_has_an_example(take_over: TakeOver) -> None:
    done: Any = CliRunner().invoke(commands, ["import", "zoho", "--help"])

    assert "finzbooks import zoho ./zoho-export" in done.stdout
