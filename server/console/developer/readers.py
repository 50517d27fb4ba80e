"""Who sees what of the ways into the books, and of what comes through them."""

from contextlib import AbstractAsyncContextManager

from domain.access import roles
from domain.books import Books
from server.console.visits import Visit

OWNERS = frozenset((roles.OWNER,))
LOG_READERS = frozenset((roles.OWNER, roles.ACCOUNTANT))
LISTENERS = frozenset((roles.OWNER, roles.ACCOUNTANT, roles.READ_ONLY))
"""Those whose role lets them read where events are told."""


def whose(visit: Visit) -> str | None:
    """Return of whom tokens and apps are shown: an owner sees those of all members, everybody else their own."""
    return None if visit.here.role in OWNERS else visit.user.user_id


def reads_log(visit: Visit) -> bool:
    """Say whether the log of calls is shown to the visitor."""
    return visit.here.role in LOG_READERS


def doorkeepers_books(visit: Visit) -> AbstractAsyncContextManager[Books]:
    """Open the books under the role that ends what apps were allowed, wherever that was.

    It sees more than the visitor may: what is ended is found under the visitor's own role before.
    """
    return visit.means.doorkeeper.books(visit.exchange, user_id=visit.user.user_id, organization_id=visit.here.id)
