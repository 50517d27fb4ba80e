"""Which paper a document, a payment or an expense becomes, read in one snapshot of the books."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from domain.books import Books
from domain.documents.kinds import KINDS, Kind
from domain.documents.printing import stamps
from domain.documents.printing.expense_papers import ExpenseMaterial, expense_material_of, expense_paper
from domain.documents.printing.look import look_of
from domain.documents.printing.material import Material, material_of
from domain.documents.printing.papers import paper
from domain.documents.printing.print import Print, Wanted
from domain.documents.printing.printed_kinds import printed_as
from domain.documents.printing.sheet import Sheet
from domain.documents.printing.voucher_material import VoucherMaterial, voucher_material_of
from domain.documents.printing.vouchers import voucher
from domain.errors import NotFound

Printable = TypeVar("Printable", Material, VoucherMaterial, ExpenseMaterial)
Make = Callable[[Books, str, Wanted], Awaitable[Print]]
"""Puts the thing with an id on paper."""


async def of(books: Books, entity_type: str, key: str, wanted: Wanted) -> Print:
    """Put a thing of a kind on paper, as it stands in one snapshot. Raises NotFound."""
    async with books.snapshot():
        return await MAKERS[entity_type](books, key, wanted)


async def of_many(books: Books, keys: Sequence[str], wanted: Wanted) -> tuple[Print, ...]:
    """Put documents and payments of any kinds on paper, all as they stand in one snapshot.

    Raises: NotFound, with the field ``documents``, and Forbidden without the scope to read one.
    """
    papers = []
    async with books.snapshot():
        for key in keys:
            meant = _MEANT.get(key.partition("_")[0])
            if meant is None:
                raise NotFound("Document", key, field="documents")
            entity_type, scope = meant
            books.need(f"{scope}.READ")
            try:
                papers.append(await MAKERS[entity_type](books, key, wanted))
            except NotFound as missing:
                missing.field = "documents"
                raise
    return tuple(papers)


def _document(kind: Kind) -> Make:
    is_marked_by_law = printed_as(kind).goods_marks != stamps.PLAIN

    async def make(books: Books, key: str, wanted: Wanted) -> Print:
        material = await material_of(books, kind, key)
        return await _printed(books, kind.name, material, paper, wanted, is_marked=is_marked_by_law)

    return make


async def _payment(books: Books, key: str, wanted: Wanted) -> Print:
    material = await voucher_material_of(books, key)
    return await _printed(books, "PAYMENT", material, voucher, wanted, is_marked=False)


async def _expense(books: Books, key: str, wanted: Wanted) -> Print:
    material = await expense_material_of(books, key)
    is_marked = material.head.self_invoice_number is not None
    return await _printed(books, "EXPENSE", material, expense_paper, wanted, is_marked=is_marked)


async def _printed(
    books: Books,
    entity_type: str,
    material: Printable,
    lay_out: Callable[..., Sheet],
    wanted: Wanted,
    *,
    is_marked: bool,
) -> Print:
    """Put what has been read on paper. One that ``is_marked`` has the mark of the original unless copies are named."""
    head = material.head
    look = await look_of(books, head.branch_id)
    copies = int(is_marked) if wanted.copies is None else wanted.copies
    return Print(
        document_id=head.id,
        version=head.version,
        changed_at=head.modified_at,
        paper=entity_type,
        template=wanted.template or look.template,
        copies=copies,
        sheet=lay_out(material, look, copies=copies),
    )


MAKERS: Mapping[str, Make] = {
    **{kind.name: _document(kind) for kind in KINDS},
    "PAYMENT": _payment,
    "EXPENSE": _expense,
}

_MEANT: Mapping[str, tuple[str, str]] = {
    **{kind.prefix: (kind.name, kind.scope) for kind in KINDS},
    "pay": ("PAYMENT", "AIBooks.payments"),
    "exp": ("EXPENSE", "AIBooks.expenses"),
}
"""What an id means by its prefix, and the resource of its scopes."""
