"""The TypeScript SDK in a page of another origin: the same calls; webhooks are verified by what browsers bring."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from contract_tests.sdk_packages import typescript_package
from domain.webhooks.signatures import signed_headers
from tests.browser.conftest import tab
from tests.conftest import NewDatabase
from tests.running import BASE, found, workers

pytestmark = pytest.mark.thorough

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"event_type":"INVOICE_PAID","data":{"id":"inv_1","total":0.10}}'
PROGRAM = """async ([url, token, body, headers, secret]) => {
  const { FinzBooks, NotFound, meta, webhooks } = await import("/dist/index.js");
  const books = new FinzBooks({ url, token });
  const made = await books.items.create({ item_name: "Reading lamp", hsn_or_sac: "940521", rate: "1250.10" });
  const names = [];
  for await (const item of books.items.list({ per_page: 1 })) names.push(item.item_name);
  const kind = await books.items.get("it_none").catch((failure) => failure instanceof NotFound && failure.code);
  const event = await webhooks.unwrap(body, headers, secret);
  return [made.item.rate, names, kind, meta(made).etag !== undefined, event.data.total];
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  # its name there
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder; yield its origin."""
    (folder / "index.html").write_text("<!doctype html><title>An app</title><link rel=icon href=data:,>")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


async def test_a_page_of_another_origin_uses_it(
    browser: Browser, new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> None:
    node = await asyncio.to_thread(typescript_package, tmp_path_factory.mktemp("sdk"))
    database = new_database()
    headers = signed_headers(BODY.encode(), delivery_id="whd_1", timestamp=int(time.time()), secrets=[SECRET])
    token = (await found(database)).token

    with workers(database) as (worker,), served(node.package) as origin:
        async with tab(browser) as page:
            await page.goto(origin)
            told = await page.evaluate(PROGRAM, [worker.url + BASE, token, BODY, headers, SECRET])

    assert told == ["1250.1", ["Reading lamp"], "not_found.resource", True, "0.10"]
