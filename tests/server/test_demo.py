"""The demo organization: whole, plausible, and the same at every start."""

import asyncio
import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from contract_tests.webhook_bodies import assert_all_told_rightly, assert_told_so
from domain.books import Books
from domain.gst.treatments import GstTreatment
from models.documents import DOCUMENT_KINDS
from server import desk
from server.demo import provision
from server.demo.founding import found_demo
from server.demo.masters import USER
from server.einvoicing.carrying import carry_out
from server.einvoicing.portals import Portals
from server.jobs.deferring import deferring
from server.jobs.job_queue import job_queue
from server.jobs.portal import EINVOICES
from server.sealing import Sealer
from server.settings import DatabaseUrl, Settings
from tests.conftest import NewDatabase
from tests.server.portal import simulated_portal

_REGISTERS = [
    "attachments",
    "bills_of_entry",
    "comments",
    "expenses",
    "itc_adjustments",
    "mails",
    "recurring_schedules",
    "webhook_attempts",
    "webhook_deliveries",
    "webhook_endpoints",
]
"""Tables of what can be listed, beside documents."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """A database with the demo, and where its token is kept."""

    url: DatabaseUrl
    settings: Settings
    demo: provision.Demo

    def again(self) -> provision.Demo:
        return asyncio.run(provision.provide(self.settings, self.url))

    def rows(self, query: str) -> list[dict[str, Any]]:
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            return connection.execute(query.encode()).fetchall()


@pytest.fixture(scope="module")
def seeded(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    settings = Settings(data_directory=tmp_path_factory.mktemp("demo"), port=8123)
    url = new_database()
    return Seeded(url, settings, asyncio.run(provision.provide(settings, url)))


@contextmanager
def without(file: Path) -> Iterator[None]:
    """Take a file away for a while."""
    kept = file.read_bytes()
    file.unlink()
    yield
    file.write_bytes(kept)


def test_a_second_start_changes_nothing(seeded: Seeded) -> None:
    before = provision.env_file(seeded.settings).read_text()
    events = seeded.rows("select count(*) from activity")
    assert seeded.again() == provision.Demo(seeded.demo.organization_id, is_new=False, new_token=None)
    assert provision.env_file(seeded.settings).read_text() == before
    assert seeded.rows("select count(*) from activity") == events


def test_the_file_has_what_opens_the_demo_for_its_owner_only(seeded: Seeded) -> None:
    file = provision.env_file(seeded.settings)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    email, password = provision.kept_sign_in(seeded.settings)
    assert (email, password) == (USER["email"], seeded.demo.new_password)
    assert file.read_text() == (
        f"AIBOOKS_TOKEN={seeded.demo.new_token}\nAIBOOKS_URL=http://localhost:8123/api/public/v1\n"
        f"FINZBOOKS_DEMO_EMAIL={email}\nFINZBOOKS_DEMO_PASSWORD={password}\n"
    )


def test_another_port_changes_the_address_only(seeded: Seeded) -> None:
    moved = replace(seeded, settings=replace(seeded.settings, port=8124))
    moved.again()
    assert "AIBOOKS_URL=http://localhost:8124/" in provision.env_file(seeded.settings).read_text()
    assert provision.kept_token(moved.settings) == seeded.demo.new_token
    seeded.again()


def test_who_loses_the_file_gets_another_token(seeded: Seeded) -> None:
    with without(provision.env_file(seeded.settings)):
        found = seeded.again()
        assert found.organization_id == seeded.demo.organization_id
        assert not found.is_new
        assert found.new_token not in (None, seeded.demo.new_token)
        assert found.new_password not in (None, seeded.demo.new_password)
        again = seeded.again()
        assert (again.new_token, again.new_password) == (None, None)


@pytest.mark.parametrize("text", ["", "AIBOOKS_TOKEN=\n", "AIBOOKS_TOKEN=aibk_pat_nonsense\n", "no variable\n"])
def test_a_spoilt_file_is_written_anew(seeded: Seeded, text: str) -> None:
    file = provision.env_file(seeded.settings)
    with without(file):
        file.write_text(text)
        assert seeded.again().new_token == provision.kept_token(seeded.settings)


def test_a_revoked_token_is_replaced(seeded: Seeded) -> None:
    with without(provision.env_file(seeded.settings)):
        token = seeded.again().new_token
        assert token
        with psycopg.connect(seeded.url) as connection:
            connection.execute("update tokens set revoked_at = now() where shown_prefix = %s", [token[:17]])
        assert seeded.again().new_token not in (None, token)


def test_two_starts_at_once_found_one_organization(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database()

    async def both() -> list[provision.Demo]:
        places = (Settings(data_directory=tmp_path / name) for name in ("one", "other"))
        return await asyncio.gather(*(provision.provide(settings, url) for settings in places))

    one, other = asyncio.run(both())
    assert one.organization_id == other.organization_id
    assert {one.is_new, other.is_new} == {True, False}


def test_the_ledger_balances(seeded: Seeded) -> None:
    assert seeded.rows("select sum(debit) - sum(credit) as difference from account_balances") == [{"difference": 0}]
    assert seeded.rows("select sum(debit) - sum(credit) as difference from journal_lines") == [{"difference": 0}]


@pytest.mark.parametrize(
    ("kinds", "note", "role", "sign"),
    [
        ("INVOICE,CUSTOMER_DEBIT_NOTE", "CREDIT_NOTE", "accounts_receivable", 1),
        ("BILL", "DEBIT_NOTE", "accounts_payable", -1),
    ],
)
def test_what_is_open_stands_in_the_ledger(seeded: Seeded, kinds: str, note: str, role: str, sign: int) -> None:
    [owed] = seeded.rows(
        f"select sum(round(balance * exchange_rate, 2) * case kind when '{note}' then -1 else 1 end) as rupees "
        f"from documents where kind = any ('{{{kinds},{note}}}') and journal_id is not null and voided_at is null"
    )
    [posted] = seeded.rows(
        "select sum(line.debit - line.credit) as rupees from journal_lines as line join accounts as account "
        "on account.organization_id = line.organization_id and account.id = line.account_id "
        f"where account.role = '{role}'"
    )
    assert owed["rupees"] == sign * posted["rupees"] > 0


def test_every_status_and_kind_of_sale_is_there(seeded: Seeded) -> None:
    invoices = seeded.rows("select *, due_on < current_date as is_late from documents where kind = 'INVOICE'")
    assert 80 <= len(invoices) <= 130
    assert {(each["status"], each["is_late"]) for each in invoices if each["status"] == "SENT"} == {
        ("SENT", True),
        ("SENT", False),
    }
    assert {each["status"] for each in invoices} == {"DRAFT", "SENT", "PARTIALLY_PAID", "PAID", "CANCELLED"}
    assert {each["supply_type"] for each in invoices} == {"INTRA_STATE", "INTER_STATE"}
    assert {each["currency_code"] for each in invoices} == {"INR", "USD", "EUR"}
    assert {each["gst_treatment"] for each in invoices} == set(GstTreatment)
    for particular in ("is_inclusive_tax", "is_reverse_charge", "is_opening_balance", "discount", "round_off"):
        assert any(each[particular] for each in invoices), particular
    for treatment in ("SEZ", "OVERSEAS"):
        paying = {each["is_export_with_payment"] for each in invoices if each["gst_treatment"] == treatment}
        assert paying == {True, False}


def test_what_only_some_tell_in_returns_is_there(seeded: Seeded) -> None:
    [told] = seeded.rows(
        "select count(*) filter (where shipping_bill_on = dated_on) as shipped, "
        "count(*) filter (where is_isd_invoice) as distributed, "
        "count(*) filter (where is_tax_paid_by_operator and cgst_total = 12 and total = 480) as by_operators "
        "from documents where journal_id is not null"
    )
    assert told == {"shipped": 1, "distributed": 1, "by_operators": 1}


def test_bills_of_every_treatment_are_there(seeded: Seeded) -> None:
    bills = seeded.rows("select * from documents where kind = 'BILL'")
    assert {each["status"] for each in bills} == {"DRAFT", "OPEN", "PARTIALLY_PAID", "PAID", "CANCELLED"}
    assert {each["currency_code"] for each in bills} == {"INR", "USD"}
    assert {each["gst_treatment"] for each in bills} == {
        *("REGISTERED", "COMPOSITION", "UNREGISTERED", "CONSUMER", "OVERSEAS", "SEZ", "DEEMED_EXPORT")
    }
    for particular in ("is_inclusive_tax", "is_reverse_charge", "is_opening_balance", "discount", "round_off",
                       "untaxed_charges", "tds_amount", "self_invoice_number", "reference_number"):  # fmt: skip
        assert any(each[particular] for each in bills), particular
    lines = seeded.rows("select distinct itc_eligibility from document_lines where itc_eligibility is not null")
    assert {each["itc_eligibility"] for each in lines} == {"ELIGIBLE", "BLOCKED", "POS_RESTRICTED", "NONE"}


def test_most_that_is_old_is_paid_and_some_is_late(seeded: Seeded) -> None:
    old = "kind = 'INVOICE' and journal_id is not null and dated_on < current_date - 100"
    [counted] = seeded.rows(
        "select count(*) as all, count(*) filter (where status = 'PAID') as paid, "
        f"count(*) filter (where balance > 0 and due_on < current_date) as late from documents where {old}"
    )
    assert counted["paid"] >= counted["all"] * 0.7
    assert counted["late"] >= 2


def test_notes_and_an_order_are_there(seeded: Seeded) -> None:
    notes = seeded.rows("select kind, status, parent_id from documents where kind like '%NOTE' order by kind, status")
    assert [(each["kind"], each["status"]) for each in notes] == [
        ("CREDIT_NOTE", "APPLIED"),
        ("CREDIT_NOTE", "ISSUED"),
        ("CUSTOMER_DEBIT_NOTE", "ISSUED"),
        ("CUSTOMER_DEBIT_NOTE", "ISSUED"),
        ("DEBIT_NOTE", "APPLIED"),
    ]
    assert all(each["parent_id"] for each in notes)
    orders = seeded.rows("select kind, status from documents where kind in ('ESTIMATE', 'SALES_ORDER') order by kind")
    assert [(each["kind"], each["status"]) for each in orders] == [
        ("ESTIMATE", "CONVERTED"),
        ("SALES_ORDER", "INVOICED"),
    ]
    challans = seeded.rows(
        "select challan_purpose, status from documents where kind = 'DELIVERY_CHALLAN' order by number"
    )
    assert [(each["challan_purpose"], each["status"]) for each in challans] == [
        ("JOB_WORK", "OPEN"),
        ("SUPPLY_ON_APPROVAL", "PARTIALLY_INVOICED"),
        ("OTHER", "CANCELLED"),
        ("OTHER", "OPEN"),
    ]


def test_the_numbers_of_each_branch_rise_with_the_dates(seeded: Seeded) -> None:
    rows = seeded.rows(
        "select branch_id, kind, number, dated_on from documents where number is not null and not is_opening_balance "
        "order by branch_id, kind, financial_year, number"
    )
    for earlier, later in pairwise(rows):
        if (earlier["branch_id"], earlier["kind"]) == (later["branch_id"], later["kind"]):
            assert earlier["dated_on"] <= later["dated_on"]


def test_parties_of_every_treatment_have_numbers_that_are_right(seeded: Seeded) -> None:
    contacts = seeded.rows("select gst_treatment, gst_no, gst_no_status, contact_type from contacts")
    assert {each["gst_treatment"] for each in contacts if each["contact_type"] != "VENDOR"} == set(GstTreatment)
    assert {each["contact_type"] for each in contacts} == {"CUSTOMER", "VENDOR", "BOTH"}
    assert {each["gst_no_status"] for each in contacts if each["gst_no"]} == {"VALID"}
    branches = seeded.rows("select gst_no, state_code, prefixes ->> 'invoice' as prefix from branches order by gst_no")
    assert [(each["state_code"], each["prefix"]) for each in branches] == [
        ("IN-MH", "MUM/{FY}/"),
        ("IN-KA", "BLR/{FY}/"),
    ]


def test_nothing_happened_before_the_founding_or_after_now(seeded: Seeded) -> None:
    [row] = seeded.rows("select min(occurred_at) as first, max(occurred_at) as last from activity")
    [founded] = seeded.rows("select min(created_at) as at from organizations")
    assert founded["at"] == row["first"]
    assert row["last"] <= datetime.now(UTC)


@pytest.mark.parametrize("today", [date(2026, 4, 1), date(2027, 3, 31), date(2028, 2, 29), date(2026, 11, 22)], ids=str)
def test_the_amounts_are_the_same_on_any_day(new_database: NewDatabase, seeded: Seeded, today: date) -> None:
    url = new_database()
    now = datetime(today.year, today.month, today.day, 6, 30, 0, 1, tzinfo=UTC)

    async def found(books: Books) -> None:
        await found_demo(replace(books, now=now))

    asyncio.run(desk.in_one_transaction(url, found))
    other = replace(seeded, url=url)
    query = "select contact_name, currency_code, total, balance, status from documents order by 1, 2, 3, 4, 5"
    assert other.rows(query) == seeded.rows(query)
    query = "select sum(debit) as debits, sum(credit) as credits from journal_lines"
    assert other.rows(query) == seeded.rows(query)


def test_every_list_has_something_to_show(seeded: Seeded) -> None:
    for table in _REGISTERS:
        assert seeded.rows(f"select count(*) > 0 as is_there from {table}") == [{"is_there": True}], table
    kinds = seeded.rows("select distinct kind from documents")
    assert {each["kind"] for each in kinds} == set(DOCUMENT_KINDS)
    [file] = seeded.rows("select organization_id, id, size_bytes from attachments")
    kept = seeded.settings.data_directory / "files" / file["organization_id"] / file["id"]
    assert kept.stat().st_size == file["size_bytes"]
    assert seeded.rows("select count(*) as unclaimed from unclaimed_files") == [{"unclaimed": 0}]


def test_an_invoice_was_mailed_and_nothing_waits_for_a_mail_server(seeded: Seeded) -> None:
    mails = seeded.rows("select entity_type, status, next_attempt_at from mails")
    assert mails == [{"entity_type": "INVOICE", "status": "SENT", "next_attempt_at": None}]
    trail = seeded.rows("select action from activity where action like 'INVOICE_%EMAIL%' or action = 'INVOICE_SENT'")
    assert {each["action"] for each in trail} == {"INVOICE_EMAIL_QUEUED", "INVOICE_SENT"}


def test_a_webhook_was_told_and_nothing_waits_for_it(seeded: Seeded) -> None:
    endpoints = seeded.rows("select is_active, disabled_reason from webhook_endpoints")
    assert endpoints == [{"is_active": False, "disabled_reason": "MANUAL"}]
    deliveries = seeded.rows("select status, event_type from webhook_deliveries")
    assert {each["status"] for each in deliveries} == {"DELIVERED"}
    assert {"ENDPOINT_TEST", "INVOICE_PAID"} <= {each["event_type"] for each in deliveries}
    for attempt in seeded.rows("select request_body from webhook_attempts"):
        assert_told_so(json.loads(attempt["request_body"]))


def test_the_contract_knows_all_that_the_demo_tells(seeded: Seeded) -> None:
    assert assert_all_told_rightly(seeded.url) > 40


def test_each_branch_has_the_logo_and_its_own_signature(seeded: Seeded) -> None:
    branches = seeded.rows("select logo ->> 'sha256' as logo, signature ->> 'sha256' as signature from branches")
    [organization] = seeded.rows("select logo ->> 'sha256' as logo from organizations")
    assert {each["logo"] for each in branches} == {organization["logo"]}
    assert len({each["signature"] for each in branches} - {None}) == len(branches) == 2


def test_the_simulated_portal_registers_an_invoice_of_the_second_branch(seeded: Seeded, tmp_path: Path) -> None:
    """It waits for the job worker, who asks a portal in a process of its own."""
    query = "select organization_id, id from documents where einvoice_status = '{}'"
    [waiting] = seeded.rows(query.format("PENDING"))
    open_books = EINVOICES.books_of(seeded.url, waiting["organization_id"], None, deferring(job_queue(seeded.url)))

    with simulated_portal(tmp_path) as portal:
        said = {"FINZBOOKS_DATA_DIRECTORY": str(tmp_path), "FINZBOOKS_PORTAL_SIMULATOR_URL": portal.url}
        settings = Settings.from_environment(said)
        asyncio.run(carry_out(open_books, Portals(settings), Sealer(settings), waiting["id"]))

    assert seeded.rows(query.format("REGISTERED")) == [waiting]
    [einvoice] = seeded.rows("select irn, is_simulated, errors::text from einvoices")
    assert (len(einvoice["irn"]), einvoice["is_simulated"], einvoice["errors"]) == (64, True, "[]")
