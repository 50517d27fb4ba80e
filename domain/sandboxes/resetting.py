"""Beginning a sandbox anew: all that is in its books goes, and it is furnished again after its live organization.

Who reaches it stays as it is: members, tokens, apps and webhook endpoints. The feed goes on at its next place.
"""

from domain import organization
from domain.books import Books
from domain.errors import InUse, InvalidState
from domain.founding import furnish_like, pattern_of
from domain.organization import open_organization
from domain.sandboxes.clock import require_sandbox
from domain.statements import Statement

_ATTEMPTS = 3
_EMPTY = Statement("select empty_sandbox(%(organization_id)s)")


async def reset(books: Books) -> Books:
    """Empty a sandbox, and return its books, furnished as at first need and by the real clock. Locks the sandbox.

    Raises: InvalidState for a live organization, and where others write into the sandbox without a pause;
    VersionMismatch.
    """
    firm = await require_sandbox(books, "can be reset")
    books.expect_version("Organization", firm.version)
    assert firm.live_organization_id is not None, "a sandbox is somebody's"
    pattern = await pattern_of(await open_organization(books, firm.live_organization_id))
    opened = await open_organization(books, firm.id)
    await _empty(opened)
    opened.go_by(None)
    await organization.begin_anew(opened, firm, pattern.particulars)
    await furnish_like(opened, pattern)
    return opened


async def _empty(books: Books) -> None:
    """Delete all; once more where somebody has referred meanwhile to what was to go."""
    for _ in range(_ATTEMPTS):
        try:
            async with books.part():
                await books.row(_EMPTY)
            return
        except InUse:
            continue
    raise InvalidState("Others are writing into this sandbox; reset it when they have ended.")
