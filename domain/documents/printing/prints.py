"""Which paper a document, a payment or an expense becomes, read in one snapshot of the books."""

from collections.abc import Awaitable, Callable, Mapping

from domain.books import Books
from domain.documents.kinds import KINDS, Kind
from domain.documents.printing import stamps
from domain.documents.printing.look import look_of
from domain.documents.printing.material import material_of
from domain.documents.printing.papers import paper
from domain.documents.printing.print import Print, Wanted
from domain.documents.printing.printed_kinds import PRINTED
from domain.documents.printing.voucher_material import voucher_material_of
from domain.documents.printing.vouchers import voucher

Make = Callable[[Books, str, Wanted], Awaitable[Print]]
"""Puts the thing with an id on paper."""


async def of(books: Books, entity_type: str, key: str, wanted: Wanted) -> Print:
    """Put a thing of a kind on paper, as it stands in one snapshot. Raises NotFound."""
    async with books.snapshot():
        return await MAKERS[entity_type](books, key, wanted)


def _document(kind: Kind) -> Make:
    is_marked_by_law = PRINTED[kind.name].goods_marks != stamps.PLAIN

    async def make(books: Books, key: str, wanted: Wanted) -> Print:
        material = await material_of(books, kind, key)
        look = await look_of(books, material.head.branch_id)
        copies = int(is_marked_by_law) if wanted.copies is None else wanted.copies
        return Print(
            document_id=material.head.id,
            version=material.head.version,
            changed_at=material.head.modified_at,
            paper=kind.name,
            template=wanted.template or look.template,
            copies=copies,
            sheet=paper(material, look, copies=copies),
        )

    return make


async def _payment(books: Books, key: str, wanted: Wanted) -> Print:
    material = await voucher_material_of(books, key)
    look = await look_of(books, material.head.branch_id)
    copies = wanted.copies or 0
    return Print(
        document_id=material.head.id,
        version=material.head.version,
        changed_at=material.head.modified_at,
        paper="PAYMENT",
        template=wanted.template or look.template,
        copies=copies,
        sheet=voucher(material, look, copies=copies),
    )


MAKERS: Mapping[str, Make] = {**{kind.name: _document(kind) for kind in KINDS}, "PAYMENT": _payment}
