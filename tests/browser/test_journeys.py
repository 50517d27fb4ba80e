"""From nothing to a paid invoice with its PDF, as somebody who knows no more than the landing page says."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from contract_tests.sdk_packages import python_package
from openapi.sdk.packages import TYPESCRIPT, write
from server.portal.guides import FOLDER, read_guide
from tests import guides
from tests.browser.conftest import Demo, tab
from tests.browser.console.conftest import LIMIT_MS
from tests.browser.console.mailed import mailed_link
from tests.running import BASE
from tests.server.agents import agent

pytestmark = pytest.mark.thorough

_QUICKSTART = FOLDER / "quickstart.md"
_PAID = r"\S+/\d\d-\d\d/\d{4} 4425.00\nPAID\n"


@pytest.fixture(scope="module")
async def token(browser: Browser, demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A token that somebody new made for their sandbox, by what the pages offer."""
    async with tab(browser) as page:
        page.set_default_timeout(LIMIT_MS)
        await page.goto(demo.worker.url)
        await page.get_by_role("link", name="Open an account").first.click()
        await page.get_by_label("Your name").fill("Tara Menon")
        await page.get_by_label("E-mail address").fill("tara@menon.example")
        await page.get_by_role("button", name="Send me the link").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail", timeout=LIMIT_MS)

        await page.goto(await mailed_link(demo, "tara@menon.example", tmp_path_factory.mktemp("post")))
        await page.get_by_label("Password").fill("four stools under a lamp")
        await page.get_by_role("button", name="Open the account").click()
        await page.get_by_role("link", name="Found an organization").click()
        await page.get_by_label("GSTIN").fill("29AACCS4321K1Z9")
        await page.keyboard.press("Enter")
        await page.get_by_label("Name", exact=True).fill("Menon Lights")
        await page.get_by_role("button", name="Found it").click()
        await page.get_by_role("link", name="Try it in a sandbox").click()
        await page.get_by_role("button", name="Make the sandbox").click()
        await page.get_by_role("link", name="Tokens", exact=True).click()
        await page.get_by_role("link", name="New token").click()
        await page.get_by_label("Name", exact=True).fill("My first program")
        await page.get_by_role("button", name="Make the token").click()
        return await page.get_by_label("The token").input_value()


@pytest.fixture
def environment(demo: Demo, token: str) -> dict[str, str]:
    """What the page with the token has one type into the shell."""
    return {"AIBOOKS_URL": demo.worker.url + BASE, "AIBOOKS_TOKEN": token, "PATH": os.environ["PATH"]}


async def test_in_the_shell(environment: dict[str, str], tmp_path: Path) -> None:
    steps = guides.steps_of(_QUICKSTART.read_text(encoding="utf-8"))
    *_, last = await asyncio.to_thread(guides.carried_out, steps, tmp_path, environment)
    invoice = json.loads(last)["invoice"]
    assert (invoice["status"], invoice["total"]) == ("PAID", 4425)
    assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF-")


async def test_in_python(environment: dict[str, str], tmp_path: Path) -> None:
    program = tmp_path / "five_minutes.py"
    program.write_text(_program("python"), encoding="utf-8")
    with python_package(tmp_path / "sdk") as (package, _):
        printed = await _ended([sys.executable, program.name], tmp_path, {**environment, "PYTHONPATH": str(package)})
    assert re.fullmatch(_PAID, printed), printed
    assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF-")


async def test_in_typescript(environment: dict[str, str], tmp_path: Path) -> None:
    """By the very lines that the quickstart has for it, in an empty folder."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not on this machine")
    write(tmp_path / "build/sdk", TYPESCRIPT)
    (lines,) = re.findall(r"^```sh\n(npm install.*?)^```", _QUICKSTART.read_text(encoding="utf-8"), re.M | re.DOTALL)
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "five_minutes.mjs").write_text(_program("ts"), encoding="utf-8")
    mine = {**os.environ, **environment, "npm_config_loglevel": "error", "npm_config_update_notifier": "false"}
    *_, number, status = (await _ended(["sh", "-ec", lines.replace("…", "..")], folder, mine)).splitlines()
    assert re.fullmatch(_PAID, f"{number}\n{status}\n")
    assert (folder / "invoice.pdf").read_bytes().startswith(b"%PDF-")


async def test_by_an_agent(demo: Demo, token: str) -> None:
    async with agent(demo.worker.url, token) as one:
        taxes = await one.read("find", kind="tax", filters={"shape": "INTRA_STATE"}, limit=50)
        tax = next(each["tax_id"] for each in taxes if each["tax_percentage"] == 18)
        customer = await one.done(
            "add", kind="contact", fields={"contact_name": "Sharma Traders", "gst_no": "27ZZSFS4321H1ZU"}
        )
        lamp = {"item_name": "Table lamp", "hsn_or_sac": "940521", "unit": "pcs", "rate": 1250, "tax_id": tax}
        item = await one.done("add", kind="item", fields=lamp)
        lines = [{"item_id": item["item_id"], "quantity": 3}]
        document = {"customer_id": customer["contact_id"], "line_items": lines}
        drafted = await one.done("draft_document", kind="invoice", document=document)
        invoice = await one.done("approve", kind="invoice", id=drafted["invoice_id"])
        shown = await one.client.call_tool(
            "show", {"kind": "invoice", "number": invoice["invoice_number"], "as_pdf": True}
        )
        assert shown.content[1].resource.blob.startswith("JVBER")  # type: ignore[union-attr]  # %PDF in base64
        paid = {"invoice_id": invoice["invoice_id"], "amount": 4425}
        await one.done(
            "record_payment", flow="INCOMING", contact_id=customer["contact_id"], amount=4425, mode="UPI",
            allocations=[paid],
        )  # fmt: skip
        assert (await one.read("show", kind="invoice", id=invoice["invoice_id"]))["status"] == "PAID"


def _program(language: str) -> str:
    """Return the program that the quickstart shows."""
    found = re.findall(rf"^```{language}\n(.*?)^```", read_guide(_QUICKSTART).text, re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return str(found[0])


async def _ended(words: list[str], folder: Path, environment: dict[str, str]) -> str:
    """Run a program in a folder; return what it printed."""
    ran = await asyncio.to_thread(
        subprocess.run, words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout
