"""Conversion: a draft made of an estimate or an order, whole or in parts, and what keeps the two together.

The draft takes from its source what was agreed (prices, discounts, taxes, party, addresses, words) and is otherwise
drafted like any other: numbers, dates, terms, the rate of exchange and all amounts are today's.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.books import Books
from domain.currencies import latest_rate
from domain.documents import credit, registering, shares, sources, uniqueness, writing
from domain.documents import lines as line_rules
from domain.documents.circumstances import Circumstances
from domain.documents.document import Document, LinkedDocument, Paper
from domain.documents.drafts import drafted, with_open_place
from domain.documents.kinds import Kind
from domain.documents.lines import LineValues
from domain.documents.reading import find_for_change
from domain.documents.shares import Given, Part, left_of
from domain.documents.status import status_today
from domain.documents.telling import note
from domain.errors import Failed, InvalidState, NotFound
from domain.gst.ecommerce import OPERATOR
from domain.statements import Statement
from domain.values import Struct, replace

Values = Mapping[str, Any]

_AGREED = (
    "contact_id",
    "branch_id",
    "reference_number",
    "place_of_supply",
    "gst_treatment",
    "gst_no",
    "currency_code",
    "is_inclusive_tax",
    "is_reverse_charge",
    "is_export_with_payment",
    "is_export_tax_claimed",
    *OPERATOR,
    "discount_percent",
    "billing_address",
    "shipping_address",
    "salesperson_id",
    "salesperson_name",
    "notes",
    "terms",
    "tags",
    "custom_fields",
)

# What went to the documents made of this one that still stand: its amounts on the whole, and those of each line.
_GIVEN = Statement(
    """
with made as (
  select document.id, document.discount, document.untaxed_charges
    from document_links as link
    join documents as document
      on document.organization_id = link.organization_id
     and document.id = link.target_id
   where link.organization_id = %(organization_id)s
     and link.source_id = %(id)s
     and document.voided_at is null
), line as (
  select line.source_line_id, sum(line.discount) as discount
    from made
    join document_lines as line
      on line.organization_id = %(organization_id)s
     and line.document_id = made.id
   where line.source_id = %(id)s
     and line.discount is not null
   group by line.source_line_id
)
select (select coalesce(sum(discount), 0) from made) as discount,
       (select coalesce(sum(untaxed_charges), 0) from made) as untaxed_charges,
       array(select source_line_id from line order by source_line_id) as line_ids,
       array(select discount from line order by source_line_id) as discounts
"""
)
_LINK = Statement(
    """
