"""How long PDFs are kept, and what jobs get of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from adapters.files import LocalFiles
from domain.errors import NotFound, Unavailable
from handlers.replies import PrintedTogether
from server.postgres.database import Database
from server.printing.installation import printing_of
from server.printing.keeping import give_up_renders
from server.printing.press import press_of
from server.printing.printing import Asker, Printing
from server.settings import Settings
from server.storage.file_storage import file_storage
from server.storage.uploads import remove_unclaimed
from tests.running import Caller, Firm, rows
from tests.server.test_pdf_routes import an_invoice, pdf
from tests.server.trade import count_of

ROOM = 1024**3


def age(firm: Firm, by: timedelta) -> None:
    """Let the firm's PDFs be as old as they are after a time."""
    rows(
        firm.url,
        "update renders set due_at = due_at - %s where organization_id = %s returning id",
        by,
        firm.organization_id,
    )


async def test_a_pdf_is_kept_for_thirty_days(call: Caller, firm: Firm) -> None:
    invoice = await an_invoice(call)
    await pdf(call, invoice)

    age(firm, timedelta(days=29))
    await give_up_renders(firm.url, room_bytes=ROOM)
    assert count_of(firm, "renders") == 1

    age(firm, timedelta(days=1, minutes=1))
    await give_up_renders(firm.url, room_bytes=ROOM)
    assert (count_of(firm, "renders"), count_of(firm, "unclaimed_files")) == (0, 1)
    assert (await pdf(call, invoice)).headers["X-AIBooks-Render"] == "fresh"


async def test_one_that_is_asked_for_on_its_last_day_is_kept_for_another_month(call: Caller, firm: Firm) -> None:
    invoice = await an_invoice(call)
    await pdf(call, invoice)
    age(firm, timedelta(days=29, hours=12))

    assert (await pdf(call, invoice)).headers["X-AIBooks-Render"] == "cached"
    assert count_of(firm, "renders", "due_at > now() + interval '29 days'") == 1


async def test_the_oldest_go_where_an_organization_has_too_many(call: Caller, firm: Firm) -> None:
    invoice = await an_invoice(call)
    for template in ("classic", "modern", "tally"):
        await pdf(call, invoice, template=template)
    (last,) = rows(
        firm.url,
        "select size_bytes from renders where organization_id = %s and template = 'tally'",
        firm.organization_id,
    )

    await give_up_renders(firm.url, room_bytes=last["size_bytes"])

    assert count_of(firm, "renders") == count_of(firm, "renders", "template = 'tally'") == 1


async def test_bytes_of_one_that_is_given_up_are_removed(call: Caller, firm: Firm, tmp_path: Path) -> None:
    invoice = await an_invoice(call)
    async with job_printing(firm, tmp_path) as printing:
        await printing.print_document(firm.organization_id, "INVOICE", invoice["invoice_id"])
    kept = tmp_path / "files" / firm.organization_id
    assert len(list(kept.iterdir())) == 1

    age(firm, timedelta(days=31))
    await give_up_renders(firm.url, room_bytes=ROOM)
    files = printing.renders.files
    assert isinstance(files, LocalFiles)
    await remove_unclaimed(firm.url, files)

    assert list(kept.iterdir()) == []


@asynccontextmanager
async def job_printing(firm: Firm, directory: Path) -> AsyncIterator[Printing]:
    """The printing of a job worker with files of its own."""
    settings = Settings(data_directory=directory, pdf_renderer="plutoprint", pool_size=1)
    database = Database(firm.url, settings)
    await database.open()
    printing = printing_of(settings, database, file_storage(settings), press_of(settings))
    yield printing
    await printing.close()
    await database.close()


async def test_many_papers_are_made_on_when_the_caller_has_given_up(call: Caller, firm: Firm, tmp_path: Path) -> None:
    """He is told to ask again, and then gets what was made meanwhile; others are not kept waiting without end."""
    keys = [(await an_invoice(call))["invoice_id"] for _ in range(3)]
    asker = Asker(firm.organization_id, firm.owner_id, datetime.now(UTC))
    async with job_printing(firm, tmp_path) as printing:
        papers = [await printing.paper_of(firm.organization_id, "INVOICE", key) for key in keys]
        hasty = replace(printing, patience_seconds=0)

        with pytest.raises(Unavailable) as told:
            await hasty.reply(PrintedTogether(tuple(papers), "zip", is_saved=False), asker)
        with pytest.raises(Unavailable):
            await hasty.reply(PrintedTogether(tuple(papers[:2]), "zip", is_saved=False), asker)
        with pytest.raises(Unavailable, match="Other files"):
            await hasty.reply(PrintedTogether(tuple(papers[1:]), "zip", is_saved=False), asker)

        assert (told.value.headers, "make the same call again" in str(told.value)) == ({"Retry-After": "5"}, True)
        for _ in range(300):
            if count_of(firm, "renders", "sha256 is not null") == 3:
                break
            await asyncio.sleep(0.2)
        reply = await printing.reply(PrintedTogether(tuple(papers), "zip", is_saved=False), asker)
        assert reply.file is not None
        with ZipFile(reply.file.content) as archive:
            assert archive.namelist() == [f"INV-26-27-000{number}.pdf" for number in (1, 2, 3)]
    assert count_of(firm, "renders") == 3, "each is made once, whoever asked"


async def test_a_job_gets_name_and_bytes(call: Caller, firm: Firm, tmp_path: Path) -> None:
    invoice = await an_invoice(call)

    async with job_printing(firm, tmp_path) as printing:
        name, content = await printing.print_document(firm.organization_id, "INVOICE", invoice["invoice_id"])
        again = await printing.print_document(firm.organization_id, "INVOICE", invoice["invoice_id"])

    assert name == "INV-26-27-0001.pdf"
    assert content.startswith(b"%PDF-")
    assert again == (name, content)
    assert count_of(firm, "renders") == 1


async def test_a_job_that_asks_for_nothing_that_is_there_is_told_so(firm: Firm, tmp_path: Path) -> None:
    async with job_printing(firm, tmp_path) as printing:
        with pytest.raises(NotFound):
            await printing.print_document(firm.organization_id, "INVOICE", "inv_none")
