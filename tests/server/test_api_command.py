"""``finzbooks api``: every operation of the contract as a command, and the five minutes told by it on a real server."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.spec import OPERATIONS, SPEC, Node, inside
from openapi.bundle import resolve
from openapi.published import published
from server.client import kept
from server.client.command import Command, Option
from server.client.main import main
from server.client.options import OURS, Call, call_of, flag_of, parser_of, with_hyphens
from server.client.table import commands_of
from tests.conftest import NewDatabase
from tests.running import Firm, Worker, found, mint, workers

ROOT = Path(__file__).parents[2]
COMMANDS = {each.operation_id: each for each in commands_of(published(SPEC))}
SAMPLES = {"string": "text", "integer": "3", "number": "2.50", "boolean": "true", "json": '{"a": 1.10}'}


def sample(option: Option) -> str:
    """Something to type for an option."""
    kind = option.of if option.type == "array" else option.type
    return option.values[0] if option.values else SAMPLES[kind]


def typed(command: Command, *words: str) -> Call:
    """The call that is made of words after a command's name."""
    return call_of(command, parser_of(command, "finzbooks api").parse_args(with_hyphens(words)))


def everything(command: Command, folder: Path) -> Call:
    """The call of a command with each of its options typed."""
    words = [f"{each.name}-1" for each in command.needed]
    for option in command.options:
        if option.place != "path" and option.type != "file":
            words += [flag_of(option, command), sample(option)]
    if command.body not in ("", "application/json"):
        (folder / "file").write_bytes(b"content")
        words += ["--file", str(folder / "file")]
    return typed(command, *words)


def test_every_operation_is_a_command_under_one_name() -> None:
    names = [(each.group, each.verb) for each in COMMANDS.values()]

    assert set(COMMANDS) == set(OPERATIONS)
    assert len(set(names)) == len(names)
    assert ("invoices", "approve") in names
    assert ("gst_returns", "file") in names
    assert ("reports", "trial_balance") in names


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_command_makes_the_call_of_its_operation(name: str, tmp_path: Path) -> None:
    method, path, operation = OPERATIONS[name]
    parameters = [resolve(SPEC, each) for each in operation["parameters"]]

    call = everything(COMMANDS[name], tmp_path)

    wanted = path
    for each in parameters:
        wanted = wanted.replace(f"{{{each['name']}}}", f"{each['name']}-1")
    assert (call.method, call.path) == (method.upper(), wanted)
    assert {each for each, _ in call.query} == {each["name"] for each in parameters if each["in"] == "query"}
    headers = {each["name"] for each in parameters if each["in"] == "header"} - {"Idempotency-Key", "X-AIBooks-Org"}
    assert set(call.headers) - {"Content-Type"} == headers
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        members = inside(content["application/json"]["schema"])["properties"]
        sent = json.loads(call.body or b"")
        assert set(sent) == set(members)
        assert [each for each, value in sent.items() if not fits(inside(members[each]), value)] == []
    elif "multipart/form-data" in content:
        assert {each for each, _ in call.form} | {"file"} == set(
            inside(content["multipart/form-data"]["schema"])["properties"]
        )
        assert call.files == [("file", tmp_path / "file")]
    elif content:
        assert (call.body, call.headers["Content-Type"]) == (b"content", "text/csv")


def fits(schema: Node, value: Any) -> bool:
    """Whether a value has the type of a field."""
    kinds: dict[str, Any] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "array": (list, dict),
    }
    return isinstance(value, kinds.get(schema.get("type", ""), object))


def test_no_two_options_of_a_command_are_typed_alike() -> None:
    for command in COMMANDS.values():
        flags = [flag_of(each, command) for each in command.options if each.place != "path"]
        assert len(set(flags)) == len(flags), command.operation_id
        assert not {each[2:].replace("-", "_") for each in flags} & OURS


def test_every_list_has_columns_that_its_rows_have() -> None:
    lists = [each for each in COMMANDS.values() if each.verb == "list"]

    assert len(lists) > 30
    for each in lists:
        assert each.rows, each.operation_id
        assert 2 <= len(each.columns) <= 7, each
    assert COMMANDS["list_invoices"].columns == [
        "invoice_id", "invoice_number", "customer_name", "status", "date", "total", "balance",
    ]  # fmt: skip


def test_the_commands_of_the_handbook_can_be_typed() -> None:
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/command-line.md"))
    shown = [shlex.split(each, comments=True) for each in re.findall(r"finzbooks api (\w+ \w+[^\n`]*)", text)]

    assert len(shown) >= 10
    for group, verb, *words in shown:
        (command,) = (each for each in COMMANDS.values() if (each.group, each.verb) == (group, verb))
        parser_of(command, "finzbooks api").parse_args(words)


def test_numbers_are_sent_as_they_are_typed() -> None:
    command = COMMANDS["create_invoice"]

    call = typed(
        command, "--json-body", '{"discount": 1.10, "notes": "₹"}', "--exchange-rate", "83.5500", "--unset", "terms"
    )

    assert call.body == '{"discount": 1.10, "notes": "₹", "exchange_rate": 83.5500, "terms": null}'.encode()
    assert typed(command, "--tags", "a, b").body == b'{"tags": ["a", "b"]}'
    assert typed(command, "--is_inclusive_tax=no").body == b'{"is_inclusive_tax": false}'


@pytest.fixture(scope="module")
def server(new_database: NewDatabase) -> Iterator[tuple[Worker, str]]:
    """A server, and the address of its database."""
    url = new_database()
    with workers(url) as (worker,):
        yield worker, url


@pytest.fixture
async def firm(server: tuple[Worker, str], monkeypatch: pytest.MonkeyPatch) -> Firm:
    """A firm whose token the environment holds."""
    worker, url = server
    founded = await found(url)  # type: ignore[arg-type]  # the address of a database
    monkeypatch.setenv("AIBOOKS_URL", worker.url)
    monkeypatch.setenv("AIBOOKS_TOKEN", founded.token)
    return founded


Say = Callable[..., str]


@pytest.fixture
def say(firm: Firm, capfdbinary: pytest.CaptureFixture[bytes]) -> Say:
    """Carries a command out, and returns what it printed; it may not fail."""

    def said(*words: str) -> str:
        code = main(words)
        sys.stdout.flush()
        printed = capfdbinary.readouterr()
        assert code == 0, printed.err.decode()
        return printed.out.decode()

    return said


