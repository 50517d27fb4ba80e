"""The members of an organization: who they are, what they may, who is invited. Owners change it, and all may leave."""

from collections.abc import Sequence

from starlette.responses import Response

from domain.access import invitations, leaving, members, roles, security_events
from domain.errors import Forbidden, Refusal, RouteNotFound
from domain.mails.addresses import usual_form
from server.console.pages import Page
from server.console.visits import Visit

_INVITED_PER_MINUTE = 10
_ROLES = tuple(roles.TITLES.items())


async def people(visit: Visit) -> Response:
    """Show the members, and the invitations that wait."""
    return await _shown(visit)


async def invite(visit: Visit) -> Response:
    """Invite somebody, or take an invitation back. Raises: Forbidden, RateLimited."""
    _check_owner(visit)
    email, role = visit.filled("email"), visit.filled("role")
    if visit.filled("cancel"):
        async with visit.books() as books:
            await invitations.cancel(books, visit.filled("cancel"))
        return visit.go(f"{visit.base}/members", "uninvited")
    await visit.means.doorkeeper.count(f"invites:{visit.user.user_id}", _INVITED_PER_MINUTE, visit.exchange)
    try:
        usual = usual_form(email, field="email")
        async with visit.books() as books:
            await invitations.invite(books, email=usual, role=role, key=visit.means.link_key())
    except Refusal as refusal:
        return await _shown(visit, refusal, email=email, role=role)
    return visit.go(f"{visit.base}/members", "invited")


async def member(visit: Visit) -> Response:
    """Show what an owner may change of a member. Raises: Forbidden, RouteNotFound."""
    _check_owner(visit)
    return await _one(visit)


async def change(visit: Visit) -> Response:
    """Give a member another role, suspend or remove them, or let them in again. Raises: Forbidden, RouteNotFound."""
    _check_owner(visit)
    user_id, role, step = visit.path["member"], visit.filled("role"), visit.filled("step")
    try:
        await visit.prove()
        async with visit.books() as books:
            if await members.find_member(books, user_id) is None:
                raise RouteNotFound("There is no such member.")
            if step == "remove":
                await leaving.remove(books, user_id)
            elif step == "suspend":
                await security_events.of_member(books, await members.suspend(books, user_id), "MEMBER_SUSPENDED")
            else:
                await security_events.of_member(books, await members.grant(books, user_id, role), "ROLE_CHANGED")
    except RouteNotFound:
        raise
    except Refusal as refusal:
        return await _one(visit, refusal)
    if user_id == visit.user.user_id and step in ("suspend", "remove"):
        return visit.go("/console", "left")
    return visit.go(f"{visit.base}/members", "member-removed" if step == "remove" else "saved")


async def leaving_page(visit: Visit) -> Response:
    """Tell what leaving these books means. Raises: Forbidden."""
    _check_live(visit)
    return visit.page("leave.html")


async def leave(visit: Visit) -> Response:
    """Let somebody leave these books of their own accord, who gives the password. Raises: Forbidden."""
    _check_live(visit)
    try:
        await visit.prove()
        async with visit.books() as books:
            await leaving.remove(books, visit.user.user_id)
    except Refusal as refusal:
        return visit.page("leave.html", refusal=refusal)
    return visit.go("/console", "left")


def _check_owner(visit: Visit) -> None:
    if visit.here.role != roles.OWNER:
        raise Forbidden("auth.insufficient_scope", "Only an owner of these books minds their members.")
    _check_live(visit)


def _check_live(visit: Visit) -> None:
    if visit.here.is_sandbox:
        raise Forbidden("auth.insufficient_scope", "Members of a sandbox are those of its live organization.")


async def _shown(visit: Visit, refusal: Refusal | None = None, email: str = "", role: str = "") -> Response:
    may_change = visit.here.role == roles.OWNER and not visit.here.is_sandbox
    async with visit.books() as books:
        everybody = await members.list_members(books)
        waiting = await invitations.list_open(books) if may_change else []
    return visit.page(
        "members.html",
        people=everybody,
        waiting=waiting,
        titles=roles.TITLES,
        options=_ROLES,
        may_change=may_change,
        has_mail=bool(visit.means.settings.smtp_url),
        email=email,
        role=role or roles.ACCOUNTANT,
        refusal=refusal,
    )


async def _one(visit: Visit, refusal: Refusal | None = None) -> Response:
    async with visit.books() as books:
        found = await members.find_member(books, visit.path["member"])
    if found is None:
        raise RouteNotFound("There is no such member.")
    role = visit.filled("role") or found.role
    return visit.page("member.html", member=found, role=role, options=_ROLES, refusal=refusal)


PAGES: Sequence[Page] = (
    Page("/console/{organization}/members", people, invite, heading="Settings", label="Members"),
    Page("/console/{organization}/members/{member}", member, change),
    Page("/console/{organization}/leave", leaving_page, leave),
)
