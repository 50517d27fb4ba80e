"""Tools that change the books, in two steps: what it would come to, and, confirmed, the change itself.

The first step carries the request out and undoes it, so that what is shown is what the books say, refusals included.
The second makes the same request under an idempotency key of the confirmation, and only if it comes to the same.
"""

from collections.abc import Mapping
from typing import Any

from domain.values import Struct
from server.exchange import Rehearsal
from server.mcp.confirming import GOOD_SECONDS, Bound, Confirmations, NotConfirmed, key_of
from server.mcp.inside import Inside, Refused, Told
from server.mcp.month import organization_of
from server.mcp.reading import Arguments, Result, path_of
from server.mcp.trimming import previewed, pruned, row_of

_CHANGED = "conflict.version_mismatch"
_AGAIN = "Nothing was carried out. Look at this preview; if it is right, call again with its confirm."
_ASK = "Nothing was carried out. Call again with the same arguments and this confirm to carry it out."


class Change(Struct, frozen=True):
    """A request that changes something of a kind."""

    kind: str
    operation_id: str
    path: Mapping[str, str] = {}
    body: Any = None
    is_new: bool = False
    is_told_in_brief: bool = False


class Writing:
    """Carries changes out once they are confirmed."""

    def __init__(self, confirmations: Confirmations) -> None:
        self._confirmations = confirmations

    async def draft_document(self, inside: Inside, arguments: Arguments) -> Result:
        """Draft a document, or change a draft."""
        kind, document = arguments["kind"], arguments["document"]
        if "id" in arguments:
            path = path_of(inside, f"update_{kind}", arguments["id"])
            return await self._changed(
                "draft_document", inside, arguments, Change(kind, f"update_{kind}", path, document)
            )
        body = {**document, "auto_approve": False}
        return await self._changed("draft_document", inside, arguments, Change(kind, f"create_{kind}", {}, body, True))

    async def approve(self, inside: Inside, arguments: Arguments) -> Result:
        """Approve a draft, or send, confirm or issue it, as it is called by kind."""
        kind = arguments["kind"]
        operation_id = inside.catalogue.opening(kind) or ""
        change = Change(kind, operation_id, path_of(inside, operation_id, arguments["id"]))
        return await self._changed("approve", inside, arguments, change)

    async def add(self, inside: Inside, arguments: Arguments) -> Result:
        """Enter a contact, an item, an expense or a journal."""
        kind = arguments["kind"]
        change = Change(kind, f"create_{kind}", {}, arguments["fields"], is_new=True)
        return await self._changed("add", inside, arguments, change)

    async def record_payment(self, inside: Inside, arguments: Arguments) -> Result:
        """Record money that came or went, and what it settles."""
        change = Change("payment", "create_payment", {}, _meant(arguments), is_new=True)
        return await self._changed("record_payment", inside, arguments, change)

    async def void(self, inside: Inside, arguments: Arguments) -> Result:
        """Take back a document or payment by reversing its entries."""
        kind = arguments["kind"]
        body = {name: arguments[name] for name in ("reason", "date") if name in arguments}
        change = Change(kind, f"void_{kind}", path_of(inside, f"void_{kind}", arguments["id"]), body or None)
        return await self._changed("void", inside, arguments, change)

    async def lock_month(self, inside: Inside, arguments: Arguments) -> Result:
        """Move the date on or before which nothing can be posted or changed."""
        path = {"organization_id": organization_of(inside)}
        body = {"lock_date": arguments["lock_date"]}
        change = Change("organization", "update_organization", path, body, is_told_in_brief=True)
        return await self._changed("lock_month", inside, arguments, change)

    async def _changed(self, tool: str, inside: Inside, arguments: Arguments, change: Change) -> Result:
        """Show what a change comes to, or carry it out where that is confirmed."""
        organization_id = inside.identity.organization_id or inside.organization_id or ""
        bound = Bound(inside.identity.subject, organization_id, tool, _meant(arguments))
        confirmation = arguments.get("confirm")
        if confirmation is None:
            return await self._preview(inside, change, bound)
        try:
            expected = self._confirmations.digest_of(confirmation, bound)
            told = await _made(inside, change, expected, confirmation)
        except NotConfirmed as reason:
            refused = {"code": _CHANGED, "field": "confirm", "message": str(reason)}
            return await self._preview(inside, change, bound, refused=refused)
        except Refused as refusal:
            if refusal.problem.get("code") != _CHANGED:
                raise
            return await self._preview(inside, change, bound, refused=refusal.problem)
        was_replayed = {"was_done_before": True} if b"idempotent-replayed" in told.headers else {}
        return Result(_shown(change, told), {"done": True, **was_replayed, **_warnings(told)})

    async def _preview(
        self, inside: Inside, change: Change, bound: Bound, refused: Mapping[str, Any] | None = None
    ) -> Result:
        rehearsal = Rehearsal()
        told = await inside.ask(change.operation_id, path=change.path, body=change.body, rehearsal=rehearsal)
        shown = previewed(change.kind, _shown(change, told), is_new=change.is_new)
        if not rehearsal.effects:
            return Result(shown, {"done": True, "message": "The books say so already: nothing was left to change."})
        words = {"error": inside.error(refused), "next": _AGAIN} if refused else {"next": _ASK}
        preview = {
            "done": False,
            **words,
            "would_happen": list(rehearsal.effects),
            "confirm": self._confirmations.give(bound, rehearsal.digest),
            "confirm_within_seconds": GOOD_SECONDS,
            **_warnings(told),
        }
        return Result(shown, preview, is_error=refused is not None)


def _meant(arguments: Arguments) -> dict[str, Any]:
    """Return what is to be done, without the word that it is to be."""
    return {name: value for name, value in arguments.items() if name != "confirm"}


async def _made(inside: Inside, change: Change, expected: str, confirmation: str) -> Told:
    return await inside.ask(
        change.operation_id,
        path=change.path,
        body=change.body,
        headers={b"idempotency-key": key_of(confirmation)},
        rehearsal=Rehearsal(expected),
    )


def _shown(change: Change, told: Told) -> Any:
    return row_of(change.kind, told.shown) if change.is_told_in_brief else pruned(told.shown)


def _warnings(told: Told) -> dict[str, Any]:
    return {"warnings": told.body["warnings"]} if told.body.get("warnings") else {}
