"""Somebody with a browser: reads our pages, fills in their forms, and follows where they lead."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import httpx

from domain.access import credentials, members
from server.passwords import hash_of
from tests.running import Firm, operators_books
from tests.server.apps import App

PASSWORD = "three lamps on a shelf"


class _Forms(HTMLParser):
    """The forms of a page: where each goes, and what is filled in already."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.choices: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form or a field."""
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((named["action"], {}))
        elif tag == "input" and named.get("type") == "radio":
            self.choices.append(named["value"])
        elif tag == "input" and "name" in named:
            self.forms[-1][1][named["name"]] = named.get("value", "")


def forms_of(page: httpx.Response) -> _Forms:
    """Read a page."""
    reader = _Forms()
    reader.feed(page.text)
    return reader


@dataclass
class Person:
    """The owner of a firm at a browser of his own, which is not led away from the server by itself."""

    client: httpx.AsyncClient
    url: str
    email: str
    password: str = PASSWORD
    seen: list[httpx.Response] = field(default_factory=list)

    async def open(self, app: App, **changed: str | None) -> httpx.Response:
        """Open what the app sends its users to; whoever has not signed in is led to the page that asks for it."""
        page = await self.led(await self.client.get(self.url + "/oauth/authorize", params=app.question(**changed)))
        self.seen.append(page)
        return page

    async def led(self, page: httpx.Response) -> httpx.Response:
        """Go on to the page for signing in, where it leads there, and nowhere else."""
        location = page.headers.get("Location", "")
        return await self.client.get(self.url + location) if location.startswith("/console/sign-in?next=") else page

    async def fill_in(self, page: httpx.Response, number: int = 0, /, **filled: str) -> httpx.Response:
        """Send a form of a page."""
        action, fields = forms_of(page).forms[number]
        answer = await self.client.post(self.url + action, data={**fields, **filled})
        self.seen.append(answer)
        return answer

    async def sign_in(self, page: httpx.Response) -> httpx.Response:
        """Sign in on the page that asks for it, and go on to the one behind."""
        answer = await self.fill_in(page, email=self.email, password=self.password)
        assert answer.status_code == 303, answer.text
        page = await self.client.get(self.url + answer.headers["Location"])
        self.seen.append(page)
        return page

    async def let_in(self, app: App, *, organization: str | None = None, **changed: str | None) -> httpx.Response:
        """Sign in if asked, and consent: for the first of the books that are offered unless some are named."""
        page = await self.open(app, **changed)
        if 'name="password"' in page.text:
            page = await self.sign_in(page)
        return await self.fill_in(page, organization=organization or forms_of(page).choices[0], decision="allow")


async def a_person(client: httpx.AsyncClient, url: str, firm: Firm) -> Person:
    """The owner of a firm, who has a password."""
    async with operators_books(firm.url) as books:
        user = await members.find_user(books, firm.owner_id)
        await credentials.keep(books, user, hash_of(credentials.checked(PASSWORD, user)))
    return Person(client, url, user.email)


def told(answer: httpx.Response) -> dict[str, str]:
    """What an app hears at its own address."""
    assert answer.status_code == 303, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
