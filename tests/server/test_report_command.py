"""``finzbooks report``: every report that is bound, as tables that people like to read, and as files."""

import csv
import json
import re
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from domain.reports.sheet import Column, Form, Line, Sheet, Weight
from openapi.bundle import operations_of
from server.command_line import commands
from server.commands.tables import grouped, print_sheet
from server.settings import DatabaseUrl
from tests.conftest import DemoBooks
from tests.walking import SPEC

REPORTS = sorted(
    path.removeprefix("/reports/")
    for path, item in SPEC["paths"].items()
    for _, operation in operations_of(item)
    if {"$ref": "#/components/parameters/ReportFormat"} in operation["parameters"]
)
NEEDED = {
    "trial_balance": ("--as-of", "2026-11-30"),
    "balance_sheet": ("--as-of", "2026-11-30"),
    "profit_and_loss": ("--to", "2026-11-30"),
    "cash_flow": ("--from", "2026-04-01", "--to", "2026-11-30"),
    "ledger": ("--account", "Sales"),
    "contact_statement": ("--contact", "Konkan Retail LLP"),
    **dict.fromkeys(
        ("gstr1", "gstr1a", "gstr3b", "hsn_summary", "tax_summary", "gst_statements", "gst_validation"),
        ("--period", "102026", "--gstin", "27ZZSCS2718K1ZO"),
    ),
}
"""What a report cannot be asked without."""

Say = Callable[..., Result]


@pytest.fixture(scope="module")
def demo(demo_books: Callable[[], DemoBooks]) -> DatabaseUrl:
    """A database with the demo organization."""
    return demo_books().url


@pytest.fixture
def say(demo: DatabaseUrl, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Runs a command on the demo, at a terminal of 100 characters a line."""
    monkeypatch.setenv("DATABASE_URL", demo)
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *words: CliRunner().invoke(commands, ("report", *words))


def done(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_a_table_that_fits(say: Say, name: str) -> None:
    shown = done(say(name, *NEEDED.get(name, ())))

    assert max(map(len, shown.splitlines())) <= 100


def test_a_trial_balance_reads_like_one(say: Say) -> None:
    shown = done(say("trial_balance", "--as-of", "2026-11-30"))

    lines = shown.splitlines()
    assert lines[:4] == ["Sahyadri Workspaces", "Trial balance", "GSTIN 27ZZSCS2718K1ZO", "As of 30 November 2026"]
    assert re.search(r"Closing debit +Closing credit", shown)
    assert re.search(r"^ +Cash in hand +0\.00 +0\.00 +60,750\.00 +8,340\.00 +52,410\.00 +0\.00 *$", shown, re.MULTILINE)
    total = max(place for place, line in enumerate(lines) if line.startswith("Total  "))
    assert "─────" in lines[total - 1]


def test_amounts_below_nought_stand_in_brackets(say: Say) -> None:
    shown = done(say("balance_sheet", "--as-of", "2026-11-30"))

    assert re.search(r"Bank account +\(6,962\.00\)$", shown, re.MULTILINE)


def test_json_is_what_the_api_answers(say: Say) -> None:
    book = json.loads(done(say("day_book", "--format", "json", "--limit", "5")))["day_book"]

    assert len(book["entries"][0]["lines"]) == 5
    assert book["has_more_page"]


def test_csv_and_workbook_go_into_a_file(say: Say, tmp_path: Path) -> None:
    done(say("ledger", "--account", "4010", "--format", "csv", "--output", str(tmp_path / "sales.csv")))
    done(say("ledger", "--account", "sales", "--format", "xlsx", "-o", str(tmp_path / "sales.xlsx")))

    rows = list(csv.DictReader((tmp_path / "sales.csv").open(encoding="utf-8-sig", newline="")))
    *_, last = openpyxl.load_workbook(tmp_path / "sales.xlsx").worksheets[0].iter_rows(values_only=True)
    assert rows[-1]["line_kind"] == "total"
    assert Decimal(rows[-1]["balance"]) == Decimal(str(last[11])) < 0


def test_csv_can_be_piped_on(say: Say) -> None:
    result = say("day_book", "--from", "2026-04-01", "--to", "2026-04-30", "--format", "csv")

    assert result.exit_code == 0
    rows = list(csv.DictReader(StringIO(result.stdout_bytes.decode("utf-8-sig"), newline="")))
    debit, credit = (sum(Decimal(row[side] or 0) for row in rows[:-1]) for side in ("debit", "credit"))
    assert debit == credit == Decimal(rows[-1]["debit"])


def test_a_branch_is_known_by_its_name(say: Say) -> None:
    everywhere = done(say("trial_balance", "--as-of", "2026-11-30"))
    there = done(say("trial_balance", "--as-of", "2026-11-30", "--branch", "bengaluru"))

    assert "Branch: Bengaluru" in there
    assert there != everywhere


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("trial_balance", "--as-of", "2026-02-30"), "as_of_date"),
        (("day_book", "--from", "2026-11-30", "--to", "2026-11-01"), "is after"),
        (("day_book", "--format", "docx"), "table, json, csv, xlsx, pdf"),
        (("ledger", "--account", "Moonshine"), "not found"),
        (("day_book", "--organization", "Nobody"), "no such organization"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line(say: Say, words: tuple[str, ...], why: str) -> None:
    result = say(*words)

    assert result.exit_code == 1
    assert why in result.output
    assert result.stdout == ""


def test_help_names_the_options_of_the_contract(say: Say) -> None:
    shown = done(say("balance_sheet", "--help"))

    for option in ("--as-of", "--branch", "--compare-with", "--known-at", "--layout", "--format", "--output"):
        assert option in shown
    assert "PREVIOUS_PERIOD" in shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0.00", "0.00"),
        ("999.50", "999.50"),
        ("1000.00", "1,000.00"),
        ("123456.00", "1,23,456.00"),
        ("-1234567.05", "(12,34,567.05)"),
        ("9999999999999.99", "99,99,99,99,99,999.99"),
    ],
)
def test_amounts_are_grouped_as_in_india(amount: str, shown: str) -> None:
    assert grouped(Decimal(amount)) == shown


@pytest.mark.parametrize("width", [40, 60, 80, 140])
def test_a_table_fits_a_terminal_of_any_width(width: int) -> None:
    """What names a line and its amounts stay; texts make room first, and what is missing is told."""
    columns = (
        Column("number", "Number", Form.TEXT),
        Column("contact_name", "Party", Form.TEXT),
        Column("place", "Place of supply", Form.TEXT),
        Column("total", "Total", Form.MONEY),
    )
    lines = [Line(("MUM/26-27/0001", "A firm with a rather long name", "Maharashtra", Decimal("1234567.00")))]
    lines += [Line((None, "Total", None, Decimal("1234567.00")), weight=Weight.TOTAL)]
    console = Console(file=StringIO(), width=width)

    print_sheet(console, Sheet("x", "X", columns, lines), lines, is_titled=False)

    shown = console.file.getvalue()  # type: ignore[attr-defined]  # it is a StringIO
    assert max(map(len, shown.splitlines())) <= width
    assert "12,34,567.00" in shown
    assert ("Not shown" in shown) == (width < 60)
