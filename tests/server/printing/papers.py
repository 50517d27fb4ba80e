"""Sheets that are hard to lay out, beside those as they mostly are."""

import struct
import zlib

from domain.documents.printing.sheet import Banner, Cell, Column, Fact, Party, Sheet, Table, Total
from domain.values import replace
from tests.domain.printing.sheets import EXPORT, RECEIPT, WITHIN_A_STATE

HOSTILE = (
    "<script>alert(1)</script><style>*{display:none}</style><img src=http://127.0.0.1:9/x.png>"
    "\"'>}</style></div></body><b>&amp; javascript:alert(1) url(file:///etc/passwd) \u202egnp.exe {{ 7*7 }} {% raw %}"
)
SCRIPTS = (
    ("श्री गणेश ट्रेडर्स एवं कंपनी, कृष्णपुरी", "हिन्दी में विवरण: क्षत्रिय ज्ञानेश्वरी श्रृंखला"),
    ("தமிழ்நாடு கைத்தறி நெசவாளர்கள் கூட்டுறவு சங்கம்", "கோயம்புத்தூர் பருத்தி, ௧௨ மீட்டர்"),
    ("తెలుగు పుస్తకాల దుకాణం", "విజయవాడ, ఆంధ్రప్రదేశ్"),
    ("ಕನ್ನಡ ಪುಸ್ತಕ ಭಂಡಾರ", "ಬೆಂಗಳೂರು"),
    ("ગુજરાત કાપડ મિલ", "અમદાવાદ, સુરતી સાડી"),
    ("বাংলা মিষ্টান্ন ভাণ্ডার", "কলকাতা রসগোল্লা"),
    ("മലയാളം മസാലക്കട", "കൊച്ചി കുരുമുളക്"),
    ("ਪੰਜਾਬ ਟਰੈਕਟਰਜ਼", "ਲੁਧਿਆਣਾ"),
    ("ଓଡ଼ିଶା ହସ୍ତତନ୍ତ", "ଭୁବନେଶ୍ୱର"),
    ("شركة الخليج للتجارة (دبي)", "مصباح للقراءة، 40 قطعة"),
    ("חברת ירושלים בע״מ", "מנורת קריאה 12"),
    ("Emoji 🎉📦 & Söhne – “Œuvre” №7 ½ ™", "👩‍🔧 ✓ ★ → ≤ 90° µm"),
)


def picture(width: int, height: int) -> bytes:
    """Return a PNG of one colour with a lighter frame."""
    rows = b"".join(
        b"\x00"
        + b"".join(
            b"\x66\x88\xaa" if 4 < x < width - 4 and 4 < y < height - 4 else b"\x22\x44\x66" for x in range(width)
        )
        for y in range(height)
    )

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


ONE_COPY = replace(WITHIN_A_STATE, copies=())


def _rows(count: int, row: tuple[Cell, ...]) -> tuple[tuple[Cell, ...], ...]:
    names = ("Reading lamp, no. {}", "Conference table of teak with a top of glass, no. {}", "Chair {}")
    return tuple(
        (Cell(str(number)), Cell(names[number % 3].format(number), row[1].small if number % 2 else ""), *row[2:])
        for number in range(1, count + 1)
    )


def many_lines(count: int) -> Sheet:
    """Return an invoice of so many lines."""
    table = replace(ONE_COPY.lines, rows=_rows(count, ONE_COPY.lines.rows[0]))
    return replace(ONE_COPY, lines=table)


def _crores() -> Sheet:
    big, tax = "99,99,99,99,999.99", "13,99,99,99,999.99"
    columns = (
        *ONE_COPY.lines.columns[:-1],
        Column("cess", "Cess", "right"),
        ONE_COPY.lines.columns[-1],
    )
    row = (
        Cell("1"),
        Cell("Passenger ship of 60,000 gross tonnes", "Hull no. 8811"),
        Cell("89011010"),
        Cell("99,99,999.999", "NOS"),
        Cell(big),
        Cell(tax, "12.5%"),
        Cell(big),
        Cell(tax, "14%"),
        Cell(tax, "14%"),
        Cell(tax, "22%"),
        Cell(big),
    )
    foot = (Cell(), Cell("Total"), Cell(), Cell(), Cell(), *(Cell(cell.text) for cell in row[5:]))
    return replace(
        ONE_COPY,
        lines=Table(columns=columns, rows=(row, row), foot=foot),
        totals=(
            Total("Taxable value", big),
            Total("Compensation cess", tax),
            Total("Total", f"₹{big}", is_grand=True),
            Total("Balance due", f"₹{big}"),
        ),
    )


