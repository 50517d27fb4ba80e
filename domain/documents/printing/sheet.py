"""A sheet: all that a printed document says, every string ready. Templates lay it out; they neither reckon nor decide.

Amounts are grouped as in India, dates are written out, and what does not apply is not there: an empty string or tuple,
or ``None``. Nothing here is markup: templates escape all of it. Line breaks within a text are meant.
"""

from typing import Literal

from domain.values import Struct

Alignment = Literal["left", "right", "centre"]


class Fact(Struct, frozen=True):
    """A label and what it says: "Place of supply", "Maharashtra (27)"."""

    label: str
    value: str


class Party(Struct, frozen=True):
    """Somebody with an address: the seller, the buyer, where goods go. ``heading`` is what he is on this paper."""

    heading: str
    name: str
    address: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()


class Cell(Struct, frozen=True):
    """One cell of a table: its text, and what stands below it in smaller type (a description, a unit, a rate)."""

    text: str = ""
    small: str = ""


class Column(Struct, frozen=True):
    """A column of a table. By its ``name`` a template knows how wide it wants to be; ``heading`` is what is printed."""

    name: str
    heading: str
    align: Alignment = "left"


class Table(Struct, frozen=True):
    """Columns, and rows with a cell for each of them; ``foot`` is the row of the sums, if there is one."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[Cell, ...] = ()
    heading: str = ""


class Total(Struct, frozen=True):
    """A line of the sum. The one that ``is_grand`` is what the paper comes to; it stands out, once."""

    label: str
    value: str
    is_grand: bool = False


class Banner(Struct, frozen=True):
    """What must be seen first: DRAFT, CANCELLED, and why. One that ``is_stamped`` is no valid paper."""

    text: str
    note: str = ""
    is_stamped: bool = False


class EInvoice(Struct, frozen=True):
    """What the e-invoice portal gave: the facts as they are printed, and the signed text that the QR code holds."""

    facts: tuple[Fact, ...]
    signed_qr: str


class PaymentCode(Struct, frozen=True):
    """A QR code to pay with: ``payload`` is what it holds, ``caption`` and ``address`` are printed beside it."""

    payload: str
    caption: str
    address: str


class Signature(Struct, frozen=True):
    """Who signs, for whom; the picture is a PNG. All of it is empty on a paper of somebody else."""

    for_whom: str = ""
    name: str = ""
    title: str = ""
    picture: bytes | None = None


class Sheet(Struct, frozen=True, kw_only=True):
    """A printed document.

    ``copies`` are the marks of the copies to print, one after the other; without any there is one copy, without a
    mark. ``notices`` stand below the title (export, SEZ, reverse charge, the document that a note corrects),
    ``statements`` at the foot. ``taxes`` is the tax by HSN and rate. ``file_name`` has no extension.
    """

    title: str
    subtitle: str = ""
    number: str
    file_name: str
    banner: Banner | None = None
    copies: tuple[str, ...] = ()
    seller: Party
    parties: tuple[Party, ...]
    facts: tuple[Fact, ...]
    notices: tuple[str, ...] = ()
    lines: Table
    totals: tuple[Total, ...]
    amount_in_words: str
    tax_in_words: str = ""
    taxes: Table | None = None
    further_tables: tuple[Table, ...] = ()
    einvoice: EInvoice | None = None
    bank: tuple[Fact, ...] = ()
    payment_code: PaymentCode | None = None
    notes: str = ""
    terms: str = ""
    declaration: str = ""
    statements: tuple[str, ...] = ()
    signature: Signature = Signature()
    footer: str = ""
    logo: bytes | None = None
    accent_colour: str = "#1f4e79"

    @property
    def marks(self) -> tuple[str, ...]:
        """The mark of each copy to print; one without a mark where none are asked for."""
        return self.copies or ("",)
