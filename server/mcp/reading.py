"""Tools that only read: who am I, find, show, report, explain the tax."""

import base64
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.values import Struct
from server.exchange import Rehearsal
from server.mcp import month
from server.mcp.catalogue import PLURALS, Asked
from server.mcp.inside import Inside, Refused
from server.mcp.trimming import pruned, row_of

Arguments = Mapping[str, Any]

_ROWS = 10
_LINES = 100
_MOST_PDF_BYTES = 2 * 1024 * 1024
_PARTY = ("contact_id", "customer_id", "vendor_id")
_WHY = ("gst_treatment", "place_of_supply", "supply_type", "is_reverse_charge", "is_export_with_payment")
_TAX_OF_LINE = ("name", "hsn_or_sac", "tax_category", "taxable_amount", "tax_name", "tax_percentage")
_TAXES = ("cgst", "sgst", "igst", "cess")


class Result(Struct, frozen=True):
    """What a tool answers: ``told`` in the server's own words, ``data`` out of the books, perhaps with a ``pdf``."""

    data: Any = None
    told: Mapping[str, Any] = {}
    is_error: bool = False
    pdf: tuple[str, str] | None = None


async def whoami(inside: Inside, arguments: Arguments) -> Result:
    """Tell what the token may do, and for which organizations."""
    token = (await inside.ask("whoami")).body["token"]
    told: dict[str, Any] = {"token": pruned(token)}
    if inside.catalogue.is_allowed("list_organizations", inside.identity.scopes):
        listed = (await inside.ask("list_organizations")).shown
        told["organizations"] = [row_of("organization", each) for each in listed]
    return Result(told)


async def find(inside: Inside, arguments: Arguments) -> Result:
    """List things of a kind by what is known of them."""
    kind = arguments["kind"]
    operation = inside.catalogue[f"list_{PLURALS[kind]}"]
    wanted = {"per_page": arguments.get("limit", _ROWS), **arguments.get("filters", {})}
    wanted |= {name: arguments[name] for name in ("status", "date_from", "date_to", "cursor") if name in arguments}
    if "contact_id" in arguments:
        wanted[next((name for name in _PARTY if name in operation.parameters), "contact_id")] = arguments["contact_id"]
    if "per_page" not in operation.parameters:
        wanted.pop("per_page")
    listed, cursor = await _listed(inside, operation, arguments.get("text"), wanted)
    return Result([row_of(kind, each) for each in listed], {"next_cursor": cursor} if cursor else {})


async def _listed(
    inside: Inside, operation: Asked, text: str | None, wanted: Mapping[str, Any]
) -> tuple[list[Mapping[str, Any]], str | None]:
    """Return what a list has with a text in it, and where it goes on; lists that cannot search are short."""
    searches = "search" in operation.parameters
    told = await inside.ask(operation.id, query={**wanted, "search": text} if searches else wanted)
    rows = told.shown if text is None or searches else [each for each in told.shown if _mentions(each, text)]
    return rows, told.body.get("page_context", {}).get("next_cursor")


def _mentions(shown: Mapping[str, Any], text: str) -> bool:
    return any(text.casefold() in str(value).casefold() for value in shown.values() if isinstance(value, str | Decimal))


async def show(inside: Inside, arguments: Arguments) -> Result:
    """Show one thing whole, by its id or its number, or as a PDF."""
    kind = arguments["kind"]
    key = arguments.get("id") or await _id_by_number(inside, kind, arguments.get("number", ""))
    if arguments.get("as_pdf"):
        if f"get_{kind}_pdf" not in inside.catalogue.operations:
            message = "Only documents and payments are shown as a PDF."
            raise Refused({"code": "validation.invalid_value", "field": "as_pdf", "message": message})
        told = await inside.ask(f"get_{kind}_pdf", path=path_of(inside, f"get_{kind}_pdf", key))
        if len(told.content) > _MOST_PDF_BYTES:
            raise Refused({"code": "request.too_large", "message": "The PDF is too large to be handed to an agent."})
        return Result({f"{kind}_id": key}, {"pdf_bytes": len(told.content)}, pdf=(key, _coded(told.content)))
    told = await inside.ask(f"get_{kind}", path=path_of(inside, f"get_{kind}", key))
    return Result(pruned(told.shown, _LINES))