def refused(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Carry a command out, and return its exit code and what it said of it."""
    code = main(words)
    return code, capfd.readouterr().err


def fields(shown: str) -> dict[str, str]:
    """The fields of a thing as lines with tabs."""
    return dict(line.split("\t", 1) for line in shown.splitlines() if "\t" in line)


def test_five_minutes_from_the_customer_to_the_paid_invoice_with_its_pdf(say: Say, tmp_path: Path) -> None:
    taxes = json.loads(say("taxes", "list", "--shape", "INTRA_STATE", "--json"))["taxes"]
    tax = next(each["tax_id"] for each in taxes if each["tax_percentage"] == 18)
    customer = fields(
        say(
            "contacts",
            "create",
            "--contact-name",
            "Sharma Traders",
            "--gst-no",
            "27ZZSFS4321H1ZU",
            "--payment-terms",
            "30",
        )
    )["contact_id"]
    item = fields(
        say(
            "items",
            "create",
            "--item-name",
            "Reading lamp",
            "--hsn-or-sac",
            "940521",
            "--rate",
            "1250",
            "--tax-id",
            tax,
        )
    )["item_id"]
    body = tmp_path / "lines.json"
    body.write_text(json.dumps({"line_items": [{"item_id": item, "quantity": 3}]}))
    drafted = fields(say("invoices", "create", "--json-body", f"@{body}", "--customer-id", customer))
    invoice = drafted["invoice_id"]
    assert (drafted["status"], drafted["total"]) == ("DRAFT", "4425.00")

    approved = fields(say("invoices", "approve", invoice))
    assert (approved["status"], approved["balance"]) == ("SENT", "4425.00")
    say("invoices", "pdf", invoice, "--template", "modern", "-o", str(tmp_path / "invoice.pdf"))
    assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF-")
    allocations = json.dumps([{"invoice_id": invoice, "amount": 4425}])
    say("payments", "create", "--flow", "INCOMING", "--contact-id", customer, "--amount", "4425", "--mode", "UPI",
        "--allocations", allocations)  # fmt: skip

    shown = json.loads(say("invoices", "get", invoice, "--json"), parse_float=str)["invoice"]
    assert (shown["status"], shown["payment_made"], shown["balance"]) == ("PAID", "4425.00", "0.00")
    listed = say("invoices", "list", "--status", "PAID").splitlines()
    assert [line.split("\t")[:4] for line in listed] == [
        [invoice, approved["invoice_number"], "Sharma Traders", "PAID"]
    ]
    assert say("invoices", "list", "--status", "PAID", "--columns", "status,total") == "PAID\t4425.00\n"


def test_a_report_is_shown_with_the_lists_within_its_lists(say: Say) -> None:
    accounts = json.loads(say("accounts", "list", "--all", "--json"))["accounts"]
    cash, capital = (
        next(each["account_id"] for each in accounts if each["account_type"] == kind) for kind in ("CASH", "EQUITY")
    )
    sides = [{"account_id": cash, "debit": 1000.50}, {"account_id": capital, "credit": 1000.50}]
    say("opening_balances", "update", "--date", "2026-03-31", "--balances", json.dumps(sides))

    shown = say("reports", "trial_balance", "--as-of-date", "2026-11-30")

    head = fields(shown.partition("\n\n")[0])
    assert head["total.closing_debit"] == head["total.closing_credit"] == "1000.50"
    (row,) = (line.split("\t") for line in shown.splitlines() if cash in line)
    assert "1000.50" in row
    assert "\n\nsections\n" in shown


def test_a_file_is_uploaded_and_a_list_imported(say: Say, tmp_path: Path) -> None:
    contact = fields(say("contacts", "create", "--contact-name", "Konkan Retail"))["contact_id"]
    (tmp_path / "note.txt").write_text("Signed by the driver")
    (tmp_path / "contacts.csv").write_text("contact_name\nRavi Stores\n")

    attached = fields(
        say(
            "attachments",
            "upload",
            "--entity-type",
            "CONTACT",
            "--entity-id",
            contact,
            "--file",
            str(tmp_path / "note.txt"),
        )
    )
    imported = json.loads(say("contacts", "import", "--file", str(tmp_path / "contacts.csv"), "--json"))

    assert attached["filename"] == "note.txt"
    assert imported["import"]["summary"]["created"] == 1
    assert "Ravi Stores" in say("contacts", "list", "--search", "Ravi")


def test_all_pages_are_walked_and_joined(say: Say) -> None:
    for number in range(5):
        say("salespersons", "create", "--salesperson-name", f"Seller {number}")

    rows = json.loads(say("salespersons", "list", "--all", "--per-page", "2", "--json"))["salespersons"]

    assert {each["salesperson_name"] for each in rows} == {f"Seller {number}" for number in range(5)}
    assert len(rows) == 5
    assert len(say("salespersons", "list", "--all", "--per-page", "2").splitlines()) == 5


def test_all_rows_of_a_report_are_walked_and_joined(say: Say) -> None:
    taxes = json.loads(say("taxes", "list", "--shape", "INTRA_STATE", "--json"))["taxes"]
    customer = fields(say("contacts", "create", "--contact-name", "Deccan Offices"))["contact_id"]
    lamp = {"name": "Lamp", "hsn_or_sac": "9405", "rate": 10, "quantity": 1, "tax_id": taxes[0]["tax_id"]}
    for _ in range(3):
        lines = json.dumps([lamp])
        drafted = fields(say("invoices", "create", "--customer-id", customer, "--line-items", lines))
        say("invoices", "approve", drafted["invoice_id"])

    whole = json.loads(say("reports", "outstanding_receivables", "--json"))["outstanding_receivables"]
    by_one = json.loads(say("reports", "outstanding_receivables", "--all", "--limit", "1", "--json"))

    assert len(whole["documents"]) >= 3
    assert by_one["outstanding_receivables"] | {"generated_time": whole["generated_time"]} == whole


async def test_what_is_refused_is_told_in_words_with_a_code_to_end_with(
    firm: Firm, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = refused(capfd, "contacts", "create", "--contact-name", "Verma", "--gst-no", "27VERMA")
    assert code == 1
    assert said.startswith("400 validation.invalid_value: ")
    assert "field    gst_no" in said
    assert "request  req_" in said
    assert refused(capfd, "invoices", "get", "inv_none")[0] == 4
    assert refused(capfd, "invoices", "get")[0] == 2
    assert refused(capfd, "invoices", "dance")[0] == 2
    assert refused(capfd, "contacts", "create", "--payment-terms", "soon") == (
        2, "--payment-terms takes a whole number, not 'soon'.\n",
    )  # fmt: skip
    reader = await mint(firm.url, firm.owner_id, firm.organization_id, held=["AIBooks.contacts.READ"])
    monkeypatch.setenv("AIBOOKS_TOKEN", reader)
    assert refused(capfd, "contacts", "create", "--contact-name", "Verma")[0] == 3
    monkeypatch.setenv("AIBOOKS_URL", "http://127.0.0.1:9")
    code, said = refused(capfd, "contacts", "list", "--max-tries", "1")
    assert (code, "does not answer" in said) == (6, True)


def test_curl_makes_the_same_call_and_shows_no_token(say: Say, firm: Firm) -> None:
    printed = say("contacts", "create", "--contact-name", "O'Neill & Sons", "--curl")
    assert firm.token not in printed
    assert '"Authorization: Bearer $AIBOOKS_TOKEN"' in printed
    assert say("contacts", "list") == ""

    ended = subprocess.run(["bash", "-c", printed], capture_output=True, text=True, timeout=60, check=True)

    assert json.loads(ended.stdout)["contact"]["contact_name"] == "O'Neill & Sons"
    assert say("contacts", "list", "--columns", "contact_name") == "O'Neill & Sons\n"


def test_tables_fit_the_terminal(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "A customer with a name that is longer than any column should ever be"
    contact = fields(say("contacts", "create", "--contact-name", long))["contact_id"]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")

    lines = [re.sub("\x1b\\[[0-9]*m", "", line) for line in say("contacts", "list").splitlines()]

    assert max(map(len, lines)) <= 80
    assert lines[0].split()[:2] == ["contact_id", "contact_name"]
    assert lines[1].startswith(contact)
    assert "…" in lines[1]
    assert "CUSTOMER" in lines[1]


@pytest.mark.slow
def test_the_command_runs_as_it_is_installed(firm: Firm) -> None:
    """As a process of its own, by both ways in; a call needs nothing of the server."""
    for way in ("server.entrance", "server.command_line"):
        script = f"import sys; from {way} import main; main()"
        ended = subprocess.run(
            [sys.executable, "-c", script, "api", "whoami", "--json"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(ended.stdout)["token"]["org_id"] == firm.organization_id
    light = "import sys; from server.client.main import main; main(['invoices', '--help']); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", light], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not {"httpx", "typer", "yaml", "rich", "connexion", "sqlalchemy"} & set(loaded.split())


def test_commands_are_kept_while_the_contract_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = kept.commands()
    with monkeypatch.context() as patched:
        patched.setattr(kept, "_made", lambda: pytest.fail("made anew"))
        assert kept.commands() == made == list(COMMANDS.values())
    (tmp_path / "finzbooks/commands.json").write_text('{"stamp": "another", "commands": []}')
    assert kept.commands() == made
    (tmp_path / "finzbooks/commands.json").write_text("half a fi")
    assert kept.commands() == made
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
    assert kept.commands() == made
