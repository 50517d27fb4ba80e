"""Whatever a sheet says, it is laid out: nothing is lost, nothing leaves its page or lies over another."""

from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.documents.printing.sheet import (
    Alignment,
    Banner,
    Cell,
    Column,
    EInvoice,
    Fact,
    Party,
    PaymentCode,
    Sheet,
    Signature,
    Table,
    Total,
)
from server.printing.designs import DESIGNS
from server.printing.markup import html_of
from server.printing.pages import pages_of
from server.printing.wrapping import clean
from tests.server.printing.papers import SCRIPTS
from tests.server.printing.test_pages import assert_everything_fits, assert_nothing_overlaps, texts

WORDS = [
    "Teak",
    "desk",
    "99,99,99,99,999.99",
    "a-very/long_word" * 6,
    "₹",
    "&",
    "<b>",
    *SCRIPTS[0][0].split(),
    "דבי",
    "🎉",
]
short = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
long = st.one_of(short, st.lists(short, max_size=40).map("\n".join))
names = st.lists(st.sampled_from(["Place", "of", "supply", "Order"]), max_size=4).map(" ".join)
"""Names of facts are ours, and short; their values are as long as a number or a reference may be."""

facts = st.lists(st.builds(Fact, names, st.sampled_from(WORDS)), max_size=14).map(tuple)
parties = st.builds(
    Party,
    short,
    short,
    st.lists(short, max_size=5).map(tuple),
    st.lists(st.builds(Fact, short, short), max_size=3).map(tuple),
)
aligned: st.SearchStrategy[Alignment] = st.sampled_from(["left", "right", "centre"])
figures = st.sampled_from(["", "0.00", "1,250.00", "99,99,99,99,999.99", "-12,00,000.5"])


@st.composite
def tables(draw: st.DrawFn) -> Table:
    names = draw(
        st.sampled_from([("serial", "item", "amount"), ("item",), ("code", "rate", "tax"), ("date", "figure")])
    )
    more = draw(st.integers(0, 8))
    columns = [Column(name, draw(short), draw(aligned)) for name in names]
    columns += [Column(f"figure_{at}", draw(short), "right") for at in range(more)]
    cells = [st.builds(Cell, long if column.name == "item" else figures, figures) for column in columns]
    rows = st.lists(st.tuples(*cells), max_size=12).map(tuple)
    foot = st.tuples(*(st.builds(Cell, figures) for _ in columns))
    return Table(tuple(columns), draw(rows), draw(st.one_of(st.just(()), foot)), draw(short))


sheets = st.builds(
    Sheet,
    title=short,
    subtitle=short,
    number=short,
    file_name=st.just("paper"),
    banner=st.none() | st.builds(Banner, short, short, st.booleans()),
    copies=st.lists(short, max_size=2).map(tuple),
    seller=parties,
    parties=st.lists(parties, max_size=4).map(tuple),
    facts=facts,
    notices=st.lists(short, max_size=3).map(tuple),
    lines=tables(),
    totals=st.lists(st.builds(Total, short, figures, st.booleans()), max_size=12).map(tuple),
    amount_in_words=short,
    tax_in_words=short,
    taxes=st.none() | tables(),
    further_tables=st.lists(tables(), max_size=2).map(tuple),
    einvoice=st.none() | st.builds(EInvoice, facts.map(lambda some: some[:4]), st.just("signed" * 150)),
    bank=facts.map(lambda some: some[:5]),
    payment_code=st.none() | st.builds(PaymentCode, st.just("upi://pay?pa=a@b"), short, short),
    notes=long,
    terms=long,
    declaration=long,
    statements=st.lists(short, max_size=4).map(tuple),
    signature=st.just(Signature()) | st.builds(Signature, short, short, short),
    footer=short,
)


@given(sheet=sheets, look=st.sampled_from(sorted(DESIGNS)))
@settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_any_sheet_is_laid_out_whole(sheet: Sheet, look: str) -> None:
    pages = pages_of(sheet, DESIGNS[look])

    for page in pages:
        assert_everything_fits(page, look)
        assert_nothing_overlaps(page, look)
    shown = Counter("".join(line for page in pages for text in texts(page) for line in text.lines))
    asked = Counter("".join(clean(cell.text + cell.small) for row in sheet.lines.rows for cell in row))
    for white in " \n":
        del asked[white]
    assert asked <= shown
    assert html_of(sheet, look).count('<div class="page">') == len(pages)
