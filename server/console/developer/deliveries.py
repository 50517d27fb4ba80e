"""The page of one delivery: each attempt with what was sent and answered, and sending it once more."""

from starlette.responses import Response

from domain.errors import Refusal
from server.console.developer.readers import LISTENERS, OWNERS
from server.console.pages import Page
from server.console.visits import DONE, Visit

DONE["sent-again"] = "It is sent once more: look again in a moment."

PATH = "/console/{organization}/deliveries/{delivery}"


async def shown(visit: Visit) -> Response:
    """Show a delivery, the last attempt first."""
    return await _one(visit)


async def resent(visit: Visit) -> Response:
    """Send a delivery once more."""
    key = visit.path["delivery"]
    try:
        await visit.send("POST", f"/webhooks/deliveries/{key}/redeliver")
    except Refusal as refusal:
        return await _one(visit, refusal)
    return visit.go(f"{visit.base}/deliveries/{key}", "sent-again")


async def _one(visit: Visit, refusal: Refusal | None = None) -> Response:
    found = (await visit.get(f"/webhooks/deliveries/{visit.path['delivery']}"))["delivery"]
    return visit.page(
        "developer/delivery.html",
        refusal=refusal,
        delivery=found,
        attempts=found["attempts"][::-1],
        may_resend=visit.here.role in OWNERS and found["status"] != "PENDING",
    )


PAGES = (Page(PATH, shown, resent, roles=LISTENERS),)
