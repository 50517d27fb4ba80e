"""Where signing in leads: to a page of the console, or on to an app that asks to be let in. Nowhere else."""

import re
from dataclasses import dataclass

from domain.access.oauth import authorizing, metadata
from domain.access.oauth.refusals import Refused
from server.console.service import PREFIX
from server.console.visits import Visit
from server.oauth.forms import fields_of

_OURS = re.compile(r"/console(/[A-Za-z0-9_~:-][A-Za-z0-9_.~:-]*)*(\?[A-Za-z0-9_.~%=&:+-]*)?", re.ASCII)
_QUESTION = re.compile(re.escape(metadata.AUTHORIZE) + r"\?[!$-;=?-Z\[\]_a-z~]{1,8000}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Lead:
    """An address of ours to go on to. ``app`` is who asks there; ``ends_at`` where the browser is sent back to then."""

    to: str = PREFIX
    app: str = ""
    ends_at: str | None = None


def own_page(wanted: str) -> str:
    """Return an address that leads to a page of the console, whatever was asked for."""
    return wanted if _OURS.fullmatch(wanted) else PREFIX


async def lead_of(visit: Visit, wanted: str) -> Lead:
    """Return where somebody goes on to; the page of an app only where it is proven who asks."""
    if not _QUESTION.fullmatch(wanted):
        return Lead(own_page(wanted))
    try:
        fields = fields_of(wanted.partition("?")[2].encode("ascii"))
        async with visit.means.doorkeeper.books(visit.exchange) as books:
            client = await authorizing.asker(books, fields)
    except Refused:
        return Lead()
    return Lead(wanted, client.name, fields["redirect_uri"])