async def report(inside: Inside, arguments: Arguments) -> Result:
    """Show a report, its long lists cut to some rows, or what is to be looked at before a month is closed."""
    name, rows, filters = arguments["name"], arguments.get("rows", 2 * _ROWS), arguments.get("filters", {})
    if name == month.CHECKS:
        return Result(*await month.checks(inside, arguments.get("period", "")))
    if "format" in filters:
        message = "A report is shown as values here: leave format out."
        raise Refused({"code": "validation.invalid_value", "field": "filters.format", "message": message})
    operation = inside.catalogue[inside.catalogue.reports()[name]]
    wanted = {each: arguments.get(each) for each in ("from_date", "to_date", "period")}
    if "as_of_date" in operation.parameters:
        wanted = {"as_of_date": arguments.get("to_date")}
    told = await inside.ask(operation.id, query={**wanted, **filters})
    return Result(pruned(told.shown, rows))


async def explain_tax(inside: Inside, arguments: Arguments) -> Result:
    """Tell which tax a document bears, or would bear, and which of its facts decide that."""
    kind = arguments["kind"]
    if "document" in arguments:
        rehearsal = Rehearsal()
        body = {**arguments["document"], "auto_approve": False}
        shown = (await inside.ask(f"create_{kind}", body=body, rehearsal=rehearsal)).shown
    else:
        key = arguments.get("id", "")
        shown = (await inside.ask(f"get_{kind}", path=path_of(inside, f"get_{kind}", key))).shown
    totals = {name: shown[name] for name in shown if name.endswith("_total")} | {"total": shown["total"]}
    lines = [_tax_of(line) for line in shown["line_items"]]
    return Result({"totals": totals, "lines": lines}, {"why": _why(inside, kind, shown)})


def path_of(inside: Inside, operation_id: str, key: str) -> dict[str, str]:
    """Return the one parameter in the path of an operation. Raises Refused without a key."""
    if not key:
        raise Refused({"code": "validation.required_field", "field": "id", "message": "Say which one: its id."})
    return {_id_name(inside, operation_id): key}


def _id_name(inside: Inside, operation_id: str) -> str:
    """Return what the id is called in the path of an operation, and in what it shows."""
    return inside.catalogue[operation_id].path.partition("{")[2].partition("}")[0]


async def _id_by_number(inside: Inside, kind: str, number: str) -> str:
    if not number:
        return ""
    listed, _ = await _listed(inside, inside.catalogue[f"list_{PLURALS[kind]}"], number, {})
    named = [
        each for each in listed if number in (each.get(f"{kind}_number"), each.get(f"{kind}_name"), each.get("name"))
    ]
    found = named or listed
    if len(found) == 1:
        return str(found[0][_id_name(inside, f"get_{kind}")])
    word = "none" if not found else "several"
    raise Refused(
        {"code": "not_found.resource", "field": "number", "message": f"There are {word} called so: use find."}
    )


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _tax_of(line: Mapping[str, Any]) -> dict[str, Any]:
    amounts = {f"{tax}_amount": line[f"{tax}_amount"] for tax in _TAXES if line.get(f"{tax}_amount")}
    return {**{name: line.get(name) for name in _TAX_OF_LINE}, **amounts}


def _why(inside: Inside, kind: str, shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the facts that decide the tax, each with what the contract says of it."""
    schema = "".join(word.capitalize() for word in kind.split("_"))
    properties = inside.catalogue.schemas[schema]["properties"]
    return [
        {"fact": name, "value": shown[name], "rule": inside.catalogue.said_of(schema, name)}
        for name in _WHY
        if name in properties and shown.get(name) not in (None, False)
    ]
