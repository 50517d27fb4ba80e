"""What happened to the account of whoever has signed in, and the one button for a lost laptop."""

from collections.abc import Sequence

from starlette.responses import Response

from domain.access import revoking, security_events
from domain.errors import Refusal
from server.console.pages import Page
from server.console.service import SIGN_IN
from server.console.visits import Visit

SAFETY = "/console/account/security"


async def events(visit: Visit) -> Response:
    """Show the last of them."""
    return await _shown(visit)


async def lost(visit: Visit) -> Response:
    """End all sessions, apps and tokens of the user at once, this session too."""
    try:
        await visit.prove()
    except Refusal as refusal:
        return await _shown(visit, refusal)
    async with visit.means.doorkeeper.books(visit.exchange, user_id=visit.user.user_id) as books:
        await revoking.revoke_all(books, visit.user.user_id)
    return visit.go(SIGN_IN, "all-ended")


async def _shown(visit: Visit, refusal: Refusal | None = None) -> Response:
    async with visit.books() as books:
        happened = await security_events.list_events(books, visit.user.user_id)
    return visit.page("security.html", events=happened, refusal=refusal)


PAGES: Sequence[Page] = (Page(SAFETY, events, lost),)
