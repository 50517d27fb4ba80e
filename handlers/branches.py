"""Branches and their number series."""

from typing import Any

from domain import branches, registers
from domain.books import Books
from domain.branches import BRANCHES
from domain.pictures import LOGO, OF_BRANCH, SIGNATURE
from handlers.pictures import PictureHandlers
from handlers.replies import Reply, created, listed, shown
from handlers.shapes.branches import BRANCH, as_said, branch_said

_LISTING = branches.listing(BRANCH.columns)
_READING = registers.reading(BRANCHES.table, BRANCH.columns)


async def list_branches(books: Books, query: dict[str, Any]) -> Reply:
    """Show branches, the default one first."""
    return listed("branches", await books.rows(_LISTING, active_only=query["active_only"]))


async def get_branch(books: Books, branch_id: str) -> Reply:
    """Show one branch."""
    return shown("branch", await registers.read(books, _READING, BRANCHES.noun, branch_id))


async def create_branch(books: Books, body: dict[str, Any]) -> Reply:
    """Add a branch."""
    with as_said(body):
        branch = await branches.open_branch(books, branch_said(body))
    fresh = await registers.read(books, _READING, BRANCHES.noun, branch.id)
    return created("branch", fresh, location=f"/api/public/v1/branches/{branch.id}")


async def update_branch(books: Books, branch_id: str, body: dict[str, Any]) -> Reply:
    """Change what was sent, and nothing else."""
    with as_said(body):
        await branches.amend_branch(books, branch_id, branch_said(body))
    return await get_branch(books, branch_id)


_logo = PictureHandlers(OF_BRANCH, LOGO, show=get_branch)
get_branch_logo = _logo.get
update_branch_logo = _logo.put
remove_branch_logo = _logo.remove

_signature = PictureHandlers(OF_BRANCH, SIGNATURE, show=get_branch)
get_branch_signature = _signature.get
update_branch_signature = _signature.put
remove_branch_signature = _signature.remove
