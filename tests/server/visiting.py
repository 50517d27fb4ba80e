"""People who have signed in to the console, without a browser: they open its pages and send their forms."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from domain.access import credentials, members
from domain.happenings import record
from domain.organization import open_organization
from server.passwords import hash_of
from tests.running import Firm, operators_books
from tests.server.people import PASSWORD, forms_of


@dataclass(frozen=True)
class Visitor:
    """Somebody who has signed in to the console, on the pages of one organization."""

    client: httpx.AsyncClient
    base: str
    user_id: str

    async def open(self, path: str, status: int = 200) -> str:
        """Open a page of the organization."""
        page = await self.client.get(self.base + path)
        assert page.status_code == status, page.text[-3000:]
        assert page.headers["cache-control"] == "no-store"
        return page.text

    async def fill_in(self, path: str, action: str = "", /, status: int = 200, **filled: str | list[str]) -> str:
        """Send the form of a page, which goes to ``action`` if not to the page itself."""
        page = await self.client.get(self.base + path)
        target = self.base + (action or path)
        fields = next(each for where, each in forms_of(page).forms if where == target or where == action == "")
        fields = {name: value for name, value in fields.items() if name in ("token", "key")}
        answer = await self.client.post(target, data={**fields, **filled})
        assert answer.status_code == status, answer.text[-3000:]
        assert answer.headers["cache-control"] == "no-store"
        return str(answer.headers.get("location", answer.text))


@asynccontextmanager
async def visiting(url: str, firm: Firm, *, role: str = "OWNER") -> AsyncIterator[Visitor]:
    """A browser in which the owner, or a new member with another role, has signed in."""
    async with operators_books(firm.url) as books:
        if role == "OWNER":
            user = await members.find_user(books, firm.owner_id)
        else:
            email = f"{role.lower()}@{firm.organization_id[-12:]}.example"
            user = await members.create_user(books, name=role.title(), email=email)
            opened = await open_organization(books, firm.organization_id)
            await members.grant(opened, user.id, role)
            await record(opened)
        await credentials.keep(books, user, hash_of(credentials.checked(PASSWORD, user)))
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        page = await client.get("/console/sign-in")
        fields = forms_of(page).forms[-1][1]
        answer = await client.post("/console/sign-in", data={**fields, "email": user.email, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        yield Visitor(client, f"/console/{firm.organization_id}", user.id)


def minted_on(page: str) -> str:
    """The token that a page shows."""
    token: str
    (token,) = set(re.findall(r"aibk_pat_(?:test_)?[A-Za-z0-9]{38}", page))
    return token
