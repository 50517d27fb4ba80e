"""Somebody at the console without a script: reads its pages and sends their forms, as a browser does."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from html.parser import HTMLParser

import httpx

from domain.access import credentials, members
from server.passwords import hash_of
from tests.running import operators_books, rows

PASSWORD = "three lamps on a shelf"


class _Forms(HTMLParser):
    """The forms of a page, each as its action and what is filled in."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or a field of the last one."""
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((named["action"], {}))
        elif tag == "input" and "name" in named and named.get("type") not in ("radio", "checkbox"):
            self.forms[-1][1][named["name"]] = named.get("value", "")
        elif tag == "select":
            self._select = named["name"]
        elif tag == "option" and ("selected" in named or self._select not in self.forms[-1][1]):
            self.forms[-1][1][self._select] = named["value"]


@dataclass
class Visitor:
    """A browser with its cookies; ``page`` is what it shows."""

    client: httpx.AsyncClient
    url: str
    page: httpx.Response = field(init=False)
    email: str = ""

    async def open(self, path: str) -> httpx.Response:
        """Open a page, and go where it leads."""
        self.page = await self.client.get(self.url + path, follow_redirects=True)
        return self.page

    async def send(self, action: str, **filled: str) -> httpx.Response:
        """Send the form of this page that goes there, and go where the answer leads."""
        form = next((fields for where, fields in forms_of(self.page) if where == action), None)
        assert form is not None, f"no form for {action} in {self.page.url}: {self.page.text}"
        self.page = await self.client.post(self.url + action, data={**form, **filled}, follow_redirects=True)
        return self.page

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        """Sign in, from the page that asks for it."""
        await self.open("/console/sign-in")
        return await self.send("/console/sign-in", email=email, password=password)

    @property
    def path(self) -> str:
        """Where the browser is."""
        return self.page.url.path

    def says(self, text: str) -> bool:
        """Whether the page has these words."""
        return text in " ".join(unescape(re.sub(r"<[^>]*>", " ", self.page.text)).split())


def forms_of(page: httpx.Response) -> list[tuple[str, dict[str, str]]]:
    """Read the forms of a page."""
    reader = _Forms()
    reader.feed(page.text)
    return reader.forms


@asynccontextmanager
async def visiting(url: str, database: str) -> AsyncIterator[Visitor]:
    """A browser that knows nothing yet. All of them sit at one address, so what was counted is forgotten first."""
    rows(database, "delete from call_counts where caller not like 'pat_%%'")
    async with httpx.AsyncClient(timeout=60, headers={"Sec-Fetch-Site": "same-origin"}) as client:
        yield Visitor(client, url)


async def with_password(database: str, user_id: str) -> str:
    """Let a user sign in by ``PASSWORD``, and return the address."""
    async with operators_books(database) as books:
        user = await members.find_user(books, user_id)
        await credentials.keep(books, user, _kept())
    return user.email


@cache
def _kept() -> str:
    """Hashed once for all of them, because that takes as long as it is meant to."""
    return hash_of(PASSWORD)