def _long() -> Sheet:
    name = "The Consolidated Western Maharashtra Agricultural and Industrial Implements Manufacturing Company " * 2
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
    party = Party("Billed to", name, (name, word, "Pune 411030"), (Fact("GSTIN", "27AAPFU0939F1ZV"),))
    facts = (*ONE_COPY.facts, *(Fact(f"Own field {number}", name[: 20 * number]) for number in range(1, 6)))
    row = (Cell("1"), Cell(name, word), *ONE_COPY.lines.rows[0][2:])
    tall = (Cell("2"), Cell("Set of parts", "\n".join(f"part {n}" for n in range(130))), *ONE_COPY.lines.rows[0][2:])
    return replace(
        ONE_COPY,
        seller=replace(ONE_COPY.seller, name=name),
        parties=(party, replace(party, heading="Shipped to"), replace(party, heading="Dispatched from")),
        facts=facts,
        notices=(name.upper(), "Tax is payable on reverse charge: Yes."),
        lines=replace(ONE_COPY.lines, rows=(row, tall, *ONE_COPY.lines.rows)),
        notes=(name + "\n") * 12,
        terms="\n".join(f"{n}. {name}" for n in range(1, 60)),
        footer=name * 2,
    )


def _scripts() -> Sheet:
    rows = tuple(
        (Cell(str(number)), Cell(name, small), *ONE_COPY.lines.rows[0][2:])
        for number, (name, small) in enumerate(SCRIPTS, 1)
    )
    (first, first_small), arabic = SCRIPTS[0], SCRIPTS[9]
    return replace(
        ONE_COPY,
        seller=replace(ONE_COPY.seller, name=first, address=(first_small, "मुंबई ४०००९३")),
        parties=(
            Party("Billed to", arabic[0], (arabic[1], "Dubai"), ()),
            Party("Shipped to", SCRIPTS[1][0], (SCRIPTS[1][1], "சென்னை 600001"), ()),
        ),
        lines=replace(ONE_COPY.lines, rows=rows),
        notes="\n".join(name for name, _ in SCRIPTS),
        einvoice=None,
    )


def _bare() -> Sheet:
    return Sheet(
        title="Bill of supply",
        number="",
        file_name="inv_1",
        banner=Banner("DRAFT", "Not issued yet; it has no number."),
        seller=Party("", "Asha Rao"),
        parties=(Party("Billed to", "Cash"),),
        facts=(Fact("Date", "12 Nov 2026"),),
        lines=Table(
            columns=(Column("serial", "#", "right"), Column("item", "Item"), Column("amount", "Amount", "right")),
            rows=((Cell("1"), Cell("Milk"), Cell("0.00")),),
        ),
        totals=(Total("Total", "₹0.00", is_grand=True),),
        amount_in_words="Rupees zero only",
        statements=("This is a computer-generated document.",),
    )


def _hostile() -> Sheet:
    party = Party(HOSTILE, HOSTILE, (HOSTILE,), (Fact(HOSTILE, HOSTILE),))
    first = ONE_COPY.lines.rows[0]
    row = (first[0], Cell(HOSTILE, HOSTILE), Cell(HOSTILE, HOSTILE), *first[3:])
    return replace(
        ONE_COPY,
        title="Tax invoice <b>",
        number="</title><script>",
        seller=party,
        parties=(party, party),
        lines=replace(ONE_COPY.lines, rows=(row,)),
        notes=HOSTILE,
        terms=HOSTILE,
        footer=HOSTILE,
        accent_colour="red;background:url(http://127.0.0.1:9/)",
        logo=b"GIF89a<svg onload=alert(1)>",
    )


PAPERS: dict[str, Sheet] = {
    "invoice": ONE_COPY,
    "three_copies": WITHIN_A_STATE,
    "cancelled": EXPORT,
    "receipt": RECEIPT,
    "two_hundred_lines": many_lines(200),
    "crores": _crores(),
    "long": _long(),
    "scripts": _scripts(),
    "bare": _bare(),
    "hostile": _hostile(),
    "pictures": replace(
        ONE_COPY,
        logo=picture(320, 90),
        signature=replace(ONE_COPY.signature, picture=picture(200, 80)),
        accent_colour="#7a1f3d",
        einvoice=None,
        banner=Banner("PAID", "Received in full on 20 Nov 2026."),
    ),
}
"""All of them by name."""