insert into document_links (organization_id, source_id, target_id, relation, created_at)
values (%(organization_id)s, %(source_id)s, %(target_id)s, 'CONVERTED', %(created_at)s)
"""
)


class Converted(Struct, frozen=True):
    """A document of which something was made, as it then stands, and the draft that was made of it."""

    source: Paper
    made: Paper


async def convert(
    books: Books, kind: Kind, key: str, target: Kind, *, wanted: Sequence[Values] | None, said: Values
) -> Converted:
    """Make a draft of another kind, one that it can become, of an open document.

    ``wanted`` are ids of its lines, each with the quantity to take (without one, all that is left); ``None`` takes all
    that is left of every line. ``said`` goes before what was agreed. Locks the source. Raises: NotFound,
    VersionMismatch, InvalidState, Failed for more than is left, and what drafting refuses.
    """
    assert target.name in kind.becomes, "the contract names no other kinds"
    source, facts = await find_for_change(books, kind, key)
    _refuse_closed(books, kind, source.head)
    parts = _parts(kind, source, wanted)
    given = await _given(books, source.head)
    taken = await registering.taken_over(books, kind, source.head, facts)
    if taken:
        taken |= with_open_place(kind, {}, source, facts)
    values = {**await _agreed(books, source, target, facts, parts, given, said), **taken, **said}
    made, _ = await drafted(books, target, values, _lines(books, kind, source, facts, parts, given))
    await uniqueness.refuse_twin(books, target, made.head)
    note(books, target, made.head, "CREATED")
    turned = await sources.turn(books, kind, source, {part.line.id: part.quantity for part in parts}, "CONVERTED")
    books.keep_open()
    await writing.insert(books, [made])
    await books.run(_LINK, source_id=source.head.id, target_id=made.head.id, created_at=books.now)
    source = replace(turned, converted_to=[*turned.converted_to, _link_to(made.head)])
    return Converted(source, replace(made, converted_from=[_link_to(turned.head)]))


def _refuse_closed(books: Books, kind: Kind, head: Document) -> None:
    status = status_today(kind, head, books.today)
    if status not in kind.statuses.convertible:
        raise InvalidState(f"{kind.title} {head.number or head.id} is {status}; nothing can be made of it.")


def _parts(kind: Kind, source: Paper, wanted: Sequence[Values] | None) -> list[Part]:
    """What is to be taken of which line, in the order asked for. Raises: NotFound, Failed."""
    if wanted is None:
        return [Part(line, left_of(line)) for line in source.lines if left_of(line)]
    by_id = {line.id: line for line in source.lines}
    parts: list[Part] = []
    for index, want in enumerate(wanted):
        path = f"line_items[{index}]"
        line = by_id.pop(want["id"], None)
        if line is None:
            if any(part.line.id == want["id"] for part in parts):
                raise Failed("A line can be named once.", field=f"{path}.line_item_id")
            raise NotFound("Line", want["id"], field=f"{path}.line_item_id")
        left, quantity = left_of(line), want.get("quantity")
        if not left or (quantity is not None and quantity > left):
            number = source.head.number
            raise Failed(f"{kind.title} {number} has {left:f} left of '{line.name}'.", field=f"{path}.quantity")
        parts.append(Part(line, left if quantity is None else quantity))
    return parts


async def _given(books: Books, head: Document) -> Given:
    row = await books.row(_GIVEN, id=head.id)
    assert row is not None, "the statement always gives one row"
    lines = dict(zip(row["line_ids"], row["discounts"], strict=True))
    return Given(row["discount"], row["untaxed_charges"], lines)


async def _agreed(
    books: Books,
    source: Paper,
    target: Kind,
    facts: Circumstances,
    parts: Sequence[Part],
    given: Given,
    said: Values,
) -> dict[str, Any]:
    """What the draft takes of the head of its source, as if the caller had said it."""
    head = source.head
    taken = {part.line.id: part.quantity for part in parts}
    is_last = all(left_of(line) == taken.get(line.id, 0) for line in source.lines)
    agreed: dict[str, Any] = {name: getattr(head, name) for name in _AGREED}
    if target.is_vendors_paper:  # it has a number of its own, which none before the deal had
        del agreed["reference_number"]
    if head.discount is not None:
        share = shares.share_of_parts(head.discount, given.discount, parts, source.lines, is_last=is_last)
        agreed["discount"] = min(share, shares.value_of(parts, given))
    agreed["untaxed_charges"] = shares.share_of_parts(
        head.untaxed_charges, given.untaxed_charges, parts, source.lines, is_last=is_last
    )
    if facts.salesperson_status == "INACTIVE":
        agreed["salesperson_id"] = None  # who has left cannot be chosen any more; the name stays
    if head.currency_code != facts.base_currency:
        rate = await latest_rate(books, head.currency_code, on=said.get("dated_on") or books.today)
        agreed["exchange_rate"] = head.exchange_rate if rate is None else rate
    return agreed


def _lines(
    books: Books, kind: Kind, source: Paper, facts: Circumstances, parts: Sequence[Part], given: Given
) -> list[LineValues]:
    """The lines of the draft, as if the caller had said them."""
    decide = kind.side.value.decide_credit
    return [
        {
            **credit.undecided(decide, source.head, part.line, line_rules.as_spoken(part.line), facts, books.today),
            "id": None,
            "quantity": part.quantity,
            "discount": shares.discount_of_part(part, given),
            "source_id": source.head.id,
            "source_line_id": part.line.id,
        }
        for part in parts
    ]


def _link_to(head: Document) -> LinkedDocument:
    return LinkedDocument(
        document_type=head.kind,
        document_id=head.id,
        document_number=head.number,
        status=head.status,
        total=head.total,
    )
