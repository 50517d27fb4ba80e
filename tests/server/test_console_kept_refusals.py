"""What the API refuses of a form that carries a key: it is kept and not raised, and pages tell it as others."""

import pytest

from tests.running import Firm
from tests.server.conftest import Site
from tests.server.visiting import visiting

_REFUSED = {
    "/settings/accounts/new": ({"code": "1000", "name": "Cash again", "account_type": "CASH"}, "code", "1000"),
    "/webhooks/new": ({"url": "https://127.0.0.1/till", "reach": "all", "payload": "SUMMARY"}, "url", "machine"),
}


@pytest.mark.parametrize("path", _REFUSED)
async def test_they_are_told_by_the_field_and_nothing_is_said_to_be_saved(site: Site, firm: Firm, path: str) -> None:
    filled, field, word = _REFUSED[path]
    async with visiting(site.urls[0], firm) as owner:
        answer = await owner.fill_in(path, status=409 if field == "code" else 400, **filled)
    assert f'id="e-{field}"' in answer
    assert word in answer.partition(f'id="e-{field}">')[2].partition("<")[0]
    assert next(iter(filled.values())) in answer
